"""The mitigation table: a row for each condition of each model, with the line that it stands on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import finite_number
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.files.csv_format import read_csv
from spinefairbench.problems import Problem

__all__ = ["CONDITIONS", "MitigationRow", "MitigationTableLine", "further_cells", "read_mitigation_table"]

CONDITIONS: Final = ("condition_a", "condition_b", "condition_bprime", "condition_d")
_COLUMNS: Final = (
    "model",
    "condition",
    "n_pairs",
    "rec_change",
    "diag_consistency",
    "delta_rec",
    "delta_diag",
    "b_rule_pass",
)
_FURTHER_COLUMNS: Final = (
    "rec_change_ci_low",
    "rec_change_ci_high",
    "diag_consistency_ci_low",
    "diag_consistency_ci_high",
    "full_refusals",
    "partial_refusals",
    "wilcoxon_p_rec",
    "wilcoxon_p_diag",
    "cohens_dz_rec",
    "cohens_dz_diag",
    "diag_preserved_within_guardrail",
)
"""What a table may have besides."""
# float() also takes underscores, "nan" and other scripts' digits, which are no numbers of a table.
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class MitigationRow:
    """One condition of one model; rates in [0, 1], deltas in [-1, 1].

    A delta is None where the table leaves it blank; `binding_rule_pass` also where the rule does not apply.
    """

    model: str
    condition: str
    n_pairs: int
    recommendation_change: float
    diagnostic_consistency: float
    delta_recommendation: float | None
    delta_diagnostic: float | None
    binding_rule_pass: bool | None


class MitigationTableLine(NamedTuple):
    """A row of the mitigation table, the line of the file that it stands on, and all its cells as written."""

    number: int
    row: MitigationRow
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """The file and the line."""
        return f"{layout.MITIGATION_TABLE}: line {self.number}"


def read_mitigation_table(bundle: Bundle) -> list[MitigationTableLine]:
    """Read the table, in the order of the file. Raises BundleError with every cell that is not what it should be."""
    lines: list[MitigationTableLine] = []
    collector = ErrorCollector()
    for number, cells in read_csv(bundle, layout.MITIGATION_TABLE, _COLUMNS).rows:
        with collector:
            lines.append(MitigationTableLine(number, _table_row(number, cells), cells))
    collector.raise_if_any()
    return lines


def further_cells(line: MitigationTableLine) -> dict[str, float | bool]:
    """{column: value} of the columns that a table may have besides, where they are there and not blank.

    Raises BundleError with every cell that is not what it should be.
    """
    place = f"{line.place} ({line.row.model}, {line.row.condition})"
    found: dict[str, float | bool] = {}
    collector = ErrorCollector()
    for column in _FURTHER_COLUMNS:
        if not line.cells.get(column, "").strip():
            continue
        with collector:
            read = _truth if column == "diag_preserved_within_guardrail" else _number
            value = read(line.cells, column, place)
            if value is not None:
                found[column] = value
    collector.raise_if_any()
    return found


def _unlike(expected: str, cells: Mapping[str, str], column: str, place: str) -> BundleError:
    return BundleError(Problem(f"{place}: {column}", f"expected {expected}, found {cells[column].strip()[:40]!r}"))


def _number(cells: Mapping[str, str], column: str, place: str) -> float | None:
    cell = cells[column].strip()
    if not cell:
        return None
    if _DECIMAL.fullmatch(cell) is None:
        raise _unlike("a finite number", cells, column, place)
    return finite_number(float(cell), f"{place}: {column}")


def _truth(cells: Mapping[str, str], column: str, place: str) -> bool | None:
    cell = cells[column].strip().lower()
    if cell not in ("", "true", "false"):
        raise _unlike("True, False or nothing", cells, column, place)
    return {"true": True, "false": False}.get(cell)


def _table_row(line: int, cells: dict[str, str]) -> MitigationRow:
    place = f"{layout.MITIGATION_TABLE}: line {line} ({cells['model']}, {cells['condition']})"

    def number(column: str) -> float | None:
        return _number(cells, column, place)

    def required(column: str) -> float:
        value = number(column)
        if value is None:
            raise BundleError(Problem(f"{place}: {column}", "blank"))
        return value

    def share(column: str) -> float:
        value = required(column)
        if not 0 <= value <= 1:
            raise _unlike("a value from 0 to 1", cells, column, place)
        return value

    collector = ErrorCollector()
    if not cells["model"]:
        collector.add([Problem(f"{place}: model", "blank")])
    if cells["condition"] not in CONDITIONS:
        collector.add([Problem(place, f"unknown condition; expected one of {', '.join(CONDITIONS)}")])
    with collector:
        pairs = required("n_pairs")
        if pairs != int(pairs) or pairs < 1:
            raise _unlike("a whole number from 1", cells, "n_pairs", place)
    change, consistency = collector.get(share, "rec_change"), collector.get(share, "diag_consistency")
    deltas = collector.get(number, "delta_rec"), collector.get(number, "delta_diag")
    passes = collector.get(_truth, cells, "b_rule_pass", place)
    collector.raise_if_any()
    assert change is not None and consistency is not None
    return MitigationRow(cells["model"], cells["condition"], int(pairs), change, consistency, *deltas, passes)
