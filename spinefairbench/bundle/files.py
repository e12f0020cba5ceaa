"""Files of a folder that is not trusted, opened without leaving it; and output written whole or not at all."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from spinefairbench.errors import BundleError, OutputError

__all__ = ["Folder", "open_regular", "reason", "relative_path_fault", "write_json", "write_whole"]

_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def reason(error: OSError) -> str:
    """What the operating system says, without its path and number."""
    return (error.strerror or type(error).__name__).lower()


def relative_path_fault(path: str) -> str | None:
    """Why `path` may not stand in a manifest of relative paths; None where it may."""
    if not path:
        return "is empty"
    if "\\" in path:
        return "holds a backslash"
    if path.startswith("/"):
        return "is absolute"
    if len(path) > 1 and path[1] == ":" and path[0].isalpha():
        return "starts with a drive letter"
    if "\0" in path or any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in path):
        return "holds a control character"
    parts = path.split("/")
    if ".." in parts:
        return "holds '..'"
    if "." in parts or "" in parts:
        return "is not in its plain form (an empty or '.' part)"
    return None


def open_regular(path: str) -> tuple[BinaryIO, os.stat_result]:
    """Open a regular file for reading. Raises OSError; a pipe or device is never waited on."""
    descriptor = os.open(path, _READ_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise OSError(0, f"it is {kind}")
        return os.fdopen(descriptor, "rb"), status
    except BaseException:
        os.close(descriptor)
        raise


class Folder:
    """A folder whose files are named by relative paths with forward slashes; links may not leave it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._safe_folders: dict[str, bool] = {}

    def locate(self, relative: str) -> str:
        """The path to open. Raises BundleError where the name, or a link on the way, leaves the folder."""
        fault = relative_path_fault(relative)
        if fault is not None:
            raise BundleError(f"{relative!r}: this path {fault}; expected a path relative to the bundle root")
        path = os.path.join(self.root, *relative.split("/"))
        folder = os.path.dirname(path)
        safe = self._safe_folders.get(folder)
        if safe is None:
            safe = self._safe_folders[folder] = self._holds(folder)
        if not safe or (os.path.islink(path) and not self._holds(path)):
            raise BundleError(f"{relative}: a link on this path leaves the folder")
        return path

    def _holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)

    def open(self, relative: str) -> BinaryIO:
        """The file, opened for reading. Raises BundleError with the reason where that cannot be done."""
        return self.open_with_status(relative)[0]

    def open_with_status(self, relative: str) -> tuple[BinaryIO, os.stat_result]:
        """The file and its status. Raises BundleError."""
        path = self.locate(relative)
        try:
            return open_regular(path)
        except (FileNotFoundError, NotADirectoryError):
            raise BundleError(f"{relative}: missing") from None
        except OSError as error:
            raise BundleError(f"{relative}: cannot be read: {reason(error)}") from None

    def exists(self, relative: str) -> bool:
        """Whether there is a regular file that `open` would open."""
        try:
            path = self.locate(relative)
            return stat.S_ISREG(os.stat(path).st_mode)
        except (BundleError, OSError, ValueError):
            return False

    def lists(self, relative: str) -> bool:
        """Whether something stands at this place, readable or not."""
        return os.path.lexists(self.locate(relative))

    def read_bytes(self, relative: str, *, limit: int) -> bytes:
        """The whole file. Raises BundleError, also where it has more than `limit` bytes."""
        handle, status = self.open_with_status(relative)
        with handle:
            if status.st_size > limit:
                raise BundleError(f"{relative}: {status.st_size:,} bytes; at most {limit:,} are read")
            try:
                data = handle.read(limit + 1)
            except OSError as error:
                raise BundleError(f"{relative}: cannot be read: {reason(error)}") from None
        if len(data) > limit:
            raise BundleError(f"{relative}: more than {limit:,} bytes")
        return data

    def read_text(self, relative: str, *, limit: int) -> str:
        """The whole file as UTF-8. Raises BundleError."""
        data = self.read_bytes(relative, limit=limit)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(f"{relative}: not UTF-8 at byte {error.start}") from None


def _output_target(path: Path) -> Path:
    """The file to replace. Raises OSError where it is not one that may be replaced."""
    target = Path(os.path.realpath(path))
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return target
    if not stat.S_ISREG(mode):
        raise OSError(0, f"it is {'a folder' if stat.S_ISDIR(mode) else 'not a regular file'}")
    return target


@contextmanager
def write_whole(path: Path) -> Iterator[IO[str]]:
    """A text file (UTF-8, bare newlines) that appears whole when the block ends, and not at all where it fails.

    It is written beside `path` and renamed; missing folders are made. A link is followed, so that it stays one.
    Raises OutputError, also where something stands there that is no regular file: renaming would replace a device.
    """
    try:
        target = _output_target(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Not the process id: a crash in a container, where ids repeat, must not block the next run.
        beside = target.with_name(f".{os.urandom(8).hex()}.part")
        handle = open(beside, "x", encoding="utf-8", newline="\n")  # noqa: SIM115 (closed below, before the rename)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {reason(error)}") from None
    except ValueError:
        raise OutputError(f"{str(path)!r}: cannot be written: not a usable path") from None
    try:
        with handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {reason(error)}") from None
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write one JSON document, whole or not at all. Raises OutputError."""
    try:
        with write_whole(path) as handle:
            json.dump(value, handle, indent=1, allow_nan=False)
            handle.write("\n")
    except RecursionError:
        raise OutputError(f"{path}: cannot be written: a value is nested too deeply") from None
