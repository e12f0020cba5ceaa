"""Rows of reports that a model author has: JSON Lines, a JSON list, CSV or TSV, plain or gzip; none of it trusted.

Everything is read as a stream and within limits, so that neither a decompression bomb nor a quote that is
never closed takes more memory than the rows that are worth keeping.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from spinefairbench.bundle.files import open_regular, reason
from spinefairbench.bundle.json_input import MAX_DOCUMENT_BYTES, JsonFault, parse_json
from spinefairbench.errors import SubmissionError

__all__ = ["MAX_PROBLEMS", "STDIN", "Row", "RowFile", "open_rows"]

STDIN: Final = "-"
MAX_PROBLEMS: Final = 10_000
"""No file is read further than this many faults: what follows would not be told anyway."""

_MAX_BYTES: Final = 1024 * 1024 * 1024
_MAX_LINES: Final = 4_000_000
_MAX_LINE_BYTES: Final = 16 * 1024 * 1024
# A text of reports seldom shrinks to less than a tenth; deflate's limit is a thousandth.
_BOMB_BYTES: Final = 64 * 1024 * 1024
_BOMB_RATIO: Final = 200
_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_SUFFIXES: Final = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv"}
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}


class Row(NamedTuple):
    """One row as written: its place in a sentence (`reports.csv: line 7`) and its fields."""

    place: str
    fields: Mapping[str, Any]


class RowFile(NamedTuple):
    """An open file of rows. `description` names the format and what was guessed of it.

    `document` is the value of a file that is one JSON object, which has no rows. `columns` is None where each
    row names its own fields.
    """

    name: str
    description: str
    columns: tuple[str, ...] | None
    rows: Iterator[Row]
    document: dict[str, Any] | None = None


@contextmanager
def open_rows(path: str, problems: list[str], standard_input: BinaryIO | None = None) -> Iterator[RowFile]:
    """The rows of a file, or of `standard_input` where `path` is `-`.

    A row that cannot be read goes to `problems` while the rows are iterated. Raises SubmissionError where the
    file as a whole is not one of the formats; iterating raises it too, where reading cannot go on.
    """
    raw = _opened(path, standard_input)
    try:
        lines = _Lines("standard input" if path == STDIN else path, raw)
        kind = _kind(path, lines)
        if kind == "json":
            yield _document(lines)
        elif kind == "jsonl":
            yield RowFile(lines.name, f"JSON Lines{lines.packing}", None, _json_lines(lines, problems))
        else:
            yield _table(lines, problems)
    finally:
        if raw is not standard_input:
            raw.close()


class _Lines:
    """The lines of a file as bytes, unpacked, counted, and within the limits."""

    def __init__(self, name: str, raw: BinaryIO) -> None:
        self.name = name
        self.number = 0
        self.packing = ""
        self._bytes = 0
        self._ahead = b""
        self._packed = _Counting(raw)
        self._handle = _buffered(self._packed)
        start = self._peek()
        if start[:2] == _GZIP_MAGIC:
            self.packing = ", gzip"
            self._handle = _buffered(gzip.GzipFile(fileobj=self._handle))
            start = self._peek()
        if self.packing and start[:2] == _GZIP_MAGIC:
            raise SubmissionError(f"{self.name}: compressed twice; expected a text in one layer of gzip")
        if start[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in start[:4]:
            raise SubmissionError(f"{self.name}: looks like UTF-16 or UTF-32; expected UTF-8 (save it as UTF-8)")
        if start.startswith(_BOM):
            self._handle.read(len(_BOM))

    @property
    def place(self) -> str:
        return f"{self.name}: line {self.number}"

    def first(self) -> bytes:
        """The first line that is not blank, unread; empty where there is none."""
        for line in self:
            if not line.isspace():
                self.number -= 1
                self._ahead = line
                return line
        return b""

    def read_all(self, limit: int) -> bytes:
        """All that is left. Raises SubmissionError, also where it is more than `limit` bytes."""
        # Blank lines that were skipped still count where a fault's line is told.
        pieces = [b"\n" * self.number, self._ahead]
        while piece := self._read(lambda: self._handle.read(1024 * 1024)):
            self._count(piece, limit)
            pieces.append(piece)
        return b"".join(pieces)

    def __iter__(self) -> Iterator[bytes]:
        while line := self._ahead or self._read_line():
            self._ahead = b""
            self.number += 1
            if self.number > _MAX_LINES:
                raise SubmissionError(f"{self.name}: more than {_MAX_LINES:,} lines; not read further")
            yield line

    def _read_line(self) -> bytes:
        line = self._read(lambda: self._handle.readline(_MAX_LINE_BYTES))
        self._count(line, _MAX_BYTES)
        if len(line) == _MAX_LINE_BYTES and not line.endswith(b"\n"):
            place = f"{self.name}: line {self.number + 1}"
            raise SubmissionError(f"{place}: longer than {_MAX_LINE_BYTES:,} bytes; not read further")
        return line

    def _peek(self) -> bytes:
        return self._read(lambda: self._handle.peek(4))

    def _read(self, read: Callable[[], bytes]) -> bytes:
        try:
            return read()
        except EOFError:
            problem = f"the gzip data is cut off after line {self.number}"
        except (zlib.error, gzip.BadGzipFile):
            problem = f"the gzip data is damaged after line {self.number}"
        except OSError as error:
            problem = f"cannot be read: {reason(error)}"
        raise SubmissionError(f"{self.name}: {problem}")

    def texts(self) -> Iterator[str]:
        """The lines as text. Raises SubmissionError at the first that is not UTF-8."""
        for line in self:
            try:
                yield line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise SubmissionError(
                    f"{self.place}: not UTF-8 at byte {error.start + 1} of the line (0x{line[error.start]:02x}); "
                    "if it is Windows-1252 or Latin-1, save it as UTF-8"
                ) from None

    def _count(self, piece: bytes, limit: int) -> None:
        self._bytes += len(piece)
        if self._bytes > limit:
            raise SubmissionError(f"{self.name}: more than {limit:,} bytes of text; not read further")
        if self.packing and self._bytes > max(_BOMB_BYTES, _BOMB_RATIO * self._packed.count):
            raise SubmissionError(
                f"{self.name}: unpacks to more than {_BOMB_RATIO} times its size ({self._bytes:,} bytes so far); "
                "not read further, as a decompression bomb would"
            )


class _Counting(io.RawIOBase):
    """A stream that knows how many bytes were taken from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _buffered(raw: io.RawIOBase | gzip.GzipFile) -> io.BufferedReader:
    return io.BufferedReader(raw)


