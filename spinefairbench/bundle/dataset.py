"""The rows of the dataset's quality-control manifests."""

from typing import Any, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.errors import BundleError
from spinefairbench.files.json_input import iter_json_lines
from spinefairbench.problems import Problem, shortened

__all__ = ["QcRow", "passed_pairs", "read_qc_rows"]


class QcRow(NamedTuple):
    """One attempted pair whose ids agree with each other; `raw` is the row as written."""

    pair_id: str
    source_id: str
    edit_label: str
    passed: bool
    raw: dict[str, Any]


def read_qc_rows(bundle: Bundle, relative: str, problems: list[Problem]) -> dict[str, QcRow]:
    """Read {pair_id: row} of a QC manifest. What is wrong with a row goes to `problems`; raises BundleError."""
    rows: dict[str, QcRow] = {}
    for number, raw in iter_json_lines(bundle, relative, problems):
        place = f"{relative}: line {number}"
        row = _qc_row(raw, place, problems)
        if row is None:
            continue
        if row.pair_id in rows:
            problems.append(Problem(place, f"duplicate pair_id {row.pair_id}"))
        rows.setdefault(row.pair_id, row)
    return rows


def _qc_row(raw: dict[str, Any], place: str, problems: list[Problem]) -> QcRow | None:
    pair_id, source_id, edit_label = raw.get("pair_id"), raw.get("source_id"), raw.get("edit_label")
    if not (isinstance(pair_id, str) and isinstance(source_id, str) and isinstance(edit_label, str)):
        problems.append(Problem(place, "pair_id, source_id and edit_label: expected texts"))
        return None
    passed = raw.get("passed_qc")
    faults = []
    if not isinstance(passed, bool):
        faults.append(Problem(place, f"passed_qc of {pair_id}: expected true or false, found {shortened(passed)}"))
    if edit_label not in layout.EDIT_LABELS:
        faults.append(Problem(place, f"unknown edit_label {edit_label!r} of {pair_id}"))
    if pair_id != (expected := pair_id_of(source_id, edit_label)):
        faults.append(Problem(place, f"pair_id {pair_id} is not source_id__edit_label ({expected})"))
    if not source_id or "/" in source_id or "\\" in source_id or source_id in (".", ".."):
        faults.append(Problem(place, f"source_id {source_id!r} cannot be a folder's name"))
    problems += faults
    return None if faults else QcRow(pair_id, source_id, edit_label, passed is True, raw)


def passed_pairs(bundle: Bundle) -> frozenset[str]:
    """Read the pairs that passed quality control. Raises BundleError with everything that is wrong in their list."""
    # A submission's scope, its pairs and its coverage all ask for the same list.
    return bundle.once("passed pairs", lambda: _passed_pairs(bundle))


def _passed_pairs(bundle: Bundle) -> frozenset[str]:
    problems: list[Problem] = []
    rows = read_qc_rows(bundle, layout.QC_PASSED, problems)
    problems += [
        Problem(f"{layout.QC_PASSED}: {row.pair_id}", "passed_qc is false") for row in rows.values() if not row.passed
    ]
    if problems:
        raise BundleError(problems)
    return frozenset(rows)
