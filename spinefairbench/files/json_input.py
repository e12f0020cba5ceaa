"""JSON that is not trusted, read strictly and within limits; every fault is named with its place.

Beyond what the grammar refuses, these are refused: a key that is repeated within one object, NaN and Infinity (also
as a number that overflows), a whole number that no float can hold, text that is not UTF-8, a byte order mark, and nesting
that the parser cannot follow.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Final, NoReturn

from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_window import JsonWindow
from spinefairbench.files.reading import BYTE_ORDER_MARK, reason
from spinefairbench.problems import Problem, unreadable

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "JsonFault",
    "decode_json_at",
    "iter_json_array",
    "iter_json_lines",
    "json_rows",
    "parse_json",
    "parse_json_text",
]

MAX_DOCUMENT_BYTES: Final = 256 * 1024 * 1024
_MAX_ROW_CHARACTERS: Final = 16 * 1024 * 1024
_SPACE: Final = " \t\n\r"
_LONGEST_WORD: Final = 16
_MOST_DIGITS: Final = 300
"""A float holds any whole number of so many digits, and nothing that is counted has more."""


class JsonFault(ValueError):
    """Text that is not acceptable JSON; the message says why and where.

    `position` is where in the text, where the message does not say it; `may_be_cut` whether more text could make JSON
    of it.
    """

    def __init__(self, message: str, *, position: int | None = None, may_be_cut: bool = False) -> None:
        super().__init__(message)
        self.position = position
        self.may_be_cut = may_be_cut


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonFault(f"the key {key[:80]!r} is repeated in one object")
            seen.add(key)
    return result


def _no_constant(name: str) -> NoReturn:
    raise JsonFault(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0.0:
        raise JsonFault(f"the number {text[:40]} is out of range")
    return value


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise JsonFault("a number has too many digits")
    return int(digits)


def _decoder(constant: Callable[[str], None]) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_constant=constant, parse_float=_finite, parse_int=_whole)


_DECODER = _decoder(_no_constant)
_UNKNOWING_DECODER = _decoder(lambda _: None)


def _decode_at(text: str, position: int, decoder: json.JSONDecoder = _DECODER) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, position)
    except RecursionError:
        raise JsonFault("nested too deeply") from None


def decode_json_at(text: str, position: int, *, nan_is_none: bool = False) -> tuple[Any, int]:
    """The value that begins at a position, and the position behind it. Raises JsonFault.

    With `nan_is_none`, NaN and Infinity are read as None.
    """
    try:
        return _decode_at(text, position, _UNKNOWING_DECODER if nan_is_none else _DECODER)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            # What is cut ends within a text, or within a word, a number or an escape, which are short.
            may_be_cut = error.msg.startswith("Unterminated string") or error.pos > len(text) - _LONGEST_WORD
            raise JsonFault(f"not JSON: {error.msg}", position=error.pos, may_be_cut=may_be_cut) from None
        raise JsonFault(_sentence(error)) from None


def _sentence(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error.msg} at line {error.lineno} column {error.colno}"
    return str(error)


def parse_json(data: bytes) -> Any:
    """Parse a whole JSON document. Raises JsonFault."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonFault(f"not UTF-8 at byte {error.start}") from None
    if text.startswith(BYTE_ORDER_MARK):
        raise JsonFault("starts with a byte order mark; expected plain UTF-8")
    start = len(text) - len(text.lstrip(_SPACE))
    if start == len(text):
        raise JsonFault("empty; expected a JSON document")
    try:
        value, end = _decode_at(text, start)
    except ValueError as error:
        raise JsonFault(_sentence(error)) from None
    rest = text[end:].lstrip(_SPACE)
    if rest:
        line = text.count("\n", 0, len(text) - len(rest)) + 1
        raise JsonFault(f"not JSON: more text after the document's end, at line {line}")
    return value


