"""Which pairs a scope holds: the common core, the all-model intersection, all that passed quality control."""

from typing import Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.json_values import non_negative_count, value_at
from spinefairbench.bundle.reports import common_core_sources, string_list
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.problems import Problem

__all__ = ["PANEL_SCOPES", "SCOPES", "intersection_pairs", "known_pairs", "scope_pairs"]

COMMON_CORE: Final = "common-core-1000"
INTERSECTION: Final = "all-model-intersection-2166"
QC_PASSED: Final = "qc-passed"
TOY: Final = "toy"
SCOPES: Final = (COMMON_CORE, INTERSECTION, QC_PASSED, TOY)
PANEL_SCOPES: Final = (COMMON_CORE, INTERSECTION)
"""The scopes for which the panel's values were published."""


def intersection_pairs(bundle: Bundle) -> frozenset[str]:
    """The released all-model intersection; its list and its own count must agree. Raises BundleError."""
    place = layout.INTERSECTION_MANIFEST
    manifest = bundle.json_object(place)
    records = value_at(manifest, ("records",), place)
    if not isinstance(records, list):
        raise BundleError(Problem(place, "records: expected a list"))
    ids = [record.get("pair_id") if isinstance(record, dict) else None for record in records]
    pairs = frozenset(string_list(ids, f"{place}: records (pair_id)"))
    count = non_negative_count(value_at(manifest, ("pair_count",), place), f"{place}: pair_count")
    if count != len(pairs):
        raise BundleError(Problem(place, f"pair_count is {count}; {len(pairs)} records are listed"))
    return pairs


def known_pairs(bundle: Bundle) -> frozenset[str]:
    """Every pair that can be scored: the QC-passed ones. Raises BundleError."""
    return passed_pairs(bundle)


def scope_pairs(bundle: Bundle, scope: str) -> frozenset[str] | None:
    """The pairs that a complete submission of this scope has; None for `toy`, which asks for none in particular.

    Raises BundleError, and UsageError for an unknown scope.
    """
    if scope == TOY:
        return None
    if scope == QC_PASSED:
        return known_pairs(bundle)
    if scope == INTERSECTION:
        pairs = intersection_pairs(bundle)
        stray = sorted(pairs - known_pairs(bundle))
        if stray:
            raise BundleError(
                [Problem(layout.INTERSECTION_MANIFEST, f"{pair_id} is not QC-passed") for pair_id in stray]
            )
        return pairs
    if scope == COMMON_CORE:
        core = common_core_sources(bundle)
        return frozenset(pair_id for pair_id in known_pairs(bundle) if pair_id.rpartition("__")[0] in core)
    raise UsageError(f"unknown scope {scope!r}; expected one of {', '.join(SCOPES)}")
