"""The benchmark measures every section on a tiny model, skips what the device cannot do, and writes its page."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from scripts import benchmark_generator
from scripts.generator_benchmark import ways
from scripts.generator_benchmark.page import benchmark_page
from scripts.generator_benchmark.parts import Section
from scripts.generator_benchmark.sampling import Difference, difference
from spinefairbench.generator import infer
from spinefairbench.generator.failures import DeviceError
from spinefairbench.generator.sampler import EditJob
from tests import ROOT

from .conftest import Tiny, needs_libraries

TINY = ("--size", "tiny", "--image-size", "64", "--device", "cpu")


@needs_libraries
def test_every_section_is_measured_or_skipped_with_a_sentence_and_becomes_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs that have processes of their own are made in this one, so that the libraries are imported once."""

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        assert command[:3] == [sys.executable, "-m", "spinefairbench.generator.infer"]
        return subprocess.CompletedProcess(command, infer.main(command[3:]), "", "")

    monkeypatch.setattr(subprocess, "run", run)
    page = tmp_path / "page.md"
    arguments = ["--images", "2", "--repeats", "1", "--batch-sizes", "2", "--run-images", "4", "--write", str(page)]
    assert benchmark_generator.main([*TINY, *arguments]) == 0
    # The inference that was run has said what it made.
    said = capsys.readouterr().out
    report = json.loads(said[said.index('{\n "schema"') :])
    sections = {section["name"]: section for section in report["sections"]}
    assert list(sections) == ["batches", "options", "repeatability", "tf32", "memory", "overlap"]
    plain, fast = sections["batches"]["rows"]
    assert (plain["way"], plain["batch_size"], plain["times_plain"], plain["same_bits"]) == ("plain", 1, 1, True)
    assert (fast["way"], fast["batch_size"]) == ("fast", 2) and fast["times_plain"] > 0 and fast["peak_bytes"] > 0
    changed = {row["way"]: row for row in sections["options"]["rows"]}
    assert changed["plain once more"]["same_bits"] and changed["--strict-float32"]["same_bits"]
    assert 0 < changed["--fuse-lora"]["largest_difference"] < 1 < changed["--dtype bfloat16"]["largest_difference"]
    assert [(row["way"], row["images"], row["same_files"]) for row in sections["repeatability"]["rows"]] == [
        ("plain", 4, 4), ("fast", 4, 4),
    ]  # fmt: skip
    one, two = sections["overlap"]["rows"]
    assert (one["overlap"], two["overlap"], one["images"], two["same_files"]) == (0, 2, 4, 4)
    assert 0 < one["share_sampling"] < 1 and one["gpu_percent"] is None
    for name in ("tf32", "memory"):
        assert not sections[name]["rows"] and sections[name]["skipped"]
    assert page.read_text(encoding="utf-8") == benchmark_page(report)


@needs_libraries
def test_a_model_of_the_users_own_is_measured_and_one_that_is_none_is_refused(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--device", "cpu", "--config", str(tiny.config_file), "--only", "batches", "--images", "1"]
    arguments += ["--repeats", "1", "--batch-sizes", "1"]
    assert benchmark_generator.main([*arguments, "--checkpoint", str(tiny.peft)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["model"], report["image_size"]) == ("the weights of peft.safetensors", 64)
    assert [section["name"] for section in report["sections"]] == ["batches"]
    absent = tmp_path / "absent.safetensors"
    assert benchmark_generator.main([*arguments, "--checkpoint", str(absent)]) == 2
    said = capsys.readouterr()
    assert "absent.safetensors" in said.err and "Traceback" not in said.err and said.out == ""


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ .*", text, re.MULTILINE)


def _report(sections: Sequence[Section], **changes: Any) -> dict[str, Any]:
    device = {"name": "cpu (any)", "is_gpu": False, "threads": 1}
    report = {
        "command": "python3 scripts/benchmark_generator.py", "device": device, "model": "random weights of tiny shapes",
        "image_size": 64, "denoising_steps": 7, "fast": "batches", "libraries": {}, "sections": [],
    }  # fmt: skip
    return {**report, "sections": [section._asdict() for section in sections], **changes}


def test_the_page_in_docs_has_every_section_and_says_what_its_figures_are() -> None:
    page = (ROOT / "docs/generator-benchmark.md").read_text(encoding="utf-8")
    made = benchmark_page(_report([Section(name, [], []) for name in benchmark_generator.SECTIONS]))
    assert _headings(page) == _headings(made)
    assert page.index("say nothing about the speed of a GPU") < page.index("\n## ")


def test_a_page_of_a_gpu_and_the_real_model_makes_no_excuses() -> None:
    device = {"name": "NVIDIA A", "is_gpu": True, "threads": 8}
    row = {
        "asked_batch_size": 256,
        "batch_size": 64,
        "images": 256,
        "peak_bytes": 71_500_000_000,
        "messages": ["a", "b"],
    }
    page = benchmark_page(_report([Section("memory", [row], [])], device=device, model="the weights of x.safetensors"))
    assert "Device: NVIDIA A;" in page and "CUDA device was at hand" not in page and "random:" not in page
    assert "| 256 | 64 | 256 | 71.50 | a; b |" in page


def test_a_section_that_the_device_cannot_finish_is_skipped_with_what_was_said() -> None:
    def fails(bench: Any, log: Any) -> Section:
        raise DeviceError("out of memory with one image")

    skipped = benchmark_generator._measured("memory", fails, None)  # type: ignore[arg-type]
    assert skipped == Section("memory", [], ["It could not be finished: out of memory with one image"])


@needs_libraries
def test_differences_are_those_of_the_images_that_both_have() -> None:
    import numpy

    black, gray = numpy.zeros((2, 2)), numpy.full((2, 2), 2 / 255)
    assert difference([black, gray], [black, gray, gray]) == Difference(same_bits=True, mean=0, largest=0)
    assert difference([black, black], [black, gray]) == Difference(same_bits=False, mean=1, largest=2)
    assert not difference([black, None], [black, gray]).same_bits
    assert difference([None], [gray]) == Difference(same_bits=False, mean=None, largest=None)


@needs_libraries
def test_too_large_a_batch_is_told_with_what_was_left_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The device is made up: it says that it is a GPU, and that more than two images do not fit."""
    import numpy
    import torch

    from scripts.generator_benchmark import sampling
    from scripts.generator_benchmark.parts import NOWHERE, Benchmark
    from spinefairbench.generator.config import InferenceConfig

    class Small:
        def generate(self, jobs: Sequence[EditJob]) -> list[Any]:
            if len(jobs) > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return [numpy.zeros((64, 64)) for _ in jobs]

    monkeypatch.setattr(sampling, "sampler_of", lambda bench, runtime: Small())
    for name in ("synchronize", "reset_peak_memory_stats"):
        monkeypatch.setattr(torch.cuda, name, lambda: None)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 5)
    bench = Benchmark(
        tmp_path, tmp_path, InferenceConfig(image_size=64), "cuda", "bfloat16", NOWHERE, (2,), 2, 1, 4, 8, 1
    )
    (row,) = ways.memory(bench, print).rows
    assert (row["asked_batch_size"], row["batch_size"], row["images"], row["peak_bytes"]) == (8, 2, 8, 5)
    assert [said.partition(";")[0] for said in row["messages"]] == [
        "out of memory with 8 images in a batch", "out of memory with 4 images in a batch",
    ]  # fmt: skip
