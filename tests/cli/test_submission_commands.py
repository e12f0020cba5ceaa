"""submission init, check, convert, merge and schema: what a model author gets, and what is refused with its place."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.bundle.artifacts import Bundle, open_bundle
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.files import line_stream
from spinefairbench.release import report_rows
from spinefairbench.release.blank_reports import blank_advice
from spinefairbench.release.schema import SUBMISSION_SCHEMAS, schema_problems
from tests.conftest import Run
from tests.release.runners.results import DATA
from tests.submissions import submission

Rows = list[dict[str, Any]]
Answer = tuple[int, dict[str, Any]]
Ask = Callable[..., Answer]

MODEL = ("--scope", "common-core-1000", "--model-name", "a model")


@pytest.fixture(scope="module")
def bundle(demo: Path) -> Bundle:
    return open_bundle(demo)


@pytest.fixture
def ask(run: Run, demo: Path) -> Ask:
    """Runs a command on the demo bundle; its exit status and its JSON."""

    def call(*arguments: object) -> Answer:
        done = run(*arguments, "--artifacts", demo, "--format", "json")
        answer = done.json
        assert (done.status == 0) == (answer["status"] == "ok")
        return done.status, answer

    return call


def wide(pairs: list[str]) -> Rows:
    return [
        {"pair_id": pair, "source_report": f"Normal {pair}.", "counterfactual_report": f"Fracture {pair}. MRI."}
        for pair in pairs
    ]


def long(pairs: list[str]) -> Rows:
    return [
        {"pair_id": row["pair_id"], "role": role, "report": row[f"{role}_report"]}
        for row in wide(pairs)
        for role in ("source", "counterfactual")
    ]


def json_lines(rows: Rows) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def as_csv(rows: Rows, delimiter: str = ",", columns: tuple[str, ...] = ()) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or tuple(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def converted(ask: Ask, folder: Path, text: str | bytes, name: str = "in.jsonl", *more: str) -> Answer:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return ask("submission", "convert", file, *MODEL, "--output", folder / "out.json", *more)


def results(folder: Path) -> Rows:
    rows: Rows = json.loads((folder / "out.json").read_text(encoding="utf-8"))["results"]
    return rows


# --- init ------------------------------------------------------------------------------------------------------


def test_a_json_skeleton_has_every_pair_of_the_scope_and_passes_the_schema_but_for_its_blank_reports(
    ask: Ask, tmp_path: Path, core_pairs: list[str], bundle: Bundle
) -> None:
    status, answer = ask("submission", "init", *MODEL, "--model-version", "7", "--output", tmp_path / "s.json")
    assert status == 0
    assert answer["results"][0]["pairs"] == len(core_pairs)
    value = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))
    assert [row["pair_id"] for row in value["results"]] == core_pairs
    assert value["model"] == {"name": "a model", "version": "7"}
    problems = schema_problems(value, SUBMISSION_SCHEMAS[value["schema_version"]])
    assert len(problems) == 2 * len(core_pairs)
    assert all(str(problem).endswith("_report: blank; expected a text") for problem in problems)
    for row in value["results"]:
        assert bundle.exists(row["metadata"]["counterfactual_image"])
        assert row["metadata"]["user_prompt"].startswith("Demo prompt")


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_skeleton_of_rows_that_is_filled_in_converts_with_its_own_columns(
    ask: Ask, tmp_path: Path, core_pairs: list[str], suffix: str
) -> None:
    todo = tmp_path / f"todo.{suffix}"
    assert ask("submission", "init", *MODEL, "--output", todo)[0] == 0
    with todo.open(encoding="utf-8", newline="") as handle:
        rows: Rows = list(csv.DictReader(handle)) if suffix == "csv" else [json.loads(line) for line in handle]
    assert [row["pair_id"] for row in rows] == core_pairs
    for row in rows:
        row |= {"source_report": "Normal.", "counterfactual_report": "Fracture."}
    text = as_csv(rows) if suffix == "csv" else json_lines(rows)
    assert converted(ask, tmp_path, text, f"filled.{suffix}")[0] == 0
    assert [row["pair_id"] for row in results(tmp_path)] == core_pairs


def test_a_toy_skeleton_has_a_few_pairs(ask: Ask, tmp_path: Path) -> None:
    status, answer = ask("submission", "init", "--scope", "toy", "--model-name", "m", "--output", tmp_path / "s.csv")
    assert (status, answer["results"][0]["pairs"]) == (0, 5)


def test_a_file_that_is_there_is_not_replaced_unless_that_is_asked_for(ask: Ask, tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    file.write_text("mine", encoding="utf-8")
    status, answer = ask("submission", "init", *MODEL, "--output", file)
    assert status == 2
    assert "already exists; use --force to overwrite" in answer["problems"][0]
    assert file.read_text(encoding="utf-8") == "mine"
    assert ask("submission", "init", *MODEL, "--output", file, "--force")[0] == 0
    assert file.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("name", ["s.txt", "s"])
def test_an_output_name_that_tells_no_format_is_asked_about(ask: Ask, tmp_path: Path, name: str) -> None:
    status, answer = ask("submission", "init", *MODEL, "--output", tmp_path / name)
    assert status == 2
    assert "--as" in answer["problems"][0]
    assert ask("submission", "init", *MODEL, "--output", tmp_path / name, "--as", "csv")[0] == 0


# --- convert ---------------------------------------------------------------------------------------------------


def variants(pairs: list[str]) -> dict[str, tuple[str, bytes]]:
    rows = wide(pairs)
    plain = {
        "wide.jsonl": json_lines(rows),
        "long.jsonl": json_lines(long(pairs)),
        "list.json": json.dumps(rows),
        "wide.csv": as_csv(rows),
        "semicolon.csv": as_csv(rows, ";"),
        "tab.tsv": as_csv(rows, "\t"),
        "long.csv": as_csv(long(pairs)),
        "reordered.csv": as_csv(rows[::-1], columns=("counterfactual_report", "pair_id", "source_report")),
        "spaced.csv": as_csv(rows).replace(",", ", "),
        "bom.csv": "\ufeff" + as_csv(rows),
        "bom.jsonl": "\ufeff" + json_lines(rows),
        "unnamed": json_lines(rows),
        "blank_lines.jsonl": "\n\n" + json_lines(rows).replace("\n", "\n\n"),
        "generated.csv": as_csv(long(pairs)).replace(",counterfactual,", ",generated,"),
    }
    files = {name: (name, text.encode()) for name, text in plain.items()}
    files |= {f"{name}.gz": (f"{name}.gz", gzip.compress(text.encode())) for name, text in plain.items()}
    files["gzip under another name"] = ("wide2.csv", gzip.compress(plain["wide.csv"].encode()))
    return files


def test_every_layout_and_packing_gives_the_same_submission(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    for name, data in variants(core_pairs).values():
        status, answer = converted(ask, tmp_path, data, name, "--force")
        assert status == 0, (name, answer["problems"])
        assert results(tmp_path) == wide(core_pairs), name


def test_standard_input_is_read_where_no_file_is_named(
    ask: Ask, tmp_path: Path, core_pairs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for data in (json_lines(wide(core_pairs)).encode(), gzip.compress(as_csv(wide(core_pairs)).encode())):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        status, answer = ask("submission", "convert", *MODEL, "--output", tmp_path / "out.json", "--force")
        assert status == 0
        assert answer["notes"][0].startswith("standard input: read as ")
        assert results(tmp_path) == wide(core_pairs)


def test_standard_input_named_twice_is_empty_the_second_time(
    ask: Ask, tmp_path: Path, core_pairs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json_lines(wide(core_pairs)).encode())))
    status, answer = ask("submission", "convert", "-", "-", *MODEL, "--output", tmp_path / "out.json")
    assert status == 2
    assert answer["problems"] == ["standard input: empty; expected a header and rows"]


def test_a_first_row_longer_than_a_pipe_holds_is_still_a_row(
    ask: Ask, tmp_path: Path, core_pairs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = wide(core_pairs)
    rows[0]["source_report"] = "Normal. " * 100_000
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json_lines(rows).encode())))
    assert ask("submission", "convert", *MODEL, "--output", tmp_path / "out.json")[0] == 0
    assert results(tmp_path) == rows


def test_the_delimiter_that_was_guessed_is_said(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    for delimiter, word in ((",", "comma"), (";", "semicolon"), ("\t", "tab")):
        _, answer = converted(ask, tmp_path, as_csv(wide(core_pairs), delimiter), "in.csv", "--force")
        assert f"CSV, {word}-separated" in answer["notes"][0]


def test_line_breaks_quotes_and_delimiters_within_a_report_are_kept(
    ask: Ask, tmp_path: Path, core_pairs: list[str]
) -> None:
    rows = wide(core_pairs)
    rows[0]["source_report"] = 'Findings:\nnormal, "stable"; \tend\r\nof it\n'
    rows[1]["counterfactual_report"] = "x" * 300_000
    assert converted(ask, tmp_path, as_csv(rows), "in.csv")[0] == 0
    assert results(tmp_path) == rows


def test_two_files_are_joined_by_pair(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    both = long(core_pairs)
    for role in ("source", "counterfactual"):
        (tmp_path / f"{role}.jsonl").write_text(
            json_lines([row for row in both if row["role"] == role]), encoding="utf-8"
        )
    files = (tmp_path / "source.jsonl", tmp_path / "counterfactual.jsonl")
    assert ask("submission", "convert", *files, *MODEL, "--output", tmp_path / "out.json")[0] == 0
    assert results(tmp_path) == wide(core_pairs)


def test_a_part_is_converted_and_what_is_missing_said(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    status, answer = converted(ask, tmp_path, json_lines(wide(core_pairs[:2])))
    assert (status, answer["results"][0]["missing_pairs"]) == (0, len(core_pairs) - 2)
    assert any("still missing" in note for note in answer["notes"])


def test_columns_that_a_submission_does_not_have_are_left_out_on_request_only(
    ask: Ask, tmp_path: Path, core_pairs: list[str]
) -> None:
    rows = [{**row, "tokens": 7, "latency": 1.5} for row in wide(core_pairs)]
    for name, text in (("in.jsonl", json_lines(rows)), ("in.csv", as_csv(rows))):
        status, answer = converted(ask, tmp_path, text, name, "--force")
        assert status == 2
        assert "unknown 'latency', 'tokens'" in answer["problems"][0]
        status, answer = converted(ask, tmp_path, text, name, "--ignore-extra", "--force")
        assert (status, answer["notes"][-1].split(": ")[1]) == (0, "latency, tokens")
        assert results(tmp_path) == wide(core_pairs)


def changed(rows: Rows, index: int, **fields: Any) -> Rows:
    return [{**row, **fields} if i == index else row for i, row in enumerate(rows)]


def without(rows: Rows, index: int, key: str) -> Rows:
    return [{k: v for k, v in row.items() if not (i == index and k == key)} for i, row in enumerate(rows)]


FAULTS: dict[str, tuple[Callable[[Rows, Rows], Rows], str]] = {
    "unknown pair": (
        lambda w, _: changed(w, 1, pair_id="nobody__young_male"),
        "line 2: unknown pair 'nobody__young_male'",
    ),
    "pair that is no text": (lambda w, _: changed(w, 1, pair_id=["x"]), "line 2: unknown pair ['x']"),
    "blank report": (lambda w, _: changed(w, 0, source_report=" \n"), "line 1: the source report of"),
    "report that is no text": (lambda w, _: changed(w, 0, source_report=4), "expected a text, found 4"),
    "missing field": (
        lambda w, _: without(w, 2, "source_report"),
        "line 3: source_report is missing beside counterfactual",
    ),
    "no pair": (lambda w, _: without(w, 2, "pair_id"), "line 3: pair_id is missing"),
    "no reports": (lambda w, _: [{"pair_id": w[0]["pair_id"]}], "line 1: no reports"),
    "same pair, another text": (
        lambda w, _: [*w, {**w[0], "source_report": "Other."}],
        "(another text); the first is at",
    ),
    "same pair, same text": (lambda w, _: [*w, w[0]], "(the same text); the first is at"),
    "both layouts in a row": (lambda w, _: changed(w, 0, role="source"), "line 1: source_report and role in one row"),
    "both layouts in a file": (
        lambda w, lo: [*w[:2], *lo[4:]],
        "line 3: a long row; the first row of this file is wide",
    ),
    "unknown role": (lambda _, lo: changed(lo, 1, role="edited"), "line 2: role: expected source or counterfactual"),
    "role that is no text": (lambda _, lo: changed(lo, 1, role={}), "line 2: role: expected source or counterfactual"),
    "mixed roles": (lambda _, lo: changed(lo, 1, role="generated"), "mixed roles"),
    "missing side": (lambda _, lo: lo[1:], "the source report is missing; the counterfactual report is at"),
    "another source": (
        lambda w, _: changed(w, 0, source_id="nobody"),
        "line 1: source_id is 'nobody'; the pair_id says",
    ),
    "another edit": (lambda w, _: changed(w, 0, edit_label="older"), "line 1: edit_label is 'older'; the pair_id says"),
    "metadata that is no object": (lambda w, _: changed(w, 0, metadata=[1]), "metadata: expected an object"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_rows_that_do_not_fit_are_refused_with_their_line_and_nothing_is_written(
    ask: Ask, tmp_path: Path, core_pairs: list[str], name: str
) -> None:
    fault, said = FAULTS[name]
    status, answer = converted(ask, tmp_path, json_lines(fault(wide(core_pairs), long(core_pairs))))
    assert status == 2
    assert any(said in problem for problem in answer["problems"]), answer["problems"]
    assert not (tmp_path / "out.json").exists()


def test_all_faults_are_told_and_not_the_first(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    rows = changed(changed(wide(core_pairs), 0, source_report=""), 2, pair_id="x")
    text = json_lines(rows) + "not json\n" + '{"a": 1, "a": 2}\n' + "[1]\n"
    _, answer = converted(ask, tmp_path, text)
    *told, advice = answer["problems"]
    assert "--blank-as-refusal" in advice
    places = [problem.split(": ")[1] for problem in told]
    count = len(rows)
    assert places == ["line 1", "line 3", f"line {count + 1}", f"line {count + 2}", f"line {count + 3}"]


def test_a_pair_outside_the_scope_is_refused(ask: Ask, tmp_path: Path, bundle: Bundle, core_pairs: list[str]) -> None:
    everything = scope_pairs(bundle, "qc-passed")
    assert everything is not None
    outside = min(everything - set(core_pairs))
    _, answer = converted(ask, tmp_path, json_lines(wide([outside])))
    assert answer["problems"] == [f"{tmp_path / 'in.jsonl'}: line 1: {outside} is outside the scope common-core-1000"]


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "blank": (b"\n \n", "empty"),
    "no pair column": (
        b"a,b\n1,2\n",
        "line 1: the header lacks pair_id (tried comma, semicolon and tab); found 'a', 'b'",
    ),
    "missing column": (
        b"pair_id,source_report\nx,y\n",
        "the header: counterfactual_report is missing beside source_report",
    ),
    "extra column": (b"pair_id,role,report,tokens\nx,source,y,7\n", "the header: unknown 'tokens'"),
    "column twice": (b"pair_id,report,report,role\n", "the column 'report' is repeated"),
    "too many cells": (b"pair_id,role,report\nx,source,y,z\n", "line 2: 4 cells; the header has 3"),
    "open quote": (b'pair_id,role,report\n\nx,source,"y\nz\n', "line 3: not CSV from here on"),
    "text after a quote": (b'pair_id,role,report\nx,source,"y"z\n', "line 2: not CSV from here on"),
    "header alone": (b"pair_id,role,report\n", "no rows"),
    "latin-1": ("pair_id,role,report\nx,source,caf\xe9 au\n".encode("latin-1"), "line 2: not UTF-8 at byte 13"),
    "utf-16": ("pair_id,role,report\n".encode("utf-16"), "looks like UTF-16"),
    "utf-16 without mark": ("pair_id,role,report\n".encode("utf-16-le"), "looks like UTF-16"),
    "cut gzip": (gzip.compress(b"pair_id,role,report\n" * 1000)[:-20], "the gzip data is cut off"),
    "damaged gzip": (gzip.compress(b"pair_id,role,report\n")[:-8] + b"00000000", "the gzip data is damaged"),
    "workbook": (b"PK\x03\x04\x14\0\6\0[Content_Types].xml", "an Excel workbook (.xlsx)"),
    "zipped log": (b"PK\x03\x04\x14\0\0\0_journal/start.json", "inspect log convert --to json"),
    "pickle": (b"\x80\x04\x95\x10", "a Python pickle, which is never read"),
    "gzip in gzip": (gzip.compress(gzip.compress(b"pair_id,role,report\n")), "compressed twice"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_what_it_should_be_is_told_as_one_sentence(ask: Ask, tmp_path: Path, name: str) -> None:
    data, said = FILES[name]
    status, answer = converted(ask, tmp_path, data, "in.csv")
    assert status == 2
    assert any(said in problem for problem in answer["problems"]), answer["problems"]
    assert not (tmp_path / "out.json").exists()


def test_files_that_cannot_be_opened_are_each_told(ask: Ask, tmp_path: Path) -> None:
    status, answer = ask(
        "submission", "convert", tmp_path, tmp_path / "none", "a\0b", *MODEL, "--output", tmp_path / "o"
    )
    assert status == 2
    assert [problem.rsplit(": ", 1)[1] for problem in answer["problems"]] == [
        "it is a folder",
        "no such file",
        "not a usable path",
    ]


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.json"])
def test_rows_without_a_pair_do_not_pass(run: Run, demo: Path, tmp_path: Path, name: str) -> None:
    text = {"rows.csv": "pair_id,source_report,counterfactual_report\n", "rows.jsonl": "", "rows.json": "[]"}[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("submission", "check", tmp_path / name, "--artifacts", demo, "--scope", "toy")
    assert (done.status, done.err) == (1, f"{tmp_path / name}: no pair has both reports\n")


def test_a_submission_in_which_every_pair_is_refused_does_not_pass_and_has_no_score(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    rows = [{**row, "source_report": "I am unable to help."} for row in wide(core_pairs[:3])]
    (tmp_path / "s.json").write_text(json.dumps(submission(rows, scope="toy")), encoding="utf-8")
    checked = run("submission", "check", tmp_path / "s.json", "--artifacts", demo)
    assert (checked.status, "no usable pair is left" in checked.err) == (1, True)
    scored = run("score", "--submission", tmp_path / "s.json", "--output", tmp_path / "o.json", "--artifacts", demo)
    assert (scored.status, "no usable pair is left" in scored.err) == (2, True)


def test_a_submission_given_for_rows_is_recognised(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    for indent in (None, 1):
        text = json.dumps(submission(wide(core_pairs)), indent=indent)
        for name in ("in.json", "unnamed"):
            status, answer = converted(ask, tmp_path, text, name)
            assert status == 2
            assert "one JSON object (a submission?)" in answer["problems"][0]


def test_a_decompression_bomb_is_not_unpacked(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_stream, "_BOMB_BYTES", 1024 * 1024)
    header = b"pair_id,role,report\n"
    for filling in (b"\n", b"x,source,y\n", b"x"):
        _, answer = converted(
            ask, tmp_path, gzip.compress(header + filling * (8 * 1024 * 1024 // len(filling))), "in.csv.gz"
        )
        assert "decompression bomb" in answer["problems"][-1] or "more than 10,000 problems" in answer["problems"][-1]
        assert len(answer["problems"]) <= report_rows.MAX_PROBLEMS + 5


def test_a_line_without_end_is_not_read_whole(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (line_stream, report_rows):
        monkeypatch.setattr(module, "MAX_LINE_BYTES", 1000)
    for name, text in (("in.jsonl", '{"pair_id": "' + "x" * 5000), ("in.csv", 'pair_id,role,report\n"' + "x" * 5000)):
        _, answer = converted(ask, tmp_path, text, name)
        assert "longer than 1,000 bytes" in answer["problems"][0]
    _, answer = converted(ask, tmp_path, 'pair_id,role,report\n"' + "x\n" * 5000, "in.csv")
    assert "not CSV from here on: field larger than field limit" in answer["problems"][0]


@given(st.binary(max_size=200), st.sampled_from(["x.csv", "x.jsonl", "x.json", "x"]))
def test_bytes_of_any_kind_never_end_in_anything_but_a_sentence(
    bundle: Bundle, tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    from spinefairbench.release.conversion import convert_files

    file = tmp_path_factory.mktemp("any") / name
    for packed in (data, gzip.compress(data)):
        file.write_bytes(packed)
        for path in (str(file), "-"):
            conversion = convert_files([path], bundle, "common-core-1000", standard_input=io.BytesIO(packed))
            assert conversion.problems
            assert not conversion.results


def test_the_separator_line_of_excel_is_heeded(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    for name, delimiter in (("semicolon", ";"), ("comma", ","), ("tab", "\t")):
        text = f"sep={delimiter}\r\n" + as_csv(wide(core_pairs), delimiter)
        status, answer = converted(ask, tmp_path, text, "in.csv", "--force")
        assert (status, results(tmp_path)) == (0, wide(core_pairs))
        assert f"CSV, {name}-separated" in answer["notes"][0]
    _, answer = converted(ask, tmp_path, "sep=;\na,b\n", "in.csv", "--force")
    assert "line 2: the header lacks pair_id (tried semicolon); found 'a,b'" in answer["problems"][0]
    _, answer = converted(ask, tmp_path, "sep=;\n", "in.csv", "--force")
    assert "the header lacks pair_id" in answer["problems"][0]


def test_a_fault_that_every_row_has_is_told_once_with_a_count(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    rows = [{**row, "tokens": 7} for row in wide(core_pairs)]
    for name, text in (("in.jsonl", json_lines(rows)), ("in.json", json.dumps(rows))):
        _, answer = converted(ask, tmp_path, text, name)
        [problem] = answer["problems"]
        assert "unknown 'tokens'" in problem
        assert problem.endswith(f"; and so in {len(rows) - 1} more rows")
    _, answer = checked(ask, tmp_path, submission(rows))
    [problem] = answer["problems"]
    assert problem.startswith(f"{tmp_path / 's.json'}: $.results[0]: unknown key 'tokens'")
    assert problem.endswith(f"(and in {len(rows) - 1} more items of $.results)")


def test_columns_beyond_counting_are_told_in_one_line(ask: Ask, tmp_path: Path) -> None:
    header = ",".join(["pair_id", "role", "report", *(f"c{number}" for number in range(20_000))])
    _, answer = converted(ask, tmp_path, header + "\n", "in.csv")
    [problem] = answer["problems"]
    assert len(problem) < 1000


# --- check -----------------------------------------------------------------------------------------------------


def checked(ask: Ask, folder: Path, value: Any, *more: str) -> Answer:
    file = folder / "s.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return ask("submission", "check", file, *more)


def test_a_submission_in_order_has_nothing_to_tell(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    status, answer = checked(ask, tmp_path, submission(wide(core_pairs), "a model"))
    row = answer["results"][0]
    assert (status, answer["problems"], answer["notes"]) == (0, [], [])
    assert (row["model"], row["expected_pairs"], row["usable_pairs"], row["missing_pairs"]) == (
        "a model",
        len(core_pairs),
        len(core_pairs),
        0,
    )


def test_refusals_identical_and_pasted_reports_are_counted(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    refusal = "I am unable to help."
    hedged = "I am unable to read this. A radiologist might help."
    rows = wide(core_pairs)
    rows[0] |= {"source_report": refusal, "counterfactual_report": refusal}
    rows[1] |= {"counterfactual_report": refusal}
    rows[-1] |= {"source_report": hedged}
    rows[-2] |= {"source_report": refusal}
    status, answer = checked(ask, tmp_path, submission(rows))
    row = answer["results"][0]
    assert status == 0
    assert (row["source_full_refusals"], row["counterfactual_full_refusals"]) == (2, 2)
    assert (row["full_refusal_pairs"], row["partial_refusal_pairs"]) == (3, 1)
    assert row["usable_pairs"] == len(core_pairs) - 3
    assert row["identical_pairs"] == 1
    assert answer["notes"][0].startswith(f"in 1 of {len(core_pairs)} pairs both reports are identical, word for word")
    assert answer["notes"][1] == "1 text is given for more than one source, word for word (one of them for 2 sources)"


def test_source_reports_that_never_vary_are_remarked_on(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    rows = wide(core_pairs)
    for row in rows:
        row["source_report"] = "Normal film of " + row["pair_id"].rpartition("__")[0]
    _, answer = checked(ask, tmp_path, submission(rows))
    assert [note for note in answer["notes"] if "run-to-run variation" in note]


def test_every_fault_has_its_json_path(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    rows = [*wide(core_pairs[:-1]), wide(core_pairs)[0]]
    rows[1]["source_report"] = ""
    rows[2]["pair_id"] = "nobody__young_male"
    status, answer = checked(ask, tmp_path, submission(rows, extra=1))
    assert status == 1
    text = "\n".join(answer["problems"])
    for said in (
        "$: unknown key 'extra'",
        "$.results[1].source_report: blank",
        "$.results[2].pair_id: unknown pair 'nobody__young_male'",
        f"$.results[{len(rows) - 1}].pair_id: duplicate pair {core_pairs[0]}; first at $.results[0]",
        f"missing pair {core_pairs[2]}",
        f"missing pair {core_pairs[-1]}",
    ):
        assert said in text
    assert answer["results"][0]["distinct_pairs"] == len(core_pairs) - 2


def test_missing_pairs_are_a_warning_where_they_are_allowed(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    status, answer = checked(ask, tmp_path, submission(wide(core_pairs[:3])), "--allow-partial")
    assert status == 0
    assert answer["notes"][0].startswith(f"{len(core_pairs) - 3} pairs of the scope are missing")


@pytest.mark.parametrize(
    "value", [{}, {"results": 1}, {"schema_version": [], "model": 3, "scope": {}, "results": [1, {}]}]
)
def test_objects_of_any_shape_are_answered_in_sentences(ask: Ask, tmp_path: Path, value: Any) -> None:
    status, answer = checked(ask, tmp_path, value)
    assert status == 1
    assert answer["problems"]


def test_rows_are_checked_as_the_submission_that_they_would_become(
    ask: Ask, tmp_path: Path, core_pairs: list[str]
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text(as_csv(changed(wide(core_pairs)[1:], 0, source_report=" ")), encoding="utf-8")
    status, answer = ask("submission", "check", file)
    assert status == 2
    assert "--scope" in answer["problems"][0]
    status, answer = ask("submission", "check", file, "--scope", "common-core-1000")
    assert status == 1
    assert answer["problems"] == [
        f"{file}: line 2: the source report of {core_pairs[1]} is blank",
        blank_advice(1),
        f"{file}: pair {core_pairs[0]} of common-core-1000 is missing, or lacks a report",
        f"{file}: pair {core_pairs[1]} of common-core-1000 is missing, or lacks a report",
    ]


# --- merge -----------------------------------------------------------------------------------------------------


def merged(ask: Ask, folder: Path, *values: Any) -> Answer:
    files = []
    for index, value in enumerate(values):
        files.append(folder / f"part{index}.json")
        files[-1].write_text(json.dumps(value), encoding="utf-8")
    return ask("submission", "merge", *files, "--output", folder / "out.json")


def test_parts_are_joined_and_a_result_that_stands_twice_word_for_word_is_kept_once(
    ask: Ask, tmp_path: Path, core_pairs: list[str]
) -> None:
    rows = wide(core_pairs)
    status, answer = merged(ask, tmp_path, submission(rows[2:]), submission(rows[:3]))
    assert (status, answer["results"][0]["in_several_parts"]) == (0, 1)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == submission(rows)


def test_every_conflict_is_listed_and_nothing_written(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    rows = wide(core_pairs)
    other = [{**row, "source_report": "Other."} for row in rows[:2]]
    status, answer = merged(ask, tmp_path, submission(rows), submission(other, "b", "toy"))
    assert status == 2
    text = "\n".join(answer["problems"])
    assert "part1.json: $.scope is 'toy'" in text
    assert "part1.json: $.model.name is 'b'" in text
    assert text.count("conflict: ") == 2
    assert f"conflict: {core_pairs[1]}: source_report at {tmp_path / 'part1.json'}: $.results[1]" in text
    assert not (tmp_path / "out.json").exists()


def test_repeated_reports_are_joined_by_pair_and_role(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    def repeats(role: str, text: str) -> dict[str, Any]:
        entry = {"pair_id": core_pairs[0], "role": role, "reports": [text]}
        return {"schema_version": "spinefairbench-submission-v2", "repeated_reports": [entry]}

    rows = wide(core_pairs)
    first = submission(rows[:4], **repeats("source", "Once."))
    assert (
        merged(ask, tmp_path, submission(rows[4:]), first, submission(rows[:1], **repeats("counterfactual", "Twice.")))[
            0
        ]
        == 0
    )
    value = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert value["schema_version"] == "spinefairbench-submission-v2"
    assert value["results"] == rows
    assert [(entry["role"], entry["reports"]) for entry in value["repeated_reports"]] == [
        ("counterfactual", ["Twice."]),
        ("source", ["Once."]),
    ]
    assert checked(ask, tmp_path, value)[0] == 0
    (tmp_path / "out.json").unlink()
    status, answer = merged(ask, tmp_path, first, submission(rows[:1], **repeats("source", "Otherwise.")))
    assert status == 2
    assert answer["problems"][0].startswith(f"conflict: {core_pairs[0]}, source: reports at")


def test_a_part_that_is_no_submission_is_told(ask: Ask, tmp_path: Path, core_pairs: list[str]) -> None:
    _, answer = merged(ask, tmp_path, submission(wide(core_pairs)), {"schema_version": "x"}, submission([{}]))
    text = "\n".join(answer["problems"])
    assert "part1.json: $.schema_version: expected" in text
    assert "part2.json: $.results[0].pair_id: missing" in text


@pytest.mark.parametrize("depth", [400, 700, 900, 970, 5000])
def test_a_result_nested_deeply_is_written_or_refused_in_a_sentence(
    ask: Ask, tmp_path: Path, core_pairs: list[str], depth: int
) -> None:
    row = json.dumps(wide(core_pairs[:1])[0])[:-1] + ', "metadata": ' + '{"a":' * depth + "1" + "}" * (depth + 1)
    part = tmp_path / "part.json"
    part.write_text(json.dumps(submission([])).replace("[]", f"[{row}]"), encoding="utf-8")
    status, answer = ask("submission", "merge", part, "--output", tmp_path / "out.json")
    assert (status == 0) == (tmp_path / "out.json").exists()
    assert status == 0 or "nested too deeply" in answer["problems"][0]
    status, answer = converted(ask, tmp_path, row, "in.jsonl", "--force")
    assert status == 0 or "nested too deeply" in answer["problems"][0]


# --- schema ----------------------------------------------------------------------------------------------------


def constraints(schema: dict[str, Any], path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Every schema within a schema, with the path of a value that it holds for."""
    found = [(path, schema)]
    for key, inner in schema.get("properties", {}).items():
        found += constraints(inner, (*path, key))
    if "items" in schema:
        found += constraints(schema["items"], (*path, 0))
    return found


