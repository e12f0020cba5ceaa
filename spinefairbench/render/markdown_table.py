"""Tables and texts in Markdown, in which no text becomes markup."""

import re
from typing import Final

from spinefairbench.render.text_table import Table

__all__ = ["markdown_table", "markdown_text"]

# What ends the text of a link or an image, and what makes one of a bare address.
_LINK: Final = re.compile(r"\](?=[(\[:])|:(?=//)|(?<=mailto):|(?<=www)\.|@", re.IGNORECASE)


def markdown_table(table: Table) -> list[str]:
    """The lines of a table, and below it what is left out of it."""
    columns, cells, numeric, left_out = table
    lines = ["| " + " | ".join(columns) + " |", "|" + "|".join("--:" if number else ":--" for number in numeric) + "|"]
    lines += ["| " + " | ".join(map(markdown_text, row)) + " |" for row in cells]
    return [*lines, "", *([markdown_text(left_out), ""] if left_out else [])]


def markdown_text(cell: str) -> str:
    """A text of which nothing becomes markup, a link or an image."""
    for character in "\\|<`*_":
        cell = cell.replace(character, "\\" + character)
    return _LINK.sub(r"\\\g<0>", cell)
