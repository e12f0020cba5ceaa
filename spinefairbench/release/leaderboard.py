"""Scores side by side: who may be compared with whom, and how sure the order is.

A table of scores invites two mistakes: to compare numbers that were not made alike, and to read a difference
into an order that chance would change. So rows whose settings differ are refused, rows that do not cover the
scope are shown apart with the reason, and each rank comes with the ranks that the model may truly have.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.noise_floor import FloorEndpoint, FloorSubject, RepeatedReports, noise_floor_rows
from spinefairbench.analysis.outcomes import ModelOutcomes, pair_outcomes
from spinefairbench.analysis.table2 import endpoint_intervals
from spinefairbench.bundle.reports import ModelReports, PairReports
from spinefairbench.errors import SubmissionError
from spinefairbench.problems import differs
from spinefairbench.release.score_file import ScoreFile
from spinefairbench.release.signature import panel_signature, signature_parts
from spinefairbench.statistics.ranks import RankSet, rank_sets

__all__ = [
    "ENDPOINTS",
    "Candidate",
    "Endpoint",
    "Leaderboard",
    "Ranking",
    "Row",
    "build_leaderboard",
    "panel_candidates",
    "score_candidate",
]

ENDPOINTS: Final = ("recommendation_change", "diagnostic_consistency")
_HIGHER_IS_BETTER: Final = (False, True)
_MAY_DIFFER: Final = frozenset({"pairs", "repeats"})
_MOST_ITERATIONS: Final = 1_000_000
Interval = tuple[float, float]
Progress = Callable[[int, int], None]


class Candidate(NamedTuple):
    """One model that asks for a row; `origin` is the score file's path, or which panel it is from.

    `stated` are the intervals that a score file gives, in the order of ENDPOINTS.
    """

    origin: str
    model: str
    version: str | None
    organization: str | None
    scope: str
    signature: str
    expected_pairs: int
    pairs: Sequence[PairReports]
    repeats: Sequence[RepeatedReports] = ()
    stated: tuple[Interval, Interval] | None = None

    @property
    def label(self) -> str:
        """The model and its version."""
        return f"{self.model} {self.version}" if self.version else self.model


class Endpoint(NamedTuple):
    """An endpoint of one row; `floor` None where no source has two usable source reports."""

    point: float
    ci95: Interval
    floor: FloorEndpoint | None


class Row(NamedTuple):
    """A candidate with what was measured of it; `endpoints` and `ranks` in the order of ENDPOINTS.

    `ranks` are None where there is no ranking; `reason` says why the row is not comparable with the others.
    """

    candidate: Candidate
    usable_pairs: int
    usable_sources: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    endpoints: tuple[Endpoint, Endpoint]
    ranks: tuple[RankSet | None, RankSet | None]
    reason: str | None


class Ranking(NamedTuple):
    """What the ranks rest on: the pairs that every ranked model has usable, of so many that any has.

    `reason` says why there are no ranks.
    """

    common_pairs: int
    all_pairs: int
    reason: str | None = None


class Leaderboard(NamedTuple):
    """Rows in the order of their recommendation change, smallest first; those not comparable apart, by name."""

    scope: str
    settings: Mapping[str, str]
    rows: tuple[Row, ...]
    not_comparable: tuple[Row, ...]
    ranking: Ranking


def score_candidate(score: ScoreFile) -> Candidate:
    """A score file as a candidate. Raises SubmissionError where it states no intervals, or two for one endpoint."""
    content = score.content
    stated, problems = [], []
    for key, other in (
        ("recommendation_change_rate", "recommendation_ci95"),
        ("diagnostic_label_consistency", "diagnostic_ci95"),
    ):
        endpoint = content["primary_endpoints"].get(key)
        ci95 = endpoint.get("ci95") if isinstance(endpoint, Mapping) else None
        bounds: list[Any] = [ci95.get(end) for end in ("lower", "upper")] if isinstance(ci95, Mapping) else []
        if not bounds or not all(type(each) in (int, float) for each in bounds):
            problems.append(f"{score.path}: $.primary_endpoints.{key}.ci95: expected a lower and an upper number")
        elif content["table2_row"].get(other) != bounds:
            problems.append(f"{score.path}: $.table2_row.{other} is not the interval of $.primary_endpoints.{key}")
        else:
            stated.append((float(bounds[0]), float(bounds[1])))
    if problems:
        raise SubmissionError(problems)
    model = content["model"]
    version, organization = (
        model.get(key) if isinstance(model.get(key), str) else None for key in ("version", "organization")
    )
    return Candidate(
        score.path,
        score.model,
        version or None,
        organization or None,
        score.scope,
        score.signature,
        content["coverage"]["expected_pairs"],
        score.pairs,
        score.repeats,
        (stated[0], stated[1]),
    )


def panel_candidates(
    models: Sequence[ModelReports], scope: str, scope_pairs: frozenset[str], *, iterations: int, seed: int
) -> list[Candidate]:
    """The panel's models as if each had been scored for `scope`, whose pairs are given, with these settings."""
    candidates = []
    for model in models:
        pairs = [pair for pair in model.pairs if pair.pair_id in scope_pairs]
        signature = panel_signature(scope, (pair.pair_id for pair in pairs), iterations, seed)
        origin = f"panel {model.panel}"
        candidates.append(Candidate(origin, model.model, None, None, scope, signature, len(pairs), pairs))
    return candidates


