"""Standard errors, design effects and minimum detectable effects of models."""

import random
from fractions import Fraction
from itertools import permutations
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.noise_floor import source_floors
from spinefairbench.analysis.power import paired_rows, power, power_rows
from spinefairbench.analysis.report_distances import distance_products
from spinefairbench.metrics.model_reports import PairReports
from tests.analysis.pairs import REFUSED, model, pair, report, source


def deterministic(sources: int, seed: int = 5) -> list[PairReports]:
    """Every source is reported four times alike; of some sources all edits change the report, of others none."""
    draws = random.Random(seed)
    pairs: list[PairReports] = []
    for place in range(sources):
        reaction = "surgery" if draws.random() < 0.35 else ""
        pairs += source(f"s{place:04}", *[("", reaction)] * 4)
    return pairs


def sampling(sources: int, seed: int = 6, reports: int = 4) -> list[PairReports]:
    """Every report, edited or not, says something else with a chance of 0.3."""
    draws = random.Random(seed)
    says = ["", "", "", "", "", "", "", "surgery", "imaging", "physical_therapy"]
    pairs: list[PairReports] = []
    for place in range(sources):
        pairs += source(f"s{place:04}", *[(draws.choice(says), draws.choice(says)) for _ in range(reports)])
    return pairs


def test_power_of_a_rate_by_hand() -> None:
    # Four sources of one pair each, two changed: rate 1/2, residuals ±1/2, variance 4/3 · 4 · 1/4 / 16 = 1/12.
    pairs = [pair(f"s{place}", "young_male", "surgery" if place < 2 else "", "") for place in range(4)]
    row = power_rows([model("m", pairs)], effect=0.5)[0]
    assert (row.quantity, row.estimate, row.n_sources, row.n_values) == ("recommendation_change", 0.5, 4, 4)
    assert row.standard_error == pytest.approx((1 / 12) ** 0.5)
    assert row.design_effect == pytest.approx(1.0)
    assert row.minimum_detectable_effect is None and row.required_sources is None
    assert row.reasons == ("there are only 4 sources (fewer than 50)",)


def test_an_excess_of_a_deterministic_model_is_planned_with_the_spread_at_the_effect() -> None:
    rows = {row.quantity: row for row in power_rows([model("m", deterministic(60))])}
    row = rows["recommendation_excess"]
    assert row.estimate == pytest.approx(0.35, abs=0.1)
    assert row.standard_error is not None and row.required_sources is not None
    # With the spread at the observed excess: (1.96 + 0.84)²·60·se²/0.05².
    assert 2.8**2 * 60 * row.standard_error**2 / 0.05**2 > 300
    # The chance that five of n sources react, each with a chance of 0.05, is 0.80 from n = 134 on.
    assert row.required_sources == 134
    assert row.design_effect is None and rows["recommendation_change"].design_effect == pytest.approx(4, rel=0.05)


def test_an_excess_over_repeats_that_differ() -> None:
    row = next(row for row in power_rows([model("m", sampling(200))]) if row.quantity == "recommendation_excess")
    assert row.standard_error is not None and row.minimum_detectable_effect is not None
    assert 2.8 * row.standard_error < row.minimum_detectable_effect < 3.5 * row.standard_error
    [two] = [
        row for row in power_rows([model("m", sampling(200, reports=2))]) if row.quantity == "recommendation_excess"
    ]
    assert two.minimum_detectable_effect is None and "four reports" in two.reasons[0]


@given(st.lists(st.sampled_from(["", "surgery", "imaging", "surgery imaging"]), min_size=4, max_size=6))
def test_the_products_of_distances_are_means_over_all_choices_of_reports(said: list[str]) -> None:
    reports = [report(each) for each in said]
    unequal = [[int(first != second) for second in said] for first in said]
    places = range(len(said))

    def mean_product(number: int, *couples: tuple[int, int]) -> Fraction:
        products = [prod(unequal[chosen[a]][chosen[b]] for a, b in couples) for chosen in permutations(places, number)]
        return Fraction(sum(products), len(products))

    square, sharing, apart = distance_products(reports).recommendation
    assert square == mean_product(2, (0, 1))
    assert sharing == mean_product(3, (0, 1), (0, 2))
    assert apart == mean_product(4, (0, 1), (2, 3))


def test_known_floors_are_taken_as_they_are() -> None:
    subject = model("m", sampling(60))
    assert power_rows([subject], floors=[source_floors(subject)]) == power_rows([subject])
    shorter = source_floors(model("m", sampling(55)))
    assert power_rows([subject], floors=[shorter])[2].n_sources == 55


def test_power_says_what_cannot_be_planned_with() -> None:
    same = [pair(f"s{place}", "young_male", "", "") for place in range(4)]
    one = source("a", ("", "surgery"), ("", ""))
    nothing = source("a", (REFUSED, ""))
    result = power([model("same", same), model("one", one), model("nothing", nothing)])
    rows = {(row.model, row.quantity): row for row in result.rows}
    for name in ("same", "one", "nothing"):
        assert rows[name, "recommendation_change"].minimum_detectable_effect is None
    notes = " ".join(result.notes)
    assert "all sources have the same value" in notes and "only one source" in notes
    assert "there is no usable value: same recommendation_excess" in notes
    assert list(map(str, result.problems)) == ["nothing: no usable pair"]


def test_reasons_are_notes_and_no_field_of_a_row() -> None:
    rows = [row.to_json() for row in power_rows([model("m", deterministic(60))])]
    assert list(rows[0]) == [
        "model",
        "quantity",
        "compared_with",
        "estimate",
        "n_sources",
        "n_values",
        "standard_error",
        "design_effect",
        "minimum_detectable_effect",
        "effect",
        "required_sources",
    ]


def test_a_paired_difference_sees_more_than_two_rates_do() -> None:
    draws = random.Random(5)
    first, second = [], []
    for place in range(400):
        # The second model nearly always does what the first does.
        said, other = draws.choice(["", "surgery"]), draws.choice(["", "surgery"])
        first.append(pair(f"s{place:03}", "young_male", said, ""))
        second.append(pair(f"s{place:03}", "young_male", said if draws.random() < 0.85 else other, ""))
    subjects = [model("x", first), model("y", second)]
    alone = power_rows(subjects)[0]
    [together, _] = paired_rows(subjects)
    assert alone.standard_error is not None and together.standard_error is not None
    assert together.standard_error < 0.6 * alone.standard_error
    assert alone.minimum_detectable_effect is not None and together.minimum_detectable_effect is not None
    assert together.minimum_detectable_effect < alone.minimum_detectable_effect
