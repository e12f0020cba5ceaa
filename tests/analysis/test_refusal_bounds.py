"""Bounds of endpoints over all expected pairs, and of their contrasts, worked out by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.refusal_bounds import (
    ExpectedPairs,
    bounds_of,
    contrast_ends,
    ends_of,
    outer_interval,
    within_source,
)
from spinefairbench.bundle.published import published
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, ENDPOINTS, RECOMMENDATION_CHANGE
from spinefairbench.metrics.model_reports import ModelReports
from tests.analysis.pairs import EDITS, REFUSED, model, pair, source

MODEL = model(
    "m",
    [
        *source("a", ("surgery", "imaging"), ("surgery", "surgery"), (REFUSED, "surgery"), ("surgery", REFUSED)),
        *source("b", ("Fracture", "Fracture No_finding")),
    ],
)
"""Three usable pairs, of which the first changes; labels agree by 1, 1 and 1/2. Of the source b, one edit of four."""
EXPECTED = ExpectedPairs(frozenset(f"{source_id}__{edit}" for source_id in "ab" for edit in EDITS))


def test_the_bounds_by_hand() -> None:
    change, labels = (bounds_of(ends_of(endpoint, MODEL, EXPECTED), 0) for endpoint in ENDPOINTS)
    # One of eight pairs is known to change; five are unknown.
    assert change == (1 / 8, 6 / 8)
    assert labels == (2.5 / 8, 7.5 / 8)


def test_pairs_known_by_number_only_widen_the_bounds() -> None:
    assert bounds_of(ends_of(RECOMMENDATION_CHANGE, MODEL, EXPECTED), 2) == (1 / 10, 8 / 10)
    nothing = ends_of(RECOMMENDATION_CHANGE, MODEL, ExpectedPairs(frozenset()))
    assert (bounds_of(nothing, 0), bounds_of(nothing, 3)) == (None, (0.0, 1.0))
    assert EXPECTED._replace(unnamed=2).number == 10


def test_published_counts_of_gemma_4_leave_its_change_rate_anywhere_from_0_340_to_0_795() -> None:
    row, counts = published("table2")["gemma-4"], published("counts")
    changed = round(row["recommendation_change"] * row["usable_pairs"])
    says = ["imaging"] * changed + ["surgery"] * (row["usable_pairs"] - changed)
    says += [REFUSED] * row["full_refusal_pairs"]
    pairs = [pair(f"s{n // 4}", EDITS[n % 4], "surgery", edited) for n, edited in enumerate(says)]
    gemma = model("gemma-4", pairs)
    expected = ExpectedPairs.of([gemma])
    assert expected.number == counts["common_core_pair_count"]
    assert gemma.means.recommendation == row["recommendation_change"]
    bounds = bounds_of(ends_of(RECOMMENDATION_CHANGE, gemma, expected), 0)
    assert bounds is not None
    assert tuple(round(bound, 3) for bound in bounds) == (0.340, 0.795)


@given(edits=st.lists(st.sampled_from(["surgery", "imaging", REFUSED]), min_size=1, max_size=12), unreported=st.data())
def test_the_bounds_hold_whatever_the_missing_values_are(edits: list[str], unreported: st.DataObject) -> None:
    pairs = [pair(f"s{n // 4}", EDITS[n % 4], "surgery", edited) for n, edited in enumerate(edits)]
    expected = ExpectedPairs.of([model("m", pairs)])
    reported = model("m", [each for each in pairs if unreported.draw(st.booleans())])
    bounds = bounds_of(ends_of(RECOMMENDATION_CHANGE, reported, expected), 0)
    assert bounds is not None
    known = {each.pair_id: each.outcome.recommendation_changed for each in reported.usable}
    values = [known[name] if name in known else unreported.draw(st.integers(0, 1)) for name in sorted(expected.ids)]
    assert bounds[0] <= sum(values) / len(values) <= bounds[1]
    mean = reported.means.recommendation
    assert mean is None or bounds[0] <= mean <= bounds[1]
    assert bounds[1] - bounds[0] == pytest.approx(1 - len(known) / len(values))


def test_without_a_missing_pair_the_bounds_are_the_mean() -> None:
    both = model("m", source("a", ("surgery", "imaging"), ("surgery", "surgery")))
    for endpoint, mean in zip(ENDPOINTS, both.means, strict=True):
        ends = ends_of(endpoint, both, ExpectedPairs.of([both]))
        assert bounds_of(ends, 0) == (mean, mean)
        assert ends.lower == ends.upper


def test_the_bounds_of_a_contrast_by_hand() -> None:
    # Source a: elderly edits 1 and 0, young ones unknown; source b: elderly 0 and unknown, young unknown.
    ends = contrast_ends(RECOMMENDATION_CHANGE, MODEL, EXPECTED, "elderly", "young")
    assert ends.lower.totals is not None and ends.upper.totals is not None
    assert ends.lower.totals.estimate == ((0.5 - 1) + (0 - 1)) / 2
    assert ends.upper.totals.estimate == ((0.5 - 0) + (0.5 - 0)) / 2
    # Female edits: of a 1 and unknown, of b 1/2 and unknown; male: of a 0 and unknown, of b unknown.
    labels = contrast_ends(DIAGNOSTIC_CONSISTENCY, MODEL, EXPECTED, "female", "male")
    assert labels.lower.totals is not None
    assert labels.lower.totals.estimate == ((0.5 - 1) + (0.25 - 1)) / 2


def test_only_a_source_with_both_has_a_difference() -> None:
    one, zero = Fraction(1), Fraction(0)
    values = [("a", "x", one), ("a", "x", zero), ("a", "y", zero), ("b", "x", one)]
    totals = within_source(values, "x", "y").totals
    assert totals is not None
    assert (totals.ids, totals.estimate) == (("a",), 0.5)
    assert within_source(values[3:], "x", "y").totals is None


def test_the_interval_reaches_from_end_to_end_and_prefers_adjusted_ones() -> None:
    lower = Estimate(0.2, (0.1, 0.3), (0.05, 0.35), "there are only 3 sources")
    assert outer_interval(lower, Estimate(0.6, (0.5, 0.7))) == (0.05, 0.7)
    assert outer_interval(lower, Estimate(0.6)) is None


def test_expected_pairs_are_those_reported_on_where_no_others_are_named() -> None:
    assert ExpectedPairs.of([MODEL, ModelReports("n", ())]).number == 5
    assert ExpectedPairs.of([MODEL], ["a__young_male"]).ids == {"a__young_male"}
