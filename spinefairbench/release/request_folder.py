"""A folder of requests that is there already: whether it may be continued, started anew, or must be left alone."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from spinefairbench.errors import OutputError, SubmissionError
from spinefairbench.files.reading import reason
from spinefairbench.files.writing import remove_partial_files, write_whole_bytes
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.request_manifest import (
    MANIFEST,
    RequestManifest,
    read_request_manifest,
    write_request_manifest,
)
from spinefairbench.release.request_map import MAP
from spinefairbench.release.request_parts import intact_parts

__all__ = ["earlier_manifest", "start_folder"]

_PART: Final = re.compile(r"part-[0-9]{4,}\.jsonl")
_ANEW: Final = "or --force to start anew"


def earlier_manifest(folder: Path) -> RequestManifest | None:
    """The manifest of an earlier run, None where the folder is new or empty. Raises OutputError for anything else."""
    try:
        held = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(Problem(str(folder), f"cannot be written to: {reason(error)}")) from None
    if not held:
        return None
    if MANIFEST not in held:
        shown = ", ".join(held[:5]) + (", …" if len(held) > 5 else "")
        raise OutputError(Problem(str(folder), f"not empty ({shown}); give a new or empty folder, {_ANEW}"))
    try:
        return read_request_manifest(folder)
    except SubmissionError as error:
        unusable = Problem(str(folder), f"cannot be continued; give a new or empty folder, {_ANEW}")
        raise OutputError((*error.problems, unusable)) from None


def start_folder(
    folder: Path, manifest: RequestManifest, map_content: bytes, earlier: RequestManifest | None
) -> RequestManifest:
    """Write manifest and map, and return the manifest with the parts of an earlier run that are as they were written.

    Other parts that lie in the folder are deleted, so that none is sent by mistake. Raises OutputError, also with
    every setting in which the earlier run differs.
    """
    if earlier is not None:
        _require_same(folder, manifest, earlier)
        manifest = replace(manifest, parts=intact_parts(folder, earlier.parts))
    write_request_manifest(folder, manifest)
    write_whole_bytes(folder / MAP, map_content)
    kept = {part.file for part in manifest.parts}
    try:
        if earlier is not None:
            remove_partial_files(folder)
        for path in folder.iterdir():
            if _PART.fullmatch(path.name) and path.name not in kept:
                path.unlink()
    except OSError as error:
        raise OutputError(Problem(str(folder), f"cannot be written to: {reason(error)}")) from None
    return manifest


def _require_same(folder: Path, manifest: RequestManifest, earlier: RequestManifest) -> None:
    before, now = ({**each.settings.to_json(), "map_sha256": each.map_sha256} for each in (earlier, manifest))
    place = str(folder / MANIFEST)
    problems = [
        Problem(place, f"{key} is {shortened(before[key])}; asked for now is {shortened(now[key])}")
        for key in now
        if before[key] != now[key]
    ]
    if problems:
        said = f"holds requests with other settings; give the same settings, another folder, {_ANEW}"
        raise OutputError((*problems, Problem(str(folder), said)))
