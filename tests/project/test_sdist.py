"""A source distribution is the whole project: what SHA256SUMS.txt lists is in it."""

import fnmatch
import shutil
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

from scripts.write_checksums import tracked_names
from tests import ROOT


def covered(name: str, lines: list[list[str]]) -> bool:
    """Whether MANIFEST.in takes a file in; it has these three commands and no other."""
    found = False
    for command, *patterns in lines:
        if command == "graft":
            found |= any(name.startswith(f"{folder}/") for folder in patterns)
        elif command == "include":
            found |= "/" not in name and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
        else:
            assert command == "global-exclude"
            found &= not any(fnmatch.fnmatchcase(Path(name).name, pattern) for pattern in patterns)
    return found


def test_every_tracked_file_is_taken_in() -> None:
    text = (ROOT / "MANIFEST.in").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    assert [name for name in tracked_names() if not covered(name, lines)] == []
    assert not covered("spinefairbench/__pycache__/x.pyc", lines)
    assert not covered("artifacts/README.md", lines)


def _setuptools_is_new_enough() -> bool:
    try:
        return int(metadata.version("setuptools").partition(".")[0]) >= 77
    except metadata.PackageNotFoundError:
        return False


@pytest.mark.skipif(not _setuptools_is_new_enough(), reason="needs setuptools 77 or newer, as pyproject.toml says")
def test_an_unpacked_source_distribution_verifies_itself(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for name in tracked_names():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    build = "from setuptools.build_meta import build_sdist; build_sdist('dist')"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=copy, check=True, capture_output=True)
    (archive,) = (copy / "dist").iterdir()
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    same = [name for name in tracked_names() if (unpacked / name).read_bytes() == (ROOT / name).read_bytes()]
    assert same == tracked_names()
    done = subprocess.run(
        [sys.executable, "reviewer_verify.py", "diagnostic-scoring"], cwd=unpacked, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
