"""SHA256SUMS.txt: every commit holds the manifest of its own files, by a hook that works on what is staged."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.write_checksums import MANIFEST, manifest_of, manifest_of_commit, tracked_names, working_tree_manifest
from tests import ROOT

IN_A_CHECKOUT = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture(autouse=True)
def _git_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook may have told git which repository to use, and a user's settings may sign every commit."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with the script and the hooks, as CONTRIBUTING.md has them set up, and two files."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "a project"
    shutil.copytree(ROOT / "scripts" / "hooks", folder / "scripts" / "hooks")
    shutil.copy2(ROOT / "scripts" / "write_checksums.py", folder / "scripts" / "write_checksums.py")
    (folder / "one.txt").write_text("one\n", encoding="utf-8")
    (folder / "zwei.txt").write_bytes("zwei é\r\n".encode("latin-1"))
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "core.hooksPath", "scripts/hooks")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def manifest_at(project: Path, revision: str) -> str:
    return git(project, "show", f"{revision}:{MANIFEST}")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@IN_A_CHECKOUT
def test_the_last_commit_of_this_project_holds_its_manifest() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/write_checksums.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_commit_holds_the_manifest_of_its_files(project: Path) -> None:
    lines = manifest_at(project, "HEAD").splitlines()
    assert [line[66:] for line in lines] == [
        "one.txt",
        "scripts/hooks/pre-commit",
        "scripts/write_checksums.py",
        "zwei.txt",
    ]
    assert lines[0][:64] == sha256(b"one\n")
    assert lines[-1][:64] == sha256("zwei é\r\n".encode("latin-1"))
    assert (project / MANIFEST).read_text(encoding="utf-8") == manifest_at(project, "HEAD")
    assert git(project, "status", "--porcelain") == ""


def test_what_is_staged_is_hashed_and_not_what_lies_there(project: Path) -> None:
    (project / "one.txt").write_text("staged\n", encoding="utf-8")
    git(project, "add", "one.txt")
    (project / "one.txt").write_text("edited again\n", encoding="utf-8")
    (project / "zwei.txt").unlink()
    (project / "new.txt").write_text("not tracked\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--message", "second")
    lines = manifest_at(project, "HEAD").splitlines()
    assert lines[0] == f"{sha256(b'staged' + bytes([10]))}  one.txt"
    assert "new.txt" not in manifest_at(project, "HEAD")
    assert lines[-1].endswith("  zwei.txt")
    assert git(project, "status", "--porcelain").splitlines() == [" M one.txt", " D zwei.txt", "?? new.txt"]


def test_a_commit_of_some_files_only_holds_its_own(project: Path) -> None:
    (project / "one.txt").write_text("1\n", encoding="utf-8")
    (project / "zwei.txt").write_text("2\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--message", "one only", "one.txt")
    assert manifest_at(project, "HEAD") == manifest_of_commit("HEAD", project)
    git(project, "commit", "--quiet", "--all", "--message", "the other")
    assert manifest_at(project, "HEAD") == manifest_of_commit("HEAD", project)


def test_every_commit_of_a_rebased_branch_holds_its_own(project: Path) -> None:
    """As CONTRIBUTING.md says to rebase: neither side's manifest is merged, each commit renews it."""
    shutil.copy2(ROOT / ".gitattributes", project / ".gitattributes")
    git(project, "config", "merge.ours.driver", "true")
    git(project, "add", ".gitattributes")
    git(project, "commit", "--quiet", "--message", "attributes")
    git(project, "checkout", "--quiet", "-b", "side")
    for name in ("a.txt", "b.txt"):
        (project / name).write_text(name, encoding="utf-8")
        git(project, "add", name)
        git(project, "commit", "--quiet", "--message", name)
    git(project, "checkout", "--quiet", "main")
    (project / "one.txt").write_text("1\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message", "meanwhile")
    git(project, "checkout", "--quiet", "side")
    identified = "git -c user.name=someone -c user.email=someone@example.org"
    git(project, "rebase", "--quiet", "main", "--exec", f"{identified} commit --amend --no-edit --quiet")
    assert git(project, "log", "--format=%s").split("\n")[:3] == ["b.txt", "a.txt", "meanwhile"]
    for revision in ("HEAD", "HEAD~1", "HEAD~2"):
        assert manifest_at(project, revision) == manifest_of_commit(revision, project)
    assert git(project, "status", "--porcelain") == ""


def test_a_commit_without_the_hook_is_found(project: Path) -> None:
    script = [sys.executable, "scripts/write_checksums.py", "--check"]
    assert subprocess.run(script, cwd=project).returncode == 0
    (project / "one.txt").write_text("1\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--no-verify", "--all", "--message", "second")
    done = subprocess.run(script, cwd=project, capture_output=True, text=True)
    assert done.returncode == 1
    assert "HEAD: SHA256SUMS.txt is not the manifest of this commit's files" in done.stderr
    assert subprocess.run([*script, "HEAD~1"], cwd=project).returncode == 0


def test_the_tracked_files_are_told_with_and_without_git(project: Path) -> None:
    (project / "zwei.txt").unlink()
    (project / "new.txt").write_text("not tracked\n", encoding="utf-8")
    names = tracked_names(project)
    assert {"one.txt", MANIFEST} <= set(names)
    assert not {"zwei.txt", "new.txt"} & set(names)
    text = working_tree_manifest(project)
    (project / MANIFEST).write_text(text, encoding="utf-8")
    shutil.rmtree(project / ".git")
    assert tracked_names(project) == names
    assert working_tree_manifest(project) == text


def test_a_manifest_is_sorted_and_leaves_itself_out() -> None:
    assert manifest_of({"b": "2", MANIFEST: "0", "a/c": "3", "a": "1"}) == "1  a\n3  a/c\n2  b\n"
