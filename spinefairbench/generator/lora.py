"""A LoRA adapter loaded into the UNet, completely or not at all, with the scale that its alpha and rank imply.

The libraries' own loader drops what does not fit, with or without a warning, ignores the alpha of most headers and
can leave a parameter without values. So both formats take one path: an adapter is made for the modules of the
file, its keys are compared with the file's in both directions, every tensor is copied and then compared with the
file, and the scale in effect is read back from the layers.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.generator.checkpoints import Checkpoint, load_tensors
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import CheckpointError, fault_sentences, one_line, short_list
from spinefairbench.generator.libraries import Module, Tensor, library, torch

__all__ = ["AttachedLora", "attach_lora"]

_ADAPTER: Final = "spinefairbench"


class AttachedLora(NamedTuple):
    """What is in effect after loading: modules, tensors, rank, alpha and where it was stated, scale, warnings."""

    modules: int
    tensors: int
    rank: int
    alpha: float
    alpha_from: str
    scale: float
    warnings: tuple[str, ...]


def _implied_modules(unet: Module, targets: tuple[str, ...]) -> set[str]:
    """The UNet's modules that a list of targets names, in full or by their last parts."""
    return {
        name
        for name, module in unet.named_modules()
        if isinstance(module, torch.nn.Linear | torch.nn.Conv2d)
        and any(name == target or name.endswith("." + target) for target in targets)
    }


def _check_settings(checkpoint: Checkpoint, config: InferenceConfig) -> None:
    where = checkpoint.path.name
    problems = []
    if checkpoint.rank != config.lora_rank:
        problems.append(f"{where}: has rank {checkpoint.rank}, the configuration says lora_rank {config.lora_rank}")
    if checkpoint.alpha is not None and checkpoint.alpha != config.lora_alpha:
        problems.append(
            f"{where}: has alpha {checkpoint.alpha:g}, the configuration says lora_alpha {config.lora_alpha}"
        )
    if problems:
        raise CheckpointError(problems)


def _refuse(checkpoint: Checkpoint, found: Mapping[str, Collection[str]]) -> None:
    """Raise CheckpointError if names were found for any kind of fault."""
    if problems := fault_sentences(checkpoint.path.name, found):
        raise CheckpointError(problems)


def _check_modules(unet: Module, checkpoint: Checkpoint, config: InferenceConfig) -> None:
    targets = checkpoint.targets or config.lora_targets
    implied = _implied_modules(unet, targets)
    held = set(checkpoint.modules)
    known = {name for name, _ in unet.named_modules()}
    _refuse(
        checkpoint,
        {
            "module(s) that the base model does not have": held - known,
            "module(s) that the targets do not name": (held & known) - implied,
            f"missing module(s) that the targets {', '.join(targets)} imply": implied - held,
        },
    )


def _adapter_parameters(unet: Module) -> dict[tuple[str, str], Tensor]:
    """(module, side) -> the adapter's parameter."""
    parameters: dict[tuple[str, str], Tensor] = {}
    for name, parameter in unet.named_parameters():
        for side in ("A", "B"):
            suffix = f".lora_{side}.{_ADAPTER}.weight"
            if name.endswith(suffix):
                parameters[name.removesuffix(suffix), side] = parameter
    return parameters


def _acting_scales(unet: Module) -> dict[str, float]:
    """Module -> the adapter's scale there; 0 if it is switched off."""
    scales = {}
    for name, module in unet.named_modules():
        scaling = getattr(module, "scaling", None)
        if isinstance(scaling, dict) and _ADAPTER in scaling:
            active = _ADAPTER in module.active_adapters and not module.disable_adapters
            scales[name] = float(scaling[_ADAPTER]) if active else 0.0
    return scales