def build_leaderboard(candidates: Sequence[Candidate], progress: Progress | None = None) -> Leaderboard:
    """Measure the candidates anew from their rows, put them in order, and rank those that are comparable.

    Raises SubmissionError, with every reason, where they were not made alike, where one stands twice or has no
    usable pair, and where a score file's intervals are not those that its rows give.
    """
    outcomes = [pair_outcomes(candidate.pairs) for candidate in candidates]
    problems = _mixtures(candidates) + _doubles(candidates)
    problems += [
        f"{c.origin}: no usable pair" for c, outcome in zip(candidates, outcomes, strict=True) if not outcome.usable
    ]
    complete = [candidate for candidate in candidates if _incomplete(candidate) is None]
    problems += _other_pairs(complete)
    settings = {key: value for key, value in signature_parts(candidates[0].signature).items() if key not in _MAY_DIFFER}
    iterations = settings.get("iter", "")
    if not (iterations.isdecimal() and 1 <= int(iterations[:9]) <= _MOST_ITERATIONS):
        problems.append(f"{candidates[0].origin}: {iterations[:40]} iterations; expected 1 to {_MOST_ITERATIONS:,}")
    if problems:
        raise SubmissionError(problems)
    rows = _measured(candidates, outcomes, int(iterations), int(settings["seed"]), progress)
    comparable = [row for row in rows if row.reason is None]
    ranking, ranks = _ranked(
        [outcome for row, outcome in zip(rows, outcomes, strict=True) if row.reason is None],
        int(iterations),
        int(settings["seed"]),
        progress,
    )
    ranked = [row._replace(ranks=its_ranks) for row, its_ranks in zip(comparable, ranks, strict=True)]
    ranked.sort(key=lambda row: (row.endpoints[0].point, row.candidate.label))
    apart = sorted((row for row in rows if row.reason is not None), key=lambda row: row.candidate.label)
    return Leaderboard(candidates[0].scope, settings, tuple(ranked), tuple(apart), ranking)


def _mixtures(candidates: Sequence[Candidate]) -> list[str]:
    """Every part of the signatures that differs and must not."""
    parts = [signature_parts(candidate.signature) for candidate in candidates]
    problems = []
    for key in dict.fromkeys(key for part in parts for key in part if key not in _MAY_DIFFER):
        values: dict[str, list[str]] = {}
        for candidate, part in zip(candidates, parts, strict=True):
            values.setdefault(part.get(key, "nothing"), []).append(candidate.origin)
        if len(values) > 1:
            said = "; ".join(f"{value} in {', '.join(dict.fromkeys(origins))}" for value, origins in values.items())
            problems.append(f"not comparable: the signatures differ in {key}: {said}")
    return problems


def _doubles(candidates: Sequence[Candidate]) -> list[str]:
    first: dict[str, str] = {}
    problems = []
    for candidate in candidates:
        if candidate.label in first:
            problems.append(
                f"{candidate.origin}: the model {candidate.label!r} stands already in {first[candidate.label]}"
            )
        first.setdefault(candidate.label, candidate.origin)
    return problems


