"""An object read member by member and item by item: the same as the parser makes of the whole, or one sentence."""

import gc
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError
from spinefairbench.files.json_members import MemberStream

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def stream(data: bytes, size: int) -> MemberStream:
    def pieces() -> Iterator[bytes]:
        yield from (data[start : start + size] for start in range(0, len(data), size))

    return MemberStream("x", pieces(), "samples", SubmissionError)


@settings(max_examples=50)
@given(
    st.dictionaries(st.text(max_size=4), JSON, max_size=4),
    st.lists(JSON, max_size=5),
    st.integers(1, 50),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_pieces_of_any_size_give_what_the_whole_gives(
    members: dict[str, Any], items: list[Any], size: int, indent: int | None, raw: bool
) -> None:
    members = {"a": 1, **members, "samples": items, "z": 12.5}
    found = stream(json.dumps(members, indent=indent, ensure_ascii=not raw).encode("utf-8", "replace"), size)
    whole = json.loads(json.dumps(members, ensure_ascii=not raw).encode("utf-8", "replace"))
    assert list(found) == whole["samples"]
    assert found.members == {**whole, "samples": None}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "expected '{', the file ends"),
        (b"[1]", "expected '{', found '['"),
        (b'{"a" 1}', "expected ':', found '1'"),
        (b'{"a": 1 "b": 2}', "expected ',' or '}', found '\"'"),
        (b'{"samples": [1 2]}', "expected ',' or ']', found '2'"),
        (b'{"samples": [1, ', "not JSON"),
        (b'{"samples": [{"a": 1, "a": 2}]}', "the key 'a' is repeated"),
        (b'{"a": 1, "a": 2}', "the key 'a' is repeated"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1} x', "more text after the document's end"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"samples": [' + b"[" * 100_000, "nested too deeply"),
        (b"{1: 2}", "expected a key in double quotes at line 1 column 2"),
    ],
)
def test_what_is_not_such_an_object_is_one_sentence(data: bytes, said: str) -> None:
    for size in (1 + len(data) // 7, len(data) + 1):
        with pytest.raises(SubmissionError) as caught:
            list(stream(data, size))
        assert said in str(caught.value)


def test_numbers_that_are_none_may_be_read_as_none() -> None:
    data = b'{"a": [NaN, Infinity], "samples": [-Infinity, {"b": NaN}], "c": NaN}'
    for size in range(1, len(data) + 1):
        pieces = (data[start : start + size] for start in range(0, len(data), size))
        found = MemberStream("x", pieces, "samples", SubmissionError, nan_is_none=True)
        assert list(found) == [None, {"b": None}]
        assert found.members == {"a": [None, None], "samples": None, "c": None}


def test_items_come_before_the_rest_is_read() -> None:
    found = stream(b'{"a": 1, "samples": [1, 2], "b": no json', 8)
    items = iter(found)
    assert [next(items), next(items)] == [1, 2]
    assert found.members == {"a": 1, "samples": None}
    with pytest.raises(SubmissionError):
        next(items)


def test_no_text_that_was_read_waits_for_the_garbage_collector() -> None:
    """A run collects garbage seldom: cycles that hold a piece each would be the whole file in memory."""
    items = [{"text": "x" * 100} for _ in range(50)]
    data = json.dumps({"a": 1, "samples": items, "b": [2, 3]}).encode()
    gc.collect()
    gc.disable()
    try:
        assert list(stream(data, 64)) == items
        assert gc.collect() == 0
    finally:
        gc.enable()
