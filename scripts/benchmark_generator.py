#!/usr/bin/env python3
"""Measure the generator on this device: speed, memory, repeatability, and what each option does to the images.

    python3 scripts/benchmark_generator.py --device cuda --checkpoint LORA.safetensors --write   a GPU, the real model
    python3 scripts/benchmark_generator.py                            random weights of the real v1.5 shapes, 512x512
    python3 scripts/benchmark_generator.py --size tiny --image-size 64 --batch-sizes 2,4 --images 4 --run-images 16

The result is JSON; with --write it becomes docs/generator-benchmark.md too, which says what each section and field is.
What the device cannot do is skipped with a sentence.
"""

import argparse
import json
import platform
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generator_benchmark import runs, ways
from scripts.generator_benchmark.page import benchmark_page
from scripts.generator_benchmark.parts import COMPILED, EVERYWHERE, NOWHERE, Benchmark, Section
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.arguments import DEFAULT_CONFIG, configuration, count_argument, path_argument
from spinefairbench.generator.config import InferenceConfig, config_from_mapping
from spinefairbench.generator.devices import DTYPES, choose_device
from spinefairbench.generator.failures import DeviceError, exit_status, one_line
from spinefairbench.generator.libraries import INFERENCE, require_libraries, torch, versions
from spinefairbench.generator.synthetic import SIZES, write_base_model, write_lora

__all__ = ["main"]

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "generator-benchmark.md"

_Measure = Callable[[Benchmark, ways.Log], Section]

SECTIONS: Final[Mapping[str, _Measure]] = {
    "batches": ways.batches,
    "options": ways.options,
    "repeatability": runs.repeatability,
    "tf32": ways.tf32,
    "memory": ways.memory,
    "overlap": runs.overlap,
}


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({count_argument(part.strip()) for part in text.split(",")}))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the generator on this device.")
    add = parser.add_argument
    add("--checkpoint", type=path_argument, metavar="FILE", help="the LoRA (default: random weights, see --size)")
    add("--config", type=path_argument, default=DEFAULT_CONFIG, metavar="FILE", help="with --checkpoint")
    add("--base-model", metavar="FOLDER_OR_ID", help="with --checkpoint; default: as in the configuration")
    add("--size", choices=SIZES, default="v1.5", help="shapes of the random weights (default: v1.5, the real ones)")
    add("--image-size", type=int, help="default: as in the configuration, 512")
    add("--device", choices=("auto", "cuda", "cpu", "mps"), default="auto", help="default: auto")
    add("--dtype", choices=DTYPES, help="of the fast way (default: bfloat16 on a GPU, float32 elsewhere)")
    add("--compile", choices=COMPILED, help="in the fast way too, as options alone, or not (default: on a GPU)")
    add("--batch-sizes", type=_sizes, default=(8, 32, 64), metavar="LIST", help="of the fast way (default: 8,32,64)")
    add("--images", type=count_argument, default=16, metavar="N", help="images of the plain way (default: 16)")
    add(
        "--repeats",
        type=count_argument,
        default=2,
        metavar="N",
        help="passes, of which the fastest counts (default: 2)",
    )
    add(
        "--run-images",
        type=count_argument,
        default=200,
        metavar="N",
        help="images of a whole run, or a few more for whole batches (default: 200)",
    )
    add(
        "--memory-batch",
        type=count_argument,
        default=256,
        metavar="N",
        help="a batch that may be too large (default: 256)",
    )
    add("--only", choices=SECTIONS, action="append", metavar="SECTION", help=f"of {', '.join(SECTIONS)}")
    add(
        "--write",
        type=path_argument,
        nargs="?",
        const=PAGE,
        metavar="PAGE",
        help=f"write the page too (default: docs/{PAGE.name})",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    arguments = _parser().parse_args(argv)
    given = sys.argv[1:] if argv is None else argv
    return exit_status(lambda: _run(arguments, ["python3", "scripts/benchmark_generator.py", *given]))


def _model(arguments: argparse.Namespace, folder: Path) -> tuple[Path, InferenceConfig, str]:
    """The checkpoint, the configuration, and the model in words; without a checkpoint one is made in the folder."""
    size = {} if arguments.image_size is None else {"image_size": arguments.image_size}
    if arguments.checkpoint is not None:
        config = configuration(arguments.config, {**size, "base_model": arguments.base_model})
        return arguments.checkpoint, config, f"the weights of {arguments.checkpoint.name}"
    config = config_from_mapping({**size, "base_model": str(folder / "base")}, "options")
    _log("making the model ...")
    write_base_model(folder / "base", arguments.size)
    write_lora(folder / "lora.safetensors", folder / "base", config)
    return folder / "lora.safetensors", config, f"random weights of {arguments.size} shapes"


def _run(arguments: argparse.Namespace, command: Sequence[str]) -> int:
    require_libraries(INFERENCE)
    device = choose_device(arguments.device)
    accelerated = device != "cpu"
    with tempfile.TemporaryDirectory() as name:
        checkpoint, config, model = _model(arguments, Path(name))
        bench = Benchmark(
            folder=Path(name),
            checkpoint=checkpoint,
            config=config,
            device=device,
            dtype=arguments.dtype or ("bfloat16" if accelerated else "float32"),
            compiles=arguments.compile or (EVERYWHERE if device == "cuda" else NOWHERE),
            batch_sizes=arguments.batch_sizes,
            images=arguments.images,
            repeats=arguments.repeats,
            run_images=arguments.run_images,
            memory_batch=arguments.memory_batch,
            enlarged=max(1, config.image_size // 64),
        )
        sections = []
        for section, measure in SECTIONS.items():
            if arguments.only is None or section in arguments.only:
                _log(f"{section} ...")
                sections.append(_measured(section, measure, bench)._asdict())
    report: dict[str, Any] = {
        "schema": "spinefairbench-generator-benchmark-v2",
        "command": shlex.join(command),
        "device": {
            "name": torch.cuda.get_device_name() if bench.on_gpu else f"{device} ({platform.machine()})",
            "is_gpu": bench.on_gpu,
            "threads": torch.get_num_threads(),
        },
        "model": model,
        "image_size": config.image_size,
        "denoising_steps": config.denoising_steps,
        "fast": _words(bench),
        "libraries": versions(INFERENCE),
        "sections": sections,
    }
    print(json.dumps(report, indent=1))
    if arguments.write is not None:
        write_whole_bytes(arguments.write, benchmark_page(report).encode())
    return 0


def _measured(name: str, measure: _Measure, bench: Benchmark) -> Section:
    """A section; one that the device or the compiler cannot finish is skipped with what was said, and the rest goes on."""
    try:
        return measure(bench, _log)
    except (DeviceError, RuntimeError) as error:
        return Section(name, [], [f"It could not be finished: {one_line(error)}"])


def _words(bench: Benchmark) -> str:
    """The fast way in words."""
    fast = bench.fast(1)
    parts = {"channels-last": fast.channels_last, "adapter merged": fast.fuse_lora, "compiled": fast.compile}
    return ", ".join(["batches", fast.dtype, *(name for name, used in parts.items() if used)])


if __name__ == "__main__":
    sys.exit(main())
