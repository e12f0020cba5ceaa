"""What is audited: a model of the panel, a submission or a score file, with all that the bundle adds to it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from spinefairbench.analysis import breakdown_check, noise_floor, transitions
from spinefairbench.analysis.audit import audit
from spinefairbench.analysis.disparity import NO_LANGUAGE, disparity, untested_disparity
from spinefairbench.analysis.full_audit import AuditRequest
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mention_collector import EDITED_MENTIONS, MentionReader
from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.refusals import refusals
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.strata import BREAKDOWNS, BREAKDOWNS_WITHOUT_METADATA
from spinefairbench.bundle.metadata_agreement import metadata_agreement
from spinefairbench.bundle.reports import PanelReports, panel_models, select_models
from spinefairbench.bundle.scopes import COMMON_CORE, scope_pairs
from spinefairbench.bundle.source_metadata import read_source_metadata
from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.release.comparables import check_comparable, names_score_file
from spinefairbench.release.score_file import ScoreFile, read_score
from spinefairbench.release.submission import Submission, read_submission
from spinefairbench.release.submitted_reports import expected_pairs, submitted_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from spinefairbench.analysis.strata import Metadata
    from spinefairbench.metrics.model_reports import ModelReports
    from spinefairbench.problems import Problem

__all__ = [
    "check_audit",
    "check_breakdown",
    "check_disparity",
    "check_disparity_untested",
    "check_noise_floor",
    "check_parser_audit",
    "check_refusals",
    "check_transitions",
]


def check_noise_floor(inputs: Inputs) -> CheckResult:
    """Answer the command `noise-floor`. Raises UsageError, BundleError or SubmissionError."""
    return _of_panel_or_submitted(inputs, noise_floor.check)


def check_transitions(inputs: Inputs) -> CheckResult:
    """Answer the command `transitions`. Raises UsageError, BundleError or SubmissionError."""
    return _of_panel_or_submitted(inputs, transitions.check)


def check_breakdown(inputs: Inputs) -> CheckResult:
    """Answer the command `breakdown`. Raises UsageError, BundleError or SubmissionError."""
    return _of_panel_or_submitted(inputs, breakdown_check.check)


def _of_panel_or_submitted(inputs: Inputs, check: "Callable[[Inputs], CheckResult]") -> CheckResult:
    """What a check of the panel finds, or what it finds of submitted reports."""
    submitted = submitted_reports(inputs)
    if submitted is None:
        return check(inputs)
    expected = submitted.expected
    about = inputs.about(PanelReports((submitted.reports,), ()), None if expected.unnamed else expected.ids)
    return submitted.noted(check(about))


def check_disparity(inputs: Inputs) -> CheckResult:
    """Answer the command `disparity`. Raises UsageError, BundleError or SubmissionError."""
    submitted = submitted_reports(inputs)
    if submitted is None:
        panels, collector = inputs.panels_with_mentions(inputs.models, EDITED_MENTIONS, marks=False)
        return disparity(panels.models, collector, problems=panels.problems, bootstrap=inputs.bootstrap)
    texts = submitted.submission
    mentions = None if texts is None else texts.mentions(inputs.jobs)
    result = submitted.noted(disparity([submitted.reports], mentions, bootstrap=inputs.bootstrap))
    return result if mentions is not None else replace(result, notes=(*result.notes, NO_LANGUAGE))


def check_disparity_untested(inputs: Inputs) -> CheckResult:
    """What `disparity` finds wrong with the reports: no figure of it is published that its tests could be held to.

    Raises BundleError.
    """
    panels, collector = inputs.panels_with_mentions(None, EDITED_MENTIONS, marks=False)
    return untested_disparity(panels.models, collector, problems=panels.problems)


def check_parser_audit(inputs: Inputs) -> CheckResult:
    """Answer the command `parser-audit`: one text, a submission, or models of the panel.

    Raises UsageError, BundleError or SubmissionError.
    """
    options = inputs.options
    if sum((options.text is not None, options.submission is not None, not inputs.whole_panel)) > 1:
        raise UsageError("--text, --submission and --model exclude one another; give one of them")
    if options.text is not None:
        return mentions_of_text(*inputs.read_report(options.text))
    submitted = submitted_reports(inputs)
    if submitted is not None:
        mentions = submitted.with_texts.mentions(inputs.jobs)
        return submitted.noted(parser_audit([submitted.reports], mentions, bootstrap=inputs.bootstrap))
    panels, collector = inputs.panels_with_mentions(inputs.models, MentionReader())
    return parser_audit(panels.models, collector, problems=panels.problems, bootstrap=inputs.bootstrap)


def check_refusals(inputs: Inputs) -> CheckResult:
    """Answer the command `refusals`. Raises UsageError, BundleError or SubmissionError."""
    submitted = submitted_reports(inputs)
    if submitted is not None:
        return submitted.noted(refusals([submitted.reports], submitted.expected, bootstrap=inputs.bootstrap))
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
    stated = metadata_agreement(inputs.bundle)
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
    return audit(
        request, scope=_scope_words(inputs.bundle_kind, COMMON_CORE), problems=[*panels.problems, *stated.problems]
    )


def _audit_score(inputs: Inputs) -> CheckResult:
    """A score file; the bundle adds what it can: metadata of the sources, and the panel where it is comparable."""
    name = inputs.options.name
    file = read_score(Path(name), inputs.standard_input)
    score = file.score
    notes: list[str] = []
    others: Sequence[ModelReports] = ()
    problems: Sequence[Problem] = ()
    metadata: Metadata | None = None
    expected = expected_pairs(score, None)
    try:
        known = read_source_metadata(inputs.bundle)
        if score.bundle not in (None, inputs.bundle_kind):
            raise SubmissionError(
                f"{file.path} was scored on a {score.bundle} bundle, and this is a {inputs.bundle_kind} bundle"
            )
        expected = expected_pairs(score, inputs.bundle)
        if score.comparable_to_panel_scope and not inputs.options.alone:
            panels = inputs.panels_of(None)
            check_comparable({name: file}, inputs.bundle_kind if panels.models else None)
            others = [model for model in panels.models if model.model != score.reports.model]
            problems = panels.problems
        metadata = known
        problems = [*problems, *metadata_agreement(inputs.bundle).problems]
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
    submission = read_submission(
        Path(inputs.options.submission),
        inputs.bundle,
        allow_partial=True,
        blank_as_refusal=file.score.blank_reports > 0,
        standard_input=inputs.standard_input,
    )
    scored = file.score.reports
    if (submission.reports.model, submission.reports.pairs) != (scored.model, scored.pairs):
        raise UsageError(
            f"{inputs.options.submission}: its reports do not give the rows of {file.path}; expected its submission"
        )
    return submission


def _scope_words(bundle: object, scope: str) -> str:
    return f"{scope}, synthetic demo data" if bundle == "demo" else scope
