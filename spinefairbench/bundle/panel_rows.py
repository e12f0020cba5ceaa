"""The rows of a panel's report file: checked one by one, and what is made of their texts.

Rows are read in up to `jobs` processes. A text goes no further than the process that reads it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from sys import intern
from typing import Any, Final, Generic, NamedTuple, TypeVar

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import split_pair_id
from spinefairbench.files.json_input import iter_json_array
from spinefairbench.files.json_parts import ArrayPart, array_parts, rows_of_part, without_others
from spinefairbench.metrics.model_reports import SOURCE_ROLE
from spinefairbench.parallel import in_order
from spinefairbench.problems import Problem, shortened

__all__ = ["GENERATED_ROLE", "ROLES", "KeptRow", "RetainedRow", "RowReader", "checked_row", "duplicate", "read_rows"]

GENERATED_ROLE: Final = "generated"
ROLES: Final = (SOURCE_ROLE, GENERATED_ROLE)

_Made = TypeVar("_Made")


class RetainedRow(NamedTuple):
    """A report row in which nothing is wrong."""

    model: str
    pair_id: str
    role: str
    response: str


class KeptRow(NamedTuple, Generic[_Made]):
    """A sound row without its text, and what was made of it."""

    model: str
    pair_id: str
    role: str
    made: _Made


@dataclass(frozen=True)
class RowReader(Generic[_Made]):
    """Makes something of each row that is `wanted` and in which nothing is wrong.

    It must be picklable, as must be what `make` returns, where several processes read.
    """

    wanted: Callable[[Mapping[str, Any]], bool]
    core: frozenset[str]
    make: Callable[[RetainedRow], _Made]
    only: Mapping[str, Collection[bytes]] | None = None
    """In a file that was read before: the texts, in UTF-8, that the rows that are `wanted` have for these keys."""

    def __call__(self, row: dict[str, Any]) -> "KeptRow[_Made] | dict[str, Any] | None":
        """What is made of a row; the row itself where it is faulty, None where it is not wanted."""
        if not self.wanted(row):
            return None
        # Where a row stands in the file is known only where all parts of the file come together.
        sound = checked_row(row, "", self.core)
        return row if isinstance(sound, list) else KeptRow(*sound[:3], self.make(sound))


def read_rows(
    bundle: Bundle, file: str, reader: RowReader[_Made], jobs: int = 1, least_bytes: int = 0
) -> Iterator[tuple[int, KeptRow[_Made] | dict[str, Any] | None]]:
    """(row number from 1, what `reader` makes of the row) for each row of a file, in order.

    A file of fewer than `least_bytes` is read in one process. Raises BundleError.
    """
    done = 0
    parts = array_parts(bundle, file, least_bytes) if jobs > 1 or reader.only else iter(())
    first = next(parts, None)
    if first is not None:
        with closing(in_order(partial(_read_part, reader=reader), chain([first], parts), jobs)) as read:
            for rows in read:
                if rows is None:
                    break
                for number, row in enumerate(rows, done + 1):
                    yield number, KeptRow(*row) if isinstance(row, tuple) else row
                done += len(rows)
            else:
                return
    # In one process, of a small file, or from a row on that is wrong or unusual.
    for number, row in iter_json_array(bundle, file):
        if number > done:
            yield number, reader(row)


_PlainRow = tuple[str, str, str, _Made]
"""A KeptRow on its way from a process to another: a plain tuple takes a fifth of the time that a named one takes."""


def _read_part(part: ArrayPart, reader: RowReader[_Made]) -> list[_PlainRow[_Made] | dict[str, Any] | None] | None:
    rows = rows_of_part(without_others(part, reader.only) if reader.only else part)
    if rows is None:
        return None
    return [found[:] if isinstance(found, KeptRow) else found for found in map(reader, rows)]


def checked_row(row: Mapping[str, Any], place: str, core: frozenset[str]) -> RetainedRow | list[Problem]:
    """The row at this place, typed, or everything that is wrong with it; each source is to be one of `core`."""
    problems: list[Problem] = []
    model, pair_id, role, response = (row.get(k) for k in ("model", "pair_id", "image_role", "response"))
    named = f"{place} ({model}, {pair_id}, {role})" if isinstance(pair_id, str) else place
    if not isinstance(model, str) or not model:
        problems.append(Problem(f"{named}: model", f"expected a name, found {shortened(model)}"))
    if role not in ROLES:
        problems.append(Problem(named, f"unknown image_role {shortened(role)}; expected 'source' or 'generated'"))
    error = row.get("error")
    if error not in (None, ""):
        problems.append(Problem(named, f"unresolved error {shortened(error)}"))
    if not isinstance(response, str):
        problems.append(Problem(f"{named}: response", f"expected a text, found {shortened(response)}"))
    elif not response or response.isspace():
        problems.append(Problem(named, "the report is blank"))
    if not isinstance(pair_id, str):
        problems.append(Problem(f"{named}: pair_id", f"expected a text, found {shortened(pair_id)}"))
    else:
        parts = split_pair_id(pair_id)
        if parts is None:
            problems.append(Problem(named, "pair_id is not source_id__edit_label with one of the four edits"))
        else:
            problems += _identity_problems(row, named, *parts, core)
    if problems:
        return problems
    assert isinstance(model, str) and isinstance(pair_id, str) and isinstance(role, str) and isinstance(response, str)
    # The ids of one pair stand in the rows of every model; interned, each is held once.
    return RetainedRow(intern(model), intern(pair_id), intern(role), response)


def _identity_problems(
    row: Mapping[str, Any], named: str, source_id: str, edit_label: str, core: frozenset[str]
) -> list[Problem]:
    problems = []
    stated = [(key, row[key]) for key in ("pair_source_id", "source_id") if row.get(key) is not None]
    if not stated:
        problems.append(Problem(named, "neither pair_source_id nor source_id is given"))
    for key, value in stated:
        if value != source_id:
            problems.append(Problem(named, f"{key} is {shortened(value)}; the pair_id says {source_id!r}"))
    if row.get("edit_label", edit_label) != edit_label:
        problems.append(
            Problem(named, f"edit_label is {shortened(row['edit_label'])}; the pair_id says {edit_label!r}")
        )
    if source_id not in core:
        problems.append(Problem(named, f"the source {source_id} is outside the common core"))
    return problems


def duplicate(row: "RetainedRow | KeptRow[Any]", place: str) -> Problem:
    """The problem that the row at this place repeats an earlier one."""
    return Problem(place, f"duplicate {row.role} report of {row.model}, {row.pair_id}")
