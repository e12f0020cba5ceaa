"""A folder that is written whole or not at all, with the digest of every file in it."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spinefairbench.errors import OutputError

__all__ = ["Tree", "new_tree"]


class Tree:
    """Files under `root`, by their path relative to it with forward slashes. Raises OSError."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._folders: set[str] = set()
        self.digests: dict[str, str] = {}

    def write(self, relative: str, content: bytes) -> None:
        """Writes a file of these bytes."""
        with open(self._place(relative), "xb") as handle:
            handle.write(content)
        self.digests[relative] = hashlib.sha256(content).hexdigest()

    def text(self, relative: str, content: str) -> None:
        """Writes a file of this text as UTF-8, line ends as they are."""
        self.write(relative, content.encode())

    @contextmanager
    def stream(self, relative: str) -> Iterator[Callable[[bytes], None]]:
        """A function that appends bytes to the file, for files too large to hold."""
        digest = hashlib.sha256()
        with open(self._place(relative), "xb") as handle:

            def append(content: bytes) -> None:
                handle.write(content)
                digest.update(content)

            yield append
        self.digests[relative] = digest.hexdigest()

    def lines(self, relative: str, lines: Iterable[str]) -> None:
        """Writes a file of these lines, one after another as they come."""
        with self.stream(relative) as append:
            for line in lines:
                append(line.encode() + b"\n")

    def checksums(self, relative: str, paths: Iterable[str]) -> None:
        """Writes a checksum manifest of `paths`, sorted."""
        self.lines(relative, (f"{self.digests[path]}  {path}" for path in sorted(paths)))

    def _place(self, relative: str) -> str:
        folder, _, _ = relative.rpartition("/")
        if folder not in self._folders:
            os.makedirs(os.path.join(self._root, folder), exist_ok=True)
            self._folders.add(folder)
        return os.path.join(self._root, relative)


def _refusal(root: Path, error: OSError) -> OutputError:
    return OutputError(f"{root}: the demo bundle cannot be written: {error.strerror or error}")


@contextmanager
def new_tree(root: Path) -> Iterator[Tree]:
    """A tree that becomes `root` when the block ends, and leaves nothing behind when it fails.

    It is written in a folder beside `root`, which must not exist or be empty. Raises OutputError, also for an
    OSError of the block.
    """
    try:
        target = Path(os.path.realpath(root))
        if os.path.lexists(target) and (not target.is_dir() or any(target.iterdir())):
            raise OutputError(f"{root}: already exists; a demo bundle is written to a new or empty folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    except OSError as error:
        raise _refusal(root, error) from None
    except ValueError:
        raise OutputError(f"{str(root)!r}: not a usable path") from None
    try:
        yield Tree(partial)
        _give_usual_mode(partial)
        if target.exists():
            target.rmdir()
        os.rename(partial, target)
    except OSError as error:
        raise _refusal(root, error) from None
    finally:
        # After the rename there is nothing left of that name; before it, an interruption ends here too.
        shutil.rmtree(partial, ignore_errors=True)


def _give_usual_mode(folder: Path) -> None:
    """Opens a private temporary folder to whom an ordinary new folder would be open."""
    mask = os.umask(0)
    os.umask(mask)
    folder.chmod(0o777 & ~mask)
