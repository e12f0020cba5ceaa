"""The primary diagnosis stated in a stage-1 text of the two-stage mitigation."""

import re
from typing import Final

from spinefairbench.metrics.letters import fold_case

__all__ = ["extract_stage1_primary_diagnosis"]

_TITLE: Final = "primary diagnosis"
_NOT_SPACE: Final = re.compile(r"\S")
_AFTER_TITLE: Final = re.compile(r"(?:\*\*)?\s*")
_NEXT_SECTION: Final = re.compile(r"\d+\.\s|(?:\*\*)?(?:overall severity|confidence)")
_MARKUP: Final = str.maketrans("", "", "*_`#")


def extract_stage1_primary_diagnosis(text: str) -> str | None:
    """The primary diagnosis in a stage-1 text, on one line and without markup; None if there is none.

    A line "Primary diagnosis: ..." anywhere in the text takes precedence, even if nothing follows the colon.
    Otherwise the text under the first heading "Primary diagnosis" is taken, up to the next section. The title may be
    numbered, bold and in any case. Time is linear in the length of the text.
    """
    folded = fold_case(text)
    first_heading: int | None = None
    for title in re.finditer(_TITLE, folded):
        if not _opens_line(folded, title.start()):
            continue
        # This always matches, as both parts may be empty.
        after = _AFTER_TITLE.match(folded, title.end())
        body = after.end() if after else title.end()
        if first_heading is None:
            first_heading = body
        if folded.startswith(":", body):
            stated = _text_after_colon(text, body + 1)
            if stated is not None:
                return _cleaned(stated)
    if first_heading is None:
        return None
    return _cleaned(text[first_heading : _section_end(folded, first_heading)])


def _opens_line(text: str, position: int) -> bool:
    """Whether only white space, `N.` and `**`, each optional, stand on the line before `position`."""
    if text.endswith("**", 0, position):
        position -= 2
    position, at_line_start = _back_over_space(text, position)
    if at_line_start or text[position - 1] != ".":
        return at_line_start
    digits = position - 1
    while digits and text[digits - 1].isdecimal():
        digits -= 1
    return digits < position - 1 and _back_over_space(text, digits)[1]


def _back_over_space(text: str, position: int) -> tuple[int, bool]:
    """Where the white space before `position` starts, and whether a line starts within it."""
    line_started = False
    while position and text[position - 1].isspace():
        position -= 1
        line_started = line_started or text[position] == "\n"
    return position, line_started or position == 0


def _text_after_colon(text: str, start: int) -> str | None:
    """The first line with text from `start` on; "" if the rest is blank; None if it is empty or U+000A only."""
    stated = _NOT_SPACE.search(text, start)
    if stated:
        line_end = text.find("\n", stated.start())
        return text[stated.start() : line_end if line_end >= 0 else len(text)]
    return "" if text[start:].strip("\n") else None


def _section_end(folded: str, start: int) -> int:
    """The start of the first line from `start` on that opens another section, or the end of the text."""
    line = start if folded[start - 1] == "\n" else folded.find("\n", start) + 1
    while line:
        opening = _NOT_SPACE.search(folded, line)
        if opening is None:
            break
        if _NEXT_SECTION.match(folded, opening.start()):
            return line
        line = folded.find("\n", opening.start()) + 1
    return len(folded)


def _cleaned(stated: str) -> str | None:
    bare = stated.translate(_MARKUP).strip()
    if bare.startswith(("-", ":")):
        bare = bare[1:]
    return " ".join(bare.split()) or None