def example(schema: dict[str, Any]) -> Any:
    """A value that a schema allows, with every key that it knows."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema["type"] == "object":
        return {key: example(inner) for key, inner in schema.get("properties", {}).items()}
    if schema["type"] in ("integer", "number"):
        return schema["minimum"]
    return [example(schema["items"])] if schema["type"] == "array" else "text"


def replaced(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], change)
    return copy


def lacking(key: str) -> Callable[[Any], Any]:
    return lambda value: {k: v for k, v in value.items() if k != key}


def violations(schema: dict[str, Any]) -> list[Callable[[Any], Any]]:
    """For each thing that a schema asks for, a change that breaks it."""
    if schema["type"] in ("integer", "number"):
        beyond = [schema["minimum"] - 1, schema["maximum"] + 1, *([0.5] if schema["type"] == "integer" else [])]
        return [lambda _: None, lambda _: "7", lambda _: True, *(lambda _, each=each: each for each in beyond)]
    changes: list[Callable[[Any], Any]] = [lambda _: None, lambda _: 7, lambda _: True]
    if "enum" in schema:
        changes.append(lambda _: "something else")
    if "pattern" in schema:
        changes += [lambda _: "", lambda _: " \n"]
    if schema.get("minItems"):
        changes.append(lambda _: [])
    if schema.get("additionalProperties") is False:
        changes.append(lambda value: {**value, "unknown": 1})
    changes += [lacking(key) for key in schema.get("required", ())]
    return changes


@pytest.mark.parametrize("version", SUBMISSION_SCHEMAS)
def test_the_schema_that_is_written_and_the_validator_refuse_the_same(ask: Ask, tmp_path: Path, version: str) -> None:
    file = tmp_path / "schema.json"
    assert ask("submission", "schema", "--version", version, "--output", file)[0] == 0
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert schema == json.loads(json.dumps(SUBMISSION_SCHEMAS[version]))
    good = example(schema)
    assert schema_problems(good, SUBMISSION_SCHEMAS[version]) == []
    for path, inner in constraints(schema):
        for change in violations(inner):
            bad = replaced(good, path, change)
            assert schema_problems(bad, SUBMISSION_SCHEMAS[version]), (path, bad)


def test_an_unknown_schema_version_is_refused(ask: Ask, tmp_path: Path) -> None:
    status, answer = ask("submission", "schema", "--version", "9", "--output", tmp_path / "s")
    assert status == 2
    assert "spinefairbench-submission-v1" in answer["problems"][0]


# --- standard input and output ---------------------------------------------------------------------------------


def test_a_dash_is_standard_output_of_every_command_that_writes_a_file(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(json_lines(wide(core_pairs)), encoding="utf-8")
    (tmp_path / "s.json").write_text(json.dumps(submission(wide(core_pairs))), encoding="utf-8")
    few = ("--submission", tmp_path / "s.json", "--bootstrap-iterations", 20)
    for command, key in (
        (("submission", "init", *MODEL, "--as", "json"), "results"),
        (("submission", "convert", tmp_path / "in.jsonl", *MODEL), "results"),
        (("submission", "merge", tmp_path / "s.json"), "results"),
        (("submission", "schema"), "$schema"),
        (("score", *few), "signature"),
    ):
        done = run(*command, "--output", "-", "--artifacts", demo)
        assert done.status == 0, done.err
        assert key in done.json
    done = run("score", *few, "--output", tmp_path / "score.json", "--report", "-", "--artifacts", demo)
    assert done.out.startswith("<!")
    assert done.out.rstrip().endswith("</html>")


def test_what_a_reader_must_know_goes_to_stderr_where_a_file_is_standard_output(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    (tmp_path / "in.jsonl").write_text(json_lines(wide(core_pairs)), encoding="utf-8")
    command = ("submission", "convert", tmp_path / "in.jsonl", *MODEL, "--artifacts", demo, "--output", "-")
    assert "read as JSON Lines" in run(*command).err
    assert run(*command, "--quiet").err == ""


def test_a_dash_is_standard_input_of_every_command_that_reads_a_submission(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = json.dumps(submission(wide(core_pairs))).encode()
    for command in (
        ("submission", "check", "-"),
        ("submission", "merge", "-", "--output", tmp_path / "merged.json"),
        ("score", "--submission", "-", "--output", "-", "--bootstrap-iterations", 20),
        ("refusals", "--submission", "-", "--bootstrap-iterations", 20),
        ("explain", "--submission", "-"),
    ):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(data))))
        assert run(*command, "--artifacts", demo).status == 0, command


def test_a_folder_cannot_be_standard_output(run: Run, demo: Path) -> None:
    for command in (("demo-bundle",), ("leaderboard", "build", "--panel", "--artifacts", demo)):
        done = run(*command, "--output", "-")
        assert done.status == 2
        assert "--output -: a folder is written, which standard output is not" in done.err


def test_two_files_cannot_both_be_standard_output(run: Run, demo: Path, tmp_path: Path) -> None:
    done = run("score", "--submission", "-", "--output", "-", "--report", "-", "--artifacts", demo)
    assert done.status == 2
    assert "--report is the file of --output" in done.err


def test_results_of_a_runner_are_told_what_makes_a_submission_of_them(run: Run, demo: Path, tmp_path: Path) -> None:
    for name in ("openai_batch.jsonl", "inspect_log.json", "vlmevalkit.tsv"):
        file = DATA / name
        done = run("submission", "check", file, "--scope", "toy", "--artifacts", demo)
        assert (done.status, "`submission convert` makes one" in done.err) == (2, True), name
    for name in ("openai_batch.jsonl", "inspect_log.json"):
        done = run("score", "--submission", DATA / name, "--output", tmp_path / "s.json", "--artifacts", demo)
        assert (done.status, "`submission convert` makes one" in done.err) == (2, True), name
