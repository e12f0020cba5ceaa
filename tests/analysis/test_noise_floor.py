"""The noise floor: by hand on a few sources, against another program's figures, and on simulated models."""

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.estimates import answer, answer_without_intervals
from spinefairbench.analysis.noise_floor import (
    NoiseFloorRow,
    Repeats,
    floor_notes,
    floor_row,
    noise_floor,
    noise_floor_request,
    source_floors,
)
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports, read_panels
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports, RepeatedReports
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.release.submission import SubmittedPair
from spinefairbench.statistics.bootstrap import Bootstrap
from tests import DATA
from tests.analysis.pairs import EDITS, REFUSED, model, repeats, source

VECTORS = DATA / "noise_floor.json"


def floor_of(pairs: list[PairReports], *its_repeats: RepeatedReports) -> NoiseFloorRow:
    [row] = answer(noise_floor_request([model("m", pairs, *its_repeats)]), Bootstrap(200))
    return row


def test_three_sources_by_hand() -> None:
    # a: three pairs. Edited against its own source report: changed, same, changed: T = 2/3.
    #    Source reports surgery, surgery, imaging: of three unordered pairs two differ: F = 2/3.
    # b: two pairs, T = 1/2; both source reports imaging: F = 0.
    # c: two pairs, T = 0; source reports surgery and nothing: F = 1.
    pairs = [
        *source("a", ("surgery", "imaging"), ("surgery", "surgery"), ("imaging", "surgery")),
        *source("b", ("imaging", "imaging"), ("imaging", "medication")),
        *source("c", ("surgery", "surgery"), ("", "")),
    ]
    row = floor_of(pairs)
    assert row.n_sources == 3
    changed, repeated = (Fraction(2, 3) + Fraction(1, 2)) / 3, (Fraction(2, 3) + 1) / 3
    assert row.endpoints.recommendation.T == float(changed) == pytest.approx(7 / 18)
    assert row.endpoints.recommendation.F == float(repeated) == pytest.approx(5 / 9)
    assert row.endpoints.recommendation.excess.value == float(changed - repeated) == pytest.approx(-1 / 6)
    assert row.endpoints.recommendation.normalized_excess == float((changed - repeated) / (1 - repeated))
    # The excess of a source is 0, 1/2 or -1, so no resample can leave that range.
    assert row.endpoints.recommendation.excess.ci95 is not None
    assert (
        -1
        <= row.endpoints.recommendation.excess.ci95[0]
        <= -1 / 6
        <= row.endpoints.recommendation.excess.ci95[1]
        <= 1 / 2
    )


def test_diagnostic_distances_by_hand() -> None:
    # One source, two pairs. Own source report against edit: {Fracture} / {Fracture, Osteophytes} have a Jaccard of
    # 1/2, both empty have 1: T = (1/2 + 0)/2. The two source reports share nothing: F = 1.
    pairs = source("a", ("Fracture", "Fracture Osteophytes"), ("", ""))
    row = floor_of(pairs)
    assert (row.endpoints.diagnostic.T, row.endpoints.diagnostic.F, row.endpoints.diagnostic.excess.value) == (
        0.25,
        1.0,
        -0.75,
    )
    assert row.endpoints.diagnostic.normalized_excess is None  # nothing is left above a floor of 1


def test_sources_are_dropped_by_the_first_reason_that_holds() -> None:
    pairs = [
        *source("used", ("surgery", "surgery"), ("surgery", "")),
        *source("no_pair", (REFUSED, ""), ("", REFUSED)),  # neither a usable pair nor two usable source reports
        *source("one_report", ("", ""), (REFUSED, "")),
        *source("single", ("", "")),
    ]
    row = floor_of(pairs)
    assert row.n_sources == 1
    assert row.dropped_no_usable_edited_comparison == 1
    assert row.dropped_fewer_than_two_usable_source_reports == 2


def test_a_source_report_counts_for_the_floor_although_its_own_pair_is_refused() -> None:
    pairs = source("a", ("surgery", "surgery"), ("imaging", REFUSED))
    row = floor_of(pairs)
    assert (row.endpoints.recommendation.T, row.endpoints.recommendation.F) == (0.0, 1.0)


def test_one_source_has_a_floor_and_no_interval() -> None:
    row = floor_of(source("a", ("surgery", ""), ("surgery", "surgery")))
    assert row.endpoints.recommendation.T == 0.5
    assert (
        row.endpoints.recommendation.excess.ci95 is None and row.endpoints.recommendation.excess.adjusted_ci95 is None
    )
    assert any("only one source" in note for note in floor_notes(row))


def test_a_row_without_intervals_has_the_same_values() -> None:
    several = [*source("a", ("surgery", "imaging"), ("surgery imaging", "")), *source("b", ("", ""), ("", "surgery"))]
    for pairs in (several, several[:1]):
        subject = model("m", pairs)
        [expected] = answer_without_intervals(noise_floor_request([subject]))
        assert floor_row("m", source_floors(subject), identical_texts=expected.identical_texts) == expected


