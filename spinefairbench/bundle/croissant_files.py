"""The files that the distributions of `croissant.json` name: whether they exist, and whether their digests agree."""

import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.checksum_manifest import files_below, read_entries
from spinefairbench.bundle.published import published
from spinefairbench.errors import BundleError
from spinefairbench.files.csv_format import read_csv
from spinefairbench.files.folder import relative_path_fault
from spinefairbench.problems import Problem, missing, shortened

__all__ = ["DistributionFiles", "Entry"]

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DIGEST: Final = re.compile(r"[0-9A-Fa-f]{64}")
_WILD: Final = re.compile(r"[*?\[]")
_ARCHIVE_FOLDER: Final = "artifacts/"
"""What the archive unpacks to. A path in the archive starts with it; a path in the bundle does not."""
_MOST_PATTERNS: Final = 100
_MOST_PATTERN_CHARACTERS: Final = 1_024


class Entry(NamedTuple):
    """An entry of the description: its JSON path, the last part of its type, its id and its value."""

    place: str
    kind: str
    id: str | None
    value: dict[str, Any]

    def problem(self, key: str, said: str) -> Problem:
        """A problem of what stands under `key`."""
        return Problem(f"{layout.CROISSANT}: {self.place}.{key}", said)


def _is_archive(url: str) -> bool:
    """Whether a URL or path has the name of the archive that bundles are released in."""
    variants = published("release")["variants"].values()
    return any(url.rpartition("/")[2] == variant["archive"]["filename"] for variant in variants)


