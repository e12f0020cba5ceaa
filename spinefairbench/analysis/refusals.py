"""Which reports a model refuses, whether that differs between edits, and what the refused pairs could conceal."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import (
    NO_ESTIMATE,
    Estimate,
    Interval,
    Request,
    Sample,
    adjustment_notes,
    answer,
)
from spinefairbench.analysis.refusal_bounds import (
    Ends,
    ExpectedPairs,
    bounds_of,
    contrast_ends,
    ends_of,
    outer_interval,
    within_source,
)
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.problems import ProblemLike, counted, no_usable_pair
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.randomization import holm_in_families, sign_flip_p_values

__all__ = [
    "BoundedContrastRow",
    "Bounds",
    "RefusalContrastRow",
    "RefusalRow",
    "Refusals",
    "bounds_request",
    "complete_case_note",
    "refusals",
    "refusals_request",
]

_CONTRASTS: Final = (("age", "elderly", "young"), ("sex", "female", "male"))
_QUANTITIES: Final[Mapping[str, Callable[[PairReports], bool]]] = {
    "edited_report_refused": lambda pair: not pair.counterfactual.usable,
    "pair_unusable": lambda pair: not pair.outcome.usable,
}
"""What is contrasted of a pair that was reported on."""


class Bounds(NamedTuple):
    """Lower and upper bound of a mean, and the interval around both; None where there is none."""

    bounds: Interval | None
    ci95: Interval | None


@dataclass(frozen=True)
class RefusalRow(Row):
    """One model: the pairs it was to report on, what became of them, and both endpoints' bounds over all of them.

    A pair that is neither usable nor a full refusal was not reported. Refused reports are counted by edit, those on
    source images by the edit of their pair.
    """

    model: str
    expected_pairs: int
    usable_pairs: int
    full_refusal_pairs: int
    endpoints: ByEndpoint[Bounds]
    refused_edited_reports: Mapping[str, int]
    refused_source_reports: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Both endpoints side by side."""
        bounds = {f"{endpoint.name}_bounds": found.bounds for endpoint, found in self.endpoints.each()}
        intervals = {f"{endpoint.short_name}_bounds_ci95": found.ci95 for endpoint, found in self.endpoints.each()}
        return {
            "model": self.model,
            "expected_pairs": self.expected_pairs,
            "usable_pairs": self.usable_pairs,
            "full_refusal_pairs": self.full_refusal_pairs,
            **bounds,
            **intervals,
            "refused_edited_reports": dict(self.refused_edited_reports),
            "refused_source_reports": dict(self.refused_source_reports),
        }


@dataclass(frozen=True)
class RefusalContrastRow(Row):
    """How much more often reports on edits that ask for `a` are refused than on those that ask for `b`.

    The mean over sources with both of the difference between the source's own rates, p by source-level sign flips;
    `p_holm` is adjusted over the model's two contrasts of the quantity.
    """

    ESTIMATES: ClassVar = {"estimate": "difference"}

    model: str
    quantity: str
    of: str
    a: str
    b: str
    n_sources: int
    estimate: Estimate = NO_ESTIMATE
    p_value: float | None = None
    p_holm: float | None = None


@dataclass(frozen=True)
class BoundedContrastRow(Row):
    """The bounds of an endpoint of edits that ask for `a` less that of edits that ask for `b`, over all expected pairs."""

    model: str
    endpoint: str
    of: str
    a: str
    b: str
    n_sources: int
    bounds: Interval | None
    ci95: Interval | None


class Refusals(NamedTuple):
    """A row a model, the contrasts of refusals, and the bounds of the endpoints' contrasts."""

    rows: list[RefusalRow]
    contrasts: list[RefusalContrastRow]
    bounded_contrasts: list[BoundedContrastRow]


def refusals_request(
    models: Sequence[ModelReports], expected: ExpectedPairs, bootstrap: Bootstrap = FROZEN
) -> Request[Refusals]:
    """What is asked of each model, in the order given. Pairs that are not among the expected ones are left out."""
    models = [model.only(expected.ids) for model in models]
    ends = [ends_of(endpoint, model, expected) for model in models for endpoint in ENDPOINTS]
    contrasts = [asked for model in models for asked in _refusal_contrasts(model)]
    bounded = [asked for model in models for asked in _bounded_contrasts(model, expected)]

    def finish(found: Sequence[Estimate]) -> Refusals:
        estimates = iter(found)
        bounds = iter([_bounds(each, expected, estimates) for each in ends])
        rows = [_row(model, expected, ByEndpoint(next(bounds), next(bounds))) for model in models]
        tested = _tested(contrasts, [next(estimates) for _ in contrasts], bootstrap)
        return Refusals(rows, tested, [_bounded(row, each, expected, estimates) for row, each in bounded])

    samples = [sample for each in ends for sample in each.samples]
    samples += [sample for _, sample in contrasts]
    samples += [sample for _, each in bounded for sample in each.samples]
    return Request(samples, finish)


def bounds_request(models: Sequence[ModelReports], expected: ExpectedPairs) -> Request[Refusals]:
    """The rows of `refusals_request` with the bounds of both endpoints alone: nothing is drawn, nothing is contrasted."""
    models = [model.only(expected.ids) for model in models]

    rows = [_row(model, expected, ByEndpoint.of(partial(_bounds_alone, model, expected))) for model in models]
    return Request([], lambda _: Refusals(rows, [], []))