def test_no_source_has_no_figures_and_a_sentence() -> None:
    row = floor_of(source("a", (REFUSED, ""), (REFUSED, "")))
    assert row.n_sources == 0
    assert (
        row.endpoints.recommendation.T,
        row.endpoints.recommendation.F,
        row.endpoints.recommendation.excess.value,
    ) == (
        None,
        None,
        None,
    )
    assert any("there is no noise floor" in note for note in floor_notes(row))


def test_a_floor_of_zero_may_be_pasting_and_that_is_said() -> None:
    row = floor_of([*source("a", ("surgery", ""), ("surgery", "")), *source("b", ("", ""), ("", ""))])
    assert row.endpoints.recommendation.F == 0
    assert any("pasted" in note for note in floor_notes(row))


@pytest.mark.parametrize(
    ("texts", "repeats", "said"),
    [
        (("MRI.", "MRI."), Repeats.ONE_TEXT, "are the same text"),
        (("MRI.", "An MRI."), Repeats.SEVERAL_TEXTS, "although not all of their texts are the same"),
        (("MRI.", "Surgery."), Repeats.DIFFER, None),
    ],
)
def test_a_floor_of_zero_is_explained_by_the_texts(texts: tuple[str, str], repeats: Repeats, said: str | None) -> None:
    pairs = [
        SubmittedPair(f"{source}__{edit}", text, "MRI.").features()
        for source, said_of_it in (("a", ("Rest.", "Rest.")), ("b", texts))
        for edit, text in zip(("young_female", "young_male"), said_of_it, strict=True)
    ]
    row = floor_of(pairs)
    assert row.repeats is repeats
    assert [note for note in floor_notes(row) if "F is 0" in note] == [
        note for note in floor_notes(row) if said is not None and said in note
    ]
    assert "identical_texts" not in row.to_json()


def test_identical_reports_give_a_collapsed_interval_with_an_adjusted_one_inside_the_range() -> None:
    pairs = [
        each for place in range(60) for each in source(f"s{place}", ("surgery", "surgery"), ("surgery", "surgery"))
    ]
    row = floor_of(pairs)
    assert row.endpoints.recommendation.excess.ci95 == (0.0, 0.0)
    assert row.endpoints.recommendation.excess.adjusted_ci95 is not None and "collapsed" in str(
        row.endpoints.recommendation.excess.adjustment_reason
    )
    low, high = row.endpoints.recommendation.excess.adjusted_ci95
    assert -1 <= low < 0 < high <= 1


def test_repeated_source_reports_join_the_floor_and_leave_T_alone() -> None:
    pairs = source("a", ("surgery", "imaging"), ("surgery", "surgery"))
    row = floor_of(pairs, repeats("a__elderly_male", "source", "imaging", REFUSED))
    # Source reports surgery, surgery, imaging: two of three pairs of them differ; the refusal does not count.
    assert row.endpoints.recommendation.T == 0.5
    floor = row.endpoints.recommendation.F
    assert floor == pytest.approx(2 / 3)


def test_figures_of_another_program_come_out_to_twelve_decimals() -> None:
    data = json.loads(VECTORS.read_text(encoding="utf-8"))
    classes = {each.value[0]: each for each in ResponseClass}
    for name, recorded in data["models"].items():
        pairs = []
        for place, edit, *reports in recorded["pairs"]:
            first, second = (ReportFeatures(classes[reports[at]], reports[at + 1], reports[at + 2]) for at in (0, 3))
            source_id = data["sources"][place]
            pairs.append(PairReports(f"{source_id}__{edit}", source_id, edit, first, second))
        [row] = answer(noise_floor_request([model(name, pairs)]))
        expected = recorded["expected"]
        for count in (
            "n_sources",
            "dropped_no_usable_edited_comparison",
            "dropped_fewer_than_two_usable_source_reports",
        ):
            assert getattr(row, count) == expected[count]
        for endpoint in ("recommendation", "diagnostic"):
            for key, value in expected[endpoint].items():
                assert getattr(row.endpoints, endpoint).to_json()[key] == pytest.approx(value, abs=1e-12), (
                    name,
                    endpoint,
                    key,
                )


def _figures(models: dict[str, Any]) -> Figures:
    return Figures({"bootstrap_resamples": 10_000, "seed": 42, "models": models})


