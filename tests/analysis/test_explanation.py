"""explain: every term and cue with its place and reading, and the steps to the report's class."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.explanation import CUE_KINDS, ExplainedMatch, explain_pair, explain_text
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_MATCHER
from spinefairbench.metrics.recommendation import RECOMMENDATION_MATCHER
from spinefairbench.metrics.refusal_detector import classify_response
from spinefairbench.render.explanation import explanation_lines
from tests import ROOT
from tests.conftest import Run

# Words that meet in cues, terms and triggers, so that drawn texts hold many matches inside one another.
WORDS = st.sampled_from(
    [
        "no", "evidence of", "fracture", "fractures", "compression fracture", "normal", "recommend", "surgical hardware",
        "MRI", "I am unable to", "I cannot", "interpret", "image", "findings:", "a radiologist might", "could include",
        "\n", ". ", ", ", "x", "K", "\u0130", "mild", "may", "cannot exclude",
    ]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=25).map(" ".join) | st.text(max_size=60)


def of_kind(matches: tuple[ExplainedMatch, ...], *kinds: str) -> list[tuple[str, str, bool]]:
    return [(match.text, match.reading or "", match.counted) for match in matches if match.kind in kinds]


def test_terms_have_their_reading_and_whether_the_score_counts_them() -> None:
    explained = explain_text(
        "No evidence of fracture.\nMild narrowing; cannot exclude osteophytes. Fractures. MRI is advised."
    )
    assert of_kind(explained.matches, "diagnostic") == [
        ("fracture", "negated", True),
        ("osteophytes", "uncertain", True),
        ("Fractures", "affirmed", False),
    ]
    assert of_kind(explained.matches, "recommendation") == [("MRI", "recommended", True)]
    assert of_kind(explained.matches, "severity", "hedging") == [("Mild", "", True), ("cannot exclude", "", True)]
    assert explained.summary["diagnostic_labels"] == ["Osteophytes", "Fracture"]
    mild = next(match for match in explained.matches if match.kind == "severity")
    assert (mild.line, mild.column, mild.start) == (2, 1, 25)


@given(TEXTS)
def test_every_match_stands_where_it_says_and_frozen_categories_are_all_there(text: str) -> None:
    explained = explain_text(text)
    lines = text.split("\n")
    for match in explained.matches:
        assert text[match.start : match.end] == match.text
        assert lines[match.line - 1][match.column - 1 :].startswith(match.text.split("\n")[0])
    counted = {match.category for match in explained.matches if match.counted and match.kind not in CUE_KINDS}
    assert counted >= DIAGNOSTIC_MATCHER.categories(text) | RECOMMENDATION_MATCHER.categories(text)
    assert [match.number for match in explained.matches] == list(range(1, len(explained.matches) + 1))


@given(TEXTS)
def test_the_steps_lead_to_the_class_that_the_detector_gives(text: str) -> None:
    explained = explain_text(text)
    assert explained.features.response_class.value == classify_response(text).value
    kinds = {match.kind for match in explained.matches if match.kind in CUE_KINDS}
    if not text or text.isspace():
        expected = "full_refusal"
    elif "refusal" not in kinds or "clinical" in kinds:
        expected = "genuine"
    else:
        expected = "partial_refusal" if "hedged" in kinds else "full_refusal"
    assert explained.features.response_class.value == expected
    assert expected.replace("_", " ") in explained.steps[-1]


STEPS = {
    " \n": ["the text is blank: a blank report is a full refusal"],
    "Normal.": [
        "the text is not blank",
        "refusal cues: none; a report without one is genuine",
        "the report is genuine",
    ],
    "I am unable to help.": [
        "the text is not blank",
        'refusal cues: no. 1 at line 1, column 1 ("I am unable to"); the report may be a refusal',
        "clinical cues: none; the report is a refusal, full or partial",
        "hedged cues: none; a refusal without one is a full refusal",
        "the report is full refusal",
    ],
    "I am unable to help.\nIt might include a break.": [
        "the text is not blank",
        'refusal cues: no. 1 at line 1, column 1 ("I am unable to"); the report may be a refusal',
        "clinical cues: none; the report is a refusal, full or partial",
        'hedged cues: no. 4 at line 2, column 4 ("might include"); a refusal with one is a partial refusal',
        "the report is partial refusal",
    ],
    "It might include a break. I see nothing.": [
        "the text is not blank",
        "refusal cues: none; a report without one is genuine",
        "clinical cues: 1 in the text, not examined: the class was already decided",
        "hedged cues: 1 in the text, not examined: the class was already decided",
        "the report is genuine",
    ],
}


@pytest.mark.parametrize("text", STEPS)
def test_the_steps_are_told_in_order(text: str) -> None:
    assert list(explain_text(text).steps) == STEPS[text]


def test_a_cue_that_had_no_say_is_marked_as_not_counted() -> None:
    matches = explain_text("It might include a break. I see nothing.").matches
    assert {(match.kind, match.counted) for match in matches if match.kind in CUE_KINDS} == {
        ("hedged", False),
        ("clinical", False),
    }


def without_marks(lines: list[str]) -> str:
    return re.sub(r"\[\d+:|\]", "", "\n".join(lines))


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_marks_and_colours_are_added_to_the_text_and_change_nothing_in_it(text: str) -> None:
    explained = explain_text(text)
    plain = explanation_lines(explained, colour=False)
    painted = explanation_lines(explained, colour=True)
    shown = [line.replace("\\u0130", "\u0130") for line in plain[1 : 2 + text.count("\n")]]
    assert without_marks(shown) == text
    uncoloured = [re.sub("\x1b\\[[0-9]*m", "", line) for line in painted]
    assert uncoloured[: len(plain)] == plain
    for line in painted:
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")


def test_what_would_steer_a_terminal_is_shown_and_not_obeyed() -> None:
    for colour in (False, True):
        lines = explanation_lines(explain_text("\x1b[2Jfracture\r\x07\u202e"), colour=colour)
        assert "\\x1b[2J" in lines[1]
        assert not {"\r", "\x07", "\u202e"} & set("".join(lines))


def test_a_pair_tells_what_was_added_and_lost() -> None:
    result = explain_pair(
        explain_text("Fracture. MRI.", "source"), explain_text("Osteophyte. Surgery, MRI.", "counterfactual")
    )
    assert result.summary["diagnostic_labels_added"] == ["Osteophytes"]
    assert result.summary["diagnostic_labels_lost"] == ["Fracture"]
    assert result.summary["recommendations_added"] == ["surgery"]
    assert result.summary["recommendations_lost"] == []
    assert result.summary["recommendation_changed"] == 1
    assert {row.report for row in result.rows} == {"source", "counterfactual"}


def test_the_command_explains_a_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("\ufeffNo fracture.", encoding="utf-8")
    done = run("explain", file, "--format", "json")
    assert done.status == 0
    value = done.json
    assert [(row["term"], row["start"], row["reading"]) for row in value["results"]] == [("fracture", 4, "negated")]
    assert value["results"][0]["column"] == 4
    assert file.read_text(encoding="utf-8")[4:12] == "fracture"
    assert value["summary"]["reports"][0]["steps"][-1] == "the report is genuine"
    assert "No [1:fracture]." in run("explain", file).out


def test_the_command_explains_a_pair_of_a_bundle(run: Run, demo: Path) -> None:
    asked = ("explain", "--model", "radfm", "--artifacts", demo, "--format", "json")
    done = run(*asked)
    assert done.status == 0
    value = done.json
    assert [report["report"] for report in value["summary"]["reports"]] == ["source", "counterfactual"]
    assert run(*asked, "--pair", value["summary"]["pair_id"]).json["results"] == value["results"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give either one text"),
        (["x", "--model", "m"], "give either one text"),
        (["/nowhere/at/all"], "no such file"),
        (["."], "it is a folder"),
        (["a\0b"], "not a usable path"),
    ],
)
def test_what_cannot_be_explained_is_told(run: Run, arguments: list[str], said: str) -> None:
    done = run("explain", *arguments, "--format", "json")
    assert done.status == 2
    assert said in done.json["problems"][0]


def test_a_file_that_is_no_text_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"caf\xe9")
    assert "not UTF-8 at byte 3" in run("explain", file, "--format", "json").json["problems"][0]
    file.write_bytes(b"x" * (16 * 1024 * 1024 + 1))
    assert "expected one report" in run("explain", file, "--format", "json").json["problems"][0]


def on_a_terminal(arguments: list[str], **environment: str) -> str:
    """What a command writes where its standard output is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "reviewer_verify.py", "explain", *arguments]
    given = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"} | environment
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=subprocess.PIPE, env=given) as process:
        os.close(theirs)
        pieces = []
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the terminal is gone with its last writer
                break
            if not piece:
                break
            pieces.append(piece)
        assert process.wait() == 0
        assert process.stderr is not None and process.stderr.read() == b""
    os.close(ours)
    return b"".join(pieces).decode()


def test_colours_are_for_a_terminal_alone(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("No fracture.", encoding="utf-8")
    assert "\x1b[31mfracture\x1b[0m" in on_a_terminal([str(file)])
    assert "\x1b" not in on_a_terminal([str(file)], NO_COLOR="1")
    assert "\x1b" not in on_a_terminal([str(file)], TERM="dumb")
    assert "\x1b" not in on_a_terminal([str(file), "--format", "markdown"])
    piped = subprocess.run(
        [sys.executable, "reviewer_verify.py", "explain", "-"],
        cwd=ROOT, input=b"No fracture.", capture_output=True, check=True,
    )  # fmt: skip
    assert b"\x1b" not in piped.stdout
    assert b"No [1:fracture]." in piped.stdout
