"""The `adapter_config.json` that PEFT's `save_pretrained` writes beside an adapter's weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.generator.failures import CheckpointError, short_list, unreadable

__all__ = ["ADAPTER_CONFIG", "ADAPTER_WEIGHTS", "AdapterConfig", "adapter_config_beside", "read_adapter_config"]

ADAPTER_CONFIG: Final = "adapter_config.json"
ADAPTER_WEIGHTS: Final = "adapter_model.safetensors"

_MAX_BYTES: Final = 1 << 20
_STATED: Final = frozenset({"r", "lora_alpha", "target_modules", "use_dora", "peft_type", "bias", "init_lora_weights"})
# Fields that change nothing of what a loaded adapter computes.
_HARMLESS: Final = frozenset(
    {
        "auto_mapping", "base_model_name_or_path", "revision", "task_type", "inference_mode", "exclude_modules",
        "lora_dropout", "layers_to_transform", "layers_pattern", "peft_version", "runtime_config", "loftq_config",
        "eva_config", "corda_config", "qalora_group_size", "megatron_config", "megatron_core",
    }
)  # fmt: skip
# Ways to start training that leave the base model as it was; others (PiSSA, LoftQ, OLoRA, CorDA) change it.
_STARTS: Final = (None, True, False, "gaussian", "eva", "orthogonal")


class AdapterConfig(NamedTuple):
    """Rank, alpha, the modules that are named (None: by a pattern), and whether the weights are decomposed (DoRA)."""

    rank: int
    alpha: float
    targets: tuple[str, ...] | None
    dora: bool


def adapter_config_beside(path: Path) -> Path | None:
    """The configuration that belongs to a folder or to a weights file of PEFT's name; None where there is none."""
    folder = path if path.is_dir() else path.parent
    if not path.is_dir() and path.name != ADAPTER_WEIGHTS:
        return None
    return folder / ADAPTER_CONFIG if (folder / ADAPTER_CONFIG).is_file() else None


def read_adapter_config(path: Path) -> AdapterConfig:
    """The checked configuration. Raises CheckpointError for what would make the adapter act other than by alpha / rank."""
    where = path.name
    try:
        found = parse_json(path.read_bytes()[: _MAX_BYTES + 1])
    except OSError as error:
        raise CheckpointError(unreadable(where, error)) from None
    except JsonFault as fault:
        raise CheckpointError(f"{where}: is not JSON: {fault}") from None
    if not isinstance(found, dict) or found.get("peft_type") != "LORA":
        raise CheckpointError(f"{where}: is not the configuration of a LoRA (peft_type LORA)")
    problems = _problems(where, found)
    if problems:
        raise CheckpointError(problems)
    targets = found.get("target_modules")
    named = tuple(sorted(map(str, targets))) if isinstance(targets, list) else None
    return AdapterConfig(found["r"], float(found["lora_alpha"]), named, found.get("use_dora") is True)


def _problems(where: str, found: Mapping[str, Any]) -> list[str]:
    def number(name: str) -> bool:
        value = found.get(name)
        return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 20

    problems = [f"{where}: {name}: expected a number above 0" for name in ("r", "lora_alpha") if not number(name)]
    if found.get("bias", "none") != "none":
        problems.append(
            f"{where}: bias is {str(found['bias'])[:40]!r}: refused, the base model's biases are not changed"
        )
    start = found.get("init_lora_weights")
    if start not in _STARTS:
        problems.append(
            f"{where}: init_lora_weights is {str(start)[:40]!r}: refused, it changes the base model, which is read as it is"
        )
    others = [str(name)[:40] for name, value in found.items() if value and name not in _STATED | _HARMLESS]
    if others:
        problems.append(
            f"{where}: {short_list(others)}: refused, as the scale would not be alpha / rank everywhere, or more than"
            " A and B would act"
        )
    return problems
