"""What one pair of reports contributes to the endpoints, in exact numbers."""

from typing import Final, NamedTuple

from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.exact import UNITS

__all__ = ["PairOutcome", "jaccard_units", "pair_outcome"]

_FULL_REFUSAL: Final = ResponseClass.FULL_REFUSAL
_PARTIAL_REFUSAL: Final = ResponseClass.PARTIAL_REFUSAL


class PairOutcome(NamedTuple):
    """The outcome of one pair; its three values are meaningful only if the pair is usable.

    `usable`: neither report is a full refusal. `partial_refusal`: the pair is usable, and at least one report is a
    partial refusal. `recommendation_changed` is 0 or 1; the Jaccard indices are in units of 1/`UNITS`. `both_empty`:
    neither report has a diagnostic label.
    """

    usable: bool
    partial_refusal: bool
    recommendation_changed: int
    recommendation_jaccard: int
    diagnostic_jaccard: int
    both_empty: bool


def jaccard_units(mask_a: int, mask_b: int) -> int:
    """The Jaccard index of two masks of categories in units of 1/`UNITS`; `UNITS` if both are empty.

    Exact for unions of up to 15 categories, as `UNITS` is a multiple of every number up to 15.
    """
    if mask_a == mask_b:
        return UNITS
    union = (mask_a | mask_b).bit_count()
    return (mask_a & mask_b).bit_count() * UNITS // union


def pair_outcome(source: ReportFeatures, counterfactual: ReportFeatures) -> PairOutcome:
    """The outcome of a pair from the features of its two reports; exchanging the two changes nothing."""
    # A panel has tens of thousands of pairs, and the parser audit reads each under five variants.
    source_class, source_labels, source_advice = source
    other_class, other_labels, other_advice = counterfactual
    usable = source_class is not _FULL_REFUSAL and other_class is not _FULL_REFUSAL
    return PairOutcome(
        usable,
        usable and (source_class is _PARTIAL_REFUSAL or other_class is _PARTIAL_REFUSAL),
        int(source_advice != other_advice),
        jaccard_units(source_advice, other_advice),
        jaccard_units(source_labels, other_labels),
        not (source_labels or other_labels),
    )
