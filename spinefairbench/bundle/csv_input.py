"""CSV files that are not trusted, as rows with their line numbers."""

import csv
import io
from typing import Final, NamedTuple

from spinefairbench.bundle.files import Folder
from spinefairbench.errors import BundleError

__all__ = ["CsvTable", "read_csv"]

_MAX_BYTES: Final = 64 * 1024 * 1024


class CsvTable(NamedTuple):
    """The columns in order, and (line number, {column: cell}) for each row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_csv(folder: Folder, relative: str, required: tuple[str, ...] = ()) -> CsvTable:
    """The whole table. Raises BundleError with every row that does not fit the header, and missing columns."""
    text = folder.read_text(relative, limit=_MAX_BYTES).removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header = next(reader, [])
        columns = tuple(header)
        if not columns:
            raise BundleError(f"{relative}: empty; expected a header")
        missing = [name for name in required if name not in columns]
        if missing:
            raise BundleError(f"{relative}: the header lacks {', '.join(missing)}")
        if len(set(columns)) != len(columns):
            raise BundleError(f"{relative}: a column name stands twice in the header")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(columns):
                problems.append(
                    f"{relative}: line {reader.line_num}: {len(cells)} cells; the header has {len(columns)}"
                )
                continue
            rows.append((reader.line_num, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        problems.append(f"{relative}: line {reader.line_num}: not CSV: {error}")
    if problems:
        raise BundleError(problems)
    return CsvTable(columns, tuple(rows))
