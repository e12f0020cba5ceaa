"""Rows of any other program: which field holds what, also within nested values."""

from typing import Any

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.release.runners.mapped_rows import FieldMap
from tests.release.runners.results import TEXTS, row, rows_of


def test_fields_are_found_by_name_and_by_path() -> None:
    fields = FieldMap("report=answers.0.text, pair_id=item.id, role=item.view")
    assert fields.columns == ("answers.0.text", "item.id", "item.view")
    found = list(fields.reports(rows_of("other_program.jsonl")))
    assert {f"{report.pair_id}|{report.image}": report.text for report in found} == TEXTS


def test_a_field_whose_name_holds_a_dot_goes_before_a_path() -> None:
    [report] = FieldMap("report=a.b,custom_id=id").reports(row({"a.b": "One.", "a": {"b": "Two."}, "id": "x|source"}))
    assert (report.text, report.custom_id) == ("One.", "x|source")


def test_both_reports_of_a_pair_may_stand_in_one_row() -> None:
    found = FieldMap("pair_id=id,source_report=s,counterfactual_report=c").reports(
        row({"id": "x", "s": "One.", "c": "Two."})
    )
    assert [(report.pair_id, report.image, report.text) for report in found] == [
        ("x", "source", "One."),
        ("x", "counterfactual", "Two."),
    ]


def test_the_ending_of_an_answer_is_heeded_where_it_is_named() -> None:
    fields = FieldMap("report=t,pair_id=id,role=r,repeat=n,finish_reason=f")
    [report] = fields.reports(row({"t": "Norm", "id": "x", "r": "source", "n": 2, "f": "length"}))
    assert report.text is None
    assert report.failure is not None
    assert (report.repeat, report.ended) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "report",
        "report=",
        "text=report,pair_id=id",
        "report=a,report=b,pair_id=id",
        "report=a",
        "pair_id=id",
        "report=a,pair_id=id,custom_id=c",
        "source_report=a,pair_id=id",
        "source_report=a,counterfactual_report=b,custom_id=id",
        "source_report=a,counterfactual_report=b,pair_id=id,role=r",
        "report=a,source_report=a,counterfactual_report=b,pair_id=id",
    ],
)
def test_a_map_that_makes_no_report_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--map"):
        FieldMap(text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "a.0.t: expected a text, found no such field"),
        ({"a": []}, "a.0.t: expected a text, found no such field"),
        ({"a": [{"t": 7}]}, "a.0.t: expected a text, found 7"),
        ({"a": [{"t": None}]}, None),
        ({"a.0.t": None}, None),
        ({"a": [{"t": ""}]}, None),
    ],
)
def test_only_what_is_there_and_empty_is_a_blank_text(fields: dict[str, Any], said: str | None) -> None:
    """Who names a field that no row has must not be told that the model wrote nothing."""
    [report] = FieldMap("report=a.0.t,custom_id=id").reports(row({"id": "x|source", **fields}))
    assert not report.text
    assert (report.failure and report.failure.detail) == said
