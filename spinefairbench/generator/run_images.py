"""The images of a run and of its control arms, source by source, to be compared with one another."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.errors import UsageError
from spinefairbench.generator.arms import EDIT
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import ByteImage
from spinefairbench.generator.manifests import Pair
from spinefairbench.generator.output import OutputFolder, Written
from spinefairbench.generator.run_output import edit_bytes, sources_of, square_of, written_pairs
from spinefairbench.generator.squares import Squares

__all__ = ["SourceImages", "images_of"]

# What may differ between the image of an arm and the edit with the same noise.
_OF_AN_ARM: Final = frozenset({"arm", "prompt", "quality_control", "generator_version"})


class SourceImages(NamedTuple):
    """A source's square, its edits by label, the images of each arm by label, and the LPIPS that the run measured."""

    source_id: str
    square: ByteImage
    edits: dict[str, ByteImage]
    arms: dict[str, dict[str, ByteImage]]
    recorded_lpips: dict[str, float]


def images_of(output: Path, radiographs: Path | None, arms: Mapping[str, Path]) -> Iterator[SourceImages]:
    """The images of every source with an edit, in order; `arms` are the output folders of the arms by their names.

    All folders are checked before the first is read. Without `radiographs` the squares must be saved. Raises UsageError
    for a folder that is no output of its arm, and for an arm whose images differ from the edits in more than their
    prompt; InputError for what is damaged, missing or another radiograph.
    """
    runs = {EDIT: written_pairs(OutputFolder(output))}
    for name, folder in arms.items():
        runs[name] = written_pairs(OutputFolder(folder))
    for name, run in runs.items():
        _refuse_another_arm(name, run)
        if name != EDIT:
            _refuse_other_settings(name, run, runs[EDIT])
    edits = runs[EDIT]
    sources = None if radiographs is None else sources_of(edits, radiographs, None, output)
    squares = Squares(output)
    by_source: dict[str, list[Pair]] = {}
    for pair in edits:
        by_source.setdefault(pair.source_id, []).append(pair)
    if sources is None and (missing := [name for name in by_source if not squares.square(name).is_file()]):
        raise UsageError(f"--output: {output.name} has no saved square of {missing[0]}; give --input")
    for source_id, pairs in by_source.items():
        own = {pair: edits[pair] for pair in pairs}
        first = own[pairs[0]]
        square = _decoded(squares.square(source_id)) if sources is None else square_of(sources[source_id], first).gray
        yield SourceImages(
            source_id,
            square,
            {pair.edit_label: _image(pair, written, square) for pair, written in own.items()},
            {
                name: {pair.edit_label: _image(pair, runs[name][pair], square) for pair in pairs if pair in runs[name]}
                for name in arms
            },
            {pair.edit_label: value for pair, written in own.items() if (value := _lpips(written)) is not None},
        )


def _lpips(written: Written) -> float | None:
    value: float | None = written.sidecar["row"].get("lpips")
    return value


def _decoded(path: Path) -> ByteImage:
    values, record = read_gray_file(path)
    if record["bits"] != 8:
        raise InputError(f"{path.name}: has {record['bits']} bits, expected 8")
    return values.astype("uint8")


def _image(pair: Pair, written: Written, square: ByteImage) -> ByteImage:
    """An image of a run, the one that its sidecar names. Raises InputError, also for another size than the square's."""
    edit_bytes(written)
    image = _decoded(written.image)
    if image.shape != square.shape:
        raise InputError(f"{pair.pair_id}: is {image.shape[::-1]} pixels, its source's square {square.shape[::-1]}")
    return image


def _refuse_another_arm(name: str, run: Mapping[Pair, Written]) -> None:
    found = sorted({str(written.sidecar["made_from"].get("arm", EDIT)) for written in run.values()} - {name})
    if found:
        option = "--output" if name == EDIT else f"--{name}"
        raise UsageError(f"{option}: expected images of the arm {name}, found those of {', '.join(found)}")


def _refuse_other_settings(name: str, run: Mapping[Pair, Written], edits: Mapping[Pair, Written]) -> None:
    shared = [pair for pair in run if pair in edits]
    if not shared:
        raise UsageError(f"--{name}: has no image of a source and edit of --output")
    for pair in shared:
        differing = _differing(run[pair].sidecar["made_from"], edits[pair].sidecar["made_from"])
        if differing:
            raise UsageError(
                f"--{name}: {pair.pair_id} differs from its edit in more than the prompt: {', '.join(differing)}"
            )


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The parts of what two images are made from that differ and may not."""
    pairs = {
        key: (_without_verdict(one.get(key)), _without_verdict(other.get(key))) for key in {*one, *other} - _OF_AN_ARM
    }
    return sorted(key for key, (mine, theirs) in pairs.items() if mine != theirs)


def _without_verdict(value: Any) -> Any:
    """A part without what judges an image and does not make it."""
    return {key: part for key, part in value.items() if key != "qc_require"} if isinstance(value, dict) else value
