"""The program as one file: the same bytes each time, and all that it needs is in it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.build_zipapp import zipapp_of
from scripts.write_checksums import tracked_names
from spinefairbench.bundle import layout
from spinefairbench.files.hashing import sha256_of_file
from tests import ROOT


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built program, in a folder of its own."""
    file = tmp_path_factory.mktemp("built") / "sfb.pyz"
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/build_zipapp.py"), str(file)],
        cwd=file.parent,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, f"{sha256_of_file(file)}  {file}\n"), done.stderr
    return file


def call(program: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run it isolated, so that neither the checkout nor the environment can lend it anything."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), *map(str, arguments)], cwd=cwd, capture_output=True, text=True
    )


def test_the_same_code_gives_the_same_bytes_wherever_it_lies(program: Path, tmp_path: Path) -> None:
    for name in tracked_names():
        if name.startswith("spinefairbench/") or name in ("LICENSE", "SHA256SUMS.txt"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
            os.utime(tmp_path / name, (10**9, 10**9))
    listed = "".join(f"{'0' * 64}  {name}\n" for name in tracked_names() if (tmp_path / name).exists())
    (tmp_path / "SHA256SUMS.txt").write_text(listed)
    assert zipapp_of(tmp_path) == program.read_bytes()


def test_it_runs_alone_and_reads_its_data(program: Path, demo: Path, tmp_path: Path) -> None:
    done = call(program, "inspect", "--artifacts", demo, "--format", "json", "--jobs", 2, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["bundle"] == "demo"
    toy = ("--submission", demo / layout.TOY_SUBMISSION, "--bootstrap-iterations", 10)
    page = ("--output", tmp_path / "score.json", "--report", tmp_path / "page.html")
    done = call(program, "score", "--artifacts", demo, *toy, *page, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "<style>" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert call(program, "checksums", "--artifacts", demo, cwd=tmp_path).returncode == 0


def test_the_record_of_a_run_names_its_code_and_figures(program: Path, demo: Path, tmp_path: Path) -> None:
    code = (
        f"import json, sys; sys.path.insert(0, {str(program)!r})\n"
        "from spinefairbench.bundle.artifacts import open_bundle\n"
        "from spinefairbench.release.verification_record import verification_record\n"
        f"print(json.dumps(verification_record(open_bundle(__import__('pathlib').Path({str(demo)!r})), [])))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["subject"][-1]["name"] == "code/spinefairbench (installed package)"
    named = [each["name"] for each in record["predicate"]["configuration"][1:]]
    assert named == [
        f"code/{path.relative_to(ROOT).as_posix()}"
        for path in sorted((ROOT / "spinefairbench/bundle").glob("published*.json"))
    ]
