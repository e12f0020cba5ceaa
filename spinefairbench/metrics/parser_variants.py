"""The categories of a report under variants of the parser: for audits; only the frozen one is ever scored."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.matcher import mask_of
from spinefairbench.metrics.mentions import Mention
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.registry import STRICT_DIAGNOSTIC_TERMS

__all__ = [
    "FROZEN_VARIANT",
    "PARSER_VARIANTS",
    "CategoryMasks",
    "VariantMasks",
    "categories_of_reports",
    "categories_under",
    "variant_bits",
    "variant_masks",
]


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
FROZEN_VARIANT: Final = PARSER_VARIANTS[0]

_NO_FINDING: Final = "No finding"
_STRICT_FRACTURE: Final = frozenset(STRICT_DIAGNOSTIC_TERMS["Fracture"])
# Labels and recommendations stand side by side: no category has the name of another.
_CATEGORIES: Final = (*DIAGNOSTIC_CATEGORIES, *RECOMMENDATION_CATEGORIES)
_COUNT: Final = len(_CATEGORIES)
_LABEL_COUNT: Final = len(DIAGNOSTIC_CATEGORIES)
_LABEL_BITS: Final = (1 << _LABEL_COUNT) - 1
_RECOMMENDATION_BITS: Final = (1 << len(RECOMMENDATION_CATEGORIES)) - 1
_NO_FINDING_BIT: Final = mask_of({_NO_FINDING}, _CATEGORIES)
_SHIFT: Final = {variant: place * _COUNT for place, variant in enumerate(PARSER_VARIANTS)}
_NEGATED: Final = {"negation_aware": 1 << len(PARSER_VARIANTS) * _COUNT, "both": 2 << len(PARSER_VARIANTS) * _COUNT}
"""Of the variants that keep no finding that is negated: that one is."""


def _bits_in(category: str, variants: Iterable[str]) -> int:
    return sum(1 << _CATEGORIES.index(category) + _SHIFT[variant] for variant in variants)


_SEEN: Final = {
    (category, plural, as_meant): _bits_in(
        category,
        ("plural_aware", "both")[: 1 + as_meant]
        if plural
        else ("frozen", "plural_aware", "strict", "negation_aware", "both")[: 3 + 2 * as_meant],
    )
    for category in _CATEGORIES
    for plural in (False, True)
    for as_meant in (False, True)
}
"""The variants that see a mention, as bits, by whether it is plural and whether it is meant."""
_NOT_STRICT: Final = ~_bits_in("Fracture", ("strict",))


def variant_bits(mentions: Iterable[Mention]) -> int:
    """What each variant sees of some mentions of a report, as one number; of all of them, it is the bitwise or."""
    bits = 0
    for kind, category, term, _, _, status, plural, _ in mentions:
        seen = _SEEN[category, plural, status not in ("negated", "descriptive")]
        if status == "negated" and kind == "diagnostic" and category != _NO_FINDING:
            seen |= _NEGATED["both"] if plural else _NEGATED["negation_aware"] | _NEGATED["both"]
        if category == "Fracture" and term not in _STRICT_FRACTURE:
            seen &= _NOT_STRICT
        bits |= seen
    return bits


def categories_under(variant: str, bits: int) -> CategoryMasks:
    """The categories of a report under a variant, from the `variant_bits` of all its mentions."""
    [recommendations], [labels] = categories_of_reports(variant, [bits])
    return CategoryMasks(labels, recommendations)


def categories_of_reports(variant: str, bits: Sequence[int]) -> ByEndpoint[list[int]]:
    """The categories of each endpoint of many reports under a variant, from the `variant_bits` of each report."""
    shift, negated = _SHIFT[variant], _NEGATED.get(variant, 0)
    # Tens of thousands of reports are read under each variant, so no object is made of any.
    labels = [each >> shift & _LABEL_BITS or (_NO_FINDING_BIT if each & negated else 0) for each in bits]
    recommendations = [each >> shift + _LABEL_COUNT & _RECOMMENDATION_BITS for each in bits]
    return ByEndpoint(recommendations, labels)


def variant_masks(mentions: Iterable[Mention]) -> VariantMasks:
    """The categories of a report under each variant, from its mentions."""
    bits = variant_bits(mentions)
    return VariantMasks(*(categories_under(variant, bits) for variant in PARSER_VARIANTS))
