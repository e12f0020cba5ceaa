"""Numbers and lists as a reader expects them."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.bundle import layout

__all__ = ["EDIT_WORDS", "clipped", "count", "interval", "listed", "number", "percent", "signed"]

EDIT_WORDS: Final = {label: label.replace("_", " ") for label in layout.EDIT_LABELS}
_LONGEST_NAME: Final = 120


def number(value: float | None, decimals: int = 3) -> str:
    """Rounded, with a dash for nothing; adding zero turns a rounded -0.0 into 0.0."""
    return "\u2013" if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def signed(value: float | None, decimals: int = 3) -> str:
    """As `number`, always with its sign, a true minus sign where it is negative."""
    if value is None:
        return "\u2013"
    rounded = round(value, decimals) + 0.0
    sign = "\u2212" if rounded < 0 else "+" if rounded > 0 else "\u00b1"
    return f"{sign}{abs(rounded):.{decimals}f}"


def interval(bounds: Sequence[float] | None, *, sign: bool = False) -> str:
    """A pair of bounds in brackets."""
    if bounds is None:
        return "\u2013"
    shown = signed if sign else number
    return f"[{shown(bounds[0])}, {shown(bounds[1])}]"


def percent(part: int, whole: int) -> str:
    """A share in per cent, one decimal; a dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "\u2013"


def count(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def listed(names: Sequence[str], conjunction: str = "and") -> str:
    """Names as a sentence lists them."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def clipped(name: str) -> str:
    """A name of any length, cut where it would fill the page."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
