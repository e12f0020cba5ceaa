"""Inspect logs: samples, epochs, attachments and settings; unknown keys are no matter."""

import json
from typing import Any

import pytest

from spinefairbench.errors import SubmissionError
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.runners.inspect_log import decoding_of, is_log, recognizes, reports, sample_rows
from spinefairbench.release.runners.runner_report import FailureKind, RunnerReport
from tests.release.runners.results import DATA, PAIRS, TEXTS, row


def log(name: str = "inspect_log.json") -> dict[str, Any]:
    value: dict[str, Any] = json.loads((DATA / name).read_bytes())
    return value


def sample(**more: Any) -> RunnerReport:
    first = {**log()["samples"][0], **more}
    [report] = reports(row(first))
    return report


def test_samples_name_their_reports_by_metadata_or_id_and_attachments_are_resolved() -> None:
    document = log()
    assert is_log(document)
    rows = list(sample_rows("x", document))
    assert all(recognizes(each.fields) for each in rows)
    found = list(reports(rows))
    named = {
        report.custom_id or f"{report.pair_id}|{report.image}": report.text for report in found if report.repeat == 1
    }
    assert named == TEXTS
    assert [(report.pair_id, report.repeat) for report in found if report.repeat > 1] == [(PAIRS[0], 2)]
    assert sum(report.reasoning for report in found) == 1


def test_the_settings_of_the_plan_go_before_those_of_the_model() -> None:
    document = log()
    assert decoding_of("x", document) == Decoding(temperature=0.5, max_tokens=512, seed=7)
    document["plan"]["config"]["temperature"] = 0
    assert decoding_of("x", document).temperature == 0
    document["plan"]["config"]["temperature"] = "hot"
    with pytest.raises(SubmissionError, match=r"x: the generation settings\.temperature"):
        decoding_of("x", document)


def test_each_failure_has_its_reason() -> None:
    found = list(reports(sample_rows("x", log("inspect_log_failed.json"))))
    assert [report.failure and report.failure.kind for report in found] == [
        FailureKind.TRUNCATED,
        FailureKind.ERROR,
        FailureKind.FILTERED,
        FailureKind.EMPTY,
    ]


def test_a_sample_that_a_limit_ended_is_truncated() -> None:
    failure = sample(limit={"type": "time", "limit": 60}).failure
    assert failure is not None
    assert failure.kind is FailureKind.TRUNCATED


def test_an_attachment_that_is_not_there_is_a_failure() -> None:
    message = {"role": "assistant", "content": "attachment://aa"}
    found = sample(output={"choices": [{"message": message, "stop_reason": "stop"}]})
    assert found.text is None
    assert "attachment://aa" in str(found.failure)


def test_a_role_in_the_metadata_and_the_pair_as_id_name_the_report() -> None:
    found = sample(id=PAIRS[1], metadata={"role": "counterfactual"})
    assert (found.pair_id, found.image) == (PAIRS[1], "counterfactual")


@pytest.mark.parametrize("samples", [None, [], {}, [1]])
def test_a_log_without_samples_is_refused(samples: Any) -> None:
    with pytest.raises(SubmissionError):
        list(sample_rows("x", {**log(), "samples": samples}))
