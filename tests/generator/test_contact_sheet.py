"""Squares and the contact sheet of a real run, with inference and after it."""

import json
from pathlib import Path

import pytest

from spinefairbench.generator import contact_sheet, infer, prepare_sources

from .conftest import Tiny, dataset_check, tree
from .test_infer import options

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


def sheet(out: Path, *more: object) -> int:
    return contact_sheet.main(["--output", str(out), *map(str, more)])


def beside(out: Path) -> dict[str, bytes]:
    """What a contact sheet and its squares add to an output folder."""
    return {name: data for name, data in tree(out).items() if name.startswith(("squares/", "masks/", "contact_sheet"))}


def test_the_sheet_of_a_run_is_the_one_that_is_made_after_it(
    tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    for name in ("a.png", "b.png", "broken.png"):
        (masks / name).write_bytes(full_mask.read_bytes())
    (radiographs / "broken.png").write_bytes((radiographs / "a.png").read_bytes()[:300])
    plain, out = tmp_path / "plain", tmp_path / "out"
    arguments = ["--mask", str(masks), "--demographic", "young_male"]
    assert infer.main([*options(tiny, radiographs, out, "--fit", "pad"), *arguments, "--contact-sheet"]) == 1
    assert "look at: " in capsys.readouterr().out
    assert sorted(beside(out)) == [
        "contact_sheet.html", "masks/a.png", "masks/b.png", "squares/a.png", "squares/b.png",
    ]  # fmt: skip
    assert "broken.png: is damaged" in (out / "contact_sheet.html").read_text()
    assert infer.main([*options(tiny, radiographs, plain, "--fit", "pad"), *arguments]) == 1
    assert beside(plain) == {}, "radiographs are copied on request alone"
    assert {name: data for name, data in tree(out).items() if name not in beside(out)} == tree(plain)
    assert dataset_check(out).returncode == 0
    capsys.readouterr()
    assert sheet(plain) == 2
    assert "has no saved squares; give --input" in capsys.readouterr().err
    assert sheet(plain, "--input", radiographs, "--mask", masks) == 0
    assert tree(plain) == tree(out)
    # Without torch, and with the names of the files.
    (radiographs / "broken.png").unlink()
    squares = ["--input", str(radiographs), "--output", str(tmp_path / "squares"), "--ids", "file", "--fit", "pad"]
    assert prepare_sources.main([*squares, "--config", str(tiny.config_file)]) == 0
    for name in ("a.png", "b.png"):
        assert (tmp_path / "squares" / name).read_bytes() == (out / "squares" / name).read_bytes()
    (radiographs / "a.png").write_bytes((radiographs / "b.png").read_bytes())
    assert sheet(plain, "--input", radiographs) == 2
    assert "a.png: is not the radiograph that the edits of a were made from" in capsys.readouterr().err


def test_a_resumed_run_saves_the_squares_of_what_it_keeps(tiny: Tiny, radiographs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = options(tiny, radiographs, out, "--demographic", "young_male")
    assert infer.main(arguments) == 0
    assert infer.main([*arguments, "--resume", "--save-squares"]) == 0
    assert sorted(beside(out)) == ["squares/a.png", "squares/b.png"]


def test_a_disk_that_takes_no_squares_costs_no_edit(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "squares").touch()
    arguments = options(tiny, radiographs / "a.png", out, "--demographic", "young_male", "--save-squares")
    assert infer.main(arguments) == 2
    assert "squares" in capsys.readouterr().err
    assert dataset_check(out).returncode == 0
    (out / "squares").unlink()
    assert infer.main([*arguments, "--resume"]) == 0
    assert sorted(beside(out)) == ["squares/a.png"]


def test_what_is_no_output_is_a_sentence(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sheet(tmp_path) == 2
    assert "has no image that a run has written" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        sheet(tmp_path, "--mask", tmp_path)
    capsys.readouterr()
    out = tmp_path / "out"
    assert infer.main(options(tiny, radiographs / "a.png", out, "--demographic", "young_male", "--save-squares")) == 0
    path = out / "rejected/a/young_male.json"
    sidecar = json.loads(path.read_text())
    capsys.readouterr()
    damages: tuple[dict[str, object], ...] = ({"row": {"pair_id": "a__young_male"}}, {"row": []}, {"image": None})
    for damage in damages:
        path.write_text(json.dumps({**sidecar, **damage}))
        assert sheet(out) == 2
        assert "its sidecar is missing or damaged" in capsys.readouterr().err
