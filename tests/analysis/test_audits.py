"""Transitions, breakdowns, comparisons and power, worked by hand on a few sources."""

import random

import pytest

from spinefairbench.analysis.breakdown import BREAKDOWNS, breakdown, breakdown_rows
from spinefairbench.analysis.compare import common_pairs, compare, compare_subjects
from spinefairbench.analysis.estimates import RATE, Sample, estimates
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.parallel import OrderedWorkers
from spinefairbench.analysis.power import paired_rows, power, power_rows
from spinefairbench.analysis.transitions import flow_rows, switch_rows, transition_rows, transitions
from spinefairbench.bundle.reports import ModelReports, PairReports, PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.errors import UsageError
from spinefairbench.statistics.bootstrap import source_clustered_bootstrap_ci
from spinefairbench.statistics.clusters import ClusterTotals
from tests.analysis.pairs import EDITS, REFUSED, model, pair, source

SOURCES = [
    *source("a", ("surgery", "imaging"), ("surgery", "surgery imaging"), ("", "imaging"), ("imaging", "")),
    *source("b", ("surgery", "imaging"), (REFUSED, "imaging")),
    *source("c", ("surgery imaging", "surgery imaging")),
]
"""Six usable pairs: surgery to imaging twice, imaging added to surgery, imaging added, imaging removed, no change."""


# --- transitions -----------------------------------------------------------------------------------------------


def test_additions_and_removals_by_hand() -> None:
    rows = {row.category: row for row in transition_rows("m", SOURCES)}
    surgery, imaging = rows["surgery"], rows["imaging"]
    assert surgery.usable_pairs == 6
    # Surgery stands in four of six source reports and goes twice; it never comes.
    assert (surgery.addition_events, surgery.addition_opportunities) == (0, 2)
    assert (surgery.removal_events, surgery.removal_opportunities) == (2, 4)
    # Imaging is absent in four source reports and comes in each; of two in which it stands it goes once.
    assert (imaging.addition_events, imaging.addition_opportunities) == (4, 4)
    assert (imaging.removal_events, imaging.removal_opportunities) == (1, 2)
    assert rows["medication"].addition_opportunities == 6


def test_strict_switches_by_hand() -> None:
    cells = {(row.source_category, row.target_category): row for row in switch_rows("m", SOURCES)}
    assert len(cells) == 42
    # Three source reports have surgery and not imaging; two edited ones have imaging and not surgery.
    assert (cells["surgery", "imaging"].events, cells["surgery", "imaging"].opportunities) == (2, 3)
    assert (cells["imaging", "surgery"].events, cells["imaging", "surgery"].opportunities) == (0, 1)


def test_flows_are_signed_and_by_what_the_edit_asked_for() -> None:
    rows = {(row.asked, row.category): row for row in flow_rows([("m", SOURCES)], iterations=100)}
    # Elderly edits: of a, b and c the first, and the second of a: imaging comes three times in four pairs.
    imaging = rows["elderly", "imaging"]
    assert (imaging.usable_pairs, imaging.n_sources, imaging.net_events, imaging.net_rate) == (4, 3, 3, 0.75)
    surgery = rows["elderly", "surgery"]
    assert (surgery.addition_events, surgery.removal_events, surgery.net_events) == (0, 2, -2)
    # Young edits are of one source only: added once, removed once, and no interval.
    young = rows["young", "imaging"]
    assert (young.addition_events, young.removal_events, young.net_rate, young.ci95) == (1, 1, 0.0, None)
    assert imaging.ci95 is not None and -1 <= imaging.ci95[0] <= 0.75 <= imaging.ci95[1] <= 1


def test_transitions_without_a_usable_pair_are_told() -> None:
    panels = PanelReports((model("m", source("a", (REFUSED, ""))),), ())
    result = transitions(panels)
    assert result.problems == ("m: no usable pair",)
    assert all(row["net_rate"] is None for row in result.summary["flows"])


# --- breakdown -------------------------------------------------------------------------------------------------

METADATA = {"a": SourceMetadata(70.0, "female"), "b": SourceMetadata(None, None), "c": SourceMetadata(30.0, None)}


