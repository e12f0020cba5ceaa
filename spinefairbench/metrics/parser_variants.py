"""The categories of a report under variants of the parser: for audits; only the frozen one is ever scored."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.mentions import Mention
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.registry import STRICT_DIAGNOSTIC_TERMS

__all__ = ["PARSER_VARIANTS", "CategoryMasks", "VariantMasks", "variant_masks"]


class CategoryMasks(NamedTuple):
    """Categories as bits in their frozen order, as in `features.ReportFeatures`."""

    labels: int
    recommendations: int


class VariantMasks(NamedTuple):
    """The categories of one report under each variant of the parser.

    `frozen` is what is scored. `plural_aware` adds the other grammatical number of each term. `negation_aware` keeps
    the diagnostic categories with a mention that is affirmed or uncertain and the recommendations that are
    recommended; where it keeps no finding and one is negated, it has No finding. `both` does both. `strict` is the
    frozen variant with `fracture` as the only term of Fracture.
    """

    frozen: CategoryMasks
    plural_aware: CategoryMasks
    negation_aware: CategoryMasks
    both: CategoryMasks
    strict: CategoryMasks


PARSER_VARIANTS: Final = VariantMasks._fields
"""The names of the variants, the frozen one first."""

_NO_FINDING: Final = "No finding"
_STRICT_FRACTURE: Final = frozenset(STRICT_DIAGNOSTIC_TERMS["Fracture"])
_BIT: Final = {name: 1 << bit for bit, name in enumerate((*DIAGNOSTIC_CATEGORIES, *RECOMMENDATION_CATEGORIES))}
"""Labels and recommendations side by side: no category has the name of another."""
_LABEL_COUNT: Final = len(DIAGNOSTIC_CATEGORIES)
_LABEL_BITS: Final = (1 << _LABEL_COUNT) - 1


def variant_masks(mentions: Iterable[Mention]) -> VariantMasks:
    """The categories of a report under each variant, from its mentions."""
    # A panel has a million mentions.
    frozen = plural_aware = negation_aware = both = strict = 0
    frozen_is_negated = any_is_negated = False
    for kind, category, term, _, _, status, plural, _ in mentions:
        bit = _BIT[category]
        as_meant = 0 if status in ("negated", "descriptive") else bit
        is_negated = status == "negated" and kind == "diagnostic" and category != _NO_FINDING
        plural_aware |= bit
        both |= as_meant
        any_is_negated |= is_negated
        if plural:
            continue
        frozen |= bit
        negation_aware |= as_meant
        frozen_is_negated |= is_negated
        if category != "Fracture" or term in _STRICT_FRACTURE:
            strict |= bit
    return VariantMasks(
        _masks(frozen),
        _masks(plural_aware),
        _masks(negation_aware, finding_negated=frozen_is_negated),
        _masks(both, finding_negated=any_is_negated),
        _masks(strict),
    )


def _masks(bits: int, *, finding_negated: bool = False) -> CategoryMasks:
    labels = bits & _LABEL_BITS
    if not labels and finding_negated:
        labels = _BIT[_NO_FINDING]
    return CategoryMasks(labels, bits >> _LABEL_COUNT)