def _incomplete(candidate: Candidate) -> str | None:
    missing = candidate.expected_pairs - len(candidate.pairs)
    if missing:
        return f"{missing:,} of the {candidate.expected_pairs:,} pairs of the scope are missing"
    return None


def _other_pairs(candidates: Sequence[Candidate]) -> list[str]:
    """Complete scores of one scope have the same pairs, unless they were made on different bundles."""
    pairs: dict[str, list[str]] = {}
    for candidate in candidates:
        pairs.setdefault(signature_parts(candidate.signature).get("pairs", "nothing"), []).append(candidate.origin)
    if len(pairs) < 2:
        return []
    said = "; ".join(f"{value} in {', '.join(dict.fromkeys(origins))}" for value, origins in pairs.items())
    return [f"not comparable: complete, but not on the same pairs (another bundle?): {said}"]


def _measured(
    candidates: Sequence[Candidate],
    outcomes: Sequence[ModelOutcomes],
    iterations: int,
    seed: int,
    progress: Progress | None,
) -> list[Row]:
    intervals = endpoint_intervals(outcomes, iterations=iterations, seed=seed, progress=progress)
    problems = [
        f"{candidate.origin}: the interval of {name} is not the one that its rows give: it was changed by hand"
        for candidate, found in zip(candidates, intervals, strict=True)
        if candidate.stated is not None
        for name, stated, bounds in zip(ENDPOINTS, candidate.stated, found, strict=True)
        if any(differs(one, other) for one, other in zip(stated, bounds, strict=True))
    ]
    if problems:
        raise SubmissionError(problems)
    subjects = [FloorSubject(candidate.label, candidate.pairs, candidate.repeats) for candidate in candidates]
    floors = noise_floor_rows(subjects, iterations=iterations, seed=seed, progress=progress)
    rows = []
    for candidate, outcome, bounds, floor in zip(candidates, outcomes, intervals, floors, strict=True):
        points = (outcome.recommendation_change, outcome.diagnostic_consistency)
        change, consistency = (
            Endpoint(point, ci95, of_floor if floor.n_sources else None)
            for point, ci95, of_floor in zip(points, bounds, (floor.recommendation, floor.diagnostic), strict=True)
        )
        rows.append(
            Row(
                candidate,
                len(outcome.usable),
                len({pair.source_id for pair in outcome.usable}),
                outcome.full_refusal_pairs,
                outcome.partial_refusal_pairs,
                (change, consistency),
                (None, None),
                _incomplete(candidate),
            )
        )
    return rows


_Ranks = tuple[RankSet | None, RankSet | None]


def _ranked(
    outcomes: Sequence[ModelOutcomes], iterations: int, seed: int, progress: Progress | None
) -> tuple[Ranking, list[_Ranks]]:
    """The ranks of both endpoints over the pairs that every model has usable."""
    unranked: list[_Ranks] = [(None, None)] * len(outcomes)
    if not outcomes:
        return Ranking(0, 0, "no score covers its scope"), unranked
    by_pair = [{pair.pair_id: pair for pair in outcome.usable} for outcome in outcomes]
    common = sorted(set[str].intersection(*map(set, by_pair)))
    everything = len(set[str]().union(*by_pair))
    if len(outcomes) < 2:
        return Ranking(len(common), everything, "a ranking needs two models"), unranked
    if not common:
        return Ranking(0, everything, "no pair is usable for every model"), unranked
    shared = [
        outcome._replace(usable=tuple(pairs[pair_id] for pair_id in common))
        for outcome, pairs in zip(outcomes, by_pair, strict=True)
    ]
    samples = zip(*(outcome.endpoint_clusters() for outcome in shared), strict=True)
    ranks = [
        rank_sets(of_endpoint, higher_is_better=higher, iterations=iterations, seed=seed, progress=progress)
        for of_endpoint, higher in zip(samples, _HIGHER_IS_BETTER, strict=True)
    ]
    return Ranking(len(common), everything), list(zip(*ranks, strict=True))
