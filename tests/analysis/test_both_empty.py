"""Pairs without a diagnostic label in either report are counted."""

from fractions import Fraction

from spinefairbench.analysis.both_empty import both_empty_diagnostic
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from tests.analysis.pairs import model, source
from tests.analysis.worked_pairs import PANELS, REFUSED


def test_both_empty_by_hand() -> None:
    result = both_empty_diagnostic(PANELS, None)
    assert (result.rows[0].both_empty_pairs, result.summary["pooled_rate"]) == (2, 2 / 3)


def test_consistency_without_both_empty_pairs_and_with_nothing_for_them_by_hand() -> None:
    # Jaccards of 1 and 1 (both empty) and of 1/2: 5/6 as published, 1/2 without the empty ones, 1/6 with 0 for them.
    pairs = source("a", ("", "surgery"), ("", ""), ("Fracture", "Fracture Osteophytes"), ("", "refused"))
    [row] = both_empty_diagnostic(PanelReports((model("m", pairs),), ()), None).rows
    assert (row.usable_pairs, row.both_empty_pairs) == (3, 2)
    assert row.diagnostic_consistency == float(Fraction(5, 6))
    assert (row.diagnostic_consistency_dropped, row.diagnostic_consistency_zero) == (0.5, float(Fraction(1, 6)))


def test_where_every_pair_is_both_empty_none_is_left() -> None:
    [row] = both_empty_diagnostic(PanelReports((model("m", source("a", ("", ""))),), ()), None).rows
    assert (row.diagnostic_consistency, row.diagnostic_consistency_zero) == (1.0, 0.0)
    assert row.diagnostic_consistency_dropped is None


def test_published_counts_and_rate_are_compared() -> None:
    published = Figures({"pairs": 2, "usable_pairs": 3, "rate": 0.666667})
    assert both_empty_diagnostic(PANELS, published).problems == ()
    wrong = Figures({"pairs": 1, "usable_pairs": 4, "rate": 0.66667})
    assert list(map(str, both_empty_diagnostic(PANELS, wrong).problems)) == [
        "pooled_both_empty_pairs is 2; the published value is 1",
        "pooled_usable_pairs is 3; the published value is 4",
        "pooled_rate is 0.6666666666666666; the published value is 0.66667",
    ]
    assert both_empty_diagnostic(PANELS, wrong, whole_panel=False).problems == ()


def test_a_model_without_a_usable_pair_is_a_problem_not_a_crash() -> None:
    assert list(map(str, both_empty_diagnostic(REFUSED, None).problems)) == ["m: no usable pair"]
