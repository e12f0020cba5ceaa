"""The command line of inference: its options, and the request that they make up."""

import argparse
import re
from typing import Final

from spinefairbench.errors import ErrorCollector, SpineFairBenchError, UsageError
from spinefairbench.generator.arguments import (
    add_config,
    add_format,
    command_parser,
    configuration,
    count_argument,
    path_argument,
)
from spinefairbench.generator.arms import ARMS, EDIT, RECONSTRUCTION, Arm, own_prompts
from spinefairbench.generator.config import BLEND_SPACES, FITS, LEVELS, InferenceConfig
from spinefairbench.generator.devices import DTYPES, Runtime
from spinefairbench.generator.libraries import INFERENCE, require_libraries
from spinefairbench.generator.preparing import Request
from spinefairbench.generator.processes import announced_processes
from spinefairbench.generator.quality import required_measures
from spinefairbench.generator.released import ALL_EDITS, PROMPTS, edit_labels, notice
from spinefairbench.problems import Problem

__all__ = ["inference_parser", "request_of"]

# The options that replace a value of the configuration file, which has it under the same name.
_OVERRIDES: Final = (
    "seed", "base_model", "base_model_revision", "fit", "levels", "blend_space", "mask_feather", "mask_labels",
    "qc_require",
)  # fmt: skip


_MAX_LABEL: Final = 65535


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text, re.ASCII):
        raise argparse.ArgumentTypeError("expected 64 hexadecimal digits")
    return text.lower()


def _overlap(text: str) -> int:
    if not re.fullmatch(r"[0-9]|[1-9][0-9]", text, re.ASCII):
        raise argparse.ArgumentTypeError("expected a whole number from 0 to 99")
    return int(text)


def _labels(text: str) -> tuple[int, ...]:
    labels: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,5})(?:-([0-9]{1,5}))?\s*", part, re.ASCII)
        if match is None:
            raise argparse.ArgumentTypeError("expected labels and ranges of them, such as 20-24,26")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= _MAX_LABEL:
            raise argparse.ArgumentTypeError(f"expected labels from 1 to {_MAX_LABEL}, the first of a range first")
        labels |= set(range(first, last + 1))
    return tuple(sorted(labels))


def inference_parser() -> argparse.ArgumentParser:
    """The parser of the options."""
    parser = command_parser(
        "infer",
        f"Make demographic edits of spine radiographs. {notice()}",
        (
            "example: python3 -m spinefairbench.generator.infer --input radiographs/ --mask masks/ --output edits/"
            " --checkpoint spinefairbench_sd15_lora.safetensors --device cuda"
            "\nexit status: 0 every pair was made; 1 all but some, which are named; 2 unusable input; 130 interrupted"
        ),
    )
    add = parser.add_argument
    add("--input", type=path_argument, required=True, metavar="PATH", help="a radiograph or a folder of them")
    add("--output", type=path_argument, required=True, metavar="DIR", help="the folder to write to")
    add(
        "--checkpoint",
        type=path_argument,
        required=True,
        metavar="FILE",
        help="the LoRA: a .safetensors file, or a folder that PEFT has written",
    )
    add_config(parser)
    add("--demographic", default=ALL_EDITS, metavar="NAME", help=f"{', '.join(PROMPTS)} or {ALL_EDITS} (default)")
    add("--seed", type=int, metavar="N", help="default: as in the configuration")
    add("--device", choices=("auto", "cuda", "cpu", "mps"), default="auto", help="default: auto")
    add(
        "--mask",
        type=path_argument,
        metavar="PATH",
        help="a spine mask, or a folder of masks with the radiographs' names",
    )
    add(
        "--mask-labels",
        type=_labels,
        metavar="LIST",
        help="the labels of a mask that are marked, such as 20-24,26 (default: masks have one beside zero)",
    )
    add("--mask-feather", type=float, metavar="PIXELS", help="soften the mask's edge by a Gaussian of this sigma")
    add("--blend-space", choices=BLEND_SPACES, help="blend pixels after decoding, or latents at every step")
    add("--base-model", metavar="FOLDER_OR_ID", help="default: as in the configuration")
    add(
        "--base-model-revision",
        metavar="COMMIT",
        help="default: as in the configuration; of another model: the current",
    )
    add("--fit", choices=FITS, help="stretch to a square, or pad and keep the aspect ratio")
    add("--levels", choices=LEVELS, help="how stored values are scaled to black and white")
    add("--checkpoint-sha256", type=_sha256, metavar="HEX", help="refuse any other checkpoint")
    add("--base-model-sha256", type=_sha256, metavar="HEX", help="refuse any other base model")
    add("--qc-require", metavar="LIST", help="measures required for a pass (default: all that can be measured)")
    add("--lpips-trunk", type=path_argument, metavar="FILE", help="AlexNet weights as safetensors")
    add(
        "--batch-size",
        type=count_argument,
        default=1,
        metavar="N",
        help="images made at once (default: 1, the only size that repeats bit for bit)",
    )
    add("--dtype", choices=DTYPES, default="float32", help="default: float32")
    add("--channels-last", action="store_true", help="use the memory layout that suits GPUs")
    add("--fuse-lora", action="store_true", help="merge the adapter into the weights")
    compiled = parser.add_mutually_exclusive_group()
    compiled.add_argument("--compile", action="store_true", help="use torch.compile, which pays off over many images")
    compiled.add_argument(
        "--compile-blocks", action="store_true", help="compile the repeated blocks alone, which takes less time"
    )
    add("--strict-float32", action="store_true", help="no TF32 on a GPU: every product in 32 bits")
    add(
        "--overlap",
        type=_overlap,
        default=2,
        metavar="N",
        help="batches read ahead of the one being made, and as many still being written (default: 2; 0: none)",
    )
    add("--processes", type=count_argument, metavar="N", help="refuse a launch with another number of processes")
    add("--resume", action="store_true", help="keep the pairs that are whole and make the others")
    add("--strict", action="store_true", help="stop at the first radiograph or edit that cannot be made")
    add("--arm", choices=ARMS, default=EDIT, help="what is made: edits (default), or controls with the same noise")
    add(
        "--source-metadata",
        type=path_argument,
        metavar="FILE",
        help="what the sources show: CSV with source_id, age and sex, or JSON; for --arm reconstruction",
    )
    add("--save-squares", action="store_true", help="save the squares that the model saw, beside the dataset")
    add("--contact-sheet", action="store_true", help="write a page of all sources and edits; saves the squares too")
    add("--progress", action="store_true", help="report progress even if stderr is not a terminal")
    add("--quiet", action="store_true", help="no messages but errors")
    add_format(parser)
    return parser


