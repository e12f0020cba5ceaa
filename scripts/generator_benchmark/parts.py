"""What a benchmark measures with: a model, its configuration, the device, radiographs and the sizes that were asked for."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.png import grayscale_png
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.devices import Runtime
from spinefairbench.generator.fitting import fit, resize, to_bytes
from spinefairbench.generator.libraries import FloatImage, numpy
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.sampler import EditJob, noise_seed
from spinefairbench.generator.synthetic import synthetic_radiograph

__all__ = [
    "COMPILED",
    "EVERYWHERE",
    "NOWHERE",
    "OPTIONS",
    "Benchmark",
    "Section",
    "jobs_of",
    "write_config",
    "write_radiographs",
]

EVERYWHERE: Final = "everywhere"
OPTIONS: Final = "options"
NOWHERE: Final = "nowhere"
COMPILED: Final = (EVERYWHERE, OPTIONS, NOWHERE)
"""Where compiled models are measured: in the fast way too, as options alone, or not at all."""

_WIDTH: Final = 256
_HEIGHT: Final = 384


class Section(NamedTuple):
    """One kind of measurement: its rows, and a sentence for each thing that this device cannot do."""

    name: str
    rows: list[dict[str, Any]]
    skipped: list[str]


class Benchmark(NamedTuple):
    """What is measured, and how much of it. `folder` is for what is written meanwhile.

    `enlarged` is by how much a synthetic radiograph is enlarged before a run reads it, so that reading takes its time.
    """

    folder: Path
    checkpoint: Path
    config: InferenceConfig
    device: str
    dtype: str
    compiles: str
    batch_sizes: tuple[int, ...]
    images: int
    repeats: int
    run_images: int
    memory_batch: int
    enlarged: int

    @property
    def on_gpu(self) -> bool:
        """Whether this is a CUDA device."""
        return self.device.startswith("cuda")

    @property
    def plain(self) -> Runtime:
        """One image a call with the settings that nobody changed: bit for bit what the pipeline itself gives."""
        return Runtime(device=self.device)

    def fast(self, batch_size: int) -> Runtime:
        """All that is faster, at a batch size."""
        return Runtime(
            device=self.device,
            dtype=self.dtype,
            batch_size=batch_size,
            channels_last=self.device != "cpu",
            fuse_lora=True,
            compile=self.compiles == EVERYWHERE,
        )


def _pixels() -> FloatImage:
    return numpy.frombuffer(synthetic_radiograph(_WIDTH, _HEIGHT), dtype=numpy.uint8).reshape(_HEIGHT, _WIDTH) / 255.0


def jobs_of(count: int, image_size: int) -> list[EditJob]:
    """So many edits of the synthetic radiograph, each with noise of its own; the first ones are always the same."""
    square = fit(_pixels(), image_size, "stretch").pixels
    labels = list(PROMPTS)
    edits = [(f"source{index}", labels[index % len(labels)]) for index in range(count)]
    return [EditJob(square, label, noise_seed(42, source, label), None) for source, label in edits]


def write_radiographs(folder: Path, edits: int, enlarged: int) -> None:
    """Write synthetic radiographs that differ, enough for a number of edits. Raises OutputError."""
    pixels = to_bytes(resize(_pixels(), _WIDTH * enlarged, _HEIGHT * enlarged))
    height, width = pixels.shape
    for index in range(-(-edits // len(PROMPTS))):
        moved = numpy.roll(pixels, index, axis=1)
        write_whole_bytes(folder / f"synthetic{index:04}.png", grayscale_png(width, height, moved.tobytes()))


def write_config(path: Path, config: InferenceConfig) -> None:
    """Write a configuration as inference reads it. Raises OutputError."""
    write_whole_bytes(path, json.dumps(config.as_json()).encode())
