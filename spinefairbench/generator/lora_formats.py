"""LoRA files of other programs, with the names that Diffusers and PEFT give their tensors.

The libraries' own functions rename; here it is held to that every tensor of the file comes out once, and unchanged.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.generator.failures import CheckpointError, fault_sentences, one_line, short_list
from spinefairbench.generator.libraries import Tensor, library, library_part
from spinefairbench.generator.safetensors_files import load_tensors

__all__ = [
    "MAGNITUDE",
    "TEXT_ENCODER",
    "UNET",
    "ConvertedLora",
    "LoraTensor",
    "convert",
    "foreign_format",
]

UNET: Final = "unet"
TEXT_ENCODER: Final = "text_encoder"
MAGNITUDE: Final = "magnitude"
"""The third tensor that a weight-decomposed adapter (DoRA) has of a module, beside A and B."""

_KOHYA: Final = "kohya"
_PROCESSORS: Final = "attention-processors"
_OLD_NAMES: Final = "diffusers-old-names"
_KOHYA_PREFIXES: Final = ("lora_unet_", "lora_te_", "lora_te1_", "lora_te2_")
_ALPHA: Final = ".alpha"

# What the name of a tensor says of methods that are no LoRA, or that the libraries would load in part.
_REFUSED: Final = (
    (("lora_te1_", "lora_te2_"), "it is of Stable Diffusion XL, which has two text encoders"),
    (("hada_", "lokr_", "oft_", "glora_", "on_input"), "LoHa, LoKr, OFT, GLoRA and IA3 are no LoRA"),
    (("dora_scale",), "Diffusers drops the scales of a DoRA in this format; convert it to PEFT's"),
    (("lora_mid",), "a third factor (CP decomposition) has no place in PEFT's LoRA"),
    ((".diff", ".diff_b", "bias"), "it changes weights or biases themselves, beside its LoRA"),
)
_SIDES: Final = {".lora_A.weight": "A", ".lora_B.weight": "B"}


class LoraTensor(NamedTuple):
    """One tensor of an adapter: its key in the file, the model and module it belongs to, and A, B or MAGNITUDE."""

    key: str
    model: str
    module: str
    side: str
    shape: tuple[int, ...]


class ConvertedLora(NamedTuple):
    """The tensors of a file under their present names, and the alpha that it states (None: none)."""

    tensors: tuple[LoraTensor, ...]
    alpha: float | None


def foreign_format(names: Sequence[str]) -> str | None:
    """The format that a file's tensor names tell, if it is one that is converted; else None."""
    if any(name.startswith(_KOHYA_PREFIXES) for name in names):
        return _KOHYA
    if any(".processor." in name for name in names):
        return _PROCESSORS
    if any("lora_linear_layer" in name or (name.startswith("text_encoder.") and "_lora." in name) for name in names):
        return _OLD_NAMES
    return None


def convert(path: Path, layout: str) -> ConvertedLora:
    """A file's tensors by their present names.

    Raises CheckpointError for what is no LoRA, for alphas that differ, and where a tensor would be dropped or changed.
    """
    where = path.name
    tensors = load_tensors(path)
    for marks, reason in _REFUSED:
        if found := [name for name in tensors if any(mark in name for mark in marks)]:
            raise CheckpointError(f"{where}: refused: {reason}: {short_list(found, 3)}")
    alphas = {name: tensor for name, tensor in tensors.items() if name.endswith(_ALPHA)}
    weights = {name: tensor for name, tensor in tensors.items() if name not in alphas}
    try:
        renamed = _renamed(dict(tensors) if layout == _KOHYA else dict(weights), layout)
    # The libraries raise whatever they meet in names that they do not know.
    except Exception as error:
        raise CheckpointError(f"{where}: cannot be converted from {layout}: {one_line(error)}") from None
    return ConvertedLora(_matched(where, weights, renamed), _one_alpha(where, alphas, len(weights) // 2))


def _renamed(tensors: dict[str, Tensor], layout: str) -> dict[tuple[str, str], Tensor]:
    """(model, PEFT's name) -> tensor."""
    utils = library("diffusers.utils")
    if layout == _KOHYA:
        tensors, _ = library_part("diffusers.loaders", "StableDiffusionLoraLoaderMixin").lora_state_dict(tensors)
    by_model: dict[str, dict[str, Tensor]] = {UNET: {}, TEXT_ENCODER: {}}
    for name, tensor in tensors.items():
        model, _, rest = name.partition(".")
        if model in by_model:
            by_model[model][rest] = tensor
        else:
            by_model[UNET][name] = tensor
    found: dict[tuple[str, str], Tensor] = {}
    if by_model[UNET]:
        unet = utils.convert_unet_state_dict_to_peft(by_model[UNET])
        found |= {(UNET, name): tensor for name, tensor in unet.items()}
    if by_model[TEXT_ENCODER]:
        text = utils.convert_state_dict_to_peft(utils.convert_state_dict_to_diffusers(by_model[TEXT_ENCODER]))
        found |= {(TEXT_ENCODER, name): tensor for name, tensor in text.items()}
    return found


def _matched(
    where: str, tensors: Mapping[str, Tensor], renamed: Mapping[tuple[str, str], Tensor]
) -> tuple[LoraTensor, ...]:
    """Each renamed tensor with its key in the file; the conversion hands over the very tensors that it was given."""
    keys = {id(tensor): name for name, tensor in tensors.items()}
    found = []
    strange = []
    for (model, name), tensor in renamed.items():
        side = next((side for end, side in _SIDES.items() if name.endswith(end)), None)
        key = keys.pop(id(tensor), None)
        if side is None or key is None:
            strange.append(name)
            continue
        module = name.removesuffix(".weight").rpartition(".")[0]
        found.append(LoraTensor(key, model, module, side, tuple(tensor.shape)))
    problems = fault_sentences(
        where,
        {
            "tensor(s) that the conversion drops": keys.values(),
            "name(s) that are no LoRA weights once they are converted": strange,
        },
    )
    if problems:
        raise CheckpointError(problems)
    return tuple(sorted(found))


def _one_alpha(where: str, alphas: Mapping[str, Any], modules: int) -> float | None:
    if not alphas:
        return None
    if any(tensor.numel() != 1 for tensor in alphas.values()):
        raise CheckpointError(f"{where}: has an alpha that is not one number")
    values = {float(tensor) for tensor in alphas.values()}
    if len(values) != 1 or len(alphas) != modules:
        said = ", ".join(f"{value:g}" for value in sorted(values)[:4])
        raise CheckpointError(
            f"{where}: refused: alpha differs between its modules ({said} in {len(alphas)} of {modules}); the"
            " configuration states one"
        )
    (alpha,) = values
    if not (math.isfinite(alpha) and alpha > 0):
        raise CheckpointError(f"{where}: alpha is {alpha:g}, expected a number above 0")
    return alpha
