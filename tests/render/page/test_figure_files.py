"""Figures as files: every wide drawing of a page, whole, cited and well formed."""

from pathlib import Path
from xml.etree import ElementTree

from spinefairbench.render.page.figure_files import figure_files
from tests.conftest import Run

SVG = "{http://www.w3.org/2000/svg}"


def test_every_figure_of_a_page_is_a_file_in_which_texts_are_texts(panel_page: Path) -> None:
    page = panel_page.read_text(encoding="utf-8")
    files = figure_files(page)
    assert len(files) == page.count('<svg class="wide"') > 12
    for name, text in files.items():
        root = ElementTree.fromstring(text)
        words = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
        assert "Synthetic data: not a result of the benchmark" in words, name
        assert any(each.startswith("bench:spinefairbench|") for each in words), name
        assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
        assert "class" not in root.attrib and "style" not in text and "script" not in text


def test_no_figure_is_overwritten_unasked_or_written_into_the_bundle(run: Run, demo: Path, tmp_path: Path) -> None:
    page, folder = tmp_path / "page.html", tmp_path / "figures"
    folder.mkdir()
    (folder / "mine.svg").write_text("mine", encoding="utf-8")
    for given, why in ((folder, "not empty (mine.svg)"), ("-", "a folder"), (demo / "figures", "inside the bundle")):
        ran = run("report", "--artifacts", demo, "--output", page, "--figures", given)
        assert ran.status == 2
        assert why in ran.err
    assert not page.exists()
