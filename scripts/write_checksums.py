#!/usr/bin/env python3
"""Rewrite SHA256SUMS.txt over the tracked files, as `git ls-files` lists them.

usage: python3 scripts/write_checksums.py [--check]

With --check nothing is written; the exit status is 1 where the file is stale.
"""

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = "SHA256SUMS.txt"


def manifest_text() -> str:
    """A line for each tracked file but the manifest itself, sorted by path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = sorted(name for name in listed.decode("utf-8").split("\0") if name and name != MANIFEST)
    lines = [f"{hashlib.sha256((ROOT / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    return "".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Rewrite SHA256SUMS.txt over the tracked files.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the file is stale")
    check = parser.parse_args().check
    text = manifest_text()
    path = ROOT / MANIFEST
    current = path.read_text(encoding="utf-8") if path.exists() else ""
    if check:
        if text != current:
            print(f"{MANIFEST} is stale; run python3 scripts/write_checksums.py", file=sys.stderr)
        return int(text != current)
    path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
