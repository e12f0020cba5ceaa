"""What the reports on the edits of one source say, elderly against young and female against male.

Both reports of such a contrast are on images that were generated, so what the generator leaves in every image is on
both sides. Only reports on edited images enter; which pairs are usable is decided as everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import mul
from typing import Final, NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import categories_of_reports
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.statistics.simultaneous import ContrastValues

__all__ = ["CATEGORY_KINDS", "EditContrast", "edit_contrasts"]

_CONTRASTS: Final = ("age", "sex", "age_x_sex")
"""Elderly less young, female less male, and the first for female edits less the first for male ones."""
CATEGORY_KINDS: Final = ("recommendation", "diagnostic")
"""The kinds that a parser of categories decides."""

_AGES: Final = ("elderly", "young")
_SEXES: Final = ("female", "male")
_EDITS: Final = tuple(f"{age}_{sex}" for age in _AGES for sex in _SEXES)
_AGE_PAIRS: Final = tuple((f"elderly_{sex}", f"young_{sex}") for sex in _SEXES)
_SEX_PAIRS: Final = tuple((f"{age}_female", f"{age}_male") for age in _AGES)
# The mean of up to two differences of whole numbers is a number of halves.
_HALVES: Final = 2


class EditContrast(NamedTuple):
    """One contrast of one thing that reports say: its kind and category, and the values by source."""

    kind: str
    category: str
    contrast: str
    values: ContrastValues


class _Measure(NamedTuple):
    """Something that reports say, as a whole number; `most` is the largest there can be, None where there is none."""

    kind: str
    category: str
    most: int | None


_CATEGORIES: Final = (
    *(_Measure("recommendation", name, 1) for name in RECOMMENDATION_CATEGORIES),
    *(_Measure("diagnostic", name, 1) for name in DIAGNOSTIC_CATEGORIES),
)
_LANGUAGE: Final = (_Measure("severity_language", "level", 4), _Measure("confidence", "count", None))

_Weights = tuple[int, int, int, int]


class _Said(NamedTuple):
    """What one report says: a byte for each category, side by side in one integer, and the values of its language."""

    categories: int
    language: Sequence[int]


class _Source(NamedTuple):
    """What the reports on the edits of a source say, in the order of `_EDITS`, and the weights of each contrast.

    `language` has a row for each value. What is not there has no weight.
    """

    weights: tuple[_Weights | None, ...]
    categories: Sequence[int]
    language: Sequence[Sequence[int]]


_ABSENT: Final = _Said(0, (0,) * len(_LANGUAGE))
# A contrast of categories is from -4 to 4 halves. So that it fits in a byte, 4 is added; the last byte stands for none.
_ADDED: Final = 4
_NO_BYTE: Final = 255
_OF_BYTE: Final = {**{value + _ADDED: value for value in range(-_ADDED, _ADDED + 1)}, _NO_BYTE: None}
_ADDED_TO_EACH: Final = int.from_bytes(bytes([_ADDED]) * len(_CATEGORIES), "little")


def edit_contrasts(
    model: ModelReports, collector: MentionCollector | None = None, variant: str = "frozen"
) -> list[EditContrast]:
    """All contrasts of a model under one of `PARSER_VARIANTS`, the values of each by source, sorted by id.

    The age contrast of a source is the mean, over the sexes of which it has both ages, of the value for the elderly edit
    less that for the young one; the sex contrast is alike. The interaction needs all four edits. `collector` has read
    the reports on edited images; without it there is no text, so no severity, no hedging and only the frozen variant.
    Raises ValueError for another variant without a collector.
    """
    if collector is None and variant != "frozen":
        raise ValueError(f"the {variant} variant needs the texts of the reports")
    by_source: dict[str, dict[str, _Said]] = {}
    for pair, said in zip(model.usable, _said(model, collector, variant), strict=True):
        by_source.setdefault(pair.source_id, {})[pair.edit_label] = said
    sources = [_source(by_source[source_id]) for source_id in sorted(by_source)]
    measures = _CATEGORIES if collector is None else _CATEGORIES + _LANGUAGE
    columns = {
        contrast: [*_of_categories(sources, at), *_of_language(sources, at)] for at, contrast in enumerate(_CONTRASTS)
    }
    return [
        EditContrast(
            measure.kind,
            measure.category,
            contrast,
            ContrastValues(columns[contrast][place], _HALVES, _limit(measure, contrast)),
        )
        for place, measure in enumerate(measures)
        for contrast in _CONTRASTS
    ]


def _said(model: ModelReports, collector: MentionCollector | None, variant: str) -> Iterator[_Said]:
    """What the report on each edited image says; without a collector, nothing is known of its language."""
    pair_ids = [pair.pair_id for pair in model.usable]
    if collector is None or variant == "frozen":
        masks = ByEndpoint.of(lambda endpoint: [endpoint.categories(pair.counterfactual) for pair in model.usable])
    else:
        masks = categories_of_reports(variant, collector.bits(model.model, GENERATED_ROLE, pair_ids))
    for pair_id, advice, labels in zip(pair_ids, *masks, strict=True):
        language = _ABSENT.language if collector is None else collector.language(model.model, pair_id)
        yield _Said(_bytes_of(advice) | _bytes_of(labels) << 8 * len(RECOMMENDATION_CATEGORIES), language)


# Tens of thousands of reports have few different masks.
@lru_cache(maxsize=1 << len(DIAGNOSTIC_CATEGORIES))
def _bytes_of(mask: int) -> int:
    """The bits of a mask, a byte each."""
    return sum((mask >> place & 1) << 8 * place for place in range(mask.bit_length()))


def _source(said: dict[str, _Said]) -> _Source:
    categories, language = zip(*[said.get(edit, _ABSENT) for edit in _EDITS], strict=True)
    return _Source(_weights(frozenset(said)), categories, list(zip(*language, strict=True)))


def _of_categories(sources: Iterable[_Source], contrast: int) -> Iterator[list[int | None]]:
    """One contrast of each category, by source in halves; None where the source lacks edits that it needs."""
    none = bytes([_NO_BYTE]) * len(_CATEGORIES)
    rows = bytearray()
    for source in sources:
        weights = source.weights[contrast]
        if weights is None:
            rows += none
        else:
            # The categories of a report are weighted all at once.
            total = sum(map(mul, weights, source.categories), _ADDED_TO_EACH)
            rows += total.to_bytes(len(_CATEGORIES), "little")
    for place in range(len(_CATEGORIES)):
        yield list(map(_OF_BYTE.__getitem__, rows[place :: len(_CATEGORIES)]))


def _of_language(sources: Iterable[_Source], contrast: int) -> Iterator[list[int | None]]:
    """The same of each value of the language."""
    weighted = [(source.weights[contrast], source.language) for source in sources]
    for place in range(len(_LANGUAGE)):
        yield [None if weights is None else sum(map(mul, weights, language[place])) for weights, language in weighted]


@lru_cache
def _weights(edits: frozenset[str]) -> tuple[_Weights | None, ...]:
    """For each contrast, the weight of each edit in halves; None where the edits that it needs are not there."""
    all_four = (2, -2, -2, 2) if len(edits) == len(_EDITS) else None
    return (_mean_difference(_AGE_PAIRS, edits), _mean_difference(_SEX_PAIRS, edits), all_four)


def _mean_difference(pairs: Sequence[tuple[str, str]], edits: frozenset[str]) -> _Weights | None:
    there = [pair for pair in pairs if edits.issuperset(pair)]
    if not there:
        return None
    share = _HALVES // len(there)
    weights = {one: share for one, _ in there} | {other: -share for _, other in there}
    first, second, third, fourth = (weights.get(edit, 0) for edit in _EDITS)
    return first, second, third, fourth


def _limit(measure: _Measure, contrast: str) -> int | None:
    if measure.most is None:
        return None
    # An interaction is the difference of two differences.
    return measure.most * _HALVES * (2 if contrast == "age_x_sex" else 1)
