"""The generator without any optional library: dry runs, prompts, configuration, checkpoint headers, files."""

import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.published import published
from spinefairbench.errors import OutputError, UsageError
from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.files.png import grayscale_png
from spinefairbench.generator import inputs
from spinefairbench.generator.checkpoints import compare_with_release, read_checkpoint
from spinefairbench.generator.config import InferenceConfig, config_from_mapping, read_config, read_flat
from spinefairbench.generator.failures import (
    CheckpointError,
    ConfigError,
    InputError,
    LaunchError,
    MissingLibraryError,
    exit_status,
)
from spinefairbench.generator.libraries import library
from spinefairbench.generator.output import OutputFolder, Pair
from spinefairbench.generator.processes import announced_processes
from spinefairbench.generator.release_check import release_report
from spinefairbench.generator.released import (
    CONFIGS,
    FAIL,
    INCOMPLETE,
    MEASURES,
    PASS,
    PROMPTS,
    checkpoint_facts,
    edit_labels,
    release_facts,
    verdict,
)
from spinefairbench.generator.sampler import noise_seed
from spinefairbench.generator.synthetic import synthetic_radiograph
from tests import ROOT


def run_bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python without site-packages, so that the standard library is all there is."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.run(
        [sys.executable, "-S", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment
    )


# Dry runs


