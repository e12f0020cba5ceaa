"""The one entry point: the parser of all commands, and what becomes of a result or an error."""

import argparse
import gc
import io
import itertools
import os
import sys
from collections.abc import Iterable
from typing import Any, Final, NoReturn

from spinefairbench.cli import (
    audit,
    demo,
    explain,
    leaderboard,
    panels,
    report,
    scoring,
    studies,
    submission,
    verification,
)
from spinefairbench.cli.command import UNFORESEEN, Command, Progress, Run, unforeseen
from spinefairbench.cli.everything import checks_command
from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.problems import ProblemLike
from spinefairbench.version import __version__

__all__ = ["COMMANDS", "main"]

_CHECKS: Final = (*verification.COMMANDS, *panels.COMMANDS, *audit.CHECKS, *studies.COMMANDS)
COMMANDS: Final[tuple[Command, ...]] = (
    checks_command((*_CHECKS, scoring.TOY_CHECK)),
    *_CHECKS,
    *audit.COMMANDS,
    *scoring.COMMANDS,
    *submission.COMMANDS,
    *explain.COMMANDS,
    *report.COMMANDS,
    *leaderboard.COMMANDS,
    *demo.COMMANDS,
)
_FORMATS: Final = ("text", "json", "csv", "markdown")
_EXIT: Final = {"ok": 0, "failed": 1, "error": 2}
_INTERRUPTED: Final = 130
_MAX_JOBS: Final = 256
_OBJECTS_BETWEEN_COLLECTIONS: Final = 50_000
_GROUPS: Final = {
    "submission": "prepare a submission: a skeleton to fill in, checks, conversion, merging",
    "leaderboard": "tables of several scores",
}
"""The commands of two words stand under their first one."""
_DESCRIPTION: Final = "Check the published numbers of SpineFairBench, score a submission, audit a model."


class _WrongArguments(UsageError):
    """Arguments that cannot be parsed; `command` is what could be told of the command, perhaps nothing."""

    def __init__(self, problem: str, command: str) -> None:
        super().__init__(problem)
        self.command = command


class _Parser(argparse.ArgumentParser):
    """Wrong usage as an error like any other, so that it too comes in the format that was asked for."""

    def error(self, message: str) -> NoReturn:
        raise _WrongArguments(f"{message} (see `{self.prog} --help`)", self.prog.partition(" ")[2])


def _build_parser() -> argparse.ArgumentParser:
    """The parser of every command; `args.command_` is the Command chosen."""
    parser = _Parser(prog="reviewer_verify.py", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"spinefairbench {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    groups: dict[str, Any] = {}
    for command in COMMANDS:
        group, _, word = command.name.rpartition(" ")
        if group and group not in groups:
            described = _GROUPS[group][0].upper() + _GROUPS[group][1:] + "."
            parent = subparsers.add_parser(group, help=_GROUPS[group], description=described, allow_abbrev=False)
            groups[group] = parent.add_subparsers(metavar="COMMAND", required=True)
        sub = groups.get(group, subparsers).add_parser(
            word,
            aliases=command.aliases,
            help=command.help,
            description=command.help[0].upper() + command.help[1:] + ".",
            epilog=f"example: python3 reviewer_verify.py {command.example}",
            allow_abbrev=False,
        )
        command.configure(sub)
        sub.add_argument("--artifacts", metavar="DIR", help="the bundle's root (default: artifacts/ beside the code)")
        sub.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
        sub.add_argument("--quiet", action="store_true", help="print problems only (other formats: no progress)")
        sub.add_argument("--jobs", type=_jobs, metavar="N", help="how many things to do at once")
        sub.set_defaults(command_=command)
    return parser


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= _MAX_JOBS):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {_MAX_JOBS}, found {text[:40]!r}")
    return int(text)


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; nothing is raised but SystemExit from --help and --version."""
    _open_closed_streams()
    _make_streams_total()
    arguments = sys.argv[1:] if argv is None else argv
    # What a run makes is seldom a cycle and mostly kept to its end: searching it every 700 objects takes seconds.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        _say("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left: nobody to tell. Python would complain again on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        _say(f"the output could not be written: {error.strerror or error}")
        return 2
    except MemoryError:
        _say("out of memory")
        return 2


def _run(arguments: list[str]) -> int:
    try:
        args = _build_parser().parse_args(arguments)
    except _WrongArguments as error:
        return _fail(error.problems, error.command, None, _format_wanted(arguments))
    command: Command = args.command_
    run = Run(args, Progress(quiet=args.quiet))
    try:
        result = command.run(run)
    except SpineFairBenchError as error:
        run.progress.clear()
        return _fail(error.problems, command.name, run, args.format)
    except BrokenPipeError:
        raise
    except UNFORESEEN as error:
        run.progress.clear()
        return _fail([unforeseen(error)], command.name, run, args.format)
    run.progress.clear()
    from spinefairbench.render.document import Document, remarks, render, status_of

    document = Document(command.name, run.bundle_kind, result)
    for problem in (*result.errors, *result.problems):
        _say(str(problem))
    if not (args.quiet and args.format == "text"):
        sys.stdout.write(render(document, args.format))
        sys.stdout.flush()
    if args.format == "csv" and not args.quiet:
        # A table of cells has no room for them.
        for remark in remarks(document):
            _say(remark)
    return _EXIT[status_of(result)]


def _fail(problems: Iterable[ProblemLike], command: str, run: Run | None, output_format: str) -> int:
    """Tell every problem on stderr, and as JSON where that was asked for."""
    errors = tuple(problems)
    for problem in errors:
        _say(str(problem))
    if output_format == "json":
        from spinefairbench.analysis.result import CheckResult
        from spinefairbench.render.document import Document, render

        kind = run.bundle_kind if run is not None else None
        sys.stdout.write(render(Document(command, kind, CheckResult(errors=errors)), "json"))
        sys.stdout.flush()
    return 2


def _format_wanted(arguments: list[str]) -> str:
    """The --format of arguments that could not be parsed."""
    for here, following in itertools.pairwise([*arguments, ""]):
        if here == "--format=json" or (here == "--format" and following == "json"):
            return "json"
    return "text"


def _say(problem: str) -> None:
    """One problem, one line on stderr; never an error of its own."""
    from spinefairbench.render.values import printable

    try:
        sys.stderr.write(printable(problem) + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        pass


def _open_closed_streams() -> None:
    """Where the caller closed stdin, stdout or stderr, open the null device there.

    Otherwise the next file that is opened takes the free place, and output could end up in it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8"))  # noqa: SIM115


def _make_streams_total() -> None:
    """Output must never fail for a character that the terminal's encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
