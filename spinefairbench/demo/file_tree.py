"""A folder that is written whole or not at all, with the digest of every file in it."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spinefairbench.errors import OutputError
from spinefairbench.files.reading import reason
from spinefairbench.files.unfinished import held_new, remove_abandoned

__all__ = ["FileTree", "new_tree"]


class FileTree:
    """Writes files below `root`, named by relative paths with forward slashes. Every method raises OSError."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._folders: set[str] = set()
        self.digests: dict[str, str] = {}
        """{relative path: SHA-256 in hexadecimal} of the files written so far."""

    @contextmanager
    def stream(self, relative: str) -> Iterator[Callable[[bytes], None]]:
        """Yield a function that appends bytes to a new file, for files too large to hold in memory."""
        folder, _, _ = relative.rpartition("/")
        if folder not in self._folders:
            os.makedirs(os.path.join(self._root, folder), exist_ok=True)
            self._folders.add(folder)
        digest = hashlib.sha256()
        with open(os.path.join(self._root, relative), "xb") as handle:

            def append(content: bytes) -> None:
                handle.write(content)
                digest.update(content)

            yield append
        self.digests[relative] = digest.hexdigest()

    @contextmanager
    def json_list(self, relative: str, *, ascii_only: bool = False) -> Iterator[Callable[[object], None]]:
        """Yield a function that appends an item to a new JSON list, one line an item."""
        with self.stream(relative) as append:
            separator = b"[\n"

            def add(item: object) -> None:
                nonlocal separator
                append(separator + json.dumps(item, ensure_ascii=ascii_only).encode())
                separator = b",\n"

            yield add
            append(b"[]\n" if separator == b"[\n" else b"\n]\n")

    @contextmanager
    def json_lines(self, relative: str) -> Iterator[Callable[[object], None]]:
        """Yield a function that appends a line of JSON to a new file."""
        with self.stream(relative) as append:
            yield lambda item: append(json.dumps(item, ensure_ascii=False).encode() + b"\n")

    def write(self, relative: str, content: bytes) -> None:
        """Write a file of these bytes."""
        with self.stream(relative) as append:
            append(content)

    def text(self, relative: str, content: str) -> None:
        """Write a file of this text as UTF-8, line ends unchanged."""
        self.write(relative, content.encode())

    def json(self, relative: str, value: object) -> None:
        """Write a file of this value as indented JSON."""
        self.text(relative, json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def checksums(self, relative: str, paths: Iterable[str]) -> None:
        """Write a checksum manifest of `paths`, sorted."""
        self.text(relative, "".join(f"{self.digests[path]}  {path}\n" for path in sorted(paths)))


def _cannot_write(root: Path, error: OSError) -> OutputError:
    return OutputError(f"{root}: the demo bundle cannot be written: {reason(error)}")


@contextmanager
def new_tree(root: Path) -> Iterator[FileTree]:
    """Yield a tree that becomes `root` when the block ends, and leave nothing behind when the block fails.

    The files are first written to a temporary folder beside `root`. Raises OutputError if `root` exists and is not
    an empty folder, if it cannot be written, and for an OSError in the block.
    """
    try:
        target = Path(os.path.realpath(root))
        if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(f"{root}: already exists; a demo bundle needs a new or empty folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name}.partial-"
        remove_abandoned(target.parent, prefix, "")
    except OSError as error:
        raise _cannot_write(root, error) from None
    except ValueError:
        raise OutputError(f"{str(root)!r}: not a usable path") from None
    try:
        with held_new(lambda: Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))) as partial:
            try:
                yield FileTree(partial)
                _give_usual_mode(partial)
                if target.exists():
                    target.rmdir()
                os.rename(partial, target)
            finally:
                # After the rename there is nothing left under that name; after an interruption, this removes what there is.
                shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise _cannot_write(root, error) from None


def _give_usual_mode(folder: Path) -> None:
    """Give a private temporary folder the permissions of an ordinary new folder."""
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
