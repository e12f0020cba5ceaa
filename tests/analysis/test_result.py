"""Results as plain values: what a row, a tuple with names and what is by endpoint become."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.metrics.endpoint import ByEndpoint


class Point(NamedTuple):
    """A tuple whose fields have names."""

    x: int
    y: int


@dataclass(frozen=True)
class Measured(Row):
    """A row with an estimate."""

    ESTIMATES: ClassVar[Mapping[str, str]] = {"found": "rate"}

    name: str
    found: Estimate
    last: int


@dataclass(frozen=True)
class Outer(Row):
    """A row that holds another."""

    inner: Measured
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Bare:
    """Fields, and no row."""

    value: Point


MEASURED = Measured("m", Estimate(0.5, (0.25, 0.75), None, "why"), 3)
SHOWN = {
    "name": "m",
    "rate": 0.5,
    "ci95": (0.25, 0.75),
    "adjusted_ci95": None,
    "adjustment_reason": "why",
    "last": 3,
}


def test_an_estimate_stands_under_its_name_with_its_intervals_where_the_field_stood() -> None:
    assert MEASURED.to_json() == SHOWN
    assert list(MEASURED.to_json()) == list(SHOWN)


def test_rows_in_rows_and_tuples_with_names_become_dicts() -> None:
    assert Outer(MEASURED, (Point(1, 2),)).to_json() == {"inner": SHOWN, "points": ({"x": 1, "y": 2},)}
    assert plain(Bare(Point(1, 2))) == {"value": {"x": 1, "y": 2}}


def test_what_is_by_endpoint_stands_under_the_short_names() -> None:
    assert plain(ByEndpoint(1, [Point(1, 2)])) == {"recommendation": 1, "diagnostic": [{"x": 1, "y": 2}]}


def test_lists_stay_lists_tuples_tuples_and_mappings_become_dicts() -> None:
    value = MappingProxyType({"a": [Point(1, 2)], "b": (Point(1, 2), None), "c": "text"})
    found = plain(value)
    assert found == {"a": [{"x": 1, "y": 2}], "b": ({"x": 1, "y": 2}, None), "c": "text"}
    assert type(found) is dict


def test_a_type_is_no_row() -> None:
    assert plain(Bare) is Bare


def test_a_result_that_says_nothing_has_no_problem() -> None:
    result = CheckResult()
    assert {type(part) for part in (result.rows, result.problems, result.errors, result.not_checked)} == {tuple}
    assert not any((result.rows, result.summary, result.problems, result.errors, result.notes, result.closing))