def test_release_dry_run_agrees_and_says_what_is_not_released() -> None:
    result = run_bare("scripts/verify_generator_release.py", "--dry-run")
    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert report["status"] == "ok" and report["problems"] == []
    assert report["prompts"] == dict(PROMPTS)
    assert report["lora_scale"] == 2.0 and report["denoising_steps"] == 7
    assert report["qc_thresholds"] == {
        "ssim": {"min": 0.70}, "edge_preservation": {"min": 0.276}, "lpips": {"max": 0.40},
    }  # fmt: skip
    for part in ("source radiographs", "training code", "training data", "segmentation weights", "provider clients"):
        assert part in report["not_released"]
    assert "not for diagnosis" in report["notice"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("inference_sd15_lora.yaml", '"strength": 0.15', '"strength": 0.2', "strength is 0.2"),
        ("inference_sd15_lora.yaml", '"seed": 42\n', "", "lacks seed"),
        ("inference_sd15_lora.yaml", '"seed": 42', '"sede": 42', "unknown key 'sede'"),
        ("training_lora.yaml", "9024", "9025", "training_radiographs is 9025"),
        ("training_lora.yaml", '"runnable": false', '"runnable": true', "runnable is True"),
    ],
)
def test_release_report_names_what_disagrees(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    for path in CONFIGS.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    problems = release_report(tmp_path)["problems"]
    assert any(said in problem for problem in problems), problems


def test_release_report_says_that_a_prompt_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    from spinefairbench.generator import release_check

    changed = {**PROMPTS, "young_male": "25-year-old male lumbar spine radiograph."}
    monkeypatch.setattr(release_check, "PROMPTS", changed)
    assert any("prompt hashes" in problem for problem in release_report()["problems"])


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


@pytest.mark.parametrize("module", ["infer", "qc"])
def test_help_shows_an_example(module: str) -> None:
    result = run_bare("-m", f"spinefairbench.generator.{module}", "--help")
    assert result.returncode == 0 and f"example: python3 -m spinefairbench.generator.{module}" in result.stdout


def test_output_that_nobody_reads_ends_without_a_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-S", "scripts/verify_generator_release.py", "--dry-run"], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (1, b"")


def test_too_little_memory_and_an_interrupt_are_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    def ends_with(error: BaseException) -> int:
        def work() -> int:
            raise error

        return exit_status(work, advice="; go on")

    assert ends_with(MemoryError()) == 2 and capsys.readouterr().err == "out of memory\n"
    assert ends_with(KeyboardInterrupt()) == 130 and capsys.readouterr().err == "interrupted; go on\n"
    assert ends_with(UsageError(["one", "two"])) == 2 and capsys.readouterr().err == "one\ntwo\n"
    assert exit_status(lambda: 7) == 7


def test_a_library_that_fails_while_it_is_imported_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mismatched_library.py").write_text("raise RuntimeError('operator nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingLibraryError, match=r"cannot be imported .operator nms does not exist"):
        library("mismatched_library")


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


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_png_writer_keeps_every_pixel(width: int, height: int, data: st.DataObject) -> None:
    pixels = data.draw(st.binary(min_size=width * height, max_size=width * height))
    assert decoded_png(grayscale_png(width, height, pixels)) == (width, height, pixels)


def test_png_writer_refuses_a_wrong_number_of_pixels() -> None:
    with pytest.raises(ValueError, match="do not make"):
        grayscale_png(2, 2, b"abc")


# Prompts, seeds, verdicts


def test_prompts_are_the_locked_ones() -> None:
    assert dict(PROMPTS) == {
        "elderly_female": "75-year-old female lumbar spine radiograph",
        "elderly_male": "75-year-old male lumbar spine radiograph",
        "young_female": "25-year-old female lumbar spine radiograph",
        "young_male": "25-year-old male lumbar spine radiograph",
    }


def test_demographic_all_is_the_bundles_edits_and_unknown_names_are_refused() -> None:
    assert edit_labels("all") == EDIT_LABELS
    assert edit_labels("young_male") == ("young_male",)
    with pytest.raises(UsageError, match="middle_aged"):
        edit_labels("middle_aged")


def test_noise_seed_is_the_documented_function() -> None:
    assert noise_seed(42, "vindr_1", "young_male") == 5865818168579049020
    assert noise_seed(42, "vindr_1", "young_female") != noise_seed(42, "vindr_1", "young_male")
    # The parts cannot run into each other.
    assert noise_seed(4, "2a", "young_male") != noise_seed(42, "a", "young_male")


@given(st.integers(0, 2**63 - 1), st.text(max_size=20))
def test_noise_seed_fits_a_signed_64_bit_integer(seed: int, source_id: str) -> None:
    assert 0 <= noise_seed(seed, source_id, "young_male") < 2**63


values = st.one_of(st.none(), st.floats(allow_nan=True), st.floats(0, 1))


@given(values, values, values, st.sets(st.sampled_from(MEASURES)))
def test_verdict_passes_only_what_was_measured_and_holds(a: Any, b: Any, c: Any, required: set[str]) -> None:
    measured = {"ssim": a, "edge_preservation": b, "lpips": c}
    asked = tuple(name for name in MEASURES if name in required)
    result = verdict(measured, asked)
    holds = {
        "ssim": a is not None and 0.70 <= a <= 1,
        "edge_preservation": b is not None and 0.276 <= b <= 1,
        "lpips": c is not None and 0 <= c <= 0.40,
    }
    assert (result == PASS) == (bool(asked) and all(holds[name] for name in asked))
    if any(measured[name] is not None and not holds[name] for name in asked):
        assert result == FAIL
    elif not asked or any(measured[name] is None for name in asked):
        assert result == INCOMPLETE


def test_a_missing_measurement_is_never_a_pass() -> None:
    perfect = {"ssim": 1.0, "edge_preservation": 1.0, "lpips": None}
    assert verdict(perfect) == INCOMPLETE
    assert verdict(perfect, ("ssim", "edge_preservation")) == PASS


# Configuration


def test_shipped_configuration_is_the_default() -> None:
    assert read_config(CONFIGS / "inference_sd15_lora.yaml") == InferenceConfig()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("steps", True, "expected an integer"), ("steps", "50", "expected an integer"), ("steps", 0, "1 to 1000"),
        ("strength", 0, "above 0"), ("strength", 1.5, "above 0"), ("strength", float("nan"), "above 0"),
        ("guidance_scale", 10**400, "from 0"), ("guidance_scale", None, "expected a number"),
        ("seed", -1, "0 to"), ("seed", 2**63, "0 to"), ("image_size", 500, "multiple of 8"),
        ("scheduler", "pndm", "one of ddim"), ("blend_space", "latents", "one of pixel, latent"),
        ("level_percentiles", [99, 1], "below"), ("level_percentiles", [1], "two percentiles"),
        ("lora_targets", [], "non-empty"), ("lora_targets", ["a", "a"], "twice"), ("base_model", " ", "non-empty"),
        ("qc_require", ["ssim", "fid"], "fid"), ("composite_after_latent", 1, "true or false"),
        ("tsxr_mask_blend", 1.1, "from 0"), ("lora_rank", 1.0, "expected an integer"),
    ],
)  # fmt: skip
def test_wrong_values_are_errors_that_name_the_key(key: str, value: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_mapping({key: value})
    problem = str(caught.value.problems[0])
    assert key in problem
    assert said in problem


def test_every_wrong_key_is_listed_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_mapping({"steps": 0, "unknown": 1, "seed": "x"})
    assert len(caught.value.problems) == 3


def test_a_strength_without_a_denoising_step_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1 denoising step"):
        config_from_mapping({"steps": 10, "strength": 0.05})
    assert config_from_mapping({"steps": 10, "strength": 0.1}).denoising_steps == 1


@pytest.mark.parametrize("line", ["steps: 50", '"a": 1, "b": 2', '"a": NaN', '"a":', "- 1", '"a": ' + "[" * 5000])
def test_flat_reader_takes_nothing_but_one_json_pair_a_line(line: str) -> None:
    with pytest.raises(ConfigError, match="line 2"):
        read_flat("# comment\n" + line + "\n", "x.yaml")


def test_flat_reader_refuses_a_key_that_stands_twice() -> None:
    with pytest.raises(ConfigError, match="appears twice"):
        read_flat('"a": 1\n"a": 1\n', "x.yaml")


def test_unreadable_configurations_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b'"steps": "\xff"')
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path / "latin.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(ConfigError, match="more than 1,048,576 bytes"):
        read_config(tmp_path / "huge.yaml")


