"""JSON that is not trusted is read strictly, in pieces, and every fault has its place."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import BundleError
from spinefairbench.files import json_input, json_window
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_input import JsonFault, iter_json_array, iter_json_lines, parse_json

if TYPE_CHECKING:
    from spinefairbench.problems import Problem

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
ROWS = st.lists(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), VALUES, max_size=4), max_size=12
)


@given(VALUES)
def test_a_document_is_what_json_says(value: Any) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b" \n", "empty"), (b"{", "not JSON"), (b"[1,]", "not JSON"), (b"\xff\xfe{}", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"), (b'{"a": NaN}', "NaN"), (b"[Infinity]", "Infinity"), (b"[-Infinity]", "Infinity"),
        (b"1e999", "out of range"), (b"1" * 5000, "too many digits"), (b"-" + b"9" * 300, "too many digits"), (b"[" * 100_000, "nested too deeply"),
        (b'{"a": 1, "a": 2}', "is repeated"), (b"{} {}", "more text"), (b"'a'", "not JSON"),
    ],
)  # fmt: skip
def test_what_json_should_not_be_is_refused_with_a_reason(data: bytes, said: str) -> None:
    with pytest.raises(JsonFault, match=said):
        parse_json(data)


def _stream(folder: Path, data: bytes, monkeypatch: pytest.MonkeyPatch, chunk: int) -> list[tuple[int, dict[str, Any]]]:
    (folder / "rows.json").write_bytes(data)
    monkeypatch.setattr(json_window, "_CHUNK_BYTES", chunk)
    return list(iter_json_array(Folder(folder), "rows.json"))


@given(rows=ROWS, chunk=st.integers(1, 40), indent=st.none() | st.integers(0, 2))
def test_a_stream_gives_the_rows_however_it_is_cut(
    rows: list[dict[str, Any]], chunk: int, indent: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = json.dumps(rows, ensure_ascii=False, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patch:
        found = _stream(tmp_path_factory.mktemp("stream"), data, patch, chunk)
    assert found == list(enumerate(rows, 1))


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "expected a JSON list"), (b"{}", "expected a JSON list"), (b"[1]", "row 1: expected a JSON object"),
        (b'[{"a": 1}', "after row 1: expected ',' or ']', the file ends"), (b'[{"a": 1} {"b": 2}]', "after row 1"),
        (b'[{"a": 1}, {"b": ', "row 2: not JSON, or cut off"), (b'[{"a": 1},]', "row 2: expected a JSON object"),
        (b'[{"a": 1}] x', "more text"), (b'[{"a": NaN}]', "row 1: NaN"), (b'[{"a": 1, "a": 1}]', "row 1: the key 'a'"),
        (b'[{"a": "\xff"}]', "not UTF-8"),
    ],
)  # fmt: skip
def test_a_stream_that_is_no_list_of_rows_says_where(
    data: bytes, said: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BundleError, match=said.replace("[", r"\[").replace("]", r"\]")):
        _stream(tmp_path, data, monkeypatch, chunk)


def test_a_row_nested_too_deeply_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BundleError, match="row 1: nested too deeply"):
        _stream(tmp_path, b'[{"a": ' + b"[" * 100_000, monkeypatch, 1 << 20)


def test_a_row_without_end_is_given_up_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_input, "_MAX_ROW_CHARACTERS", 1000)
    with pytest.raises(BundleError, match="longer than 1,000 characters"):
        _stream(tmp_path, b'[{"a": "' + b"x" * 10_000 + b'"}]', monkeypatch, 64)


def test_every_bad_line_is_named_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(b'{"a": 1}\n{"a":\n[]\n\n{"a": 2}\n\xff\n{"a": 3}')
    problems: list[Problem] = []
    rows = list(iter_json_lines(Folder(tmp_path), "rows.jsonl", problems))
    assert [(number, row["a"]) for number, row in rows] == [(1, 1), (5, 2), (7, 3)]
    assert [str(problem).split(": ")[1] for problem in problems] == ["line 2", "line 3", "line 6"]
