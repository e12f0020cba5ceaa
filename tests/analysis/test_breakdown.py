"""Strata, their floors and their contrasts, worked by hand on a few sources and held to their ranges on many."""

import random
from dataclasses import replace

import pytest

from spinefairbench.analysis.breakdown import breakdown_request
from spinefairbench.analysis.breakdown_check import breakdown
from spinefairbench.analysis.compare import common_pairs
from spinefairbench.analysis.estimates import Estimate, answer
from spinefairbench.analysis.strata import BREAKDOWNS
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.bootstrap import Bootstrap, source_clustered_bootstrap_ci
from tests.analysis.pairs import EDITS, MODEL, REFUSED, model, source

METADATA = {"a": SourceMetadata(70.0, "female"), "b": SourceMetadata(None, None), "c": SourceMetadata(30.0, None)}


def test_strata_and_their_floor_by_hand() -> None:
    rows, contrasts = answer(breakdown_request([MODEL], ["age"], METADATA), Bootstrap(100))
    by = {(row.of, row.stratum): row for row in rows}
    assert set(by) == {
        ("edit", "elderly"), ("edit", "young"), ("source", "under 50"), ("source", "50 and over"), ("source", "unknown"),
    }  # fmt: skip
    elderly = by["edit", "elderly"]
    assert (elderly.usable_pairs, elderly.n_sources, elderly.estimates.recommendation.value) == (4, 3, 0.75)
    # Only source a has two usable source reports. T of its elderly pairs is 1; of its four source reports
    # (surgery, surgery, none, imaging) all but one of the six pairs differ.
    assert (elderly.floor.n_sources, elderly.floor.endpoints.recommendation.T) == (1, 1.0)
    assert pytest.approx(5 / 6) == elderly.floor.endpoints.recommendation.F
    assert by["source", "unknown"].n_sources == 1  # source b, whose age may stand for unknown
    paired = next(row for row in contrasts if row.of == "edit" and row.endpoint == "recommendation_change")
    # Source a alone has usable pairs of both: all four of its reports changed.
    assert (paired.a, paired.b, paired.paired, paired.n_sources, paired.estimate.value) == (
        "elderly",
        "young",
        True,
        1,
        0.0,
    )
    assert paired.estimate.ci95 is None and paired.estimate.adjustment_reason is not None
    unpaired = next(row for row in contrasts if row.of == "source" and row.endpoint == "recommendation_change")
    assert not unpaired.paired and {unpaired.a, unpaired.b} == {"under 50", "50 and over"}


def test_same_or_cross_leaves_what_may_be_unknown_unknown() -> None:
    rows, _ = answer(breakdown_request([MODEL], ["same-or-cross"], METADATA), Bootstrap(50))
    pairs = {(row.of, row.stratum): row.usable_pairs for row in rows}
    # Age: a is elderly (two edits same, two cross), c young (one cross), b unknown.
    assert pairs["age", "same"] == 2 and pairs["age", "cross"] == 3 and pairs["age", "unknown"] == 1
    # Sex: only a is known, female: elderly_female and young_female are the same.
    assert pairs["sex", "same"] == 2 and pairs["sex", "cross"] == 2 and pairs["sex", "unknown"] == 2


def _simulated(name: str, seed: int, sources: int = 60) -> ModelReports:
    draws = random.Random(seed)
    said = ["", "surgery", "imaging", "Fracture", "surgery Fracture", "Osteophytes", REFUSED]
    pairs: list[PairReports] = []
    for place in range(sources):
        pairs += source(
            f"{'buu' if place % 3 else 'vindr'}_{place:03}", *((draws.choice(said), draws.choice(said)) for _ in EDITS)
        )
    return model(name, pairs)


def test_the_interval_of_a_stratum_is_that_of_its_own_pairs() -> None:
    reports = _simulated("m", 1)
    rows, _ = answer(breakdown_request([reports], ["edit"], {}), Bootstrap(300))
    row = next(row for row in rows if row.stratum == "young_male")
    chosen = [
        each
        for each in reports.pairs
        if each.edit_label == "young_male"
        and ResponseClass.FULL_REFUSAL not in (each.source.response_class, each.counterfactual.response_class)
    ]
    changed = [float(each.source.recommendations != each.counterfactual.recommendations) for each in chosen]
    expected = source_clustered_bootstrap_ci(changed, [each.source_id for each in chosen], iterations=300)
    assert row.usable_pairs == len(chosen)
    assert row.estimates.recommendation.ci95 == pytest.approx(expected, abs=1e-12)


def test_without_their_intervals_excesses_and_all_else_are_the_same() -> None:
    reports = _simulated("m", 3)
    rows, differences = answer(breakdown_request([reports], ["edit"], {}), Bootstrap(50))
    asked = breakdown_request([reports], ["edit"], {}, excess_intervals=False)
    shown, same_differences = answer(asked, Bootstrap(50))
    assert same_differences == differences
    for row, other in zip(rows, shown, strict=True):
        assert other.estimates == row.estimates
        for floor, of_other in zip(row.floor.endpoints, other.floor.endpoints, strict=True):
            assert of_other == replace(floor, excess=Estimate(floor.excess.value))
            assert floor.excess.ci95 is not None


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_all_breakdowns_stay_within_their_ranges(by: str) -> None:
    reports = _simulated("m", 2, sources=12)
    result = breakdown(PanelReports((reports,), ()), by, {}, bootstrap=Bootstrap(60))
    assert not result.problems
    for row in result.rows:
        for interval in (interval for each in row.estimates for interval in (each.ci95, each.adjusted_ci95)):
            assert interval is None or 0 <= interval[0] <= interval[1] <= 1
        for endpoint in row.floor.endpoints:
            assert endpoint.excess.ci95 is None or -1 <= endpoint.excess.ci95[0] <= endpoint.excess.ci95[1] <= 1
    for contrast in result.summary["contrasts"]:
        assert contrast["p_value"] is None or 0 < contrast["p_value"] <= contrast["p_holm"] <= 1


def test_pairs_of_every_stratum_add_up() -> None:
    reports = _simulated("m", 3, sources=20)
    usable = common_pairs([reports]).common
    for by in BREAKDOWNS:
        rows, _ = answer(breakdown_request([reports], [by], METADATA, Bootstrap(20)), Bootstrap(20))
        for of in {row.of for row in rows}:
            assert sum(row.usable_pairs for row in rows if row.of == of) == usable
