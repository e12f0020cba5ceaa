"""Ways of sampling beside the plain one: batches with all that is faster, each option alone, TF32, and too large a batch."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from scripts.generator_benchmark.parts import EVERYWHERE, NOWHERE, OPTIONS, Benchmark, Section, jobs_of
from scripts.generator_benchmark.sampling import Sampled, difference, kept_switches, sampled
from spinefairbench.generator.libraries import torch

__all__ = ["batches", "memory", "options", "tf32"]

Log = Callable[[str], None]

_OPTION_IMAGES: Final = 4
_NOT_COMPILED: Final = "Compiled models, as compiling takes minutes; --compile {} asks for it."


def _row(way: str, found: Sampled, plain: Sampled) -> dict[str, Any]:
    gap = difference(plain.images, found.images)
    return {
        "way": way,
        "batch_size": found.batch_size,
        "images_per_second": found.images_per_second,
        "times_plain": found.images_per_second / plain.images_per_second,
        "peak_bytes": found.peak_bytes,
        "same_bits": gap.same_bits,
        "mean_difference": gap.mean,
        "largest_difference": gap.largest,
    }


def batches(bench: Benchmark, log: Log) -> Section:
    """The plain way, one image a call, and all that is faster at each batch size."""
    with kept_switches():
        plain = sampled(bench, bench.plain, jobs_of(bench.images, bench.config.image_size), log, repeats=bench.repeats)
    rows = [_row("plain", plain, plain)]
    for size in bench.batch_sizes:
        log(f"batches of {size} ...")
        # Whole batches: a last one of another size would be compiled anew.
        jobs = jobs_of(-(-bench.images // size) * size, bench.config.image_size)
        with kept_switches():
            fast = sampled(bench, bench.fast(size), jobs, log, repeats=bench.repeats)
        rows.append(_row("fast", fast, plain))
    return Section("batches", rows, [] if bench.compiles == EVERYWHERE else [_NOT_COMPILED.format(EVERYWHERE)])


def options(bench: Benchmark, log: Log) -> Section:
    """Each option alone beside the plain way: whether it keeps the bits, and how far its images are if not."""
    count = max(2, min(_OPTION_IMAGES, bench.images))
    jobs = jobs_of(count, bench.config.image_size)
    changes: dict[str, Mapping[str, Any]] = {
        "plain": {},
        "plain once more": {},
        f"--batch-size {count}": {"batch_size": count},
        "--fuse-lora": {"fuse_lora": True},
        "--channels-last": {"channels_last": True},
        "--strict-float32": {"strict_float32": True},
        "--dtype bfloat16": {"dtype": "bfloat16"},
    }
    if bench.compiles != NOWHERE:
        changes |= {"--compile-blocks": {"compile_blocks": True}, "--compile": {"compile": True}}
    plain: Sampled | None = None
    rows = []
    for name, change in changes.items():
        log(f"option {name} ...")
        with kept_switches():
            found = sampled(bench, bench.plain._replace(**change), jobs, log, repeats=1)
        plain = plain or found
        rows.append(_row(name, found, plain))
    return Section("options", rows, [_NOT_COMPILED.format(OPTIONS)] if bench.compiles == NOWHERE else [])


def tf32(bench: Benchmark, log: Log) -> Section:
    """Float32 with TF32 wherever it can be used, and without any."""
    if not bench.on_gpu:
        return Section("tf32", [], ["TF32 is a way in which CUDA devices compute float32; this device has none."])
    jobs = jobs_of(bench.images, bench.config.image_size)
    found = {}
    for name, allowed in (("--strict-float32", False), ("TF32 everywhere", True)):
        log(f"{name} ...")
        with kept_switches():
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = allowed
            runtime = bench.plain._replace(strict_float32=not allowed)
            found[name] = sampled(bench, runtime, jobs, log, repeats=bench.repeats)
    strict = found["--strict-float32"]
    return Section("tf32", [_row(name, each, strict) for name, each in found.items()], [])


def memory(bench: Benchmark, log: Log) -> Section:
    """A batch that is likely to be too large: whether it is halved until it fits, and every image is made."""
    if not bench.on_gpu:
        said = (
            "No device memory to run out of: what takes too much of a computer's own is ended by the system. The tests"
            " raise the errors of CUDA, cuDNN, cuBLAS and MPS in its place."
        )
        return Section("memory", [], [said])
    messages: list[str] = []
    jobs = jobs_of(bench.memory_batch, bench.config.image_size)
    with kept_switches():
        runtime = bench.fast(bench.memory_batch)._replace(compile=False)
        found = sampled(bench, runtime, jobs, messages.append, repeats=1)
    row = {
        "asked_batch_size": bench.memory_batch,
        "batch_size": found.batch_size,
        "images": len(found.images),
        "peak_bytes": found.peak_bytes,
        "messages": messages,
    }
    fits = (
        []
        if messages
        else [f"A batch of {bench.memory_batch} fits into this device; --memory-batch takes a larger one."]
    )
    return Section("memory", [row], fits)