def _copy_and_compare(parameters: dict[tuple[str, str], Tensor], checkpoint: Checkpoint) -> bool:
    """Fill every parameter from the file and compare it with the file; return whether any B differs from zero."""
    tensors = load_tensors(checkpoint.path)
    # Integers would be read as weights without their scale, and no adapter has 8-bit floats.
    kinds = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
    strange = {f"{key} ({tensor.dtype})" for key, tensor in tensors.items() if tensor.dtype not in kinds}
    _refuse(checkpoint, {"tensor(s) are not 16- to 64-bit floats": strange})
    wrong = set()
    infinite = set()
    acts = False
    with torch.no_grad():
        for entry in checkpoint.tensors:
            parameter, stored = parameters[entry.module, entry.side], tensors[entry.key]
            if not parameter.is_meta:
                parameter.copy_(stored)
            if parameter.is_meta or not torch.equal(parameter.cpu(), stored.to(parameter.dtype)):
                wrong.add(entry.key)
            # A value of a larger type may not fit into float32.
            elif not bool(torch.isfinite(parameter).all()):
                infinite.add(entry.key)
            acts = acts or (entry.side == "B" and bool(stored.any()))
    _refuse(
        checkpoint,
        {
            "tensor(s) differ in the model from the file (or are not numbers)": wrong,
            "tensor(s) have infinite values": infinite,
        },
    )
    return acts


def attach_lora(unet: Any, checkpoint: Checkpoint, config: InferenceConfig) -> AttachedLora:
    """Load a checkpoint's adapter into a UNet and check that all of it takes effect.

    Raises CheckpointError if the file's rank or alpha is not the configuration's, its modules are not those that
    the targets imply, a tensor has no place or another shape, a value was not copied, or the scale in effect is
    not alpha / rank.
    """
    where = checkpoint.path.name
    _check_settings(checkpoint, config)
    _check_modules(unet, checkpoint, config)
    alpha = config.lora_alpha
    settings = library("peft").LoraConfig(
        r=config.lora_rank, lora_alpha=alpha, target_modules=list(checkpoint.modules), lora_dropout=0.0, bias="none"
    )
    try:
        unet.add_adapter(settings, adapter_name=_ADAPTER)
    except (ValueError, TypeError, RuntimeError, NotImplementedError) as error:
        raise CheckpointError(f"{where}: no adapter can be made from it: {one_line(error)}") from None
    parameters = _adapter_parameters(unet)
    in_file = {(entry.module, entry.side): entry for entry in checkpoint.tensors}
    _refuse(
        checkpoint,
        {
            "key(s) have no place in the model": {in_file[place].key for place in in_file.keys() - parameters.keys()},
            "weight(s) of the model are not in the file": {
                f"{module} (lora_{side})" for module, side in parameters.keys() - in_file.keys()
            },
            "tensor(s) of another shape": {
                f"{entry.key} {list(entry.shape)}, the model has {list(parameters[place].shape)}"
                for place, entry in in_file.items()
                if place in parameters and tuple(parameters[place].shape) != entry.shape
            },
        },
    )
    acts = _copy_and_compare(parameters, checkpoint)
    scales = _acting_scales(unet)
    wrong_scale = {name for name in checkpoint.modules if scales.get(name) != config.lora_scale}
    if wrong_scale:
        found = sorted({scales.get(name, 0.0) for name in wrong_scale})
        raise CheckpointError(
            f"{where}: has scale {', '.join(f'{scale:g}' for scale in found)} in effect, expected alpha / rank ="
            f" {config.lora_scale:g}, in {short_list(wrong_scale)}"
        )
    warnings = []
    if checkpoint.alpha is None:
        warnings.append(
            f"lora-alpha-from-config: {where} states no alpha; the configuration's {alpha} gives scale"
            f" {config.lora_scale:g} (Diffusers' own loader would use scale 1)"
        )
    if not acts:
        warnings.append(f"lora-inert: every lora_B of {where} is zero, so the adapter changes nothing")
    return AttachedLora(
        modules=len(checkpoint.modules),
        tensors=len(checkpoint.tensors),
        rank=checkpoint.rank,
        alpha=float(alpha),
        alpha_from="config" if checkpoint.alpha is None else "file",
        scale=config.lora_scale,
        warnings=tuple(warnings),
    )
