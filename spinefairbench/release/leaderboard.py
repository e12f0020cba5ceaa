"""Compare scores: which of them may be compared, and how certain their order is.

A table of scores invites two mistakes: comparing numbers that were made in different ways, and seeing a difference
where chance alone could change the order. So rows whose settings differ are refused, rows that do not cover the scope,
have too few usable pairs or reports that cannot be read are listed separately with the reason, and each rank has an interval of the ranks that the model may truly have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.compare import common_pairs, rank_models
from spinefairbench.analysis.estimates import Estimate, Interval, SharedPass
from spinefairbench.analysis.excess_order import excess_ranks
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.noise_floor import EndpointFloor, noise_floor_request
from spinefairbench.analysis.table2 import as_published, endpoints_request
from spinefairbench.bundle.scopes import COMMON_CORE, PANEL_SCOPES, scope_pairs
from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import TOLERANCE, differs
from spinefairbench.release.score_file import ScoreFile
from spinefairbench.release.signature import comparison_problems, panel_signature, signature_parts
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.ranks import RankSet

__all__ = [
    "BoardRow",
    "Candidate",
    "Leaderboard",
    "Measured",
    "Ranking",
    "build_leaderboard",
    "candidates_of_panel",
    "score_candidate",
]

_MAY_DIFFER: Final = frozenset({"pairs", "repeats", "controls", "blank"})
_MOST_ITERATIONS: Final = 1_000_000
_MOST_RANKED: Final = 200
"""Each two models are compared under thousands of sign patterns: with more models, that takes minutes and then hours."""


class Candidate(NamedTuple):
    """One model to be listed; `origin` is the score file's path, or which panel it is from.

    `stated` are the intervals that a score file gives, None for a model of the panel.
    """

    origin: str
    version: str | None
    organization: str | None
    scope: str
    signature: str
    bootstrap: Bootstrap
    expected_pairs: int
    reports: ModelReports
    stated: ByEndpoint[Interval] | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self.reports.model

    @property
    def label(self) -> str:
        """The model and its version."""
        return f"{self.model} {self.version}" if self.version else self.model

    @property
    def not_comparable_because(self) -> str | None:
        """Why the candidate cannot be ranked with others, None where it can."""
        reasons = [*filter(None, [self.missing]), *self.reports.quality.not_readable_because]
        return "; ".join(reasons) or None

    @property
    def missing(self) -> str | None:
        """Why the candidate does not cover its scope, None where it does."""
        missing = self.expected_pairs - len(self.reports.pairs)
        return f"{missing:,} of the {self.expected_pairs:,} pairs of the scope are missing" if missing else None


class Measured(NamedTuple):
    """An endpoint of one row; `floor` None where no source has two usable source reports.

    `excess_rank` is the place of the row's excess among those of the comparable rows, 1 for the smallest.
    """

    estimate: Estimate
    floor: EndpointFloor | None
    excess_rank: int | None = None


class BoardRow(NamedTuple):
    """A candidate with what was measured of it.

    `ranks` is None where there is no ranking; `reason` says why the row is not comparable with the others.
    """

    candidate: Candidate
    endpoints: ByEndpoint[Measured]
    ranks: ByEndpoint[RankSet] | None
    reason: str | None


class Ranking(NamedTuple):
    """What the ranks are computed on: the pairs usable for every ranked model, out of those usable for any.

    `reason` says why there are no ranks.
    """

    common_pairs: int
    all_pairs: int
    reason: str | None = None

    @property
    def basis(self) -> str:
        """What the ranks are computed on, in a sentence."""
        return (
            f"Ranks are computed on the {self.common_pairs:,} pairs that every model has usable, of {self.all_pairs:,}."
        )


class Leaderboard(NamedTuple):
    """Rows in the order of their recommendation change, smallest first; those not comparable separately, by name."""

    scope: str
    settings: Mapping[str, str]
    rows: tuple[BoardRow, ...]
    not_comparable: tuple[BoardRow, ...]
    ranking: Ranking


def score_candidate(file: ScoreFile) -> Candidate:
    """A score file as a candidate. Raises SubmissionError where it states no intervals, or two for one endpoint."""
    content, score = file.content, file.score
    stated: list[Interval] = []
    problems = []
    for endpoint in ENDPOINTS:
        ci95 = content["primary_endpoints"][endpoint.score_name].get("ci95")
        bounds: list[Any] = [ci95.get(end) for end in ("lower", "upper")] if isinstance(ci95, Mapping) else []
        place = f"{file.path}: $.primary_endpoints.{endpoint.score_name}"
        if not bounds or not all(type(each) in (int, float) for each in bounds):
            problems.append(f"{place}.ci95: expected a lower and an upper number")
        elif content["table2_row"].get(f"{endpoint.short_name}_ci95") != bounds:
            problems.append(f"{place}.ci95 is not $.table2_row.{endpoint.short_name}_ci95")
        else:
            stated.append((float(bounds[0]), float(bounds[1])))
    if problems:
        raise SubmissionError(problems)
    version, organization = (
        found if isinstance(found := score.model.get(key), str) and found else None
        for key in ("version", "organization")
    )
    return Candidate(
        file.path,
        version,
        organization,
        score.scope,
        content["signature"],
        score.bootstrap,
        score.expected_pairs,
        score.reports,
        ByEndpoint.collect(stated),
    )


def candidates_of_panel(inputs: Inputs, scores: Sequence[Candidate]) -> list[Candidate]:
    """The bundle's models as if each had been scored with the scope and settings of the scores.

    Without a score these are the common core and the frozen settings. Raises UsageError for a scope without a panel,
    and BundleError.
    """
    scope = scores[0].scope if scores else COMMON_CORE
    if scope not in PANEL_SCOPES:
        raise UsageError(f"--panel: the scope {scope} has no published panel; expected {' or '.join(PANEL_SCOPES)}")
    pairs = scope_pairs(inputs.bundle, scope)
    assert pairs is not None, "the panel's scopes have pairs"
    panels = inputs.panels_of(None)
    if panels.problems:
        raise BundleError(panels.problems)
    bootstrap = scores[0].bootstrap if scores else FROZEN
    return [_panel_candidate(model, scope, pairs, bootstrap) for model in panels.models]


def _panel_candidate(model: ModelReports, scope: str, pairs: frozenset[str], bootstrap: Bootstrap) -> Candidate:
    reports = model.only(pairs)
    signature = panel_signature(scope, (pair.pair_id for pair in reports.pairs), bootstrap)
    return Candidate(f"panel {model.panel}", None, None, scope, signature, bootstrap, len(reports.pairs), reports)


def build_leaderboard(candidates: Sequence[Candidate], run: Bootstrap = FROZEN) -> Leaderboard:
    """Measure the candidates anew from their rows, put them in order, and rank those that are comparable.

    Raises SubmissionError, with every reason, where their settings differ, where one is listed twice or has no
    usable pair, and where a score file's intervals are not those that its rows give. Iterations and seed are those of
    the candidates; `run` gives the processes and the progress.
    """
    problems = _differing_settings(candidates) + _duplicates(candidates)
    problems += [f"{each.origin}: no usable pair" for each in candidates if not each.reports.usable]
    settings = {key: value for key, value in signature_parts(candidates[0].signature).items() if key not in _MAY_DIFFER}
    asked = candidates[0].bootstrap
    if asked.iterations > _MOST_ITERATIONS:
        shown = str(asked.iterations)[:40]
        problems.append(f"{candidates[0].origin}: {shown} iterations; expected 1 to {_MOST_ITERATIONS:,}")
    if problems:
        raise SubmissionError(problems)
    bootstrap = replace(run, iterations=asked.iterations, seed=asked.seed)
    rows = _measured(candidates, bootstrap)
    comparable = _in_excess_order([row for row in rows if row.reason is None])
    ranking, ranks = _ranked([row.candidate.reports for row in comparable], bootstrap)
    ranked = [row._replace(ranks=its_ranks) for row, its_ranks in zip(comparable, ranks, strict=True)]
    ranked.sort(key=lambda row: (row.endpoints[0].estimate.value or 0.0, row.candidate.label))
    apart = sorted((row for row in rows if row.reason is not None), key=lambda row: row.candidate.label)
    return Leaderboard(candidates[0].scope, settings, tuple(ranked), tuple(apart), ranking)


def _differing_settings(candidates: Sequence[Candidate]) -> list[str]:
    """Where the settings differ, or the pairs of complete scores, which are the same on one bundle."""
    named = [(candidate.origin, candidate.signature) for candidate in candidates]
    keys = dict.fromkeys(key for _, signature in named for key in signature_parts(signature))
    complete = [(candidate.origin, candidate.signature) for candidate in candidates if candidate.missing is None]
    return [
        *comparison_problems(named, [key for key in keys if key not in _MAY_DIFFER]),
        *(
            f"{problem} (complete, but not on the same pairs: another bundle?)"
            for problem in comparison_problems(complete, ["pairs"])
        ),
    ]


def _duplicates(candidates: Sequence[Candidate]) -> list[str]:
    first: dict[str, str] = {}
    problems = []
    for candidate in candidates:
        if candidate.label in first:
            problems.append(f"{candidate.origin}: the model {candidate.label!r} is already in {first[candidate.label]}")
        first.setdefault(candidate.label, candidate.origin)
    return problems


def _measured(candidates: Sequence[Candidate], bootstrap: Bootstrap) -> list[BoardRow]:
    models = [candidate.reports for candidate in candidates]
    shared = SharedPass(bootstrap)
    endpoints = shared.add(endpoints_request(models))
    floors = shared.add(noise_floor_request(models))
    shared.run()
    estimates = list(map(as_published, endpoints.result))
    problems = [
        f"{candidate.origin}: the interval of {endpoint.name} is not the one that its rows give: it was changed by hand"
        for candidate, found in zip(candidates, estimates, strict=True)
        if candidate.stated is not None
        for (endpoint, estimate), stated in zip(found.each(), candidate.stated, strict=True)
        if any(differs(one, other, TOLERANCE) for one, other in zip(stated, estimate.ci95 or (), strict=True))
    ]
    if problems:
        raise SubmissionError(problems)
    return [
        BoardRow(
            candidate,
            ByEndpoint.collect(
                Measured(estimate, of_endpoint if floor.n_sources else None)
                for estimate, of_endpoint in zip(found, floor.endpoints, strict=True)
            ),
            None,
            candidate.not_comparable_because,
        )
        for candidate, found, floor in zip(candidates, estimates, floors.result, strict=True)
    ]


def _in_excess_order(rows: Sequence[BoardRow]) -> list[BoardRow]:
    """The rows, each with its places in the order by excess: an order of estimates alone."""
    by_endpoint = [
        excess_ranks([each.floor.excess.value if each.floor else None for each in measured])
        for measured in zip(*(row.endpoints for row in rows), strict=True)
    ]
    ranks = map(ByEndpoint.collect, zip(*by_endpoint, strict=True))
    return [
        row._replace(
            endpoints=ByEndpoint.collect(
                measured._replace(excess_rank=rank) for measured, rank in zip(row.endpoints, its_ranks, strict=True)
            )
        )
        for row, its_ranks in zip(rows, ranks, strict=True)
    ]


def _ranked(
    models: Sequence[ModelReports], bootstrap: Bootstrap
) -> tuple[Ranking, Sequence[ByEndpoint[RankSet] | None]]:
    """The ranks of both endpoints over the pairs that every model has usable."""
    unranked = [None] * len(models)
    if not models:
        return Ranking(0, 0, "no score can be compared"), unranked
    pairs = common_pairs(models)
    usable_in_any = len({pair.pair_id for model in models for pair in model.usable})
    if len(models) < 2:
        return Ranking(pairs.common, usable_in_any, "a ranking needs two models"), unranked
    if len(models) > _MOST_RANKED:
        said = f"{len(models):,} models; at most {_MOST_RANKED} are ranked together"
        return Ranking(pairs.common, usable_in_any, said), unranked
    if not pairs.common:
        return Ranking(0, usable_in_any, "no pair is usable for every model"), unranked
    return Ranking(pairs.common, usable_in_any), rank_models(pairs.totals, bootstrap)
