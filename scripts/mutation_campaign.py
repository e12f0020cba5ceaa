#!/usr/bin/env python3
"""Change every distinct key of a demo bundle's JSON and CSV files, and see whether `all` finds it.

usage: python3 scripts/mutation_campaign.py [--write | --page] [--every N] [--only TEXT]

After each change the checksum manifests are made anew, as whoever changed the file on purpose would make them, and the
checks of `all` that read the file are run in this process. A change that alters what is printed while no check has a
problem is undetected. tests/data/undetected_changes.json lists those that are known, each with the reason why nothing
in the bundle contradicts it; --page writes them into docs/assurance.md. Exit status 1 where a change is undetected and
not listed, or listed and detected in a file of which all changes were made. --write renews the list; a place that is new
in it has an empty reason, which a test refuses. --every N takes every Nth change only.
"""

import argparse
import csv
import io
import json
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from scripts.mutations.kinds import Mutation, mutations_of  # noqa: E402
from spinefairbench.analysis.inputs import Inputs  # noqa: E402
from spinefairbench.analysis.result import CheckResult, plain  # noqa: E402
from spinefairbench.bundle import layout  # noqa: E402
from spinefairbench.cli.all_checks import result_within_all  # noqa: E402
from spinefairbench.cli.commands import COMMANDS, Command  # noqa: E402
from spinefairbench.demo import write_demo_bundle  # noqa: E402
from spinefairbench.demo.model_profiles import PROFILES  # noqa: E402
from spinefairbench.files.csv_format import csv_text  # noqa: E402
from spinefairbench.files.hashing import sha256_of_bytes  # noqa: E402

KNOWN: Final = ROOT / "tests" / "data" / "undetected_changes.json"
PAGE: Final = ROOT / "docs" / "assurance.md"
_OPENING: Final = "<!-- undetected: written by scripts/mutation_campaign.py -->"
_CLOSING: Final = "<!-- end of undetected -->"
_CORE: Final = 4
_SOURCES: Final = 12
_MANIFESTS: Final = (layout.SHA256SUMS, layout.READER_SUMS)
_OF_HASHES: Final = ("release-identity", "checksums")
"""Checks whose rows are digests, which any change changes."""
_LEFT_OUT: Final = (layout.DEMO_MARKER,)
"""What says that the bundle is a demo: without it, everything is held to the release."""
_DATA_KEYS: Final = frozenset({profile.name for profile in PROFILES} | set(layout.EDIT_LABELS))
_GENERATED: Final = re.compile(r"/(stage1_outputs|stage2_5_rewrites)/")


class Change(NamedTuple):
    """One change of one file."""

    file: str
    mutation: Mutation

    @property
    def place(self) -> tuple[str, str]:
        """The file and the key path in it."""
        return self.file, self.mutation.path


class Campaign:
    """A demo bundle that is changed and put back, and what the checks find in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._checks = [command for command in COMMANDS if command.within_all is not None]
        self._readers: dict[str, list[Command]] = {}
        self._before: dict[str, str] = {}
        inputs = self._inputs()
        for command in self._checks:
            with inputs.bundle.noting() as files:
                result = result_within_all(command, inputs)
            if result.errors or result.problems:
                raise SystemExit(f"the demo bundle itself: {command.name}: {[*result.errors, *result.problems][:3]}")
            self._before[command.name] = _printed(result)
            for file in files:
                self._readers.setdefault(file, []).append(command)

    def changes(self) -> Iterator[Change]:
        """Every change of every JSON, JSON Lines and CSV file; of files that are alike, of the first."""
        kinds: set[str] = set()
        for path in sorted(self.root.rglob("*")):
            file = path.relative_to(self.root).as_posix()
            if path.suffix not in _FORMS or file in _LEFT_OUT or not path.is_file():
                continue
            if _GENERATED.search(file):
                kind = f"{file.split('/' + layout.STAGE1_OUTPUTS)[0].rpartition('/')[0]}/*{''.join(path.suffixes[-2:])}"
                if kind in kinds or not self._readers.get(file):
                    continue
                kinds.add(kind)
            for mutation in mutations_of(_FORMS[path.suffix].read(path.read_text(encoding="utf-8")), _DATA_KEYS):
                yield Change(file, mutation)

    def undetected(self, change: Change) -> list[str]:
        """The checks that print something else after a change, if none of them has a problem; else nothing."""
        path = self.root / change.file
        form = _FORMS[path.suffix]
        before = path.read_bytes()
        data = form.write(change.mutation.apply(form.read(before.decode("utf-8")))).encode("utf-8", "surrogatepass")
        readers = self._readers.get(change.file, [])
        if data == before or not readers:
            return []
        kept = {name: (self.root / name).read_bytes() for name in (*_MANIFESTS, layout.CROISSANT)}
        try:
            path.write_bytes(data)
            self._renew_manifests(change.file, before, data)
            inputs = self._inputs()
            altered = []
            for command in readers:
                result = result_within_all(command, inputs)
                if result.problems or result.errors:
                    return []
                if command.name not in _OF_HASHES and _printed(result) != self._before[command.name]:
                    altered.append(command.name)
            return altered
        finally:
            for name, content in kept.items():
                (self.root / name).write_bytes(content)
            path.write_bytes(before)

    def _inputs(self) -> Inputs:
        return Inputs(artifacts=self.root)

    def _renew_manifests(self, file: str, before: bytes, data: bytes) -> None:
        """Put the new digest wherever the old one stands: in the description of the dataset, then in both manifests."""
        for name in (layout.CROISSANT, *_MANIFESTS):
            if name == file:
                continue
            path = self.root / name
            own = path.read_bytes()
            renewed = own.replace(sha256_of_bytes(before).encode(), sha256_of_bytes(data).encode())
            if renewed == own:
                continue
            path.write_bytes(renewed)
            if name == layout.CROISSANT:
                for manifest in _MANIFESTS:
                    listed = (self.root / manifest).read_bytes()
                    listed = listed.replace(sha256_of_bytes(own).encode(), sha256_of_bytes(renewed).encode())
                    (self.root / manifest).write_bytes(listed)


class _Form(NamedTuple):
    """How the files of a form are read and written."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _write_csv(rows: Any) -> str:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        return "" if rows in (None, []) else str(rows)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return csv_text(columns, [[row.get(column) for column in columns] for row in rows])


