"""The files of the mitigation study, as typed rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import (
    count_at,
    finite_number,
    number_at,
    object_at,
    string_list,
    strings_at,
    text_at,
)
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.files.csv_format import read_csv
from spinefairbench.problems import Problem, missing

__all__ = [
    "CONDITIONS",
    "FrozenGate",
    "MitigationPanel",
    "MitigationRow",
    "MitigationTableLine",
    "Stage1Output",
    "frozen_gates",
    "mitigation_panel",
    "read_mitigation_table",
    "read_stage1_outputs",
    "stage1_manifest",
    "stage1_samples",
]

CONDITIONS: Final = ("condition_a", "condition_b", "condition_bprime", "condition_d")
_MAX_TEXT_BYTES: Final = 16 * 1024 * 1024
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
# float() also takes underscores, "nan" and other scripts' digits, which are no numbers of a table.
_DECIMAL: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class FrozenGate(NamedTuple):
    """The frozen gate of one model; `pass_rate` is a share of the sample (0 to 1)."""

    sample_size: int
    pass_count: int
    pass_rate: float
    decision: str


class MitigationPanel(NamedTuple):
    """The models that the manifest of the mitigation panel includes and excludes."""

    included: tuple[str, ...]
    excluded: tuple[str, ...]


class Stage1Output(NamedTuple):
    """One sampled stage-1 text and its validation record, None where there is no such file."""

    name: str
    text: str
    validation: dict[str, Any] | None


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
    """A row of the mitigation table, and the line of the file that it stands on."""

    number: int
    row: MitigationRow


def frozen_gates(bundle: Bundle) -> dict[str, FrozenGate]:
    """Read {model: its frozen gate}. Raises BundleError with everything that is wrong."""
    file = layout.PARSING_CONFIDENCE
    values = bundle.json_object(file)
    gates: dict[str, FrozenGate] = {}
    collector = ErrorCollector()
    for model in values:
        with collector:
            gates[model] = FrozenGate(
                count_at(values, (model, "sample_size"), file),
                count_at(values, (model, "stage1_diag_pass_count"), file),
                number_at(values, (model, "stage1_diag_pass_rate"), file),
                text_at(values, (model, "decision"), file),
            )
    collector.raise_if_any()
    return gates


def mitigation_panel(bundle: Bundle) -> MitigationPanel:
    """Read the models that the manifest of the mitigation panel includes and excludes. Raises BundleError."""
    place = layout.panel_manifest(layout.MITIGATION_PANEL)
    manifest = bundle.json(place)
    included, excluded = (tuple(strings_at(manifest, (key,), place)) for key in ("included_models", "excluded_models"))
    return MitigationPanel(included, excluded)


def stage1_manifest(bundle: Bundle) -> str | None:
    """The manifest of the stage-1 samples, whichever of its two places it is at; None where it is at neither."""
    return next((name for name in layout.STAGE1_SAMPLE_MANIFESTS if bundle.exists(name)), None)


def stage1_samples(bundle: Bundle) -> dict[str, list[str]]:
    """Read {model: file names of its sampled stage-1 texts}. Raises BundleError with everything that is wrong."""
    manifest = stage1_manifest(bundle)
    if manifest is None:
        raise BundleError(missing(" or ".join(layout.STAGE1_SAMPLE_MANIFESTS)))
    values = bundle.json(manifest)
    models = object_at(values, ("models",), manifest)
    samples: dict[str, list[str]] = {}
    collector = ErrorCollector()
    for model, listed in models.items():
        keys = ("models", model, "sample_files_first_200") if isinstance(listed, dict) else ("models", model)
        with collector:
            paths = strings_at(values, keys, manifest)
            # Only the last part is the name; the folder is the model's own, wherever the list was written.
            names = [re.split(r"[/\\]", path)[-1] for path in paths]
            samples[model] = string_list(names, f"{manifest}: {'.'.join(keys)}")
    collector.raise_if_any()
    return samples


def read_stage1_outputs(
    bundle: Bundle, model: str, names: list[str], problems: list[Problem]
) -> Iterator[Stage1Output]:
    """Read the listed texts of one model, one at a time; one that is missing or unreadable goes to `problems`."""
    folder = layout.stage1_outputs(layout.MITIGATION_PANEL, model)
    for name in names:
        try:
            text = bundle.read_text(f"{folder}/{name}", limit=_MAX_TEXT_BYTES)
            record = layout.validation_record(f"{folder}/{name}")
            validation = bundle.json_object(record) if bundle.lists(record) else None
            yield Stage1Output(name, text, validation)
        except BundleError as error:
            problems += error.problems


def read_mitigation_table(bundle: Bundle) -> list[MitigationTableLine]:
    """Read the table, in the order of the file. Raises BundleError with every cell that is not what it should be."""
    lines: list[MitigationTableLine] = []
    collector = ErrorCollector()
    for number, cells in read_csv(bundle, layout.MITIGATION_TABLE, _COLUMNS).rows:
        with collector:
            lines.append(MitigationTableLine(number, _table_row(number, cells)))
    collector.raise_if_any()
    return lines


def _table_row(line: int, cells: dict[str, str]) -> MitigationRow:
    place = f"{layout.MITIGATION_TABLE}: line {line} ({cells['model']}, {cells['condition']})"

    def unlike(expected: str, column: str) -> BundleError:
        return BundleError(Problem(f"{place}: {column}", f"expected {expected}, found {cells[column].strip()[:40]!r}"))

    def number(column: str) -> float | None:
        cell = cells[column].strip()
        if not cell:
            return None
        if _DECIMAL.fullmatch(cell) is None:
            raise unlike("a finite number", column)
        return finite_number(float(cell), f"{place}: {column}")

    def required(column: str) -> float:
        value = number(column)
        if value is None:
            raise BundleError(Problem(f"{place}: {column}", "blank"))
        return value

    def share(column: str) -> float:
        value = required(column)
        if not 0 <= value <= 1:
            raise unlike("a value from 0 to 1", column)
        return value

    collector = ErrorCollector()
    if not cells["model"]:
        collector.add([Problem(f"{place}: model", "blank")])
    if cells["condition"] not in CONDITIONS:
        collector.add([Problem(place, f"unknown condition; expected one of {', '.join(CONDITIONS)}")])
    with collector:
        pairs = required("n_pairs")
        if pairs != int(pairs) or pairs < 1:
            raise unlike("a whole number from 1", "n_pairs")
    change, consistency = collector.get(share, "rec_change"), collector.get(share, "diag_consistency")
    deltas = collector.get(number, "delta_rec"), collector.get(number, "delta_diag")
    with collector:
        rule = cells["b_rule_pass"].strip().lower()
        if rule not in ("", "true", "false"):
            raise unlike("True, False or nothing", "b_rule_pass")
    collector.raise_if_any()
    assert change is not None and consistency is not None
    passes = {"true": True, "false": False}.get(rule)
    return MitigationRow(cells["model"], cells["condition"], int(pairs), change, consistency, *deltas, passes)
