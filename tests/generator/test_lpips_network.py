"""LPIPS is measured with the user's own trunk, or not at all; nothing is downloaded."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.failures import CheckpointError, MissingLibraryError
from spinefairbench.generator.lpips_network import NO_TRUNK, load_lpips
from spinefairbench.generator.quality import measure
from spinefairbench.generator.synthetic import synthetic_radiograph

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spine() -> Any:
    import numpy

    return numpy.frombuffer(synthetic_radiograph(96, 128), dtype=numpy.uint8).reshape(128, 96)


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
    loaded = load_lpips(trunk)
    network: Any = loaded.network
    assert torch.equal(network.net.slice1[0].weight, weights["features.0.weight"])
    assert network.evaluated and loaded.trunk_sha256 is not None
    judged = measure(spine, spine.copy(), loaded)
    assert judged.measured["lpips"] == 0.0 and judged.verdict == "pass"
    save_file({"features.1.weight": torch.zeros(2)}, str(trunk))
    with pytest.raises(CheckpointError, match=r"features\.0\.bias"):
        load_lpips(trunk)
    with pytest.raises(CheckpointError, match="pickle"):
        load_lpips(tmp_path / "alexnet.pth")
    header = b'{"features.0.weight":{"dtype":"X9","shape":[1],"data_offsets":[0,1]}}'
    trunk.write_bytes(len(header).to_bytes(8, "little") + header + b"\0")
    with pytest.raises(CheckpointError, match=r"alexnet\.safetensors: cannot be read: "):
        load_lpips(trunk)


def test_a_trunk_without_the_package_is_an_error_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from safetensors.torch import save_file

    monkeypatch.setitem(sys.modules, "lpips", None)
    trunk = tmp_path / "alexnet.safetensors"
    save_file({"features.0.weight": torch.ones(2, 3, 1, 1)}, str(trunk))
    with pytest.raises(MissingLibraryError, match="pip install lpips torchvision"):
        load_lpips(trunk)
    assert load_lpips(None) is NO_TRUNK