def test_strata_and_their_floor_by_hand() -> None:
    rows, contrasts = breakdown_rows([FloorSubject("m", SOURCES)], "age", METADATA, iterations=100)
    by = {(row.of, row.stratum): row for row in rows}
    assert set(by) == {
        ("edit", "elderly"), ("edit", "young"), ("source", "under 50"), ("source", "50 and over"), ("source", "unknown"),
    }  # fmt: skip
    elderly = by["edit", "elderly"]
    assert (elderly.usable_pairs, elderly.n_sources, elderly.recommendation_change) == (4, 3, 0.75)
    # Only source a has two usable source reports. T of its elderly pairs is 1; of its four source reports
    # (surgery, surgery, none, imaging) all but one of the six pairs differ.
    assert (elderly.floor.n_sources, elderly.floor.recommendation.T) == (1, 1.0)
    assert pytest.approx(5 / 6) == elderly.floor.recommendation.F
    assert by["source", "unknown"].n_sources == 1  # source b, whose age may stand for unknown
    paired = next(row for row in contrasts if row.of == "edit" and row.endpoint == "recommendation_change")
    # Source a alone has usable pairs of both: all four of its reports changed.
    assert (paired.a, paired.b, paired.paired, paired.n_sources, paired.difference) == (
        "elderly",
        "young",
        True,
        1,
        0.0,
    )
    assert paired.ci95 is None and paired.adjustment_reason is not None
    unpaired = next(row for row in contrasts if row.of == "source" and row.endpoint == "recommendation_change")
    assert not unpaired.paired and {unpaired.a, unpaired.b} == {"under 50", "50 and over"}


def test_same_or_cross_leaves_what_may_be_unknown_unknown() -> None:
    rows, _ = breakdown_rows([FloorSubject("m", SOURCES)], "same-or-cross", METADATA, iterations=50)
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
    rows, _ = breakdown_rows([FloorSubject.of(reports)], "edit", {}, iterations=300)
    row = next(row for row in rows if row.stratum == "young_male")
    chosen = [
        each
        for each in reports.pairs
        if each.edit_label == "young_male" and REFUSED not in (kind(each.source), kind(each.counterfactual))
    ]
    changed = [float(each.source.recommendations != each.counterfactual.recommendations) for each in chosen]
    expected = source_clustered_bootstrap_ci(changed, [each.source_id for each in chosen], iterations=300)
    assert row.usable_pairs == len(chosen)
    assert row.recommendation_ci95 == pytest.approx(expected, abs=1e-12)


def kind(report: object) -> str:
    return REFUSED if "FULL_REFUSAL" in repr(report) else ""


@pytest.mark.parametrize("by", BREAKDOWNS)
def test_all_breakdowns_stay_within_their_ranges(by: str) -> None:
    reports = _simulated("m", 2, sources=12)
    result = breakdown(PanelReports((reports,), ()), by, {}, iterations=60)
    assert not result.problems
    for row in result.rows:
        for interval in (row.recommendation_ci95, row.diagnostic_ci95, row.recommendation_adjusted_ci95):
            assert interval is None or 0 <= interval[0] <= interval[1] <= 1
        for endpoint in (row.floor.recommendation, row.floor.diagnostic):
            assert endpoint.ci95 is None or -1 <= endpoint.ci95[0] <= endpoint.ci95[1] <= 1
    for contrast in result.summary["contrasts"]:
        assert contrast["p_value"] is None or 0 < contrast["p_value"] <= contrast["p_holm"] <= 1


def test_pairs_of_every_stratum_add_up() -> None:
    reports = _simulated("m", 3, sources=20)
    usable = len(common_pairs([FloorSubject.of(reports)])[0][0])
    for by in BREAKDOWNS:
        rows, _ = breakdown_rows([FloorSubject.of(reports)], by, METADATA, iterations=20)
        for of in {row.of for row in rows}:
            assert sum(row.usable_pairs for row in rows if row.of == of) == usable


# --- compare ---------------------------------------------------------------------------------------------------


def test_only_pairs_that_all_have_usable_are_compared_and_the_lost_are_told() -> None:
    first = FloorSubject("first", [*source("a", ("", "surgery"), ("", "")), *source("b", ("", ""))])
    second = FloorSubject("second", [*source("a", ("", "surgery"), (REFUSED, ""))])
    pairs, lost = common_pairs([first, second])
    assert [[each.pair_id for each in its] for its in pairs] == [["a__elderly_female"]] * 2
    told = {row.model: (row.not_reported, row.full_refusal, row.due_to_this_model_alone) for row in lost}
    assert told == {"first": (0, 0, 0), "second": (1, 1, 2)}


def test_a_difference_of_four_sources_by_hand() -> None:
    # On every source the first model changes its one pair, the second does not: the difference is 1 in each, and of
    # all 16 sign patterns two reach the observed total, so p is close to 2/16.
    first = [pair(f"s{place}", "young_male", "surgery", "") for place in range(4)]
    second = [pair(f"s{place}", "young_male", "", "") for place in range(4)]
    rows, differences, _ = compare_subjects([FloorSubject("x", first), FloorSubject("y", second)], iterations=4000)
    change = differences[0]
    assert (change.endpoint, change.a, change.b, change.difference) == ("recommendation_change", "x", "y", 1.0)
    assert change.p_value == pytest.approx(2 / 16, abs=0.02) and change.p_holm == change.p_value
    assert change.ci95 == (1.0, 1.0) and change.adjusted_ci95 is not None and change.adjusted_ci95[0] < 1
    assert [row.recommendation_rank for row in rows] == [2, 1]
    # Four sources cannot separate two models at 0.05, so both stay in the group of the best.
    assert all(row.recommendation_not_separated_from_best for row in rows)


