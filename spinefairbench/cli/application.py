"""The one entry point: the parser of all commands, and what becomes of interruptions and lost streams."""

import argparse
import difflib
import gc
import itertools
import re
import sys
from collections.abc import Sequence
from typing import Any, Final, NoReturn

from spinefairbench.cli.commands import COMMANDS, GROUPS
from spinefairbench.cli.options import COMMON, Option, add_options
from spinefairbench.cli.program_name import program_name
from spinefairbench.cli.terminal import drop_unwritten, escape_unencodable, open_closed_streams, print_error
from spinefairbench.files.ending_signals import Ended, ended_by_signals
from spinefairbench.render.formats import FORMATS
from spinefairbench.version import __version__

__all__ = ["main"]

_INTERRUPTED: Final = 130
_OBJECTS_BETWEEN_COLLECTIONS: Final = 500_000
_DESCRIPTION: Final = "Check the published numbers of SpineFairBench, score a submission, audit a model."
_EXAMPLE: Final = "example: "
_LONGEST_WORD: Final = 40
"""So much of an unknown command is looked at, and shown."""


class _WrongUsage(Exception):
    """Arguments that cannot be parsed; `command` is what could be told of the command, perhaps nothing."""

    def __init__(self, problem: str, command: str) -> None:
        super().__init__(problem)
        self.command = command


class _HelpFormatter(argparse.HelpFormatter):
    """Help whose example stays on one line: a command that is wrapped at a hyphen cannot be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_EXAMPLE) else super()._fill_text(text, width, indent)


class _Parser(argparse.ArgumentParser):
    """A parser whose options are declared only when it parses, and that raises an error instead of exiting."""

    def __init__(self, *, options: Sequence[Option] = (), **settings: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_HelpFormatter, **settings)
        self._waiting = tuple(options)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        waiting, self._waiting = self._waiting, ()
        add_options(self, waiting)
        parsed, unknown = super().parse_known_args(args, namespace)
        if waiting and unknown:
            # Said here, where the command is known; the parser around this one would say it of the whole program.
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return parsed, unknown

    def _print_message(self, message: str, file: Any = None) -> None:
        # The library's own passes over an error in writing.
        (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        command = self.prog.removeprefix(program_name().name).strip()
        said = _said_of_unknown_command(message, command)
        raise _WrongUsage(f"{said or message} (see `{self.prog} --help`)", command)


def _said_of_unknown_command(message: str, group: str) -> str | None:
    """What to say of a word that is no command (of the group, if there is one), None where another thing is wrong."""
    found = re.match(r"argument COMMAND: invalid choice: (['\"])(.*)\1 \(choose from", message)
    if found is None:
        return None
    word = found[2][:_LONGEST_WORD]
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    # Also by the second word alone: who asks for `merge` means `submission merge`.
    by_word = {name.rpartition(" ")[2]: name for name in names if not group or name.startswith(f"{group} ")}
    by_word |= {} if group else {name: name for name in (*GROUPS, *(name for name in names if " " not in name))}
    close = difflib.get_close_matches(word, by_word, n=1)
    meant = f"; did you mean {by_word[close[0]]}?" if close else ""
    return f"unknown command {f'{group} {word}'.strip()!r}{meant}"


def _build_parser() -> argparse.ArgumentParser:
    """The parser of every command; `args.command_` is the Command chosen."""
    program = program_name()
    parser = _Parser(prog=program.name, description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"spinefairbench {__version__}")
    groups: dict[str, Any] = {"": parser.add_subparsers(metavar="COMMAND", required=True)}
    for command in COMMANDS:
        group_name, _, word = command.name.rpartition(" ")
        if group_name not in groups:
            said = GROUPS[group_name]
            group = groups[""].add_parser(group_name, help=said, description=_sentence(said))
            groups[group_name] = group.add_subparsers(metavar="COMMAND", required=True)
        sub = groups[group_name].add_parser(
            word,
            aliases=command.aliases,
            help=command.help,
            description=_sentence(command.help),
            epilog=f"{_EXAMPLE}{program.call} {command.name} {command.example}",
            options=(*command.options, *COMMON),
        )
        sub.set_defaults(command_=command)
    return parser


def _sentence(help_line: str) -> str:
    """A line of help as a sentence."""
    return f"{help_line[0].upper()}{help_line[1:]}."


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit status; nothing is raised but SystemExit from --help and --version."""
    open_closed_streams()
    escape_unencodable()
    # What a run makes is seldom a cycle and mostly kept to its end: a report on a full panel leaves a thousand objects in
    # cycles, and searching for them every 50,000 objects takes 0.5 s of its processor time, every 700 several seconds.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        with ended_by_signals():
            return _run(sys.argv[1:] if argv is None else argv)
    except Ended as ended:
        print_error(ended)
        return ended.status
    except KeyboardInterrupt:
        print_error("interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        return 1  # the reader of our output has left: nobody to tell
    except OSError as error:
        print_error(f"the output could not be written: {error.strerror or error}")
        return 2
    except MemoryError:
        print_error("out of memory")
        return 2
    finally:
        drop_unwritten()


def _run(arguments: list[str]) -> int:
    parser = _build_parser()
    try:
        args = parser.parse_args(arguments)
    except SystemExit:
        sys.stdout.flush()  # --help and --version have printed: whether that can be written is told while it can be
        raise
    except _WrongUsage as error:
        from spinefairbench.cli.execution import fail

        return fail([str(error)], error.command, None, _format_wanted(arguments))
    # Not before: --help and --version need none of it.
    from spinefairbench.cli.execution import execute

    return execute(args)


def _format_wanted(arguments: list[str]) -> str:
    """The --format of arguments that could not be parsed, as far as it can be told."""
    for here, following in itertools.pairwise([*arguments, ""]):
        given = following if here == "--format" else here.partition("--format=")[2]
        if given in FORMATS:
            return given
    return "text"
