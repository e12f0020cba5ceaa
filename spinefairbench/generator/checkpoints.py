"""LoRA checkpoints: their layout, rank and alpha, read from the safetensors header with the standard library alone.

Nothing here is unpickled: a pickle can run code while it is read, so such files are refused by name and by content.
Only `load_tensors`, for the values, needs a library.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.generator.failures import CheckpointError, fault_sentences, one_line, short_list, unreadable
from spinefairbench.generator.libraries import Tensor, library

__all__ = [
    "KEY_PREFIXES",
    "PEFT",
    "Checkpoint",
    "compare_with_release",
    "load_tensors",
    "read_checkpoint",
    "require_sha256",
    "tensor_shapes",
]

_DIFFUSERS: Final = "diffusers"
PEFT: Final = "peft"
KEY_PREFIXES: Final = {PEFT: "base_model.model.", _DIFFUSERS: "unet."}
"""What every key of a checkpoint starts with, for each of the two layouts."""

_PICKLE_SUFFIXES: Final = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")
_PICKLE_REASON: Final = (
    "a pickle can run any code while it is loaded, so none is ever opened; if you trust it, convert it to safetensors"
)
_MAX_HEADER_BYTES: Final = 25_000_000
_DTYPE_BYTES: Final = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}

# Header fields that would give the adapter another scale than alpha / rank.
_OTHER_SCALES: Final = ("rank_pattern", "alpha_pattern", "use_rslora", "use_dora")

_KEYS: Final = {
    PEFT: re.compile(r"base_model\.model\.(.+)\.(lora_A|lora_B)(?:\.default)?\.weight", re.ASCII),
    _DIFFUSERS: re.compile(r"unet\.(.+)\.(lora_A|lora_B|lora\.down|lora\.up)\.weight", re.ASCII),
}
_SIDES: Final = {"lora_A": "A", "lora_B": "B", "lora.down": "A", "lora.up": "B"}


class _LoraTensor(NamedTuple):
    """One tensor of an adapter: its key in the file, the module it belongs to, and A (down) or B (up)."""

    key: str
    module: str
    side: str
    shape: tuple[int, ...]


class Checkpoint(NamedTuple):
    """A checkpoint's file and what its header says; `alpha` is None where the header does not say."""

    path: Path
    sha256: str
    layout: str
    tensors: tuple[_LoraTensor, ...]
    rank: int
    alpha: float | None
    targets: tuple[str, ...] | None

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that the adapter changes, sorted."""
        return tuple(sorted({tensor.module for tensor in self.tensors}))


def _refuse_pickle(path: Path) -> None:
    """Raise CheckpointError if a file is a pickle by its name or by its first bytes."""
    if path.suffix.lower() in _PICKLE_SUFFIXES:
        raise CheckpointError(f"{path.name}: refused: {_PICKLE_REASON}")
    try:
        with path.open("rb") as file:
            start = file.read(9)
    except OSError as error:
        raise CheckpointError(unreadable(path.name, error)) from None
    # torch's files are zip archives of pickles; older ones are bare pickles of protocol 2 or later.
    # A safetensors file whose length happens to start with the same bytes has its header's brace at byte 8.
    bare = start[:1] == b"\x80" and start[1:2] in (b"\2", b"\3", b"\4", b"\5") and start[8:9] != b"{"
    if start[:4] == b"PK\x03\x04" or bare:
        raise CheckpointError(f"{path.name}: refused because its content is a pickle: {_PICKLE_REASON}")


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """A safetensors file's header, and the number of bytes that follow it."""
    where = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 10 or length < 2:
                raise CheckpointError(f"{where}: is not a safetensors file (no header)")
            if length > _MAX_HEADER_BYTES:
                raise CheckpointError(
                    f"{where}: is not a safetensors file: the header claims {length} bytes, at most {_MAX_HEADER_BYTES}"
                )
            if length > size - 8:
                raise CheckpointError(f"{where}: is truncated: the header alone should have {length} bytes")
            text = file.read(length)
    except OSError as error:
        raise CheckpointError(unreadable(where, error)) from None
    try:
        header = parse_json(text)
    except JsonFault:
        header = None
    if not isinstance(header, dict):
        raise CheckpointError(f"{where}: is not a safetensors file (the header is not a JSON object)")
    return header, size - 8 - length


