"""Safetensors files: their header, read with the standard library alone, and their values.

Nothing here is unpickled: a pickle can run code while it is read, so such files are refused by name and by content.
Only `load_tensors`, for the values, needs a library.
"""

import math
from pathlib import Path
from typing import Any, Final

from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.generator.failures import CheckpointError, one_line, unreadable
from spinefairbench.generator.libraries import Tensor, library

__all__ = ["load_tensors", "require_sha256", "tensor_shapes"]

_PICKLE_SUFFIXES: Final = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")
_PICKLE_REASON: Final = (
    "a pickle can run any code while it is loaded, so none is ever opened; if you trust it, convert it to safetensors"
)
_MAX_HEADER_BYTES: Final = 25_000_000
_DTYPE_BYTES: Final = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


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
