"""explain: why a text is read as it is."""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, read_report

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS"]


def _wants_colour(run: Run) -> bool:
    """Colours are for a person at a terminal who has not said no (https://no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return run.args.format == "text" and not plain and sys.stdout.isatty()


def _explain(run: Run) -> "CheckResult":
    from dataclasses import replace

    from spinefairbench.analysis.explanation import explain_one, explain_pair, explain_text
    from spinefairbench.bundle.reports import find_pair
    from spinefairbench.errors import UsageError
    from spinefairbench.render.explanation import explanation_lines

    args = run.args
    of_bundle = args.pair is not None or args.model is not None
    if (args.text is None) != of_bundle:
        raise UsageError("explain what? give one text (a file, or - for standard input) or --pair ID --model M")
    if of_bundle:
        rows = find_pair(run.bundle, args.model, args.pair)
        source, counterfactual = (
            explain_text(row.response, role) for row, role in zip(rows, ("source", "counterfactual"), strict=True)
        )
        reports = [source, counterfactual]
        result = explain_pair(source, counterfactual)
        result = replace(result, summary={"model": rows[0].model, "pair_id": rows[0].pair_id, **result.summary})
    else:
        reports = [explain_text(read_report(args.text))]
        result = explain_one(reports[0])
    colour = _wants_colour(run)
    lines = [line for report in reports for line in (*explanation_lines(report, colour=colour), "")]
    return replace(result, details=tuple(lines[:-1]))


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", metavar="F", help="a file with one report; - is standard input")
    parser.add_argument("--pair", metavar="ID", help="explain both reports of this pair of the bundle")
    parser.add_argument("--model", metavar="M", help="the model that wrote them (default: the first of the panels)")


COMMANDS: Final = (
    Command(
        "explain",
        "show every term and cue of a report in its place, and why it is genuine or a refusal",
        "explain report.txt",
        _explain,
        _configure,
    ),
)