class DistributionFiles:
    """The files of all distributions. `digests` were compared; `not_checked` says what could not be."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._local: dict[str | None, str] = {}
        self._remote: dict[str | None, str] = {}
        self._hashed: dict[str, str] = {}
        self._columns: dict[str, frozenset[str]] = {}
        self.digests = 0
        self.not_checked: list[str] = []

    def check(self, distributions: Iterable[Entry]) -> list[Problem]:
        """Look up every distribution's files. To be called once, before any column is asked for."""
        objects = [entry for entry in distributions if entry.kind == "FileObject"]
        objects.sort(key=lambda entry: "containedIn" in entry.value)  # what others are in comes first
        sets = [entry for entry in distributions if entry.kind == "FileSet"]
        self._remote = {
            entry.id: url
            for entry in objects
            if isinstance(url := entry.value.get("contentUrl"), str) and (_URL.match(url) or _is_archive(url))
        }
        self.not_checked += [
            f"{layout.CROISSANT}: {shortened(url)}: no file of the bundle, and nothing is fetched"
            for url in self._remote.values()
        ]
        problems = [p for entry in objects if entry.id not in self._remote for p in self._file_object(entry)]
        patterns = [(entry, pattern) for entry in sets for pattern in self._patterns(entry, problems)]
        if len(patterns) > _MOST_PATTERNS:
            said = f"all but the first {_MOST_PATTERNS} of {len(patterns):,} patterns of file sets"
            self.not_checked.append(f"{layout.CROISSANT}: {said}")
        for entry, pattern in patterns[:_MOST_PATTERNS]:
            problems += self._file_set(entry, pattern)
        return problems

    def column_problems(self, entry_id: str, column: str, place: str) -> list[Problem]:
        """A problem where a file object is a CSV file of the bundle and lacks this column."""
        path = self._local.get(entry_id, "")
        if not path.endswith(".csv"):
            return []
        if path not in self._columns:
            try:
                self._columns[path] = frozenset(read_csv(self._bundle, path).columns)
            except BundleError as error:
                self._columns[path] = frozenset()
                return list(error.problems)
        if column in self._columns[path]:
            return []
        return [Problem(f"{layout.CROISSANT}: {place}", f"{path} has no column {shortened(column)}")]

    def _places(self, entry: Entry, path: str) -> list[str]:
        """The bundle's own names for a path: what is in an archive may be named from the folder it unpacks to."""
        plain = path.removeprefix("./")
        inside = "containedIn" in entry.value and plain.startswith(_ARCHIVE_FOLDER)
        return [plain, plain.removeprefix(_ARCHIVE_FOLDER)] if inside else [plain]

    def _elsewhere(self, entry: Entry) -> bool:
        """Whether an entry is in something that is not opened: what has a URL, but for this bundle's archive, or a file."""
        inside = entry.value.get("containedIn")
        ids = [
            item.get("@id") if isinstance(item, dict) else item
            for item in (inside if isinstance(inside, list) else [inside])
        ]
        return any(
            own in self._local or (own in self._remote and not _is_archive(self._remote[own]))
            for own in ids
            if isinstance(own, str)
        )

    def _absent(self, entry: Entry, key: str, said: str) -> list[Problem]:
        if not self._elsewhere(entry):
            return [entry.problem(key, said)]
        self.not_checked.append(f"{layout.CROISSANT}: {entry.place}.{key}: {said}; what it is in was not opened")
        return []

    def _file_object(self, entry: Entry) -> list[Problem]:
        path = entry.value.get("contentUrl")
        if path is None:
            return [missing(f"{layout.CROISSANT}: {entry.place}.contentUrl")]
        if not isinstance(path, str):
            return [entry.problem("contentUrl", f"expected a text, found {shortened(path)}")]
        places = self._places(entry, path)
        fault = relative_path_fault(places[0])
        if fault is not None:
            return [entry.problem("contentUrl", f"{shortened(path)}: this path {fault}")]
        here = next((place for place in places if self._bundle.exists(place)), None)
        if here is None:
            return self._absent(entry, "contentUrl", f"{shortened(path)} is no file of the bundle")
        self._local[entry.id] = here
        return self._digest(entry, here)

    def _digest(self, entry: Entry, path: str) -> list[Problem]:
        """A file's digest must be that of the manifest, or of the file itself where the manifest does not list it."""
        stated = entry.value.get("sha256")
        if stated is None:
            self.not_checked.append(f"{layout.CROISSANT}: the contents of {path}: it has no sha256 there")
            return []
        if not isinstance(stated, str) or not _DIGEST.fullmatch(stated):
            return [entry.problem("sha256", f"expected 64 hexadecimal digits, found {shortened(stated)}")]
        listed = self._manifest.get(path)
        try:
            actual = self._own_digest(path) if listed is None else listed
        except BundleError as error:
            return list(error.problems)
        self.digests += 1
        if stated.lower() == actual:
            return []
        whose = f"that of {path}" if listed is None else f"{layout.SHA256SUMS} has"
        return [entry.problem("sha256", f"{stated}; {whose} {'is ' if listed is None else ''}{actual}")]

    def _own_digest(self, path: str) -> str:
        if path not in self._hashed:
            self._hashed[path] = self._bundle.sha256(path)
        return self._hashed[path]

    @cached_property
    def _manifest(self) -> dict[str, str]:
        """The digests of the manifest; what is wrong with it is for `checksums` to say."""
        try:
            return read_entries(self._bundle, layout.SHA256SUMS)[0]
        except BundleError:
            return {}

    @staticmethod
    def _patterns(entry: Entry, problems: list[Problem]) -> Iterator[str]:
        """The patterns by which a file set includes files."""
        included = entry.value.get("includes")
        if included is None:
            problems.append(missing(f"{layout.CROISSANT}: {entry.place}.includes"))
            return
        for pattern in included if isinstance(included, list) else [included]:
            if not isinstance(pattern, str) or not pattern or len(pattern) > _MOST_PATTERN_CHARACTERS:
                said = f"expected a text of 1 to {_MOST_PATTERN_CHARACTERS:,} characters, found {shortened(pattern)}"
                problems.append(entry.problem("includes", said))
            else:
                yield pattern

    def _file_set(self, entry: Entry, pattern: str) -> list[Problem]:
        if any(self._matches(place) for place in self._places(entry, pattern)):
            return []
        return self._absent(entry, "includes", f"no file of the bundle is named as {shortened(pattern)} says")

    def _matches(self, pattern: str) -> bool:
        """Whether a file of the bundle has a name like this; only the folder before the first wildcard is searched."""
        wild = _WILD.search(pattern)
        folder = pattern[: wild.start()].rpartition("/")[0] if wild else pattern
        if folder and relative_path_fault(folder) is not None:
            return False
        if wild is None:
            return self._bundle.exists(pattern)
        try:
            root = self._bundle.locate(folder) if folder else os.fspath(self._bundle.root)
            names = files_below(Path(root), lambda path: False)
            return any(fnmatchcase(f"{folder}/{name}" if folder else name, pattern) for name in names)
        except BundleError:
            return False
