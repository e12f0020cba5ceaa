"""A batch of pairs, from its radiographs to its files: loaded, sampled, blended, measured, written.

What cannot be made of a batch is recorded with its reason, and the rest of the batch goes on.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from spinefairbench.errors import OutputError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.arms import Arm
from spinefairbench.generator.batching import BatchedSampler, EditSampler
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failed_pairs import CHANGED, NOT_NUMBERS, NOT_WRITTEN, Failure
from spinefairbench.generator.failures import DeviceError, InputError
from spinefairbench.generator.fitting import inside, to_bytes
from spinefairbench.generator.libraries import ByteImage, FloatImage
from spinefairbench.generator.lpips_network import Lpips
from spinefairbench.generator.manifests import Pair, fingerprint, manifest_row, sidecar
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.quality import Quality, import_modules, measure
from spinefairbench.generator.sampler import EditJob, blend, noise_seed
from spinefairbench.generator.source_images import ModelInput, Source
from spinefairbench.generator.squares import Squares

__all__ = ["Made", "Making", "PairMaker"]

_NEGATIVE_PROMPT: Final = ""


class Making(NamedTuple):
    """What every pair of a run is made with; `provenance` is what their images have in common.

    `squares` is where the squares are saved, None if they are not.
    """

    config: InferenceConfig
    arm: Arm
    batch_size: int
    strict: bool
    sources: Mapping[str, Source]
    sampler: EditSampler
    lpips: Lpips
    required: tuple[str, ...]
    provenance: Mapping[str, Any]
    squares: Squares | None = None


class _Ready(NamedTuple):
    """A pair that can be sampled: its source in the model's square."""

    pair: Pair
    source: ModelInput


class Loaded(NamedTuple):
    """A batch whose radiographs are read, and what of it cannot be made."""

    ready: tuple[_Ready, ...]
    failures: tuple[Failure, ...]


class Sampled(NamedTuple):
    """A batch whose images are made: each edit, None for one without numbers, and the pairs that shared its call."""

    loaded: Loaded
    edits: tuple[FloatImage | None, ...]
    made_together: tuple[tuple[str, ...], ...]


class Made(NamedTuple):
    """What came of a batch: the rows of what is written, and what could not be made."""

    rows: list[dict[str, Any]]
    failures: list[Failure]


