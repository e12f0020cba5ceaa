"""Radiographs and masks are fitted to the model's square."""

from pathlib import Path

import pytest

from spinefairbench.generator.fitting import fit, fit_mask, resize
from spinefairbench.generator.masks import read_mask

from .conftest import save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


def test_padding_keeps_the_aspect_and_stretching_does_not() -> None:
    import numpy

    pixels = numpy.full((40, 80), 0.5)
    padded = fit(pixels, 64, "pad")
    assert padded.box == (0, 16, 64, 32)
    assert padded.pixels[:16].max() == 0 and padded.pixels[48:].max() == 0
    assert numpy.allclose(padded.pixels[16:48], 0.5)
    assert fit(pixels, 64, "stretch").box == (0, 0, 64, 64)


def test_resizing_never_leaves_the_range() -> None:
    import numpy

    pixels = (numpy.indices((50, 50)).sum(axis=0) // 7 % 2).astype(float)
    resized = resize(pixels, 33, 41)
    assert resized.shape == (41, 33) and resized.min() >= 0 and resized.max() <= 1


def test_a_soft_edge_spreads_and_a_hard_one_stays(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((64, 64), dtype=numpy.uint8)
    values[16:48, 16:48] = 255
    mask = read_mask(save(tmp_path / "m.png", values), (64, 64))
    hard, soft = fit_mask(mask.marked, 64, "stretch", 0.0), fit_mask(mask.marked, 64, "stretch", 2.0)
    assert set(numpy.unique(hard)) == {0.0, 1.0}
    # Smaller squares take the nearest pixel: a mask stays binary.
    assert set(numpy.unique(fit_mask(mask.marked, 24, "stretch", 0.0))) == {0.0, 1.0}
    assert 0 < soft[32, 15] < 1 and 0 < soft[32, 16] < 1 and soft[32, 32] > 0.999
