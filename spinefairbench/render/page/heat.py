"""Heat maps as tables: the figure stands in the cell, the shade only repeats it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.render.html import Markup, element

__all__ = ["HeatCell", "heat_table", "shade"]

_STEPS: Final = 6


class HeatCell(NamedTuple):
    """What stands in a cell, its shade (0 for none to 5), and what to read when pointing at it."""

    text: str
    shade: int = 0
    title: str | None = None
    classes: str = ""


def shade(value: float, highest: float) -> int:
    """The step of a value between 0 and the highest of the map."""
    if highest <= 0 or value <= 0:
        return 0
    return min(int(_STEPS * value / highest), _STEPS - 1)


def heat_table(
    caption: str, corner: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[HeatCell]]]
) -> Markup:
    """The map; it scrolls by itself where the page is narrow."""
    head = element(
        "tr",
        None,
        element("th", {"scope": "col"}, corner),
        *(element("th", {"scope": "col"}, name) for name in columns),
    )
    body = [
        element(
            "tr",
            None,
            element("th", {"scope": "row"}, name),
            *(element("td", {"class": f"h{c.shade} {c.classes}".strip(), "title": c.title}, c.text) for c in cells),
        )
        for name, cells in rows
    ]
    inner = element(
        "table",
        {"class": "heat"},
        element("caption", None, element("span", None, caption)),
        element("thead", None, head),
        element("tbody", None, *body),
    )
    return element("div", {"class": "scroll", "tabindex": 0, "role": "region", "aria-label": caption}, inner)
