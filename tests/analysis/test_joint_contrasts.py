"""Age and sex together against the edit that keeps both, worked by hand on a few sources."""

import pytest

from spinefairbench.analysis.breakdown import breakdown_request
from spinefairbench.analysis.breakdown_check import breakdown
from spinefairbench.analysis.contrasts import ContrastRow
from spinefairbench.analysis.estimates import answer
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import REFUSED, model, source

SAME, CHANGED = ("surgery Fracture", "surgery Fracture"), ("surgery Fracture", "imaging Osteophytes")
OLD_WOMAN, YOUNG_WOMAN = SourceMetadata(70.0, "female"), SourceMetadata(30.0, "female")


def _contrasts(reports: ModelReports, metadata: dict[str, SourceMetadata]) -> dict[tuple[str, str], ContrastRow]:
    rows = answer(breakdown_request([reports], ["same-or-cross"], metadata, Bootstrap(200)), Bootstrap(200)).contrasts
    return {(row.a, row.endpoint): row for row in rows if row.of == "age and sex"}


def test_the_contrasts_by_hand() -> None:
    # The edits, in this order: elderly_female, elderly_male, young_female, young_male.
    reports = model(
        "m",
        [
            *source("a", SAME, SAME, SAME, CHANGED),  # 0 in all but cross-both
            *source("b", SAME, CHANGED, CHANGED, CHANGED),  # elderly_female keeps both
            *source("c", CHANGED, SAME, SAME, SAME),  # young: young_female keeps both, elderly_female crosses age
            *source("d", CHANGED, CHANGED, CHANGED, CHANGED),  # of unknown sex: it does not enter
        ],
    )
    metadata = {"a": OLD_WOMAN, "b": OLD_WOMAN, "c": YOUNG_WOMAN, "d": SourceMetadata(70.0, None)}
    found = _contrasts(reports, metadata)
    assert {row.b for row in found.values()} == {"same age, same sex", "cross less same age, same sex"}
    change = {a: row for (a, endpoint), row in found.items() if endpoint == "recommendation_change"}
    assert [(row.n_sources, row.paired) for row in change.values()] == [(3, True)] * 4
    assert change["cross age, same sex"].estimate.value == pytest.approx(2 / 3)  # 0, 1, 1
    assert change["same age, cross sex"].estimate.value == pytest.approx(1 / 3)  # 0, 1, 0
    assert change["cross age, cross sex"].estimate.value == pytest.approx(2 / 3)  # 1, 1, 0
    # a: 1 - 0 - 0 + 0, b: 1 - 1 - 1 + 0, c: 0 - 0 - 1 + 0
    assert change["cross less same age, cross sex"].estimate.value == pytest.approx(-1 / 3)
    # The labels agree where nothing changed and share nothing where something did.
    for (a, endpoint), row in found.items():
        if endpoint == "diagnostic_consistency":
            assert row.estimate.value == pytest.approx(-(change[a].estimate.value or 0.0))


def test_a_difference_in_differences_may_reach_from_minus_two_to_two() -> None:
    pairs = [pair for place in range(30) for pair in source(f"s{place:02}", SAME, CHANGED, CHANGED, SAME)]
    found = _contrasts(model("m", pairs), {f"s{place:02}": OLD_WOMAN for place in range(30)})
    row = found["cross less same age, cross sex", "recommendation_change"]
    assert row.estimate.value == -2.0
    assert row.estimate.ci95 == (-2.0, -2.0)
    assert row.estimate.adjusted_ci95 is not None
    lower, upper = row.estimate.adjusted_ci95
    assert lower == -2.0 and -2.0 < upper < -1.0
    assert row.p_value == pytest.approx(1 / 201)  # no drawn sign pattern agrees throughout


def test_a_source_enters_where_all_strata_of_a_contrast_are_usable() -> None:
    reports = model("m", [*source("a", SAME, SAME, CHANGED, (REFUSED, "")), *source("b", SAME, SAME)])
    found = _contrasts(reports, {"a": OLD_WOMAN, "b": OLD_WOMAN})
    entering = {a: row.n_sources for (a, endpoint), row in found.items() if endpoint == "recommendation_change"}
    assert entering == {
        "cross age, same sex": 1,
        "same age, cross sex": 2,
        "cross age, cross sex": 0,
        "cross less same age, cross sex": 0,
    }
    row = found["cross age, cross sex", "recommendation_change"]
    assert row.estimate.value is None and row.p_value is None and row.estimate.adjustment_reason is not None


def test_the_command_says_of_how_many_sources_age_and_sex_are_known() -> None:
    reports = model("m", [*source("a", SAME), *source("b", SAME), *source("c", SAME)])
    metadata = {"a": OLD_WOMAN, "b": SourceMetadata(None, "female")}
    result = breakdown(PanelReports((reports,), ()), "same-or-cross", metadata, bootstrap=Bootstrap(20))
    assert any("of 3 sources the age group is known of 1, the sex of 2 and both of 1" in note for note in result.notes)