def _bounds_alone(model: ModelReports, expected: ExpectedPairs, endpoint: Endpoint) -> Bounds:
    return Bounds(bounds_of(ends_of(endpoint, model, expected), expected.unnamed), None)


# --- bounds ----------------------------------------------------------------------------------------------------


def _bounds(ends: Ends, expected: ExpectedPairs, estimates: Iterator[Estimate]) -> Bounds:
    interval = outer_interval(next(estimates), next(estimates))
    # Of pairs known by number only nobody can say how they cluster.
    return Bounds(bounds_of(ends, expected.unnamed), None if expected.unnamed else interval)


def _row(model: ModelReports, expected: ExpectedPairs, endpoints: ByEndpoint[Bounds]) -> RefusalRow:
    edited = Counter(pair.edit_label for pair in model.pairs if not pair.counterfactual.usable)
    source = Counter(pair.edit_label for pair in model.pairs if not pair.source.usable)
    return RefusalRow(
        model.model,
        expected.number,
        model.usable_pairs,
        model.full_refusal_pairs,
        endpoints,
        {edit: edited[edit] for edit in EDIT_LABELS},
        {edit: source[edit] for edit in EDIT_LABELS},
    )


def _bounded_contrasts(model: ModelReports, expected: ExpectedPairs) -> list[tuple[BoundedContrastRow, Ends]]:
    found = []
    for endpoint in ENDPOINTS:
        for of, a, b in _CONTRASTS:
            ends = contrast_ends(endpoint, model, expected, a, b)
            n_sources = 0 if ends.lower.totals is None else ends.lower.totals.n
            found.append((BoundedContrastRow(model.model, endpoint.name, of, a, b, n_sources, None, None), ends))
    return found


def _bounded(
    row: BoundedContrastRow, ends: Ends, expected: ExpectedPairs, estimates: Iterator[Estimate]
) -> BoundedContrastRow:
    interval = outer_interval(next(estimates), next(estimates))
    lower, upper = ends.lower.totals, ends.upper.totals
    if lower is None or upper is None or expected.unnamed:
        return row
    return replace(row, bounds=(lower.estimate, upper.estimate), ci95=interval)


# --- contrasts of refusals -------------------------------------------------------------------------------------


def _refusal_contrasts(model: ModelReports) -> list[tuple[RefusalContrastRow, Sample]]:
    found = []
    for quantity, refused in _QUANTITIES.items():
        for of, a, b in _CONTRASTS:
            sample = within_source(
                (
                    (pair.source_id, asked, Fraction(refused(pair)))
                    for pair in model.pairs
                    for asked in pair.edit_label.split("_")
                    if asked in (a, b)
                ),
                a,
                b,
            )
            n_sources = 0 if sample.totals is None else sample.totals.n
            found.append((RefusalContrastRow(model.model, quantity, of, a, b, n_sources), sample))
    return found


def _tested(
    asked: Sequence[tuple[RefusalContrastRow, Sample]], estimates: Sequence[Estimate], bootstrap: Bootstrap
) -> list[RefusalContrastRow]:
    """The rows with their estimates and p values."""
    tested = [at for at, (_, sample) in enumerate(asked) if sample.totals is not None]
    differences = [totals.sums for _, (totals, *_) in asked if totals is not None]
    p_values = dict(zip(tested, sign_flip_p_values(differences, bootstrap), strict=True))
    rows = [
        replace(row, estimate=estimate, p_value=p_values.get(at))
        for at, ((row, _), estimate) in enumerate(zip(asked, estimates, strict=True))
    ]
    adjusted = holm_in_families([row.p_value for row in rows], [(row.model, row.quantity) for row in rows])
    return [replace(row, p_holm=p_holm) for row, p_holm in zip(rows, adjusted, strict=True)]


# --- the command -----------------------------------------------------------------------------------------------


def refusals(
    models: Sequence[ModelReports],
    expected: ExpectedPairs,
    *,
    problems: Sequence[ProblemLike] = (),
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """The models as rows; `contrasts` and `bounded_contrasts` in the summary."""
    found = answer(refusals_request(models, expected, bootstrap), bootstrap)
    told = [note for row in found.rows for note in complete_case_note(row)]
    told += adjustment_notes([row.estimate for row in found.contrasts])
    return CheckResult(
        tuple(found.rows),
        {"contrasts": plain(found.contrasts), "bounded_contrasts": plain(found.bounded_contrasts)},
        (*problems, *(no_usable_pair(model.model) for model in models if not model.usable)),
        notes=tuple(told),
    )


def complete_case_note(row: RefusalRow) -> list[str]:
    """A sentence on the pairs that an endpoint's interval says nothing about; none where every expected pair is usable."""
    if row.usable_pairs == row.expected_pairs:
        return []
    change, consistency = (_in_words(found.bounds) for found in row.endpoints)
    return [
        (
            f"{row.model}: endpoints and their intervals are for the {counted(row.usable_pairs, 'pair')} whose reports can be used; "
            f"over all {row.expected_pairs:,} expected pairs, recommendation change is anywhere in {change} and "
            f"diagnostic consistency anywhere in {consistency}"
        )
    ]


def _in_words(bounds: Interval | None) -> str:
    low, high = bounds or (0.0, 1.0)
    return f"[{low:.3f}, {high:.3f}]"
