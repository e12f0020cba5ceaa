"""What of a report the frozen parsers cannot read: marks beside the score, never part of it.

The parsers know English keywords. In a text that has none they find nothing, and nothing never changes: such a report
scores as unchanged and fully consistent. The marks say for which reports that is so, and why it may be.
"""

import re
from enum import IntFlag
from hashlib import blake2b
from typing import Final, NamedTuple

from spinefairbench.metrics.features import ReportFeatures, extract_features
from spinefairbench.metrics.languages import probably_not_english
from spinefairbench.metrics.letters import fold_case
from spinefairbench.metrics.refusal_detector import ResponseClass, refuses_folded
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.report_language import read_language
from spinefairbench.metrics.unrecognized_refusals import looks_like_unrecognized_refusal

__all__ = ["UNREADABLE", "ReadReport", "TextMarks", "Trait", "read_report"]


class Trait(IntFlag):
    """What is odd about a report that is no full refusal."""

    NO_TERM_OR_CUE = 1
    """The parsers find no term and no refusal cue."""
    REASONING_TAGS = 2
    """Tags of a reasoning or chat format are left in it, so that the parsers read more than the report."""
    ERROR_TEXT = 4
    """It is the message of a server or harness, not a report."""
    OTHER_LANGUAGE = 8
    """It is probably not in English."""
    UNRECOGNIZED_REFUSAL = 16
    """It reads as a refusal, but the frozen classifier calls it genuine."""
    POSSIBLY_TRUNCATED = 32
    """It seems to end within a sentence."""


UNREADABLE: Final = (
    Trait.NO_TERM_OR_CUE | Trait.REASONING_TAGS | Trait.ERROR_TEXT | Trait.OTHER_LANGUAGE | Trait.UNRECOGNIZED_REFUSAL
)
"""The traits of reports whose score says nothing of the model; a truncated report is read as far as it goes."""


class TextMarks(NamedTuple):
    """What is remembered of a text besides its features.

    `digest` is the same for the same text in every process, and as good as never for another. `traits`
    are some of `Trait` as one number; `severity` and `hedging` are those of its `ReportLanguage`.
    """

    digest: int
    traits: int
    severity: int
    hedging: int


class ReadReport(NamedTuple):
    """A report as read: what is scored of it, and its marks."""

    features: ReportFeatures
    marks: TextMarks


# A model that decodes deterministically repeats its reports; remembered, they share one object too.
@remembered(most=1024, longest=1 << 14)
def read_report(text: str) -> ReadReport:
    """The features and marks of a report, in time linear in its length; it is parsed once."""
    features = extract_features(text)
    language = read_language(text)
    return ReadReport(features, TextMarks(_digest(text), _traits(text, features) if features.usable else 0, *language))


def _digest(text: str) -> int:
    # Python's own hash of a text is another one in each process.
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest())


_SURELY_A_REPORT: Final = 3
"""So many different diagnostic labels are found in no error message and in no other language: some terms are words there
too (broken pipe, fracture in French), but not three of them. Most reports need no closer look for that."""
_GENUINE: Final = ResponseClass.GENUINE


def _traits(text: str, features: ReportFeatures) -> int:
    traits = 0
    if features.response_class is _GENUINE:
        if not features.labels and not features.recommendations and not refuses_folded(fold_case(text)):
            traits |= Trait.NO_TERM_OR_CUE
        if looks_like_unrecognized_refusal(text, features):
            traits |= Trait.UNRECOGNIZED_REFUSAL
    if _has_reasoning_tags(text):
        traits |= Trait.REASONING_TAGS
    if features.labels.bit_count() < _SURELY_A_REPORT:
        if _is_error_text(text):
            traits |= Trait.ERROR_TEXT
        if probably_not_english(text):
            traits |= Trait.OTHER_LANGUAGE
    if _seems_truncated(text):
        traits |= Trait.POSSIBLY_TRUNCATED
    return int(traits)


# --- what a harness leaves in a text ---------------------------------------------------------------------------

_TAGS: Final = re.compile(
    r"""</?(?:think|thinking|thought|thoughts|reasoning|reflection|scratchpad|chain_of_thought)>
    |<\|[a-z_]{1,40}\|>|\[/?inst\]|\u25c1/?think\u25b7""",
    re.VERBOSE | re.IGNORECASE,
)


