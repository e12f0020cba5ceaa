"""Control arms worked by hand: what counts for each distance, and what is left out."""

from fractions import Fraction

import pytest

from spinefairbench.analysis.control_contrast import control_arms
from spinefairbench.metrics.model_reports import ControlReports, ModelReports
from tests.analysis.pairs import REFUSED, model, repeats, report, source


def _with(reports: ModelReports, *entries: tuple[str, str, tuple[str, ...]]) -> ModelReports:
    controls = tuple(ControlReports(arm, source_id, tuple(map(report, said))) for arm, source_id, said in entries)
    return ModelReports(reports.model, reports.pairs, reports.repeats, controls=controls)


def test_the_contrast_by_hand() -> None:
    reports = model(
        "m",
        [
            # Two usable pairs, one of which changed; source reports: surgery, surgery and imaging. The edited image of
            # the third pair was refused, so the pair does not count, but its source report does.
            *source("a", ("surgery", "surgery"), ("surgery", "imaging"), ("imaging", REFUSED)),
            *source("b", ("surgery", "imaging")),
        ],
    )
    found = control_arms(
        _with(
            reports,
            ("reconstruction", "a", ("surgery", "imaging", REFUSED)),
            ("reconstruction", "b", ("surgery",)),
        )
    )
    [arm] = found
    assert (arm.arm, arm.n_sources, arm.n_reports) == ("reconstruction", 2, 3)
    endpoint = arm.endpoints.recommendation
    # a: D_edit 1/2; D_control over 3 x 2 comparisons: surgery against surgery and imaging 2 x (0 + 1), imaging 1 + 0.
    # b: D_edit 1, D_control 0.
    a, b = (Fraction(1, 2), Fraction(3, 6)), (Fraction(1), Fraction(0))
    assert endpoint.D_edit == float((a[0] + b[0]) / 2) == 0.75
    assert endpoint.D_control == float((a[1] + b[1]) / 2) == 0.25
    assert endpoint.contrast.value == 0.5
    assert endpoint.contrast.ci95 is not None and endpoint.contrast.ci95[0] < 0 < endpoint.contrast.ci95[1]
    assert endpoint.p_value is not None and 0.05 < endpoint.p_value < 1
    assert arm.endpoints.diagnostic.D_edit == arm.endpoints.diagnostic.D_control == 0.0


def test_a_repeated_source_report_is_compared_with_the_control_too() -> None:
    repeated = model("m", source("a", ("surgery", "surgery")), repeats("a__elderly_female", "source", "imaging"))
    [arm] = control_arms(_with(repeated, ("null_edit", "a", ("surgery",))))
    assert (arm.endpoints.recommendation.D_edit, arm.endpoints.recommendation.D_control) == (0.0, 0.5)


def test_sources_without_both_distances_are_counted_by_reason() -> None:
    reports = model("m", [*source("a", (REFUSED, "surgery")), *source("b", ("", "")), *source("c", ("", "surgery"))])
    [first, second] = control_arms(
        _with(
            reports,
            ("reconstruction", "a", ("surgery",)),
            ("reconstruction", "b", (REFUSED,)),
            ("reconstruction", "c", ("",)),
            ("null_edit", "a", ("surgery",)),
        )
    )
    assert (first.arm, first.n_sources) == ("reconstruction", 1)
    assert (first.dropped_no_usable_edited_comparison, first.dropped_no_usable_control_report) == (1, 1)
    contrast = first.endpoints.recommendation.contrast
    assert (contrast.value, contrast.ci95, first.endpoints.recommendation.p_value) == (1.0, None, None)
    assert contrast.adjustment_reason is not None and contrast.n_sources == 1
    assert (second.arm, second.n_sources, second.endpoints.recommendation.contrast.value) == ("null_edit", 0, None)


def test_without_controls_there_is_no_arm() -> None:
    assert control_arms(model("m", source("a", ("surgery", "imaging")))) == []


def test_a_control_that_changes_as_much_shows_nothing_and_one_that_never_does_shows_the_edit() -> None:
    sources = [each for place in range(40) for each in source(f"s{place:02}", ("", "surgery" if place % 2 else ""))]
    for said, excludes_zero in (("like the edit", False), ("nothing", True)):
        controls = [
            ("reconstruction", f"s{place:02}", ("surgery" if place % 2 and said == "like the edit" else "",))
            for place in range(40)
        ]
        [arm] = control_arms(_with(model("m", sources), *controls))
        endpoint = arm.endpoints.recommendation
        assert endpoint.contrast.ci95 is not None and endpoint.p_value is not None
        assert (endpoint.contrast.ci95[0] > 0) == excludes_zero == (endpoint.p_value < 0.05)
        assert endpoint.contrast.value == pytest.approx(0.5 if excludes_zero else 0.0)
