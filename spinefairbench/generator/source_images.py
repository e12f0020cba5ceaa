"""The radiographs and masks of a run: found, named, matched, and read once before any work.

Only what was read of them is kept; the pixels are read again when they are needed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.errors import ErrorCollector
from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError, short_list, unreadable
from spinefairbench.generator.libraries import BoolImage, ByteImage, FloatImage, numpy
from spinefairbench.generator.radiographs import (
    DICOM_SUFFIXES,
    IMAGE_SUFFIXES,
    Box,
    Radiograph,
    fit,
    fit_mask,
    inside,
    read_gray_file,
    read_radiograph,
    to_bytes,
)

__all__ = ["ModelInput", "Source", "prepared", "read_sources", "size_problem"]

_SOURCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}[A-Za-z0-9]|[A-Za-z0-9]", re.ASCII)
_MAX_INPUT_BYTES: Final = 1 << 30


class _Mask(NamedTuple):
    """A mask (height x width) and its file's hash."""

    file_name: str
    sha256: str
    marked: BoolImage

    @property
    def provenance(self) -> dict[str, Any]:
        """What a record of provenance says of the mask."""
        return {"file": self.file_name, "sha256": self.sha256, "share_marked": float(self.marked.mean())}


class ModelInput(NamedTuple):
    """A source and its mask in the model's square, and the box in it where the radiograph lies."""

    square: FloatImage
    box: Box
    mask: FloatImage | None

    @property
    def gray(self) -> ByteImage:
        """The radiograph as edits of it are written: 8 bits, without what was filled up around it."""
        return to_bytes(self.square[inside(self.box)])


def prepared(path: Path, config: InferenceConfig) -> tuple[Radiograph, ModelInput]:
    """A radiograph as it was read, and in the model's square without a mask; the sampler sees no other. Raises InputError."""
    radiograph = read_radiograph(path, config.levels, config.level_percentiles)
    fitted = fit(radiograph.pixels, config.image_size, config.fit)
    return radiograph, ModelInput(fitted.pixels, fitted.box, None)


class Source(NamedTuple):
    """A source's file and mask, and the provenance of each."""

    path: Path
    provenance: dict[str, Any]
    mask_path: Path | None
    mask_provenance: dict[str, Any] | None

    def load(self, config: InferenceConfig) -> ModelInput:
        """Read the files again, into the model's square. Raises InputError if one of them has changed."""
        radiograph, read = prepared(self.path, config)
        if radiograph.sha256 != self.provenance["sha256"]:
            raise InputError(f"{self.path.name}: changed during the run")
        if self.mask_path is None:
            return read
        mask = _read_mask(self.mask_path, radiograph.pixels.shape)
        if mask.provenance != self.mask_provenance:
            raise InputError(f"{self.mask_path.name}: changed during the run")
        return read._replace(mask=fit_mask(mask.marked, config.image_size, config.fit, config.mask_feather))


def _input_files(path: Path, option: str) -> tuple[list[Path], list[str]]:
    """The image files that an option names, sorted by name, and a warning for the other files of a folder.

    A folder is read one level deep; hidden files are ignored. Raises InputError if there is nothing to read, or a
    file is empty or larger than 1 GiB.
    """
    suffixes = (*IMAGE_SUFFIXES, *DICOM_SUFFIXES)
    warnings = []
    try:
        if path.is_dir():
            visible = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
            entries = [entry for entry in visible if entry.is_file()]
            files = [entry for entry in entries if entry.suffix.lower() in suffixes]
            if broken := [f"{entry.name}: is a broken link" for entry in visible if not entry.exists()]:
                raise InputError(broken)
            if others := [entry.name for entry in entries if entry.suffix.lower() not in suffixes]:
                warnings.append(f"{option}: ignored {len(others)} file(s) with other suffixes: {short_list(others, 3)}")
        elif path.exists():
            files = [path]
        else:
            raise InputError(f"{option}: {path.name or path} does not exist")
        problems = [problem for file in files if (problem := size_problem(file))]
    except OSError as error:
        raise InputError(unreadable(f"{option}: {path.name}", error)) from None
    if not files:
        raise InputError(f"{option}: folder {path.name} has no file named {', '.join('*' + s for s in suffixes)}")
    if problems:
        raise InputError(problems)
    return files, warnings


