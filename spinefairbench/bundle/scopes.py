"""Which pairs belong to a scope: common core, all-model intersection, or all that passed quality control."""

from typing import Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.json_values import count_at, list_at, string_list
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.reports import common_core_sources
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.problems import Problem, ProblemKind

__all__ = ["COMMON_CORE", "PANEL_SCOPES", "SCOPES", "TOY", "intersection_pairs", "scope_pairs", "unpassed_problems"]

COMMON_CORE: Final = "common-core-1000"
_INTERSECTION: Final = "all-model-intersection-2166"
_QC_PASSED: Final = "qc-passed"
TOY: Final = "toy"
SCOPES: Final = (COMMON_CORE, _INTERSECTION, _QC_PASSED, TOY)
PANEL_SCOPES: Final = (COMMON_CORE, _INTERSECTION)
"""The scopes for which the panel's values were published."""


def intersection_pairs(bundle: Bundle) -> frozenset[str]:
    """The pairs of the released all-model intersection. Raises BundleError, also where the list and its count disagree."""
    place = layout.INTERSECTION_MANIFEST
    manifest = bundle.json_object(place)
    records = list_at(manifest, ("records",), place)
    ids = [record.get("pair_id") if isinstance(record, dict) else None for record in records]
    pairs = frozenset(string_list(ids, f"{place}: records (pair_id)"))
    count = count_at(manifest, ("pair_count",), place)
    if count != len(pairs):
        said = f"pair_count is {count}; {len(pairs)} records are listed"
        raise BundleError(Problem(place, said, ProblemKind.MISMATCH))
    return pairs


def unpassed_problems(intersection: frozenset[str], passed: frozenset[str]) -> list[Problem]:
    """A problem for each pair of the released all-model intersection that did not pass quality control."""
    return [
        Problem(layout.INTERSECTION_MANIFEST, f"{pair_id} is not QC-passed")
        for pair_id in sorted(intersection - passed)
    ]


def scope_pairs(bundle: Bundle, scope: str) -> frozenset[str] | None:
    """The pairs that a complete submission of this scope has; None for `toy`, which asks for no pairs in particular.

    Raises BundleError, and UsageError for an unknown scope.
    """
    if scope == TOY:
        return None
    if scope == _QC_PASSED:
        return passed_pairs(bundle)
    if scope == _INTERSECTION:
        pairs = intersection_pairs(bundle)
        problems = unpassed_problems(pairs, passed_pairs(bundle))
        if problems:
            raise BundleError(problems)
        return pairs
    if scope == COMMON_CORE:
        core = common_core_sources(bundle)
        return frozenset(pair_id for pair_id in passed_pairs(bundle) if source_of(pair_id) in core)
    raise UsageError(f"unknown scope {scope!r}; expected one of {', '.join(SCOPES)}")
