"""The gaps between the endpoints, worked out by hand and compared with published figures."""

from fractions import Fraction

from spinefairbench.analysis.gap_sensitivity import gap_sensitivity
from spinefairbench.bundle.published import Figures
from tests.analysis.worked_pairs import PANELS, REFUSED


def test_gaps_by_hand() -> None:
    result = gap_sensitivity(PANELS, None)
    [row] = result.rows
    assert row.gap_exact == 0.5  # 5/6 - (1 - 2/3)
    assert row.gap_graded == float(Fraction(5, 6) - Fraction(3, 6))
    assert result.summary["median_gap_exact"] == 0.5
    assert result.summary["gap_graded_negative_models"] == 0


def test_published_medians_are_compared_at_their_precision() -> None:
    published = {"median_gap_exact": 0.5, "median_gap_graded": 0.333333, "gap_graded_negative_models": "0/1"}
    assert gap_sensitivity(PANELS, Figures(published)).problems == ()
    assert len(gap_sensitivity(PANELS, Figures(published | {"median_gap_exact": 0.500001})).problems) == 1
    assert gap_sensitivity(PANELS, Figures({}), whole_panel=False).problems == ()


def test_a_model_without_a_usable_pair_is_a_problem_not_a_crash() -> None:
    assert list(map(str, gap_sensitivity(REFUSED, None).problems)) == ["m: no usable pair"]
