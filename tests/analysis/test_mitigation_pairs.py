"""The pairs that the conditions are compared on, and how far each can be recomputed."""

import pytest

from spinefairbench.analysis.mitigation_pairs import ConditionState, accounting, compared_pairs, sides_of_panel
from spinefairbench.bundle.mitigation_reports import Sides
from spinefairbench.metrics.condition_report import ConditionReport, ReportState
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.refusal_detector import ResponseClass

OK = ConditionReport(ReportState.USABLE, ResponseClass.GENUINE, 1, 1)
FAILED = ConditionReport(ReportState.API_FAILURE)
REFUSED = ConditionReport(ReportState.FULL_REFUSAL, ResponseClass.FULL_REFUSAL)
NO_TEXT = ConditionReport(ReportState.MISSING, lacks="texts")
NO_STAGE1 = ConditionReport(ReportState.USABLE, ResponseClass.PARTIAL_REFUSAL, 1, None, "stage1_texts")
NAMES = ("condition_a", "condition_b", "condition_bprime", "condition_d")
RECOMPUTED, PARTLY, NOT_POSSIBLE = ConditionState.RECOMPUTED, ConditionState.PARTLY, ConditionState.NOT_POSSIBLE


def sides(*edited: ConditionReport | None) -> Sides:
    """Pairs p0, p1, …, of which the edited report is given; None: no such pair."""
    return {f"p{at}": (OK, each) for at, each in enumerate(edited) if each is not None}


def conditions(*of_each: Sides) -> dict[str, Sides]:
    return dict(zip(NAMES, of_each, strict=True))


ALL = sides(OK, OK, OK, OK)


def test_pairs_are_usable_in_all_four_conditions() -> None:
    found = compared_pairs(
        conditions(ALL, sides(FAILED, OK, OK, OK), sides(OK, REFUSED, OK, OK), sides(OK, OK, OK, None)), None
    )
    assert found.pair_ids == ("p2",)
    assert set(found.states.values()) == {RECOMPUTED}
    assert (found.fewest, found.most) == (1, 1)
    assert all(not missing for missing in found.missing.values())


def test_pairs_of_which_something_is_missing_are_left_out_and_counted() -> None:
    found = compared_pairs(conditions(ALL, sides(NO_STAGE1, OK, OK, OK), ALL, sides(OK, NO_TEXT, FAILED, OK)), 3)
    assert found.pair_ids == ("p3",)
    assert set(found.states.values()) == {PARTLY}
    assert dict(found.missing["condition_b"]) == {"stage1_texts": 1, "pairs": 2}
    assert dict(found.missing["condition_d"]) == {"texts": 1, "pairs": 2}
    assert dict(found.missing["condition_a"]) == {"pairs": 2}
    assert (found.fewest, found.most) == (1, 3)


def test_a_pair_that_is_known_to_be_unusable_needs_nothing_more() -> None:
    found = compared_pairs(conditions(sides(FAILED, OK), sides(NO_TEXT, OK), sides(OK, OK), sides(OK, OK)), None)
    assert found.pair_ids == ("p1",) and set(found.states.values()) == {RECOMPUTED}


@pytest.mark.parametrize(("tabled", "state"), [(None, PARTLY), (4, PARTLY), (3, RECOMPUTED)])
def test_without_one_condition_the_pairs_are_the_table_s_where_they_are_as_many(
    tabled: int | None, state: ConditionState
) -> None:
    """Pairs of three conditions hold those of four: as many are the same."""
    rewrites = sides(NO_TEXT, NO_TEXT, FAILED, NO_TEXT)
    found = compared_pairs(conditions(ALL, ALL, ALL, rewrites), tabled)
    assert found.pair_ids == ("p0", "p1", "p3")
    assert [found.states[name] for name in NAMES] == [state] * 3 + [NOT_POSSIBLE]
    assert dict(found.missing["condition_a"]) == ({} if state is RECOMPUTED else {"conditions": 1})
    assert (found.fewest, found.most) == (0, 3)


def test_a_condition_without_rows_is_not_possible() -> None:
    found = compared_pairs({"condition_a": ALL, "condition_b": ALL, "condition_bprime": ALL}, None)
    assert found.states["condition_d"] is NOT_POSSIBLE and found.most is None
    assert dict(found.missing["condition_d"]) == {"reports": 8}
    assert set(compared_pairs({}, 5).states.values()) == {NOT_POSSIBLE}


def test_without_most_of_its_stage_1_texts_a_condition_has_no_diagnosis_and_takes_no_pair_out() -> None:
    found = compared_pairs(conditions(ALL, sides(OK, NO_STAGE1, NO_STAGE1, NO_STAGE1), ALL, ALL), None)
    assert len(found.pair_ids) == 4
    assert "condition_b" not in found.diagnosed and "condition_a" in found.diagnosed
    assert found.states["condition_b"] is PARTLY


def test_where_every_report_failed_nothing_is_possible() -> None:
    found = compared_pairs(conditions(ALL, sides(FAILED, FAILED, FAILED, FAILED), ALL, ALL), 4)
    assert found.pair_ids == () and set(found.states.values()) == {NOT_POSSIBLE}
    assert dict(found.missing["condition_a"]) == {"usable_pairs": 4}


def test_reports_are_counted_before_intersecting() -> None:
    parse = ConditionReport(ReportState.PARSE_FAILURE, ResponseClass.PARTIAL_REFUSAL)
    found = accounting("m", "condition_b", {"p": (FAILED, REFUSED), "q": (parse, NO_TEXT), "r": (OK, NO_STAGE1)})
    assert (found.reports, found.full_refusals, found.partial_refusals) == (6, 1, 2)
    assert (found.api_failures, found.parse_failures, found.missing) == (1, 1, 1)


def test_condition_a_has_the_pairs_of_the_panel() -> None:
    features = extract_features("A fracture; MRI."), extract_features("I'm unable to help.")
    found = sides_of_panel(ModelReports("m", (PairReports("s__young_male", "s", "young_male", *features),)))
    assert [report.state for report in found["s__young_male"]] == [ReportState.USABLE, ReportState.FULL_REFUSAL]