def tensor_shapes(path: Path) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
    """Tensor name -> shape, and the header's own metadata; the tensors' offsets are checked.

    Raises CheckpointError for a pickle, a file that is not safetensors, and one that is truncated.
    """
    _refuse_pickle(path)
    header, data_bytes = _header(path)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise CheckpointError(f"{path.name}: the header's metadata is not text")
    shapes = {}
    spans = []
    for name, entry in header.items():
        shape, span = _entry(path.name, name, entry)
        shapes[name] = shape
        spans.append(span)
    end = 0
    for begin, stop in sorted(spans):
        if begin != end:
            raise CheckpointError(f"{path.name}: the tensors' data overlap or leave gaps")
        end = stop
    if end != data_bytes:
        reason = "is truncated" if data_bytes < end else "has bytes after its tensors"
        raise CheckpointError(f"{path.name}: {reason}: {data_bytes} bytes of tensors, the header says {end}")
    return shapes, metadata


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Tensor name -> values of a safetensors file.

    Raises CheckpointError for what the library cannot read, such as a type of number that it does not know, and
    MissingLibraryError without the library.
    """
    load_file = library("safetensors.torch").load_file
    try:
        tensors: dict[str, Tensor] = load_file(str(path))
    except Exception as error:
        raise CheckpointError(f"{path.name}: cannot be read: {one_line(error)}") from None
    return tensors


def require_sha256(where: str, sha256: str, required: str | None) -> None:
    """Raise CheckpointError if a hash is not the required one; None requires none."""
    if required is not None and sha256 != required.lower():
        raise CheckpointError(f"{where}: SHA-256 is {sha256}, required {required.lower()}")


def _entry(where: str, name: str, entry: object) -> tuple[tuple[int, ...], tuple[int, int]]:
    def natural(values: object, length: int | None = None) -> bool:
        return (
            isinstance(values, list)
            and (length is None or len(values) == length)
            and all(isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 48 for value in values)
        )

    if not isinstance(entry, dict) or not natural(entry.get("shape")) or not natural(entry.get("data_offsets"), 2):
        raise CheckpointError(f"{where}: tensor {name[:120]!r} has no shape or no offsets")
    shape = tuple(entry["shape"])
    begin, stop = entry["data_offsets"]
    width = _DTYPE_BYTES.get(str(entry.get("dtype")))
    if begin > stop or (width is not None and stop - begin != width * math.prod(shape)):
        raise CheckpointError(f"{where}: tensor {name[:120]!r} has a size that is not its shape's")
    return shape, (begin, stop)


def _positive(metadata: dict[str, str], key: str, where: str) -> float:
    try:
        value = float(metadata[key])
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise CheckpointError(f"{where}: header field {key} is {metadata[key][:40]!r}, expected a number above 0")
    return value


def _classify(where: str, names: list[str]) -> str:
    """The layout that every key has; of a mixture the libraries would load a part, or nothing, without a word."""
    for layout, prefix in KEY_PREFIXES.items():
        if names and any(name.startswith(prefix) for name in names):
            if strangers := [name for name in names if not name.startswith(prefix)]:
                raise CheckpointError(
                    f"{where}: {len(strangers)} key(s) without the prefix {prefix!r} of the others: {short_list(strangers)}"
                )
            return layout
    raise CheckpointError(
        f"{where}: no key starts with {KEY_PREFIXES[_DIFFUSERS]!r} (Diffusers) or {KEY_PREFIXES[PEFT]!r} (PEFT);"
        f" found {short_list(names) or 'no tensor'}"
    )


def _tensors(where: str, layout: str, shapes: dict[str, tuple[int, ...]]) -> tuple[_LoraTensor, ...]:
    matches = {key: _KEYS[layout].fullmatch(key) for key in sorted(shapes)}
    if strangers := [key for key, match in matches.items() if match is None]:
        raise CheckpointError(fault_sentences(where, {"key(s) that are not LoRA weights": strangers}))
    return tuple(
        _LoraTensor(key, match[1], _SIDES[match[2]], shapes[key]) for key, match in matches.items() if match is not None
    )


def _check_pairs(where: str, tensors: tuple[_LoraTensor, ...]) -> int:
    """The adapter's rank: every module must have one A and one B, all of the same rank."""
    sides: dict[str, dict[str, _LoraTensor]] = {}
    problems = []
    for tensor in tensors:
        if tensor.side in sides.setdefault(tensor.module, {}):
            problems.append(f"{where}: module {tensor.module} has lora_{tensor.side} twice")
        sides[tensor.module][tensor.side] = tensor
    halves = [f"{module} (lora_{'B' if 'A' in found else 'A'})" for module, found in sides.items() if len(found) < 2]
    flat = [tensor.key for tensor in tensors if len(tensor.shape) < 2]
    problems += fault_sentences(where, {"missing tensor(s)": halves, "tensor(s) that are not matrices": flat})
    if problems:
        raise CheckpointError(problems)
    ranks = {tensor.shape[0] if tensor.side == "A" else tensor.shape[1] for tensor in tensors}
    if len(ranks) != 1 or 0 in ranks:
        raise CheckpointError(f"{where}: expected one rank, found {', '.join(map(str, sorted(ranks)))}")
    return ranks.pop()


