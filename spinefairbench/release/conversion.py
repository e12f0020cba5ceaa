"""Convert rows of reports, and what runners write, into a submission; whatever does not fit is named with its place."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.errors import SubmissionError
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.problems import Problem, counted
from spinefairbench.release.blank_reports import blank_reports_of, blanks_kept
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import RowFile, open_rows
from spinefairbench.release.request_map import Report, RequestMap
from spinefairbench.release.row_joining import RowJoiner
from spinefairbench.release.runners.answer_joining import AnswerJoiner
from spinefairbench.release.runners.failed_reports import FailedReports
from spinefairbench.release.runners.mapped_rows import FieldMap
from spinefairbench.release.runners.recognition import RUNNER_HEADERS, recognized
from spinefairbench.release.schema import DECODING, schema_problems
from spinefairbench.release.submission import missing_pairs

__all__ = ["Conversion", "Reading", "convert_files", "convert_rows"]


@dataclass(frozen=True)
class Reading:
    """How files are read: with which fields, by which map of requests, and what is passed over.

    `missing` is the name of the file to which the requests still to be made will be written, for messages.
    `blank_as_refusal`: a blank report is a report.
    """

    ignore_extra: bool = False
    fields: FieldMap | None = None
    requests: RequestMap | None = None
    allow_partial: bool = False
    missing: str | None = None
    blank_as_refusal: bool = False


@dataclass(frozen=True)
class Conversion:
    """What the files were converted into. `results` holds the pairs that have both reports, sorted by pair.

    `repeated_reports` holds what a submission has under that name. `expected_pairs` are the pairs of the scope, None
    where it has no fixed pairs. `problems` are all the faults; where there are any, `results` is incomplete. `notes` say
    what was guessed and what was left out. `to_ask` are the reports that are still to be asked for, sorted.
    """

    results: tuple[dict[str, Any], ...]
    expected_pairs: frozenset[str] | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    repeated_reports: tuple[dict[str, Any], ...] = ()
    decoding: Decoding = field(default_factory=Decoding)
    to_ask: tuple[Report, ...] = ()

    @property
    def missing_pairs(self) -> list[str]:
        """The pairs of the scope that lack a report, sorted."""
        return missing_pairs(self.expected_pairs, (result["pair_id"] for result in self.results))


class _Converter:
    """Takes files one by one: plain rows to one joiner, answers of runners to another, whose reports join the rows."""

    def __init__(self, bundle: Bundle, scope: str, reading: Reading) -> None:
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self._reading = reading
        self._rows = RowJoiner(
            bundle,
            scope,
            self.problems,
            ignore_extra=reading.ignore_extra,
            blank_as_refusal=reading.blank_as_refusal,
        )
        self._faults = FaultTally(self.problems)
        asked = None if reading.requests is None else reading.requests.by_custom_id
        self._answers = AnswerJoiner(asked, self._rows.pair_fault, self._faults)
        self._decoding: dict[str, Decoding] = {}
        if reading.requests is not None:
            self._decoding[str(reading.requests.folder)] = reading.requests.decoding

    def take(self, opened: RowFile) -> None:
        """Take a file. Raises SubmissionError where it cannot be read to its end."""
        file, runner = recognized(opened, self._reading.fields, self._faults)
        if runner is None:
            description, count = file.description, self._rows.take(file)
        else:
            description, count = f"{runner.format} ({file.description})", self._answers.take(runner.reports)
            if runner.decoding is not None:
                self._decoding[file.name] = runner.decoding()
        self.notes.append(f"{file.name}: read as {description}, {counted(count, 'row')}")
        if not count and not self.problems:
            self.problems.append(Problem(file.name, "no rows"))

    def finish(self) -> Conversion:
        """Join what was taken."""
        self._faults.close()
        if self._reading.blank_as_refusal:
            self._answers.keep_blanks()
        for report, (text, place) in self._answers.answered.items():
            if report.repeat == 1:
                self._rows.add(report.pair_id, report.image, text, place)
        failed = FailedReports(self._answers, self._rows)
        listed = failed.told(allow_partial=self._reading.allow_partial, missing=self._reading.missing)
        for pair_id, image in failed.explained:
            self._rows.without_report(pair_id, image)
        results = self._rows.finish()
        if not self._reading.allow_partial:
            self.problems += listed
        decoding = self._one_decoding()
        notes = [*self.notes, *self._answers.notes, *self._rows.notes]
        if self._reading.allow_partial:
            notes += map(str, listed)
        complete = {result["pair_id"] for result in results}
        repeated, left = self._repeated(complete)
        if repeated:
            notes.append(counted(sum(len(each["reports"]) for each in repeated), "repeated report"))
        if decoding.to_json():
            stated = ", ".join(f"{name} {value}" for name, value in decoding.to_json().items())
            notes.append(f"decoding settings, which the score file will state: {stated}")
        notes += blanks_kept(blank_reports_of({"results": results, "repeated_reports": repeated}))
        if left:
            notes.append(f"left out: {counted(left, 'repeated report')} of pairs that lack a report")
        to_ask = self._to_ask(failed)
        if self._reading.requests is not None and to_ask:
            notes.append(f"{counted(len(to_ask), 'request')} of {self._reading.requests.folder} still to be made")
        return Conversion(
            tuple(results),
            self._rows.expected,
            tuple(self.problems),
            tuple(notes),
            tuple(repeated),
            decoding,
            tuple(to_ask),
        )

    def _one_decoding(self) -> Decoding:
        """The settings that the files state. Files that disagree, and what no submission may state, are problems."""
        stated = list(self._decoding.items())
        for name, decoding in stated:
            self.problems += schema_problems(decoding.to_json(), DECODING, f"{name}: decoding")
        for name, decoding in stated[1:]:
            if decoding != stated[0][1]:
                said = f"decoding {decoding.to_json()}; {stated[0][0]} states {stated[0][1].to_json()}"
                self.problems.append(Problem(name, said))
        return stated[0][1] if stated else Decoding()

    def _repeated(self, complete: set[str]) -> tuple[list[dict[str, Any]], int]:
        """The repeated reports of these pairs, by pair and image, and the number of those of other pairs."""
        texts: dict[tuple[str, str], list[str]] = {}
        left = 0
        for report in sorted(self._answers.answered):
            if report.repeat > 1 and report.pair_id in complete:
                texts.setdefault((report.pair_id, report.image), []).append(self._answers.answered[report].text)
            left += report.repeat > 1 and report.pair_id not in complete
        return [{"pair_id": pair, "role": image, "reports": each} for (pair, image), each in texts.items()], left

    def _to_ask(self, failed: FailedReports) -> list[Report]:
        """The reports of the requests, or else of the scope and those that failed, which are answered nowhere."""
        if self._reading.requests is not None:
            asked = set(self._reading.requests.by_custom_id.values())
            wanted = {report for report in asked if self._rows.pair_fault(report.pair_id) is None}
        else:
            expected = self._rows.expected or frozenset()
            wanted = {Report(pair_id, image, 1) for pair_id in expected for image in ROLES} | set(failed.reports)
        return sorted(
            report
            for report in wanted
            if report not in self._answers.answered
            and not (report.repeat == 1 and self._rows.has(report.pair_id, report.image))
        )


def convert_files(
    paths: Iterable[str],
    bundle: Bundle,
    scope: str,
    reading: Reading = Reading(),
    *,
    standard_input: BinaryIO | None = None,
) -> Conversion:
    """Join the reports of all files by pair; `-` stands for `standard_input`. Raises BundleError.

    A file that cannot be read to its end is one problem among the others, so that one run tells them all.
    """
    converter = _Converter(bundle, scope, reading)
    headers = RUNNER_HEADERS if reading.fields is None else (reading.fields.columns,)
    for path in paths:
        try:
            with open_rows(path, converter.problems, standard_input, headers) as file:
                converter.take(file)
        except SubmissionError as error:
            converter.problems += error.problems
    return converter.finish()


def convert_rows(
    file: RowFile, bundle: Bundle, scope: str, problems: list[Problem], *, blank_as_refusal: bool = False
) -> Conversion:
    """Convert an open file of plain rows; `problems` is the list that it was opened with. Raises BundleError."""
    joiner = RowJoiner(bundle, scope, problems, ignore_extra=False, blank_as_refusal=blank_as_refusal)
    joiner.take(file)
    return Conversion(tuple(joiner.finish()), joiner.expected, tuple(joiner.problems), tuple(joiner.notes))
