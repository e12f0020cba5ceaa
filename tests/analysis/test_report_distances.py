"""Distances between reports, against loops over every choice of reports."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.report_distances import (
    ReportGroup,
    between,
    distance_products,
    mean,
    mean_change,
    mean_distance,
    reports_by_source,
    within,
)
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.refusal_detector import ResponseClass
from tests.analysis.pairs import REFUSED, model, repeats, report, source

FIVE = list(map(report, ["surgery Fracture", "imaging Fracture", "imaging", "imaging Osteophytes Fracture", "imaging"]))
THREE = list(map(report, ["surgery", "imaging Fracture", "imaging Fracture"]))


def _distance(endpoint: Endpoint) -> Callable[[ReportFeatures, ReportFeatures], Fraction]:
    return lambda one, other: Fraction(endpoint.distance(one, other), endpoint.scale)


@pytest.mark.parametrize("at", range(len(ENDPOINTS)))
def test_means_within_and_between_by_loops(at: int) -> None:
    apart = _distance(ENDPOINTS[at])
    assert within(FIVE)[at] == mean([apart(*both) for both in combinations(FIVE, 2)])
    assert within(FIVE[:2])[at] == apart(*FIVE[:2])
    assert between(FIVE, THREE)[at] == mean([apart(*both) for both in product(FIVE, THREE)])
    assert mean_distance([(FIVE[0], FIVE[1], 3), (FIVE[0], FIVE[2], 1)], 8)[at] == (
        (3 * apart(FIVE[0], FIVE[1]) + apart(FIVE[0], FIVE[2])) / 8
    )


@pytest.mark.parametrize("at", range(len(ENDPOINTS)))
def test_the_mean_change_is_the_mean_distance_of_pairs(at: int) -> None:
    pairs = source("s", ("surgery Fracture", "imaging Fracture Osteophytes"), ("", ""), ("imaging", "imaging Fracture"))
    apart = _distance(ENDPOINTS[at])
    assert mean_change(pairs)[at] == mean([apart(pair.source, pair.counterfactual) for pair in pairs])
    assert mean_change(pairs) == (Fraction(1, 3), Fraction(1, 2))


@pytest.mark.parametrize("at", range(len(ENDPOINTS)))
@pytest.mark.parametrize("reports", [FIVE, FIVE[:4], [*FIVE, *THREE]], ids=[5, 4, 8])
def test_products_of_distances_by_loops(at: int, reports: list[ReportFeatures]) -> None:
    apart = _distance(ENDPOINTS[at])
    places = range(len(reports))

    def between_places(one: int, other: int) -> Fraction:
        return apart(reports[one], reports[other])

    assert distance_products(reports)[at] == (
        mean([between_places(a, b) ** 2 for a, b in combinations(places, 2)]),
        mean([between_places(a, b) * between_places(a, c) for a, b, c in permutations(places, 3)]),
        mean([between_places(a, b) * between_places(c, d) for a, b, c, d in permutations(places, 4)]),
    )


def test_reports_are_gathered_by_source_and_refusals_left_out() -> None:
    pairs = [*source("b", ("surgery", "imaging"), (REFUSED, "imaging")), *source("a", ("", "surgery"))]
    edited = "b__elderly_female"
    found = reports_by_source(
        model(
            "m",
            pairs,
            repeats(edited, "source", "imaging", REFUSED),
            repeats(edited, "counterfactual", "surgery", REFUSED),
            repeats(edited, "counterfactual", ""),
        )
    )
    assert list(found) == ["a", "b"]
    assert [pair.pair_id for pair in found["b"].pairs] == [edited, "b__elderly_male"]
    assert found["b"].source_reports == [report("surgery"), report("imaging")]
    assert found["b"].edited_repeats == {edited: [report("surgery"), report("")]}
    assert found["b"].repeated == within([report("surgery"), report("imaging")])
    assert (found["a"].source_reports, found["a"].edited_repeats) == ([report("")], {})


_CLASSES = st.sampled_from([ResponseClass.GENUINE, ResponseClass.PARTIAL_REFUSAL])
_REPORTS = st.lists(st.builds(ReportFeatures, _CLASSES, st.integers(0, 31), st.integers(0, 7)), min_size=2, max_size=40)


def _mean(endpoint: Endpoint, pairs: Sequence[tuple[ReportFeatures, ReportFeatures]]) -> Fraction:
    return Fraction(sum(endpoint.distance(*pair) for pair in pairs), len(pairs) * endpoint.scale)


@given(_REPORTS, _REPORTS)
def test_means_are_over_all_pairs(first: list[ReportFeatures], second: list[ReportFeatures]) -> None:
    assert within(first) == ByEndpoint.of(lambda endpoint: _mean(endpoint, list(combinations(first, 2))))
    assert between(first, second) == ByEndpoint.of(lambda endpoint: _mean(endpoint, list(product(first, second))))


@given(_REPORTS)
def test_distances_by_categories_are_those_of_reports(reports: list[ReportFeatures]) -> None:
    group = ReportGroup(reports)
    for endpoint, one in product(ENDPOINTS, reports):
        distances = [endpoint.distance(one, other) for other in reports]
        assert group.moments(endpoint, endpoint.categories(one)) == (sum(distances), sum(d * d for d in distances))


def test_thousands_of_different_reports_are_not_compared_two_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(first: int, second: int) -> int:
        nonlocal compared
        compared += 1
        return 0

    monkeypatch.setattr("spinefairbench.metrics.endpoint.jaccard_units", counted)
    monkeypatch.setattr("spinefairbench.metrics.label_distances.jaccard_units", counted)
    within([ReportFeatures(ResponseClass.GENUINE, mask, mask % 128) for mask in range(1 << 11)])
    assert compared == 0
