"""Whole runs: whether two of them give the same bytes, and how busy the device is with and without overlap."""

import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from scripts.generator_benchmark.parts import Benchmark, Section, jobs_of, write_config, write_radiographs
from scripts.generator_benchmark.sampling import kept_switches
from spinefairbench.generator.batching import EditSampler
from spinefairbench.generator.devices import Runtime
from spinefairbench.generator.libraries import FloatImage, torch
from spinefairbench.generator.preparing import Request, prepare
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.run import run
from spinefairbench.generator.sampler import EditJob

__all__ = ["overlap", "repeatability"]

Log = Callable[[str], None]

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_MADE: Final = (0, 1)
"""The exit statuses of a run that has gone to its end."""


def _images(output: Path) -> dict[str, bytes]:
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in sorted(output.rglob("*.png"))}


def _whole_batches(images: int, runtime: Runtime) -> int:
    """The least number of images, no fewer than these, that is all edits of its sources in batches of one size.

    A last batch of another size would be compiled anew.
    """
    step = math.lcm(runtime.batch_size, len(PROMPTS))
    return -(-images // step) * step


def _flags(runtime: Runtime) -> list[str]:
    flags = [
        f"--{name.replace('_', '-')}" for name in ("channels_last", "fuse_lora", "compile") if getattr(runtime, name)
    ]
    return [*flags, "--dtype", runtime.dtype, "--batch-size", str(runtime.batch_size), "--device", runtime.device]


def repeatability(bench: Benchmark, log: Log) -> Section:
    """Two runs of the inference command, each in a process of its own: how many of their files are the same."""
    folder = bench.folder / "repeated"
    write_config(folder / "config.yaml", bench.config)
    rows: list[dict[str, Any]] = []
    skipped = []
    for way, runtime in (("plain", bench.plain), ("fast", bench.fast(bench.batch_sizes[-1]))):
        made = []
        sources = folder / f"sources_{way}"
        write_radiographs(sources, _whole_batches(bench.images, runtime), 1)
        for number in (1, 2):
            log(f"{way}, run {number} ...")
            output = folder / f"{way}{number}"
            command = [
                sys.executable, "-m", "spinefairbench.generator.infer", "--input", str(sources), "--output",
                str(output), "--checkpoint", str(bench.checkpoint), "--config", str(folder / "config.yaml"), "--quiet",
                *_flags(runtime),
            ]  # fmt: skip
            done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
            if done.returncode not in _MADE:
                skipped.append(f"{way}: the run ended with status {done.returncode}: {done.stderr.strip()[-300:]}")
                break
            made.append(_images(output))
        if len(made) == 2:
            same = sum(data == made[1].get(name) for name, data in made[0].items())
            rows.append({"way": way, "batch_size": runtime.batch_size, "images": len(made[0]), "same_files": same})
    return Section("repeatability", rows, skipped)


class _Stopwatch:
    """A sampler that adds up the time in which it samples."""

    def __init__(self, sampler: EditSampler) -> None:
        self.seconds = 0.0
        self._sampler = sampler

    def generate(self, jobs: Sequence[EditJob]) -> list[FloatImage | None]:
        """What the sampler gives, in its time."""
        started = time.perf_counter()
        try:
            return self._sampler.generate(jobs)
        finally:
            self.seconds += time.perf_counter() - started


class _Meter:
    """What the driver says of how busy the GPU is, five times a second; None where no driver can be asked."""

    def __init__(self, bench: Benchmark) -> None:
        self._process: subprocess.Popen[str] | None = None
        program = shutil.which("nvidia-smi")
        if bench.on_gpu and program is not None:
            command = [
                program, f"--id=GPU-{torch.cuda.get_device_properties(0).uuid}", "--query-gpu=utilization.gpu",
                "--format=csv,noheader,nounits", "-lms", "200",
            ]  # fmt: skip
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def read(self) -> float | None:
        """The mean in percent since this began, and the end of it."""
        if self._process is None:
            return None
        self._process.terminate()
        lines = self._process.communicate()[0].splitlines()
        values = [float(line) for line in lines if line.strip().isdigit()]
        return sum(values) / len(values) if values else None


def overlap(bench: Benchmark, log: Log) -> Section:
    """A run over many images, one stage after the other and with stages that overlap."""
    sources, checkpoint = bench.folder / "sources", bench.checkpoint
    runtime = bench.fast(bench.batch_sizes[-1])
    write_radiographs(sources, _whole_batches(bench.run_images, runtime), bench.enlarged)
    rows: list[dict[str, Any]] = []
    first: dict[str, bytes] = {}
    for depth in (0, 2):
        log(f"a run with --overlap {depth} ...")
        output = bench.folder / f"overlap{depth}"
        request = Request(sources, output, checkpoint, bench.config, runtime=runtime, overlap=depth)
        with kept_switches():
            session = prepare(request, log)
            # Compiling and choosing kernels is no part of what is measured.
            session.sampler.generate(jobs_of(runtime.batch_size, bench.config.image_size))
            watch, meter = _Stopwatch(session.sampler), _Meter(bench)
            outcome = run(session._replace(sampler=watch), log)
            busy = meter.read()
        images = _images(output)
        first = first or images
        rows.append({
            "overlap": depth,
            "batch_size": runtime.batch_size,
            "images": outcome.made,
            "seconds": outcome.seconds,
            "images_per_second": outcome.made / outcome.seconds,
            "share_sampling": watch.seconds / outcome.seconds,
            "gpu_percent": busy,
            "same_files": sum(data == images.get(name) for name, data in first.items()),
        })  # fmt: skip
    said = "How busy a GPU is: no CUDA device with nvidia-smi to ask. The share of the time in which the sampler works is given."
    return Section("overlap", rows, [said] if rows[0]["gpu_percent"] is None else [])