def size_problem(path: Path) -> str | None:
    """Why a file is too small or too large to be read, None where it is neither. Raises OSError."""
    size = path.stat().st_size
    if size == 0:
        return f"{path.name}: is empty"
    if size > _MAX_INPUT_BYTES:
        return f"{path.name}: has {size} bytes, expected at most {_MAX_INPUT_BYTES}"
    return None


def _named_sources(files: Iterable[Path]) -> dict[str, Path]:
    """source_id -> file, sorted by source_id; the id is the file's name without its last suffix.

    An id must be usable as a folder name on every system, and as the first half of a `source__edit` pair id.
    Raises InputError naming every file whose id is not, and those whose ids differ by letter case alone.
    """
    sources: dict[str, Path] = {}
    seen: dict[str, Path] = {}
    problems = []
    for path in files:
        source_id = path.stem
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

    Raises InputError for a source without a mask and for masks whose names differ by their suffix alone.
    """
    if single and len(sources) == 1 and len(masks) == 1:
        return {next(iter(sources)): masks[0]}
    named: dict[str, Path] = {}
    problems = []
    for path in masks:
        other = named.setdefault(path.stem, path)
        if other is not path:
            problems.append(f"--mask: {path.name} and {other.name} have the same name")
    problems += [
        f"--mask: no mask has the name of {path.name}" for source, path in sources.items() if source not in named
    ]
    if problems:
        raise InputError(problems)
    return {source: named[source] for source in sources}


def _read_mask(path: Path, shape: tuple[int, ...]) -> _Mask:
    """A binary mask of the source's own shape (height, width).

    Raises InputError for another shape, for more than two values (zero and one other), and for a mask that marks
    nothing.
    """
    where = path.name
    try:
        values, _ = read_gray_file(path, bilevel=True)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if values.shape != shape:
        raise InputError(
            f"{where}: mask of {values.shape[1]}x{values.shape[0]} pixels, the source has {shape[1]}x{shape[0]}"
        )
    found = numpy.unique(values)
    if not values.any():
        raise InputError(f"{where}: mask is empty: no pixel is marked")
    if len(found) > 2 or (len(found) == 2 and found[0] != 0):
        raise InputError(f"{where}: mask is not binary: {len(found)} values, expected zero and one other")
    return _Mask(where, sha256, values != 0)


def read_sources(
    path: Path, mask: Path | None, dataset: Path, config: InferenceConfig, log: Callable[[str], None]
) -> dict[str, Source]:
    """Read every radiograph and mask that `--input` and `--mask` name, and log a warning for what is unusual.

    Raises InputError with every problem; also for a source inside `dataset`, which is going to be handed on.
    """
    files, warnings = _input_files(path, "--input")
    _refuse_inside(files, dataset)
    paths = _named_sources(files)
    masks: dict[str, Path] = {}
    if mask is not None:
        mask_files, mask_warnings = _input_files(mask, "--mask")
        warnings += mask_warnings
        masks = _match_masks(paths, mask_files, single=mask.is_file())
    collector = ErrorCollector(InputError)
    sources = {}
    for source_id, source_path in paths.items():
        mask_path, mask_provenance = masks.get(source_id), None
        with collector:
            radiograph = read_radiograph(source_path, config.levels, config.level_percentiles)
            if mask_path is not None:
                read = _read_mask(mask_path, radiograph.pixels.shape)
                mask_provenance = read.provenance
                warnings += _mask_warnings(read, config)
            sources[source_id] = Source(source_path, radiograph.provenance, mask_path, mask_provenance)
    collector.raise_if_any()
    if mask is None:
        warnings.append("mask-none: without --mask nothing is blended toward the source")
    for warning in warnings:
        log(f"warning: {warning}")
    return sources


def _refuse_inside(files: Sequence[Path], dataset: Path) -> None:
    folder = dataset.resolve()
    if inside := [path.name for path in files if folder in path.resolve().parents]:
        raise InputError(f"--input: is inside the dataset folder of --output: {short_list(inside, 4)}")


def _mask_warnings(mask: _Mask, config: InferenceConfig) -> list[str]:
    warnings = [f"mask-full: {mask.file_name} marks every pixel"] if mask.marked.all() else []
    if not fit_mask(mask.marked, config.image_size, config.fit, 0.0).any():
        warnings.append(f"mask-lost: what {mask.file_name} marks is too thin for {config.image_size} pixels a side")
    return warnings
