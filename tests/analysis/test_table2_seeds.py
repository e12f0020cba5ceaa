"""The intervals with the second pair of published seeds."""

from pathlib import Path

import pytest

from spinefairbench.analysis.table2_seeds import (
    PUBLISHED_SEEDS,
    SEED_SETTINGS,
    SeedIntervals,
    published_seed_intervals,
    published_seed_problems,
)
from spinefairbench.bundle.published import Figures, published
from spinefairbench.statistics.bootstrap import Bootstrap, percentile_intervals, source_clustered_bootstrap_ci
from tests.analysis.pairs import MODEL
from tests.conftest import Run


def test_the_interval_that_was_published_with_the_seed() -> None:
    # Worked by the published program: its draws in blocks are the same numbers as all at once.
    values, clusters = [0.0, 1.0, 0.2, 0.4, 0.8, 0.3, 0.7], ["a", "a", "b", "b", "b", "c", "d"]
    found = source_clustered_bootstrap_ci(values, clusters, iterations=1031, seed=20260437)
    assert found == pytest.approx((0.38249999999999995, 0.6), abs=1e-12)


def test_each_endpoint_has_its_own_seed() -> None:
    [found] = published_seed_intervals([MODEL])
    assert (found.model, found.n_clusters) == (MODEL.model, MODEL.usable_sources)
    for name, ci95 in (("recommendation", found.recommendation_ci95), ("diagnostic", found.diagnostic_ci95)):
        totals = getattr(MODEL.totals, name)
        assert [ci95] == percentile_intervals([totals], Bootstrap(10_000, SEED_SETTINGS[f"{name}_seed"]))


@pytest.mark.parametrize("setting", SEED_SETTINGS)
def test_a_setting_that_is_not_the_published_one_is_told(setting: str) -> None:
    figures = published(PUBLISHED_SEEDS)
    assert published_seed_problems([], Figures(figures)) == []
    [problem] = published_seed_problems([], Figures({**figures, setting: figures[setting] + 1}))
    assert str(problem).startswith(f"{setting} is {figures[setting]}")


def test_every_interval_that_differs_is_told() -> None:
    figures = published(PUBLISHED_SEEDS)
    found = [
        SeedIntervals(model, row["n_clusters"], tuple(row["recommendation_ci95"]), tuple(row["diagnostic_ci95"]))
        for model, row in figures["models"].items()
    ]
    assert len(found) == 9
    assert published_seed_problems(found, Figures(figures)) == []
    lower, upper = figures["models"]["radfm"]["diagnostic_ci95"]
    [at] = [place for place, each in enumerate(found) if each.model == "radfm"]
    found[at] = SeedIntervals("radfm", 1000, found[at].recommendation_ci95, (lower, upper + 1e-11))
    [problem] = published_seed_problems(found, Figures(figures))
    assert str(problem).startswith("radfm: diagnostic_ci95 with the published seed is ")


def test_the_command_prints_them_beside_the_frozen_ones(run: Run, demo: Path) -> None:
    done = run("table2", "--artifacts", demo, "--published-seed", "--model", "radfm", "--format", "json")
    [row] = done.json["summary"]["published_seed"]
    assert (done.status, row["model"]) == (0, "radfm")
    assert (
        row["recommendation_ci95"][0] < done.json["results"][0]["recommendation_change"] < row["recommendation_ci95"][1]
    )
