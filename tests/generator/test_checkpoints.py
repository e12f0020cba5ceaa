"""A checkpoint's header is read without any library, and what does not fit is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.published import published
from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.checkpoints import compare_with_release, read_checkpoint
from spinefairbench.generator.failures import CheckpointError
from spinefairbench.generator.released import release_facts

from .conftest import run_bare


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
        ((14).to_bytes(8, "little") + b'{"a":1,"a":1} ', "not a JSON object"),
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
    assert release_facts()["checkpoint"] == published("release")["generator_checkpoint"]
    path = write(tmp_path / "x.safetensors", checkpoint_bytes(PEFT_TENSORS, PEFT_HEADER))
    differences = compare_with_release(read_checkpoint(path), release_facts()["checkpoint"])
    assert len(differences) == 5
    result = run_bare("scripts/verify_generator_release.py", "--checkpoint", str(path))
    assert result.returncode == 1 and json.loads(result.stdout)["checkpoint_file"]["agrees"] is False
    result = run_bare("scripts/verify_generator_release.py", "--checkpoint", str(tmp_path / "absent.safetensors"))
    assert result.returncode == 2 and "Traceback" not in result.stderr
