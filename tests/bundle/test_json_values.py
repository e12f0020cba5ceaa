"""Values are taken out of JSON by their keys, and whatever is wrong with one names its place."""

from collections.abc import Callable
from typing import Any

import pytest

from spinefairbench.bundle.json_values import (
    count_at,
    list_at,
    number_at,
    object_at,
    strings_at,
    text_at,
    value_at,
)
from spinefairbench.errors import BundleError
from spinefairbench.problems import ProblemKind

VALUE = {"a": {"n": 3, "x": 0.5, "t": "text", "l": ["b", "c"], "twice": ["b", "b"], "flag": True, "big": 10**400}}


def test_values_are_found() -> None:
    assert value_at(VALUE, ("a", "t"), "f") == "text"
    assert (count_at(VALUE, ("a", "n"), "f"), number_at(VALUE, ("a", "n"), "f")) == (3, 3.0)
    assert (text_at(VALUE, ("a", "t"), "f"), strings_at(VALUE, ("a", "l"), "f")) == ("text", ["b", "c"])
    assert (list_at(VALUE, ("a", "twice"), "f"), object_at(VALUE, ("a",), "f")) == (["b", "b"], VALUE["a"])


@pytest.mark.parametrize("keys", [("b",), ("a", "b"), ("a", "n", "b")])
def test_the_first_key_that_is_missing_is_named(keys: tuple[str, ...]) -> None:
    with pytest.raises(BundleError) as refused:
        value_at(VALUE, keys, "f")
    (problem,) = refused.value.problems
    assert (problem.place, problem.kind) == (f"f: {'.'.join(keys)}", ProblemKind.MISSING)


@pytest.mark.parametrize(
    ("read", "key", "said"),
    [
        (count_at, "flag", "f: a.flag: expected a whole number from 0, found 'True'"),
        (count_at, "x", "f: a.x: expected a whole number from 0, found '0.5'"),
        (number_at, "flag", "f: a.flag: expected a number, found 'True'"),
        (number_at, "big", "f: a.big: expected a finite number"),
        (text_at, "n", "f: a.n: expected a text"),
        (list_at, "t", "f: a.t: expected a list"),
        (object_at, "l", "f: a.l: expected an object"),
        (strings_at, "t", "f: a.t: expected a list of strings"),
        (strings_at, "twice", "f: a.twice: duplicate entry b"),
    ],
)
def test_a_value_of_another_kind_is_named(read: Callable[..., Any], key: str, said: str) -> None:
    with pytest.raises(BundleError) as refused:
        read(VALUE, ("a", key), "f")
    assert str(refused.value) == said


@pytest.mark.parametrize("read", [count_at, list_at, number_at, object_at, strings_at, text_at])
def test_a_value_that_is_missing_is_named_whatever_it_should_be(read: Callable[..., Any]) -> None:
    with pytest.raises(BundleError) as refused:
        read(VALUE, ("a", "none"), "f")
    assert str(refused.value) == "f: a.none: missing"