def _read_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def _write_lines(rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows) if isinstance(rows, list) else json.dumps(rows)


_FORMS: Final = {
    ".json": _Form(json.loads, json.dumps),
    ".jsonl": _Form(_read_lines, _write_lines),
    ".csv": _Form(_read_csv, _write_csv),
}


def _printed(result: CheckResult) -> str:
    """The numbers and names of a result, without its sentences."""
    return json.dumps([[plain(row) for row in result.rows], plain(dict(result.summary))], sort_keys=True)


def written_demo(folder: Path) -> Path:
    """The demo bundle of the campaign."""
    root = folder / "artifacts"
    write_demo_bundle(root, core_sources=_CORE, sources=_SOURCES)
    return root


def known() -> dict[tuple[str, str], dict[str, Any]]:
    """{(file, key path): the entry} of the list of undetected changes."""
    entries = json.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else []
    return {(entry["file"], entry["path"]): entry for entry in entries}


def found_by(
    campaign: Campaign, changes: Sequence[Change], tell: Callable[[str], None]
) -> dict[tuple[str, str], dict[str, list[str]]]:
    """{place: {change: the checks that print something else}} of the undetected ones."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for number, change in enumerate(changes):
        if number % 50 == 0:
            tell(f"{number:,} of {len(changes):,}")
        altered = campaign.undetected(change)
        if altered:
            found.setdefault(change.place, {})[change.mutation.change] = altered
    return found


def unlisted(found: dict[tuple[str, str], dict[str, list[str]]]) -> list[str]:
    """The undetected changes that the list does not have."""
    listed = known()
    return [
        f"{file}: {path}: {change} (changes what is printed by {', '.join(altered)})"
        for (file, path), changes in found.items()
        for change, altered in changes.items()
        if change not in listed.get((file, path), {"changes": ()})["changes"]
    ]


def _write(found: dict[tuple[str, str], dict[str, list[str]]], files: Collection[str]) -> None:
    """Renew the entries of these files; an entry whose changes are still undetected keeps its reason."""
    reasons = {place: entry["reason"] for place, entry in known().items()}
    entries = [entry for (file, _), entry in known().items() if file not in files]
    entries += [
        {
            "file": file,
            "path": path,
            "changes": sorted(changes),
            "printed_by": sorted({name for altered in changes.values() for name in altered}),
            "reason": reasons.get((file, path), ""),
        }
        for (file, path), changes in found.items()
    ]
    entries.sort(key=lambda entry: (entry["file"], entry["path"]))
    KNOWN.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def page_with_list(text: str, entries: Sequence[dict[str, Any]]) -> str:
    """The page with the list of undetected changes between its marks: a reason, then the places that it is of."""
    head, opening, rest = text.partition(_OPENING)
    _, closing, tail = rest.partition(_CLOSING)
    if not opening or not closing:
        raise SystemExit(f"{PAGE}: expected {_OPENING} and {_CLOSING}")
    by_reason: dict[str, dict[str, list[str]]] = {}
    for entry in entries:
        by_reason.setdefault(entry["reason"], {}).setdefault(entry["file"], []).append(entry["path"])
    lines = []
    for reason, files in by_reason.items():
        lines.append(f"- {reason}")
        lines += [f"  - `{file}`: {', '.join(f'`{path}`' for path in paths)}" for file, paths in files.items()]
    return "\n".join([f"{head}{opening}", "", *lines, "", f"{closing}{tail}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the campaign; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--write", action="store_true", help="renew the list, for every file of which all changes are made"
    )
    parser.add_argument("--page", action="store_true", help="only write the list into docs/assurance.md; run nothing")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth change only")
    parser.add_argument("--only", default="", metavar="TEXT", help="take changes of files whose path holds TEXT only")
    options = parser.parse_args(arguments)
    if options.page:
        PAGE.write_text(page_with_list(PAGE.read_text(encoding="utf-8"), list(known().values())), encoding="utf-8")
        return 0
    with tempfile.TemporaryDirectory(prefix="spinefairbench-mutations-") as folder:
        campaign = Campaign(written_demo(Path(folder)))
        changes = [change for change in campaign.changes() if options.only in change.file][:: options.every]
        found = found_by(campaign, changes, lambda said: print(said, file=sys.stderr, flush=True))
    places = {change.place for change in changes}
    count = sum(map(len, found.values()))
    print(f"{len(changes):,} changes at {len(places):,} places; {count:,} undetected at {len(found):,} places")
    files = {change.file for change in changes} if options.every == 1 else set()
    if options.write:
        _write(found, files)
    new = unlisted(found)
    gone = [
        f"{file}: {path}: {change} is listed as undetected, and was found"
        for (file, path), entry in known().items()
        for change in entry["changes"]
        if file in files and change not in found.get((file, path), {})
    ]
    for line in (*new, *gone):
        print(line)
    return 1 if new or gone else 0


if __name__ == "__main__":
    raise SystemExit(main())
