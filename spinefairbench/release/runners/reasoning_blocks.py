"""Reasoning that a model writes into its answer before the report: found by its tags, left out and counted."""

import re
from typing import Final, NamedTuple

__all__ = ["WithoutReasoning", "without_reasoning"]

_NAMES: Final = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|chain_of_thought"
_TAG: Final = re.compile(
    rf"<(?P<end>/?)(?:{_NAMES})\s{{0,4}}>|\u25c1(?P<end2>/?)think\u25b7|\[(?P<end3>/?)THINK\]", re.IGNORECASE
)


class WithoutReasoning(NamedTuple):
    """A text without its reasoning blocks, their number, and whether the last one is never closed."""

    text: str
    blocks: int
    is_unclosed: bool


def without_reasoning(text: str) -> WithoutReasoning:
    """The text without its reasoning, in linear time; a text without tags comes back as it is.

    Some chat templates write the opening tag into the prompt: what comes before a first tag that closes is reasoning
    too. Blocks within blocks end with the outermost; whether names of tags agree is not looked at.
    """
    kept: list[str] = []
    start = depth = blocks = 0
    for tag in _TAG.finditer(text):
        closes = "/" in tag.group()
        if depth == 0:
            kept.append(text[start : tag.start()])
        if not closes:
            blocks += depth == 0
            depth += 1
        elif depth:
            depth -= 1
        elif not blocks:
            kept.clear()
            blocks = 1
        start = tag.end()
    if not depth:
        kept.append(text[start:])
    joined = "".join(kept)
    return WithoutReasoning(joined.strip() if blocks else text, blocks, depth > 0)
