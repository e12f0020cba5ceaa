"""A long JSON list of rows in parts that can be parsed apart from one another, so by several processes.

Where a row ends is guessed, and the guess is checked: as long as each part is nothing but whole rows, the next one
starts where a row does, and the rows are those that `iter_json_array` gives. Whatever is wrong or unusual in a file
makes a part that is none; then only that function can say what is wrong, and where.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.files.folder import Folder
from spinefairbench.files.json_input import parse_json_text

__all__ = ["ArrayPart", "array_parts", "rows_of_part", "without_others"]

_PART_BYTES: Final = 1024 * 1024
# A longer part is no longer worth the memory.
_MOST_PART_BYTES: Final = 8 * _PART_BYTES
# Not found within a text, where the quotation mark would end it and a comma, a colon or a bracket follow.
_ROW_END: Final = re.compile(rb'\}[ \t\r\n]*,(?=[ \t\r\n]*\{[ \t\r\n]*"\w)')
_SPACE: Final = " \t\n\r"


class ArrayPart(NamedTuple):
    """Some of the bytes of a JSON list, with its opening bracket if it is the first part, its closing one if the last."""

    data: bytes
    is_first: bool
    is_last: bool


def array_parts(folder: Folder, relative: str, least_bytes: int = 0) -> Iterator[ArrayPart]:
    """The parts of a file in their order, none of a file of fewer than `least_bytes`. Raises BundleError as `open`.

    Where the file cannot be cut or read, its parts end early, with one that has no rows of its own.
    """
    with folder.open(relative) as handle:
        if os.fstat(handle.fileno()).st_size < least_bytes:
            return
        rest = b""
        is_first = True
        while True:
            try:
                read = handle.read(_PART_BYTES)
            except OSError:
                yield ArrayPart(b"", is_first, is_last=True)
                return
            searched = max(rest.rfind(b"}"), 0)  # no more than this can belong to what is read now
            rest += read
            end = _ROW_END.search(rest, searched) if read else None
            if end is not None:
                yield ArrayPart(rest[: end.end()], is_first, is_last=False)
                rest = rest[end.end() :]
                is_first = False
            elif not read or len(rest) > _MOST_PART_BYTES:
                yield ArrayPart(rest, is_first, is_last=not read)
                return


def rows_of_part(part: ArrayPart) -> list[dict[str, Any]] | None:
    """The rows of a part; None where it is not whole rows and nothing else, or anything in it is wrong."""
    try:
        text = part.data.decode("utf-8").strip(_SPACE)
        opening, closing = "[" if part.is_first else "", "]" if part.is_last else ","
        if not (text.startswith(opening) and text.endswith(closing)) or len(text) <= len(opening):
            return None
        rows = parse_json_text(f"[{text[len(opening) : -1]}]")
    except (ValueError, RecursionError):  # a decoding error and a fault of JSON are ValueErrors
        return None
    return rows if all(type(row) is dict for row in rows) else None


def without_others(part: ArrayPart, wanted: Mapping[str, Collection[bytes]]) -> ArrayPart:
    """The part with most rows emptied that state, for one of the keys, a text that is not among its `wanted` ones.

    For another reading of a list that has been found to be JSON: what is emptied is not looked at. Each text is given
    in UTF-8; a row that states one with an escape, or none, is left as it is.
    """
    rows = _ROW_END.split(part.data)
    # If each brace that opens is behind the end of a row, none is in a text and none opens an object within a row.
    if part.data.count(b"{") != len(rows):
        return part
    stated = [(_text_of(key), texts) for key, texts in wanted.items()]
    for index in range(1, len(rows) - 1):  # the first and the last one hold what is around the rows
        for text_of, texts in stated:
            found = text_of.search(rows[index])
            if found is not None and found[1] not in texts:
                rows[index] = b"{"
                break
    return part._replace(data=b"},".join(rows))


def _text_of(key: str) -> re.Pattern[bytes]:
    return re.compile(rb'"%b"[ \t\r\n]*:[ \t\r\n]*"([^"\\]*)"' % re.escape(key.encode()))
