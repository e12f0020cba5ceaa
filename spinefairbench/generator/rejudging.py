"""Quality control once more over what a run has written, without sampling: other measures, or LPIPS at last.

The result is that of a run with these measures from the beginning. An image that is stopped half-way is never lost: it
lies in its old place, in its new one, or in both.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.errors import ErrorCollector
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.gray_files import read_gray_file
from spinefairbench.generator.libraries import ByteImage, versions
from spinefairbench.generator.lpips_network import Lpips
from spinefairbench.generator.manifests import Pair, manifest_row, sidecar
from spinefairbench.generator.output import OutputFolder, Written
from spinefairbench.generator.quality import measure
from spinefairbench.generator.released import FAIL, INCOMPLETE, PASS
from spinefairbench.generator.run_output import edit_bytes, sources_of, square_of, written_pairs

__all__ = ["Rejudged", "judge_again"]

_MEASURING: Final = ("skimage", "lpips")
# What a sidecar says of its pair alone; the rest is what all images of a run have in common.
_OF_ONE_PAIR: Final = frozenset(
    {"prompt", "negative_prompt", "source_id", "edit_label", "noise_seed", "source", "mask"}
)


class Rejudged(NamedTuple):
    """How many pairs were judged again, with which verdicts, and how many have another one than before."""

    pairs: int
    passed: int
    failed: int
    incomplete: int
    changed: int


class _Judge(NamedTuple):
    """What judges: the measures that were asked for (None: those that can be made), and those required."""

    lpips: Lpips
    asked: tuple[str, ...] | None
    required: tuple[str, ...]

    def made_from(self, earlier: Mapping[str, Any]) -> dict[str, Any]:
        """What a run says that an image and its verdict are made from, with these measures."""
        libraries = {name: version for name, version in earlier["libraries"].items() if name not in _DISTRIBUTIONS}
        asked = None if self.asked is None else list(self.asked)
        return {
            **earlier,
            "config": {**earlier["config"], "qc_require": asked},
            "libraries": dict(sorted({**libraries, **versions(_MEASURING)}.items())),
            "quality_control": {"required": list(self.required), "lpips_trunk_sha256": self.lpips.trunk_sha256},
        }


_DISTRIBUTIONS: Final = frozenset({"scikit-image", "lpips"})


def judge_again(
    radiographs: Path, output: Path, lpips: Lpips, asked: tuple[str, ...] | None, required: tuple[str, ...]
) -> Rejudged:
    """Measure every image of an output folder against its radiograph, and write rows, sidecars and manifests anew.

    Raises UsageError for a folder that is no output, InputError with every pair whose image or radiograph is not the
    one that its sidecar names (then nothing is changed), and OutputError.
    """
    folder = OutputFolder(output)
    written = written_pairs(folder)
    collector = ErrorCollector(InputError)
    with collector:
        sources = sources_of(written, radiographs, None, output)
    for earlier in written.values():
        with collector:
            edit_bytes(earlier)
    collector.raise_if_any()
    judge = _Judge(lpips, asked, required)
    rows: dict[str, dict[str, Any]] = {}
    changed = 0
    provenance: dict[str, Any] = {}
    gray: tuple[str, ByteImage] | None = None
    folder.start_manifests(())
    for pair, earlier in written.items():
        if gray is None or gray[0] != pair.source_id:
            gray = (pair.source_id, square_of(sources[pair.source_id], earlier).gray)
        before = earlier.sidecar["row"].get("qc_verdict")
        rows[pair.pair_id], made_from = _judged(folder, pair, earlier, gray[1], judge)
        changed += rows[pair.pair_id]["qc_verdict"] != before
        provenance = {key: value for key, value in made_from.items() if key not in _OF_ONE_PAIR}
    folder.finish_manifests(list(written), rows, folder.recorded_failures(), provenance)
    verdicts = [row["qc_verdict"] for row in rows.values()]
    return Rejudged(len(rows), verdicts.count(PASS), verdicts.count(FAIL), verdicts.count(INCOMPLETE), changed)


def _judged(
    folder: OutputFolder, pair: Pair, earlier: Written, gray: ByteImage, judge: _Judge
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pair's row, its sidecar written, and what it is made from."""
    png, (pixels, _) = edit_bytes(earlier), read_gray_file(earlier.image)
    quality = measure(gray, pixels.astype("uint8"), judge.lpips, judge.required)
    made_from, image = judge.made_from(earlier.sidecar["made_from"]), earlier.sidecar["image"]
    row = manifest_row(pair, quality, image)
    folder.replace_verdict(pair, png, sidecar(pair, made_from, image, quality, row))
    return row, made_from