def _has_reasoning_tags(text: str) -> bool:
    return ("<" in text or "INST]" in text or "\u25c1" in text) and _TAGS.search(text) is not None


_ERROR_WITHIN: Final = 200
"""An error message comes at the beginning, in characters; what comes later may be about errors."""
_ERROR_WORDS: Final = (
    "error", "limit", "failed to", "traceback", "<html", "<!doctype", "http", "unavailable", "timed out", "timeout",
    "gateway", "too many", "quota", "out of memory",
)  # fmt: skip
"""Every pattern below has one of these; few reports do."""
_ERRORS: Final = re.compile(
    r"""\berror\W{0,3}(?:code\W{0,3}|status\W{0,3})?[45][0-9]{2}\b
    |\bhttp(?:/[0-9.]{1,3})?\W{0,2}(?:error\W{0,2}|status\W{0,2})?(?:code\W{0,3})?[45][0-9]{2}\b
    |\b[45][0-9]{2}\ (?:client|server)\ error\b
    |\brate[ _]?limit(?:ed|\ ?error|\ (?:is\ )?(?:exceeded|reached|hit))\b
    |\b(?:exceeded|reached|hit)\ (?:(?:your|the|a)\ )?(?:current\ )?(?:rate\ limit|quota)\b
    |\btoo\ many\ requests\b|\bquota\ exceeded\b|\binsufficient_quota\b
    |\bfailed\ to\ (?:obtain|get|generate|fetch|retrieve|receive)\ (?:an?\ |the\ |any\ )?
        (?:answer|response|report|output|completion|reply|result)\b
    |\btraceback\ \(most\ recent\ call\ last\)
    |^\W{0,3}(?:<!doctype\ html|<html\b)
    |\binternal\ server\ error\b|\bbad\ gateway\b|\bgateway\ time-?out\b
    |\bservice\ (?:is\ )?(?:temporarily\ |currently\ )?unavailable\b
    |\b(?:request|connection|server|api)\W{1,2}(?:timed\ out|timeout|error\b)
    |["']error["']\s{0,3}:
    |\b(?:api|rate_?limit|timeout|connection|bad_?request|server|overloaded|runtime|value|key)_?error\b
    |^\W{0,3}error\s{0,2}[:!]
    |\bout\ of\ memory\b""",
    re.VERBOSE,
)


def _is_error_text(text: str) -> bool:
    start = text[:_ERROR_WITHIN].lower()
    for word in _ERROR_WORDS:
        if word in start:
            return _ERRORS.search(start) is not None
    return False


# --- reports that end too early --------------------------------------------------------------------------------

_END_LOOKED_AT: Final = 4000
_FEWEST_CHARACTERS: Final = 80
_FEWEST_SENTENCES: Final = 3
_WORDS_OF_A_SENTENCE: Final = 6
_NEVER_LAST: Final = frozenset(
    ["the", "an", "and", "or", "of", "with", "from", "is", "are", "was", "were", "which", "that", "than", "into"]
)
_SENTENCE_END: Final = re.compile(r"[.!?:][)\"'*_\u201d\u2019]{0,4}(?=\s|$)")


def _seems_truncated(text: str) -> bool:
    """Whether a text breaks off: after a comma or a word that cannot be the last, or as the only sentence without end.

    Reports in keywords and lists without full stops end like that too, so the other sentences must have their ends.
    """
    end = text[-_END_LOOKED_AT:].rstrip()
    last = end[-1:]
    if len(end) < _FEWEST_CHARACTERS or not (last.isalnum() or last in ",("):
        return False
    if last in ",(" or end[-10:].split()[-1].lower() in _NEVER_LAST:
        return True
    line_start = end.rfind("\n") + 1
    if end.count(" ", line_start) < _WORDS_OF_A_SENTENCE - 1:
        return False
    *ended, open_end = _SENTENCE_END.split(end[line_start:])
    if len(open_end.split()) < _WORDS_OF_A_SENTENCE:
        return False
    sentences = len(ended)
    for other in reversed(end[:line_start].splitlines()):
        if not _SENTENCE_END.search(other, max(len(other) - 6, 0)) and len(other.split()) >= _WORDS_OF_A_SENTENCE:
            return False
        sentences += len(_SENTENCE_END.findall(other))
    return sentences >= _FEWEST_SENTENCES
