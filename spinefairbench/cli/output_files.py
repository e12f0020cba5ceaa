"""The files that a command is told to write: one rule for all commands.

A file that exists is overwritten with --force only. A file that the command reads, and whatever lies inside the bundle,
is never written, with --force or without; nor are two outputs one file.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from spinefairbench.analysis.inputs import Inputs, default_artifacts
from spinefairbench.bundle.artifacts import looks_like_bundle
from spinefairbench.errors import OutputError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT, reason
from spinefairbench.files.writing import STANDARD_OUTPUT
from spinefairbench.problems import Problem

__all__ = ["new_folder", "outside_bundle", "require_free_folder", "require_unread", "require_writable"]


def require_writable(
    inputs: Inputs, outputs: Mapping[str, str | None], *, reads: Iterable[tuple[str, str | None]] = ()
) -> None:
    """Raise UsageError or OutputError where a file of the command must not be written.

    `outputs` are {option: file}, `reads` are (what it is, file), such as ("the file of --submission", "s.json"). None is
    a file that was not given. The command has --force. What cannot be written at all is left to whoever writes it.
    """
    given = {option: file for option, file in outputs.items() if file is not None and _names_a_file(file)}
    require_unread(given, reads)
    for file in given.values():
        if file == STANDARD_OUTPUT:
            continue
        outside_bundle(inputs, file)
        if not inputs.options.force and (os.path.isfile(file) or _is_broken_link(file)):
            raise OutputError(Problem(file, "already exists; use --force to overwrite"))


def require_unread(outputs: Mapping[str, str], reads: Iterable[tuple[str, str | None]]) -> None:
    """Raise UsageError where an output, of {option: file}, is a file that the command reads, or another output."""
    taken = {
        _identity(file): whose
        for whose, file in reads
        if file is not None and file != STANDARD_INPUT and _names_a_file(file)
    }
    for option, file in outputs.items():
        # Standard output is no standard input.
        here = STANDARD_OUTPUT if file == STANDARD_OUTPUT else _identity(file)
        if here in taken:
            raise UsageError(f"--{option} is {taken[here]} ({file}); expected another one")
        taken[here] = f"the file of --{option}"


def outside_bundle(inputs: Inputs, path: str, *, or_itself: bool = False) -> None:
    """Raise UsageError where `path` lies inside the bundle of this run, links followed: it would change it.

    `or_itself`: the path may be the bundle.
    """
    root = default_artifacts() if inputs.artifacts is None else inputs.artifacts
    if root is None or not _names_a_file(str(root)) or not looks_like_bundle(root):
        return
    place, whole = Path(os.path.realpath(path)), Path(os.path.realpath(root))
    if place.is_relative_to(whole) and not (or_itself and place == whole):
        raise UsageError(Problem(path, f"lies inside the bundle {root}; expected a place outside it"))


def new_folder(path: str, option: str = "output") -> Path:
    """The path of a folder to write. Raises UsageError for a path that no folder has, and for `-`: standard output is a file."""
    if path == STANDARD_OUTPUT:
        raise UsageError(f"--{option} -: a folder is written, which standard output is not")
    if not _names_a_file(path):
        raise UsageError(f"--{option} {path!r}: not a usable path")
    return Path(path)


def require_free_folder(folder: Path, replaced: str, *, force: bool) -> None:
    """Raise OutputError where the folder holds anything and is not to be overwritten, or is no folder.

    `replaced` says what would be overwritten.
    """
    try:
        held = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else "not a usable path"
        raise OutputError(Problem(str(folder), f"cannot be written to: {why}")) from None
    if held and not force:
        shown = ", ".join(held[:5]) + (", \u2026" if len(held) > 5 else "")
        message = f"not empty ({shown}); give a new or empty folder, or use --force to overwrite {replaced} and leave the rest"
        raise OutputError(Problem(str(folder), message))


def _is_broken_link(path: str) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def _names_a_file(path: str) -> bool:
    """Whether the system can have a file of that name."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return "\0" not in path


def _identity(path: str) -> tuple[int, int] | str:
    """What two names of one file have in common: hard links too."""
    try:
        found = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino
