"""A document read value by value is the one that is read at once, whatever the pieces, and so are its faults."""

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError
from spinefairbench.files import json_stream
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.json_stream import JsonValues, read_json_document

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _read(data: bytes, size: int) -> Any:
    return read_json_document("x", _pieces(data, size), SubmissionError)


@given(_VALUES, st.sampled_from([None, 1]), st.booleans(), st.integers(1, 40))
def test_it_reads_what_is_read_at_once(value: Any, indent: int | None, ascii_only: bool, size: int) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    try:
        data.decode()
    except UnicodeDecodeError:
        return
    found = _read(data, size)
    assert found == value and json.dumps(found) == json.dumps(parse_json(data))


@given(_VALUES, st.data(), st.integers(1, 40))
def test_it_refuses_what_is_refused_at_once(value: Any, draw: st.DataObject, size: int) -> None:
    text = json.dumps(value, indent=1)
    at = draw.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + draw.draw(st.sampled_from(["", ",", "]", "}", "{", "\n", '"', "1", "x"])) + text[at + 1 :]
    try:
        expected = parse_json(changed.encode())
    except JsonFault:
        with pytest.raises(JsonFault):
            _read(changed.encode(), size)
    else:
        assert json.dumps(_read(changed.encode(), size)) == json.dumps(expected)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty; expected a JSON document"),
        (b" \n ", "empty; expected a JSON document"),
        (b'{"a": [\n {"b": 1},\n {"b": tru }]}', "not JSON: Expecting value at line 3 column 8"),
        (b'{"a": [\n {"b": 1}\n {"b": 2}]}', "not JSON: expected ',' or ']', found '{' at line 3 column 2"),
        (b'{"a": 1,\n "a": 2}', "the key 'a' is repeated in one object"),
        (b'{"a": {"b": 1, "b": 2}}', "the key 'b' is repeated in one object"),
        (b'{"a": 1,\n b: 2}', "not JSON: expected a key in double quotes at line 2 column 2"),
        (b"[1,\n2]\n]", "not JSON: more text after the document's end at line 3 column 1"),
        (b'{"a": [NaN]}', "NaN is not a JSON number"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"a": "never closed', "not JSON: Unterminated string starting at at line 1 column 7"),
        (b'["\xc3\xa4",\n1 2]', "not JSON: expected ',' or ']', found '2' at line 2 column 3"),
    ],
)
def test_each_fault_is_named_with_its_place(data: bytes, said: str) -> None:
    for size in (1, 5, 1 + len(data)):
        with pytest.raises(JsonFault) as caught:
            _read(data, size)
        assert str(caught.value) == said


def test_text_that_is_not_utf_8_is_named_with_its_byte() -> None:
    for size in (1, 4, 100):
        with pytest.raises(SubmissionError, match=r"x: not UTF-8 at byte 10$"):
            _read(b'["ok", "\xc3\xa4\xff"]', size)


def test_a_fault_within_a_long_list_is_found_at_once_and_not_by_reading_on() -> None:
    read = []

    def endless() -> Iterator[bytes]:
        yield b'{"results": [{"a": 1}, {"a": oops}, '
        for _ in range(200):
            read.append(1)
            yield b'{"a": "' + b"x" * 1000 + b'"}, '

    with pytest.raises(JsonFault, match="line 1 column 30"):
        read_json_document("x", endless(), SubmissionError)
    assert len(read) < 50


def test_a_value_that_never_ends_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "_MAX_VALUE_CHARACTERS", 10_000)
    with pytest.raises(JsonFault, match="or a value of more than 10,000 characters at line 1 column 2"):
        _read(b'["' + b"x" * 100_000, 1000)


def test_beside_its_values_little_of_a_long_document_is_in_memory() -> None:
    rows = 4000

    def document() -> Iterator[bytes]:
        yield b'{"results": ['
        for row in range(rows):
            yield b'{"text": "' + b"%06d " % row + b"x" * 5000 + (b'"},' if row < rows - 1 else b'"}')
        yield b"]}"

    tracemalloc.start()
    try:
        value = read_json_document("x", document(), SubmissionError)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(value["results"]) == rows and held > rows * 5000
    # Pieces are of a megabyte; the document has twenty.
    assert most - held < 6_000_000


def test_what_stands_between_values_is_left_to_the_reader() -> None:
    values = JsonValues("x", _pieces(b' {"a": [1, 2], "b": {"c": NaN}} ', 3), SubmissionError, nan_is_none=True)
    found: list[Any] = []
    for key in values.members():
        found += [key, list(values.items()) if values.next_character() == "[" else values.value()]
    values.end()
    assert found == ["a", [1, 2], "b", {"c": None}]
