"""Which pairs a page shows: those that changed most, with some room for refusals and for what depends on the parser."""

from collections.abc import Sequence
from heapq import nsmallest
from itertools import islice
from typing import Final, NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.variant_endpoints import changed_pairs
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.pair_values import PairOutcome
from spinefairbench.statistics.exact import UNITS

__all__ = ["SelectedPair", "ShownPair", "choose_pairs"]

_DEFAULT_PAIRS: Final = 270
_SET_ASIDE: Final = 6
"""One pair in this many is kept for refusals, and as many for pairs whose verdict depends on the parser."""


class SelectedPair(NamedTuple):
    """A pair to show."""

    model: str
    pair: PairReports
    parser_dependent: bool

    @property
    def outcome(self) -> PairOutcome:
        """What the pair contributes to the endpoints."""
        return self.pair.outcome

    @property
    def labels_changed(self) -> bool:
        """Whether the two reports have different diagnostic labels."""
        return self.outcome.diagnostic_jaccard != UNITS


class ShownPair(NamedTuple):
    """A selected pair with its texts."""

    selected: SelectedPair
    source_text: str
    counterfactual_text: str


def choose_pairs(models: Sequence[ModelReports], collector: MentionCollector, limit: int | None) -> list[SelectedPair]:
    """At most `limit` pairs, the same number from each model where there are enough, those that changed most first.

    They are chosen from the features of all pairs, so that only their texts need to be read. In each model's share
    some room is kept for refusals, and for pairs whose verdict depends on the parser. `limit` None chooses as many as
    a page shows where no number was requested.
    """
    most = _DEFAULT_PAIRS if limit is None else limit
    chosen: list[SelectedPair] = []
    for index, model in enumerate(models):
        share = -(-(most - len(chosen)) // (len(models) - index))
        dependent = {row.pair_id for row in changed_pairs(model, collector)}
        first = _first_of(model.pairs, dependent, share)
        chosen += [SelectedPair(model.model, pair, pair.pair_id in dependent) for pair in first]
    return sorted(chosen, key=lambda item: (*_order(item.pair), item.model))


def _first_of(pairs: Sequence[PairReports], dependent: set[str], share: int) -> list[PairReports]:
    """At most `share` pairs of one model; `dependent` are the ids of those whose verdict depends on the parser."""
    aside = share // _SET_ASIDE
    refused = [pair for pair in pairs if not pair.outcome.usable]
    doubtful = [pair for pair in pairs if pair.outcome.usable and pair.pair_id in dependent]
    kept = [*nsmallest(aside, refused, key=_order), *nsmallest(aside, doubtful, key=_order)]
    kept_ids = {pair.pair_id for pair in kept}
    rest = (pair for pair in nsmallest(share, pairs, key=_order) if pair.pair_id not in kept_ids)
    return [*kept, *islice(rest, share - len(kept))]


def _order(pair: PairReports) -> tuple[bool, int, int, str]:
    """Usable pairs first; the larger the change, the earlier; among equals, the one with more categories moved.

    The change is the distance of the recommendation sets plus that of the label sets: the less agreement, the larger.
    """
    outcome = pair.outcome
    agreement = outcome.recommendation_jaccard + outcome.diagnostic_jaccard
    first, second = pair.source, pair.counterfactual
    moved = (first.labels ^ second.labels).bit_count() + (first.recommendations ^ second.recommendations).bit_count()
    return not outcome.usable, agreement, -moved, pair.pair_id
