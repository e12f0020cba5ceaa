"""One answer of a model as a runner wrote it, whatever the format: the report it is of, and its text or why there is none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, NamedTuple

from spinefairbench.problems import shortened

__all__ = [
    "Answer",
    "Failure",
    "FailureKind",
    "Reading",
    "RunnerReport",
    "answer_of",
    "ending_failure",
    "error_words",
    "joined",
    "states_ending",
    "unreadable",
    "within",
]

_WHOLE: Final = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token"})
_CUT: Final = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded"})
_FILTERED: Final = frozenset(
    {
        "content_filter",
        "content_filtered",
        "safety",
        "image_safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
    }
)
_REFUSED: Final = "refusal"
_UNSTATED: Final = frozenset({"", "unknown", "finish_reason_unspecified"})
"""Words of a runner that does not know how an answer ended."""

_REASONING_TYPES: Final = frozenset({"thinking", "redacted_thinking", "reasoning"})
_TEXT_TYPES: Final = frozenset({"text", "output_text"})


class FailureKind(Enum):
    """Why an answer is no report."""

    TRUNCATED = "truncated"
    FILTERED = "removed by a content filter"
    REFUSED = "refused by the API without a text"
    EMPTY = "without a text"
    ERROR = "failed"
    UNANSWERED = "without an answer"


class Failure(NamedTuple):
    """Why an answer is no report, and in the runner's own words."""

    kind: FailureKind
    detail: str


class Answer(NamedTuple):
    """A text (None where there is none) and the number of reasoning blocks that were left out of it.

    `failure` is None for what can be read, also where the model wrote nothing.
    """

    text: str | None
    reasoning: int = 0
    failure: Failure | None = None


@dataclass(frozen=True)
class RunnerReport:
    """One answer. Either `text` or `failure` is None.

    It names its report by `custom_id` (the id of its request, or `pair_id|image`, or `pair_id|image|repeat`), or else by
    `pair_id`, `image` and `repeat` (from 1). These are as the runner wrote them and may be of any type. `reasoning`
    counts the reasoning blocks that were left out; `ended` says whether the runner tells how the answer ended.
    """

    place: str
    text: str | None
    failure: Failure | None
    custom_id: Any = None
    pair_id: Any = None
    image: Any = None
    repeat: Any = 1
    reasoning: int = 0
    ended: bool = True


class Reading(NamedTuple):
    """What a runner says of one answer: the answer, how it ended, and why it is no report, if it is none."""

    answer: Answer
    ending: Any
    failure: Failure | None

    @classmethod
    def of(cls, answer: Answer, ending: Any) -> "Reading":
        """That of an answer that can be read, or cannot, and of how it ended."""
        return cls(answer, ending, answer.failure or ending_failure(ending, answer.text))

    @classmethod
    def without_answer(cls, kind: FailureKind, said: str) -> "Reading":
        """That of a failure in place of an answer."""
        return cls(Answer(None), None, Failure(kind, said))

    def report(self, place: str, **named: Any) -> RunnerReport:
        """It as a report; `named` says of what it is one, as the fields of `RunnerReport` do."""
        answer, ending, failure = self
        return RunnerReport(
            place,
            None if failure else answer.text,
            failure,
            reasoning=answer.reasoning,
            ended=states_ending(ending),
            **named,
        )


def within(value: Any, *path: str | int) -> Any:
    """What stands at the end of a path of keys and indices; None where the path leads nowhere."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def answer_of(message: Any) -> Answer:
    """The text of a message: of its content, which is a text or a list of blocks; those of text are joined."""
    if not isinstance(message, Mapping):
        return unreadable(f"expected a message, found {shortened(message)}")
    content = message.get("content")
    if content is None or isinstance(content, str):
        return Answer(content)
    if not isinstance(content, list):
        return unreadable(f"content: expected a text, found {shortened(content)}")
    return joined(content, lambda block: _kind(block) in _REASONING_TYPES, _text_of)


def joined(blocks: Iterable[Any], is_reasoning: Callable[[Any], bool], text_of: Callable[[Any], Any]) -> Answer:
    """The texts of blocks, joined, without those that are reasoning.

    Where blocks of other kinds are all that there is, the model did write something: that is not taken for a blank text.
    """
    texts: list[str] = []
    others: list[Any] = []
    reasoning = 0
    for block in blocks:
        if is_reasoning(block):
            reasoning += 1
        elif isinstance(text := text_of(block), str):
            texts.append(text)
        else:
            others.append(block)
    if others and not texts:
        return unreadable(f"no text, but {shortened(others[0])}")
    return Answer("".join(texts) if texts else None, reasoning)


def unreadable(said: str) -> Answer:
    """What is not an answer as the runner writes them."""
    return Answer(None, failure=Failure(FailureKind.EMPTY, said))


def _kind(block: Any) -> str:
    """The type of a block; one that states none is of text."""
    stated = within(block, "type")
    return stated if isinstance(stated, str) else "text" if stated is None else "unknown"


def _text_of(block: Any) -> Any:
    if isinstance(block, str):
        return block
    return within(block, "text") if _kind(block) in _TEXT_TYPES else None


def ending_failure(ending: Any, text: str | None) -> Failure | None:
    """Why an answer that ended so is no report, None where it is one as far as its ending tells.

    A text that a model wrote in order to refuse is a report: the frozen definition classifies refusals by their text.
    Where the API refused and there is no text, nothing was written that could be classified.
    """
    said = f"it ended with {shortened(ending)}"
    if ending is None:
        return None
    word = ending.lower() if isinstance(ending, str) else repr(type(ending))
    if word in _UNSTATED or word in _WHOLE:
        return None
    if word == _REFUSED:
        return None if text and not text.isspace() else Failure(FailureKind.REFUSED, said)
    if word in _CUT:
        return Failure(FailureKind.TRUNCATED, said)
    if word in _FILTERED:
        return Failure(FailureKind.FILTERED, said)
    return Failure(FailureKind.ERROR, f"{said}, which no whole report does")


def states_ending(ending: Any) -> bool:
    """Whether a runner's word tells how an answer ended."""
    return isinstance(ending, str) and ending.lower() not in _UNSTATED


def error_words(error: Any, otherwise: str) -> str:
    """An error as a message shows it: its own message and code, where it has them."""
    words = [within(error, key) for key in ("code", "type", "message")]
    nested = within(error, "error", "message")
    said = [str(word) for word in (*words, nested) if isinstance(word, str | int) and word not in ("", "error")]
    if said:
        return shortened(": ".join(dict.fromkeys(said)))
    return shortened(error) if error else otherwise
