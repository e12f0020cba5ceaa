#!/usr/bin/env python3
"""Try the generator.

    python3 scripts/run_generator_smoke_test.py --dry-run --output DIR
        a synthetic radiograph and its metadata, with the standard library alone
    python3 scripts/run_generator_smoke_test.py --tiny --output DIR
        real inference with a tiny random model made on the spot, then the dataset check
    python3 scripts/run_generator_smoke_test.py --output DIR --input FILE --checkpoint FILE [inference options]
        real inference on your own radiograph and checkpoint, then the dataset check

Exit status: 0 if all went well, 1 if the dataset check failed, 2 if something cannot be used, 130 if interrupted.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.errors import UsageError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.png import grayscale_png
from spinefairbench.files.writing import write_json, write_whole_bytes
from spinefairbench.generator import infer
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.libraries import INFERENCE, require_libraries
from spinefairbench.generator.released import PROMPTS, notice, release_facts
from spinefairbench.generator.synthetic import synthetic_radiograph, write_base_model, write_lora

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 256, 384
IMAGE = "synthetic_radiograph.png"


def _write_synthetic(folder: Path) -> dict[str, object]:
    png = grayscale_png(WIDTH, HEIGHT, synthetic_radiograph(WIDTH, HEIGHT))
    write_whole_bytes(folder / IMAGE, png)
    return {
        "file": IMAGE,
        "width": WIDTH,
        "height": HEIGHT,
        "bits": 8,
        "sha256": sha256_of_bytes(png),
        "synthetic": True,
    }


def _dry_run(folder: Path) -> int:
    facts = release_facts()
    metadata = {
        "schema": "spinefairbench-generator-smoke-test-v1",
        "dry_run": True,
        "inference_was_run": False,
        "image": _write_synthetic(folder),
        "prompts": dict(PROMPTS),
        "config": InferenceConfig().as_json(),
        "not_released": facts["not_released"],
        "notice": notice(),
    }
    write_json(folder / "smoke_test.json", metadata)
    print(f"wrote {IMAGE} (synthetic, {WIDTH}x{HEIGHT}) and smoke_test.json; no inference was run")
    print(f"not released: {', '.join(facts['not_released'])}")
    print(notice())
    return 0


def _tiny_arguments(folder: Path) -> list[str]:
    """A base model, an adapter, a radiograph and a mask, all made here, and the options that use them."""
    require_libraries(INFERENCE)
    config = InferenceConfig(lora_rank=4, lora_alpha=8, image_size=64)
    parts = folder / "tiny"
    if parts.exists():
        raise UsageError(f"--output: {folder.name} already contains tiny/; use another folder")
    write_base_model(parts / "base", "tiny")
    write_lora(parts / "lora.safetensors", parts / "base", config)
    _write_synthetic(parts)
    write_whole_bytes(parts / "mask.png", grayscale_png(WIDTH, HEIGHT, b"\xff" * (WIDTH * HEIGHT)))
    settings = {
        "base_model": str(parts / "base"),
        "lora_rank": config.lora_rank,
        "lora_alpha": config.lora_alpha,
        "image_size": config.image_size,
        "tsxr_mask_blend": 1.0,
    }
    write_whole_bytes(
        parts / "config.yaml", "".join(f"{json.dumps(k)}: {json.dumps(v)}\n" for k, v in settings.items()).encode()
    )
    # Noise cannot pass quality control; with a mask over everything, blended fully, each edit is its source.
    print("tiny random model: a mask over everything at blend 1 makes each edit equal to its source", file=sys.stderr)
    return [
        "--input", str(parts / IMAGE), "--checkpoint", str(parts / "lora.safetensors"),
        "--config", str(parts / "config.yaml"), "--mask", str(parts / "mask.png"), "--device", "cpu",
        "--qc-require", "ssim,edge_preservation",
    ]  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        description="Try the generator. Options that are not listed here are passed on to inference.",
        allow_abbrev=False,
    )
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="the folder to write to")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--dry-run", action="store_true", help="use the standard library alone; no inference")
    kind.add_argument("--tiny", action="store_true", help="use a tiny random model made on the spot")
    arguments, others = parser.parse_known_args(argv)
    if arguments.dry_run and others:
        parser.error(f"--dry-run takes no {' '.join(others)}")
    return exit_status(lambda: _run(arguments, others))


def _run(arguments: argparse.Namespace, others: list[str]) -> int:
    folder: Path = arguments.output
    if arguments.dry_run:
        return _dry_run(folder)
    if arguments.tiny:
        others = _tiny_arguments(folder) + others
    output = folder / "output"
    status = infer.main([*others, "--output", str(output)])
    if status != 0:
        return status
    check = [sys.executable, str(ROOT / "reviewer_verify.py"), "dataset", "--artifacts", str(output)]
    return subprocess.run(check, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
