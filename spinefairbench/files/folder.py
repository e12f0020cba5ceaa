"""A folder that is not trusted: its files are opened without ever leaving it."""

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any, Final, TypeVar

from spinefairbench.errors import BundleError
from spinefairbench.files.reading import open_regular, reason
from spinefairbench.problems import Problem, missing, unreadable

__all__ = ["Folder", "relative_path_fault"]

_T = TypeVar("_T")

# Half of a surrogate pair is refused too: it cannot be written as UTF-8.
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def relative_path_fault(path: str) -> str | None:
    """Why `path` cannot be a relative path of a manifest (the end of a sentence); None where it can."""
    if not path:
        return "is empty"
    if "\\" in path:
        return "holds a backslash"
    if path.startswith("/"):
        return "is absolute"
    if len(path) > 1 and path[1] == ":" and path[0].isalpha():
        return "starts with a drive letter"
    if _CONTROL.search(path):
        return "holds a control character"
    parts = path.split("/")
    if ".." in parts:
        return "holds '..'"
    if "." in parts or "" in parts:
        return "is not in its plain form (an empty or '.' part)"
    return None


class Folder:
    """A folder whose files are named by relative paths with forward slashes; links may not leave it.

    Every file of it is opened by `open`, which is where is noted what was read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._real_root = os.path.realpath(root)
        self._safe_folders: dict[str, bool] = {}
        self._noted: list[set[str]] = []
        self._kept: dict[str, tuple[Any, frozenset[str]]] = {}

    @contextmanager
    def noting(self) -> Iterator[set[str]]:
        """The files that are opened in this block, filled while it runs; blocks may lie within one another."""
        files: set[str] = set()
        self._noted.append(files)
        try:
            yield files
        finally:
            self._noted.pop()

    def note(self, files: Iterable[str]) -> None:
        """Count files as opened here: those of a reading that was made before and is used again."""
        for noted in self._noted:
            noted.update(files)

    def once(self, name: str, read: Callable[[], _T]) -> _T:
        """What `read` returns, read when it is first asked for; its files are noted each time."""
        if name not in self._kept:
            with self.noting() as files:
                value = read()
            self._kept[name] = value, frozenset(files)
        found, opened = self._kept[name]
        self.note(opened)
        kept: _T = found
        return kept

    def locate(self, relative: str) -> str:
        """The path to open. Raises BundleError where the name or a link on the way leaves the folder."""
        fault = relative_path_fault(relative)
        if fault is not None:
            raise BundleError(f"{relative!r}: this path {fault}; expected a path relative to the bundle root")
        path = os.path.join(self.root, *relative.split("/"))
        folder = os.path.dirname(path)
        safe = self._safe_folders.get(folder)
        if safe is None:
            safe = self._safe_folders[folder] = self._holds(folder)
        if not safe or (os.path.islink(path) and not self._holds(path)):
            raise BundleError(Problem(relative, "a link on this path leaves the folder"))
        return path

    def _holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip(os.sep) + os.sep)

    def open(self, relative: str) -> BufferedReader:
        """Open a file for reading. Raises BundleError with the reason where that cannot be done."""
        path = self.locate(relative)
        try:
            handle = open_regular(path)
        except (FileNotFoundError, NotADirectoryError):
            raise BundleError(missing(relative)) from None
        except OSError as error:
            raise BundleError(unreadable(relative, reason(error))) from None
        self.note((relative,))
        return handle

    def exists(self, relative: str) -> bool:
        """Whether there is a regular file that `open` would open."""
        try:
            path = self.locate(relative)
            return stat.S_ISREG(os.stat(path).st_mode)
        except (BundleError, OSError, ValueError):
            return False

    def lists(self, relative: str) -> bool:
        """Whether anything is at this path, readable or not. Raises BundleError as `locate` does."""
        return os.path.lexists(self.locate(relative))

    def read_bytes(self, relative: str, *, limit: int) -> bytes:
        """Read the whole file. Raises BundleError, also where it has more than `limit` bytes."""
        with self.open(relative) as handle:
            size = os.fstat(handle.fileno()).st_size
            if size > limit:
                raise BundleError(Problem(relative, f"{size:,} bytes; at most {limit:,} are read"))
            try:
                data = handle.read(limit + 1)
            except OSError as error:
                raise BundleError(unreadable(relative, reason(error))) from None
        if len(data) > limit:
            raise BundleError(Problem(relative, f"more than {limit:,} bytes"))
        return data

    def read_text(self, relative: str, *, limit: int) -> str:
        """Read the whole file as UTF-8. Raises BundleError as `read_bytes` does, and where it is not UTF-8."""
        data = self.read_bytes(relative, limit=limit)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(Problem(relative, f"not UTF-8 at byte {error.start}")) from None

    def sha256(self, relative: str) -> str:
        """The SHA-256 of a file, in lower-case hexadecimal. Raises BundleError."""
        with self.open(relative) as handle:
            try:
                return hashlib.file_digest(handle, "sha256").hexdigest()
            except OSError as error:
                raise BundleError(unreadable(relative, reason(error))) from None
