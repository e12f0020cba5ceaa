"""The terms that the parser audit looks for: those of both registries, in the singular and in the plural."""

from typing import Final, Literal, NamedTuple

from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS
from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, Registry

__all__ = ["FoundTerm", "Kind", "find_terms"]

Kind = Literal["diagnostic", "recommendation"]


class FoundTerm(NamedTuple):
    """A term at its place. `plural`: only the plural-aware variants of the parser see it."""

    kind: Kind
    category: str
    term: str
    start: int
    end: int
    plural: bool


def _with_other_number(registry: Registry) -> dict[str, tuple[str, ...]]:
    return {name: (*terms, *OTHER_NUMBER_TERMS.get(name, ())) for name, terms in registry.items()}


_MATCHER: Final = TermMatcher({**_with_other_number(DIAGNOSTIC_TERMS), **_with_other_number(RECOMMENDATION_TERMS)})
_KIND: Final[dict[str, Kind]] = {
    **dict.fromkeys(DIAGNOSTIC_TERMS, "diagnostic"),
    **dict.fromkeys(RECOMMENDATION_TERMS, "recommendation"),
}
_FROZEN_TERMS: Final = frozenset(
    (category, term)
    for registry in (DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS)
    for category, terms in registry.items()
    for term in terms
)


def find_terms(text: str) -> list[FoundTerm]:
    """The terms of either registry in a text, sorted by place, longer ones first.

    Of those of one category within one another, the longest.
    """
    longest: list[FoundTerm] = []
    last_of: dict[str, int] = {}
    for category, term, start, end in sorted(_MATCHER.matches(text), key=lambda match: (match.start, -match.end)):
        plural = (category, term) not in _FROZEN_TERMS
        position = last_of.get(category)
        if position is not None and end <= longest[position].end:
            # The frozen registry may see a shorter term within one that it does not see.
            if longest[position].plural and not plural:
                longest[position] = longest[position]._replace(plural=False)
            continue
        last_of[category] = len(longest)
        longest.append(FoundTerm(_KIND[category], category, term, start, end, plural))
    return longest
