"""What a checkpoint says of its adapter: alpha, rank and targets, in its header or in PEFT's file beside it."""

import json
import math
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.generator.adapter_config import ADAPTER_CONFIG, ADAPTER_WEIGHTS, read_adapter_config
from spinefairbench.generator.failures import CheckpointError
from spinefairbench.generator.lora_formats import TEXT_ENCODER, UNET

__all__ = ["Stated", "stated", "stated_by_peft"]

# Header fields that would give the adapter another scale than alpha / rank.
_OTHER_SCALES: Final = ("rank_pattern", "alpha_pattern", "use_rslora")


class Stated(NamedTuple):
    """What a file says of its adapter; None for each that it does not say."""

    alpha: float | None
    rank: float | None
    targets: tuple[str, ...] | None
    dora: bool = False


def stated(where: str, metadata: dict[str, str]) -> Stated:
    """The alpha, rank and targets that a Diffusers file's header states; None for each that it does not state.

    A header may state alpha and rank in `lora_adapter_metadata` or in `lora_alpha` and `lora_rank`, which the
    libraries ignore without a word. Raises CheckpointError if it states both and they differ.
    """
    alpha, rank, targets, dora = _adapter_metadata(where, metadata)
    plain_alpha, plain_rank = (
        _positive(metadata, key, where) if key in metadata else None for key in ("lora_alpha", "lora_rank")
    )
    for name, one, other in (("alpha", alpha, plain_alpha), ("rank", rank, plain_rank)):
        if one is not None and other is not None and one != other:
            raise CheckpointError(f"{where}: the header says {name} {one:g} and {name} {other:g}")
    return Stated(plain_alpha if alpha is None else alpha, plain_rank if rank is None else rank, targets, dora)


def _adapter_metadata(where: str, metadata: dict[str, str]) -> Stated:
    """What Diffusers itself writes into a header; None for each that is not there."""
    text = metadata.get("lora_adapter_metadata")
    if text is None:
        return Stated(None, None, None)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CheckpointError(f"{where}: header field lora_adapter_metadata is not a JSON object")
    values = {
        key: [found[name] for name in (f"{UNET}.{key}", f"{TEXT_ENCODER}.{key}", key) if found.get(name) is not None]
        for key in ("lora_alpha", "r", *_OTHER_SCALES)
    }
    for key in _OTHER_SCALES:
        if any(values[key]):
            raise CheckpointError(f"{where}: header field {key} asks for a scale other than alpha / rank")
    if any(value != each[0] for key in ("lora_alpha", "r") for each in [values[key]] for value in each):
        raise CheckpointError(f"{where}: header field lora_adapter_metadata has several values of r or lora_alpha")
    alpha, rank = (next(iter(values[key]), None) for key in ("lora_alpha", "r"))
    targets = found.get(f"{UNET}.target_modules", found.get("target_modules"))
    dora = any(found.get(name) for name in (f"{UNET}.use_dora", f"{TEXT_ENCODER}.use_dora", "use_dora"))
    numbers = [value for value in (alpha, rank) if value is not None]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) and value > 0 for value in numbers):
        raise CheckpointError(
            f"{where}: header field lora_adapter_metadata has an r or lora_alpha that is not a number above 0"
        )
    if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
        targets = None
    return Stated(alpha, rank, None if targets is None else tuple(sorted(targets)), dora)


def stated_by_peft(where: str, metadata: dict[str, str], config: Path | None) -> Stated:
    """The alpha, rank and targets of a PEFT file, by its `config` if there is one, else by its header.

    Raises CheckpointError if neither states alpha and rank.
    """
    if config is not None:
        rank, alpha, targets, dora = read_adapter_config(config)
        return Stated(alpha, rank, targets, dora)
    if absent := [key for key in ("format", "lora_rank", "lora_alpha") if key not in metadata]:
        raise CheckpointError(
            f"{where}: the header lacks {', '.join(absent)}, which a PEFT file must have unless {ADAPTER_CONFIG} lies"
            f" beside {ADAPTER_WEIGHTS}"
        )
    return Stated(_positive(metadata, "lora_alpha", where), _positive(metadata, "lora_rank", where), None)


def _positive(metadata: dict[str, str], key: str, where: str) -> float:
    try:
        value = float(metadata[key])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise CheckpointError(f"{where}: header field {key} is {metadata[key][:40]!r}, expected a number above 0")
    return value
