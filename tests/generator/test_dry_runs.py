"""The generator with nothing installed: dry runs, help, the noise seed, and the sentence about what is missing."""

import json
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.generator.sampler import noise_seed
from spinefairbench.generator.synthetic import synthetic_radiograph
from tests import ROOT, run_unread

from .conftest import run_bare


def test_smoke_dry_run_writes_a_readable_png_and_metadata(tmp_path: Path) -> None:
    result = run_bare("scripts/run_generator_smoke_test.py", "--dry-run", "--output", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    assert "not for diagnosis" in result.stdout and "source radiographs" in result.stdout
    metadata = json.loads((tmp_path / "out" / "smoke_test.json").read_text(encoding="utf-8"))
    assert metadata["inference_was_run"] is False and metadata["image"]["synthetic"] is True
    png = (tmp_path / "out" / metadata["image"]["file"]).read_bytes()
    assert decoded_png(png) == (256, 384, synthetic_radiograph(256, 384))
    assert sha256_of_bytes(png) == metadata["image"]["sha256"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["-m", "spinefairbench.generator.infer", "--input", "a", "--output", "b", "--checkpoint", "c"],
        ["-m", "spinefairbench.generator.qc", "a.png", "b.png"],
        ["-m", "spinefairbench.generator.prepare_sources", "--input", "a", "--output", "nowhere"],
        ["scripts/run_generator_smoke_test.py", "--tiny", "--output", "nowhere"],
        ["scripts/benchmark_generator.py"],
    ],
)
def test_missing_libraries_are_one_sentence_with_the_install_line(arguments: list[str]) -> None:
    result = run_bare(*arguments)
    assert result.returncode == 2
    assert "not installed" in result.stderr and "pip install -r requirements-generator.txt" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (ROOT / "nowhere").exists()


@pytest.mark.parametrize("module", ["contact_sheet", "effect", "export_dicom", "infer", "prepare_sources", "qc"])
def test_help_shows_an_example(module: str) -> None:
    result = run_bare("-m", f"spinefairbench.generator.{module}", "--help")
    assert result.returncode == 0 and f"example: python3 -m spinefairbench.generator.{module}" in result.stdout


def test_output_that_nobody_reads_ends_without_a_traceback() -> None:
    assert run_unread("-S", "scripts/verify_generator_release.py", "--dry-run") == (1, "")


def test_importing_the_generator_imports_no_optional_library() -> None:
    names = [path.stem for path in (ROOT / "spinefairbench" / "generator").glob("*.py") if path.stem != "__init__"]
    code = "import importlib,sys\n" + "".join(
        f"importlib.import_module('spinefairbench.generator.{n}')\n" for n in names
    )
    assert run_bare("-c", code).returncode == 0


def decoded_png(data: bytes) -> tuple[int, int, bytes]:
    """Width, height and pixels of an 8-bit gray PNG whose rows are not filtered."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    position, width, height, packed = 8, 0, 0, b""
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        assert struct.unpack(">I", data[position + 8 + length : position + 12 + length])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            assert (depth, colour) == (8, 0)
        packed += body if kind == b"IDAT" else b""
        position += 12 + length
    raw = zlib.decompress(packed)
    rows = [raw[start : start + width + 1] for start in range(0, len(raw), width + 1)]
    assert all(row[0] == 0 for row in rows)
    pixels = b"".join(row[1:] for row in rows)
    return width, height, pixels


def test_noise_seed_is_the_documented_function() -> None:
    assert noise_seed(42, "vindr_1", "young_male") == 5865818168579049020
    assert noise_seed(42, "vindr_1", "young_female") != noise_seed(42, "vindr_1", "young_male")
    # The parts cannot run into each other.
    assert noise_seed(4, "2a", "young_male") != noise_seed(42, "a", "young_male")


@given(st.integers(0, 2**63 - 1), st.text(max_size=20))
def test_noise_seed_fits_a_signed_64_bit_integer(seed: int, source_id: str) -> None:
    assert 0 <= noise_seed(seed, source_id, "young_male") < 2**63
