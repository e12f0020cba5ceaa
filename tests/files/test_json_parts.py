"""A JSON list in parts: together they are the list, and whatever is wrong in one makes it no part."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import BundleError
from spinefairbench.files import json_parts
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_parts import ArrayPart, array_parts, rows_of_part, without_others

_TEXTS = st.text(st.sampled_from('ab "{}[],\\\n\u00e9\U0001f9b4'), max_size=12)
_VALUES = st.recursive(
    st.none() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_ROWS = st.lists(st.dictionaries(_TEXTS, _VALUES, max_size=3), max_size=12)


def _parts(folder: Path, data: bytes, size: int = 1) -> list[ArrayPart]:
    (folder / "rows.json").write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_parts, "_PART_BYTES", size)
        return list(array_parts(Folder(folder), "rows.json"))


@given(rows=_ROWS, size=st.integers(1, 60), indent=st.none() | st.integers(0, 2), plain=st.booleans())
def test_the_rows_of_parts_are_those_of_the_list_as_far_as_the_parts_go(
    rows: list[dict[str, Any]], size: int, indent: int | None, plain: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = json.dumps(rows, ensure_ascii=plain, indent=indent).encode()
    parts = _parts(tmp_path_factory.mktemp("parts"), data, size)
    assert b"".join(part.data for part in parts) == data
    found: list[dict[str, Any]] = []
    for part in parts:
        own = rows_of_part(part)
        if own is None:
            # Only what looks like the end of a row, within one, can mislead.
            assert json.dumps(rows[len(found) :]).count("{") > len(rows) - len(found)
            break
        found += own
    else:
        assert found == rows
    assert found == rows[: len(found)]


def test_flat_rows_are_cut_wherever_one_ends(tmp_path: Path) -> None:
    parts = _parts(tmp_path, b' [{"a": 1}, {"a": "}"},\n{"a": 3} ] ')
    assert [part.data for part in parts] == [b' [{"a": 1},', b' {"a": "}"},', b'\n{"a": 3} ] ']
    assert list(map(rows_of_part, parts)) == [[{"a": 1}], [{"a": "}"}], [{"a": 3}]]


@pytest.mark.parametrize(
    "data",
    [
        b"", b" ", b"[", b"]", b"{}", b'[{"a": 1}', b'{"a": 1}]', b"[1]", b'[{"a": 1},]', b'[{"a": 1}]]', b"[[{}]]",
        b'[{"a": 1}] [{"a": 1}]', b'[{"a": 1, "a": 2}]', b'[{"a": NaN}]', b'[{"a": 1e999}]', b'[{"a": "\xff"}]',
        b"\xef\xbb\xbf[{}]", b'[{"a": "\n"}]', b"[" * 100_000, b'[{"a": ' + b"9" * 5000 + b"}]",
    ],
    ids=range(20),
)  # fmt: skip
def test_a_fault_makes_no_rows(data: bytes) -> None:
    assert rows_of_part(ArrayPart(data, is_first=True, is_last=True)) is None


def test_the_list_may_not_end_and_begin_within_parts(tmp_path: Path) -> None:
    parts = _parts(tmp_path, b'[{"a": 1}, {"a": 2}], [{"a": 3}]')
    assert [rows_of_part(part) for part in parts] == [[{"a": 1}], None]


def test_an_empty_list_has_no_rows_and_what_is_not_cut_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(map(rows_of_part, _parts(tmp_path, b" [ ] "))) == [[]]
    monkeypatch.setattr(json_parts, "_MOST_PART_BYTES", 10)
    assert [rows_of_part(part) for part in _parts(tmp_path, b'[{"a": "bcdefghijklmnop"}, {}]')] == [None]


def test_a_small_or_absent_file(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_bytes(b"[{}]")
    assert len(list(array_parts(Folder(tmp_path), "rows.json", 4))) == 1
    assert not list(array_parts(Folder(tmp_path), "rows.json", 5))
    with pytest.raises(BundleError, match=r"none\.json"):
        next(array_parts(Folder(tmp_path), "none.json"))


_NAMED_ROWS = st.lists(
    st.dictionaries(st.sampled_from(["n", "p", "pn", 'n":"x', "}, {"]), st.text('xy:,"}\u00e9') | _VALUES, max_size=4),
    max_size=12,
)


@given(
    rows=_NAMED_ROWS,
    names=st.frozensets(st.text("xy\u00e9", max_size=2), max_size=3),
    size=st.integers(1, 200),
    indent=st.none() | st.integers(0, 2),
    plain=st.booleans(),
)
def test_only_rows_that_state_another_text_are_emptied(
    rows: list[dict[str, Any]],
    names: frozenset[str],
    size: int,
    indent: int | None,
    plain: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = json.dumps(rows, ensure_ascii=plain, indent=indent).encode()
    wanted = {"n": {name.encode() for name in names}}
    for part in _parts(tmp_path_factory.mktemp("parts"), data, size):
        own, left = rows_of_part(part), rows_of_part(without_others(part, wanted))
        if own is None:
            assert left is None
            break
        assert left is not None and len(left) == len(own)
        for before, after in zip(own, left, strict=True):
            assert after == before or (after == {} and isinstance(before["n"], str) and before["n"] not in names)


@pytest.mark.parametrize(
    ("middle", "left"),
    [
        (rb'{"n": "x", "p": 1}', {"n": "x", "p": 1}),
        (b'{"p" :1, "n" :\n"y"}', {}),
        (rb'{"n": "\u0078"}', {"n": "x"}),
        (rb'{"\u006e": "x"}', {"n": "x"}),
        (rb'{"n": 7}', {"n": 7}),
        (rb'{"p": "\"n\": \"y\""}', {"p": '"n": "y"'}),
        (rb'{"p": "n", "q": "y"}', {"p": "n", "q": "y"}),
        (rb'{"n": "y", "p": "{"}', {"n": "y", "p": "{"}),
        (rb'{"p": [{}, {"n": "y"}, {}]}', {"p": [{}, {"n": "y"}, {}]}),
        (rb'{"p": "}, {", "n": "y"}', {"p": "}, {", "n": "y"}),
    ],
)
def test_a_row_is_emptied_where_it_plainly_states_another_text(middle: bytes, left: dict[str, Any]) -> None:
    part = ArrayPart(b'[{"n": "y"} , ' + middle + b',{"n": "y"}]', is_first=True, is_last=True)
    assert rows_of_part(without_others(part, {"n": {b"x"}})) == [{"n": "y"}, left, {"n": "y"}]


def test_a_list_is_not_cut_within_a_text(tmp_path: Path) -> None:
    rows = [{"a": "}, {"}, {"a": "}, {b"}, {"a": '}, {"b"'}]
    assert list(map(rows_of_part, _parts(tmp_path, json.dumps(rows).encode()))) == [[row] for row in rows]
