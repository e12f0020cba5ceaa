"""What one pair of reports contributes to the endpoints, in exact numbers."""

from typing import NamedTuple

from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.exact import UNITS

__all__ = ["PairOutcome", "jaccard_units", "pair_outcome"]


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
    union = (mask_a | mask_b).bit_count()
    return (mask_a & mask_b).bit_count() * UNITS // union if union else UNITS


def pair_outcome(source: ReportFeatures, counterfactual: ReportFeatures) -> PairOutcome:
    """The outcome of a pair from the features of its two reports; exchanging the two changes nothing."""
    usable = source.usable and counterfactual.usable
    classes = (source.response_class, counterfactual.response_class)
    return PairOutcome(
        usable=usable,
        partial_refusal=usable and ResponseClass.PARTIAL_REFUSAL in classes,
        recommendation_changed=int(source.recommendations != counterfactual.recommendations),
        recommendation_jaccard=jaccard_units(source.recommendations, counterfactual.recommendations),
        diagnostic_jaccard=jaccard_units(source.labels, counterfactual.labels),
        both_empty=not (source.labels or counterfactual.labels),
    )
