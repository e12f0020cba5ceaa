"""A tiny Stable Diffusion with random weights, made once a session; tests marked `generator` need torch for it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
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


@pytest.fixture(scope="session")
def ramp(libraries: None) -> Any:
    """64x48 values over the whole range of 16 bits, all far above 255 but a few."""
    import numpy

    return numpy.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(numpy.uint16)


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


def needs_libraries(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that needs the generator's libraries, which warn of much that is not ours."""
    for mark in (pytest.mark.generator, pytest.mark.filterwarnings("default")):
        test = mark(test)
    return test


def run_bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python without site-packages, so that the standard library is all there is."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-S", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment
    )


PERCENTILES = (0.5, 99.5)


def save(path: Path, values: Any, **options: Any) -> Path:
    from PIL import Image

    Image.fromarray(values).save(path, **options)
    return path


def dicom(path: Path, values: Any, **tags: Any) -> Path:
    pydicom = pytest.importorskip("pydicom", reason="DICOM input needs pydicom")
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.DigitalXRayImageStorageForPresentation
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.PatientName = "Somebody^Real"
    dataset.PixelData = values.astype("<u2").tobytes()
    for name, value in tags.items():
        setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)
    return path
