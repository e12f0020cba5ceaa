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
_LABEL_BIT: Final = {name: 1 << bit for bit, name in enumerate(DIAGNOSTIC_CATEGORIES)}
_RECOMMENDATION_BIT: Final = {name: 1 << bit for bit, name in enumerate(RECOMMENDATION_CATEGORIES)}


class _Kept:
    """The categories that one variant keeps."""

    def __init__(self) -> None:
        self._labels = 0
        self._recommendations = 0
        self._finding_negated = False

    def add(self, mention: Mention) -> None:
        if mention.kind == "diagnostic":
            self._labels |= _LABEL_BIT[mention.category]
        else:
            self._recommendations |= _RECOMMENDATION_BIT[mention.category]

    def add_as_meant(self, mention: Mention) -> None:
        if mention.assertion_status not in ("negated", "descriptive"):
            self.add(mention)
        elif mention.assertion_status == "negated" and mention.kind == "diagnostic" and mention.category != _NO_FINDING:
            self._finding_negated = True

    def masks(self) -> CategoryMasks:
        labels = self._labels or (_LABEL_BIT[_NO_FINDING] if self._finding_negated else 0)
        return CategoryMasks(labels, self._recommendations)


def variant_masks(mentions: Iterable[Mention]) -> VariantMasks:
    """The categories of a report under each variant, from its mentions."""
    frozen, plural_aware, negation_aware, both, strict = (_Kept() for _ in PARSER_VARIANTS)
    for mention in mentions:
        plural_aware.add(mention)
        both.add_as_meant(mention)
        if mention.plural:
            continue
        frozen.add(mention)
        negation_aware.add_as_meant(mention)
        if mention.category != "Fracture" or mention.term in _STRICT_FRACTURE:
            strict.add(mention)
    return VariantMasks(frozen.masks(), plural_aware.masks(), negation_aware.masks(), both.masks(), strict.masks())
