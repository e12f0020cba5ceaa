"""The pair lists of the panels against what the dataset says of the same pairs and sources."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.dataset import QcRow
from spinefairbench.bundle.metadata_agreement import compare_with_id_of, compare_with_other
from spinefairbench.bundle.panel_pairs import PanelRow
from spinefairbench.bundle.qc_measures import MEASURES
from spinefairbench.problems import Problem, ProblemKind, shortened

__all__ = ["intersection_problems", "pair_problems", "row_problems"]

_SAME: Final[tuple[str, ...]] = ("edit_label", "passed_qc", *MEASURES, "counterfactual_image_size_bytes")
_IMAGE: Final = "counterfactual_image_path"


def pair_problems(name: str, listed: list[str], core_pairs: set[str]) -> list[Problem]:
    """A panel must list the QC-passed pairs of the common core and nothing else."""
    ids = set(listed)
    problems = []
    if len(listed) != len(core_pairs):
        problems.append(Problem(name, f"{len(listed)} pairs; the common core has {len(core_pairs)}"))
    problems += [
        Problem(name, f"{pair_id} is no QC-passed pair of the common core") for pair_id in sorted(ids - core_pairs)
    ]
    problems += [Problem(name, f"{pair_id} of the common core is missing") for pair_id in sorted(core_pairs - ids)]
    return problems


def intersection_problems(intersection: Iterable[str], core_pairs: set[str], passed: Iterable[str]) -> list[Problem]:
    """The all-model intersection has pairs of the common core only: every model reported on those and no others."""
    outside = set(intersection) & set(passed) - core_pairs
    said = f"is of a source outside {layout.COMMON_CORE_SUBSET}"
    return [Problem(layout.INTERSECTION_MANIFEST, f"{pair_id} {said}") for pair_id in sorted(outside)]


def row_problems(
    rows: Sequence[PanelRow], passed: Mapping[str, QcRow], metadata: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> list[Problem]:
    """What a row of a panel's list says of its pair or source, and the dataset otherwise, with both values.

    `passed` are the rows of the QC-passed manifest by pair, `metadata` (place, row) of the source metadata by source.
    What only one of them says contradicts nothing.
    """
    problems: list[Problem] = []
    for row in rows:
        own = passed.get(row.pairs[0]) if row.pairs is not None and "pair_id" in row.raw else None
        if own is not None:
            problems += _qc_problems(row, own)
        problems += compare_with_id_of(row.raw, row.source_id, row.place)
        if row.source_id in metadata:
            place, stated = metadata[row.source_id]
            problems += compare_with_other(row.raw, row.place, stated, place)
    return problems


def _qc_problems(row: PanelRow, own: QcRow) -> list[Problem]:
    keys = [key for key in _SAME if key in row.raw and key in own.raw]
    # A path of another machine says nothing of this bundle.
    if str(row.raw.get(_IMAGE)).startswith(f"{layout.DATASET}/"):
        keys.append(_IMAGE)
    return [
        Problem(
            row.place,
            f"{key} of {own.pair_id} is {shortened(row.raw[key])}; {layout.QC_PASSED} has {shortened(own.raw.get(key))}",
            ProblemKind.MISMATCH,
        )
        for key in keys
        if row.raw[key] != own.raw.get(key)
    ]
