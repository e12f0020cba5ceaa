"""The radiographs of both collections below a folder, found by the names that the collections give their files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.source_ids import file_names, source_of_file
from spinefairbench.generator.failures import InputError, short_list, unreadable
from spinefairbench.generator.found_sources import size_problem
from spinefairbench.generator.radiographs import RADIOGRAPH_SUFFIXES, id_from_name, is_radiograph_name
from spinefairbench.problems import Problem, counted

__all__ = ["collection_files"]


def collection_files(
    folder: Path, bundle: Path | None, log: Callable[[str], None]
) -> tuple[dict[str, Path], tuple[str, ...]]:
    """{source: its file}, sorted, and the sources of the bundle without one. Raises InputError with every problem."""
    names: dict[str, str] | None = None
    if bundle is not None:
        wanted = {source_of(pair) for pair in passed_pairs(open_bundle(bundle))}
        names = {name: source_id for source_id in wanted for name in file_names(source_id)}
    found: dict[str, Path] = {}
    seen: dict[str, Path] = {}
    problems, others = [], 0
    for file in _image_files(folder):
        place = file.relative_to(folder).as_posix()
        source_id = source_of_file(id_from_name(file)) if names is None else names.get(id_from_name(file))
        if source_id is None and names is not None:
            others += 1
        elif source_id is None:
            said = (
                "no source is called so; expected a name such as 0001-F-037Y0.jpg or 32 hexadecimal digits with .dicom"
            )
            problems.append(Problem(place, f"{said} (--artifacts takes the names from a bundle)"))
        elif (other := seen.get(source_id.casefold())) is not None:
            said = f"is of the same source as {other.relative_to(folder).as_posix()}; expected one file of {source_id}"
            problems.append(Problem(place, said))
        else:
            seen[source_id.casefold()] = file
            found[source_id] = file
            problems += [Problem("", said) for said in [_file_problem(file)] if said]
    if problems:
        raise InputError(problems)
    missing = () if names is None else tuple(sorted(set(names.values()) - found.keys()))
    if not found:
        raise InputError(f"--input: {folder} has no file of a source, with a name on {_suffixes()}")
    if others:
        log(f"note: {counted(others, 'file')} of no source of the bundle passed over")
    if missing:
        log(f"warning: {counted(len(missing), 'source')} of the bundle without a file: {short_list(missing, 4)}")
    return dict(sorted(found.items())), missing


def _suffixes() -> str:
    return ", ".join(RADIOGRAPH_SUFFIXES)


def _file_problem(file: Path) -> str | None:
    try:
        return size_problem(file)
    except OSError as error:
        return unreadable(file.name, error)


def _image_files(folder: Path) -> Iterator[Path]:
    """Every image below a folder, sorted; links to folders are not followed, hidden files left out. Raises InputError."""
    for path, folders, names in os.walk(folder, onerror=_raise):
        folders.sort()
        for name in sorted(names):
            file = Path(path, name)
            if not name.startswith(".") and _is_image(file):
                yield file


def _is_image(file: Path) -> bool:
    if file.suffix.lower() in RADIOGRAPH_SUFFIXES:
        return True
    try:
        return file.is_file() and is_radiograph_name(file)
    except OSError:
        return False


def _raise(error: OSError) -> None:
    raise InputError(unreadable(f"--input: {error.filename}", error)) from None
