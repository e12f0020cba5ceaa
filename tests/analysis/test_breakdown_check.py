"""The command `breakdown`: its notes for each breakdown, its problems, and what is stated of age and sex twice."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from spinefairbench.analysis.breakdown_check import breakdown, check
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.strata import BREAKDOWNS
from spinefairbench.bundle import layout
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.problems import Problem
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import MODEL, REFUSED, model, source
from tests.conftest import Tampering

METADATA = {"a": SourceMetadata(70.0, "female"), "b": SourceMetadata(None, None), "c": SourceMetadata(30.0, None)}
FEW = Bootstrap(20)

STATED = "strata of `edit` are by the"
UNKNOWN = "source ages of 45.0 and 0"
YOUNG = "a source counts as young below 50 years"
SAME = "same: the edit asked for"
TOGETHER = "age and sex: the contrasts are those with the edit that keeps both"
KNOWN = "of 3 sources the age group is known of 2, the sex of 1 and both of 1;"
WITHIN = "contrasts within a source have the same F"
ADJUSTED = "percentile intervals may be too short"


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("edit", [WITHIN]),
        ("age", [STATED, UNKNOWN, YOUNG, WITHIN]),
        ("sex", [STATED, UNKNOWN, WITHIN]),
        ("dataset", []),
        ("same-or-cross", [UNKNOWN, YOUNG, SAME, TOGETHER, KNOWN, WITHIN]),
    ],
)
def test_each_breakdown_says_what_its_strata_are(by: str, said: list[str]) -> None:
    notes = breakdown(PanelReports((MODEL,), ()), by, METADATA, bootstrap=FEW).notes
    told = [note for note in notes if ADJUSTED not in note]
    assert [each for each, note in zip(said, told, strict=True) if not note.startswith(each)] == []
    assert len(notes) == len(told) + (by != "dataset")  # with few sources some interval is adjusted


def test_every_breakdown_is_told_of() -> None:
    said = {by: breakdown(PanelReports((MODEL,), ()), by, METADATA, bootstrap=FEW).notes for by in BREAKDOWNS}
    assert "by the age that the edit asked for" in said["age"][0]
    assert "by the sex that the edit asked for" in said["sex"][0]


@pytest.mark.parametrize(("by", "told"), [("edit", False), ("dataset", False), ("age", True), ("same-or-cross", True)])
def test_sources_without_metadata_are_counted_where_it_matters(by: str, told: bool) -> None:
    metadata = {"a": METADATA["a"], "unheard of": METADATA["c"]}
    notes = breakdown(PanelReports((MODEL,), ()), by, metadata, bootstrap=FEW).notes
    assert ("2 of 3 sources have no metadata; they count as unknown" in notes) is told


def test_models_without_a_usable_pair_and_faulty_rows_are_problems() -> None:
    refused = model("silent", source("a", (REFUSED, "")))
    fault = Problem("a place", "a fault")
    result = breakdown(PanelReports((MODEL, refused), (fault,)), "edit", {}, bootstrap=FEW)
    first, second = result.problems
    assert first == fault and "silent: no usable pair" in str(second)


def test_the_family_says_how_many_intervals_there_are() -> None:
    result = breakdown(PanelReports((MODEL,), ()), "edit", {}, bootstrap=FEW)
    # One edit has usable pairs of more than one source, so that both its endpoints have an interval.
    assert [row.n_sources for row in result.rows] == [3, 1, 1, 1]
    assert result.summary["family"]["intervals_of_strata"] == 2
    assert result.summary["family"]["intervals_of_contrasts"] == 0
    assert result.summary["family"]["p_values"].endswith("of the model under one breakdown (model, by)")
    assert [each["of"] for each in result.summary["contrasts"]] == ["edit"] * 12


def _inputs(root: Path, by: str) -> Inputs:
    return Inputs(SimpleNamespace(by=by, bootstrap_iterations=20, seed=None, model="gpt-5.4"), root)


def test_the_command_answers_for_the_model_asked(demo: Path) -> None:
    result = check(_inputs(demo, "sex"))
    assert {row.model for row in result.rows} == {"gpt-5.4"}
    assert {row.by for row in result.rows} == {"sex"}
    assert (result.problems, result.not_checked) == ((), ())


def test_what_is_stated_of_age_twice_must_agree_where_strata_are_by_it(tampering: Tampering) -> None:
    def older(rows: list[dict[str, object]]) -> None:
        rows[0]["source_age"] = 99.0

    tampering.json(layout.PAIRS, older)
    problems = check(_inputs(tampering.root, "age")).problems
    assert problems and all("source_age" in str(each) and layout.PAIRS in str(each) for each in problems)
    assert check(_inputs(tampering.root, "edit")).problems == ()


def test_a_list_that_cannot_be_read_leaves_the_other_uncompared(tampering: Tampering) -> None:
    tampering.text(layout.PAIRS, lambda text: text[: len(text) // 2])
    [said] = check(_inputs(tampering.root, "same-or-cross")).not_checked
    assert said.startswith(f"age and sex of the sources against those in {layout.PAIRS}")
    assert check(_inputs(tampering.root, "dataset")).not_checked == ()


def test_findings_are_strata_of_another_kind(demo: Path) -> None:
    assert {row.to_json()["by"] for row in check(_inputs(demo, "finding")).rows} == {"finding"}