class PairMaker:
    """Makes, measures and writes batches of pairs, in three stages that may overlap: `load`, `sample`, `finish`."""

    def __init__(self, making: Making, folder: OutputFolder, log: Callable[[str], None]) -> None:
        self._making = making
        self._folder = folder
        self._log = log
        self._sampler = BatchedSampler(making.sampler, making.batch_size, log)
        self._last: tuple[str, ModelInput] | None = None
        import_modules()

    def _noise_seed(self, pair: Pair) -> int:
        return noise_seed(self._making.config.seed, pair.source_id, pair.edit_label)

    def made_from(self, pair: Pair) -> dict[str, Any]:
        """Everything that determines a pair's image and verdict."""
        source = self._making.sources[pair.source_id]
        return {
            **self._making.provenance,
            "prompt": self._making.arm.prompt(*pair),
            "negative_prompt": _NEGATIVE_PROMPT,
            "source_id": pair.source_id,
            "edit_label": pair.edit_label,
            "noise_seed": self._noise_seed(pair),
            "source": source.provenance,
            "mask": source.mask_provenance,
        }

    def load(self, batch: Sequence[Pair]) -> Loaded:
        """Read the radiographs of a batch. Raises InputError if the run is strict."""
        ready = []
        failures = []
        for pair in batch:
            try:
                ready.append(_Ready(pair, self._load(pair.source_id)))
            except InputError as error:
                if self._making.strict:
                    raise
                failures.append(self._failure(pair, CHANGED, "; ".join(map(str, error.problems))))
        return Loaded(tuple(ready), tuple(failures))

    def sample(self, loaded: Loaded) -> Sampled:
        """Make the images of a batch. Raises DeviceError."""
        ready = loaded.ready
        jobs = [
            EditJob(source.square, pair.edit_label, self._noise_seed(pair), source.mask, self._making.arm.prompt(*pair))
            for pair, source in ready
        ]
        edits = self._sampler.generate(jobs)
        made_together = tuple(tuple(ready[index].pair.pair_id for index in indices) for _, indices in edits)
        return Sampled(loaded, tuple(edit for edit, _ in edits), made_together)

    def finish(self, sampled: Sampled) -> Made:
        """Measure and write a batch: the manifest rows of what was made, and what was not, with the reason.

        Raises DeviceError and OutputError if the run is strict.
        """
        ready = sampled.loaded.ready
        rows: list[dict[str, Any]] = []
        failures = list(sampled.loaded.failures)
        # Measuring an image takes about as long as a GPU takes to make one in a batch, so it is done in parallel.
        with ThreadPoolExecutor(max(1, min(len(ready), os.cpu_count() or 1))) as pool:
            for made in pool.map(self._finish, ready, sampled.edits, sampled.made_together):
                if isinstance(made, Failure):
                    failures.append(made)
                else:
                    rows.append(made)
        return Made(rows, failures)

    def _load(self, source_id: str) -> ModelInput:
        # The edits of one source follow each other, so the last source is the one most likely needed next.
        if self._last is None or self._last[0] != source_id:
            self._last = (source_id, self._making.sources[source_id].load(self._making.config))
            self._save_square(*self._last)
        return self._last[1]

    def _save_square(self, source_id: str, read: ModelInput) -> None:
        if self._making.squares is None:
            return
        try:
            self._making.squares.save(source_id, read)
        except OutputError as error:
            # It is tried once more when the run is finished.
            self._log(f"warning: {error}")

    def _failure(self, pair: Pair, kind: str, reason: str) -> Failure:
        return Failure(pair.source_id, pair.edit_label, kind, reason, fingerprint(self.made_from(pair)))

    def _finish(self, ready: _Ready, edit: FloatImage | None, made_together: Sequence[str]) -> dict[str, Any] | Failure:
        pair, source = ready
        if edit is None:
            said = "the model gave values that are not numbers; try --dtype float32 or bfloat16"
            if self._making.strict:
                raise DeviceError(f"{pair.pair_id}: {said}")
            return self._failure(pair, NOT_NUMBERS, said)
        pixels = self._pixels(edit, source)
        quality = measure(source.gray, pixels, self._making.lpips, self._making.required)
        try:
            return self._write(pair, pixels, quality, source, made_together)
        except OutputError as error:
            if self._making.strict:
                raise
            # A path would differ between two runs that are otherwise the same.
            said = str(error.problems[0]).removeprefix(f"{self._folder.root}/")
            return self._failure(pair, NOT_WRITTEN, said)

    def _pixels(self, edit: FloatImage, source: ModelInput) -> ByteImage:
        config = self._making.config
        in_pixels = config.blend_space == "pixel" or config.composite_after_latent
        if source.mask is not None and in_pixels:
            edit = blend(edit, source.square, source.mask, config.tsxr_mask_blend)
        return to_bytes(edit[inside(source.box)])

    def _write(
        self, pair: Pair, pixels: ByteImage, quality: Quality, source: ModelInput, made_together: Sequence[str]
    ) -> dict[str, Any]:
        height, width = pixels.shape
        png = grayscale_png(width, height, pixels.tobytes())
        image = {
            "file": f"{pair.edit_label}.png",
            "sha256": sha256_of_bytes(png),
            # Another build of zlib packs the same pixels into other bytes.
            "pixels_sha256": sha256_of_bytes(pixels.tobytes()),
            "size_bytes": len(png),
            "width": width,
            "height": height,
            "box_in_square": list(source.box),
            "made_in_one_call": list(made_together),
        }
        row = manifest_row(pair, quality, image)
        self._folder.write_pair(pair, png, sidecar(pair, self.made_from(pair), image, quality, row))
        return row
