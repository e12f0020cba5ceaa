"""CSV: rows that are not trusted, with their line numbers; and tables written in one way."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.errors import BundleError
from spinefairbench.files.folder import Folder
from spinefairbench.files.reading import BYTE_ORDER_MARK
from spinefairbench.problems import Problem

__all__ = ["DELIMITERS", "CsvTable", "csv_rows", "csv_text", "read_csv"]

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
"""What may separate cells, and its name."""

_MAX_BYTES: Final = 64 * 1024 * 1024


class CsvTable(NamedTuple):
    """The columns in order, and (line number, {column: cell}) for each row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def csv_rows(
    name: str,
    lines: Iterable[str],
    columns: Sequence[str],
    problems: list[Problem],
    *,
    delimiter: str = ",",
    skip_spaces: bool = False,
    lines_before: int = 0,
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line on which it starts, {column: cell}) for each row below the header.

    `lines_before` is the number of lines in the file before `lines`. A row that does not fit the header, and text
    that is not CSV, is added to `problems`; reading ends at the latter.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=skip_spaces, strict=True)
    while True:
        number = lines_before + reader.line_num + 1
        place = f"{name}: line {number}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append(Problem(place, f"not CSV from here on: {error} (is a double quote missing?)"))
            return
        if cells is None:
            return
        if len(cells) == len(columns):
            yield number, dict(zip(columns, cells, strict=True))
        elif cells:
            problems.append(
                Problem(
                    place,
                    f"{len(cells)} cells; the header has {len(columns)} (put a text that holds a "
                    f"{DELIMITERS[delimiter]} or a line break in double quotes)",
                )
            )


def read_csv(folder: Folder, relative: str, required: tuple[str, ...] = ()) -> CsvTable:
    """Read a whole table. Raises BundleError with every row that does not fit the header, and missing columns."""
    text = folder.read_text(relative, limit=_MAX_BYTES).removeprefix(BYTE_ORDER_MARK)
    lines = io.StringIO(text, newline="")
    header = csv.reader(lines, strict=True)
    try:
        columns = tuple(next(header, []))
    except csv.Error as error:
        raise BundleError(Problem(relative, f"line 1: not CSV: {error}")) from None
    if not columns:
        raise BundleError(Problem(relative, "empty; expected a header"))
    missing = [name for name in required if name not in columns]
    if missing:
        raise BundleError(Problem(relative, f"the header lacks {', '.join(missing)}"))
    if len(set(columns)) != len(columns):
        raise BundleError(Problem(relative, "a column name is repeated in the header"))
    problems: list[Problem] = []
    rows = tuple(csv_rows(relative, lines, columns, problems, lines_before=header.line_num))
    if problems:
        raise BundleError(problems)
    return CsvTable(columns, rows)


def _cell(value: Any, text: Callable[[str], str] = str) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return text(value) if isinstance(value, str) else value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, text: Callable[[str], str] = str) -> str:
    """A header and rows as CSV with bare newlines, None as an empty cell and floats as Python writes them.

    `text` turns each text into what is to be written.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value, text) for value in row] for row in rows)
    return out.getvalue()
