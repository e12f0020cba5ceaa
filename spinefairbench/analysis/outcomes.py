"""From a model's pairs of reports to the values that every endpoint is made of."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from spinefairbench.bundle.reports import ModelReports, PairReports
from spinefairbench.metrics.pair_values import PairOutcome, pair_outcome
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS

__all__ = ["ModelOutcomes", "UsablePair", "model_outcomes", "pair_outcomes", "usable_reports"]


class UsablePair(NamedTuple):
    """A pair of which neither report is a full refusal."""

    pair_id: str
    source_id: str
    edit_label: str
    outcome: PairOutcome


class ModelOutcomes(NamedTuple):
    """The usable pairs of one model, in the order of `pair_id`, and what became of the others."""

    usable: tuple[UsablePair, ...]
    full_refusal_pairs: int
    partial_refusal_pairs: int
    source_full_refusals: int
    counterfactual_full_refusals: int

    @property
    def recommendation_change(self) -> float:
        """Share of usable pairs whose recommendation sets differ."""
        return sum(pair.outcome.recommendation_changed for pair in self.usable) / len(self.usable)

    @property
    def diagnostic_units(self) -> int:
        """Sum of the diagnostic-label Jaccards, in units of 1/UNITS."""
        return sum(pair.outcome.diagnostic_jaccard for pair in self.usable)

    @property
    def diagnostic_consistency(self) -> float:
        """Mean diagnostic-label Jaccard over usable pairs."""
        return self.diagnostic_units / (UNITS * len(self.usable))

    @property
    def recommendation_units(self) -> int:
        """Sum of the recommendation Jaccards, in units of 1/UNITS."""
        return sum(pair.outcome.recommendation_jaccard for pair in self.usable)

    @property
    def both_empty_pairs(self) -> int:
        """Usable pairs of which both reports have no diagnostic label."""
        return sum(pair.outcome.both_empty for pair in self.usable)

    def endpoint_clusters(self) -> tuple[ClusterTotals, ClusterTotals]:
        """(recommendation change, diagnostic Jaccard) by source, for the bootstrap."""
        ids = [pair.source_id for pair in self.usable]
        changed = [pair.outcome.recommendation_changed for pair in self.usable]
        jaccard = [pair.outcome.diagnostic_jaccard for pair in self.usable]
        return ClusterTotals.from_units(changed, ids, 1), ClusterTotals.from_units(jaccard, ids, UNITS)


def pair_outcomes(pairs: Iterable[PairReports]) -> ModelOutcomes:
    """The outcomes of pairs given in the order of `pair_id`."""
    usable: list[UsablePair] = []
    full = partial = source_full = counterfactual_full = 0
    for pair in pairs:
        outcome = pair_outcome(pair.source, pair.counterfactual)
        source_full += pair.source.response_class is ResponseClass.FULL_REFUSAL
        counterfactual_full += pair.counterfactual.response_class is ResponseClass.FULL_REFUSAL
        if outcome.usable:
            usable.append(UsablePair(pair.pair_id, pair.source_id, pair.edit_label, outcome))
            partial += outcome.partial_refusal
        else:
            full += 1
    return ModelOutcomes(tuple(usable), full, partial, source_full, counterfactual_full)


def model_outcomes(models: Sequence[ModelReports]) -> list[ModelOutcomes]:
    """The outcomes of each model, in the order given."""
    return [pair_outcomes(model.pairs) for model in models]


def usable_reports(pairs: Iterable[PairReports]) -> Iterator[PairReports]:
    """Those of `pairs` of which neither report is a full refusal."""
    return (pair for pair in pairs if pair_outcome(pair.source, pair.counterfactual).usable)
