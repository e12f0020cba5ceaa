"""The JSON value of a file that should be a submission or a score file; rows and results are told what makes one."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, Final

from spinefairbench.errors import SubmissionError
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.json_stream import read_json_document
from spinefairbench.files.line_stream import MAX_LINE_BYTES, LineStream
from spinefairbench.files.reading import input_name, open_input
from spinefairbench.problems import Problem

__all__ = ["MAX_SUBMISSION_BYTES", "load_submission"]

MAX_SUBMISSION_BYTES: Final = 1024 * 1024 * 1024
"""A submission may have so many bytes, unpacked, whichever command reads it."""
_ROWS: Final = "rows of reports or results of a runner, no submission; `submission convert` makes one of them"
_ROW_KEYS: Final = frozenset({"pair_id", "custom_id", "key", "doc_id", "prediction", "eval"})
"""One of these is in each row, and in the logs, that `submission convert` reads."""


def load_submission(path: Path, standard_input: BinaryIO | None = None) -> Any:
    """The JSON value of a file, plain or gzip; `-` stands for `standard_input`. Raises SubmissionError."""
    name = input_name(str(path))
    raw = open_input(str(path), standard_input, SubmissionError)
    try:
        pieces = LineStream(name, raw, SubmissionError).pieces(MAX_SUBMISSION_BYTES)
        start = _start(pieces)
        if _begins_as_a_table(start):
            raise SubmissionError(Problem(name, _ROWS))
        value = read_json_document(name, chain([start], pieces), SubmissionError)
    except JsonFault as fault:
        said = _ROWS if _begins_with_a_row(start) else str(fault)
        raise SubmissionError(Problem(name, said)) from None
    finally:
        if raw is not standard_input:
            raw.close()
    if _is_row(value[0] if isinstance(value, list) and value else value):
        raise SubmissionError(Problem(name, _ROWS))
    return value


def _start(pieces: Iterator[bytes]) -> bytes:
    """The pieces up to the end of the first line that is not blank, or as much as a line of rows may have."""
    start = b""
    for piece in pieces:
        start += piece
        if b"\n" in start.lstrip() or len(start) > MAX_LINE_BYTES:
            break
    return start


def _is_row(value: Any) -> bool:
    return isinstance(value, Mapping) and "schema_version" not in value and not _ROW_KEYS.isdisjoint(value)


def _first_line(start: bytes) -> bytes:
    return start.lstrip().partition(b"\n")[0]


def _begins_as_a_table(start: bytes) -> bool:
    """Whether a file begins as a table with a column of pairs does."""
    line = _first_line(start)
    return b"pair_id" in line and line[:1] not in (b"{", b"[")


def _begins_with_a_row(start: bytes) -> bool:
    """Whether a file that is no JSON document begins as JSON Lines do."""
    try:
        return _is_row(parse_json(_first_line(start)))
    except JsonFault:
        return False
