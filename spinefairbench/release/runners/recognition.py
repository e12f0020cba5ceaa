"""Which runner wrote a file, by what is in it and not by its name."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, NamedTuple

from spinefairbench.problems import Problem
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import Row, RowFile
from spinefairbench.release.runners import (
    anthropic_batch,
    gemini_batch,
    harness_samples,
    inspect_log,
    openai_batch,
    vlmevalkit,
)
from spinefairbench.release.runners.mapped_rows import FieldMap
from spinefairbench.release.runners.runner_report import RunnerReport

__all__ = ["RUNNER_HEADERS", "RunnerFile", "recognized"]

RUNNER_HEADERS: Final = (("index", "prediction"),)
"""The columns by which a table of a runner is known."""


class _Format(NamedTuple):
    name: str
    recognizes: Callable[[Mapping[str, Any]], bool]
    reports: Callable[[Iterable[Row]], Iterator[RunnerReport]]


_INSPECT: Final = _Format("an Inspect log", inspect_log.recognizes, inspect_log.reports)
_FORMATS: Final = (
    _Format("OpenAI batch results", openai_batch.recognizes, openai_batch.reports),
    _Format("Anthropic batch results", anthropic_batch.recognizes, anthropic_batch.reports),
    _Format("Gemini batch results", gemini_batch.recognizes, gemini_batch.reports),
    _INSPECT,
    _Format("samples of lmms-eval or lm-eval", harness_samples.recognizes, harness_samples.reports),
    _Format("predictions of VLMEvalKit", vlmevalkit.recognizes, vlmevalkit.reports),
)
_PLAIN: Final = frozenset({"report", "source_report", "counterfactual_report"})
"""One of these and `pair_id` are in every plain row."""


class RunnerFile(NamedTuple):
    """A file of a known runner: the format's name, and the answers.

    `decoding` gives the settings of the sampling once all answers are read, where the file states any; it raises
    SubmissionError.
    """

    format: str
    reports: Iterator[RunnerReport]
    decoding: Callable[[], Decoding] | None = None


def recognized(file: RowFile, fields: FieldMap | None, faults: FaultTally) -> tuple[RowFile, RunnerFile | None]:
    """The file, with no row lost, and its answers where a runner wrote it; None where it holds plain rows of reports.

    With `fields`, rows are read by them, whatever they look like. Rows of another format than the first go to `faults`
    while the answers are iterated. Raises SubmissionError where the file cannot be read.
    """
    if file.document is not None:
        if inspect_log.is_log(file.document):
            return file, _log(file.name, file.document, file.rows)
        return file, None
    if file.columns is not None:
        sample: Mapping[str, Any] = dict.fromkeys(file.columns)
    else:
        first = next(file.rows, None)
        if first is None:
            return file, None
        sample = first.fields
        file = file._replace(rows=chain([first], file.rows))
        if inspect_log.is_log(sample):  # a log on one line
            return file, _log(file.name, sample, ())
    if fields is not None:
        return file, RunnerFile("rows of fields named with --map", fields.reports(file.rows))
    if "pair_id" in sample and not _PLAIN.isdisjoint(sample):
        return file, None
    for each in _FORMATS:
        if each.recognizes(sample):
            return file, RunnerFile(each.name, each.reports(_of_format(file.rows, each, faults)))
    return file, None


def _log(name: str, document: Mapping[str, Any], rows: Iterable[Row]) -> RunnerFile:
    answers = inspect_log.reports(inspect_log.sample_rows(name, document, rows))
    return RunnerFile(_INSPECT.name, answers, lambda: inspect_log.decoding_of(name, document))


def _of_format(rows: Iterable[Row], expected: _Format, faults: FaultTally) -> Iterator[Row]:
    for row in rows:
        if expected.recognizes(row.fields):
            yield row
        else:
            said = f"expected {expected.name}, as in the first row of this file"
            faults.add(said, Problem(row.place, said))
