"""Contrasts of strata, worked by hand: within sources as differences of means, between sources as independent."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from spinefairbench.analysis.contrasts import Contrast, ContrastRow, contrasts, finished, paired_p_values, source_means
from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.partial_means import partial_mean
from spinefairbench.analysis.strata import Grouping, Strata, grouped, strata_of
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import PairReports
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.independent import independent_difference
from spinefairbench.statistics.randomization import sign_flip_p_values
from tests.analysis.pairs import EDITS, REFUSED, model, source

SAME, CHANGED, UNUSABLE = ("surgery", "surgery"), ("surgery", "imaging"), (REFUSED, "imaging")
# Change rates of (elderly, young) edits: a 1/2 and 0, b 1 and 1/2, c 0 and nothing usable, d 1 and 0.
PAIRS = [
    *source("a", CHANGED, SAME, SAME, SAME),
    *source("b", CHANGED, CHANGED, CHANGED, SAME),
    *source("c", SAME, SAME, UNUSABLE, UNUSABLE),
    *source("d", CHANGED, UNUSABLE, SAME, SAME),
]
HALF = Fraction(1, 2)


def _by_edit_age() -> Strata:
    return grouped(model("m", PAIRS), "age", {})[0]


def _paired(row: ContrastRow, differences: tuple[Fraction | None, ...], unit: int = 1) -> Contrast:
    return Contrast(row, partial_mean(differences), unit)


def _finished(found: Sequence[Contrast], estimates: Sequence[Estimate], bootstrap: Bootstrap) -> list[ContrastRow]:
    return finished(found, estimates, paired_p_values(found, bootstrap))


def _by_first_letter(*names: str) -> Grouping:
    return Grouping("source", names, lambda source, edit, known: source[0], False)


def test_the_mean_of_a_source_is_over_its_own_pairs() -> None:
    labelled = source("a", ("Fracture", "Fracture Osteophytes"), ("surgery", "imaging"), ("surgery", "surgery"))
    means = source_means(model("m", labelled).usable)
    # Jaccard 1/2, and twice 1 where neither report has a label.
    assert means == {"a": (Fraction(1, 3), Fraction(5, 6))}


def test_a_paired_contrast_is_the_difference_of_a_sources_means_where_it_has_both() -> None:
    recommendation, diagnostic = contrasts(_by_edit_age())
    assert recommendation.difference == partial_mean((HALF, HALF, None, Fraction(1)))
    assert diagnostic.difference == partial_mean((Fraction(0), Fraction(0), None, Fraction(0)))
    row = recommendation.row
    assert (row.model, row.by, row.of, row.a, row.b) == ("m", "age", "edit", "elderly", "young")
    assert (row.endpoint, row.paired, row.n_sources) == ("recommendation_change", True, 3)
    assert (diagnostic.row.endpoint, diagnostic.row.n_sources) == ("diagnostic_consistency", 3)
    assert recommendation.independent is None


def test_every_two_strata_are_compared_once_in_their_order() -> None:
    [group] = grouped(model("m", PAIRS), "edit", {})
    assert [(each.row.a, each.row.b) for each in contrasts(group)[::2]] == [
        (EDITS[one], EDITS[other]) for one in range(4) for other in range(one + 1, 4)
    ]


def test_unknown_strata_and_those_without_a_usable_pair_are_compared_with_nothing() -> None:
    pairs = [*source("a", CHANGED), *source("b", SAME), *source("c", UNUSABLE)]
    metadata = {"a": SourceMetadata(70.0, None), "c": SourceMetadata(20.0, None)}  # the age of b is not known
    of_source = grouped(model("m", pairs), "age", metadata)[1]
    assert {stratum.name for stratum in of_source.strata} == {"50 and over", "under 50", "unknown"}
    assert contrasts(of_source) == []


@pytest.mark.parametrize(("number", "compared"), [(12, 66), (13, 0)])
def test_more_than_twelve_strata_are_not_compared(number: int, compared: int) -> None:
    letters = "abcdefghijklm"[:number]
    pairs = [each for letter in letters for each in source(letter, SAME)]
    group = strata_of(model("m", pairs), "letter", _by_first_letter(*letters), {})
    assert len({(each.row.a, each.row.b) for each in contrasts(group)}) == compared


def _two_strata(*pairs: PairReports) -> list[Contrast]:
    return contrasts(strata_of(model("m", pairs), "letter", _by_first_letter("x", "y"), {}))


def test_strata_of_different_sources_are_compared_as_independent_samples() -> None:
    pairs = [
        *source("x1", CHANGED, SAME), *source("x2", CHANGED, CHANGED), *source("x3", SAME, SAME),
        *source("y1", SAME, SAME), *source("y2", SAME, CHANGED),
    ]  # fmt: skip
    found = _two_strata(*pairs)
    assert [each.row.endpoint for each in found] == [
        "recommendation_change",
        "diagnostic_consistency",
        "recommendation_excess",
        "diagnostic_excess",
    ]
    rows = _finished(found, [], Bootstrap(50))
    assert [row.estimate.value for row in rows] == pytest.approx([1 / 2 - 1 / 4, 0, 1 / 2 - 1 / 4, 0])
    assert [row.n_sources for row in rows] == [5] * 4 and not any(row.paired for row in rows)
    [first, *_] = found
    assert first.independent is not None
    expected = independent_difference(*first.independent)
    assert (rows[0].estimate.ci95, rows[0].p_value) == (expected.interval, expected.p_value)
    assert rows[0].estimate.n_sources == 5
    # Rates lie in [0, 1], excesses in [-1, 1].
    assert [each.independent and each.independent.bounds for each in found] == [(0, 1), (0, 1), (-1, 1), (-1, 1)]


def test_a_stratum_of_one_source_has_a_difference_and_no_interval() -> None:
    rate, *_ = _finished(
        _two_strata(*source("x1", CHANGED), *source("y1", SAME), *source("y2", SAME)), [], Bootstrap(9)
    )
    assert (rate.estimate.value, rate.estimate.ci95, rate.p_value, rate.p_holm) == (1.0, None, None, None)
    assert (rate.n_sources, rate.estimate.n_sources) == (3, 3)
    assert rate.estimate.adjustment_reason == "a stratum has only one source, so no interval can be given"


def test_an_excess_that_no_source_of_a_stratum_has_is_not_compared() -> None:
    # The sources of y have one pair each, so that no report is repeated.
    _, _, excess, _ = _finished(
        _two_strata(
            *source("x1", CHANGED, SAME), *source("x2", SAME, SAME), *source("y1", SAME), *source("y2", CHANGED)
        ),
        [],
        Bootstrap(9),
    )
    assert excess.endpoint == "recommendation_excess"
    assert (excess.estimate.value, excess.estimate.adjustment_reason) == (None, "a stratum has no usable value")
    assert (excess.n_sources, excess.p_value) == (0, None)


def _row(by: str, n_sources: int = 3, *, paired: bool = True) -> ContrastRow:
    return ContrastRow("m", by, "edit", "recommendation_change", "a", "b", paired, n_sources)


def test_paired_contrasts_are_tested_by_sign_flips_and_adjusted_within_a_breakdown() -> None:
    bootstrap = Bootstrap(199)
    one, other = (HALF, HALF, None, Fraction(1)), (Fraction(-1, 3), Fraction(1), Fraction(1), None)
    estimate = Estimate(0.25, (0.0, 0.5), n_sources=3)
    rows = _finished(
        [_paired(_row("age"), one), _paired(_row("age"), other), _paired(_row("sex"), one)],
        [estimate] * 3,
        bootstrap,
    )
    # In any common unit, sources without a difference as 0.
    expected = sign_flip_p_values([[1, 1, 0, 2], [-1, 3, 3, 0], [1, 1, 0, 2]], bootstrap)
    assert [row.p_value for row in rows] == expected
    low, high = sorted(expected[:2])
    assert sorted(row.p_holm or 0 for row in rows[:2]) == [min(1.0, 2 * low), max(min(1.0, 2 * low), high)]
    assert rows[2].p_holm == expected[2]
    assert [row.estimate for row in rows] == [estimate] * 3


def test_the_p_value_of_three_equal_differences_is_near_that_of_all_sign_patterns() -> None:
    # Two of the eight patterns, all signs alike, reach the observed total.
    [row] = _finished([_paired(_row("age"), (HALF, HALF, HALF))], [Estimate(0.5, n_sources=3)], Bootstrap(3999))
    assert row.p_value == pytest.approx(0.25, abs=0.02)


def test_an_estimate_is_shown_in_ones_whatever_unit_it_was_made_in() -> None:
    estimate = Estimate(0.25, (-0.5, 0.5), (-0.75, 1.0), "few sources", 3)
    [row] = _finished([_paired(_row("age"), (HALF,) * 3, unit=2)], [estimate], Bootstrap(9))
    assert row.estimate == Estimate(0.5, (-1.0, 1.0), (-1.5, 2.0), "few sources", 3)
    [none] = _finished([_paired(_row("age"), (HALF,) * 3, unit=2)], [Estimate(None, n_sources=1)], Bootstrap(9))
    assert none.estimate == Estimate(None, n_sources=1)


def test_strata_that_share_no_source_say_so() -> None:
    [group] = grouped(model("m", [*source("a", SAME), *source("b", UNUSABLE, CHANGED)]), "edit", {})
    found = contrasts(group)
    assert [each.difference for each in found] == [partial_mean((None, None))] * 2
    rows = _finished(found, [Estimate(None)] * 2, Bootstrap(9))
    assert {row.estimate.adjustment_reason for row in rows} == {"no source has usable pairs of both strata"}
    assert {(row.p_value, row.p_holm, row.n_sources) for row in rows} == {(None, None, 0)}


def test_a_row_shows_its_estimate_as_a_difference() -> None:
    shown = _finished([_paired(_row("age"), (HALF,) * 3)], [Estimate(0.5, (0.1, 0.9), n_sources=3)], Bootstrap(9))[0]
    fields = shown.to_json()
    assert (fields["difference"], fields["ci95"], fields["p_value"]) == (0.5, (0.1, 0.9), shown.p_value)
    assert "estimate" not in fields
