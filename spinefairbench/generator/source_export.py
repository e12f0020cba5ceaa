"""Source images as the sampler sees them, written as PNG: one OUTPUT/SOURCE.png each, and a record of them."""

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import looks_like_bundle
from spinefairbench.errors import ErrorCollector, OutputError, UsageError
from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.files.png import grayscale_png
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.collection_files import collection_files
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.dicom_files import DICOM_SUFFIXES
from spinefairbench.generator.export_record import ExportRecord
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.found_sources import find_sources
from spinefairbench.generator.libraries import library, versions
from spinefairbench.generator.source_images import prepared
from spinefairbench.parallel import in_order
from spinefairbench.problems import Problem, counted
from spinefairbench.version import __version__

__all__ = ["ExportRequest", "Exported", "export_sources"]

_BUNDLE_MARKS: Final = (layout.RELEASE_MANIFEST, layout.QC_METADATA, layout.SHA256SUMS, layout.DEMO_MARKER)


class ExportRequest(NamedTuple):
    """What is to be written: the sources of `bundle` or, without one, all that are below `input`.

    `names_are_ids`: a source is called as inference calls it, by its file's name, and not as the collections do.
    """

    input: Path
    output: Path
    config: InferenceConfig
    bundle: Path | None = None
    jobs: int = 1
    resume: bool = False
    force: bool = False
    names_are_ids: bool = False


class Exported(NamedTuple):
    """How many sources were written and kept, and which sources of the bundle have no file."""

    made: int
    kept: int
    missing: tuple[str, ...]


class _Task(NamedTuple):
    source_id: str
    file: Path
    png: Path
    earlier: Mapping[str, Any] | None
    """The row of an earlier run with the same settings."""


class _Done(NamedTuple):
    row: dict[str, Any] | None
    kept: bool
    problems: tuple[Problem, ...] = ()


def export_sources(request: ExportRequest, log: Callable[[str], None], progress: Callable[[str], None]) -> Exported:
    """Write the PNG of each source and the manifest. Raises UsageError, InputError or OutputError with every problem.

    Where files cannot be read, the others are written first, for a run with `resume`.
    """
    _refuse_unusable(request)
    record = ExportRecord(request.output, _made_with(request.config))
    if not (request.resume or request.force):
        record.refuse_earlier()
    found, missing = _found(request, log)
    if any(file.suffix.lower() in DICOM_SUFFIXES for file in found.values()):
        library("pydicom")  # said once, not for each file
    earlier = record.earlier(found) if request.resume else {}
    tasks = [_Task(name, file, request.output / f"{name}.png", earlier.get(name)) for name, file in found.items()]
    there = [task.png for task in tasks if os.path.lexists(task.png)]
    if there and not (request.resume or request.force):
        raise OutputError([Problem(str(path), "already exists; use --force to overwrite") for path in there])
    record.start(task.earlier for task in tasks if task.earlier is not None)
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    kept = 0
    export = partial(_export, request.input, request.config, replace_others=request.force)
    for number, done in enumerate(in_order(export, tasks, request.jobs), 1):
        problems += done.problems
        if done.row is not None:
            rows.append(done.row)
            if done.kept:
                kept += 1
            else:
                record.add(done.row)
        progress(f"{number:,} of {len(tasks):,} sources")
    if problems:
        log(f"{counted(len(rows), 'source')} written; when the others are mended or moved away, continue with --resume")
        raise InputError(problems)
    record.finish(rows, missing)
    return Exported(len(rows) - kept, kept, missing)


def _found(request: ExportRequest, log: Callable[[str], None]) -> tuple[dict[str, Path], tuple[str, ...]]:
    """The file of each source, and the sources of the bundle without one. Raises InputError and what bundles raise."""
    if not request.names_are_ids:
        return collection_files(request.input, request.bundle, log)
    if not request.input.is_dir():
        raise InputError(f"--input: {request.input.name or request.input} is not a folder")
    found = find_sources(request.input, None, request.output / layout.DATASET, lambda _: None)
    return {source.source_id: source.path for source in found}, ()


