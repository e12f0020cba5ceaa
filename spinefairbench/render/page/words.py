"""Numbers and lists as a reader expects them."""

from collections.abc import Callable, Sequence
from typing import Final

from spinefairbench.analysis.estimates import Estimate, Interval
from spinefairbench.bundle import layout
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.render import values
from spinefairbench.render.values import fixed_point

__all__ = [
    "EDIT_WORDS",
    "ENDPOINT_TITLES",
    "PARSER_WORDS",
    "clipped",
    "grouped",
    "interval",
    "interval_words",
    "listed",
    "number",
    "p_value",
    "per_hundred",
    "percent",
    "published_beside",
    "signed",
    "signed_interval",
    "signed_with_interval",
    "spaced",
    "with_interval",
]

_LONGEST_NAME: Final = 120


def spaced(name: str) -> str:
    """An identifier as words: underscores become spaces."""
    return name.replace("_", " ")


ENDPOINT_TITLES: Final = {endpoint.name: endpoint.title for endpoint in ENDPOINTS}
EDIT_WORDS: Final = {label: spaced(label) for label in layout.EDIT_LABELS}
PARSER_WORDS: Final = {
    "frozen": "frozen (scored)",
    "plural_aware": "plural-aware",
    "negation_aware": "negation-aware",
    "both": "plural- and negation-aware",
    "strict": "strict registry",
}
"""The frozen parser and its variants."""


def number(value: float | None, decimals: int = 3) -> str:
    """A rounded number with a true minus sign, or a dash for None."""
    return "\u2013" if value is None else fixed_point(value, decimals).replace("-", "\u2212")


def per_hundred(value: float | None) -> str:
    """A share as a number of 100, with one decimal, or a dash for None."""
    return number(None if value is None else 100 * value, 1)


def p_value(value: float | None) -> str:
    """A p value, or a dash for None."""
    return number(None) if value is None else values.p_value(value, 4)


def signed(value: float | None, decimals: int = 3) -> str:
    """As `number`, always with a sign, and a true minus sign for negative values."""
    if value is None:
        return "\u2013"
    rounded = round(value, decimals) + 0.0
    sign = "\u2212" if rounded < 0 else "+" if rounded > 0 else "\u00b1"
    return f"{sign}{abs(rounded):.{decimals}f}"


def interval(bounds: Interval | None) -> str:
    """A pair of bounds in brackets, or a dash for None."""
    return "\u2013" if bounds is None else f"[{number(bounds[0])}, {number(bounds[1])}]"


def signed_interval(bounds: Interval) -> str:
    """As `interval`, each bound with its sign."""
    return f"[{signed(bounds[0])}, {signed(bounds[1])}]"


def with_interval(found: Estimate) -> str:
    """An estimate, and the interval that is judged by if it has one."""
    bounds = found.judged_ci95
    return number(found.value) if bounds is None else f"{number(found.value)} {interval(bounds)}"


def signed_with_interval(found: Estimate) -> str:
    """As `with_interval`, each number with its sign."""
    bounds = found.judged_ci95
    return signed(found.value) if bounds is None else f"{signed(found.value)} {signed_interval(bounds)}"


def published_beside(found: Estimate, shown: Callable[[Interval], str] = interval) -> str | None:
    """The interval of the published method, named as such; None where it is the one that is judged by."""
    if found.ci95 is None or found.ci95 == found.judged_ci95:
        return None
    return f"published method, percentile: {shown(found.ci95)}"


def interval_words(found: Estimate, shown: Callable[[Interval], str] = interval) -> str:
    """The interval that is judged by, and that of the published method where it is another one."""
    judged = "no interval can be given" if found.judged_ci95 is None else f"95% interval {shown(found.judged_ci95)}"
    published = published_beside(found, shown)
    return judged if published is None else f"{judged}; {published}"


def grouped(n: int) -> str:
    """A whole number with thousands separators."""
    return f"{n:,}"


def percent(part: int, whole: int) -> str:
    """A share as a percentage with one decimal, or a dash where there is no whole."""
    return f"{100 * part / whole:.1f}%" if whole else "\u2013"


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them: "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def clipped(name: str) -> str:
    """A name, cut where it would fill the page."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "\u2026"
