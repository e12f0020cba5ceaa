"""The command that judges one edit, or a whole run again."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import qc
from spinefairbench.generator.fitting import resize, to_bytes
from spinefairbench.generator.radiographs import read_radiograph
from spinefairbench.generator.synthetic import synthetic_radiograph

from .conftest import PERCENTILES, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spine() -> Any:
    import numpy

    return numpy.frombuffer(synthetic_radiograph(96, 128), dtype=numpy.uint8).reshape(128, 96)


def test_qc_alone_reports_and_exits_by_verdict(tmp_path: Path, spine: Any, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    import numpy

    source = save(tmp_path / "s.png", spine)
    command = [str(source), str(source), "--format", "json"]
    assert qc.main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "pass" and report["required"] == ["ssim", "edge_preservation"]
    assert report["not_measured"] == {"lpips": "no trunk file was given (--lpips-trunk)"}
    edit = save(tmp_path / "e.png", numpy.rot90(spine, 2).copy())
    assert qc.main([str(source), str(edit)]) == 1
    assert "verdict: fail" in capsys.readouterr().out
    for unusable in (
        ["absent.png", str(edit)],
        [str(source), str(tmp_path)],
        [str(source), str(edit), "--require", "x"],
        [str(source), str(edit), "--require", "ssim,lpips"],
        ["x" * 300, str(edit)],
    ):
        assert qc.main(unusable) == 2
        captured = capsys.readouterr()
        assert captured.err and not captured.out


def test_qc_brings_a_16_bit_source_to_the_edits_size(tmp_path: Path, spine: Any) -> None:
    import numpy

    source = save(tmp_path / "s.png", spine.astype(numpy.uint16) * 200)
    radiograph = read_radiograph(source, "auto", PERCENTILES)
    edit = save(tmp_path / "e.png", to_bytes(resize(radiograph.pixels, 64, 64)))
    quality, compared = qc._compare_files(source, edit, "auto", None, None)
    assert quality.measured["ssim"] == 1.0 and compared["source_resized_to_edit"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.png"],
        ["a.png", "b.png", "--output", "x"],
        ["--input", "x"],
        ["--input", "x", "--output", "y", "--levels", "full"],
    ],
)
def test_one_edit_or_a_whole_run_is_judged_and_nothing_between(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        qc.main(arguments)
    assert (
        stopped.value.code == 2 and "expected SOURCE and EDIT" in (said := capsys.readouterr().err)
    ) or "--levels" in said
