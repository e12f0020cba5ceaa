"""Samples of lmms-eval and lm-eval: the raw responses, named by target or by what is kept of the data set."""

from typing import Any

import pytest

from spinefairbench.release.runners.harness_samples import recognizes, reports
from tests.release.runners.results import TEXTS, row, rows_of


def test_lmms_eval_names_reports_by_target_and_leaves_equal_responses_out() -> None:
    lines = rows_of("lmms_eval_samples.jsonl")
    assert all(recognizes(line.fields) for line in lines)
    found = {report.custom_id: report.text for report in reports(lines)}
    assert {name: text and text.removeprefix("<think>Hm.</think>") for name, text in found.items()} == TEXTS


def test_lm_eval_gives_a_line_for_each_filter_with_the_same_raw_responses() -> None:
    found = [(f"{report.pair_id}|{report.image}", report.text) for report in reports(rows_of("lm_eval_samples.jsonl"))]
    assert sorted(found) == sorted([*TEXTS.items(), *TEXTS.items()])


def test_several_responses_are_repeats() -> None:
    found = list(reports(row({"doc_id": 0, "target": "a|source", "resps": [["One.", "Two."]]})))
    assert [(report.text, report.repeat) for report in found] == [("One.", 1), ("Two.", 2)]


def test_a_sample_has_a_document_and_responses_and_says_of_no_report_that_it_ended() -> None:
    assert recognizes({"doc_id": 0, "resps": []}) and recognizes({"doc_id": 0, "filtered_resps": []})
    assert not recognizes({"doc_id": 0}) and not recognizes({"resps": []})
    found = [
        report for resps in ([["One."]], 4) for report in reports(row({"doc_id": 0, "target": "a", "resps": resps}))
    ]
    assert [report.ended for report in found] == [False, False]


@pytest.mark.parametrize("resps", [[], [[]], [[1]], 4, {}, [["a"], ["b"]], [[["a"]]]])
def test_responses_of_other_shapes_are_a_failure(resps: Any) -> None:
    [report] = reports(row({"doc_id": 0, "target": "a|source", "resps": resps}))
    assert report.text is None
    assert report.failure is not None
