"""A LoRA adapter loaded into the models, completely or not at all, with the scale that its alpha and rank imply.

The libraries' own loader drops what does not fit, with or without a warning, ignores the alpha of most headers and
can leave a parameter without values. So every format takes one path: an adapter is made for the modules of the
file, its keys are compared with the file's in both directions, every tensor is copied and then compared with the
file, and the scale in effect is read back from the layers.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.generator.checkpoints import Checkpoint
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import CheckpointError, fault_sentences, one_line, short_list
from spinefairbench.generator.libraries import Module, Tensor, library, torch
from spinefairbench.generator.lora_formats import MAGNITUDE, TEXT_ENCODER, UNET
from spinefairbench.generator.safetensors_files import load_tensors

__all__ = ["AttachedLora", "attach_lora"]

_ADAPTER: Final = "spinefairbench"
_PARAMETERS: Final = {
    "A": f".lora_A.{_ADAPTER}.weight",
    "B": f".lora_B.{_ADAPTER}.weight",
    MAGNITUDE: f".lora_magnitude_vector.{_ADAPTER}.weight",
}
_WRAPPER: Final = "text_model."
"""What some versions of the text encoder put before the names of its modules."""


class AttachedLora(NamedTuple):
    """What is in effect after loading: modules, tensors, rank, alpha and where it was stated, scale, warnings.

    `modules` are the UNet's; `targets` are the last parts of their names.
    """

    modules: int
    text_encoder_modules: int
    targets: tuple[str, ...]
    dora: bool
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
    """Raise CheckpointError unless the file has the UNet modules that the configuration names, and that it names itself."""
    held = set(checkpoint.modules)
    known = {name for name, _ in unet.named_modules()}
    _refuse(checkpoint, {"module(s) that the base model does not have": held - known})
    for whose, targets in (("configuration's", config.lora_targets), ("file's own", checkpoint.targets)):
        if targets is None:
            continue
        implied = _implied_modules(unet, targets)
        named = f"the {whose} targets {', '.join(targets)}"
        _refuse(
            checkpoint,
            {
                f"module(s) that {named} do not name": held - implied,
                f"missing module(s) that {named} imply": implied - held,
            },
        )


def _adapter_parameters(model: Module) -> dict[tuple[str, str], Tensor]:
    """(module, side) -> the adapter's parameter."""
    parameters: dict[tuple[str, str], Tensor] = {}
    for name, parameter in model.named_parameters():
        for side, suffix in _PARAMETERS.items():
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


def _own_name(model: Module, module: str) -> str:
    """A module by the name that this version of the library gives it."""
    known = {name for name, _ in model.named_modules()}
    for name in (module, module.removeprefix(_WRAPPER), _WRAPPER + module):
        if name in known:
            return name
    return module


def _copy_and_compare(parameters: Mapping[tuple[str, str, str], Tensor], checkpoint: Checkpoint) -> bool:
    """Fill every parameter from the file and compare it with the file; return whether the adapter changes anything."""
    tensors = load_tensors(checkpoint.path)
    # Integers would be read as weights without their scale, and no adapter has 8-bit floats.
    kinds = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
    strange = {f"{key} ({tensor.dtype})" for key, tensor in tensors.items() if tensor.dtype not in kinds}
    _refuse(checkpoint, {"tensor(s) are not 16- to 64-bit floats": strange})
    wrong = set()
    infinite = set()
    acts = checkpoint.is_dora
    with torch.no_grad():
        for entry in checkpoint.tensors:
            parameter, stored = parameters[entry.model, entry.module, entry.side], tensors[entry.key]
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


def _make_adapter(model: Any, modules: Collection[str], checkpoint: Checkpoint, config: InferenceConfig) -> None:
    settings = library("peft").LoraConfig(
        r=config.lora_rank, lora_alpha=config.lora_alpha, target_modules=sorted(modules), lora_dropout=0.0, bias="none",
        use_dora=checkpoint.is_dora,
    )  # fmt: skip
    try:
        model.add_adapter(settings, adapter_name=_ADAPTER)
    except (ValueError, TypeError, RuntimeError, NotImplementedError) as error:
        raise CheckpointError(f"{checkpoint.path.name}: no adapter can be made from it: {one_line(error)}") from None


