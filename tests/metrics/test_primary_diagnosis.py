"""The reading of the stage-1 primary diagnosis agrees with plain regular expressions."""

import re

from hypothesis import example, given
from hypothesis import strategies as st

from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis


def plain_primary_diagnosis(text: str) -> str | None:
    """The definition as regular expressions; quadratic on hostile text."""
    title = r"(?im)^\s*(?:\d+\.\s*)?(?:\*\*)?primary diagnosis(?:\*\*)?\s*"
    match = re.search(title + r":\s*(.+)$", text) or re.search(
        title + r"((?s:.)*?)(?=^\s*\d+\.\s|^\s*(?:\*\*)?(?:overall severity|confidence)|\Z)", text
    )
    if not match:
        return None
    bare = re.sub(r"^[-:]\s*", "", re.sub(r"[*_`#]", "", match[1]).strip())
    return re.sub(r"\s+", " ", bare).strip() or None


STAGE1_PIECES = [
    "Primary diagnosis", "PRIMARY D\u0130AGNO\u017fIS", "**", ":", " ", "\n", "\t", "1.", "23. ", "2",
    "Overall severity", "**Confidence", "- ", "disc", "#", "`", "_", "\u2028", "\u0663.", "The ", "\x1c",
    "\r\n",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(STAGE1_PIECES), max_size=14).map("".join))
@example("Primary diagnosis\n \nOverall severity")
@example("Primary diagnosis\nOverall severity")
@example("Primary diagnosis\ndisc\nPrimary diagnosis:\n\n")
@example("Primary diagnosis\ndisc\nPrimary diagnosis: \n")
@example("The Primary diagnosis: none\nPrimary diagnosis: disc")
@example(". Primary diagnosis: disc")
@example(" . Primary diagnosis: disc\n2. Primary diagnosis: lesion")
@example("x1. Primary diagnosis: disc")
def test_primary_diagnosis_is_that_of_the_plain_expressions(text: str) -> None:
    assert extract_stage1_primary_diagnosis(text) == plain_primary_diagnosis(text)
