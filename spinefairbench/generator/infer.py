"""Inference: `python3 -m spinefairbench.generator.infer --input PATH --output DIR --checkpoint FILE ...`.

Exit status: 0 every pair was made and recorded, whatever its verdict; 2 something asked for cannot be used;
130 interrupted, with whole files only.
"""

import argparse
import dataclasses
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.generator.command import guarded
from spinefairbench.generator.config import (
    BLEND_SPACES,
    FITS,
    LEVELS,
    InferenceConfig,
    config_from_mapping,
    read_config,
)
from spinefairbench.generator.errors import DeviceError
from spinefairbench.generator.facts import CONFIGS, notice
from spinefairbench.generator.libraries import INFERENCE, require_libraries
from spinefairbench.generator.prompts import ALL, PROMPTS, edit_labels
from spinefairbench.generator.qc import required_measures
from spinefairbench.generator.run import Outcome, Request, prepare, run
from spinefairbench.generator.sampler import DTYPES, Runtime
from spinefairbench.generator.team import announced_processes, end_process, is_writer_by_environment

__all__ = ["DEFAULT_CONFIG", "main"]

DEFAULT_CONFIG = CONFIGS / "inference_sd15_lora.yaml"

# Options that replace a value of the configuration file, and the key they replace.
_OVERRIDES = {
    "seed": "seed", "base_model": "base_model", "fit": "fit", "levels": "levels", "blend_space": "blend_space",
    "mask_feather": "mask_feather", "qc_require": "qc_require",
}  # fmt: skip


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text, re.ASCII):
        raise argparse.ArgumentTypeError("expected 64 hexadecimal digits")
    return text.lower()


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text, re.ASCII):
        raise argparse.ArgumentTypeError("expected a whole number from 1 to 9999")
    return int(text)


def _path(text: str) -> Path:
    # An unset shell variable would otherwise name the current folder.
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a path, found nothing")
    return Path(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m spinefairbench.generator.infer",
        description=f"Make demographic edits of spine radiographs. {notice()}",
        epilog=(
            "example: python3 -m spinefairbench.generator.infer --input radiographs/ --mask masks/ --output edits/"
            " --checkpoint spinefairbench_sd15_lora.safetensors --device cuda"
            " -- exit status: 0 every pair was made; 2 unusable input; 130 interrupted"
        ),
    )
    add = parser.add_argument
    add("--input", type=_path, required=True, metavar="PATH", help="a radiograph or a folder of them")
    add("--output", type=_path, required=True, metavar="DIR")
    add("--checkpoint", type=_path, required=True, metavar="FILE", help="the LoRA, a .safetensors file")
    add("--config", type=_path, default=DEFAULT_CONFIG, metavar="FILE", help="default: the shipped configuration")
    add("--demographic", default=ALL, metavar="NAME", help=f"{', '.join(PROMPTS)} or {ALL} (default)")
    add("--seed", type=int, metavar="N", help="default: the configuration's")
    add("--device", choices=("auto", "cuda", "cpu", "mps"), default="auto")
    add("--mask", type=_path, metavar="PATH", help="a binary spine mask, or a folder of them matched by name")
    add("--mask-feather", type=float, metavar="PIXELS", help="sigma of a soft mask edge")
    add("--blend-space", choices=BLEND_SPACES, help="blend in pixels after decoding, or at every step")
    add("--base-model", metavar="FOLDER_OR_ID", help="default: the configuration's")
    add("--fit", choices=FITS)
    add("--levels", choices=LEVELS)
    add("--checkpoint-sha256", type=_sha256, metavar="HEX", help="refuse any other checkpoint")
    add("--base-model-sha256", type=_sha256, metavar="HEX", help="refuse any other base model")
    add("--qc-require", metavar="LIST", help="measures required for a pass (recorded); default: all three")
    add("--lpips-trunk", type=_path, metavar="FILE", help="AlexNet weights as safetensors")
    add("--batch-size", type=_count, default=1, metavar="N", help="default 1, which is bit-repeatable")
    add("--dtype", choices=DTYPES, default="float32")
    add("--channels-last", action="store_true", help="memory layout that suits GPUs")
    add("--fuse-lora", action="store_true", help="merge the adapter into the weights")
    add("--compile", action="store_true", help="torch.compile; pays over many images")
    add("--processes", type=_count, metavar="N", help="refuse a launch of another number of processes")
    add("--resume", action="store_true", help="keep the pairs that are whole, make the others")
    add("--progress", action="store_true", help="report progress where stderr is no terminal")
    add("--quiet", action="store_true")
    add("--format", choices=("text", "json"), default="text")
    return parser


