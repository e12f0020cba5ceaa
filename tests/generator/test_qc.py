"""Quality control: the measurements are the published formulas, and nothing passes unmeasured."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import qc
from spinefairbench.generator.failures import CheckpointError, InputError
from spinefairbench.generator.radiographs import read_radiograph, resize, to_bytes
from spinefairbench.generator.synthetic import synthetic_radiograph

from .conftest import PERCENTILES, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spine() -> Any:
    import numpy

    return numpy.frombuffer(synthetic_radiograph(96, 128), dtype=numpy.uint8).reshape(128, 96)


NO_LPIPS = qc.Lpips(None, None, "no trunk")


def test_an_edit_equal_to_its_source_is_perfect_but_incomplete_without_lpips(spine: Any) -> None:
    quality = qc.measure(spine, spine.copy(), NO_LPIPS)
    assert quality.measured == {"ssim": 1.0, "edge_preservation": 1.0, "lpips": None}
    assert quality.verdict == "incomplete" and quality.not_measured == {"lpips": "no trunk"}
    assert qc.measure(spine, spine.copy(), NO_LPIPS, ("ssim", "edge_preservation")).verdict == "pass"


def test_noise_fails(spine: Any) -> None:
    import numpy

    noise = numpy.random.default_rng(2).integers(0, 256, spine.shape).astype(numpy.uint8)
    quality = qc.measure(spine, noise, NO_LPIPS)
    assert quality.verdict == "fail" and (quality.measured["ssim"] or 0) < 0.2


def test_ssim_is_the_formula_of_the_paper(spine: Any) -> None:
    """Wang et al. 2004 written out with a Gaussian filter, away from the border."""
    import numpy

    gaussian_filter = pytest.importorskip("scipy.ndimage").gaussian_filter
    edit = numpy.clip(spine.astype(int) + numpy.random.default_rng(3).integers(-20, 21, spine.shape), 0, 255)
    x, y = spine / 255.0, edit / 255.0

    def mean(values: Any) -> Any:
        return gaussian_filter(values, 1.5, truncate=3.5)

    c1, c2 = 0.01**2, 0.03**2
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    full = ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    assert qc.ssim(spine, edit.astype(numpy.uint8)) == pytest.approx(full[5:-5, 5:-5].mean(), abs=1e-9)


def test_edges_count_as_kept_within_one_pixel_and_no_further(spine: Any) -> None:
    import numpy

    def step_at(column: int) -> Any:
        image = numpy.zeros((32, 32), dtype=numpy.uint8)
        image[:, column:] = 255
        return image

    # A step has an edge two pixels wide, one on each side of it.
    kept = [qc.edge_preservation(step_at(16), step_at(16 + by)) for by in range(4)]
    assert kept == [1.0, 1.0, 0.5, 0.0]
    near = qc.edge_preservation(spine, numpy.roll(spine, 1, axis=0))
    far = qc.edge_preservation(spine, numpy.roll(spine, 10, axis=0))
    assert near is not None and far is not None and near > 0.95 > far


def test_what_cannot_be_measured_is_none_with_a_reason(spine: Any) -> None:
    import numpy

    flat = numpy.full_like(spine, 7)
    assert qc.edge_preservation(flat, spine) is None
    assert qc.ssim(spine[:8], spine[:8]) is None
    quality = qc.measure(flat, flat.copy(), NO_LPIPS, ("ssim", "edge_preservation"))
    assert quality.verdict == "incomplete" and "no edges" in quality.not_measured["edge_preservation"]
    with pytest.raises(InputError, match="differ in size"):
        qc.measure(spine, spine[1:], NO_LPIPS)


class StandInLpips:
    """A stand-in for the lpips package: its way of naming the trunk's layers, and a plain distance."""

    def __init__(self, **options: Any) -> None:
        import torch

        assert options["pnet_rand"] is True, "anything else would download the trunk"
        self.net = torch.nn.Module()
        self.net.slice1 = torch.nn.Sequential()
        self.net.slice1.add_module("0", torch.nn.Conv2d(3, 2, 1))
        self.evaluated = False

    def eval(self) -> None:
        self.evaluated = True

    def __call__(self, source: Any, edit: Any) -> Any:
        assert source.shape[1] == 3 and source.min() >= -1 and source.max() <= 1
        return (source - edit).abs().mean()


def test_lpips_uses_the_users_trunk_and_downloads_nothing(
    tmp_path: Path, spine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from safetensors.torch import save_file

    package = types.ModuleType("lpips")
    package.LPIPS = StandInLpips  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lpips", package)
    trunk = tmp_path / "alexnet.safetensors"
    weights = {"features.0.weight": torch.ones(2, 3, 1, 1), "features.0.bias": torch.zeros(2)}
    save_file({**weights, "classifier.1.weight": torch.zeros(2, 2)}, str(trunk))
    loaded = qc.load_lpips(trunk)
    network: Any = loaded.network
    assert torch.equal(network.net.slice1[0].weight, weights["features.0.weight"])
    assert network.evaluated and loaded.trunk_sha256 is not None
    quality = qc.measure(spine, spine.copy(), loaded)
    assert quality.measured["lpips"] == 0.0 and quality.verdict == "pass"
    save_file({"features.1.weight": torch.zeros(2)}, str(trunk))
    with pytest.raises(CheckpointError, match=r"features\.0\.bias"):
        qc.load_lpips(trunk)
    with pytest.raises(CheckpointError, match="pickle"):
        qc.load_lpips(tmp_path / "alexnet.pth")
    header = b'{"features.0.weight":{"dtype":"X9","shape":[1],"data_offsets":[0,1]}}'
    trunk.write_bytes(len(header).to_bytes(8, "little") + header + b"\0")
    with pytest.raises(CheckpointError, match=r"alexnet\.safetensors: cannot be read: "):
        qc.load_lpips(trunk)


def test_qc_alone_reports_and_exits_by_verdict(tmp_path: Path, spine: Any, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    import numpy

    source = save(tmp_path / "s.png", spine)
    command = [str(source), str(source), "--format", "json"]
    assert qc.main(command) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "incomplete"
    assert qc.main([*command, "--require", "ssim,edge_preservation"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "pass" and report["required"] == ["ssim", "edge_preservation"]
    edit = save(tmp_path / "e.png", numpy.rot90(spine, 2).copy())
    assert qc.main([str(source), str(edit)]) == 1
    assert "verdict: fail" in capsys.readouterr().out
    for unusable in (
        ["absent.png", str(edit)],
        [str(source), str(tmp_path)],
        [str(source), str(edit), "--require", "x"],
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
    quality, compared = qc._compare_files(source, edit, "auto", None, ("ssim", "edge_preservation"))
    assert quality.measured["ssim"] == 1.0 and compared["source_resized_to_edit"] is True