def parse_json_text(text: str) -> Any:
    """Parse a text that is one JSON value. Raises ValueError or RecursionError, neither of which says where."""
    return _DECODER.decode(text)


def json_rows(
    name: str, lines: Iterable[bytes], problems: list[Problem], *, lines_before: int = 0
) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number from 1, object) for each line of a JSON Lines file that is not blank.

    `lines_before` is the number of lines in the file before `lines`. A line that is no JSON object is added to
    `problems` and left out.
    """
    for number, line in enumerate(lines, lines_before + 1):
        if line.isspace():
            continue
        try:
            row = parse_json(line)
        except JsonFault as fault:
            problems.append(Problem(f"{name}: line {number}", _without_line(str(fault))))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(f"{name}: line {number}", "expected a JSON object"))


def iter_json_lines(folder: Folder, relative: str, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a JSON Lines file of the folder, as `json_rows` gives them. Raises BundleError.

    A line that is too long, and one at which reading fails, is added to `problems` and ends the reading.
    """
    with folder.open(relative) as handle:
        yield from json_rows(relative, _bounded_lines(handle, relative, problems), problems)


def _bounded_lines(handle: BinaryIO, name: str, problems: list[Problem]) -> Iterator[bytes]:
    number = 1
    try:
        while line := handle.readline(_MAX_ROW_CHARACTERS):
            if len(line) == _MAX_ROW_CHARACTERS and not line.endswith(b"\n"):
                said = f"line {number} is longer than {_MAX_ROW_CHARACTERS:,} bytes; not read further"
                problems.append(Problem(name, said))
                return
            yield line
            number += 1
    except OSError as error:
        problems.append(unreadable(f"{name}: line {number}", reason(error)))


def _without_line(sentence: str) -> str:
    """Within one line, the parser's own line number would mislead."""
    return sentence.replace(" at line 1 column ", " at column ").replace(", at line 1", "")


def iter_json_array(folder: Folder, relative: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row number from 1, object) for each row of a file that is one JSON list of objects.

    The file is read in pieces; at no time is more than one piece and one row in memory. Raises BundleError
    with the row's number where the file is not such a list; rows before the fault have been yielded.
    """
    with folder.open(relative) as handle:
        window = JsonWindow(handle.read, relative, BundleError)
        if window.next_character() != "[":
            raise BundleError(Problem(relative, "expected a JSON list of rows"))
        window.position += 1
        number = 0
        ended = window.next_character() == "]"
        if ended:
            window.position += 1
        while not ended:
            number += 1
            yield number, _next_row(window, relative, number)
            separator = window.next_character()
            window.position += 1
            ended = separator == "]"
            if not ended and separator != ",":
                found = f"found {separator!r}" if separator else "the file ends"
                raise BundleError(Problem(relative, f"after row {number}: expected ',' or ']', {found}"))
        if window.next_character():
            raise BundleError(Problem(relative, f"more text after the list's end (row {number})"))


def _next_row(window: JsonWindow, relative: str, number: int) -> dict[str, Any]:
    place = f"{relative}: row {number}"
    character = window.next_character()
    if character != "{":
        found = f"found {character!r}" if character else "the file ends"
        raise BundleError(Problem(place, f"expected a JSON object, {found}"))
    row: dict[str, Any]  # what begins with a brace is an object, or no JSON at all
    while True:
        try:
            row, window.position = _decode_at(window.text, window.position)
        except json.JSONDecodeError as error:
            # The row may only be cut at the window's edge: a fault is one that more text does not mend.
            if window.ended:
                raise BundleError(Problem(place, f"not JSON, or cut off: {error.msg}")) from None
            if len(window.text) - window.position > _MAX_ROW_CHARACTERS:
                said = f"not JSON, or longer than {_MAX_ROW_CHARACTERS:,} characters: {error.msg}"
                raise BundleError(Problem(place, said)) from None
            window.grow()
        except ValueError as error:
            raise BundleError(Problem(place, _sentence(error))) from None
        else:
            return row
