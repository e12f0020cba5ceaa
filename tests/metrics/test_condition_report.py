"""What a report of a mitigation condition comes to."""

import pytest

from spinefairbench.metrics.condition_report import (
    STAGE1_MISSING,
    ConditionReport,
    ReportState,
    condition_report,
    read_diagnosis,
)
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.refusal_detector import ResponseClass

SPONDYLOSIS = read_diagnosis("Primary diagnosis: osteophytes\nFracture elsewhere.")


def test_the_diagnosis_has_the_labels_of_the_primary_diagnosis_alone() -> None:
    assert label_names(SPONDYLOSIS.labels or 0) == ("Osteophytes",)
    assert read_diagnosis("Primary diagnosis: back pain") == (True, 0)
    assert read_diagnosis("no such heading; fracture") == (True, None)


@pytest.mark.parametrize(
    ("text", "failed", "state"),
    [
        ("MRI is advised.", False, ReportState.USABLE), ("MRI is advised.", True, ReportState.API_FAILURE),
        (None, True, ReportState.API_FAILURE), (" \n\u00a0", False, ReportState.PARSE_FAILURE), ("", False, ReportState.PARSE_FAILURE),
        ("I'm unable to help.", False, ReportState.FULL_REFUSAL), (None, False, ReportState.MISSING),
    ],
)  # fmt: skip
def test_the_state_of_a_report(text: str | None, failed: bool, state: ReportState) -> None:
    assert condition_report(text, SPONDYLOSIS, failed=failed).state is state


def test_recommendations_are_those_of_its_own_text_and_labels_those_of_stage_1() -> None:
    found = condition_report("A fracture; MRI is advised.", SPONDYLOSIS, failed=False)
    assert recommendation_names(found.recommendations) == ("imaging",)
    assert label_names(found.labels or 0) == ("Osteophytes",)


def test_without_a_diagnosis_it_fails_and_without_the_stage_1_text_only_the_labels_are_missing() -> None:
    silent = condition_report("MRI is advised.", read_diagnosis("nothing"), failed=False)
    assert silent.state is ReportState.PARSE_FAILURE and silent.lacks is None
    unknown = condition_report("MRI is advised.", STAGE1_MISSING, failed=False)
    assert (unknown.state, unknown.labels, unknown.lacks) == (ReportState.USABLE, None, "stage1_texts")
    assert condition_report(None, STAGE1_MISSING, failed=False, lacks="rewrites").lacks == "rewrites"


def test_a_refusal_is_one_whatever_its_stage_1_text_says() -> None:
    found = condition_report("I'm unable to help.", read_diagnosis("nothing"), failed=False)
    assert (found.state, found.response_class) == (ReportState.FULL_REFUSAL, ResponseClass.FULL_REFUSAL)


def test_a_report_of_condition_a_has_its_own_labels() -> None:
    features = extract_features("A fracture; MRI is advised.")
    found = ConditionReport.of_features(features)
    assert (found.state, found.labels) == (ReportState.USABLE, features.labels)
    assert ConditionReport.of_features(extract_features("I'm unable to help.")).state is ReportState.FULL_REFUSAL
