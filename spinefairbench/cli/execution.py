"""One run of one command: its inputs, its result in the format asked for, and its exit status."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.cli.late_imports import load
from spinefairbench.cli.terminal import Progress, print_error, terminal_width
from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.writing import STANDARD_OUTPUT
from spinefairbench.parallel import shared_processes
from spinefairbench.problems import ProblemLike
from spinefairbench.render.document import Document, path_remark, remarks, status_of
from spinefairbench.render.formats import FORMATS

if TYPE_CHECKING:
    from spinefairbench.cli.commands import Command

__all__ = ["INPUT_ERRORS", "execute", "fail", "problems_of"]

_EXIT: Final = {"ok": 0, "failed": 1, "error": 2}

INPUT_ERRORS: Final = (SpineFairBenchError, OSError, MemoryError, RecursionError)
"""Input that cannot be used, and what no reader of a file could turn into a problem of that file."""


def problems_of(error: BaseException) -> tuple[ProblemLike, ...]:
    """The problems that one of `INPUT_ERRORS` comes to."""
    if isinstance(error, SpineFairBenchError):
        return error.problems
    if isinstance(error, MemoryError):
        return ("out of memory",)
    if isinstance(error, RecursionError):
        return ("a value of the input is nested too deeply",)
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    name = getattr(error, "filename", None)
    return (f"{name}: {reason.lower()}" if name else f"input or output failed: {reason.lower()}",)


def execute(args: argparse.Namespace) -> int:
    """Run the command of parsed arguments and print its result; the exit status."""
    command: Command = args.command_
    progress = Progress(quiet=args.quiet)
    inputs = Inputs(
        args,
        None if args.artifacts is None else Path(args.artifacts),
        args.jobs or os.cpu_count() or 1,
        progress.show,
        getattr(sys.stdin, "buffer", None),
    )
    try:
        unmet = inputs.release_problem() if args.require_release and not command.judges_bundle else None
        with shared_processes():
            result: CheckResult = load(command.answer)(inputs) if unmet is None else CheckResult(problems=(unmet,))
    except BrokenPipeError:
        raise
    except INPUT_ERRORS as error:
        progress.clear()
        return fail(problems_of(error), command.name, inputs.bundle_kind, args.format)
    progress.clear()
    found_at = None if inputs.found_bundle is None else str(inputs.found_bundle)
    document = Document(command.name, inputs.bundle_kind, result, found_at, inputs.bundle_variant)
    if _writes_to_standard_output(args):
        _print_beside_output(document, quiet=args.quiet)
    else:
        _print(document, args.format, quiet=args.quiet, width=None if args.wide else terminal_width())
    return _EXIT[status_of(result)]


def _print(document: Document, format_name: str, *, quiet: bool, width: int | None) -> None:
    """Problems to stderr, the document to stdout, and to stderr what its format has no room for."""
    for problem in (*document.result.errors, *document.result.problems):
        print_error(problem)
    if quiet and format_name == "text":
        return
    _write(document, format_name, width)
    if not quiet:
        for remark in _left_out(document, format_name):
            print_error(remark)


def _left_out(document: Document, format_name: str) -> list[str]:
    """The remarks that a format has no room for."""
    if not FORMATS[format_name].with_remarks:
        return remarks(document)
    return [] if FORMATS[format_name].with_path else path_remark(document)


def _writes_to_standard_output(args: argparse.Namespace) -> bool:
    """Whether one of the command's own files is standard output, where nothing else may then be written."""
    return STANDARD_OUTPUT in (getattr(args, name, None) for name in ("output", "report", "missing"))


def _print_beside_output(document: Document, *, quiet: bool) -> None:
    for problem in (*document.result.errors, *document.result.problems):
        print_error(problem)
    if not quiet:
        for remark in remarks(document):
            print_error(remark)


def _write(document: Document, format_name: str, width: int | None = None) -> None:
    form = FORMATS[format_name]
    sys.stdout.write(load(form.render)(document, *([width] if form.fits_terminal else [])))
    sys.stdout.flush()


def fail(problems: Sequence[ProblemLike], command: str, bundle_kind: str | None, format_name: str) -> int:
    """Print every problem to stderr, and the document too where the format has room for them; the exit status."""
    for problem in problems:
        print_error(problem)
    if FORMATS[format_name].with_problems:
        _write(Document(command, bundle_kind, CheckResult(errors=tuple(problems))), format_name)
    return _EXIT["error"]