def _check_scales(models: Mapping[str, Module], names: Mapping[tuple[str, str], str], where: str, scale: float) -> None:
    acting = {model: _acting_scales(module) for model, module in models.items()}
    found = {name: acting[model].get(own, 0.0) for (model, name), own in names.items()}
    if wrong := {name for name, value in found.items() if value != scale}:
        said = ", ".join(f"{value:g}" for value in sorted({found[name] for name in wrong}))
        raise CheckpointError(
            f"{where}: has scale {said} in effect, expected alpha / rank = {scale:g}, in {short_list(wrong)}"
        )


def attach_lora(unet: Any, checkpoint: Checkpoint, config: InferenceConfig, text_encoder: Any = None) -> AttachedLora:
    """Load a checkpoint's adapter into a UNet (and a text encoder) and check that all of it takes effect.

    Raises CheckpointError if the file's rank or alpha is not the configuration's, its UNet modules are not those that
    the targets imply, a tensor has no place or another shape, a value was not copied, or the scale in effect is
    not alpha / rank.
    """
    where = checkpoint.path.name
    _check_settings(checkpoint, config)
    _check_modules(unet, checkpoint, config)
    models = {UNET: unet, TEXT_ENCODER: text_encoder}
    used = {model: models[model] for model in models if checkpoint.modules_of(model)}
    if used.get(TEXT_ENCODER, unet) is None:
        raise CheckpointError(f"{where}: has weights of the text encoder, and there is none")
    names = {(model, name): _own_name(used[model], name) for model in used for name in checkpoint.modules_of(model)}
    parameters: dict[tuple[str, str, str], Tensor] = {}
    for model, module in used.items():
        own = {name: key for (of, key), name in names.items() if of == model}
        _make_adapter(module, own, checkpoint, config)
        for (name, side), parameter in _adapter_parameters(module).items():
            parameters[model, own.get(name, name), side] = parameter
    in_file = {(entry.model, entry.module, entry.side): entry for entry in checkpoint.tensors}
    _refuse(
        checkpoint,
        {
            "key(s) have no place in the model": {in_file[place].key for place in in_file.keys() - parameters.keys()},
            "weight(s) of the model are not in the file": {
                f"{module} (lora_{side})" for _, module, side in parameters.keys() - in_file.keys()
            },
            "tensor(s) of another shape": {
                f"{entry.key} {list(entry.shape)}, the model has {list(parameters[place].shape)}"
                for place, entry in in_file.items()
                if place in parameters and tuple(parameters[place].shape) != entry.shape
            },
        },
    )
    acts = _copy_and_compare(parameters, checkpoint)
    _check_scales(used, names, where, config.lora_scale)
    modules, of_text = checkpoint.modules, checkpoint.modules_of(TEXT_ENCODER)
    return AttachedLora(
        modules=len(modules),
        text_encoder_modules=len(of_text),
        targets=tuple(sorted({_target_of(name, config.lora_targets) for name in modules})),
        dora=checkpoint.is_dora,
        tensors=len(checkpoint.tensors),
        rank=checkpoint.rank,
        alpha=float(config.lora_alpha),
        alpha_from="config" if checkpoint.alpha is None else "file",
        scale=config.lora_scale,
        warnings=_warnings(checkpoint, config, acts=acts),
    )


def _target_of(module: str, targets: Collection[str]) -> str:
    return next(target for target in targets if module == target or module.endswith("." + target))


def _warnings(checkpoint: Checkpoint, config: InferenceConfig, *, acts: bool) -> tuple[str, ...]:
    where = checkpoint.path.name
    warnings = []
    if checkpoint.alpha is None:
        warnings.append(
            f"lora-alpha-from-config: {where} states no alpha; the configuration's {config.lora_alpha} gives scale"
            f" {config.lora_scale:g} (Diffusers' own loader would use scale 1)"
        )
    if of_text := checkpoint.modules_of(TEXT_ENCODER):
        warnings.append(f"lora-text-encoder: {where} changes {len(of_text)} module(s) of the text encoder too")
    if not acts:
        warnings.append(f"lora-inert: every lora_B of {where} is zero, so the adapter changes nothing")
    return tuple(warnings)