def _config(arguments: argparse.Namespace) -> InferenceConfig:
    changes = {name: getattr(arguments, name) for name in _OVERRIDES}
    if changes["qc_require"] is not None:
        changes["qc_require"] = required_measures(changes["qc_require"])
    return configuration(arguments.config, changes)


def _arm(arguments: argparse.Namespace) -> Arm:
    """The arm that was asked for. Raises UsageError, and BundleError for a table that cannot be read."""
    if (arguments.arm == RECONSTRUCTION) != (arguments.source_metadata is not None):
        raise UsageError("--arm reconstruction and --source-metadata: each needs the other")
    return (
        Arm(arguments.arm)
        if arguments.source_metadata is None
        else Arm(arguments.arm, own_prompts(arguments.source_metadata))
    )


def request_of(arguments: argparse.Namespace) -> Request:
    """What was asked for. Raises UsageError with every problem that can be found without reading an input."""
    collector = ErrorCollector(SpineFairBenchError)
    # The value after `or` stands in for what cannot be had, until all problems are known.
    labels = collector.get(edit_labels, arguments.demographic) or ()
    collector.get(require_libraries, INFERENCE)
    config = collector.get(_config, arguments) or InferenceConfig()
    arm = collector.get(_arm, arguments) or Arm()
    processes = collector.get(announced_processes, arguments.processes) or 0
    if arguments.mask is None:
        # The option is checked too, since a configuration with another problem was not read.
        if "latent" in (config.blend_space, arguments.blend_space):
            said = "needs a --mask; without one there is nothing to blend"
            collector.add([Problem("--blend-space latent", said)])
        if arguments.mask_labels:
            collector.add([Problem("--mask-labels", "needs a --mask; without one there are no labels")])
        if arguments.mask_feather:
            said = "needs a --mask; without one there is no edge to soften"
            collector.add([Problem("--mask-feather", said)])
    if arguments.strict_float32 and arguments.dtype != "float32":
        collector.add([Problem("--strict-float32", f"contradicts --dtype {arguments.dtype}")])
    if collector.errors:
        raise UsageError(collector.errors)
    return Request(
        input=arguments.input,
        output=arguments.output,
        checkpoint=arguments.checkpoint,
        config=config,
        edit_labels=labels,
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
            compile_blocks=arguments.compile_blocks,
            strict_float32=arguments.strict_float32,
        ),
        processes=processes,
        resume=arguments.resume,
        strict=arguments.strict,
        arm=arm,
        overlap=arguments.overlap,
        save_squares=arguments.save_squares or arguments.contact_sheet,
        contact_sheet=arguments.contact_sheet,
    )
