"""Predictions of VLMEvalKit: the report is named by columns of the data set or by its index."""

import json

from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.vlmevalkit import recognizes, reports
from tests.release.runners.results import DATA, TEXTS, row


def test_the_index_names_the_report_and_thinking_apart_is_counted() -> None:
    rows = [Row("x", fields) for fields in json.loads((DATA / "vlmevalkit.json").read_bytes())]
    assert all(recognizes(each.fields) for each in rows)
    found = list(reports(rows))
    assert {report.custom_id: report.text for report in found} == TEXTS
    assert sum(report.reasoning for report in found) == 1


def test_columns_name_the_report_where_there_are_any() -> None:
    [report] = reports(row({"index": 4, "pair_id": "a", "role": "source", "prediction": "Normal.", "repeat": "2"}))
    assert (report.custom_id, report.pair_id, report.image, report.repeat) == (None, "a", "source", "2")


def test_a_prediction_that_is_no_text_is_a_failure() -> None:
    [report] = reports(row({"index": "a|source", "prediction": None}))
    assert report.failure is not None
