"""The files of a run's radiographs and masks: found, named, and matched by their names; nothing of them is read."""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.generator.failures import InputError, short_list, unreadable
from spinefairbench.generator.radiographs import RADIOGRAPH_SUFFIXES, id_from_name, is_radiograph_name

__all__ = ["FoundSource", "find_sources", "size_problem"]

_SOURCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}[A-Za-z0-9]|[A-Za-z0-9]", re.ASCII)

_MAX_INPUT_BYTES: Final = 1 << 30


class FoundSource(NamedTuple):
    """A source's file and its mask's, found by their names; nothing of them is read yet.

    `problem` is why it cannot be used whatever is in its files.
    """

    source_id: str
    path: Path
    mask_path: Path | None
    problem: str | None = None


def find_sources(path: Path, mask: Path | None, dataset: Path, log: Callable[[str], None]) -> list[FoundSource]:
    """The radiographs and masks that `--input` and `--mask` name, matched, with a warning for what is unusual.

    Only names are looked at. Raises InputError with every problem; also for a source inside `dataset`, which is going
    to be handed on.
    """
    files, warnings = _input_files(path, "--input")
    _refuse_inside(files, dataset)
    paths = _named_sources(files)
    masks: dict[str, Path] = {}
    if mask is None:
        warnings.append("mask-none: without --mask nothing is blended toward the source")
    else:
        mask_files, mask_warnings = _input_files(mask, "--mask")
        warnings += mask_warnings
        masks = _match_masks(paths, mask_files, single=mask.is_file())
    for warning in warnings:
        log(f"warning: {warning}")
    return [
        FoundSource(
            source_id,
            file,
            masks.get(source_id),
            f"--mask: no mask has the name of {file.name}" if mask is not None and source_id not in masks else None,
        )
        for source_id, file in paths.items()
    ]


def _refuse_inside(files: Sequence[Path], dataset: Path) -> None:
    folder = dataset.resolve()
    if inside := [path.name for path in files if folder in path.resolve().parents]:
        raise InputError(f"--input: is inside the dataset folder of --output: {short_list(inside, 4)}")


def _input_files(path: Path, option: str) -> tuple[list[Path], list[str]]:
    """The image files that an option names, sorted by name, and a warning for the other files of a folder.

    A folder is read one level deep; hidden files are ignored. Raises InputError if there is nothing to read.
    """
    warnings = []
    try:
        if path.is_dir():
            visible = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
            entries = [entry for entry in visible if not entry.is_dir()]
            files = [entry for entry in entries if _is_wanted(entry)]
            if others := [entry.name for entry in entries if entry not in set(files)]:
                warnings.append(f"{option}: ignored {len(others)} file(s) with other suffixes: {short_list(others, 3)}")
        elif path.exists():
            files = [path]
        else:
            raise InputError(f"{option}: {path.name or path} does not exist")
    except OSError as error:
        raise InputError(unreadable(f"{option}: {path.name}", error)) from None
    if not files:
        raise InputError(
            f"{option}: folder {path.name} has no file named {', '.join('*' + s for s in RADIOGRAPH_SUFFIXES)}"
        )
    return files, warnings


def _is_wanted(path: Path) -> bool:
    if path.exists() and not path.is_file():
        return False
    try:
        return is_radiograph_name(path)
    except OSError:
        # What cannot be opened is told when it is read, with its reason, and not passed over.
        return True


def size_problem(path: Path) -> str | None:
    """Why a file is too small or too large to be read, None where it is neither. Raises OSError."""
    size = path.stat().st_size
    if size == 0:
        return f"{path.name}: is empty"
    if size > _MAX_INPUT_BYTES:
        return f"{path.name}: has {size} bytes, expected at most {_MAX_INPUT_BYTES}"
    return None


def _named_sources(files: Iterable[Path]) -> dict[str, Path]:
    """source_id -> file, sorted by source_id; the id is the file's name without the suffix of an image.

    An id must be usable as a folder name on every system, and as the first half of a `source__edit` pair id.
    Raises InputError naming every file whose id is not, and those whose ids differ by letter case alone.
    """
    sources: dict[str, Path] = {}
    seen: dict[str, Path] = {}
    problems = []
    for path in files:
        source_id = id_from_name(path)
        if not _SOURCE_ID.fullmatch(source_id) or "__" in source_id:
            problems.append(
                f"{path.name}: {source_id!r} cannot be a source id; expected 1 to 128 letters, digits, '.', '_' or"
                " '-', a letter or digit first and last, and no '__'"
            )
        elif (other := seen.get(source_id.casefold())) is not None:
            problems.append(f"{path.name}: has the same source id as {other.name} (letter case is ignored)")
        else:
            seen[source_id.casefold()] = path
            sources[source_id] = path
    if problems:
        raise InputError(problems)
    return dict(sorted(sources.items()))


def _match_masks(sources: dict[str, Path], masks: list[Path], *, single: bool) -> dict[str, Path]:
    """source_id -> mask file, matched by name; a `single` mask file goes with a single source of any name.

    Sources without a mask are left out. Raises InputError for masks whose names differ by their suffix alone.
    """
    if single and len(sources) == 1 and len(masks) == 1:
        return {next(iter(sources)): masks[0]}
    named: dict[str, Path] = {}
    problems = []
    for path in masks:
        other = named.setdefault(id_from_name(path), path)
        if other is not path:
            problems.append(f"--mask: {path.name} and {other.name} have the same name")
    if problems:
        raise InputError(problems)
    return {source: named[source] for source in sources if source in named}
