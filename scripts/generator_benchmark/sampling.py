"""How fast a way of sampling is, how much memory it takes, and how far its images are from those of another."""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from scripts.generator_benchmark.parts import Benchmark
from spinefairbench.generator.base_model import find_base_model, load_pipeline
from spinefairbench.generator.batching import BatchedSampler
from spinefairbench.generator.checkpoints import read_checkpoint
from spinefairbench.generator.devices import Runtime, free_memory
from spinefairbench.generator.libraries import FloatImage, numpy, torch
from spinefairbench.generator.lora import attach_lora
from spinefairbench.generator.sampler import EditJob, Sampler

__all__ = ["Difference", "Sampled", "difference", "kept_switches", "sampled", "sampler_of"]


class Sampled(NamedTuple):
    """Images, the seconds of the fastest pass over them, and the most memory that was in use.

    `batch_size` is what was left of the one asked for after memory had run out. Memory is the device's on a GPU;
    elsewhere it is the process's own, which only grows, so that a later way has that of the earlier ones too.
    """

    images: list[FloatImage | None]
    seconds: float
    peak_bytes: int
    batch_size: int

    @property
    def images_per_second(self) -> float:
        """Images in one second of the fastest pass."""
        return len(self.images) / self.seconds


class Difference(NamedTuple):
    """How far images are from others, in gray levels of 255 before rounding; None where no pair has numbers."""

    same_bits: bool
    mean: float | None
    largest: float | None


@contextmanager
def kept_switches() -> Iterator[None]:
    """Put back what a way of sampling may switch for the whole process."""
    matmul, cudnn = torch.backends.cuda.matmul, torch.backends.cudnn
    before = (matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic)
    try:
        yield
    finally:
        matmul.allow_tf32, cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic = before
        torch.compiler.reset()


def sampler_of(bench: Benchmark, runtime: Runtime) -> Sampler:
    """The model, read anew and prepared for a way of sampling."""
    config = bench.config
    pipeline = load_pipeline(find_base_model(config.base_model, None, config.base_model_revision), config)
    attach_lora(pipeline.unet, read_checkpoint(bench.checkpoint), config, pipeline.text_encoder)
    return Sampler(pipeline, config, runtime, bench.device)


def sampled(
    bench: Benchmark, runtime: Runtime, jobs: Sequence[EditJob], log: Callable[[str], None], *, repeats: int
) -> Sampled:
    """Sample the jobs as often as asked, after one batch to warm up. Raises the errors of the generator."""
    batched = BatchedSampler(sampler_of(bench, runtime), runtime.batch_size, log)
    batched.generate(jobs[: runtime.batch_size])
    _wait(bench)
    if bench.on_gpu:
        torch.cuda.reset_peak_memory_stats()
    images: list[FloatImage | None] = []
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        images = [image for image, _ in batched.generate(jobs)]
        _wait(bench)
        best = min(best, time.perf_counter() - started)
    found = Sampled(images, best, _peak_bytes(bench), batched.batch_size)
    del batched
    gc.collect()
    free_memory()
    return found


def _wait(bench: Benchmark) -> None:
    if bench.on_gpu:
        torch.cuda.synchronize()


def _peak_bytes(bench: Benchmark) -> int:
    if bench.on_gpu:
        return int(torch.cuda.max_memory_allocated())
    import resource  # not on every platform

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def difference(first: Sequence[FloatImage | None], second: Sequence[FloatImage | None]) -> Difference:
    """How far images are from those of the same jobs, as many as both have."""
    pairs = list(zip(first, second, strict=False))
    gaps = [numpy.abs(one - other) * 255 for one, other in pairs if one is not None and other is not None]
    if not gaps:
        return Difference(same_bits=False, mean=None, largest=None)
    same = len(gaps) == len(pairs) and not any(gap.any() for gap in gaps)
    return Difference(same, float(numpy.mean([gap.mean() for gap in gaps])), float(max(gap.max() for gap in gaps)))
