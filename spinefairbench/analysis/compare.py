"""Two or more models on the pairs that all of them have usable: how they differ, and what ranking that supports."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any, NamedTuple

from spinefairbench.analysis.estimates import (
    DIFFERENCE,
    Estimate,
    Request,
    Sample,
    adjustment_notes,
    answer,
    flat_estimates,
    in_endpoint_pairs,
)
from spinefairbench.analysis.excess_order import EXCESS_ORDER_NOTE, excess_ranks
from spinefairbench.analysis.noise_floor import floor_row, source_floors
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.errors import UsageError
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import Problem, counted
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.paired import Equivalence, equivalence, paired_difference
from spinefairbench.statistics.randomization import holm, sign_flip_p_values
from spinefairbench.statistics.ranks import RankSet, rank_sets

__all__ = [
    "AgainstOthers",
    "CommonPairs",
    "CompareRow",
    "Comparison",
    "DifferenceRow",
    "LostRow",
    "against_others_request",
    "common_pairs",
    "compare",
    "comparison_request",
    "on_common_pairs",
    "rank_models",
]


@dataclass(frozen=True)
class CompareRow(Row):
    """One model on the common pairs. Rank 1 is the least change, and the most consistency.

    The rank intervals hold the ranks that the model may truly have; all intervals of an endpoint hold at once at 95%.
    `excess` is that over the same pairs, None without repeated reports, and its rank that of the estimate alone.
    """

    model: str
    usable_pairs: int
    common_pairs: int
    estimates: ByEndpoint[Estimate]
    ranks: ByEndpoint[RankSet]
    excess: ByEndpoint[float | None]
    excess_ranks: ByEndpoint[int | None]

    @property
    def n_sources(self) -> int:
        """The sources of the common pairs."""
        return self.estimates.recommendation.n_sources

    def to_json(self) -> dict[str, Any]:
        """Both endpoints side by side."""
        fields: dict[str, Any] = {
            "model": self.model,
            "usable_pairs": self.usable_pairs,
            "common_pairs": self.common_pairs,
            "n_sources": self.n_sources,
            **flat_estimates(self.estimates),
        }
        for endpoint, rank in self.ranks.each():
            fields[f"{endpoint.short_name}_rank"] = rank.rank
            fields[f"{endpoint.short_name}_rank_interval"] = (rank.best_rank, rank.worst_rank)
            fields[f"{endpoint.short_name}_not_separated_from_best"] = rank.not_separated_from_best
            fields[f"{endpoint.short_name}_excess"] = self.excess.at(endpoint)
            fields[f"{endpoint.short_name}_excess_rank"] = self.excess_ranks.at(endpoint)
        return fields


@dataclass(frozen=True)
class DifferenceRow(Row):
    """Model `a` less model `b` on one endpoint.

    `p_value`: source-level sign-flip randomization, two-sided, (b + 1)/(B + 1). `p_holm`: Holm's over all pairs of
    models of the endpoint. `equivalence` only where a margin was given.
    """

    endpoint: str
    a: str
    b: str
    estimate: Estimate
    p_value: float
    p_holm: float
    equivalence: Equivalence | None = None

    @property
    def difference(self) -> float:
        """The value of the estimate, which every comparison has."""
        assert self.estimate.value is not None
        return self.estimate.value

    def to_json(self) -> dict[str, Any]:
        """The estimate as a difference with its intervals, the test of equivalence beside it."""
        shown = self.equivalence
        return {
            "endpoint": self.endpoint,
            "a": self.a,
            "b": self.b,
            **self.estimate.fields("difference"),
            "p_value": self.p_value,
            "p_holm": self.p_holm,
            "margin": None if shown is None else shown.margin,
            "equivalence_p": None if shown is None else shown.p_value,
            "equivalence_ci90": None if shown is None else shown.interval,
            "equivalent": None if shown is None else shown.equivalent,
        }


@dataclass(frozen=True)
class LostRow(Row):
    """Pairs that some model has but that are not compared, by what this model did with them.

    `due_to_this_model_alone`: pairs that would be compared but for this model.
    """

    model: str
    not_reported: int
    full_refusal: int
    due_to_this_model_alone: int


class CommonPairs(NamedTuple):
    """Each model on the pairs that all have usable, in the order given, and what the other pairs were lost to.

    `pairs_in_any` counts the pairs that some model has reported, `common` those that are compared.
    """

    models: tuple[ModelReports, ...]
    lost: tuple[LostRow, ...]
    common: int
    pairs_in_any: int

    @property
    def totals(self) -> list[ByEndpoint[ClusterTotals]]:
        """Both endpoints of each model on the common pairs. Raises ValueError where there is none."""
        if not self.common:
            raise ValueError("the models have no usable pair in common")
        return [ByEndpoint.collect(each for each in model.totals if each is not None) for model in self.models]


class Comparison(NamedTuple):
    """All comparisons of two or more models."""

    rows: list[CompareRow]
    differences: list[DifferenceRow]
    pairs: CommonPairs


class AgainstOthers(NamedTuple):
    """One model against each other, and its rank among all; empty where nothing can be compared."""

    differences: list[DifferenceRow]
    ranks: dict[str, RankSet]
    pairs: CommonPairs


def on_common_pairs(models: Sequence[ModelReports]) -> tuple[ModelReports, ...]:
    """Each of at least one model on the pairs that all have usable."""
    common = set.intersection(*({pair.pair_id for pair in model.usable} for model in models))
    return tuple(model.only(common) for model in models)


def common_pairs(models: Sequence[ModelReports]) -> CommonPairs:
    """What there is to compare of at least one model."""
    compared = on_common_pairs(models)
    usable = [{pair.pair_id for pair in model.usable} for model in models]
    reported = [{pair.pair_id for pair in model.pairs} for model in models]
    everything = set.union(*reported)
    lacking = {pair_id: [at for at, pairs in enumerate(usable) if pair_id not in pairs] for pair_id in everything}
    lost = tuple(
        LostRow(
            model.model,
            not_reported=len(everything - reported[at]),
            full_refusal=len(reported[at] - usable[at]),
            due_to_this_model_alone=sum(places == [at] for places in lacking.values()),
        )
        for at, model in enumerate(models)
    )
    return CommonPairs(compared, lost, compared[0].usable_pairs, len(everything))


def rank_models(
    totals: Sequence[ByEndpoint[ClusterTotals]], bootstrap: Bootstrap = FROZEN
) -> list[ByEndpoint[RankSet]]:
    """The ranks of models on the same pairs."""
    ranks = [
        rank_sets([each[at] for each in totals], bootstrap, higher_is_better=endpoint.higher_is_better)
        for at, endpoint in enumerate(ENDPOINTS)
    ]
    return [ByEndpoint.collect(its_ranks) for its_ranks in zip(*ranks, strict=True)]


class _Differences(NamedTuple):
    """The differences of one endpoint between pairs of models; they are one family of tests."""

    endpoint: Endpoint
    names: list[tuple[str, str]]
    totals: list[ClusterTotals]

    def rows(self, found: Sequence[Estimate], margin: float | None, p_values: Sequence[float]) -> list[DifferenceRow]:
        """A row for each pair of models, with the estimates and p values given in the same order."""
        each = zip(self.names, self.totals, found, p_values, holm(p_values), strict=True)
        return [
            DifferenceRow(
                self.endpoint.name, a, b, estimate, p, p_holm, None if margin is None else equivalence(totals, margin)
            )
            for (a, b), totals, estimate, p, p_holm in each
        ]


def _differences(
    models: Sequence[ModelReports], totals: Sequence[ByEndpoint[ClusterTotals]], two_of: Sequence[tuple[int, int]]
) -> list[_Differences]:
    names = [(models[a].model, models[b].model) for a, b in two_of]
    return [
        _Differences(endpoint, names, [paired_difference(totals[a][at], totals[b][at]) for a, b in two_of])
        for at, endpoint in enumerate(ENDPOINTS)
    ]


def _difference_samples(differences: Sequence[_Differences]) -> list[Sample]:
    return [Sample(totals, DIFFERENCE) for of_endpoint in differences for totals in of_endpoint.totals]


def _difference_p_values(differences: Sequence[_Differences], bootstrap: Bootstrap) -> list[float]:
    return sign_flip_p_values([totals.sums for each in differences for totals in each.totals], bootstrap)


def _difference_rows(
    differences: Sequence[_Differences],
    found: Sequence[Estimate],
    p_values: Sequence[float],
    margin: float | None = None,
) -> list[DifferenceRow]:
    rows = []
    start = 0
    for each in differences:
        part = slice(start, start + len(each.totals))
        rows += each.rows(found[part], margin, p_values[part])
        start = part.stop
    return rows


def comparison_request(
    models: Sequence[ModelReports], pairs: CommonPairs, bootstrap: Bootstrap = FROZEN, *, margin: float | None = None
) -> Request[Comparison]:
    """All comparisons of at least two models on their common pairs. Raises ValueError where there is none.

    With a `margin`, each difference is also tested for equivalence within it.
    """
    totals = pairs.totals
    differences = _differences(models, totals, list(combinations(range(len(models)), 2)))
    own = [Sample(each) for by_endpoint in totals for each in by_endpoint]

    @cache
    def undrawn() -> tuple[list[ByEndpoint[RankSet]], _ExcessOrder, list[float]]:
        return rank_models(totals, bootstrap), _excesses(pairs.models), _difference_p_values(differences, bootstrap)

    def finish(found: Sequence[Estimate]) -> Comparison:
        ranks_of_models, excess_order, p_values = undrawn()
        measured = zip(models, in_endpoint_pairs(found[: len(own)]), ranks_of_models, *excess_order, strict=True)
        rows = [
            CompareRow(model.model, model.usable_pairs, pairs.common, estimates, ranks, excess, its_excess_ranks)
            for model, estimates, ranks, excess, its_excess_ranks in measured
        ]
        return Comparison(rows, _difference_rows(differences, found[len(own) :], p_values, margin), pairs)

    return Request([*own, *_difference_samples(differences)], finish, undrawn)


_ExcessOrder = tuple[list[ByEndpoint[float | None]], list[ByEndpoint[int | None]]]


def _excesses(models: Sequence[ModelReports]) -> _ExcessOrder:
    """The excess of each model, and the order of these estimates."""
    floors = [floor_row(model.model, source_floors(model)) for model in models]
    found = [floor.endpoints.map(lambda each: each.excess.value) for floor in floors]
    ranks = [excess_ranks([excess[at] for excess in found]) for at in range(len(ENDPOINTS))]
    return found, list(map(ByEndpoint.collect, zip(*ranks, strict=True)))


def against_others_request(
    model: ModelReports, others: Sequence[ModelReports], bootstrap: Bootstrap = FROZEN
) -> Request[AgainstOthers]:
    """The differences of one model and each other, and its rank among all, on the pairs that all have.

    Holm's family is the other models, for each endpoint. Nothing is found without common pairs.
    """
    pairs = common_pairs([model, *others])
    if not pairs.common:
        return Request([], lambda found: AgainstOthers([], {}, pairs))
    totals = pairs.totals
    differences = _differences([model, *others], totals, [(0, at) for at in range(1, len(totals))])

    @cache
    def undrawn() -> tuple[ByEndpoint[RankSet], list[float]]:
        return rank_models(totals, bootstrap)[0], _difference_p_values(differences, bootstrap)

    def finish(found: Sequence[Estimate]) -> AgainstOthers:
        own_ranks, p_values = undrawn()
        ranks = {endpoint.name: rank for endpoint, rank in own_ranks.each()}
        return AgainstOthers(_difference_rows(differences, found, p_values), ranks, pairs)

    return Request(_difference_samples(differences), finish, undrawn)


def compare(
    models: Sequence[ModelReports],
    *,
    margin: float | None = None,
    problems: Sequence[Problem] = (),
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """Models as rows; `differences`, `lost` and the groups `not_separated_from_best` under the summary.

    Raises UsageError for fewer than two models, and where they have no usable pair in common.
    """
    if len(models) < 2:
        raise UsageError("a comparison needs at least two models or score files")
    pairs = common_pairs(models)
    if not pairs.common:
        told = [f"{row.model}: {row.full_refusal} full refusals, {row.not_reported} not reported" for row in pairs.lost]
        raise UsageError(["the models have no usable pair in common", *told])
    rows, differences, _ = answer(comparison_request(models, pairs, bootstrap, margin=margin), bootstrap)
    pairs_of_models = len(differences) // len(ENDPOINTS)
    summary: dict[str, Any] = {
        "pairs_in_any": pairs.pairs_in_any,
        "common_pairs": pairs.common,
        "lost_pairs": pairs.pairs_in_any - pairs.common,
        "not_separated_from_best": {
            endpoint.name: [row.model for row in rows if row.ranks[at].not_separated_from_best]
            for at, endpoint in enumerate(ENDPOINTS)
        },
        "family": f"Holm over {counted(pairs_of_models, 'pair')} of models, for each endpoint; difference intervals unadjusted",
        "iterations": bootstrap.iterations,
        "seed": bootstrap.seed,
        "lost": plain(list(pairs.lost)),
        "differences": plain(differences),
    }
    notes = [
        *(
            f"not separated from {endpoint.first_rank}: {', '.join(summary['not_separated_from_best'][endpoint.name])}"
            for endpoint in ENDPOINTS
        ),
        (
            "rank intervals hold at 95% for all models of an endpoint at once; a model whose interval includes rank 1 is not "
            "separated from the least change (or the most consistency), which does not show that it has it"
        ),
        EXCESS_ORDER_NOTE,
        "a difference that is not significant does not show that two models are alike"
        + ("; for that, give a --margin" if margin is None else ""),
    ]
    if rows[0].n_sources == 1:
        notes.append("only one source, so no interval can be given")
    if margin is not None:
        notes.append(f"equivalent: two one-sided tests at 0.05 each show the true difference to be within {margin:g}")
    notes += adjustment_notes(
        [*(each for row in rows for each in row.estimates), *(row.estimate for row in differences)]
    )
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))