def _config(arguments: argparse.Namespace) -> InferenceConfig:
    config = read_config(arguments.config)
    changes: dict[str, Any] = {
        key: getattr(arguments, option) for option, key in _OVERRIDES.items() if getattr(arguments, option) is not None
    }
    if "qc_require" in changes:
        changes["qc_require"] = required_measures(changes["qc_require"])
    return config_from_mapping({**dataclasses.asdict(config), **changes}, "options")


def _request(arguments: argparse.Namespace) -> Request:
    """Everything that can be wrong without reading an input, in one list."""
    problems: list[str] = []
    config = InferenceConfig()
    processes = 1
    for check in (
        lambda: edit_labels(arguments.demographic),
        lambda: require_libraries(INFERENCE),
    ):
        try:
            check()
        except SpineFairBenchError as error:
            problems += map(str, error.problems)
    try:
        config = _config(arguments)
    except SpineFairBenchError as error:
        problems += map(str, error.problems)
    try:
        processes = announced_processes(arguments.processes)
    except SpineFairBenchError as error:
        problems += map(str, error.problems)
    if arguments.mask is None:
        # The option too, since a configuration with another fault is not there to ask.
        if "latent" in (config.blend_space, arguments.blend_space):
            problems.append("--blend-space latent: needs a --mask, there is nothing to blend without one")
        if arguments.mask_feather:
            problems.append("--mask-feather: needs a --mask, there is no edge to soften without one")
    if problems:
        raise UsageError(problems)
    return Request(
        input=arguments.input,
        output=arguments.output,
        checkpoint=arguments.checkpoint,
        config=config,
        demographic=arguments.demographic,
        mask=arguments.mask,
        lpips_trunk=arguments.lpips_trunk,
        checkpoint_sha256=arguments.checkpoint_sha256,
        base_model_sha256=arguments.base_model_sha256,
        runtime=Runtime(
            device=arguments.device,
            dtype=arguments.dtype,
            batch_size=arguments.batch_size,
            channels_last=arguments.channels_last,
            fuse_lora=arguments.fuse_lora,
            compile=arguments.compile,
        ),
        processes=processes,
        resume=arguments.resume,
    )


def _report(outcome: Outcome, output: Path, style: str) -> None:
    if style == "json":
        result = {"schema": "spinefairbench-generator-run-v1", **outcome._asdict(), "notice": notice()}
        print(json.dumps(result, indent=1))
        return
    print(
        f"{outcome.pairs} pairs: {outcome.passed} passed, {outcome.failed} failed, {outcome.incomplete} incomplete"
        f" ({outcome.made} made, {outcome.kept} kept, {outcome.seconds:.1f} s)"
    )
    print(f"check with: python3 reviewer_verify.py dataset --artifacts {output}")
    print(notice())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status. Input that cannot be used is a sentence a problem on stderr."""
    arguments = _parser().parse_args(argv)
    writes = is_writer_by_environment()
    return guarded(
        lambda: _run(arguments, writes),
        # Every process meets most faults alike, so one speaks; but a device is each process's own.
        speaks=lambda error: writes or isinstance(error, DeviceError),
        advice="; what is written is whole, go on with --resume",
    )


def _run(arguments: argparse.Namespace, speaks: bool) -> int:
    def say(text: str) -> None:
        if speaks and not arguments.quiet:
            print(text, file=sys.stderr, flush=True)

    shows_progress = (sys.stderr.isatty() or arguments.progress) and not arguments.quiet
    session = prepare(_request(arguments), say)
    outcome = run(session, say, say if shows_progress else None)
    session.team.finish()
    if speaks:
        _report(outcome, arguments.output, arguments.format)
    return 0


if __name__ == "__main__":
    end_process(main())