def test_models_far_apart_are_separated_and_alike_ones_equivalent() -> None:
    steady = [each for place in range(80) for each in source(f"s{place:02}", ("surgery", "surgery"), ("", ""))]
    restless = [each for place in range(80) for each in source(f"s{place:02}", ("surgery", ""), ("", ""))]
    mixed = [
        each for place in range(80) for each in source(f"s{place:02}", ("", "surgery" if place % 40 else ""), ("", ""))
    ]
    subjects = [FloorSubject("steady", steady), FloorSubject("restless", restless), FloorSubject("mixed", mixed)]
    result = compare(subjects, margin=0.1, iterations=400)
    assert result.summary["not_separated_from_best"]["recommendation_change"] == ["steady"]
    found = {(row["endpoint"], row["a"], row["b"]): row for row in result.summary["differences"]}
    assert found["recommendation_change", "restless", "mixed"]["equivalent"]
    assert not found["recommendation_change", "steady", "restless"]["equivalent"]
    assert result.summary["family"].startswith("Holm over 3 pairs of models")


def test_models_without_a_common_pair_cannot_be_compared() -> None:
    first, second = FloorSubject("x", source("a", ("", ""))), FloorSubject("y", source("b", ("", "")))
    with pytest.raises(UsageError, match="no usable pair in common"):
        compare_subjects([first, second])
    with pytest.raises(UsageError, match="at least two"):
        compare_subjects([first])


# --- power -----------------------------------------------------------------------------------------------------


def test_power_of_a_rate_by_hand() -> None:
    # Four sources of one pair each, two changed: rate 1/2, residuals ±1/2, variance 4/3 · 4 · 1/4 / 16 = 1/12.
    pairs = [pair(f"s{place}", "young_male", "surgery" if place < 2 else "", "") for place in range(4)]
    row = power_rows([FloorSubject("m", pairs)], effect=0.5)[0]
    assert (row.quantity, row.estimate, row.n_sources, row.n_values) == ("recommendation_change", 0.5, 4, 4)
    assert row.standard_error == pytest.approx((1 / 12) ** 0.5)
    assert row.design_effect == pytest.approx(1.0)
    # t quantiles of three degrees of freedom: 3.1824 and 0.9785.
    assert row.minimum_detectable_effect == pytest.approx((3.18245 + 0.97847) * (1 / 12) ** 0.5, rel=1e-4)
    assert row.required_sources is not None and row.required_sources > 4


def test_power_says_what_cannot_be_planned_with() -> None:
    same = [pair(f"s{place}", "young_male", "", "") for place in range(4)]
    one = source("a", ("", "surgery"), ("", ""))
    nothing = source("a", (REFUSED, ""))
    result = power([FloorSubject("same", same), FloorSubject("one", one), FloorSubject("nothing", nothing)])
    rows = {(row.model, row.quantity): row for row in result.rows}
    for name in ("same", "one", "nothing"):
        assert rows[name, "recommendation_change"].minimum_detectable_effect is None
    notes = " ".join(result.notes)
    assert "all sources say the same" in notes and "one source only" in notes
    assert result.problems == ("nothing: no usable pair",)


def test_a_paired_difference_sees_more_than_two_rates_do() -> None:
    draws = random.Random(5)
    first, second = [], []
    for place in range(200):
        # The second model nearly always does what the first does.
        said = draws.choice(["", "surgery"])
        first.append(pair(f"s{place:03}", "young_male", said, ""))
        second.append(pair(f"s{place:03}", "young_male", said if draws.random() < 0.95 else "surgery", ""))
    subjects = [FloorSubject("x", first), FloorSubject("y", second)]
    alone = power_rows(subjects)[0].standard_error
    [together, _] = paired_rows(subjects)
    assert alone is not None and together.standard_error is not None
    assert together.standard_error < alone / 2


# --- shared machinery ------------------------------------------------------------------------------------------


def _square(value: int) -> int:
    return value * value


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_their_items(jobs: int) -> None:
    taken: list[int] = []
    with OrderedWorkers(_square, jobs, taken.append) as spread:
        for value in range(20):
            spread.put(value)
    assert taken == [value * value for value in range(20)]


def _refuse(value: int) -> int:
    raise ValueError(f"refused {value}")


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_a_process_is_an_error_here(jobs: int) -> None:
    with pytest.raises(ValueError, match="refused 1"), OrderedWorkers(_refuse, jobs, print) as spread:
        spread.put(1)


def test_estimates_of_several_sizes_do_not_depend_on_the_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.analysis.estimates._WORTH_A_PROCESS", 0)
    samples = [Sample(ClusterTotals(tuple(range(n)), (n,) * n), RATE) for n in (50, 51, 52, 51)]
    assert estimates(samples, iterations=50) == estimates(samples, iterations=50, jobs=2)
