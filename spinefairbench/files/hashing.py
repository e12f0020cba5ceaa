"""SHA-256 of files and of bytes, as lower-case hexadecimal digits."""

import hashlib
from pathlib import Path

__all__ = ["sha256_of_bytes", "sha256_of_file"]


def sha256_of_bytes(data: bytes) -> str:
    """The SHA-256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
