"""The intervals of Table 2 with the other seeds that were published, one for each endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from spinefairbench.analysis.estimates import Estimate, Interval, Request, Sample, answer
from spinefairbench.bundle.published import Figures
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import TOLERANCE, Problem
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["PUBLISHED_SEEDS", "SEED_SETTINGS", "SeedIntervals", "published_seed_intervals", "published_seed_problems"]

PUBLISHED_SEEDS: Final = "table2_published_seed"
"""The section of the published figures that has these intervals."""
SEED_SETTINGS: Final = {"bootstrap_iterations": 10_000, "recommendation_seed": 20260437, "diagnostic_seed": 20260449}
"""What is computed with. It stands here too, so that a published setting that is another one is told as such."""


@dataclass(frozen=True)
class SeedIntervals:
    """The percentile intervals of one model's endpoints; None without a usable pair or with a single source."""

    model: str
    n_clusters: int
    recommendation_ci95: Interval | None
    diagnostic_ci95: Interval | None


def published_seed_intervals(models: Sequence[ModelReports], jobs: int = 1) -> list[SeedIntervals]:
    """The intervals of each model with `SEED_SETTINGS`, in the order given."""

    def estimates(endpoint: str) -> list[Estimate]:
        samples = [Sample(getattr(model.totals, endpoint)) for model in models]
        bootstrap = Bootstrap(SEED_SETTINGS["bootstrap_iterations"], SEED_SETTINGS[f"{endpoint}_seed"], jobs)
        return answer(Request(samples, list), bootstrap)

    both = zip(models, *map(estimates, ByEndpoint._fields), strict=True)
    return [
        SeedIntervals(model.model, model.usable_sources, change.ci95, consistency.ci95)
        for model, change, consistency in both
    ]


def published_seed_problems(found: Sequence[SeedIntervals], published: Figures) -> list[Problem]:
    """Settings that are not the published ones, and intervals that are not, to 1e-12."""
    problems = published.expect_each(SEED_SETTINGS, SEED_SETTINGS)
    for intervals in found:
        if intervals.model in published["models"]:
            figures, place = published["models"][intervals.model], intervals.model
            problems += figures.expect_each(("n_clusters",), intervals, place=place)
            for key in ("recommendation_ci95", "diagnostic_ci95"):
                name = f"{key} with the published seed"
                problems += figures.expect(key, getattr(intervals, key), TOLERANCE, name=name, place=place)
    return problems