def test_published_figures_that_do_not_come_out_are_told() -> None:
    pairs = [*source("a", ("surgery", ""), ("surgery", "surgery")), *source("b", ("", ""), ("", ""))]
    panels = PanelReports((model("m", pairs),), ())
    held = noise_floor(panels, None).rows[0]
    published = {
        "n_sources": 2,
        "dropped_no_usable_edited_comparison": 0,
        "dropped_fewer_than_two_usable_source_reports": 0,
        "recommendation": {
            "T": held.endpoints.recommendation.T,
            "F": 0.0,
            "ci95": list(held.endpoints.recommendation.excess.ci95),
        },
        "diagnostic": {"T": 0.0, "F": 0.0, "ci95": [0.0, 0.0]},
    }
    assert noise_floor(panels, _figures({"m": published})).problems == ()
    wrong = {**published, "n_sources": 3, "recommendation": {"T": 0.9, "F": 0.0, "ci95": [0.0, 0.9]}}
    problems = noise_floor(panels, _figures({"m": wrong, "other": wrong})).problems
    assert [str(problem).split(" is ")[0] for problem in problems[:3]] == [
        "m: n_sources", "m: recommendation T", "m: recommendation ci95",
    ]  # fmt: skip
    assert str(problems[-1]) == "other: a model of the release; not in this bundle"
    # Other settings than the published ones are not compared with them.
    assert noise_floor(panels, _figures({"m": wrong}), bootstrap=Bootstrap(50)).problems == ()


REPORTS = st.sampled_from(["", "surgery", "imaging", "surgery imaging", "Fracture", "Fracture Osteophytes", REFUSED])


@given(st.lists(st.lists(st.tuples(REPORTS, REPORTS), min_size=1, max_size=4), min_size=1, max_size=5))
def test_every_floor_is_finite_and_within_its_range(sources: list[list[tuple[str, str]]]) -> None:
    pairs = [each for place, reports in enumerate(sources) for each in source(f"s{place}", *reports)]
    row = floor_of(pairs)
    assert (
        row.n_sources + row.dropped_no_usable_edited_comparison + row.dropped_fewer_than_two_usable_source_reports
        == len(sources)
    )
    for endpoint in row.endpoints:
        if row.n_sources:
            assert endpoint.T is not None and endpoint.F is not None and endpoint.excess.value is not None
            assert 0 <= endpoint.T <= 1 and 0 <= endpoint.F <= 1
            assert endpoint.excess.value == pytest.approx(endpoint.T - endpoint.F, abs=1e-12)
        for interval in (endpoint.excess.ci95, endpoint.excess.adjusted_ci95):
            if interval is not None:
                assert -1 <= interval[0] <= interval[1] <= 1


@given(st.lists(st.tuples(REPORTS, REPORTS), min_size=2, max_size=4), st.randoms())
def test_the_order_of_pairs_does_not_matter(reports: list[tuple[str, str]], shuffler: random.Random) -> None:
    pairs = source("a", *reports)
    shuffled = list(pairs)
    shuffler.shuffle(shuffled)
    assert source_floors(ModelReports("m", tuple(pairs))) == source_floors(ModelReports("m", tuple(shuffled)))


def test_a_model_without_effect_has_an_excess_interval_that_covers_zero_in_about_95_percent_of_seeds() -> None:
    # Every report of a source, edited or not, is drawn from the same distribution: the true excess is 0.
    advice = ("surgery", "imaging", "medication", "")
    subjects = []
    for seed in range(240):
        draws = random.Random(seed)
        pairs: list[PairReports] = []
        for place in range(60):
            habits = draws.choices(advice, k=3)  # what this source is usually told
            pairs += source(
                f"s{place:02}", *((draws.choice(habits), draws.choice(habits)) for _ in EDITS[: draws.randint(2, 4)])
            )
        subjects.append(model(str(seed), pairs))
    rows = answer(noise_floor_request(subjects), Bootstrap(500))
    covered = sum(
        row.endpoints.recommendation.excess.ci95[0] <= 0 <= row.endpoints.recommendation.excess.ci95[1]
        for row in rows
        if row.endpoints.recommendation.excess.ci95
    )
    # A binomial count of 240 at 0.95 lies in this range with a chance above 0.999.
    assert 215 <= covered <= 238


def test_the_structure_of_the_demo_bundle_is_found_again(demo: Path) -> None:
    panels = read_panels(open_bundle(demo))
    rows = {row.model: row for row in noise_floor(panels, None).rows}
    deterministic = rows["radfm"]
    assert (deterministic.endpoints.recommendation.F, deterministic.endpoints.diagnostic.F) == (0.0, 0.0)
    assert deterministic.endpoints.diagnostic.T is not None and deterministic.endpoints.diagnostic.T > 0.3
    for name in ("kimi-k2.5", "gpt-5.4"):
        assert rows[name].endpoints.recommendation.F is not None and rows[name].endpoints.recommendation.F > 0.3
    without_effect = rows["kimi-k2.5"].endpoints.recommendation.excess.adjusted_ci95
    assert without_effect is not None and without_effect[0] < 0 < without_effect[1]
