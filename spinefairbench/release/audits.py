"""What is audited: a model of the panel, a submission or a score file, with all that the bundle adds to it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinefairbench.analysis.audit import audit
from spinefairbench.analysis.disparity import disparity_request
from spinefairbench.analysis.estimates import Request, answer
from spinefairbench.analysis.full_audit import AuditRequest
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mention_collector import EDITED_MENTIONS, MentionReader
from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.refusals import refusals
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.strata import BREAKDOWNS, BREAKDOWNS_WITHOUT_METADATA
from spinefairbench.bundle.reports import panel_models, select_models
from spinefairbench.bundle.scopes import COMMON_CORE, scope_pairs
from spinefairbench.bundle.source_metadata import read_source_metadata
from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.release.comparables import check_comparable, names_score_file
from spinefairbench.release.score_file import ScoreFile, read_score
from spinefairbench.release.submission import Submission, read_submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spinefairbench.analysis.strata import Metadata
    from spinefairbench.metrics.model_reports import ModelReports
    from spinefairbench.problems import Problem

__all__ = ["ask_disparity", "check_audit", "check_disparity", "check_parser_audit", "check_refusals"]


def check_disparity(inputs: Inputs) -> CheckResult:
    """Answer the command `disparity`: a submission, or models of the panel.

    Raises UsageError, BundleError or SubmissionError.
    """
    return answer(ask_disparity(inputs), inputs.bootstrap)


def ask_disparity(inputs: Inputs) -> Request[CheckResult]:
    """What gives the answer to the command `disparity`. Raises UsageError, BundleError or SubmissionError."""
    if inputs.options.submission is not None:
        if not inputs.whole_panel:
            raise UsageError("--submission and --model exclude one another; give one of them")
        submission = _submission(inputs)
        return disparity_request([submission.reports], submission.mentions(inputs.jobs), bootstrap=inputs.bootstrap)
    panels, collector = inputs.panels_with_mentions(inputs.models, EDITED_MENTIONS, marks=False)
    return disparity_request(panels.models, collector, problems=panels.problems, bootstrap=inputs.bootstrap)


def check_parser_audit(inputs: Inputs) -> CheckResult:
    """Answer the command `parser-audit`: one text, a submission, or models of the panel.

    Raises UsageError, BundleError or SubmissionError.
    """
    options = inputs.options
    if sum((options.text is not None, options.submission is not None, not inputs.whole_panel)) > 1:
        raise UsageError("--text, --submission and --model exclude one another; give one of them")
    if options.text is not None:
        return mentions_of_text(*inputs.read_report(options.text))
    if options.submission is not None:
        submission = _submission(inputs)
        return parser_audit([submission.reports], submission.mentions(inputs.jobs), bootstrap=inputs.bootstrap)
    panels, collector = inputs.panels_with_mentions(inputs.models, MentionReader())
    return parser_audit(panels.models, collector, problems=panels.problems, bootstrap=inputs.bootstrap)


def check_refusals(inputs: Inputs) -> CheckResult:
    """Answer the command `refusals`. Raises UsageError, BundleError or SubmissionError."""
    if inputs.options.submission is not None:
        if not inputs.whole_panel:
            raise UsageError("--submission and --model exclude one another; give one of them")
        submission = _submission(inputs)
        expected = ExpectedPairs.of([submission.reports], submission.expected_pairs)
        return refusals([submission.reports], expected, bootstrap=inputs.bootstrap)
    panels = inputs.panels(marks=False)
    return refusals(panels.models, _core(inputs), problems=panels.problems, bootstrap=inputs.bootstrap)


def check_audit(inputs: Inputs) -> CheckResult:
    """Answer the command `audit`. Raises UsageError, BundleError or SubmissionError."""
    return _audit_score(inputs) if names_score_file(inputs.options.name, inputs) else _audit_model(inputs)


def _audit_model(inputs: Inputs) -> CheckResult:
    name = inputs.options.name
    if inputs.options.submission is not None:
        raise UsageError("--submission goes with a score file; the texts of a model of the panel are in the bundle")
    select_models(panel_models(inputs.bundle), [name])
    metadata = read_source_metadata(inputs.bundle)
    panels, collector = inputs.panels_with_mentions(
        [name] if inputs.options.alone else None, MentionReader(frozenset({name}))
    )
    request = AuditRequest(
        [model for model in panels.models if model.model == name],
        BREAKDOWNS,
        metadata,
        collector,
        [model for model in panels.models if model.model != name],
        expected=_core(inputs),
        bootstrap=inputs.bootstrap,
        by_patient=inputs.by_patient,
    )
    return audit(request, scope=_scope_words(inputs.bundle_kind, COMMON_CORE), problems=panels.problems)


def _audit_score(inputs: Inputs) -> CheckResult:
    """A score file; the bundle adds what it can: metadata of the sources, and the panel where it is comparable."""
    name = inputs.options.name
    file = read_score(Path(name))
    score = file.score
    notes: list[str] = []
    others: Sequence[ModelReports] = ()
    problems: Sequence[Problem] = ()
    metadata: Metadata | None = None
    expected = ExpectedPairs.of([score.reports])._replace(unnamed=score.missing_pairs)
    try:
        known = read_source_metadata(inputs.bundle)
        if score.bundle not in (None, inputs.bundle_kind):
            raise SubmissionError(
                f"{name} was scored on a {score.bundle} bundle, and this is a {inputs.bundle_kind} bundle"
            )
        if score.missing_pairs and score.bundle == inputs.bundle_kind:
            expected = ExpectedPairs.of([score.reports], scope_pairs(inputs.bundle, score.scope))
        if score.comparable_to_panel_scope and not inputs.options.alone:
            panels = inputs.panels_of(None)
            check_comparable({name: file}, inputs.bundle_kind if panels.models else None)
            others = [model for model in panels.models if model.model != score.reports.model]
            problems = panels.problems
        metadata = known
    except (BundleError, SubmissionError) as error:
        notes.append(f"no bundle was used: {error.problems[0]}")
    submission = _submission_of(inputs, file)
    reports = score.reports
    if submission is not None:
        reports = replace(reports, stated_texts=submission.reports.quality.texts)
    request = AuditRequest(
        [reports],
        BREAKDOWNS if metadata is not None else BREAKDOWNS_WITHOUT_METADATA,
        metadata or {},
        None if submission is None else submission.mentions(inputs.jobs),
        others,
        expected=expected,
        bootstrap=inputs.bootstrap,
        by_patient=inputs.by_patient,
    )
    scope = _scope_words(score.bundle, score.scope)
    return audit(request, scope=scope, problems=problems, notes=notes)


def _core(inputs: Inputs) -> ExpectedPairs:
    """The pairs that a model of the panel was to report on. Raises BundleError."""
    return ExpectedPairs.of([], scope_pairs(inputs.bundle, COMMON_CORE))


def _submission_of(inputs: Inputs, file: ScoreFile) -> Submission | None:
    """The submission that a score was made from, where --submission names it. Raises UsageError."""
    if inputs.options.submission is None:
        return None
    submission = _submission(inputs, blank_as_refusal=file.score.blank_reports > 0)
    scored = file.score.reports
    if (submission.reports.model, submission.reports.pairs) != (scored.model, scored.pairs):
        raise UsageError(
            f"{inputs.options.submission}: its reports do not give the rows of {file.path}; expected its submission"
        )
    return submission


def _submission(inputs: Inputs, *, blank_as_refusal: bool | None = None) -> Submission:
    """The submission of --submission, read by --blank-as-refusal unless told. Raises SubmissionError or BundleError."""
    return read_submission(
        Path(inputs.options.submission),
        inputs.bundle,
        allow_partial=True,
        blank_as_refusal=inputs.options.blank_as_refusal if blank_as_refusal is None else blank_as_refusal,
        standard_input=inputs.standard_input,
    )


def _scope_words(bundle: object, scope: str) -> str:
    return f"{scope}, synthetic demo data" if bundle == "demo" else scope
