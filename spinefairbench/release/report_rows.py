"""Rows of reports as a model's author has them: JSON Lines, a JSON list, CSV or TSV, plain or gzip; none is trusted.

Rows are read as a stream and within limits, so that neither a decompression bomb nor a quote that is never closed
takes more memory than the rows that are kept.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar

from spinefairbench.errors import SubmissionError
from spinefairbench.files.csv_format import DELIMITERS, csv_rows
from spinefairbench.files.json_input import JsonFault, json_rows
from spinefairbench.files.json_members import MemberStream
from spinefairbench.files.json_stream import read_json_document
from spinefairbench.files.line_stream import MAX_LINE_BYTES, LineStream
from spinefairbench.files.reading import STANDARD_INPUT, input_name, open_input
from spinefairbench.problems import Problem
from spinefairbench.release.submission_input import MAX_SUBMISSION_BYTES

__all__ = ["MAX_PROBLEMS", "Row", "RowFile", "open_rows"]

MAX_PROBLEMS: Final = 10_000
"""A file with more faults than this is not read further."""

_SUFFIXES: Final = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}

_MAX_LOG_BYTES: Final = 32 * 1024 * 1024 * 1024
_SAMPLES: Final = "samples"
_LOG_START: Final = re.compile(rb'\s*\{\s*"version"\s*:\s*[0-9]{1,4}\s*,\s*"status"\s*:')
_PAIR: Final = "pair_id"
_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t])"?', re.IGNORECASE)

_T = TypeVar("_T")


class Row(NamedTuple):
    """One row as written: its place as a message names it (`reports.csv: line 7`) and its fields."""

    place: str
    fields: Mapping[str, Any]


class RowFile(NamedTuple):
    """An open file of rows. `description` names the format and what was guessed about it.

    `document` is the value of a file that is one JSON object, which has no rows; of a log that begins as those of Inspect
    do, the samples are the rows and the document has what was read beside them so far. `columns` is None where each row
    names its own fields.
    """

    name: str
    description: str
    columns: tuple[str, ...] | None
    rows: Iterator[Row]
    document: dict[str, Any] | None = None


@contextmanager
def open_rows(
    path: str,
    problems: list[Problem],
    standard_input: BinaryIO | None = None,
    headers: Sequence[Sequence[str]] = (),
) -> Iterator[RowFile]:
    """Open a file of rows, or `standard_input` where `path` is `-`.

    A table is known by its column `pair_id`, or by all columns of one of `headers`. A row that cannot be read goes to `problems` while the rows are iterated. Raises SubmissionError where the file as
    a whole is in none of the formats; iterating the rows raises it too, where reading cannot go on.
    """
    raw = open_input(path, standard_input, SubmissionError)
    try:
        lines = LineStream(input_name(path), raw, SubmissionError)
        # A log may be one line that is longer than any other kind of line may be.
        kind = "log" if _LOG_START.match(lines.start) else _kind(path, lines)
        if kind == "log":
            yield _log(lines, problems)
        elif kind == "json":
            yield _document(lines, problems)
        elif kind == "jsonl":
            yield RowFile(lines.name, f"JSON Lines{lines.packing}", None, _json_lines(lines, problems))
        else:
            yield _table(lines, problems, ((_PAIR,), *headers))
    finally:
        if raw is not standard_input:
            raw.close()


def _kind(path: str, lines: LineStream) -> str:
    """The format by the file's name, or by its first characters where the name does not tell."""
    name = Path(path)
    suffix = (Path(name.stem) if name.suffix.lower() == ".gz" else name).suffix.lower()
    if path != STANDARD_INPUT and suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    first = lines.first().strip()
    if first.startswith(b"{"):
        # An object that ends on its own line is a row; one that goes on, a document.
        return "jsonl" if first.endswith(b"}") and b'"schema_version"' not in first else "json"
    return "json" if first.startswith(b"[") else "csv"


def _log(lines: LineStream, problems: list[Problem]) -> RowFile:
    """A log is read sample by sample: with images in it, it may be larger than memory.

    Inspect writes NaN for a score that could not be told.
    """
    stream = MemberStream(lines.name, lines.pieces(_MAX_LOG_BYTES), _SAMPLES, SubmissionError, nan_is_none=True)
    samples = iter(stream)
    first = list(islice(samples, 1))
    return RowFile(
        lines.name, f"JSON{lines.packing}", None, _samples(lines, chain(first, samples), problems), stream.members
    )


def _samples(lines: LineStream, samples: Iterable[Any], problems: list[Problem]) -> Iterator[Row]:
    for index, sample in enumerate(samples):
        place = f"{lines.name}: $.{_SAMPLES}[{index}]"
        _stop_after_too_many(problems, place)
        if not isinstance(sample, dict):
            raise SubmissionError(Problem(place, "expected an object"))
        yield Row(place, sample)


