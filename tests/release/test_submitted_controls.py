"""Reports on control images: the entries of a submission in their order, and every fault with its place."""

from typing import Any

import pytest

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import ControlReports
from spinefairbench.release.submitted_controls import SubmittedControls, control_problems, controls_of


def _entry(arm: Any, source_id: Any, *reports: str) -> dict[str, Any]:
    return {"arm": arm, "source_id": source_id, "reports": list(reports)}


def test_entries_are_sorted_by_arm_and_source() -> None:
    rows = [_entry("b", "x", "MRI."), _entry("a", "y"), _entry("a", "x", "One.", "Two.")]
    assert controls_of(rows) == (
        SubmittedControls("a", "x", ("One.", "Two.")),
        SubmittedControls("a", "y", ()),
        SubmittedControls("b", "x", ("MRI.",)),
    )


def test_every_text_of_an_entry_is_read() -> None:
    found = SubmittedControls("a", "x", ("Fracture.", "MRI.")).features()
    assert found == ControlReports("a", "x", (extract_features("Fracture."), extract_features("MRI.")))


def _told(*rows: Any) -> list[str]:
    return [str(problem) for problem in control_problems(rows, {"x", "y"})]


def test_entries_of_every_source_and_arm_once_have_no_fault() -> None:
    assert _told(_entry("a", "x"), _entry("a", "y"), _entry("b", "x"), _entry("b", "y", "MRI.")) == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [_entry("a", "x"), _entry("b", "x"), _entry("a", "x"), _entry("a", "x")],
            [
                "$.control_reports[2]: duplicate entry for 'a', 'x'; first at $.control_reports[0]",
                "$.control_reports[3]: duplicate entry for 'a', 'x'; first at $.control_reports[0]",
            ],
        ),
        (
            [_entry("a", "z")],
            ["$.control_reports[0].source_id: unknown source 'z'; expected the source of a pair of $.results"],
        ),
        ([_entry("a", "x", *["MRI."] * 1000)], []),
        ([_entry("a", "x", *["MRI."] * 1001)], ["$.control_reports[0].reports: 1,001 reports; at most 1,000 are read"]),
        ([7, _entry(1, "x"), _entry("a", 1), {"arm": "a"}], []),
        (
            [_entry(7, "z"), 7, _entry("a", 7, *["MRI."] * 1001)],
            [
                "$.control_reports[0].source_id: unknown source 'z'; expected the source of a pair of $.results",
                "$.control_reports[2].reports: 1,001 reports; at most 1,000 are read",
            ],
        ),
    ],
)
def test_faults_have_their_places_and_what_the_schema_refuses_is_left_to_it(rows: list[Any], told: list[str]) -> None:
    assert _told(*rows) == told
