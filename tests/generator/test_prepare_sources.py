"""prepare_sources as a user runs it."""

import json
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.files.png import grayscale_png
from spinefairbench.generator import prepare_sources
from spinefairbench.generator.synthetic import synthetic_radiograph

from .conftest import HEIGHT, WIDTH, dicom, needs_libraries


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two radiographs of the BUU collection."""
    pixels = synthetic_radiograph(WIDTH, HEIGHT)
    for number, each in enumerate((pixels, pixels[::-1])):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"000{number}-F-037Y0.png").write_bytes(grayscale_png(WIDTH, HEIGHT, each))
    return tmp_path / "in"


def run(folder: Path, out: Path, *more: object) -> int:
    return prepare_sources.main(["--input", str(folder), "--output", str(out), "--jobs", "1", *map(str, more)])


@needs_libraries
def test_sources_become_squares_of_512_with_the_shipped_configuration(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(folder, out, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "spinefairbench-prepare-sources-v1", "sources": 2, "made": 2, "kept": 0, "sources_without_file": 0,
    }  # fmt: skip
    rows = json.loads((out / "manifest.json").read_text())["sources"]
    assert {(row["width"], row["height"]) for row in rows} == {(512, 512)}
    assert run(folder, out) == 2
    assert "use --resume to continue or --force to start anew" in capsys.readouterr().err
    assert run(folder, out, "--resume") == 0
    assert f"2 sources: 0 made, 2 kept; see {out}/manifest.json" in capsys.readouterr().out
    assert run(folder, out, "--resume", "--fit", "pad") == 2
    assert "other settings" in capsys.readouterr().err
    assert run(folder, out, "--force", "--fit", "pad") == 0


@needs_libraries
def test_without_pydicom_dicom_is_one_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy

    for number in (7, 8):
        dicom(folder / f"000{number}-F-037Y0.dcm", numpy.arange(32 * 32, dtype=numpy.uint16).reshape(32, 32))
    monkeypatch.setitem(__import__("sys").modules, "pydicom", None)
    assert run(folder, tmp_path / "out") == 2
    assert capsys.readouterr().err.count("pip install pydicom") == 1
    assert not (tmp_path / "out").exists()


@needs_libraries
def test_no_source_is_written_where_it_does_not_belong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = tmp_path / "bundle"
    (bundle / layout.QC_METADATA).parent.mkdir(parents=True)
    (bundle / layout.QC_METADATA).touch()
    file = tmp_path / "file"
    file.touch()
    for out, said in (
        (bundle, "is or lies in a bundle"),
        (bundle / "dataset" / "sources", "is or lies in a bundle"),
        (folder, "in the folder of --input"),
        (folder / "out", "in the folder of --input"),
        (file, "is not a folder"),
    ):
        for way in ((), ("--force",)):
            assert run(folder, out, *way) == 2
            assert said in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == ["0000-F-037Y0.png", "0001-F-037Y0.png"]


@needs_libraries
def test_sources_can_be_called_as_inference_calls_them(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "0001-F-037Y0.png").rename(folder / "knee left.png")
    assert run(folder, tmp_path / "out", "--ids", "file") == 2
    assert "'knee left' cannot be a source id" in capsys.readouterr().err
    (folder / "knee left.png").rename(folder / "patient.7.png")
    assert run(folder, tmp_path / "out", "--ids", "file") == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "0000-F-037Y0.png", "manifest.json", "patient.7.png",
    ]  # fmt: skip
    assert run(folder / "patient.7.png", tmp_path / "other", "--ids", "file") == 2
    assert "is not a folder" in capsys.readouterr().err
    assert run(folder, tmp_path / "other", "--ids", "file", "--artifacts", tmp_path) == 2
    assert "--ids file: the sources of a bundle" in capsys.readouterr().err


@needs_libraries
def test_a_terminal_sees_how_far_it_is(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert run(folder, tmp_path / "out") == 0
    err = capsys.readouterr().err
    assert "1 of 2 sources" in err and err.endswith("\x1b[K")
    assert run(folder, tmp_path / "out", "--force", "--quiet") == 0
    assert capsys.readouterr().err == ""
