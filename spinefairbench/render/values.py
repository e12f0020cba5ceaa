"""Results as plain values: rows flattened, numbers rounded, text made safe to show."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.files.csv_format import csv_text

__all__ = ["Printable", "fixed_point", "printable", "rows_as_csv", "shown"]


class Printable(str):
    """A line that is fit for the terminal as it is, colours and all; `printable` leaves it alone."""

    __slots__ = ()


def _flatten(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, cell) pairs: nested mappings are opened, a pair of bounds becomes two cells."""
    for key, value in row.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{name}.")
        elif key.endswith("ci95"):
            lower, upper = value if value is not None else (None, None)
            yield f"{name}.lower", lower
            yield f"{name}.upper", upper
        elif isinstance(value, list | tuple):
            if all(isinstance(item, str) for item in value):
                yield name, "; ".join(value)
            else:
                yield name, json.dumps(value, allow_nan=False)
        else:
            yield name, value


def fixed_point(value: float, decimals: int) -> str:
    """A number to that many decimals. Adding zero turns a rounded -0.0 into 0.0."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def shown(value: Any, decimals: int) -> str:
    """A value for a reader: floats rounded, an interval in brackets, nothing as a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return fixed_point(value, decimals)
    if isinstance(value, list | tuple):
        parts = [shown(item, decimals) for item in value]
        if len(parts) == 2 and all(isinstance(item, float) for item in value):
            return f"[{parts[0]}, {parts[1]}]"
        return ", ".join(parts)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {shown(item, decimals) or '-'}" for key, item in value.items()) or "-"
    return printable(str(value))


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """`text` with everything that could steer a terminal, or that cannot be encoded, as a backslash escape."""
    if text.isprintable() or isinstance(text, Printable):
        return text
    return "".join(
        c if c.isprintable() or (keep_newlines and c == "\n") else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def rows_as_csv(rows: Iterable[Mapping[str, Any]], *, text: Callable[[str], str] = printable) -> str:
    """Flattened rows as CSV at full precision; `text` turns each text into what is to be written."""
    flat = [dict(_flatten(row)) for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    return csv_text(columns, ([row.get(column) for column in columns] for row in flat), text=text)
