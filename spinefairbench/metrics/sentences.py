"""The lines of a text, and where its sentences start. Work is linear in the length of the text."""

import re
from typing import Final

from spinefairbench.metrics.letters import fold_case

__all__ = ["fold_for_reading", "lines_of", "sentence_starts"]

# A line that starts in lower case continues the sentence of the line before.
_LINE_STOP: Final = re.compile(r"\n(?![ \t]{0,8}[a-z])")
# A run of signs is looked at once, from its first sign on.
# Its first character is one of a set, which `re` looks for much faster than for alternatives.
_SENTENCE_STOP: Final = re.compile(
    r"[.!?;\n](?:(?<=[.!?])(?<![.!?]{2})[.!?]*+(?=[\s\"')\]*]|$)|(?<=;)|(?<=\n)(?![ \t]{0,8}[a-z]))"
)
_ABBREVIATIONS: Final = ("e.g.", "i.e.", " vs.", " Dr.", " approx.", " cf.")
_ITEM_NUMBER: Final = re.compile(r"\s*[*_#-]{0,4}\s?\d{1,2}\.")
_LONGEST_ITEM_NUMBER: Final = 16

# An answer belongs to the sentence of its question, and to that of the label that dots lead from to it.
_ANSWER: Final = re.compile(
    r"[\s*_\"')\]-]{0,8}(?:a(?:nswer)?\s?:[\s*]{0,4})?"
    r"(?:yes|no|none|not|nil|negative|positive|absent|present|possibly|probably|perhaps|maybe|unclear|uncertain|unlikely"
    r"|unknown|[yn](?=\W|$)|(?:it|they|there|we|i)(?:\s(?:is|are|do|does|did|can|could|was|were)\s?(?:not|none|no)|\scannot|\s\w{2,5}n['\u2019]t))\b",
    re.IGNORECASE,
)
_SHORTEST_LEADER: Final = 4


def fold_for_reading(text: str) -> str:
    """`text` in lower case with straight apostrophes, its length unchanged."""
    return fold_case(text).replace("\u2019", "'")


def _is_answered(text: str, question_end: int, answer_start: int) -> bool:
    """Whether a question mark stands before one place, apart from what emphasizes it, and an answer at the other."""
    return text[max(question_end - 3, 0) : question_end].rstrip("* ").endswith("?") and bool(
        _ANSWER.match(text, answer_start)
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text without their line ends; a question and the answer on the next line are one."""
    lines = _LINE_STOP.split(text)
    if "?" not in text:
        return lines
    answered: list[list[str]] = [lines[:1]]
    end = len(lines[0])
    for line in lines[1:]:
        if _is_answered(text, end, end + 1):
            answered[-1].append(line)
        else:
            answered.append([line])
        end += 1 + len(line)
    return list(map("\n".join, answered))


def sentence_starts(text: str) -> list[int]:
    """Where each sentence starts, beginning with 0; the number of a list item belongs to the sentence that follows."""
    starts = [0]
    asks = "?" in text
    for stop in _SENTENCE_STOP.finditer(text):
        start, end = stop.span()
        sign = text[start]
        if sign == "." and (
            end - start >= _SHORTEST_LEADER
            or text.endswith(_ABBREVIATIONS, 0, end)
            or (end - starts[-1] <= _LONGEST_ITEM_NUMBER and _ITEM_NUMBER.fullmatch(text, starts[-1], end))
        ):
            continue
        if asks and ((sign == "?" and _ANSWER.match(text, end)) or (sign == "\n" and _is_answered(text, start, end))):
            continue
        starts.append(end)
    return starts
