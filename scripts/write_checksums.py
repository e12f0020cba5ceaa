#!/usr/bin/env python3
"""Write SHA256SUMS.txt, the manifest of the tracked files, for the working tree or for the next commit.

usage: python3 scripts/write_checksums.py [--staged | --check [REVISION]]

Without an option the tracked files are hashed as they lie in the working tree. With --staged they are hashed as they
are staged, and the manifest is staged beside them: this is what the hook in scripts/hooks does at each commit. With
--check nothing is written; the exit status is 1 where a commit (default: HEAD) does not hold the manifest of its own
files.
"""

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["MANIFEST", "manifest_of", "manifest_of_commit", "stage_manifest", "tracked_names", "working_tree_manifest"]

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = "SHA256SUMS.txt"
_REGULAR_FILE = "100644"


def _git(*arguments: str, root: Path, given: bytes = b"") -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, input=given, capture_output=True, check=True).stdout


def manifest_of(digests: Mapping[str, str]) -> str:
    """The text of a manifest: a line for each file but the manifest itself, sorted by path.

    `digests` holds the SHA-256 of each file as hexadecimal digits, under its path relative to the root.
    """
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests) if name != MANIFEST)


def tracked_names(root: Path = ROOT) -> list[str]:
    """Paths of the project's files, relative to `root`.

    In a checkout those that git tracks and that are there; elsewhere those that the manifest lists.
    """
    if (root / ".git").exists():
        names = _git("ls-files", "-z", root=root).decode("utf-8").split("\0")[:-1]
        return sorted(name for name in names if (root / name).exists())
    lines = (root / MANIFEST).read_text(encoding="utf-8").splitlines()
    return sorted([*(line[66:] for line in lines), MANIFEST])


def working_tree_manifest(root: Path = ROOT) -> str:
    """The manifest of the tracked files as they lie in the working tree."""
    return manifest_of({name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in tracked_names(root)})


def _manifest_of_blobs(listed: bytes, root: Path) -> str:
    """The manifest of files in git's store; `listed` is what `ls-tree` or `ls-files --stage` prints with -z."""
    blobs = {}
    for entry in listed.decode("utf-8").split("\0")[:-1]:
        described, _, name = entry.partition("\t")
        # `ls-tree` prints mode, type and blob; `ls-files --stage` mode, blob and stage.
        blobs[name] = max(described.split(), key=len)
    stream = _git("cat-file", "--batch", root=root, given="".join(f"{blob}\n" for blob in blobs.values()).encode())
    digests = {}
    position = 0
    for name in blobs:
        end_of_header = stream.index(b"\n", position)
        size = int(stream[position:end_of_header].split()[2])
        start = end_of_header + 1
        digests[name] = hashlib.sha256(stream[start : start + size]).hexdigest()
        position = start + size + 1
    return manifest_of(digests)


def manifest_of_commit(revision: str, root: Path = ROOT) -> str:
    """The manifest of the files of a commit, whatever manifest it holds itself."""
    return _manifest_of_blobs(_git("ls-tree", "-r", "-z", revision, root=root), root)


def stage_manifest(root: Path = ROOT) -> None:
    """Write the manifest of the staged files, stage it, and let the working tree have it too."""
    text = _manifest_of_blobs(_git("ls-files", "--stage", "-z", root=root), root)
    blob = _git("hash-object", "-w", "--stdin", root=root, given=text.encode()).decode().strip()
    _git("update-index", "--add", "--cacheinfo", f"{_REGULAR_FILE},{blob},{MANIFEST}", root=root)
    (root / MANIFEST).write_text(text, encoding="utf-8", newline="\n")


def _check(revision: str) -> int:
    held = _git("show", f"{revision}:{MANIFEST}", root=ROOT).decode("utf-8")
    if held == manifest_of_commit(revision):
        return 0
    print(f"{revision}: {MANIFEST} is not the manifest of this commit's files; CONTRIBUTING.md says how to renew it in every commit", file=sys.stderr)  # fmt: skip
    return 1


def main() -> int:
    """Write or check the manifest; the exit status."""
    parser = argparse.ArgumentParser(description="Write SHA256SUMS.txt, the manifest of the tracked files.")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--staged", action="store_true", help="hash the files as they are staged; stage the manifest")
    choice.add_argument(
        "--check", nargs="?", const="HEAD", metavar="REVISION", help="write nothing; exit 1 where a commit's is stale"
    )
    args = parser.parse_args()
    if args.check is not None:
        return _check(args.check)
    if args.staged:
        stage_manifest()
    else:
        (ROOT / MANIFEST).write_text(working_tree_manifest(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