def _opened(path: str, standard_input: BinaryIO | None) -> BinaryIO:
    if path == STDIN:
        if standard_input is None:
            raise SubmissionError("standard input: there is none")
        return standard_input
    try:
        return open_regular(path)[0]
    except FileNotFoundError:
        raise SubmissionError(f"{path}: no such file") from None
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {reason(error)}") from None
    except ValueError:
        raise SubmissionError(f"{path!r}: not a usable path") from None


def _kind(path: str, lines: _Lines) -> str:
    """What the name says, or where it says nothing, the first characters."""
    name = Path(path)
    suffix = (Path(name.stem) if name.suffix.lower() == ".gz" else name).suffix.lower()
    if path != STDIN and suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    first = lines.first().strip()
    if first.startswith(b"{"):
        # An object that ends on its own line is a row; one that goes on, a document.
        return "jsonl" if first.endswith(b"}") and b'"schema_version"' not in first else "json"
    return "json" if first.startswith(b"[") else "csv"


def _document(lines: _Lines) -> RowFile:
    try:
        value = parse_json(lines.read_all(MAX_DOCUMENT_BYTES))
    except JsonFault as fault:
        raise SubmissionError(f"{lines.name}: {fault}") from None
    if isinstance(value, dict):
        return RowFile(lines.name, f"JSON{lines.packing}", None, iter(()), value)
    if not isinstance(value, list):
        raise SubmissionError(f"{lines.name}: $: expected a submission or a list of rows")
    faults = [f"{lines.name}: $[{i}]: expected an object" for i, row in enumerate(value) if not isinstance(row, dict)]
    if faults:
        raise SubmissionError(faults)
    rows = (Row(f"{lines.name}: $[{index}]", row) for index, row in enumerate(value))
    return RowFile(lines.name, f"a JSON list{lines.packing}", None, rows)


