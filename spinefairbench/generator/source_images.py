"""The radiographs and masks of a run: found, named and matched by name, then each read once before any sampling.

Only what was read of them is kept; the pixels are read again when they are needed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import InputError, short_list, unreadable
from spinefairbench.generator.libraries import BoolImage, ByteImage, FloatImage, numpy
from spinefairbench.generator.radiographs import (
    RADIOGRAPH_SUFFIXES,
    Box,
    Radiograph,
    fit,
    fit_mask,
    id_from_name,
    inside,
    is_radiograph_name,
    read_gray_file,
    read_radiograph,
    to_bytes,
)

__all__ = [
    "FoundSource",
    "ModelInput",
    "Source",
    "find_sources",
    "prepared",
    "read_source",
    "size_problem",
]

_SOURCE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}[A-Za-z0-9]|[A-Za-z0-9]", re.ASCII)
_MAX_INPUT_BYTES: Final = 1 << 30


class _Mask(NamedTuple):
    """A mask (height x width), its file's hash, and the labels that are marked in it (none: the one that is not zero)."""

    file_name: str
    sha256: str
    marked: BoolImage
    labels: tuple[int, ...] = ()
    turned: int = 1

    @property
    def provenance(self) -> dict[str, Any]:
        """What a record of provenance says of the mask."""
        labels = {"labels": list(self.labels)} if self.labels else {}
        return {"file": self.file_name, "sha256": self.sha256, **labels, "share_marked": float(self.marked.mean())}


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


class FoundSource(NamedTuple):
    """A source's file and its mask's, found by their names; nothing of them is read yet.

    `problem` is why it cannot be used whatever is in its files.
    """

    source_id: str
    path: Path
    mask_path: Path | None
    problem: str | None = None


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
        mask = _read_mask(self.mask_path, radiograph.pixels.shape, config.mask_labels)
        if mask.provenance != self.mask_provenance:
            raise InputError(f"{self.mask_path.name}: changed during the run")
        return read._replace(mask=fit_mask(mask.marked, config.image_size, config.fit, config.mask_feather))


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


def _read_mask(path: Path, shape: tuple[int, ...], labels: tuple[int, ...] = ()) -> _Mask:
    """A mask of the source's own shape (height, width); what has one of the labels is marked.

    Without labels it must be binary. Raises InputError for another shape, for more than two values (zero and one
    other) without labels, and for a mask that marks nothing.
    """
    where = path.name
    try:
        values, record = read_gray_file(path, bilevel=True)
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if values.shape != shape:
        raise InputError(
            f"{where}: mask of {values.shape[1]}x{values.shape[0]} pixels, the source has {shape[1]}x{shape[0]}"
        )
    marked = numpy.isin(values, labels) if labels else values != 0
    found = numpy.unique(values)
    if not labels and (len(found) > 2 or (len(found) == 2 and found[0] != 0)):
        raise InputError(
            f"{where}: mask is not binary: {len(found)} values, expected zero and one other; --mask-labels says which"
            " labels are marked"
        )
    if not marked.any():
        of = f" with a label of {','.join(map(str, labels))}; it has {_listed(found)}" if labels else ""
        raise InputError(f"{where}: mask is empty: no pixel is marked{of}")
    return _Mask(where, sha256, marked, labels, record.get("orientation", 1))


def _listed(values: ByteImage) -> str:
    shown = ", ".join(str(value) for value in values[:20])
    return shown + (f" and {len(values) - 20} more" if len(values) > 20 else "")


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


def read_source(found: FoundSource, config: InferenceConfig) -> tuple[Source, list[str]]:
    """A source, its radiograph and mask read, and warnings of what is unusual. Raises InputError."""
    if found.problem is not None:
        raise InputError(found.problem)
    for path in filter(None, (found.path, found.mask_path)):
        try:
            problem = size_problem(path)
        except OSError as error:
            problem = f"{path.name}: is a broken link" if path.is_symlink() else unreadable(path.name, error)
        if problem is not None:
            raise InputError(problem)
    radiograph = read_radiograph(found.path, config.levels, config.level_percentiles)
    if found.mask_path is None:
        return Source(found.path, radiograph.provenance, None, None), []
    mask = _read_mask(found.mask_path, radiograph.pixels.shape, config.mask_labels)
    warnings = _mask_warnings(mask, config)
    if mask.turned != radiograph.record.get("orientation", 1):
        warnings.append(
            f"mask-orientation: the orientation tags of {found.path.name} and {mask.file_name} differ; each was turned"
            " as its own says"
        )
    return Source(found.path, radiograph.provenance, found.mask_path, mask.provenance), warnings


def _refuse_inside(files: Sequence[Path], dataset: Path) -> None:
    folder = dataset.resolve()
    if inside := [path.name for path in files if folder in path.resolve().parents]:
        raise InputError(f"--input: is inside the dataset folder of --output: {short_list(inside, 4)}")


def _mask_warnings(mask: _Mask, config: InferenceConfig) -> list[str]:
    warnings = [f"mask-full: {mask.file_name} marks every pixel"] if mask.marked.all() else []
    if not fit_mask(mask.marked, config.image_size, config.fit, 0.0).any():
        warnings.append(f"mask-lost: what {mask.file_name} marks is too thin for {config.image_size} pixels a side")
    return warnings
