"""LoRA checkpoints: their layout and tensors, read from the safetensors header with the standard library alone."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.generator.adapter_config import ADAPTER_CONFIG, ADAPTER_WEIGHTS, adapter_config_beside
from spinefairbench.generator.checkpoint_header import stated, stated_by_peft
from spinefairbench.generator.failures import CheckpointError, fault_sentences, short_list, unreadable
from spinefairbench.generator.lora_formats import MAGNITUDE, TEXT_ENCODER, UNET, LoraTensor, convert, foreign_format
from spinefairbench.generator.safetensors_files import require_sha256, tensor_shapes

__all__ = ["KEY_PREFIXES", "PEFT", "Checkpoint", "compare_with_release", "read_checkpoint"]

_DIFFUSERS: Final = "diffusers"

PEFT: Final = "peft"

KEY_PREFIXES: Final = {PEFT: "base_model.model.", _DIFFUSERS: "unet."}
"""What every key of a checkpoint starts with, for each of the two layouts."""

_OF_TEXT_ENCODER: Final = "text_encoder."

_SIDE: Final = (
    r"\.(?:(lora_A|lora_B|lora\.down|lora\.up)(?:\.default)?\.weight"
    r"|(lora_magnitude_vector)(?:\.default)?(?:\.weight)?)"
)

_KEYS: Final = {
    PEFT: re.compile(rf"(base_model\.model)\.(.+){_SIDE}", re.ASCII),
    _DIFFUSERS: re.compile(rf"(unet|text_encoder)\.(.+){_SIDE}", re.ASCII),
}

_SIDES: Final = {
    "lora_A": "A", "lora_B": "B", "lora.down": "A", "lora.up": "B", "lora_magnitude_vector": MAGNITUDE,
}  # fmt: skip


class Checkpoint(NamedTuple):
    """A checkpoint's file and what it says of itself; `alpha` is None where it does not say.

    `targets` are the UNet modules that it names. `config_sha256` is of the `adapter_config.json` beside it.
    """

    path: Path
    sha256: str
    layout: str
    tensors: tuple[LoraTensor, ...]
    rank: int
    alpha: float | None
    targets: tuple[str, ...] | None
    config_sha256: str | None = None

    @property
    def modules(self) -> tuple[str, ...]:
        """The UNet's modules that the adapter changes, sorted."""
        return self.modules_of(UNET)

    def modules_of(self, model: str) -> tuple[str, ...]:
        """The modules of UNET or TEXT_ENCODER that the adapter changes, sorted."""
        return tuple(sorted({tensor.module for tensor in self.tensors if tensor.model == model}))

    @property
    def is_dora(self) -> bool:
        """Whether the weights are decomposed into magnitude and direction (Liu et al. 2024)."""
        return any(tensor.side == MAGNITUDE for tensor in self.tensors)


def _classify(where: str, names: list[str]) -> str:
    """The layout that every key has; of a mixture the libraries would load a part, or nothing, without a word."""
    for layout, prefix in KEY_PREFIXES.items():
        known = (prefix, _OF_TEXT_ENCODER) if layout == _DIFFUSERS else (prefix,)
        if any(name.startswith(known) for name in names):
            if strangers := [name for name in names if not name.startswith(known)]:
                raise CheckpointError(
                    f"{where}: {len(strangers)} key(s) without the prefix {prefix!r} of the others: {short_list(strangers)}"
                )
            return layout
    raise CheckpointError(
        f"{where}: no key starts with {KEY_PREFIXES[_DIFFUSERS]!r} (Diffusers), {KEY_PREFIXES[PEFT]!r} (PEFT) or"
        " 'lora_unet_' (kohya);"
        f" found {short_list(names) or 'no tensor'}"
    )


def _tensors(where: str, layout: str, shapes: dict[str, tuple[int, ...]]) -> tuple[LoraTensor, ...]:
    matches = {key: _KEYS[layout].fullmatch(key) for key in sorted(shapes)}
    if strangers := [key for key, match in matches.items() if match is None]:
        raise CheckpointError(fault_sentences(where, {"key(s) that are not LoRA weights": strangers}))
    found = []
    for key, match in matches.items():
        if match is not None:
            of_text = match[1] == TEXT_ENCODER or (layout == PEFT and match[2].startswith(("text_model.", "encoder.")))
            model = TEXT_ENCODER if of_text else UNET
            found.append(LoraTensor(key, model, match[2], _SIDES[match[3] or match[4]], shapes[key]))
    return tuple(found)


