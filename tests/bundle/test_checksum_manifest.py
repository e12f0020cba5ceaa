"""Checksum manifests: every missing, changed or malformed entry is named; nothing outside is touched."""

import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from spinefairbench.bundle.checksum_manifest import ManifestCheck, check_manifest, files_below
from spinefairbench.errors import BundleError
from tests.conftest import Run, Tampering


def _write(root: Path, files: dict[str, bytes], extra: str = "") -> Path:
    lines = []
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        lines.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    manifest = root / "SHA256SUMS.txt"
    manifest.write_text("".join(lines) + extra, encoding="utf-8")
    return manifest


def _check(manifest: Path, jobs: int = 2) -> ManifestCheck:
    return check_manifest(manifest, jobs=jobs, progress=lambda done, of: None)


FILES = {"a.txt": b"a", "sub/b.bin": b"b" * 700_000, "ü/c d.txt": b""}


def test_agreeing_files_hold(tmp_path: Path) -> None:
    found = _check(_write(tmp_path, FILES))
    assert found.listed == set(FILES)
    assert not (found.missing or found.changed or found.unreadable or found.malformed)


def test_binary_mode_upper_case_and_windows_line_ends_are_allowed(tmp_path: Path) -> None:
    manifest = _write(tmp_path, FILES)
    text = manifest.read_text(encoding="utf-8")
    lines = [f"{line[:64].upper()} *{line[66:]}" for line in text.splitlines()]
    manifest.write_bytes("\r\n".join(lines).encode())
    found = _check(manifest)
    assert found.listed == set(FILES)
    assert not (found.missing or found.changed or found.malformed)


def test_missing_changed_and_unreadable_are_told_apart(tmp_path: Path) -> None:
    manifest = _write(tmp_path, {**FILES, "gone": b"x", "pipe": b"y", "link": b"z"})
    (tmp_path / "a.txt").write_bytes(b"changed")
    (tmp_path / "gone").unlink()
    (tmp_path / "pipe").unlink()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to("/etc/hostname")
    found = _check(manifest)
    assert found.missing == ("gone",)
    assert found.changed == ("a.txt",)
    assert [fault.place for fault in found.unreadable] == ["pipe", "link"]


ZEROS = "0" * 64


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("zz  README.md", "malformed"), (ZEROS, "malformed"), (f"{ZEROS}  ", "malformed"), (f"{ZEROS} x", "malformed"),
        (f"{ZEROS}  ../x", "'..'"), (f"{ZEROS}  /etc/passwd", "absolute"), (f"{ZEROS}  a\\b", "backslash"),
        (f"{ZEROS}  C:/x", "drive letter"), (f"{ZEROS}  a.txt", "duplicate path a.txt"),
        (f"{ZEROS}  A.TXT", "letter case"), (f"{ZEROS}  ./y", "plain form"), (f"{ZEROS}  y\0", "control"), ("", "malformed"),
        (f"{ZEROS}  {'x' * 20_000}", "malformed"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_stand_is_named_and_the_others_are_checked(line: str, said: str, tmp_path: Path) -> None:
    found = _check(_write(tmp_path, FILES, extra=line + "\n"))
    assert len(found.malformed) == 1
    assert "line 4" in str(found.malformed[0])
    assert said in str(found.malformed[0])
    assert found.listed == set(FILES)


def test_every_problem_is_listed(tmp_path: Path) -> None:
    manifest = _write(tmp_path, {f"f{i:03}": b"x" for i in range(300)}, extra="bad\nworse\n")
    for i in range(0, 300, 2):
        (tmp_path / f"f{i:03}").unlink()
    found = _check(manifest, jobs=3)
    assert found.missing == tuple(f"f{i:03}" for i in range(0, 300, 2))
    assert len(found.malformed) == 2


def test_unlisted_files_are_named_on_request(tmp_path: Path, run: Run) -> None:
    manifest = _write(tmp_path, FILES)
    (tmp_path / "sub" / "extra.txt").write_text("x")
    quiet, asked = run("checksums", manifest), run("checksums", manifest, "--unlisted")
    assert (quiet.status, asked.status) == (0, 1)
    assert "not checked: whether files lie there" in quiet.out
    assert asked.err == "not listed: sub/extra.txt\n"


def test_a_release_unpacked_beside_the_code_is_not_the_codes_to_list(tmp_path: Path, run: Run, demo: Path) -> None:
    manifest = _write(tmp_path, FILES)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("x")
    shutil.copytree(demo / "dataset", tmp_path / "artifacts" / "dataset")
    (tmp_path / "sub" / "extra.txt").write_text("x")
    assert run("checksums", manifest, "--unlisted").err == "not listed: sub/extra.txt\n"


def test_in_a_bundle_no_name_hides_a_file(run: Run, tampering: Tampering) -> None:
    for folder in (".git", "dataset/__pycache__", "nested/dataset"):
        hidden = tampering.path(f"{folder}/hidden.txt")
        hidden.parent.mkdir(parents=True)
        hidden.write_text("x")
    done = run("checksums", tampering.root / "SHA256SUMS.txt", "--unlisted")
    for folder in (".git", "dataset/__pycache__", "nested/dataset"):
        assert f"not listed: {folder}/hidden.txt\n" in done.err
        (tampering.root / folder / "hidden.txt").unlink()
        (tampering.root / folder).rmdir()
    (tampering.root / "nested").rmdir()


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="cannot be read"):
        list(files_below(tmp_path / "none", lambda path: False))


def test_an_unreadable_or_empty_manifest_is_an_error(tmp_path: Path, run: Run) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe")
    for name in ("none.txt", "empty.txt", "latin.txt"):
        assert run("checksums", tmp_path / name).status == 2


@pytest.mark.parametrize(("jobs", "started"), [(1, 0), (2, 1)])
def test_one_job_starts_no_thread(jobs: int, started: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []
    start = threading.Thread.start

    def watch(thread: threading.Thread) -> None:
        threads.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", watch)
    assert _check(_write(tmp_path, FILES), jobs).listed == set(FILES)
    assert len(threads) == started


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_no_more_threads_can_be_started_all_files_are_checked_nevertheless(
    allowed: int, tmp_path: Path, threads_allowed: Callable[[int], list[threading.Thread]]
) -> None:
    files = {f"{number}": b"x" * number for number in range(500)}
    manifest = _write(tmp_path, files)
    (tmp_path / "499").write_bytes(b"y")
    started = threads_allowed(allowed)
    found = _check(manifest, jobs=3)
    assert found.listed == set(files)
    assert found.changed == ("499",)
    assert len(started) == allowed


def test_an_interruption_leaves_no_thread_at_work(tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    manifest = _write(tmp_path, {f"{number}": b"x" for number in range(500)})
    for jobs in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            check_manifest(manifest, jobs=jobs, progress=stop)
