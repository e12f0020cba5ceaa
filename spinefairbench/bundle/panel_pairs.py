"""The rows of a panel's pair list, which has a row a pair or a row a source."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import pair_id_of, source_of, split_pair_id
from spinefairbench.problems import Problem, shortened

__all__ = ["PanelRow", "listed_pairs", "panel_rows"]

_SOURCE_KEYS: Final = ("pair_source_id", "source_id")
_EDITS_KEYS: Final = ("qc_passed_counterfactuals", "counterfactual_images")


class PanelRow(NamedTuple):
    """One row: where it stands, its source, the pairs that it names (None where it names none), and the row as written."""

    place: str
    source_id: str
    pairs: tuple[str, ...] | None
    raw: Mapping[str, Any]


def panel_rows(bundle: Bundle, panel: str, problems: list[Problem]) -> list[PanelRow]:
    """Read the rows of `pairs.json` of a main panel. What is wrong with a row goes to `problems`; raises BundleError."""
    name = layout.panel_pairs(panel)
    rows = (_row(raw, f"{name}: [{index}]", problems) for index, raw in enumerate(bundle.json_list(name)))
    return [row for row in rows if row is not None]


def listed_pairs(bundle: Bundle, rows: Sequence[PanelRow]) -> list[str]:
    """The pairs of the rows, in their order; of a row that names none, the QC-passed pairs of its source.

    Raises BundleError where those are needed and cannot be read.
    """
    passed: dict[str, list[str]] = {}
    if any(row.pairs is None for row in rows):
        for pair_id in sorted(passed_pairs(bundle)):
            passed.setdefault(source_of(pair_id), []).append(pair_id)
    return [pair_id for row in rows for pair_id in (passed.get(row.source_id, []) if row.pairs is None else row.pairs)]


def _row(raw: object, place: str, problems: list[Problem]) -> PanelRow | None:
    if not isinstance(raw, dict):
        problems.append(Problem(place, "expected an object with a pair_id or a source_id"))
        return None
    pair_id = raw.get("pair_id")
    parts = split_pair_id(pair_id) if isinstance(pair_id, str) else None
    if pair_id is not None and parts is None:
        problems.append(Problem(place, f"pair_id is {shortened(pair_id)}; expected source_id__edit_label"))
        return None
    stated = [raw[key] for key in _SOURCE_KEYS if raw.get(key) is not None]
    if parts is not None:
        stated.insert(0, parts[0])
    if not stated:
        problems.append(Problem(place, "expected an object with a pair_id or a source_id"))
        return None
    source_id = stated[0]
    if not isinstance(source_id, str) or not source_id:
        problems.append(Problem(place, f"the source id is {shortened(source_id)}; expected a text"))
        return None
    others = [other for other in stated if other != source_id]
    if others:
        problems.append(Problem(place, f"two source ids in one row: {source_id!r} and {shortened(others[0])}"))
        return None
    if parts is not None:
        return PanelRow(place, source_id, (str(pair_id),), raw)
    return PanelRow(place, source_id, _pairs_of_source(raw, source_id, place, problems), raw)


def _pairs_of_source(
    raw: Mapping[str, Any], source_id: str, place: str, problems: list[Problem]
) -> tuple[str, ...] | None:
    """The pairs of a row about a source, from the edits it names; None where it names none or does so wrongly."""
    named: list[list[str]] = []
    for key in _EDITS_KEYS:
        edits = raw.get(key)
        if edits is None:
            continue
        if not isinstance(edits, list | dict) or not all(edit in layout.EDIT_LABELS for edit in edits):
            problems.append(Problem(f"{place}: {key}", f"expected some of the four edits, found {shortened(edits)}"))
            return None
        named.append(list(edits))
    if len({frozenset(edits) for edits in named}) > 1:
        problems.append(Problem(place, f"{' and '.join(_EDITS_KEYS)} name different edits of {source_id}"))
        return None
    return tuple(pair_id_of(source_id, edit) for edit in named[0]) if named else None
