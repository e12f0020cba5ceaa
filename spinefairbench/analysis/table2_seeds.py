"""The intervals of Table 2 with the other seeds that were published, one for each endpoint."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.estimates import Estimate, Interval, Request, Sample, answer
from spinefairbench.bundle.published import Figures, published
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import TOLERANCE, Problem
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["PUBLISHED_SEEDS", "SeedIntervals", "published_seed_intervals", "published_seed_problems"]

PUBLISHED_SEEDS: Final = "table2_published_seed"
"""The section of the published figures that has these intervals."""
_SETTINGS: Final = ("bootstrap_iterations", "recommendation_seed", "diagnostic_seed")


@dataclass(frozen=True)
class SeedIntervals:
    """The percentile intervals of one model's endpoints; None without a usable pair or with a single source."""

    model: str
    n_clusters: int
    recommendation_ci95: Interval | None
    diagnostic_ci95: Interval | None


def published_seed_intervals(
    models: Sequence[ModelReports], jobs: int = 1
) -> tuple[dict[str, Any], list[SeedIntervals]]:
    """The published resamples and seeds, and with them the intervals of each model, in the order given."""
    settings = {key: published(PUBLISHED_SEEDS)[key] for key in _SETTINGS}

    def estimates(endpoint: str) -> list[Estimate]:
        samples = [Sample(getattr(model.totals, endpoint)) for model in models]
        return answer(
            Request(samples, list), Bootstrap(settings["bootstrap_iterations"], settings[f"{endpoint}_seed"], jobs)
        )

    both = zip(models, *map(estimates, ByEndpoint._fields), strict=True)
    return settings, [
        SeedIntervals(model.model, model.usable_sources, change.ci95, consistency.ci95)
        for model, change, consistency in both
    ]


def published_seed_problems(
    settings: Mapping[str, Any], found: Sequence[SeedIntervals], published: Figures
) -> list[Problem]:
    """Intervals that are not the published ones, to 1e-12."""
    problems = published.expect_each(_SETTINGS, settings)
    for intervals in found:
        if intervals.model in published["models"]:
            figures, place = published["models"][intervals.model], intervals.model
            problems += figures.expect_each(("n_clusters",), intervals, place=place)
            for key in ("recommendation_ci95", "diagnostic_ci95"):
                name = f"{key} with the published seed"
                problems += figures.expect(key, getattr(intervals, key), TOLERANCE, name=name, place=place)
    return problems