def _json_lines(lines: _Lines, problems: list[str]) -> Iterator[Row]:
    for line in lines:
        if line.isspace():
            continue
        try:
            value = parse_json(line)
        except JsonFault as fault:
            problems.append(f"{lines.place}: {str(fault).replace(' at line 1 column ', ' at column ')}")
        else:
            if isinstance(value, dict):
                yield Row(lines.place, value)
            else:
                problems.append(f"{lines.place}: expected a JSON object")
        if len(problems) > MAX_PROBLEMS:
            raise SubmissionError(f"{lines.place}: more than {MAX_PROBLEMS:,} problems; not read further")


def _table(lines: _Lines, problems: list[str]) -> RowFile:
    if not lines.first():
        raise SubmissionError(f"{lines.name}: empty; expected a header and rows")
    # A report may hold line breaks, but no column name does: the header is one line.
    texts = lines.texts()
    header = next(texts)
    delimiter, columns = _header(lines.place, header)
    description = f"CSV, {_DELIMITERS[delimiter]}-separated{lines.packing}"
    spaced = f"{delimiter} " in header
    return RowFile(lines.name, description, columns, _csv_rows(lines, texts, delimiter, spaced, columns, problems))


def _header(place: str, first: str) -> tuple[str, tuple[str, ...]]:
    """The delimiter that finds most columns in the header, and the columns. Raises SubmissionError."""
    readings = {delimiter: _cells(first, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(readings, key=lambda each: ("pair_id" in readings[each], len(readings[each])))
    columns = readings[delimiter]
    faults = []
    if "pair_id" not in columns:
        shown = ", ".join(map(repr, columns[:10]))
        faults.append(f"{place}: the header lacks pair_id (tried comma, semicolon and tab); found {shown[:200]}")
    faults += [
        f"{place}: the column {column!r} stands twice in the header"
        for column in sorted({column for column in columns if columns.count(column) > 1})
    ]
    if faults:
        raise SubmissionError(faults)
    return delimiter, columns


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        return tuple(
            cell.strip()
            for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), [])
        )
    except csv.Error:
        return ()


def _csv_rows(
    lines: _Lines, texts: Iterator[str], delimiter: str, spaced: bool, columns: Sequence[str], problems: list[str]
) -> Iterator[Row]:
    previous_limit = csv.field_size_limit(_MAX_LINE_BYTES)
    try:
        reader = csv.reader(texts, delimiter=delimiter, skipinitialspace=spaced, strict=True)
        while True:
            place = f"{lines.name}: line {lines.number + 1}"
            try:
                cells = next(reader, None)
            except csv.Error as error:
                problems.append(f"{place}: not CSV from here on: {error} (is a double quote missing?)")
                return
            if cells is None:
                return
            if len(cells) == len(columns):
                yield Row(place, dict(zip(columns, cells, strict=True)))
            elif cells:
                problems.append(
                    f"{place}: {len(cells)} cells; the header has {len(columns)} (a text with a "
                    f"{_DELIMITERS[delimiter]} or a line break stands in double quotes)"
                )
            if len(problems) > MAX_PROBLEMS:
                raise SubmissionError(f"{place}: more than {MAX_PROBLEMS:,} problems; not read further")
    finally:
        csv.field_size_limit(previous_limit)
