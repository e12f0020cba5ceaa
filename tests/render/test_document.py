"""Whatever the format, a reader learns what was found, what was not checked, and that a bundle is a demo."""

import csv
import io
import json
from pathlib import Path

import pytest

from spinefairbench.analysis.result import CheckResult
from spinefairbench.render.document import Document, csv_table, json_envelope, markdown, text
from spinefairbench.render.formats import FORMATS
from tests.conftest import Ran, Run

FULL = CheckResult(
    rows=({"model": "m", "rate": 0.123456789, "ci95": (0.25, 0.5)},),
    summary={"median": 0.75, "table": [{"key": "value of the table"}], "paragraph": "a paragraph to quote"},
    problems=("a value is off",),
    notes=("a note on the rows",),
    not_checked=("what was left out",),
    closing=("a paragraph to quote",),
)
MUST_KNOW = ("DEMO", "not checked: what was left out", "a note on the rows", "a value is off")


def shown(result: CheckResult, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> Ran:
    """What a command prints of a result on a demo bundle."""
    monkeypatch.setattr("spinefairbench.analysis.both_empty.both_empty_diagnostic", lambda *_, **__: result)
    return run("both-empty-diagnostic", "--artifacts", demo, *options)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_carries_what_no_reader_may_miss(
    name: str, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shown(FULL, run, demo, monkeypatch, "--format", name)
    assert done.status == 1
    # "bundle": "demo" and "not_checked" are how JSON says it.
    said = done.out.replace('"bundle": "demo"', "DEMO").replace('"not_checked": [\n  "', "not checked: ") + done.err
    assert [words for words in MUST_KNOW if words not in said] == []
    assert "0.12" in done.out
    assert "a value is off" in done.err


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_is_declared_to_carry_is_in_its_output(
    name: str, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = shown(FULL, run, demo, monkeypatch, "--format", name)
    declared = FORMATS[name]
    assert ("a note on the rows" in done.out, "what was left out" in done.out) == (declared.with_remarks,) * 2
    assert ("demo" in done.out.lower()) == declared.with_remarks
    assert ("note: a note on the rows" in done.err) != declared.with_remarks
    assert ("a value is off" in done.out) == declared.with_problems
    refused = run("both-empty-diagnostic", "--model", "nobody", "--artifacts", demo, "--format", name)
    assert (refused.status, "nobody" in refused.err) == (2, True)
    assert ("nobody" in refused.out) == declared.with_problems


@pytest.mark.parametrize("name", FORMATS)
def test_quiet_leaves_problems(name: str, run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = shown(FULL, run, demo, monkeypatch, "--format", name, "--quiet")
    assert done.err == "a value is off\n"
    assert (done.out == "") == (name == "text")


def document(result: CheckResult, bundle: str | None = "demo") -> Document:
    return Document("command", bundle, result)


def test_text_rounds_and_json_and_csv_do_not() -> None:
    assert "0.123" in text(document(FULL)) and "0.1234" not in text(document(FULL))
    assert json.loads(json_envelope(document(FULL)))["results"] == [
        {"model": "m", "rate": 0.123456789, "ci95": [0.25, 0.5]}
    ]
    [row] = csv.DictReader(io.StringIO(csv_table(document(FULL))))
    assert row == {"model": "m", "rate": "0.123456789", "ci95.lower": "0.25", "ci95.upper": "0.5"}


def test_the_summary_of_text_and_markdown_has_lines_and_tables_and_no_paragraph_twice() -> None:
    for render in (text, markdown):
        shown_text = render(document(FULL))
        assert "median: 0.750" in shown_text
        assert "value of the table" in shown_text
        assert shown_text.count("a paragraph to quote") == 1
    long = CheckResult(summary={"table": [{"key": f"row {number}"} for number in range(91)]})
    assert "91 rows, too many to show here" in text(document(long))
    assert "row 90" in json_envelope(document(long))


def test_a_p_value_below_the_smallest_that_is_told_is_shown_so_in_text_only() -> None:
    row = {"model": "m", "p_value": 0.0004, "sign_flip": {"p_holm": 0.001}, "share": 0.0004}
    document = Document("x", None, CheckResult((row,), {"floor": {"p_value": 0.0, "F": 0.0}}))
    assert "<0.001" in text(document).splitlines()[3].split()
    assert "p_holm: 0.001" in text(document)
    assert "0.000" in text(document).splitlines()[3].split()
    assert "floor: p_value: <0.001, F: 0.000" in text(document)
    assert "\\<0.001" in markdown(document)
    assert "0.0004" in json_envelope(document)
    assert "0.0004" in csv_table(document)


def test_the_verdict_counts_problems() -> None:
    assert text(document(CheckResult())).endswith("command: OK (DEMO bundle)\n")
    assert text(document(FULL, None)).endswith("command: FAILED (1 problem, on stderr)\n")
    broken = CheckResult(errors=("one", "two"))
    assert text(document(broken, None)).endswith(
        "command: ERROR (2 problems, on stderr; input was missing or unreadable)\n"
    )


def test_text_that_could_steer_a_terminal_or_become_markup_is_escaped() -> None:
    hostile = CheckResult(({"model": "a\x1b[31m|b"},), notes=("<b>\x07",))
    assert "\x1b" not in text(document(hostile)) + markdown(document(hostile))
    assert r"\\x1b[31m\|b" in markdown(document(hostile))
    assert r"\<b>" in markdown(document(hostile))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_text_of_a_csv_file_is_a_formula(begins: str) -> None:
    table = csv_table(document(CheckResult(({"model": f"{begins}1+1", "value": -0.5},))))
    [row] = csv.DictReader(io.StringIO(table))
    assert (row["model"][0], row["value"]) == ("'", "-0.5")


@pytest.mark.parametrize(
    ("given", "shown"),
    [("![x](https://a.b/c.png)", r"![x\](https\://a.b/c.png)"), ("[a][b]", r"[a\][b]"), ("[a]: b", r"[a\]: b"),
     ("HTTP://a.b", r"HTTP\://a.b"), ("www.a.b", r"www\.a.b"), ("mailto:a@b.c", r"mailto\:a\@b.c"),
     ("[0.1, 0.2]", "[0.1, 0.2]"), ("note: so. Yes", "note: so. Yes")],
)  # fmt: skip
def test_no_text_of_markdown_is_a_link_or_an_image(given: str, shown: str) -> None:
    lines = markdown(document(CheckResult(({"model": given},), notes=(given,)))).splitlines()
    assert f"| {shown} |" in lines
    assert f"- note: {shown}" in lines
