"""score: from a submission to a score file, and to a page about it."""

from pathlib import Path

from spinefairbench.analysis.disparity import disparities
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.quotation import disparity_sentences
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.cli.figure_folder import figure_folder, write_figures
from spinefairbench.cli.output_files import require_writable
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files.writing import write_json, write_whole
from spinefairbench.release.evaluation_export import exported_score
from spinefairbench.release.scoring import floor_in_brief, score_submission
from spinefairbench.release.submission import read_submission
from spinefairbench.render.page.report_page import render_page
from spinefairbench.render.page.submission import submission_contents

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `score`. Raises UsageError, SubmissionError, BundleError or OutputError."""
    options = inputs.options
    outputs = {"output": options.output, "report": options.report, "export": options.export}
    require_writable(inputs, outputs, reads=[("the file of --submission", options.submission)])
    if options.pairs is not None and options.report is None:
        raise UsageError("--pairs is for the page of --report, which was not asked for")
    folder = figure_folder(inputs)
    if folder is not None and options.report is None:
        raise UsageError("--figures is for the page of --report, which was not asked for")
    submission = read_submission(
        Path(options.submission),
        inputs.bundle,
        scope=options.scope,
        allow_partial=options.allow_partial,
        blank_as_refusal=options.blank_as_refusal,
        standard_input=inputs.standard_input,
    )
    score = score_submission(submission, inputs.bootstrap)
    write_json(Path(options.output), score.to_json())
    if options.export is not None:
        write_json(Path(options.export), exported_score(score))
    if options.report is not None:
        contents = submission_contents(
            submission,
            score,
            _panel(inputs),
            pairs=options.pairs,
            bootstrap=inputs.bootstrap,
            progress=inputs.progress,
        )
        page = render_page(contents)
        with write_whole(Path(options.report)) as handle:
            handle.write(page)
        if folder is not None:
            write_figures(folder, page)
    contrasts = disparities([score.reports], None, inputs.bootstrap).rows
    summary = {
        "scope": score.scope,
        "comparable_to_panel_scope": score.comparable_to_panel_scope,
        "not_comparable_because": score.not_comparable_because,
        "readable": score.reports.quality.readable,
        "output": options.output,
        "signature": score.signature,
        "report_quality": score.reports.quality.to_json(),
        "noise_floor": floor_in_brief(score.floor),
        "disparity": plain(contrasts),
        **({"control_arms": plain(score.control_arms)} if score.control_arms else {}),
    }
    problems = score.reports.quality.not_readable_because if options.require_readable else ()
    notes = (*score.warnings, *score.notes, *disparity_sentences(contrasts))
    return CheckResult((score.table2_row(),), summary, problems, notes=notes)


def _panel(inputs: Inputs) -> PanelReports | BundleError:
    """The bundle's own reports, or why they cannot be read: a page says so and does without them."""
    try:
        return inputs.panels_of(None)
    except BundleError as error:
        return error
