"""--figures: every figure of a page in a folder, for a panel and for a submission alike."""

from pathlib import Path

from spinefairbench.bundle import layout
from spinefairbench.render.page.figure_files import figure_files
from tests.conftest import Run


def test_a_submission_gives_the_figures_of_its_page(run: Run, demo: Path, tmp_path: Path) -> None:
    page, folder = tmp_path / "page.html", tmp_path / "figures"
    score = ("score", "--artifacts", demo, "--submission", demo / layout.TOY_SUBMISSION, "--output", tmp_path / "s.json",
             "--bootstrap-iterations", "60", "--figures", folder)  # fmt: skip
    asked_without = run(*score)
    assert asked_without.status == 2
    assert "--figures is for the page of --report" in asked_without.err
    assert list(tmp_path.iterdir()) == []
    assert run(*score, "--report", page).status == 0
    written = {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
    assert written == figure_files(page.read_text(encoding="utf-8"))
    assert "finding.svg" in written
    assert run(*score, "--report", page, "--force").status == 0


def test_a_folder_that_holds_something_is_not_written_to_and_nothing_else_is(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "mine.svg").write_text("mine", encoding="utf-8")
    ran = run("score", "--artifacts", demo, "--submission", demo / layout.TOY_SUBMISSION, "--output", tmp_path / "s.json",
              "--report", tmp_path / "page.html", "--figures", folder)  # fmt: skip
    assert ran.status == 2
    assert "not empty (mine.svg)" in ran.err
    assert [each.name for each in tmp_path.iterdir()] == ["figures"]
