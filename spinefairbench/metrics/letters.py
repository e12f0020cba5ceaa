"""Which letters are the same and where a word ends, exactly as Python's `re` defines both.

The frozen definitions are regular expressions on str. The faster methods used here must agree with them to the
character.
"""

__all__ = ["fold_case", "is_bounded", "lower_and_fold", "lower_offsets", "with_like_digits"]

_DOTTED_CAPITAL_I = "\u0130"
_DOTLESS_I = "\u0131"
_LONG_S = "\u017f"


def fold_case(text: str) -> str:
    """`text` in lower case, with every character that `re.IGNORECASE` treats as an ASCII letter made that letter.

    The result has the length of `text`, so that places are the same in both, as are word characters and white space.
    """
    return lower_and_fold(text)[1]


def lower_and_fold(text: str) -> tuple[str, str]:
    """`text.lower()` and `fold_case(text)`, nearly always the same object."""
    lowered = text.lower()
    # Only these are ASCII letters to re.IGNORECASE but not to str.lower(); the Kelvin sign is k to both.
    if text.isascii() or not (_DOTTED_CAPITAL_I in text or _DOTLESS_I in text or _LONG_S in text):
        return lowered, lowered
    plain = text.replace(_DOTTED_CAPITAL_I, "i").replace(_DOTLESS_I, "i").replace(_LONG_S, "s")
    return lowered, plain.lower()


def is_bounded(text: str, start: int, end: int) -> bool:
    r"""Whether `text[start:end]`, which starts and ends with a word character, has `\b` on both sides."""
    if start:
        before = text[start - 1]
        if before.isalnum() or before == "_":
            return False
    if end < len(text):
        after = text[end]
        if after.isalnum() or after == "_":
            return False
    return True


def lower_offsets(text: str) -> list[int]:
    """For each character of `text.lower()`, the index in `text` of the character that it comes from."""
    return [index for index, character in enumerate(text) for _ in character.lower()]


def with_like_digits(text: str) -> str:
    """`text` with a 1 for every digit from 2 to 9, its length unchanged.

    No registry and no rule tells these digits apart (a 0 may be an answer), so that what is found in the result is what
    is found in `text`: sentences that differ in the level of the spine or in their number in a list become one.
    """
    for digit in "23456789":
        text = text.replace(digit, "1")
    return text
