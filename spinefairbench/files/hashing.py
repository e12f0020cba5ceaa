"""SHA-256 of files and of bytes, as lower-case hexadecimal digits."""

import hashlib
import re
from pathlib import Path
from typing import Final

__all__ = ["is_sha256", "sha256_of_bytes", "sha256_of_file"]

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Whether a text is a SHA-256 as these functions write it."""
    return _DIGEST.fullmatch(text) is not None


def sha256_of_bytes(data: bytes) -> str:
    """The SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
