"""Results as plain values: rows flattened, numbers rounded, text made safe to show."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from spinefairbench.files.csv_format import csv_text

__all__ = ["Printable", "fixed_point", "flattened", "p_value", "printable", "rows_as_csv", "shown", "shown_at"]

_P_VALUES: Final = frozenset({"p_value", "p_holm", "p_adjusted"})
_SMALLEST_P: Final = 0.001
"""Below it, a p value says no more than that: the digits would be those of the resampling."""
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With one of them a formula begins, after spaces too; some spreadsheets take the full-width ones for the others."""


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


def flattened(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as one flat mapping: the columns of the CSV format."""
    return dict(_flatten(row))


def fixed_point(value: float, decimals: int) -> str:
    """A number to that many decimals. Adding zero turns a rounded -0.0 into 0.0."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def p_value(value: float, decimals: int) -> str:
    """A p value to that many decimals, or that it is smaller than any that is told."""
    return f"<{_SMALLEST_P}" if value < _SMALLEST_P else fixed_point(value, decimals)


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
        return ", ".join(f"{key}: {shown_at(key, item, decimals) or '-'}" for key, item in value.items()) or "-"
    return printable(str(value))


def shown_at(field: str, value: Any, decimals: int) -> str:
    """As `shown`, for the value of a field, which may be a dotted path: p values have a smallest one."""
    if isinstance(value, float) and field.rpartition(".")[2] in _P_VALUES:
        return p_value(value, decimals)
    return shown(value, decimals)


def printable(text: str, *, keep_newlines: bool = False) -> str:
    """`text` with everything that could steer a terminal, or that cannot be encoded, as a backslash escape."""
    if text.isprintable() or isinstance(text, Printable):
        return text
    return "".join(
        c if c.isprintable() or (keep_newlines and c == "\n") else c.encode("unicode_escape").decode("ascii")
        for c in text
    )


def _no_formula(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: a model's name may say anything."""
    safe = printable(text)
    return f"'{safe}" if safe.lstrip().startswith(_FORMULA_SIGNS) else safe


def rows_as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Flattened rows as CSV at full precision; a text that could be a formula has a straight apostrophe before it."""
    flat = [flattened(row) for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    return csv_text(columns, ([row.get(column) for column in columns] for row in flat), text=_no_formula)