def _document(lines: LineStream, problems: list[Problem]) -> RowFile:
    try:
        value = read_json_document(lines.name, lines.pieces(MAX_SUBMISSION_BYTES), SubmissionError)
    except JsonFault as fault:
        raise SubmissionError(Problem(lines.name, str(fault))) from None
    if isinstance(value, dict):
        return RowFile(lines.name, f"JSON{lines.packing}", None, iter(()), value)
    if not isinstance(value, list):
        raise SubmissionError(Problem(lines.name, "$: expected a submission or a list of rows"))
    faults = [
        Problem(lines.name, f"$[{i}]: expected an object") for i, row in enumerate(value) if not isinstance(row, dict)
    ]
    if faults:
        raise SubmissionError(faults)
    return RowFile(lines.name, f"a JSON list{lines.packing}", None, _listed(lines, value, problems))


def _listed(lines: LineStream, value: list[dict[str, Any]], problems: list[Problem]) -> Iterator[Row]:
    for index, fields in enumerate(value):
        place = f"{lines.name}: $[{index}]"
        _stop_after_too_many(problems, place)
        yield Row(place, fields)


def _json_lines(lines: LineStream, problems: list[Problem]) -> Iterator[Row]:
    numbered = json_rows(lines.name, _until_too_many(lines, lines, problems), problems, lines_before=lines.number)
    return (Row(f"{lines.name}: line {number}", fields) for number, fields in numbered)


def _until_too_many(lines: LineStream, items: Iterable[_T], problems: Sequence[Problem]) -> Iterator[_T]:
    """The items, one for each of the lines, until there are too many problems."""
    for item in items:
        _stop_after_too_many(problems, lines.place)
        yield item


def _stop_after_too_many(problems: Sequence[Problem], place: str) -> None:
    """Raise SubmissionError, which names the place that was reached, once there are too many problems."""
    if len(problems) > MAX_PROBLEMS:
        raise SubmissionError(Problem(place, f"more than {MAX_PROBLEMS:,} problems; not read further"))


def _table(lines: LineStream, problems: list[Problem], headers: Sequence[Sequence[str]]) -> RowFile:
    if not lines.first():
        raise SubmissionError(Problem(lines.name, "empty; expected a header and rows"))
    # A report may hold line breaks, but no column name does: the header is one line.
    texts = lines.texts()
    header = next(texts)
    stated = _SEPARATOR_LINE.fullmatch(header.rstrip("\r\n"))
    if stated:  # Excel writes such a line, and reads it, in countries where the comma is the decimal point
        header = next(texts, "")
    delimiters = [stated[1]] if stated else list(DELIMITERS)
    delimiter, columns = _header(lines.place, header, delimiters, headers)
    description = f"CSV, {DELIMITERS[delimiter]}-separated{lines.packing}"
    spaced = f"{delimiter} " in header
    return RowFile(lines.name, description, columns, _csv_rows(lines, texts, delimiter, spaced, columns, problems))


def _header(
    place: str, first: str, delimiters: Sequence[str], headers: Sequence[Sequence[str]]
) -> tuple[str, tuple[str, ...]]:
    """The delimiter that gives a known header, or else the most columns, and those columns. Raises SubmissionError."""
    readings = {delimiter: _cells(first, delimiter) for delimiter in delimiters}
    known = {delimiter: _is_known(columns, headers) for delimiter, columns in readings.items()}
    delimiter = max(readings, key=lambda each: (known[each], len(readings[each])))
    columns = readings[delimiter]
    faults = []
    if not known[delimiter]:
        shown = ", ".join(map(repr, columns[:10]))
        tried = "comma, semicolon and tab" if len(delimiters) > 1 else DELIMITERS[delimiter]
        faults.append(Problem(place, f"the header lacks {_PAIR} (tried {tried}); found {shown[:200]}"))
    faults += [
        Problem(place, f"the column {column!r} is repeated in the header")
        for column, count in sorted(Counter(columns).items())
        if count > 1
    ]
    if faults:
        raise SubmissionError(faults)
    return delimiter, columns


def _is_known(columns: Sequence[str], headers: Sequence[Sequence[str]]) -> bool:
    found = frozenset(columns)
    return any(found.issuperset(header) for header in headers)


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(
            cell.strip()
            for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), [])
        )
    except csv.Error:
        return ()


def _csv_rows(
    lines: LineStream,
    texts: Iterator[str],
    delimiter: str,
    spaced: bool,
    columns: Sequence[str],
    problems: list[Problem],
) -> Iterator[Row]:
    previous_limit = csv.field_size_limit(MAX_LINE_BYTES)
    try:
        rows = csv_rows(
            lines.name,
            _until_too_many(lines, texts, problems),
            columns,
            problems,
            delimiter=delimiter,
            skip_spaces=spaced,
            lines_before=lines.number,
        )
        for number, cells in rows:
            yield Row(f"{lines.name}: line {number}", cells)
    finally:
        csv.field_size_limit(previous_limit)
