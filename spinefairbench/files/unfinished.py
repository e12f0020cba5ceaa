"""Files and folders that are being written: whoever writes one holds it, so that what a kill left is told and removed.

They are held by an advisory lock, which ends with its process however that ends; a process id would come again in the
next container. Where the system has no such locks, nothing is removed.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["held_new", "remove_abandoned"]


@contextmanager
def held_new(make: Callable[[], Path]) -> Iterator[Path]:
    """Hold the new file or folder that `make` makes while the block runs. Raises OSError.

    It is made again where another run, or another thread, has taken it for abandoned before it was held.
    """
    there = False
    while not there:
        path = make()
        with _held(path) as there:
            if there:
                yield path


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Hold a file or folder while the block runs; False where it has been removed before. Raises OSError."""
    if fcntl is None:
        yield True
        return
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield os.path.lexists(path)
    finally:
        os.close(descriptor)


def remove_abandoned(folder: Path, prefix: str, suffix: str) -> None:
    """Remove the files and folders in `folder`, so named, that no process holds. What cannot be removed is left."""
    if fcntl is None:
        return
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(prefix) and name.endswith(suffix):
                with suppress(OSError):
                    _remove_unless_held(folder / name)


def _remove_unless_held(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(descriptor)
