"""explain: why a text is parsed as it is."""

import os
import sys
from dataclasses import replace

from spinefairbench.analysis.explanation import ExplainedReport, explain_one, explain_pair, explain_text
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import find_pair
from spinefairbench.errors import UsageError
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.release.submitted_reports import submitted_reports
from spinefairbench.render.explanation import explanation_lines

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `explain`: one text, or both reports of a pair of the bundle or of a submission.

    Raises UsageError, BundleError or SubmissionError.
    """
    options = inputs.options
    of_pair = any(each is not None for each in (options.pair, options.model, options.submission))
    if (options.text is None) != of_pair:
        raise UsageError(
            "give either one text (a file, or - for standard input) or --pair ID with --model M or --submission F"
        )
    if of_pair:
        reports, result = _pair(inputs)
    else:
        text, offset = inputs.read_report(options.text)
        reports = [explain_text(text, offset=offset)]
        result = explain_one(*reports)
    colour = options.format == "text" and _terminal_shows_colours()
    lines = [line for report in reports for line in (*explanation_lines(report, colour=colour), "")]
    return replace(result, details=tuple(lines[:-1]))


def _pair(inputs: Inputs) -> tuple[list[ExplainedReport], CheckResult]:
    """Both reports of a pair, explained, and what the rows say of them."""
    options = inputs.options
    submitted = submitted_reports(inputs)
    if submitted is None:
        source, counterfactual = find_pair(inputs.bundle, options.model, options.pair)
        model, pair_id, texts = source.model, source.pair_id, (source.response, counterfactual.response)
    else:
        pair = submitted.pair(options.pair)
        model, pair_id = submitted.reports.model, pair.pair_id
        texts = (pair.source_report, pair.counterfactual_report)
    reports = [explain_text(text, role) for text, role in zip(texts, ROLES, strict=True)]
    result = explain_pair(*reports)
    result = replace(result, summary={"model": model, "pair_id": pair_id, **result.summary})
    return reports, result if submitted is None else submitted.noted(result)


def _terminal_shows_colours() -> bool:
    """Colours are for a person at a terminal who has not said no (https://no-color.org)."""
    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and sys.stdout.isatty()
