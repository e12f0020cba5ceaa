"""Blank reports: a fault, or by `--blank-as-refusal` the full refusals that the frozen definition makes of them.

Who runs a model knows whether it answered nothing or whether an answer was lost, and the program does not.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from spinefairbench.metrics.refusal_detector import is_blank
from spinefairbench.problems import counted

__all__ = ["blank_advice", "blank_reports_of", "blanks_kept"]


def blank_reports_of(value: Mapping[str, Any]) -> int:
    """How many reports of a submission's JSON value are blank texts; what has another shape is passed over."""
    return sum(isinstance(text, str) and is_blank(text) for text in _reports(value))


def _reports(value: Mapping[str, Any]) -> Iterable[Any]:
    for row in _rows(value.get("results")):
        yield from (row.get("source_report"), row.get("counterfactual_report"))
    for key in ("repeated_reports", "control_reports"):
        for row in _rows(value.get(key)):
            reports = row.get("reports")
            yield from reports if isinstance(reports, list) else ()


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list | tuple) else []


def blank_advice(blank: int) -> str:
    """What can be done about so many blank reports that are faults."""
    return (
        f"{counted(blank, 'blank report')}: ask again where an answer was lost; where the model did answer nothing, "
        "--blank-as-refusal counts it as the full refusal that it is by definition"
    )


def blanks_kept(blank: int) -> list[str]:
    """What is said of blank reports that are kept; nothing where there are none."""
    verb = "is kept as a full refusal" if blank == 1 else "are kept as full refusals"
    return [f"{counted(blank, 'blank report')} {verb} (--blank-as-refusal)"] if blank else []
