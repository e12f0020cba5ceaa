"""The benchmark as a page: docs/generator-benchmark.md."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

__all__ = ["benchmark_page"]

_NO_GPU: Final = (
    "**These figures are of a model with {model}, on {device}. They show that the script works, and which options keep"
    " or change bits; they say nothing about the speed of a GPU.** No CUDA device was at hand: the aim of four times the"
    " plain way at 512x512, of a GPU that is at least 90 % busy, TF32, and the halving of a batch that does not fit have"
    " not been measured. Other programs used the machine meanwhile."
)
_RANDOM: Final = "The weights are random: how far images differ says nothing about those of the real model."

_HOW: Final = """\
## On a GPU, with the real model

```bash
python3 scripts/benchmark_generator.py --device cuda --checkpoint spinefairbench_sd15_lora.safetensors --write
```

reads the base model that the configuration names, as inference does (`--config FILE`, `--base-model FOLDER_OR_ID`), and
writes this page anew. Without `--checkpoint` the weights are random, of the real shapes (`--size v1.5`): nothing is
downloaded and the speeds are the same, but the differences between images are not. It measures batches of 8, 32 and 64
(`--batch-sizes`) in bfloat16, channels-last, with the adapter merged, compiled; a batch of 256 that may be too large;
and runs over 200 images, or a few more for whole batches. `--only SECTION` measures one section, `--compile nowhere`
leaves out what takes minutes.

The sources of a run are synthetic radiographs, at 512x512 of 2048x3072 pixels. Attention is fused in every way, which is
the libraries' default. Run it on a machine that does nothing else."""


class _Column(NamedTuple):
    """A column of a table: the field, the heading, what the field is, and how it is shown."""

    field: str
    heading: str
    meaning: str
    show: Callable[[Any], str]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _gray(value: float | None) -> str:
    return "not a number" if value is None else "0" if value == 0 else f"{value:.2g}"


def _gigabytes(value: int) -> str:
    return f"{value / 1e9:.2f}"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _said(value: Sequence[str]) -> str:
    return "; ".join(value) or "-"


_WAY: Final = _Column("way", "way", "what was done", str)
_BATCH: Final = _Column(
    "batch_size", "batch", "images a call; after memory had run out, of the calls that followed", str
)
_SPEED: Final = _Column(
    "images_per_second", "images/s", "images in a second: of the fastest pass, or of the whole run", _number
)
_PEAK: Final = _Column(
    "peak_bytes",
    "peak GB",
    "most memory in use: the device's; on a CPU the process's own, which only grows",
    _gigabytes,
)
_DIFFERENCES: Final = (
    _Column("same_bits", "same bits", "whether no value differs from those of the first row", _yes),
    _Column("mean_difference", "mean", "mean absolute difference from the first row, in gray levels of 255", _gray),
    _Column("largest_difference", "largest", "largest difference from the first row, in gray levels of 255", _gray),
)
_RATIO: Final = _Column("times_plain", "times", "speed divided by that of the first row", _number)
_IMAGES: Final = _Column("images", "images", "how many were made", str)
_SAME_FILES: Final = _Column("same_files", "same files", "image files that are the same byte for byte", str)


class _Section(NamedTuple):
    heading: str
    text: str
    columns: tuple[_Column, ...]


