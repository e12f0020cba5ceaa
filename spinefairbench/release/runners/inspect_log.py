"""Logs of Inspect as JSON: samples, their epochs as repeats, and the settings that they were generated with."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from spinefairbench.errors import SubmissionError
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.decoding import Decoding, decoding_from_json
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import (
    Failure,
    FailureKind,
    Reading,
    RunnerReport,
    answer_of,
    error_words,
    within,
)

__all__ = ["decoding_of", "is_log", "recognizes", "reports", "sample_rows"]

_ATTACHMENT: Final = "attachment://"
_SETTINGS: Final = tuple(Decoding.__dataclass_fields__)


def is_log(document: Mapping[str, Any]) -> bool:
    """Whether a document is such a log."""
    return isinstance(document.get("eval"), Mapping) and "status" in document


def sample_rows(name: str, document: Mapping[str, Any], streamed: Iterable[Row] = ()) -> Iterator[Row]:
    """The samples of a log: those within the document, or those that are read as a stream beside it.

    Raises SubmissionError where there are none.
    """
    count = 0
    for row in streamed:
        count += 1
        yield row
    samples = document.get("samples")
    for index, sample in enumerate(samples if isinstance(samples, list) else ()):
        count += 1
        place = f"{name}: $.samples[{index}]"
        if not isinstance(sample, Mapping):
            raise SubmissionError(Problem(place, f"expected an object, found {shortened(sample)}"))
        yield Row(place, sample)
    if not count:
        raise SubmissionError(Problem(name, "an Inspect log without samples (was it written with --no-log-samples?)"))


def decoding_of(name: str, document: Mapping[str, Any]) -> Decoding:
    """The settings that a log states; those of its plan go before those of the model. Raises SubmissionError."""
    stated: dict[str, Any] = {}
    for place in (("eval", "model_generate_config"), ("plan", "config")):
        for setting in _SETTINGS:
            value = within(document, *place, setting)
            if value is not None:
                stated[setting] = value
    return decoding_from_json(stated, f"{name}: the generation settings")


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is a sample of such a log."""
    return "epoch" in sample and "id" in sample and ("output" in sample or "error" in sample)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers, a sample each.

    The report is named by the `pair_id` and `image` (or `role`) of the sample's metadata, where they are missing by its
    id (`pair_id|image`, or `pair_id` alone). The epoch is the repeat.
    """
    for row in rows:
        sample = row.fields
        yield _read(sample).report(row.place, **_name(sample), repeat=sample.get("epoch", 1))


def _name(sample: Mapping[str, Any]) -> dict[str, Any]:
    stated = sample.get("metadata")
    image = within(stated, "role") if within(stated, "image") is None else within(stated, "image")
    pair_id = within(stated, "pair_id")
    if image is None:
        return {"custom_id": sample.get("id") if pair_id is None else pair_id}
    return {"pair_id": sample.get("id") if pair_id is None else pair_id, "image": image}


def _read(sample: Mapping[str, Any]) -> Reading:
    """What was answered, how it ended, and why it is no report."""
    error = sample.get("error") or within(sample, "output", "error")
    if error:
        return Reading.without_answer(FailureKind.ERROR, error_words(error, ""))
    choices = within(sample, "output", "choices")
    if not isinstance(choices, list) or not choices:
        return Reading.without_answer(FailureKind.EMPTY, "the output has no choices")
    answer = answer_of(within(choices, 0, "message"))
    if answer.text is not None and answer.text.startswith(_ATTACHMENT):
        text = within(sample, "attachments", answer.text.removeprefix(_ATTACHMENT))
        if not isinstance(text, str):
            return Reading.without_answer(FailureKind.ERROR, f"{shortened(answer.text)} is not among its attachments")
        answer = answer._replace(text=text)
    read = Reading.of(answer, within(choices, 0, "stop_reason"))
    limit = sample.get("limit")
    if read.failure is None and limit:
        said = f"a limit ended the sample: {shortened(within(limit, 'type'))}"
        read = read._replace(failure=Failure(FailureKind.TRUNCATED, said))
    return read
