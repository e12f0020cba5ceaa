"""Standard errors, design effects and minimum detectable effects, worked by hand on a few sources."""

import random

import pytest

from spinefairbench.analysis.power import paired_rows, power, power_rows
from tests.analysis.pairs import REFUSED, model, pair, source


def test_power_of_a_rate_by_hand() -> None:
    # Four sources of one pair each, two changed: rate 1/2, residuals ±1/2, variance 4/3 · 4 · 1/4 / 16 = 1/12.
    pairs = [pair(f"s{place}", "young_male", "surgery" if place < 2 else "", "") for place in range(4)]
    row = power_rows([model("m", pairs)], effect=0.5)[0]
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
    result = power([model("same", same), model("one", one), model("nothing", nothing)])
    rows = {(row.model, row.quantity): row for row in result.rows}
    for name in ("same", "one", "nothing"):
        assert rows[name, "recommendation_change"].minimum_detectable_effect is None
    notes = " ".join(result.notes)
    assert "all sources have the same value" in notes and "only one source" in notes
    assert list(map(str, result.problems)) == ["nothing: no usable pair"]


def test_a_paired_difference_sees_more_than_two_rates_do() -> None:
    draws = random.Random(5)
    first, second = [], []
    for place in range(200):
        # The second model nearly always does what the first does.
        said = draws.choice(["", "surgery"])
        first.append(pair(f"s{place:03}", "young_male", said, ""))
        second.append(pair(f"s{place:03}", "young_male", said if draws.random() < 0.95 else "surgery", ""))
    subjects = [model("x", first), model("y", second)]
    alone = power_rows(subjects)[0].standard_error
    [together, _] = paired_rows(subjects)
    assert alone is not None and together.standard_error is not None
    assert together.standard_error < alone / 2
