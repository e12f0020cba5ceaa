"""Which pairs a page shows: chosen from the features of all, so that only theirs are read as texts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.bundle.reports import PairReports
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.pair_values import PairOutcome, pair_outcome
from spinefairbench.statistics.exact import UNITS

__all__ = ["DEFAULT_PAIRS", "SelectedPair", "ShownPair", "select_pairs"]

DEFAULT_PAIRS: Final = 270
_SET_ASIDE: Final = 6
"""One pair in so many is kept for refusals, and as many for pairs whose verdict depends on the parser."""


class SelectedPair(NamedTuple):
    """A pair to show. `change`: distance of the recommendation sets plus distance of the label sets, from 0 to 2."""

    model: str
    pair: PairReports
    outcome: PairOutcome
    parser_dependent: bool

    @property
    def change(self) -> float:
        outcome = self.outcome
        return (2 * UNITS - outcome.recommendation_jaccard - outcome.diagnostic_jaccard) / UNITS

    @property
    def labels_changed(self) -> bool:
        return self.pair.source.labels != self.pair.counterfactual.labels


class ShownPair(NamedTuple):
    """A selected pair with its texts."""

    selected: SelectedPair
    source_text: str
    counterfactual_text: str


def _categories_moved(first: ReportFeatures, second: ReportFeatures) -> int:
    return (first.labels ^ second.labels).bit_count() + (first.recommendations ^ second.recommendations).bit_count()


def _order(item: SelectedPair) -> tuple[bool, float, int, str, str]:
    """Usable pairs first; the farther apart, the sooner; of equals, that with more categories moved."""
    moved = _categories_moved(item.pair.source, item.pair.counterfactual)
    return not item.outcome.usable, -item.change, -moved, item.pair.pair_id, item.model


def select_pairs(
    models: Mapping[str, Sequence[PairReports]],
    limit: int,
    parser_dependent: Callable[[str, str], bool] = lambda model, pair_id: False,
) -> list[SelectedPair]:
    """At most `limit` pairs, the same number of each model where there are enough, sorted by how much changed.

    Of each model: those that changed most, with room kept for refusals and for pairs whose verdict
    `parser_dependent(model, pair_id)` says depends on the reading.
    """
    chosen: list[SelectedPair] = []
    remaining = limit
    for index, (model, pairs) in enumerate(models.items()):
        share = -(-remaining // (len(models) - index))
        of_model = _of_model(model, pairs, share, parser_dependent)
        chosen += of_model
        remaining -= len(of_model)
    return sorted(chosen, key=_order)


def _of_model(
    model: str, pairs: Iterable[PairReports], share: int, parser_dependent: Callable[[str, str], bool]
) -> list[SelectedPair]:
    candidates = sorted(
        (
            SelectedPair(
                model, pair, pair_outcome(pair.source, pair.counterfactual), parser_dependent(model, pair.pair_id)
            )
            for pair in pairs
        ),
        key=_order,
    )
    aside = share // _SET_ASIDE
    kept = [item for item in candidates if not item.outcome.usable][:aside]
    kept += [item for item in candidates if item.outcome.usable and item.parser_dependent][:aside]
    held = {item.pair.pair_id for item in kept}
    kept += [item for item in candidates if item.pair.pair_id not in held][: share - len(kept)]
    return kept
