"""Whether reports differ by the age and sex that the edit asked for: edited image against edited image of one source.

Reports on edited images differ from those on the source also because a generator made the image. These contrasts have
the generator on both sides, so they need no noise floor.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.edit_contrasts import CATEGORY_KINDS, EditContrast, edit_contrasts
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.parallel import begun
from spinefairbench.problems import ProblemLike, counted, no_usable_pair
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.max_t import max_t_tests
from spinefairbench.statistics.simultaneous import contrast_means

__all__ = [
    "ALPHA",
    "NO_LANGUAGE",
    "Disparities",
    "DisparityReading",
    "DisparityRow",
    "begun_disparities",
    "disparities",
    "disparity",
    "lost_findings",
    "untested_disparity",
]

ALPHA: Final = 0.05
"""A contrast with an adjusted p value of at most this is called a finding."""
READING: Final = "both"
NO_LANGUAGE: Final = "disparity: no severity and no hedging, and no other reading: a score file holds no texts"
# Pairs below which a second process costs more than it saves.
_WORTH_A_PROCESS: Final = 6_000
_FAMILY: Final = (
    "all contrasts of one model under one reading of the reports: simultaneous intervals and adjusted p values "
    "hold for all of them together, and not for several models"
)


@dataclass(frozen=True)
class DisparityRow(Row):
    """One contrast of one model: the mean over the sources that have it, in the unit of the category.

    A category is present (1) or not (0); `level` is 0 to 4 and `count` a number of hedging terms. `ci95` holds by
    itself; all `simultaneous_ci95` of a model hold together, and `p_adjusted` is adjusted for them.
    `no_interval_reason` says why the intervals are None.
    """

    model: str
    kind: str
    category: str
    contrast: str
    n_sources: int
    estimate: float | None
    ci95: tuple[float, float] | None
    simultaneous_ci95: tuple[float, float] | None
    p_value: float | None
    p_adjusted: float | None
    no_interval_reason: str | None

    @property
    def found(self) -> bool:
        """Whether the contrast is a finding."""
        return self.p_adjusted is not None and self.p_adjusted <= ALPHA

    @property
    def excludes_zero(self) -> bool:
        """Whether the simultaneous interval excludes 0."""
        interval = self.simultaneous_ci95
        return interval is not None and (interval[0] > 0 or interval[1] < 0)


@dataclass(frozen=True)
class DisparityReading(Row):
    """A contrast of a category with plurals and negation read: its estimate, and its p value in its own family."""

    model: str
    kind: str
    category: str
    contrast: str
    reading: str
    estimate: float | None
    p_adjusted: float | None


class Disparities(NamedTuple):
    """The contrasts of all models, and those of categories with plurals and negation read; none without texts."""

    rows: list[DisparityRow]
    readings: list[DisparityReading]


def disparities(
    models: Sequence[ModelReports], collector: MentionCollector | None, bootstrap: Bootstrap = FROZEN
) -> Disparities:
    """The contrasts of each model that has a usable pair, in the order given.

    `collector` has read the reports on edited images; without it there are no readings, no severity and no hedging.
    The sign flips have as many patterns as `bootstrap` has iterations, and its seed.
    """
    return begun_disparities(models, collector, bootstrap)()


def begun_disparities(
    models: Sequence[ModelReports], collector: MentionCollector | None, bootstrap: Bootstrap = FROZEN
) -> Callable[[], Disparities]:
    """What waits for `disparities`; with several jobs the work begins at once, in other processes."""
    usable = [model for model in models if model.usable]
    items = (
        (
            model.model,
            edit_contrasts(model, collector),
            [] if collector is None else edit_contrasts(model, collector, READING),
        )
        for model in usable
    )
    jobs = bootstrap.jobs if sum(len(model.usable) for model in usable) >= _WORTH_A_PROCESS else 1
    by_model = begun(partial(_of_model, bootstrap=bootstrap.for_one_process), items, jobs)

    def found() -> Disparities:
        rows, readings = zip(*by_model(), strict=True) if usable else ((), ())
        return Disparities(list(chain.from_iterable(rows)), list(chain.from_iterable(readings)))

    return found


def _of_model(item: tuple[str, Sequence[EditContrast], Sequence[EditContrast]], bootstrap: Bootstrap) -> Disparities:
    """The contrasts of the model of this name, and those with plurals and negation read; each its own family."""
    name, frozen, read = item
    families = [[contrast.values.flippable for contrast in family] for family in (frozen, read)]
    result, of_read = max_t_tests(families, bootstrap)
    means = contrast_means([contrast.values for contrast in frozen], result)
    rows = [
        DisparityRow(
            name,
            *contrast[:3],
            n_sources=mean.n_sources,
            estimate=mean.estimate,
            ci95=mean.interval,
            simultaneous_ci95=mean.simultaneous,
            p_value=None if mean.estimate is None else p_value,
            p_adjusted=None if mean.estimate is None else p_adjusted,
            no_interval_reason=mean.reason,
        )
        for contrast, mean, p_value, p_adjusted in zip(frozen, means, result.p_values, result.adjusted, strict=True)
    ]
    readings = [
        DisparityReading(name, *contrast[:3], READING, mean, None if mean is None else p_adjusted)
        for contrast, p_adjusted in zip(read, of_read.adjusted, strict=True)
        for mean in [contrast.values.mean]
        if contrast.kind in CATEGORY_KINDS
    ]
    return Disparities(rows, readings)


def lost_findings(found: Disparities) -> list[tuple[DisparityRow, DisparityReading]]:
    """The findings that plurals and negation, once read, do not leave: no finding, or one of the other sign."""
    readings = {(each.model, each.kind, each.category, each.contrast): each for each in found.readings}
    lost = []
    for row in found.rows:
        other = readings.get((row.model, row.kind, row.category, row.contrast))
        if not row.found or other is None:
            continue
        kept = other.p_adjusted is not None and other.p_adjusted <= ALPHA
        if not kept or (row.estimate or 0.0) * (other.estimate or 0.0) <= 0:
            lost.append((row, other))
    return lost


def disparity(
    models: Sequence[ModelReports],
    collector: MentionCollector | None,
    *,
    problems: Iterable[ProblemLike] = (),
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """The contrasts as rows; the summary has the family, the findings counted, and the readings."""
    return _told(models, disparities(models, collector, bootstrap), problems)


def untested_disparity(
    models: Sequence[ModelReports], collector: MentionCollector, *, problems: Iterable[ProblemLike] = ()
) -> CheckResult:
    """The contrasts with their estimates alone, for where nothing but faults in the reports is told of them."""
    rows = [
        DisparityRow(
            model.model,
            *contrast[:3],
            n_sources=contrast.values.n_sources,
            estimate=contrast.values.mean,
            ci95=None,
            simultaneous_ci95=None,
            p_value=None,
            p_adjusted=None,
            no_interval_reason="nothing is tested here",
        )
        for model in models
        if model.usable
        for contrast in edit_contrasts(model, collector)
    ]
    return _told(models, Disparities(rows, []), problems)


def _told(models: Sequence[ModelReports], found: Disparities, problems: Iterable[ProblemLike]) -> CheckResult:
    usable = [model for model in models if model.usable]
    told = [*problems, *(no_usable_pair(model.model) for model in models if not model.usable)]
    findings, lost = [row for row in found.rows if row.found], lost_findings(found)
    summary: dict[str, Any] = {
        "family": _FAMILY,
        "family_size": len(found.rows) // len(usable) if usable else 0,
        "findings": len(findings),
        "findings_lost_when_read_otherwise": len(lost),
        "readings": plain(found.readings),
    }
    details = [_lost_words(row, other) for row, other in lost]
    if findings and found.readings and not lost:
        details.append(f"{counted(len(findings), 'finding')}: none is lost when plurals and negation are read")
    notes = (
        "both reports of a contrast are on generated images; what the edit altered beside age or sex is not ruled out",
        "a contrast without a finding is not shown to be 0; its simultaneous interval says how large it may be",
    )
    return CheckResult(tuple(found.rows), summary, tuple(told), notes=notes, details=tuple(details))


def _lost_words(row: DisparityRow, other: DisparityReading) -> str:
    return (
        f"{row.model}, {row.category}, {row.contrast}: NOT found when plurals and negation are read "
        f"({_number(row.estimate)} is then {_number(other.estimate)}, adjusted p {_number(other.p_adjusted)})"
    )


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
