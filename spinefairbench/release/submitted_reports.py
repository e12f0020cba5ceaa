"""What `--submission` names: a submission or a score file, and what can be said of its reports."""

from dataclasses import dataclass, replace
from pathlib import Path

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT, input_name
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.release.score_file import score_from_json
from spinefairbench.release.scoring import SCORE_SCHEMA, Score
from spinefairbench.release.submission import Submission, SubmittedPair, submission_from_json
from spinefairbench.release.submission_input import load_submission

__all__ = ["SubmittedReports", "expected_pairs", "reports_of_submission", "submitted_reports"]


@dataclass(frozen=True)
class SubmittedReports:
    """Reports that are not the panel's; `origin` says where they are from: "the submission mine.json".

    `bundle` is the kind of bundle whose pairs these are, None where a score file does not say. `submission` holds the
    texts, None where they are from a score file, which has none.
    """

    origin: str
    reports: ModelReports
    scope: str
    bundle: str | None
    expected: ExpectedPairs
    submission: Submission | None = None

    @property
    def note(self) -> str:
        """Whose reports these are, in a sentence that every result about them carries."""
        missing = self.expected.number - len(self.reports.pairs)
        lacking = f", {missing:,} of {self.expected.number:,} pairs missing" if missing > 0 else ""
        demo = ", synthetic demo data" if self.bundle == "demo" else ""
        return (
            f"these are the reports of {self.reports.model}, from {self.origin} (scope {self.scope}{lacking}{demo}); they "
            "are compared with no published figure"
        )

    def noted(self, result: CheckResult) -> CheckResult:
        """A result about these reports, which says whose they are before anything else."""
        return replace(result, notes=(self.note, *result.notes))

    @property
    def with_texts(self) -> Submission:
        """The submission. Raises SubmissionError where there are no texts."""
        if self.submission is None:
            raise SubmissionError(f"{self.origin} holds no texts; give the submission that it was made from")
        return self.submission

    def pair(self, pair_id: str | None) -> SubmittedPair:
        """The texts of a pair; where none is named, of the first usable one, or else of the first.

        Raises SubmissionError where there are no texts, UsageError for an unknown pair.
        """
        pairs = {pair.pair_id: pair for pair in self.with_texts.pairs}
        if pair_id is None:
            usable = (pair.pair_id for pair in self.reports.usable)
            return pairs[next(usable, next(iter(pairs)))]
        if pair_id not in pairs:
            raise UsageError(f"unknown pair {pair_id!r} of {self.reports.model}; expected a pair of {self.origin}")
        return pairs[pair_id]


def submitted_reports(inputs: Inputs) -> SubmittedReports | None:
    """The reports of --submission, None where the question is about the panel.

    Blank reports are read by --blank-as-refusal; a score file has taken them for what they are.

    Raises UsageError where --model is given too, SubmissionError for a file that is neither a sound submission nor a
    sound score file, BundleError. A score file needs no bundle; one that is there must be of the kind it was made on.
    """
    given = inputs.options.submission
    if given is None:
        return None
    if not inputs.whole_panel:
        raise UsageError("--submission and --model exclude one another; give one of them")
    found = given if isinstance(given, SubmittedReports) else _read(Path(given), inputs)
    if inputs.has_bundle and found.bundle not in (None, inputs.bundle.kind):
        raise SubmissionError(
            f"{found.origin} was made on a bundle of the kind {found.bundle}; this one is of the kind {inputs.bundle.kind}"
        )
    return found


def _read(path: Path, inputs: Inputs) -> SubmittedReports:
    value = load_submission(path, inputs.standard_input)
    name = input_name(str(path))
    where = f"on {name}" if str(path) == STANDARD_INPUT else name
    try:
        if isinstance(value, dict) and value.get("schema_version") == SCORE_SCHEMA:
            score = score_from_json(value, name).score
            expected = expected_pairs(score, inputs.bundle if inputs.has_bundle else None)
            return SubmittedReports(f"the score file {where}", score.reports, score.scope, score.bundle, expected)
        submission = submission_from_json(
            value, inputs.bundle, allow_partial=True, blank_as_refusal=inputs.options.blank_as_refusal
        )
        return reports_of_submission(submission, f"the submission {where}")
    except SubmissionError as error:
        raise error.within(name) from None


def reports_of_submission(submission: Submission, origin: str) -> SubmittedReports:
    """The reports of a submission."""
    reports = submission.reports
    expected = ExpectedPairs.of([reports], submission.expected_pairs)
    return SubmittedReports(origin, reports, submission.scope, submission.bundle, expected, submission)


def expected_pairs(score: Score, bundle: Bundle | None) -> ExpectedPairs:
    """The pairs that a score's reports were to be on: those missing by name only where its kind of bundle is there.

    Raises BundleError, and UsageError for an unknown scope.
    """
    submitted = ExpectedPairs.of([score.reports])
    if score.missing_pairs and bundle is not None and score.bundle == bundle.kind:
        return ExpectedPairs.of([score.reports], scope_pairs(bundle, score.scope))
    return submitted._replace(unnamed=score.missing_pairs)
