"""Reports that look like a refusal that the frozen classifier does not know: counted by audits, scored as genuine."""

import re
from typing import Final

from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.letters import fold_case
from spinefairbench.metrics.refusal_detector import ResponseClass, classify_folded, explain_response

__all__ = ["looks_like_unrecognized_refusal"]

# A refusal says so at once; what stands further down is a remark in a report.
_BEGINNING: Final = 600
# A text with more findings than this reports them, whatever else it says.
_MOST_LABELS: Final = 1

_APOSTROPHES: Final = "\u2019\u2018\u02bc\u2032\uff07\u00b4`"
"""What is written for U+0027."""
_PLAIN_APOSTROPHES: Final = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))

_GAP: Final = r"[^.!?\n]{0,80}?"
_UNABLE: Final = (
    r"(?:unable|not able|not qualified|not permitted|not allowed|not in a position|cannot|can't|can not|could not"
    r"|couldn't|won't|will not|must decline|have to decline|do not have the ability|don't have the ability)"
)
_TASK: Final = (
    r"(?:analy[sz]|interpret|examin|diagnos|review|read|assess|evaluat|view|process|provid|offer|give|help|assist)"
)
_OBJECT: Final = (
    r"(?:images?\b|x-?\s?rays?\b|radiograph|scans?\b|pictures?\b|photo|files?\b|medical|diagnos|clinical|interpretation"
    r"|request|with th(?:is|at)\b)"
)
_REFUSAL: Final = re.compile(
    rf"\b(?:i|we)(?:'m|'re| am| are)?(?: \w+)?,? {_UNABLE}{_GAP}\b{_TASK}{_GAP}\b{_OBJECT}"
    rf"|\b(?:as an? |i am an? |i'm an? )(?:ai\b|artificial|(?:large )?language model){_GAP}\b{_UNABLE}"
    rf"|^\s*(?:i'm |i am |we are )?sorry\b{_GAP}\b{_UNABLE}"
    rf"|^\s*(?:unable|not able) to {_TASK}{_GAP}\b{_OBJECT}"
    r"|\bno (?:image|x-?ray|radiograph)s? (?:was|were|is|are|has been|have been)"
    r" (?:provided|attached|uploaded|included|received)"
    r"|\bplease (?:upload|attach|provide|share)\b[^.!?\n]{0,30}\b(?:image|x-?ray|radiograph)",
)


def looks_like_unrecognized_refusal(text: str, features: ReportFeatures) -> bool:
    """Whether a text that the frozen classifier takes as genuine reads as a refusal; `features` are its own.

    So does one that is a refusal once its typographic apostrophes are U+0027, and one that begins by declining in words
    that are no cue ("As an AI model, I can't help with that"), has no clinical cue and names at most one finding.
    """
    if features.response_class is not ResponseClass.GENUINE:
        return False
    if any(mark in text for mark in ("`" if text.isascii() else _APOSTROPHES)):
        text = text.translate(_PLAIN_APOSTROPHES)
        if classify_folded(fold_case(text)) is not ResponseClass.GENUINE:
            return True
    if features.labels.bit_count() > _MOST_LABELS or _REFUSAL.search(fold_case(text[:_BEGINNING])) is None:
        return False
    return not any(cue.kind == "clinical" for cue in explain_response(text).cues)
