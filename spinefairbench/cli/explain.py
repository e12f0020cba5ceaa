"""explain: why a text is parsed as it is."""

import os
import sys
from dataclasses import replace

from spinefairbench.analysis.explanation import explain_one, explain_pair, explain_text
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import find_pair
from spinefairbench.errors import UsageError
from spinefairbench.render.explanation import explanation_lines

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `explain`: one text, or both reports of a pair. Raises UsageError or BundleError."""
    options = inputs.options
    of_bundle = options.pair is not None or options.model is not None
    if (options.text is None) != of_bundle:
        raise UsageError("give either one text (a file, or - for standard input) or --pair ID --model M")
    if of_bundle:
        source, counterfactual = find_pair(inputs.bundle, options.model, options.pair)
        reports = [explain_text(source.response, "source"), explain_text(counterfactual.response, "counterfactual")]
        result = explain_pair(*reports)
        result = replace(result, summary={"model": source.model, "pair_id": source.pair_id, **result.summary})
    else:
        text, offset = inputs.read_report(options.text)
        reports = [explain_text(text, offset=offset)]
        result = explain_one(*reports)
    colour = options.format == "text" and _terminal_shows_colours()
    lines = [line for report in reports for line in (*explanation_lines(report, colour=colour), "")]
    return replace(result, details=tuple(lines[:-1]))


def _terminal_shows_colours() -> bool:
    """Colours are for a person at a terminal who has not said no (https://no-color.org)."""
    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not refused and sys.stdout.isatty()