def _refuse_unusable(request: ExportRequest) -> None:
    """Raise UsageError or OutputError unless sources may be written to the folder."""
    output, source = request.output, request.input
    place = Path(os.path.realpath(output))
    if os.path.lexists(output) and not output.is_dir():
        raise UsageError(f"--output: {output.name} is not a folder")
    if place == Path(os.path.realpath(source)) or Path(os.path.realpath(source)) in place.parents:
        raise UsageError(f"--output: {output} is or lies in the folder of --input; expected a place outside it")
    for folder in (place, *place.parents):
        if looks_like_bundle(folder) and any((folder / mark).exists() for mark in _BUNDLE_MARKS):
            raise UsageError(
                f"--output: {output} is or lies in a bundle, which holds no sources; expected another place"
            )


def _made_with(config: InferenceConfig) -> dict[str, Any]:
    """What determines the pixels beside the file."""
    return {
        "generator_version": __version__,
        "image_size": config.image_size,
        "fit": config.fit,
        "levels": config.levels,
        "level_percentiles": list(config.level_percentiles),
        "libraries": versions(("numpy", "PIL", "pydicom")),
    }


def _export(folder: Path, config: InferenceConfig, task: _Task, *, replace_others: bool) -> _Done:
    """Write the PNG of one source, unless an earlier run has; in whatever process."""
    place = task.file.relative_to(folder).as_posix()
    collector = ErrorCollector(InputError)
    with collector:
        if task.earlier is not None and _is_whole(task, place):
            return _Done(dict(task.earlier), kept=True)
        radiograph, read = prepared(task.file, config)
        height, width = read.gray.shape
        pixels = read.gray.tobytes()
        png = grayscale_png(width, height, pixels)
        if task.earlier is None and not replace_others and _differs(task.png, png):
            return _Done(
                None, kept=False, problems=(Problem(str(task.png), "is not of this run; use --force to overwrite"),)
            )
        write_whole_bytes(task.png, png)
        row = {
            "source_id": task.source_id,
            "file": place,
            "file_sha256": radiograph.sha256,
            "png": task.png.name,
            "png_sha256": sha256_of_bytes(png),
            # Another build of zlib packs the same pixels into other bytes.
            "pixels_sha256": sha256_of_bytes(pixels),
            "width": width,
            "height": height,
            "radiograph": radiograph.record,
            "transformation": _in_words(radiograph.record, (width, height), config.fit),
        }
        return _Done(row, kept=False)
    return _Done(None, kept=False, problems=tuple(collector.errors))


def _is_whole(task: _Task, place: str) -> bool:
    """Whether the row of an earlier run agrees with the source's file and with the PNG."""
    earlier = task.earlier or {}
    try:
        return (
            earlier.get("file") == place
            and earlier.get("png_sha256") == sha256_of_file(task.png)
            and earlier.get("file_sha256") == sha256_of_file(task.file)
        )
    except OSError:
        return False


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _in_words(record: Mapping[str, Any], size: tuple[int, int], fit: str) -> str:
    """What was done to the stored values, step by step; `size` is width and height of the result."""
    steps = [f"{record['format']} of {record['bits']} bits, {record['width']}x{record['height']} pixels"]
    if "orientation" in record:
        steps.append(f"turned as its orientation tag {record['orientation']} says")
    if record["format"] == "DICOM":
        table = "modality_lut" in record
        steps.append("modality lookup table applied" if table else "values rescaled as the header says")
    if record.get("equal_colour_channels"):
        steps.append("one of three equal color channels taken")
    if record["levels"] == "window":
        window = f"{record['window_centre']:g} and width {record['window_width']:g} ({record['window_function']})"
        steps.append(f"the window of center {window} mapped to 0..1, values beyond it clipped")
    elif record["levels"] == "voi-lut":
        steps.append(f"VOI lookup table applied, its {record['low']:g} to {record['high']:g} mapped to 0..1")
    else:
        of = " and ".join(f"{each:g}" for each in record.get("percentiles", ()))
        said = (
            f"the percentiles {of} ({record['low']:g} and {record['high']:g})"
            if of
            else f"{record['low']:g} to {record['high']:g}"
        )
        steps.append(f"{said} mapped to 0..1{', values beyond them clipped' if of else ''}")
    if "inverted" in record:
        steps.append(f"inverted ({record['inverted']})")
    if "share_of_padding" in record:
        steps.append(f"padding ({100 * record['share_of_padding']:.3g} %) made black")
    if (record["width"], record["height"]) == size:
        steps.append("not resampled")
    else:
        how = "ratio of the sides ignored" if fit == "stretch" else "ratio of the sides kept, nothing filled up"
        steps.append(f"resampled to {size[0]}x{size[1]} pixels (Lanczos filter; {how})")
    return "; ".join([*steps, "rounded to 8 bits"])
