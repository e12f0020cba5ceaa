"""What a run has written, read again: its pairs, their images, and the radiographs that they were made from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from spinefairbench.bundle import layout
from spinefairbench.errors import ErrorCollector, UsageError
from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.generator.config import config_from_mapping
from spinefairbench.generator.failures import InputError, unreadable
from spinefairbench.generator.found_sources import FoundSource, find_sources
from spinefairbench.generator.manifests import Pair, is_row_of
from spinefairbench.generator.output import OutputFolder, Written
from spinefairbench.generator.source_images import ModelInput, Source

__all__ = ["WrittenPairs", "edit_bytes", "sources_of", "square_of", "written_pairs"]


_PARTS: Final = ("base_model", "checkpoint", "config", "libraries", "source")


class WrittenPairs(Mapping[Pair, Written]):
    """The pairs that a run has written, in the order of its manifests; each look-up reads the pair's sidecar.

    A sidecar has 20 KB and a full run 12,000 of them, so none is held. A look-up raises InputError for one that is
    missing or damaged.
    """

    def __init__(self, folder: OutputFolder, pairs: Sequence[Pair]) -> None:
        self._folder = folder
        self._pairs = dict.fromkeys(pairs)

    def __getitem__(self, pair: Pair) -> Written:
        if pair not in self._pairs:
            raise KeyError(pair)
        written = _complete(pair, self._folder.written(pair))
        if written is None:
            raise InputError(_damaged(pair))
        return written

    def __contains__(self, pair: object) -> bool:
        return pair in self._pairs

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def written_pairs(folder: OutputFolder, *, or_none: bool = False) -> WrittenPairs:
    """Every pair that a run has written, each sidecar checked once.

    Raises UsageError if there is none, unless `or_none` says that there may be none, and InputError.
    """
    places = {label: place for place, label in enumerate(layout.EDIT_LABELS)}
    pairs = sorted(folder.pairs(), key=lambda pair: (pair.source_id, places.get(pair.edit_label, len(places))))
    if not pairs and not or_none:
        raise UsageError(f"--output: {folder.root.name or folder.root} has no image that a run has written")
    if damaged := [_damaged(pair) for pair in pairs if _complete(pair, folder.written(pair)) is None]:
        raise InputError(damaged)
    return WrittenPairs(folder, pairs)


def _damaged(pair: Pair) -> str:
    return f"{pair.pair_id}: its sidecar is missing or damaged; --resume makes it again"


def _complete(pair: Pair, written: Written | None) -> Written | None:
    """What was written of a pair if its sidecar says all that is relied on here."""
    if written is None:
        return None
    sidecar = written.sidecar
    made_from, image = sidecar["made_from"], sidecar.get("image")
    is_whole = (
        made_from.get("source_id") == pair.source_id
        and made_from.get("edit_label") == pair.edit_label
        and pair.edit_label in layout.EDIT_LABELS
        and all(isinstance(made_from.get(name), dict) for name in _PARTS)
        and isinstance(image, dict)
        and is_row_of(pair, sidecar.get("row"))
    )
    return written if is_whole else None


def edit_bytes(written: Written) -> bytes:
    """The bytes of an image, which must be those that its sidecar names. Raises InputError."""
    where = f"{written.image.parent.name}/{written.image.name}"
    try:
        data = written.image.read_bytes()
    except OSError as error:
        raise InputError(unreadable(where, error)) from None
    if sha256_of_bytes(data) != written.sidecar["image"].get("sha256"):
        raise InputError(f"{where}: is not the image that its sidecar names; --resume makes it again")
    return data


def sources_of(
    written: Mapping[Pair, Written], radiographs: Path, mask: Path | None, output: Path
) -> dict[str, FoundSource]:
    """The radiograph of every source with an image, by its id; `mask` as for inference, or None if none is needed.

    Raises InputError with every pair whose radiograph is missing or not the one that its sidecar names.
    """
    found = find_sources(radiographs, mask, output / layout.DATASET, lambda _: None)
    paths = {source.source_id: source for source in found}
    collector = ErrorCollector(InputError)
    hashed = cache(sha256_of_file)  # the edits of a source share its radiograph, which is large
    for pair, earlier in written.items():
        with collector:
            _check_radiograph(pair, earlier, paths, hashed)
    collector.raise_if_any()
    return {source_id: paths[source_id] for source_id in dict.fromkeys(pair.source_id for pair in written)}


def _check_radiograph(
    pair: Pair, written: Written, paths: Mapping[str, FoundSource], hashed: Callable[[Path], str]
) -> None:
    """Raise InputError unless the radiograph is there that an edit was made from."""
    if pair.source_id not in paths:
        raise InputError(f"{pair.pair_id}: --input has no radiograph of {pair.source_id}")
    path = paths[pair.source_id].path
    try:
        sha256 = hashed(path)
    except OSError as error:
        raise InputError(unreadable(path.name, error)) from None
    if sha256 != written.sidecar["made_from"]["source"].get("sha256"):
        raise InputError(f"{path.name}: is not the radiograph that the edits of {pair.source_id} were made from")


def square_of(found: FoundSource, written: Written) -> ModelInput:
    """A radiograph, and its mask where one was found, as the model saw them in the run. Raises InputError."""
    made_from = written.sidecar["made_from"]
    mask = None if found.mask_path is None else made_from["mask"]
    config = config_from_mapping(made_from["config"], "sidecar")
    return Source(found.path, made_from["source"], None if mask is None else found.mask_path, mask).load(config)
