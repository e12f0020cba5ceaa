#!/usr/bin/env python3
"""Measure the generator's images per second on this device: the plain way against the fast way, in one run.

    python3 scripts/benchmark_generator.py                      real v1.5 shapes, 512x512
    python3 scripts/benchmark_generator.py --size tiny --image-size 64

The plain way is one image per batch with the default settings. The fast way uses larger batches and the adapter
merged into the weights, and on a GPU bfloat16 and channels-last. Attention is fused in both, which is the libraries'
default. Weights are random, of the real shapes, so that nothing is downloaded; speed does not depend on their values,
but the reported difference does.
"""

import argparse
import gc
import json
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.generator.base_model import find_base_model, load_pipeline
from spinefairbench.generator.batching import BatchedSampler
from spinefairbench.generator.checkpoints import read_checkpoint
from spinefairbench.generator.config import InferenceConfig, config_from_mapping
from spinefairbench.generator.devices import DTYPES, Runtime, choose_device
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.fitting import fit
from spinefairbench.generator.libraries import INFERENCE, FloatImage, numpy, require_libraries, torch, versions
from spinefairbench.generator.lora import attach_lora
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.sampler import EditJob, Sampler, noise_seed
from spinefairbench.generator.synthetic import SIZES, synthetic_radiograph, write_base_model, write_lora

__all__ = ["main"]


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _jobs(count: int, image_size: int) -> list[EditJob]:
    pixels = numpy.frombuffer(synthetic_radiograph(), dtype=numpy.uint8).reshape(384, 256) / 255.0
    square = fit(pixels, image_size, "stretch").pixels
    labels = list(PROMPTS)
    return [
        EditJob(
            square, labels[index % len(labels)], noise_seed(42, f"source{index}", labels[index % len(labels)]), None
        )
        for index in range(count)
    ]


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _timed(
    parts: Path, config: InferenceConfig, runtime: Runtime, jobs: Sequence[EditJob], repeats: int
) -> dict[str, Any]:
    """The best of several passes over the jobs after one call to warm up, and the images."""
    device = runtime.device
    pipeline = load_pipeline(find_base_model(str(parts / "base")), config)
    attach_lora(pipeline.unet, read_checkpoint(parts / "lora.safetensors"), config)
    batched = BatchedSampler(Sampler(pipeline, config, runtime, device), runtime.batch_size, _log)
    del pipeline
    batched.generate(jobs[: runtime.batch_size])
    _wait(device)
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        images = [image for image, _ in batched.generate(jobs)]
        _wait(device)
        best = min(best, time.perf_counter() - started)
    if device == "cuda":
        memory = {"peak_gpu_bytes": torch.cuda.max_memory_allocated()}
    else:
        import resource  # not on every platform

        # The process's peak so far: it cannot be set back, so the second way's figure includes the first's.
        scale = 1 if sys.platform == "darwin" else 1024
        memory = {"peak_process_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale}
    settings = {**runtime._asdict(), "batch_size": batched.batch_size}
    del batched
    gc.collect()
    return {"settings": settings, "seconds": best, "images_per_second": len(jobs) / best, **memory, "images": images}


def _difference(plain: Sequence[FloatImage | None], fast: Sequence[FloatImage | None]) -> dict[str, float | int | None]:
    """How far the fast images are from the plain ones, in gray levels of 255."""
    pairs = [(a, b) for a, b in zip(plain, fast, strict=True) if a is not None and b is not None]
    if not pairs:
        return {"mean_absolute": None, "largest": None, "images_not_numbers": len(plain)}
    gaps = [numpy.abs(a - b) * 255 for a, b in pairs]
    return {
        "mean_absolute": float(numpy.mean([gap.mean() for gap in gaps])),
        "largest": float(max(gap.max() for gap in gaps)),
        "images_not_numbers": len(plain) - len(pairs),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the generator's speed on this device.")
    add = parser.add_argument
    add("--size", choices=SIZES, default="v1.5")
    add("--image-size", type=int, default=512)
    add("--images", type=int, default=16)
    add("--repeats", type=int, default=2)
    add("--device", choices=("auto", "cuda", "cpu", "mps"), default="auto")
    add("--batch-size", type=int, default=16, help="batch size of the fast way")
    add("--dtype", choices=DTYPES, help="dtype of the fast way (default: bfloat16 on a GPU, float32 elsewhere)")
    add("--compile", action="store_true", help="compile in the fast way too")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    arguments = _parser().parse_args(argv)
    return exit_status(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    require_libraries(INFERENCE)
    config = config_from_mapping({"image_size": arguments.image_size}, "options")
    device = choose_device(arguments.device)
    images, repeats = max(1, arguments.images), max(1, arguments.repeats)
    accelerated = device != "cpu"
    fast = Runtime(
        device=device,
        dtype=arguments.dtype or ("bfloat16" if accelerated else "float32"),
        batch_size=min(max(1, arguments.batch_size), images),
        channels_last=accelerated,
        fuse_lora=True,
        compile=arguments.compile,
    )
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder)
        write_base_model(parts / "base", arguments.size)
        write_lora(parts / "lora.safetensors", parts / "base", config)
        jobs = _jobs(images, config.image_size)
        _log("plain way ...")
        plain = _timed(parts, config, Runtime(device=device), jobs, repeats)
        _log("fast way ...")
        quick = _timed(parts, config, fast, jobs, repeats)
    report = {
        "schema": "spinefairbench-generator-benchmark-v1",
        "device": torch.cuda.get_device_name() if device == "cuda" else f"{device} ({platform.machine()})",
        "threads": torch.get_num_threads(),
        "model": f"{arguments.size} shapes, random weights",
        "image_size": config.image_size,
        "denoising_steps": config.denoising_steps,
        "images": images,
        "difference_in_gray_levels": _difference(plain.pop("images"), quick.pop("images")),
        "plain": plain,
        "fast": quick,
        "ratio": quick["images_per_second"] / plain["images_per_second"],
        "libraries": versions(INFERENCE),
    }
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
