"""Which files of a bundle checks have read: named as a reader wants them, each with its SHA-256 in one place."""

from collections.abc import Iterable
from typing import Final

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.errors import BundleError
from spinefairbench.files.hashing import sha256_of_bytes

__all__ = ["FilesRead"]

_MOST_OF_A_FOLDER: Final = 20
"""Files of one folder that are named one by one; more of them have one name and one digest."""


class FilesRead:
    """The files that checks have read. A name stands for one file, or for many of one folder, which it counts."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._files: dict[str, tuple[str, ...]] = {}
        self._hashed: dict[str, str | None] = {}

    def names_of(self, files: Iterable[str]) -> list[str]:
        """The names of what one check has read, in the order of the names."""
        folders: dict[str, list[str]] = {}
        for path in sorted(files):
            folders.setdefault(path.rpartition("/")[0], []).append(path)
        names = []
        for folder, paths in folders.items():
            if len(paths) > _MOST_OF_A_FOLDER:
                names.append(self._named(f"{folder}/* ({len(paths)} files)", tuple(paths)))
            else:
                names += [self._named(path, (path,)) for path in paths]
        return sorted(names)

    def digests(self) -> dict[str, str | None]:
        """{name: SHA-256} of all that was named; None where a file can no longer be read.

        The digest of many files is that of the lines that `sha256sum` prints of them, in the order of their paths.
        """
        return {name: self._digest(files) for name, files in sorted(self._files.items())}

    def _named(self, name: str, files: tuple[str, ...]) -> str:
        """The name under which these files are listed; another one where other files have it."""
        number = 1
        numbered = name
        while self._files.setdefault(numbered, files) != files:
            number += 1
            numbered = f"{name} [{number}]"
        return numbered

    def _digest(self, files: tuple[str, ...]) -> str | None:
        digests = [self._sha256(path) for path in files]
        if len(files) == 1:
            return digests[0]
        lines = [f"{digest}  {path}\n" for digest, path in zip(digests, files, strict=True)]
        return None if None in digests else sha256_of_bytes("".join(lines).encode("utf-8", "surrogatepass"))

    def _sha256(self, path: str) -> str | None:
        if path not in self._hashed:
            try:
                self._hashed[path] = self._bundle.sha256(path)
            except BundleError:
                self._hashed[path] = None
        return self._hashed[path]
