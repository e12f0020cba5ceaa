"""What stands beside the frozen noise floor, worked by hand."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.floor_supplement import FloorSupplement, against_other_pairs, normalized_interval
from spinefairbench.analysis.noise_floor import NoiseFloorRow, noise_floor_request, panel_notes, source_floors
from spinefairbench.metrics.model_reports import PairReports, RepeatedReports
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.distributions import student_t_quantile
from tests.analysis.pairs import REFUSED, model, repeats, source


def row_of(pairs: list[PairReports], *its_repeats: RepeatedReports) -> NoiseFloorRow:
    [row] = answer(noise_floor_request([model("m", pairs, *its_repeats)], supplemented=True), Bootstrap(200))
    return row


def supplement_of(pairs: list[PairReports], *its_repeats: RepeatedReports) -> FloorSupplement:
    supplement = row_of(pairs, *its_repeats).endpoints.recommendation.supplement
    assert supplement is not None
    return supplement


def test_an_edited_report_is_compared_with_the_source_reports_of_the_other_pairs() -> None:
    # Source reports surgery, surgery, imaging; edits imaging, surgery, surgery.
    # Against the other two: imaging / (surgery, imaging): 1/2; surgery / (surgery, imaging): 1/2; surgery / (surgery,
    # surgery): 0. T is 1/3 against the other pairs; against the same pair it is 2/3, and F is 2/3.
    [found] = against_other_pairs(
        model("m", source("a", ("surgery", "imaging"), ("surgery", "surgery"), ("imaging", "surgery")))
    )
    assert (found.changed.recommendation, found.excess.recommendation) == (Fraction(1, 3), Fraction(-1, 3))


def test_diagnostic_distances_against_other_pairs_by_hand() -> None:
    # {Fracture, Osteophytes} against nothing: 1; nothing against {Fracture}: 1. F is 1.
    [found] = against_other_pairs(model("m", source("a", ("Fracture", "Fracture Osteophytes"), ("", ""))))
    assert (found.changed.diagnostic, found.excess.diagnostic) == (Fraction(1), Fraction(0))


def test_an_edited_report_counts_although_its_own_source_report_is_a_refusal() -> None:
    pairs = source("a", (REFUSED, "surgery"), ("surgery", REFUSED), ("imaging", REFUSED))
    [found] = against_other_pairs(model("m", pairs))
    assert found.changed.recommendation == Fraction(1, 2)  # surgery against surgery and imaging
    assert source_floors(model("m", pairs)).used == ()  # the frozen T has no usable pair here


@pytest.mark.parametrize(
    "reports",
    [
        [("surgery", "surgery")],
        [("surgery", REFUSED), ("surgery", REFUSED)],
        [("surgery", "surgery"), (REFUSED, "imaging")],
    ],
    ids=["one pair", "no usable edit", "one usable source report"],
)
def test_a_source_needs_an_edited_report_and_two_source_reports(reports: list[tuple[str, str]]) -> None:
    assert against_other_pairs(model("m", source("a", *reports))) == []
    supplement = supplement_of(source("a", *reports))
    assert (supplement.excess.n_sources, supplement.changed, supplement.excess.value) == (0, None, None)


def test_repeated_source_reports_are_further_calls_to_compare_with() -> None:
    pairs = source("a", ("surgery", "imaging"), ("surgery", "surgery"))
    # imaging / (surgery, imaging): 1/2; surgery / (surgery, imaging): 1/2. The refusal does not count.
    found = supplement_of(pairs, repeats("a__elderly_male", "source", "imaging", REFUSED))
    assert found.changed == 0.5


def test_the_supplement_stands_beside_the_frozen_figures_and_changes_none() -> None:
    pairs = [
        each
        for place in range(40)
        for each in source(f"s{place:02}", ("surgery", "imaging" if place % 2 else "surgery"), ("imaging", "imaging"))
    ]
    [plain] = answer(noise_floor_request([model("m", pairs)]), Bootstrap(200))
    row = row_of(pairs)
    shown, frozen = row.to_json()["recommendation"], plain.to_json()["recommendation"]
    assert {key: shown[key] for key in frozen} == frozen
    assert list(shown)[len(frozen) :] == [
        "normalized_excess_ci95", "normalized_excess_ci95_reason", "n_sources_other_pairs", "T_other_pairs",
        "excess_other_pairs", "excess_other_pairs_ci95",
    ]  # fmt: skip
    # Against the other pair, the second edit always differs; the first one does for even places.
    assert shown["T_other_pairs"] == 0.75
    # F is 1, so there is no normalized excess, and no interval for one.
    assert shown["normalized_excess"] is None and shown["normalized_excess_ci95"] is None


def test_the_interval_against_other_pairs_is_students() -> None:
    # An excess of 1/2 for every other source, else 0: the mean is 1/4, the standard error 1/4 / sqrt(n - 1).
    pairs = [
        each for place in range(40) for each in source(f"s{place:02}", ("", ""), ("", "surgery" if place % 2 else ""))
    ]
    found = supplement_of(pairs).excess
    reach = student_t_quantile(0.975, 39) * 0.25 / math.sqrt(39)
    assert found.value == 0.25
    assert found.ci95 == pytest.approx((0.25 - reach, 0.25 + reach))


def test_one_source_has_no_interval_against_other_pairs() -> None:
    found = supplement_of(source("a", ("", "surgery"), ("", ""))).excess
    assert (found.value, found.ci95, found.n_sources) == (0.5, None, 1)


def test_the_normalized_interval_ends_at_one() -> None:
    changed = [Fraction(place % 25 > 0) for place in range(50)]
    interval = normalized_interval(changed, [Fraction(place % 2, 4) for place in range(50)]).interval
    assert interval is not None
    assert interval[0] < 0.96 < interval[1] == 1.0


def test_the_number_of_unadjusted_intervals_is_told() -> None:
    pairs = [each for place in range(9) for each in source(f"s{place}", ("surgery", ""), ("", "imaging"))]
    row = row_of(pairs)
    # Two excesses and two against other pairs; nine sources are too few for a normalized one.
    assert panel_notes([row])[0].startswith("4 intervals, unadjusted")


REPORTS = st.sampled_from(["", "surgery", "imaging", "Fracture", "Fracture Osteophytes", REFUSED])


@given(st.lists(st.lists(st.tuples(REPORTS, REPORTS), min_size=1, max_size=4), min_size=1, max_size=4))
def test_it_is_the_mean_over_every_comparison_written_out(sources: list[list[tuple[str, str]]]) -> None:
    pairs = [each for place, reports in enumerate(sources) for each in source(f"s{place}", *reports)]
    found = {each.source_id: each for each in against_other_pairs(model("m", pairs))}
    for place, reports in enumerate(sources):
        means = []
        for own, (_, edited) in enumerate(reports):
            others = [said for at, (said, _) in enumerate(reports) if at != own and said != REFUSED]
            if edited != REFUSED and others:
                differ = [
                    {word for word in said.split() if word.islower()} != {w for w in edited.split() if w.islower()}
                    for said in others
                ]
                means.append(Fraction(sum(differ), len(others)))
        usable = sum(said != REFUSED for said, _ in reports)
        if means and usable > 1:
            assert found[f"s{place}"].changed.recommendation == sum(means) / len(means)
        else:
            assert f"s{place}" not in found
