"""Quality control: the measurements are the published formulas, and nothing passes unmeasured."""

from typing import Any

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.generator import quality
from spinefairbench.generator.failures import InputError
from spinefairbench.generator.lpips_network import NO_TRUNK, Lpips
from spinefairbench.generator.synthetic import synthetic_radiograph

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def spine() -> Any:
    import numpy

    return numpy.frombuffer(synthetic_radiograph(96, 128), dtype=numpy.uint8).reshape(128, 96)


def test_an_edit_equal_to_its_source_is_perfect_but_incomplete_without_lpips(spine: Any) -> None:
    judged = quality.measure(spine, spine.copy(), NO_TRUNK)
    assert judged.measured == {"ssim": 1.0, "edge_preservation": 1.0, "lpips": None}
    assert judged.verdict == "incomplete" and judged.not_measured == {"lpips": NO_TRUNK.reason}
    assert quality.measure(spine, spine.copy(), NO_TRUNK, ("ssim", "edge_preservation")).verdict == "pass"


def test_noise_fails(spine: Any) -> None:
    import numpy

    noise = numpy.random.default_rng(2).integers(0, 256, spine.shape).astype(numpy.uint8)
    judged = quality.measure(spine, noise, NO_TRUNK)
    assert judged.verdict == "fail" and (judged.measured["ssim"] or 0) < 0.2


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
    assert quality.ssim(spine, edit.astype(numpy.uint8)) == pytest.approx(full[5:-5, 5:-5].mean(), abs=1e-9)


def test_edges_count_as_kept_within_one_pixel_and_no_further(spine: Any) -> None:
    import numpy

    def step_at(column: int) -> Any:
        image = numpy.zeros((32, 32), dtype=numpy.uint8)
        image[:, column:] = 255
        return image

    # A step has an edge two pixels wide, one on each side of it.
    kept = [quality.edge_preservation(step_at(16), step_at(16 + by)) for by in range(4)]
    assert kept == [1.0, 1.0, 0.5, 0.0]
    near = quality.edge_preservation(spine, numpy.roll(spine, 1, axis=0))
    assert near > 0.95 > quality.edge_preservation(spine, numpy.roll(spine, 10, axis=0))


def test_what_cannot_be_measured_is_none_with_a_reason(spine: Any) -> None:
    import numpy

    flat = numpy.full_like(spine, 7)
    assert quality.ssim(spine[:8], spine[:8]) is None
    judged = quality.measure(flat[:8], flat[:8], NO_TRUNK, ("ssim", "edge_preservation"))
    assert judged.verdict == "incomplete" and "shorter than the 11 pixel" in judged.not_measured["ssim"]
    with pytest.raises(InputError, match="differ in size"):
        quality.measure(spine, spine[1:], NO_TRUNK)


def test_a_blurred_image_without_edges_is_judged(spine: Any) -> None:
    """A source without edges has none to lose, and an edit that shows some has made them up."""
    import numpy

    gaussian_filter = pytest.importorskip("scipy.ndimage").gaussian_filter
    blurred = numpy.rint(gaussian_filter(spine.astype(float), 8)).astype(numpy.uint8)
    assert quality.edge_preservation(spine, blurred) == 0.0
    assert quality.measure(spine, blurred, NO_TRUNK, ("ssim", "edge_preservation")).verdict == "fail"
    assert quality.edge_preservation(blurred, blurred.copy()) == 1.0
    assert quality.measure(blurred, blurred.copy(), NO_TRUNK, ("ssim", "edge_preservation")).verdict == "pass"
    assert quality.edge_preservation(blurred, spine) == 0.0


def test_lpips_counts_where_it_can_be_measured_and_is_refused_where_it_is_asked_for_and_cannot() -> None:
    network = Lpips(lambda source, edit: source, "0" * 64, "")
    assert quality.to_require(None, network) == ("ssim", "edge_preservation", "lpips")
    assert quality.to_require(None, NO_TRUNK) == ("ssim", "edge_preservation")
    assert quality.to_require(("lpips",), network) == ("lpips",)
    with pytest.raises(UsageError, match="lpips is required and cannot be measured: no trunk file was given"):
        quality.to_require(("ssim", "lpips"), NO_TRUNK)