def _check_pairs(where: str, tensors: tuple[LoraTensor, ...]) -> int:
    """The adapter's rank: every module must have one A and one B (and all or none a magnitude), all of the same rank."""
    sides: dict[tuple[str, str], dict[str, LoraTensor]] = {}
    problems = []
    for tensor in tensors:
        found = sides.setdefault((tensor.model, tensor.module), {})
        if tensor.side in found:
            problems.append(f"{where}: module {tensor.module} has lora_{tensor.side} twice")
        found[tensor.side] = tensor
    wanted = {"A", "B"} | ({MAGNITUDE} if any(MAGNITUDE in found for found in sides.values()) else set())
    halves = [
        f"{'' if model == UNET else _OF_TEXT_ENCODER}{module} (lora_{side})"
        for (model, module), found in sides.items()
        for side in sorted(wanted - found.keys())
    ]
    flat = [tensor.key for tensor in tensors if len(tensor.shape) < 2 and tensor.side != MAGNITUDE]
    problems += fault_sentences(where, {"missing tensor(s)": halves, "tensor(s) that are not matrices": flat})
    if problems:
        raise CheckpointError(problems)
    ranks = {tensor.shape[0] if tensor.side == "A" else tensor.shape[1] for tensor in tensors if tensor.side in "AB"}
    if len(ranks) != 1 or 0 in ranks:
        raise CheckpointError(f"{where}: expected one rank, found {', '.join(map(str, sorted(ranks)))}")
    return ranks.pop()


def read_checkpoint(path: Path, required_sha256: str | None = None) -> Checkpoint:
    """A checkpoint's header and keys, parsed, and its hash; `path` is a file, or a folder that PEFT has written.

    Raises CheckpointError for a pickle, anything that is not a complete safetensors file, keys of no format or of
    several, a PEFT file without its rank and alpha, a tensor without its counterpart, and a hash other than the
    required one. Files of other programs are renamed by the libraries: MissingLibraryError without them.
    """
    config = adapter_config_beside(path)
    if path.is_dir():
        if config is None:
            raise CheckpointError(f"{path.name}: is a folder without {ADAPTER_CONFIG}, expected a .safetensors file")
        path /= ADAPTER_WEIGHTS
    where = path.name
    shapes, metadata = tensor_shapes(path)
    if (layout := foreign_format(list(shapes))) is not None:
        tensors, alpha = convert(path, layout)
        said = stated(where, metadata)
        said = said if alpha is None else said._replace(alpha=alpha)
    else:
        layout = _classify(where, list(shapes))
        said = stated_by_peft(where, metadata, config) if layout == PEFT else stated(where, metadata)
        tensors = _tensors(where, layout, shapes)
    rank = _check_pairs(where, tensors)
    if said.rank is not None and said.rank != rank:
        raise CheckpointError(f"{where}: the header says rank {said.rank:g}, the tensors have {rank}")
    try:
        sha256 = sha256_of_file(path)
        config_sha256 = None if config is None or layout != PEFT else sha256_of_file(config)
    except OSError as error:
        raise CheckpointError(unreadable(where, error)) from None
    require_sha256(where, sha256, required_sha256)
    checkpoint = Checkpoint(path, sha256, layout, tensors, rank, said.alpha, said.targets, config_sha256)
    if said.dora and not checkpoint.is_dora:
        raise CheckpointError(f"{where}: says use_dora, but has no magnitude of any module")
    return checkpoint


def compare_with_release(checkpoint: Checkpoint, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence for each published fact of the generator's checkpoint that does not hold for a file."""
    found = {
        "sha256": checkpoint.sha256,
        "tensors": len(checkpoint.tensors),
        "modules": len(checkpoint.modules),
        "rank": checkpoint.rank,
        "alpha": checkpoint.alpha,
    }
    return tuple(
        f"{checkpoint.path.name}: {name} is {value}, the published checkpoint has {facts[name]}"
        for name, value in found.items()
        if value != facts[name]
    )
