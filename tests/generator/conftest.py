"""A tiny Stable Diffusion with random weights, made once a session; tests marked `generator` need torch for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.synthetic import synthetic_radiograph
from tests import ROOT

WIDTH, HEIGHT = 96, 128


class Tiny(NamedTuple):
    """A base model's folder, an adapter in each layout, a configuration file and what it says."""

    base: Path
    peft: Path
    diffusers: Path
    config_file: Path
    config: InferenceConfig


@pytest.fixture(autouse=True)
def _libraries_where_needed(request: pytest.FixtureRequest) -> None:
    """Tests without the mark need the standard library alone, and run in the core's environment too."""
    if request.node.get_closest_marker("generator"):
        request.getfixturevalue("libraries")


@pytest.fixture(scope="session")
def libraries() -> Iterator[None]:
    """One thread: the model is too small for more, and several processes share the machine's cores."""
    torch = pytest.importorskip("torch", reason="needs the libraries of requirements-generator.txt")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny(libraries: None, tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    from spinefairbench.generator.synthetic import write_base_model, write_lora

    folder = tmp_path_factory.mktemp("tiny")
    config = InferenceConfig(base_model=str(folder / "base"), lora_rank=4, lora_alpha=8, image_size=64)
    write_base_model(folder / "base")
    write_lora(folder / "peft.safetensors", folder / "base", config, "peft")
    write_lora(folder / "diffusers.safetensors", folder / "base", config, "diffusers")
    (folder / "config.yaml").write_text(json.dumps(config.as_json()), encoding="utf-8")
    return Tiny(
        folder / "base", folder / "peft.safetensors", folder / "diffusers.safetensors", folder / "config.yaml", config
    )


@pytest.fixture
def radiographs(tmp_path: Path) -> Path:
    """A folder of two 8-bit radiographs, a.png and b.png, that differ."""
    folder = tmp_path / "sources"
    folder.mkdir()
    pixels = synthetic_radiograph(WIDTH, HEIGHT)
    (folder / "a.png").write_bytes(grayscale_png(WIDTH, HEIGHT, pixels))
    (folder / "b.png").write_bytes(grayscale_png(WIDTH, HEIGHT, pixels[::-1]))
    return folder


@pytest.fixture
def full_mask(tmp_path: Path) -> Path:
    path = tmp_path / "mask.png"
    path.write_bytes(grayscale_png(WIDTH, HEIGHT, b"\xff" * (WIDTH * HEIGHT)))
    return path


def module_command(*arguments: Any, launcher: tuple[str, ...] = (sys.executable, "-m")) -> list[str]:
    """The command line of inference, as a list."""
    return [*launcher, "spinefairbench.generator.infer", *map(str, arguments)]


def run_command(command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command from the project's root with one thread and no network use."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", **changes}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment)


def dataset_check(output: Path) -> subprocess.CompletedProcess[str]:
    """The benchmark's own check of an output folder."""
    command = [sys.executable, "reviewer_verify.py", "dataset", "--artifacts", str(output), "--format", "json"]
    return run_command(command)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder: relative path -> bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
