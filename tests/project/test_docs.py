"""The documentation is true: its commands run from a copy of the tracked files and print what it shows."""

import shutil
from pathlib import Path

import pytest

from scripts.refresh_docs import copy_next_commit, differences, run_step, steps
from tests import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


@pytest.fixture(scope="session")
def copy_of_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files and nothing else: what a fresh clone has."""
    root = tmp_path_factory.mktemp("clone")
    copy_next_commit(root)
    return root


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, copy_of_project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    shutil.copytree(copy_of_project, folder)
    found = steps(page)
    if page.name == "README.md":
        assert found
    for step in found:
        done = run_step(step, folder)
        assert done.returncode == 0 or "; echo " in step.command, (
            f"{page.name}:{step.line}: {step.command}\n{done.stdout}"
        )
        problem = differences(step.output, done.stdout)
        assert problem is None, f"{page.name}:{step.line}: {step.command}\n{problem}\n--- printed:\n{done.stdout}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    import re

    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
