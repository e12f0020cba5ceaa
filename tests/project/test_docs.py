"""The documentation is true: its commands run from a copy of the tracked files and print what it shows."""

import io
import re
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from scripts.refresh_docs import Step, copy_next_commit, differences, run_step, steps
from spinefairbench.cli import main
from tests import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.fixture(scope="session")
def copy_of_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files and nothing else: what a fresh clone has."""
    root = tmp_path_factory.mktemp("clone")
    copy_next_commit(root)
    return root


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.name, marks=() if page.name == "README.md" else pytest.mark.long)
        for page in PAGES
        if steps(page)
    ],
)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, copy_of_project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(copy_of_project, folder)
    for step in steps(page):
        done = run_step(step, folder)
        assert done.returncode == 0 or "; echo " in step.command, (
            f"{page.name}:{step.line}: {step.command}\n{done.stdout}"
        )
        problem = differences(step.output, done.stdout)
        assert problem is None, f"{page.name}:{step.line}: {step.command}\n{problem}\n--- printed:\n{done.stdout}"


@pytest.mark.long
def test_all_pages_can_be_followed_in_one_folder_and_again(
    copy_of_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what writes a file is run, on fewer sources: what a command prints does not depend on what was done before."""
    folder = tmp_path / "project"
    shutil.copytree(copy_of_project, folder)
    monkeypatch.chdir(folder)
    pages = [(page.name, step) for page in PAGES for step in steps(page) if _WRITES.search(step.command)]
    made = {step.command for _, step in pages if " demo-bundle " in step.command}
    assert {command.removesuffix(" --quiet") for command in made} == {_DEMO}
    for number, (name, step) in enumerate(pages * 2):
        assert not _SLOW.search(step.command) or "--force" in step.command, f"{name}: {step.command}"
        if not _SLOW.search(step.command):
            command = step.command.replace("--core-sources 60", "--core-sources 2")
            command = command.replace(" --report ", " --bootstrap-iterations 9 --report ")
            status, said = _followed(step._replace(command=command), folder)
            assert status == 0 or "; echo " in command, f"{name}, run {1 + number // len(pages)}: {command}\n{said}"
            assert "already exists" not in said


def test_the_front_page_has_commands() -> None:
    assert steps(ROOT / "README.md")


_DEMO = "python3 reviewer_verify.py demo-bundle --output demo --core-sources 60"
_WRITES = re.compile(r">|--output|--record|--report|^mkdir|\.save\((?![\s\S]*\nrun\()")
"""Of Python, what its own block writes; those before it are run without their output, in the line before the last."""
_SLOW = re.compile(r" (all --record|report --artifacts) ")
"""What takes seconds; that it may be run again is seen from its --force."""
_SHELL = re.compile(r"[|>;$'\"*]|^(?!python3 reviewer_verify\.py )")


def _followed(step: Step, folder: Path) -> tuple[int, str]:
    """The exit status of a step and what it printed; what needs no shell is run within this process, which is faster."""
    if _SHELL.search(step.command):
        done = run_step(step, folder)
        return done.returncode, done.stdout
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        return main(shlex.split(step.command)[2:]), out.getvalue()


def test_python_goes_on_where_it_ended_and_only_what_the_block_prints_is_its_output(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    blocks = ["a = 2\nprint('once')\na\n", "a + 1\n", "a + 1\n"]
    outputs = ["once\n2\n", "3\n", "4\n"]
    cells = zip(blocks, outputs, strict=True)
    page.write_text("".join(f"```python\n{block}```\n\n```text\n{output}```\n\n" for block, output in cells))
    found = steps(page)
    assert [page.read_text().splitlines()[step.line - 1] for step in found] == ["```text"] * 3
    printed = [run_step(step, tmp_path).stdout for step in found]
    assert printed == ["once\n2\n", "3\n", "3\n"]
    assert [differences(step.output, out) is None for step, out in zip(found, printed, strict=True)] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
