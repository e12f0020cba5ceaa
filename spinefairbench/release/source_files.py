"""The files of source images below a folder, found by the ids of their sources. A bundle holds no source image."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.bundle.source_ids import file_names
from spinefairbench.errors import UsageError
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, ProblemKind, counted, unreadable

__all__ = ["FoundSources", "find_sources"]

_SENT: Final = (".png", ".jpg", ".jpeg")
_DICOM: Final = (".dicom", ".dcm")
_EXPORT: Final = "export it as PNG with python3 -m spinefairbench.generator.prepare_sources"
_SHOWN: Final = 3


class FoundSources(NamedTuple):
    """Which source has which file, below the folder and with forward slashes; and a problem for each that has none."""

    files: Mapping[str, str]
    problems: tuple[Problem, ...]


def find_sources(folder: Path, source_ids: Iterable[str]) -> FoundSources:
    """Find the image of each source below `folder`, however deep. Raises UsageError where the folder cannot be read.

    Links to folders are not followed. A source with several images is a problem, as no rule could tell which was edited.
    """
    wanted = sorted(set(source_ids))
    images, dicoms = _files_by_name(folder)
    files: dict[str, str] = {}
    problems = []
    for source_id in wanted:
        names = file_names(source_id)
        found = [file for name in names for file in images[name]]
        if len(found) == 1:
            files[source_id] = found[0]
        elif found:
            shown = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
            problems.append(Problem(source_id, f"{counted(len(found), 'image')} of this name ({shown}); expected one"))
        elif raw := [file for name in names for file in dicoms[name]]:
            problems.append(Problem(source_id, f"{raw[0]} is DICOM, which no model can be sent; {_EXPORT}"))
        else:
            problems.append(Problem(source_id, f"no image; expected {_expected(source_id)}", ProblemKind.MISSING))
    if wanted and not files and all(problem.kind is ProblemKind.MISSING for problem in problems):
        said = f"no image of any of the {counted(len(wanted), 'source')}; expected files such as {_expected(wanted[0])}"
        problems = [Problem(str(folder), said, ProblemKind.MISSING)]
    return FoundSources(files, tuple(problems))


def _expected(source_id: str) -> str:
    return ", ".join(f"{name}.{suffix}" for name, suffix in zip(file_names(source_id), ("png", "jpg"), strict=False))


def _files_by_name(folder: Path) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Images that can be sent, and DICOM files: {name without suffix: paths below the folder}, both sorted."""
    images: defaultdict[str, list[str]] = defaultdict(list)
    dicoms: defaultdict[str, list[str]] = defaultdict(list)
    try:
        for path, folders, names in os.walk(folder, onerror=_raise):
            folders.sort()
            for name in sorted(names):
                file = Path(path, name)
                suffix = file.suffix.lower()
                kind = images if suffix in _SENT else dicoms if suffix in _DICOM else None
                if kind is not None and not name.startswith("."):
                    kind[file.stem].append(file.relative_to(folder).as_posix())
    except OSError as error:
        raise UsageError(unreadable(f"--sources {folder}", reason(error))) from None
    except ValueError:
        raise UsageError(f"--sources {str(folder)!r}: not a usable path") from None
    return images, dicoms


def _raise(error: OSError) -> None:
    raise error
