"""The files that a command is told to write: whether it may."""

import os
from pathlib import Path

from spinefairbench.errors import OutputError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT
from spinefairbench.files.writing import STANDARD_OUTPUT
from spinefairbench.problems import Problem

__all__ = ["different_files", "new_file", "new_folder", "outside_bundle"]


def new_file(path: str, *, force: bool) -> Path:
    """The path of a file to write. Raises OutputError where something is there and is not to be overwritten."""
    if path != STANDARD_OUTPUT and not force and os.path.lexists(path):
        raise OutputError(Problem(path, "already exists; use --force to overwrite"))
    return Path(path)


def outside_bundle(path: Path, root: Path) -> None:
    """Raise UsageError where a file to write lies inside the bundle at `root`, links followed: it would change it."""
    try:
        inside = Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except ValueError:
        return  # no path at all: whoever opens it says so
    if inside:
        raise UsageError(Problem(str(path), f"lies inside the bundle {root}; expected a place outside it"))


def new_folder(path: str) -> Path:
    """The path of a folder to write. Raises UsageError for `-`: standard output is a file."""
    if path == STANDARD_OUTPUT:
        raise UsageError("--output -: a folder is written, which standard output is not")
    return Path(path)


def different_files(**files: str | None) -> None:
    """Raise UsageError where two of these options name the same file: the second would destroy the first.

    A `submission` that is standard input is another than an output that is standard output.
    """
    named: dict[str, str] = {}
    for option, file in files.items():
        if file is None or (option == "submission" and file == STANDARD_INPUT):
            continue
        try:
            place = os.path.realpath(file)
        except ValueError:
            continue  # no path at all: whoever opens it says so
        if place in named:
            raise UsageError(f"--{option} is the file of --{named[place]} ({file}); expected another one")
        named[place] = option