def _stated(where: str, metadata: dict[str, str]) -> tuple[float | None, float | None, tuple[str, ...] | None]:
    """The alpha, rank and targets that a Diffusers file's header states; None for each that it does not state.

    A header may state alpha and rank in `lora_adapter_metadata` or in `lora_alpha` and `lora_rank`, which the
    libraries ignore without a word. Raises CheckpointError if it states both and they differ.
    """
    alpha, rank, targets = _adapter_metadata(where, metadata)
    plain_alpha, plain_rank = (
        _positive(metadata, key, where) if key in metadata else None for key in ("lora_alpha", "lora_rank")
    )
    for name, one, other in (("alpha", alpha, plain_alpha), ("rank", rank, plain_rank)):
        if one is not None and other is not None and one != other:
            raise CheckpointError(f"{where}: the header says {name} {one:g} and {name} {other:g}")
    return (plain_alpha if alpha is None else alpha), (plain_rank if rank is None else rank), targets


def _adapter_metadata(where: str, metadata: dict[str, str]) -> tuple[float | None, int | None, tuple[str, ...] | None]:
    """The alpha, rank and targets that Diffusers itself writes into a header; None for each that is not there."""
    text = metadata.get("lora_adapter_metadata")
    if text is None:
        return None, None, None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CheckpointError(f"{where}: header field lora_adapter_metadata is not a JSON object")
    alpha, rank, targets = (found.get(f"unet.{key}", found.get(key)) for key in ("lora_alpha", "r", "target_modules"))
    for key in _OTHER_SCALES:
        if found.get(f"unet.{key}") or found.get(key):
            raise CheckpointError(f"{where}: header field {key} asks for a scale other than alpha / rank")
    numbers = [value for value in (alpha, rank) if value is not None]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) and value > 0 for value in numbers):
        raise CheckpointError(
            f"{where}: header field lora_adapter_metadata has an r or lora_alpha that is not a number above 0"
        )
    if not isinstance(targets, list) or not all(isinstance(target, str) for target in targets):
        targets = None
    return alpha, rank, None if targets is None else tuple(sorted(targets))


def read_checkpoint(path: Path, required_sha256: str | None = None) -> Checkpoint:
    """A checkpoint's header and keys, parsed, and its hash.

    Raises CheckpointError for a pickle, anything that is not a complete safetensors file, keys of neither layout
    or of both, a PEFT header without `format`, `lora_rank` and `lora_alpha`, a tensor without its counterpart, and
    a hash other than the required one.
    """
    where = path.name
    if path.is_dir():
        raise CheckpointError(f"{where}: is a folder, expected a .safetensors file")
    shapes, metadata = tensor_shapes(path)
    layout = _classify(where, list(shapes))
    if layout == PEFT:
        if absent := [key for key in ("format", "lora_rank", "lora_alpha") if key not in metadata]:
            raise CheckpointError(f"{where}: the header lacks {', '.join(absent)}, which a PEFT file must have")
        alpha: float | None = _positive(metadata, "lora_alpha", where)
        header_rank: float | None = _positive(metadata, "lora_rank", where)
        targets = None
    else:
        alpha, header_rank, targets = _stated(where, metadata)
    tensors = _tensors(where, layout, shapes)
    rank = _check_pairs(where, tensors)
    if header_rank is not None and header_rank != rank:
        raise CheckpointError(f"{where}: the header says rank {header_rank:g}, the tensors have {rank}")
    try:
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise CheckpointError(unreadable(where, error)) from None
    require_sha256(where, sha256, required_sha256)
    return Checkpoint(path, sha256, layout, tensors, rank, alpha, targets)


def compare_with_release(checkpoint: Checkpoint, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """One sentence for each published fact of the released checkpoint that does not hold for a file."""
    found = {
        "sha256": checkpoint.sha256,
        "tensors": len(checkpoint.tensors),
        "modules": len(checkpoint.modules),
        "rank": checkpoint.rank,
        "alpha": checkpoint.alpha,
    }
    return tuple(
        f"{checkpoint.path.name}: {name} is {value}, the released checkpoint has {facts[name]}"
        for name, value in found.items()
        if value != facts[name]
    )