# Checkpoints


def checkpoint_bytes(
    tensors: dict[str, tuple[int, ...]], metadata: dict[str, str] | None = None, *, cut: int = 0, extra: bytes = b""
) -> bytes:
    """A safetensors file of zeros."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    end = 0
    for name, shape in tensors.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    data = len(text).to_bytes(8, "little") + text + bytes(end) + extra
    return data[: len(data) - cut]


PEFT_HEADER = {"format": "peft", "lora_rank": "2", "lora_alpha": "4"}
PEFT_TENSORS: dict[str, tuple[int, ...]] = {
    "base_model.model.block.to_q.lora_A.weight": (2, 8),
    "base_model.model.block.to_q.lora_B.weight": (8, 2),
}
DIFFUSERS_TENSORS: dict[str, tuple[int, ...]] = {
    "unet.block.to_q.lora_A.weight": (2, 8), "unet.block.to_q.lora_B.weight": (8, 2),
}  # fmt: skip


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_both_layouts_are_read(tmp_path: Path) -> None:
    peft = read_checkpoint(write(tmp_path / "a.safetensors", checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER)))
    assert (peft.layout, peft.rank, peft.alpha, peft.modules) == ("peft", 2, 4.0, ("block.to_q",))
    named = {key.replace(".weight", ".default.weight"): shape for key, shape in PEFT_TENSORS.items()}
    assert read_checkpoint(write(tmp_path / "b.safetensors", checkpoint_bytes(named, PEFT_HEADER))).rank == 2
    diffusers = read_checkpoint(write(tmp_path / "c.safetensors", checkpoint_bytes(DIFFUSERS_TENSORS)))
    assert (diffusers.layout, diffusers.rank, diffusers.alpha) == ("diffusers", 2, None)
    adapter = {
        "lora_adapter_metadata": json.dumps({"unet.r": 2, "unet.lora_alpha": 6, "unet.target_modules": ["to_q"]})
    }
    stated = read_checkpoint(write(tmp_path / "d.safetensors", checkpoint_bytes(DIFFUSERS_TENSORS, adapter)))
    assert (stated.alpha, stated.targets) == (6, ("to_q",))


A, B = PEFT_TENSORS
WRONG_CHECKPOINTS = {
    "no prefix": ({"block.to_q.lora_A.weight": (2, 8)}, PEFT_HEADER, "no key starts with"),
    "mixed prefixes": ({**PEFT_TENSORS, **DIFFUSERS_TENSORS}, PEFT_HEADER, "without the prefix"),
    "text encoder keys": ({**DIFFUSERS_TENSORS, "text_encoder.q.lora_A.weight": (2, 8)}, None, "text_encoder.q"),
    "extra key": ({**PEFT_TENSORS, "base_model.model.block.to_q.bias": (8,)}, PEFT_HEADER, "not LoRA weights"),
    "missing tensor": ({A: (2, 8)}, PEFT_HEADER, "block.to_q (lora_B)"),
    "two ranks": ({A: (2, 8), B: (8, 3)}, PEFT_HEADER, "expected one rank"),
    "not a matrix": ({A: (2,), B: (8, 2)}, PEFT_HEADER, "not matrices"),
    "header without alpha": (PEFT_TENSORS, {"format": "peft", "lora_rank": "2"}, "lacks lora_alpha"),
    "no header": (PEFT_TENSORS, None, "lacks format, lora_rank, lora_alpha"),
    "alpha no number": (PEFT_TENSORS, {**PEFT_HEADER, "lora_alpha": "nan"}, "lora_alpha is 'nan'"),
    "another rank in the header": (PEFT_TENSORS, {**PEFT_HEADER, "lora_rank": "4"}, "the header says rank 4"),
    "nothing": ({}, PEFT_HEADER, "no tensor"),
}


@pytest.mark.parametrize("name", WRONG_CHECKPOINTS)
def test_wrong_checkpoints_fail_with_what_did_not_fit(tmp_path: Path, name: str) -> None:
    tensors, metadata, said = WRONG_CHECKPOINTS[name]
    path = write(tmp_path / "x.safetensors", checkpoint_bytes(tensors, metadata))  # type: ignore[arg-type]
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER, cut=5), "truncated"),
        (checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER)[:40], "truncated"),
        (checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER, extra=b"x"), "after its tensors"),
        ((1 << 40).to_bytes(8, "little") + b"{}" * 10, "header claims"),
        (b"", "no header"),
        ((20).to_bytes(8, "little") + b"{" * 20, "not a JSON object"),
        ((60000).to_bytes(8, "little") + b"[" * 60000, "not a JSON object"),
        ((9).to_bytes(8, "little") + b'{"a": {}}', "no shape"),
        (b"PK\x03\x04" + bytes(60), "pickle"),
        (b"\x80\x04\x95" + bytes(60), "pickle"),
        (b"\x80\x02}q\x00." + bytes(60), "pickle"),
    ],
)
def test_damaged_files_are_refused_by_content(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        read_checkpoint(write(tmp_path / "x.safetensors", data))


def test_a_header_that_starts_like_a_pickle_is_still_read(tmp_path: Path) -> None:
    # A header of 0x010480 bytes begins with the bytes of pickle protocol 4.
    data = checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER)
    length = int.from_bytes(data[:8], "little")
    padded = data[8 : 8 + length] + b" " * (0x010480 - length)
    path = write(tmp_path / "x.safetensors", len(padded).to_bytes(8, "little") + padded + data[8 + length :])
    assert path.read_bytes()[:2] == b"\x80\x04"
    assert read_checkpoint(path).rank == 2


@pytest.mark.parametrize("suffix", [".pt", ".ckpt", ".bin", ".pth", ".PT"])
def test_pickles_are_refused_by_name_with_the_reason(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"lora{suffix}", checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER))
    with pytest.raises(CheckpointError, match="can run any code"):
        read_checkpoint(path)


def test_a_required_hash_is_held(tmp_path: Path) -> None:
    path = write(tmp_path / "x.safetensors", checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER))
    digest = sha256_of_file(path)
    assert read_checkpoint(path, digest.upper()).sha256 == digest
    with pytest.raises(CheckpointError, match="required 0000"):
        read_checkpoint(path, "0" * 64)


def test_released_facts_are_the_published_ones_and_other_files_differ(tmp_path: Path) -> None:
    assert release_facts()["checkpoint"] == published()["release"]["generator_checkpoint"]
    path = write(tmp_path / "x.safetensors", checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER))
    differences = compare_with_release(read_checkpoint(path), checkpoint_facts())
    assert len(differences) == 5
    result = run_bare("scripts/verify_generator_release.py", "--checkpoint", str(path))
    assert result.returncode == 1 and json.loads(result.stdout)["checkpoint_file"]["agrees"] is False
    result = run_bare("scripts/verify_generator_release.py", "--checkpoint", str(tmp_path / "absent.safetensors"))
    assert result.returncode == 2 and "Traceback" not in result.stderr


# Files


@pytest.mark.parametrize("name", ["a__b.png", ".png", "-a.png", "a..png", "é.png", "a b.png", "a" * 200 + ".png"])
def test_unsafe_names_are_no_source_ids(name: str) -> None:
    with pytest.raises(InputError, match="source id"):
        inputs.named_sources([Path(name)])


@pytest.mark.parametrize("pair", [("a.png", "a.tif"), ("A.png", "a.png")])
def test_names_that_differ_by_suffix_or_case_alone_are_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="same source id"):
        inputs.named_sources([Path(name) for name in pair])


def test_sources_are_named_by_their_stem_and_sorted() -> None:
    named = inputs.named_sources([Path("vindr_b.png"), Path("buu_1-M.0.tif")])
    assert list(named) == ["buu_1-M.0", "vindr_b"]


def test_input_folders_pass_over_other_files_by_name_and_empty_ones_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no file"):
        inputs.input_files(tmp_path, "--input")
    for name in ("b.PNG", "a.dcm", "notes.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"x")
    found, warnings = inputs.input_files(tmp_path, "--input")
    assert [path.name for path in found] == ["a.dcm", "b.PNG"]
    assert len(warnings) == 1 and "notes.txt" in warnings[0]
    (tmp_path / "c.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"c\.png: is empty"):
        inputs.input_files(tmp_path, "--input")
    with pytest.raises(InputError, match="does not exist"):
        inputs.input_files(tmp_path / "absent", "--input")


def test_a_link_to_nothing_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(InputError, match=r"b\.png: is a broken link"):
        inputs.input_files(tmp_path, "--input")


def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = OutputFolder(tmp_path)
    folder.append_rows([{"passed_qc": False}])
    path = tmp_path / "dataset" / "qc_metadata.jsonl"
    before = path.read_bytes()
    write_all = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write_all(handle, data[:3]))
    with pytest.raises(OutputError, match="no space left"):
        folder.append_rows([{"passed_qc": False}])
    assert before and path.read_bytes() == before


def test_store_refuses_a_used_folder_and_pairs_of_another_run(tmp_path: Path) -> None:
    pairs = [Pair("a", "young_male")]
    folder = OutputFolder(tmp_path / "out")
    assert folder.recorded_rows(pairs, resume=False) == {}
    folder.append_rows([{"pair_id": "b__young_male", "passed_qc": False}])
    with pytest.raises(UsageError, match="already contains dataset"):
        folder.recorded_rows(pairs, resume=False)
    with pytest.raises(UsageError, match="b__young_male"):
        folder.recorded_rows(pairs, resume=True)


def test_a_torn_last_row_counts_as_not_written(tmp_path: Path) -> None:
    pairs = [Pair("a", "young_male"), Pair("a", "young_female")]
    folder = OutputFolder(tmp_path)
    folder.append_rows([{"pair_id": "a__young_male", "passed_qc": False}])
    path = tmp_path / "dataset" / "qc_metadata.jsonl"
    path.write_bytes(path.read_bytes() + b'{"pair_id": "a__young_fem')
    assert list(folder.recorded_rows(pairs, resume=True)) == ["a__young_male"]


# Launches


@pytest.fixture
def launch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("WORLD_SIZE", "ACCELERATE_MIXED_PRECISION", "ACCELERATE_DYNAMO_BACKEND"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_processes_are_what_the_launcher_announces(launch: pytest.MonkeyPatch) -> None:
    assert announced_processes(None) == 1
    launch.setenv("WORLD_SIZE", "2")
    assert announced_processes(None) == 2 == announced_processes(2)
    with pytest.raises(LaunchError, match="the launcher started 2"):
        announced_processes(3)
    launch.setenv("WORLD_SIZE", "two")
    with pytest.raises(LaunchError, match="WORLD_SIZE"):
        announced_processes(None)


def test_an_accelerate_launch_that_announces_nothing_is_refused(launch: pytest.MonkeyPatch) -> None:
    launch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    with pytest.raises(LaunchError, match="torchrun"):
        announced_processes(None)
    with pytest.raises(LaunchError):
        announced_processes(2)
    assert announced_processes(1) == 1
