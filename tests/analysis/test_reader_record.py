"""What the reader study's record says of itself: labels, stated figures and the published erratum, case by case."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.analysis.reader_labels import LabelMatch
from spinefairbench.analysis.reader_record import (
    ReaderLabels,
    StatedFigure,
    erratum_problems,
    find_labels,
    stated_ac1,
)
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.published import Figures
from spinefairbench.errors import BundleError
from tests.conftest import Tampering

SWAP = {"R1": "R2", "R2": "R1", "R3": "R3"}
SAME = {label: label for label in SWAP}


def _match(label_of: dict[str, str] | None, reason: str | None = None, *, contradicted: bool = False) -> LabelMatch:
    return LabelMatch("these", "those", ("q1",), 2, label_of, reason, contradicted)


TOLD, UNTOLD = _match(SAME), _match(None, "two labels have the same answers")
CONTRADICTED = _match(None, "R1 is nearest to R2", contradicted=True)
LABELS = ReaderLabels(_match(SWAP), TOLD, TOLD, 1350, {"R1": 10})


def test_labels_of_a_bundle_are_matched_file_by_file(demo: Path) -> None:
    found = find_labels(open_bundle(demo))
    assert [match.label_of for match in found.matches] == [SWAP, SWAP, SAME]
    assert [(match.questions, match.cases) for match in found.matches] == [
        (("q1", "q2", "q4"), 450),
        (("q4",), 450),
        (("q1", "q2", "q3", "q4"), 10),
    ]
    combined, detectability, repeats = found.matches
    own = "the per-reviewer files"
    assert (combined.file, combined.other) == (own, layout.PAIR_RESULTS.rpartition("/")[2])
    assert (detectability.file, detectability.other) == (own, layout.DETECTABILITY.rpartition("/")[2])
    assert (repeats.file, repeats.other) == (layout.HIDDEN_REPEATS.rpartition("/")[2], own)
    assert (found.main_responses, found.repeats_of_each) == (1350, {"R1": 10, "R2": 10, "R3": 10})
    assert (found.not_told, found.problems) == (None, [])


def test_every_file_that_cannot_be_read_is_told(tampering: Tampering) -> None:
    for relative in (layout.PAIR_RESULTS, layout.DETECTABILITY, layout.HIDDEN_REPEATS):
        tampering.path(relative).unlink()
    with pytest.raises(BundleError) as caught:
        find_labels(open_bundle(tampering.root))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("relative", "lacking"),
    [
        (layout.PAIR_RESULTS, (True, False, False)),
        (layout.DETECTABILITY, (False, True, False)),
        (layout.HIDDEN_REPEATS, (False, False, True)),
    ],
)
def test_a_file_without_pairs_leaves_its_own_match_untold(
    relative: str, lacking: tuple[bool, ...], tampering: Tampering
) -> None:
    tampering.text(relative, lambda text: text.replace("pair_id", "somewhere", 1))
    found = find_labels(open_bundle(tampering.root))
    assert tuple(match.label_of is None for match in found.matches) == lacking
    said = [match.reason for match in found.matches if match.reason is not None]
    assert said == [f"{relative} has no column pair_id"]
    assert found.not_told == (said[0] if lacking[0] else None)


def test_what_contradicts_itself_is_a_problem_and_what_is_not_told_a_reason() -> None:
    both = replace(LABELS, combined=CONTRADICTED, repeats=CONTRADICTED)
    assert [str(problem) for problem in both.problems] == [CONTRADICTED.sentence()] * 2
    assert both.notes == [TOLD.sentence()]
    assert both.not_told is None  # it is a problem already
    # The detectability file is compared case by case elsewhere.
    assert replace(LABELS, detectability=CONTRADICTED).problems == []
    untold = replace(LABELS, combined=UNTOLD)
    assert (untold.not_told, untold.problems) == ("two labels have the same answers", [])
    assert untold.notes == [UNTOLD.sentence(), TOLD.sentence(), TOLD.sentence()]


# --- the stated figure -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "stale"),
    [(0.98, False), (0.979985, False), (0.9799, True), ("0.9800", False), ("0.980", False)],
)
def test_a_figure_is_stale_where_it_is_not_the_one_computed_rounded(number: Any, stale: bool) -> None:
    # The rows give 0.97998...: 0.9800 to four decimals, 0.98 to two.
    [figure] = stated_ac1({"q2_ac1": number}, 0.9799846263682873)
    assert (figure.path, figure.stated, figure.stale) == ("q2_ac1", float(number), stale)
    assert figure.recomputed == 0.9799846263682873


@pytest.mark.parametrize(
    ("report", "paths"),
    [
        ({"agreement": {"preservation": [{"ac1": 0.9}, {"AC1": 0.8}]}}, {"agreement.preservation.0.ac1", "agreement.preservation.1.AC1"}),
        ({"rows": [{"metric": "AC1", "id": "q2", "value": 0.9}]}, {"rows.0.value"}),
        ({"rows": [{"measure": "ac1", "name": "Preservation", "value": ".9"}]}, {"rows.0.value"}),
        ({"q2": {"kappa": 0.9}, "ac1": 0.9}, set()),
        ({"q2_ac1": 2.5}, set()),
        ({"q2_ac1": "about 0.9"}, set()),
        ({"q2_ac1": -0.5}, {"q2_ac1"}),
    ],
)  # fmt: skip
def test_a_figure_is_one_of_q2_and_of_ac1_by_its_keys_or_by_its_object(report: Any, paths: set[str]) -> None:
    assert {figure.path for figure in stated_ac1(report, 0.9)} == paths


def _nested(depth: int) -> Any:
    value: Any = 0.9804
    for _ in range(depth):
        value = [value]
    return {"q2_ac1": value}


def test_a_report_is_looked_through_to_a_depth_of_twenty() -> None:
    assert [len(stated_ac1(_nested(depth), 0.5)) for depth in (19, 20)] == [1, 0]


def test_long_keys_are_shortened() -> None:
    [figure] = stated_ac1({"q2_ac1" + "x" * 100: 0.9}, 0.5)
    assert figure.path == "q2_ac1" + "x" * 54
    assert stated_ac1({"x" * 60 + "q2_ac1": 0.9}, 0.5) == []


def test_nothing_is_compared_with_no_figure() -> None:
    assert stated_ac1({"q2_ac1": 0.9}, None) == []


def test_the_note_has_both_figures() -> None:
    assert StatedFigure("a.b", 0.9804, 0.97998, stale=True).note == (
        f"{layout.VALIDATION_REPORT}: a.b says 0.9804, which is stale: the rows give 0.97998 "
        "(no failure: nothing was computed from it)"
    )


# --- the erratum -----------------------------------------------------------------------------------------------

ERRATUM: Mapping[str, Any] = {
    "combined_main_responses": 1350,
    "per_reviewer_events": 1380,
    "combined_label_of": SWAP,
    "stale_q2_gwet_ac1": 0.9804,
}
STALE = StatedFigure("q2_ac1", 0.9804, 0.97998, stale=True)


def _problems(labels: ReaderLabels, stated: list[StatedFigure], events: int = 1380) -> list[str]:
    return [str(problem) for problem in erratum_problems(Figures(ERRATUM), labels, stated, events)]


def test_the_erratum_as_published_is_no_problem() -> None:
    assert _problems(LABELS, [STALE, replace(STALE, path="other", stated=0.5, stale=False)]) == []


def test_each_part_of_the_erratum_is_compared() -> None:
    [answers] = _problems(replace(LABELS, main_responses=1349), [])
    assert answers == f"{layout.PAIR_RESULTS}: combined_main_responses is 1349; the published value is 1350"
    assert _problems(LABELS, [], 1379) == ["per_reviewer_events is 1379; the published value is 1380"]
    [labels] = _problems(replace(LABELS, combined=TOLD), [])
    assert labels.startswith("reader labels: what the labels of the per-reviewer files are in ")
    assert f"is {SAME}; the published value is {SWAP}" in labels
    [stale] = _problems(LABELS, [replace(STALE, stated=0.98)])
    assert stale == f"{layout.VALIDATION_REPORT}: q2_ac1 is 0.98; the published value is 0.9804"


def test_hidden_repeats_have_the_labels_of_the_readers_own_files() -> None:
    [said] = _problems(replace(LABELS, repeats=_match(SWAP)), [])
    assert said.startswith("reader labels: the hidden repeats have other labels than the per-reviewer files ")
    assert str(SWAP) in said


def test_labels_that_were_not_told_are_not_compared() -> None:
    assert _problems(replace(LABELS, combined=UNTOLD, repeats=UNTOLD), []) == []
