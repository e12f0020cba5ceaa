"""A run's output is judged again without sampling, and comes out as if the run had judged so itself."""

import json
from pathlib import Path

import pytest

from spinefairbench.generator import infer, qc
from spinefairbench.generator.sampler import Sampler

from .conftest import Tiny, dataset_check, tree
from .test_infer import options

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture
def half_masked(tiny: Tiny, radiographs: Path, full_mask: Path, tmp_path: Path) -> list[str]:
    """Options of a run in which SSIM is middling and most edges are lost."""
    masks = tmp_path / "masks"
    masks.mkdir()
    for name in ("a.png", "b.png"):
        (masks / name).write_bytes(full_mask.read_bytes())
    values = json.loads(tiny.config_file.read_text()) | {"tsxr_mask_blend": 0.6}
    (tmp_path / "half.yaml").write_text(json.dumps(values))
    tiny = tiny._replace(config_file=tmp_path / "half.yaml")
    return options(tiny, radiographs, tmp_path / "unused", "--mask", masks)


def made(arguments: list[str], out: Path, *more: str) -> Path:
    assert infer.main([*arguments, "--output", str(out), *more]) == 0
    return out


def test_judging_again_gives_the_bytes_of_a_run_that_judged_so(
    half_masked: list[str], radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    strict = made(half_masked, tmp_path / "strict", "--qc-require", "ssim")
    loose = made(half_masked, tmp_path / "loose", "--qc-require", "edge_preservation")
    both = made(half_masked, tmp_path / "both")
    verdicts = [len(list((out / "rejected").rglob("*.png"))) for out in (strict, loose)]
    assert verdicts[0] != verdicts[1], "the case must move images"
    monkeypatch.setattr(Sampler, "generate", None)
    capsys.readouterr()
    command = ["--input", str(radiographs), "--output", str(strict)]
    assert qc.main([*command, "--require", "edge_preservation", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["pairs"], report["required"]) == (8, ["edge_preservation"])
    assert report["changed"] == abs(verdicts[0] - verdicts[1])
    assert tree(strict) == tree(loose) and dataset_check(strict).returncode == 0
    assert qc.main(command) == 0 and "judged again by ssim, edge_preservation" in capsys.readouterr().out
    assert tree(strict) == tree(both)
    # A run can be resumed after it, with the measures that it now has.
    assert infer.main([*half_masked, "--output", str(strict), "--resume"]) == 0


def test_what_a_stopped_judgement_left_is_judged_to_the_end(
    half_masked: list[str], radiographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spinefairbench.generator import output

    class Stopped(BaseException):
        pass

    out = made(half_masked, tmp_path / "out", "--qc-require", "ssim")
    wanted = made(half_masked, tmp_path / "wanted", "--qc-require", "edge_preservation")
    command = ["--input", str(radiographs), "--output", str(out), "--require", "edge_preservation"]
    images = {path.read_bytes() for path in out.rglob("*.png")}
    remove = output._remove
    for stop in range(3, 20, 4):
        calls: list[Path] = []

        def stopping(path: Path, calls: list[Path] = calls, stop: int = stop) -> None:
            calls.append(path)
            if len(calls) > stop:
                raise Stopped
            remove(path)

        with monkeypatch.context() as patch:
            patch.setattr(output, "_remove", stopping)
            with pytest.raises(Stopped):
                qc.main(command)
        assert {path.read_bytes() for path in out.rglob("*.png")} == images
    assert qc.main(command) == 0
    assert tree(out) == tree(wanted)


def test_what_does_not_belong_together_is_named_and_nothing_is_changed(
    half_masked: list[str], radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = made(half_masked, tmp_path / "out")
    before = tree(out)
    command = ["--input", str(radiographs), "--output", str(out)]

    def refused() -> str:
        capsys.readouterr()
        assert qc.main(command) == 2
        return capsys.readouterr().err

    image = next(out.rglob("young_male.png"))
    whole = image.read_bytes()
    image.write_bytes(whole[:-1] + b"x")
    assert "young_male.png: is not the image that its sidecar names" in refused()
    image.write_bytes(whole)
    source = radiographs / "b.png"
    other = source.read_bytes()
    source.unlink()
    assert "b__young_male: --input has no radiograph of b" in refused()
    source.write_bytes((radiographs / "a.png").read_bytes())
    assert "b.png: is not the radiograph that the edits of b were made from" in refused()
    source.write_bytes(other)
    assert tree(out) == before
    command[3] = str(radiographs)
    assert "has no image that a run has written" in refused()
    command += ["--require", "lpips"]
    assert "lpips is required and cannot be measured" in refused()