_SECTIONS: Final[Mapping[str, _Section]] = {
    "batches": _Section(
        "Batches against one image a call",
        "`plain` is one image a call with default settings, bit for bit what Diffusers' own pipeline gives; `fast` is all"
        " that is faster on this device ({fast}).",
        (_WAY, _BATCH, _SPEED, _RATIO, _PEAK, *_DIFFERENCES),
    ),
    "options": _Section(
        "What each option changes",
        "Each option alone, everything else as in `plain`. What changes bits is named in the sidecar of every image.",
        (_WAY, *_DIFFERENCES),
    ),
    "repeatability": _Section(
        "Two runs",
        "The inference command twice, each time in a process of its own: how many image files of the first are the same"
        " in the second.",
        (_WAY, _BATCH, _IMAGES, _SAME_FILES),
    ),
    "tf32": _Section(
        "TF32",
        "Float32 without any TF32, and with TF32 in matrix products and convolutions.",
        (_WAY, _SPEED, _RATIO, _PEAK, *_DIFFERENCES),
    ),
    "memory": _Section(
        "A batch that does not fit",
        "A batch is halved, for good, when memory runs out, and every image is made.",
        (
            _Column("asked_batch_size", "asked", "images a call that were asked for", str),
            _BATCH, _IMAGES, _PEAK, _Column("messages", "messages", "what the run said", _said),
        ),
    ),
    "overlap": _Section(
        "Stages that overlap",
        "A whole run, read, sampled, measured and written, in batches of the fast way.",
        (
            _Column("overlap", "--overlap", "batches read ahead, and waiting to be written", str),
            _BATCH, _IMAGES, _Column("seconds", "seconds", "of the run, without loading and compiling", _number),
            _SPEED,
            _Column("share_sampling", "sampling", "share of the time in which the sampler works", _percent),
            _Column("gpu_percent", "GPU busy, %", "mean of what the driver says; - where it cannot be asked", _number),
            _SAME_FILES,
        ),
    ),
}  # fmt: skip


def benchmark_page(report: Mapping[str, Any]) -> str:
    """The page of a report of `scripts/benchmark_generator.py`."""
    parts = [
        "# The generator's benchmark",
        "What `python3 scripts/benchmark_generator.py` measures, and what it measured last. The page is written by it.",
    ]
    device = report["device"]
    if not device["is_gpu"]:
        name = "a CPU" if device["name"].startswith("cpu") else device["name"]
        parts.append(_wrapped(_NO_GPU.format(model=report["model"], device=name), "> "))
    if report["model"].startswith("random"):
        parts.append(_RANDOM)
    libraries = ", ".join(f"{name} {version}" for name, version in report["libraries"].items())
    size = report["image_size"]
    made_on = (
        f"Device: {device['name']}; threads of the CPU: {device['threads']}. Model: {report['model']}, {size}x{size},"
        f" {report['denoising_steps']} denoising steps. Libraries: {libraries}."
    )
    parts += [f"```bash\n{report['command']}\n```", _wrapped(made_on)]
    for section in report["sections"]:
        parts += _section(section, report["fast"])
    parts += [_HOW, _fields()]
    return "\n\n".join(parts) + "\n"


def _section(section: Mapping[str, Any], fast: str) -> list[str]:
    known = _SECTIONS[section["name"]]
    parts = [f"## {known.heading}", _wrapped(known.text.format(fast=fast))]
    if section["rows"]:
        heads = [column.heading for column in known.columns]
        parts.append(
            _table(heads, [[column.show(row[column.field]) for column in known.columns] for row in section["rows"]])
        )
    if section["skipped"]:
        parts.append("Not measured here:")
        parts.append("\n".join(_wrapped(said, "- ") for said in section["skipped"]))
    return parts


def _fields() -> str:
    """The fields of the rows of the JSON, each once."""
    columns = {column.field: column for section in _SECTIONS.values() for column in section.columns}
    rows = [[f"`{column.field}`", column.meaning] for column in columns.values()]
    said = (
        "The script prints JSON: the command, the device, the model, the libraries and `sections`, each with its `name`,"
        " `rows` and, in sentences, what was `skipped`. The fields of the rows, in bytes and shares of 1:"
    )
    return "\n\n".join(["## Fields of the JSON", _wrapped(said), _table(["field", "meaning"], rows)])


def _wrapped(text: str, first: str = "") -> str:
    """A paragraph in lines of 120 characters, of which each begins as a quotation does, or all but the first are indented."""
    later = first if first.startswith(">") else " " * len(first)
    return textwrap.fill(
        text, 120, initial_indent=first, subsequent_indent=later, break_on_hyphens=False, break_long_words=False
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, [":--"] * len(heads), *cells])
