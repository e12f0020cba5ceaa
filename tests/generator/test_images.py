"""Radiographs, masks and quality control: nothing clipped, nothing guessed, nothing passed unmeasured."""

import sys
import types
import zlib
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.files.png import grayscale_png
from spinefairbench.generator import qc
from spinefairbench.generator.failures import CheckpointError, InputError, MissingLibraryError
from spinefairbench.generator.inputs import match_masks, read_mask
from spinefairbench.generator.radiographs import fit, fit_mask, read_radiograph, resize, to_bytes
from spinefairbench.generator.sampler import blend
from spinefairbench.generator.synthetic import synthetic_radiograph

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

PERCENTILES = (0.5, 99.5)


@pytest.fixture(scope="module")
def ramp() -> Any:
    """64x48 values over the whole range of 16 bits, all far above 255 but a few."""
    import numpy

    return numpy.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(numpy.uint16)


def save(path: Path, values: Any, **options: Any) -> Path:
    from PIL import Image

    Image.fromarray(values).save(path, **options)
    return path


# Radiographs


@pytest.mark.parametrize("name", ["x.png", "x.tif"])
@pytest.mark.parametrize("levels", ["full", "percentile", "auto"])
def test_16_bits_are_never_clipped_to_8(tmp_path: Path, ramp: Any, name: str, levels: str) -> None:
    import numpy

    radiograph = read_radiograph(save(tmp_path / name, ramp), levels, PERCENTILES)
    assert radiograph.record["bits"] == 16
    # A clip at 255 would leave nearly every pixel at one value.
    assert len(numpy.unique(to_bytes(radiograph.pixels))) == 256
    assert radiograph.record["share_above_levels"] < 0.006
    if levels == "full":
        assert numpy.allclose(radiograph.pixels, ramp / 65535)
    else:
        assert radiograph.record["levels"] == "percentile" and radiograph.record["percentiles"] == [0.5, 99.5]


def test_8_bit_files_keep_their_values(tmp_path: Path) -> None:
    import numpy

    values = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
    for name in ("x.png", "x.tiff"):
        radiograph = read_radiograph(save(tmp_path / name, values), "auto", PERCENTILES)
        assert (to_bytes(radiograph.pixels) == values).all() and radiograph.record["levels"] == "full"


@pytest.mark.parametrize("bits", [8, 16])
def test_tiff_in_which_zero_is_white_is_inverted_at_both_depths(tmp_path: Path, ramp: Any, bits: int) -> None:
    import numpy

    values = ramp if bits == 16 else (ramp >> 8).astype(numpy.uint8)
    top = 2**bits - 1
    # The library writes what it is given; tag 262 = 0 declares zero to be white, and 8-bit data is stored inverted.
    path = save(tmp_path / "x.tif", values, tiffinfo={262: 0})
    radiograph = read_radiograph(path, "full", PERCENTILES)
    assert radiograph.record["inverted"] == "WhiteIsZero"
    stored = _stored_tiff_values(path, bits)
    assert numpy.allclose(radiograph.pixels, (top - stored.astype(float)) / top)


def _stored_tiff_values(path: Path, bits: int) -> Any:
    """The samples as they lie in an uncompressed single-strip TIFF."""
    import numpy
    from PIL import Image

    with Image.open(path) as image:
        offset, width, height = image.tag_v2[273][0], image.width, image.height
    data = path.read_bytes()[offset : offset + width * height * bits // 8]
    return numpy.frombuffer(data, dtype=f"<u{bits // 8}").reshape(height, width)


def test_three_equal_channels_are_gray_and_that_is_recorded(tmp_path: Path, ramp: Any) -> None:
    import numpy

    gray = (ramp >> 8).astype(numpy.uint8)
    path = save(tmp_path / "x.png", numpy.stack([gray] * 3, axis=2))
    assert read_radiograph(path, "auto", PERCENTILES).record["equal_colour_channels"] is True


def _colour(path: Path, ramp: Any) -> None:
    import numpy

    values = numpy.zeros((48, 64, 3), dtype=numpy.uint8)
    values[0, 0, 0] = 1
    save(path, values)


def _transparent(path: Path, ramp: Any) -> None:
    import numpy

    save(path, (ramp >> 8).astype(numpy.uint8), transparency=5)


def _without_its_end(path: Path, ramp: Any) -> None:
    save(path, ramp)
    path.write_bytes(path.read_bytes()[:-6])


def _alpha(path: Path, ramp: Any) -> None:
    import numpy

    save(path, numpy.full((48, 64, 4), 7, dtype=numpy.uint8))


def _float(path: Path, ramp: Any) -> None:
    save(path.with_suffix(".tif"), ramp.astype("float32"))
    path.with_suffix(".tif").rename(path)


def _pages(path: Path, ramp: Any) -> None:
    from PIL import Image

    page = Image.fromarray(ramp)
    page.save(path.with_suffix(".tif"), save_all=True, append_images=[page])
    path.with_suffix(".tif").rename(path)


def _truncated(path: Path, ramp: Any) -> None:
    import numpy

    save(path, numpy.random.default_rng(1).integers(0, 65536, (48, 64)).astype(numpy.uint16))
    path.write_bytes(path.read_bytes()[:2000])


def _huge(path: Path, ramp: Any) -> None:
    # A header, with its own checksum, that claims 60000x60000 pixels.
    png = grayscale_png(16, 16, bytes(range(256)))
    header = b"IHDR" + b"\0\0\xea\x60" * 2 + png[24:29]
    path.write_bytes(png[:12] + header + zlib.crc32(header).to_bytes(4, "big") + png[33:])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_colour, "colours"),
        (_alpha, "RGBA"),
        (_transparent, "transparent"),
        (_without_its_end, "truncated"),
        (_float, "mode F"),
        (_pages, "2 pages"),
        (_truncated, "truncated"),
        (_huge, "more than"),
        (lambda path, ramp: save(path, ramp * 0 + 9), "one gray value"),
        (lambda path, ramp: path.write_text("not an image"), "is not a PNG, TIFF or DICOM"),
        (lambda path, ramp: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "not|damaged"),
        (lambda path, ramp: save(path, ramp[:9, :9]), "at least 16"),
    ],
)
def test_what_is_no_radiograph_is_a_sentence(tmp_path: Path, ramp: Any, make: Any, said: str) -> None:
    path = tmp_path / "x.png"
    make(path, ramp)
    with pytest.raises(InputError, match=said):
        read_radiograph(path, "auto", PERCENTILES)


@pytest.mark.parametrize("name", ["x.png", "x.tif"])
def test_a_file_that_says_that_it_is_to_be_turned_is_refused(tmp_path: Path, ramp: Any, name: str) -> None:
    from PIL import Image

    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[274] = orientation
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            read_radiograph(save(tmp_path / name, ramp, exif=exif), "full", PERCENTILES)
        with pytest.raises(InputError, match=f"orientation {orientation}"):
            read_mask(save(tmp_path / name, ramp > 9, exif=exif), 64, 48)
    exif[274] = 1
    assert (read_radiograph(save(tmp_path / name, ramp, exif=exif), "full", PERCENTILES).pixels == ramp / 65535).all()


def test_a_window_where_there_is_none_is_an_error(tmp_path: Path, ramp: Any) -> None:
    with pytest.raises(InputError, match="no window"):
        read_radiograph(save(tmp_path / "x.png", ramp), "window", PERCENTILES)


# DICOM


def dicom(path: Path, values: Any, **tags: Any) -> Path:
    pydicom = pytest.importorskip("pydicom", reason="DICOM input needs pydicom")
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = pydicom.uid.DigitalXRayImageStorageForPresentation
    dataset.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 1, 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.PatientName = "Somebody^Real"
    dataset.PixelData = values.astype("<u2").tobytes()
    for name, value in tags.items():
        setattr(dataset, name, value)
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.fixture(scope="module")
def twelve_bits(ramp: Any) -> Any:
    return ramp >> 4


def test_dicom_windows_are_used_and_recorded(tmp_path: Path, twelve_bits: Any) -> None:
    import numpy

    path = dicom(tmp_path / "x.dcm", twelve_bits, WindowCenter=2000, WindowWidth=1001)
    radiograph = read_radiograph(path, "auto", PERCENTILES)
    recorded = {"levels": "window", "window_centre": 2000.0, "window_width": 1001.0, "window_function": "LINEAR"}
    assert recorded.items() <= radiograph.record.items()
    assert (radiograph.record["width"], radiograph.record["height"]) == (64, 48)
    expected = numpy.clip((twelve_bits.astype(float) - 1999.5) / 1000 + 0.5, 0, 1)
    assert numpy.allclose(radiograph.pixels, expected)
    assert "Somebody" not in str(radiograph.record)


def test_dicom_without_a_window_takes_recorded_percentiles(tmp_path: Path, twelve_bits: Any) -> None:
    radiograph = read_radiograph(dicom(tmp_path / "x.dcm", twelve_bits), "auto", PERCENTILES)
    assert radiograph.record["levels"] == "percentile" and radiograph.record["bits"] == 12
    full = read_radiograph(tmp_path / "x.dcm", "full", PERCENTILES)
    assert full.record["high"] == 4095.0


def test_monochrome1_is_inverted(tmp_path: Path, twelve_bits: Any) -> None:
    import numpy

    plain = read_radiograph(dicom(tmp_path / "a.dcm", twelve_bits), "full", PERCENTILES)
    path = dicom(tmp_path / "b.dcm", twelve_bits, PhotometricInterpretation="MONOCHROME1")
    inverted = read_radiograph(path, "full", PERCENTILES)
    assert numpy.allclose(inverted.pixels, 1 - plain.pixels)
    assert inverted.record["inverted"] == "MONOCHROME1" and "inverted" not in plain.record


def test_dicom_rescale_comes_before_the_window(tmp_path: Path, twelve_bits: Any) -> None:
    import numpy

    tags = {"RescaleSlope": 2, "RescaleIntercept": -100, "WindowCenter": [3900, 10], "WindowWidth": [2001, 10]}
    radiograph = read_radiograph(dicom(tmp_path / "x.dcm", twelve_bits, **tags), "auto", PERCENTILES)
    expected = numpy.clip((twelve_bits * 2.0 - 100 - 3899.5) / 2000 + 0.5, 0, 1)
    assert numpy.allclose(radiograph.pixels, expected)


def test_full_levels_of_dicom_are_the_whole_range_as_it_is_rescaled(tmp_path: Path, twelve_bits: Any) -> None:
    import numpy

    tags = {"RescaleSlope": "0.5", "RescaleIntercept": "-1024"}
    halved = read_radiograph(dicom(tmp_path / "a.dcm", twelve_bits, **tags), "full", PERCENTILES)
    assert (halved.record["low"], halved.record["high"]) == (-1024.0, 1023.5)
    assert numpy.allclose(halved.pixels, twelve_bits / 4095)
    signed = (twelve_bits.astype(int) - 2048).astype("<i2").view("<u2")
    path = dicom(tmp_path / "b.dcm", signed, PixelRepresentation=1)
    assert numpy.allclose(read_radiograph(path, "full", PERCENTILES).pixels, twelve_bits / 4095)


def test_dicom_lookup_tables_are_refused_or_recorded_and_never_passed_over(tmp_path: Path, twelve_bits: Any) -> None:
    pydicom = pytest.importorskip("pydicom")
    table = pydicom.Dataset()
    table.LUTExplanation = "any"
    path = dicom(tmp_path / "a.dcm", twelve_bits, ModalityLUTSequence=[table])
    with pytest.raises(InputError, match="modality lookup table"):
        read_radiograph(path, "auto", PERCENTILES)
    path = dicom(tmp_path / "b.dcm", twelve_bits, VOILUTSequence=[table])
    assert read_radiograph(path, "auto", PERCENTILES).record["voi_lut"] == "present, not applied"


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"PhotometricInterpretation": "RGB"}, "expected MONOCHROME"),
        ({"NumberOfFrames": 2}, "2 frames"),
        ({"PixelData": b"\0" * 10}, "cannot be read as DICOM"),
        ({"WindowCenter": 5, "WindowWidth": 0}, "no usable window"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_unusable_dicom_is_a_sentence(tmp_path: Path, twelve_bits: Any, tags: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_radiograph(dicom(tmp_path / "x.dcm", twelve_bits, **tags), "auto", PERCENTILES)


def test_dicom_is_known_by_its_content_too_and_needs_pydicom(
    tmp_path: Path, twelve_bits: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dicom(tmp_path / "x.png", twelve_bits)
    assert read_radiograph(path, "auto", PERCENTILES).record["format"] == "DICOM"
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(MissingLibraryError, match="pip install pydicom"):
        read_radiograph(path, "auto", PERCENTILES)


# Fitting


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


# Masks


def test_masks_must_have_the_sources_size_two_values_and_something_marked(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((48, 64), dtype=numpy.uint8)
    with pytest.raises(InputError, match="empty"):
        read_mask(save(tmp_path / "m.png", values), 64, 48)
    values[5:9, 5:9] = 1
    mask = read_mask(save(tmp_path / "m.png", values), 64, 48)
    assert mask.warning is None and mask.marked.mean() == 16 / (48 * 64)
    assert read_mask(save(tmp_path / "m.png", values.astype(bool)), 64, 48).marked.mean() == mask.marked.mean()
    with pytest.raises(InputError, match="64x48 pixels, the source has 48x64"):
        read_mask(tmp_path / "m.png", 48, 64)
    values[6, 6] = 2
    with pytest.raises(InputError, match="not binary"):
        read_mask(save(tmp_path / "m.png", values), 64, 48)
    full = read_mask(save(tmp_path / "m.png", values * 0 + 255), 64, 48)
    assert full.warning is not None and full.warning.startswith("mask-full")


def test_masks_are_matched_by_name() -> None:
    sources = {"a": Path("a.png"), "b": Path("b.dcm")}
    matched = match_masks(sources, [Path("b.tif"), Path("a.png"), Path("c.png")], single=False)
    assert matched == {"a": Path("a.png"), "b": Path("b.tif")}
    with pytest.raises(InputError, match=r"has the name of b\.dcm"):
        match_masks(sources, [Path("a.png")], single=False)
    with pytest.raises(InputError, match="have the same name"):
        match_masks(sources, [Path("a.png"), Path("a.tif"), Path("b.png")], single=False)
    assert match_masks({"a": Path("a.png")}, [Path("any.png")], single=True) == {"a": Path("any.png")}


def test_a_mask_of_ones_gives_the_source_back_and_0_7_is_seven_tenths() -> None:
    import numpy

    edit, source = numpy.full((4, 4), 0.2), numpy.full((4, 4), 0.6)
    ones = numpy.ones((4, 4))
    assert (blend(edit, source, ones, 1.0) == source).all()
    assert (blend(edit, source, ones * 0, 1.0) == edit).all()
    assert numpy.allclose(blend(edit, source, ones, 0.7), 0.48)


def test_a_soft_edge_spreads_and_a_hard_one_stays(tmp_path: Path) -> None:
    import numpy

    values = numpy.zeros((64, 64), dtype=numpy.uint8)
    values[16:48, 16:48] = 255
    mask = read_mask(save(tmp_path / "m.png", values), 64, 64)
    hard, soft = fit_mask(mask.marked, 64, "stretch", 0.0), fit_mask(mask.marked, 64, "stretch", 2.0)
    assert set(numpy.unique(hard)) == {0.0, 1.0}
    # Smaller squares take the nearest pixel: a mask stays binary.
    assert set(numpy.unique(fit_mask(mask.marked, 24, "stretch", 0.0))) == {0.0, 1.0}
    assert 0 < soft[32, 15] < 1 and 0 < soft[32, 16] < 1 and soft[32, 32] > 0.999


# Quality control


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
    ):
        assert qc.main(unusable) == 2
        captured = capsys.readouterr()
        assert captured.err and not captured.out


def test_qc_brings_a_16_bit_source_to_the_edits_size(tmp_path: Path, spine: Any) -> None:
    import numpy

    source = save(tmp_path / "s.png", spine.astype(numpy.uint16) * 200)
    radiograph = read_radiograph(source, "auto", PERCENTILES)
    edit = save(tmp_path / "e.png", to_bytes(resize(radiograph.pixels, 64, 64)))
    quality, compared = qc.compare_files(source, edit, "auto", None, ("ssim", "edge_preservation"))
    assert quality.measured["ssim"] == 1.0 and compared["source_resized_to_edit"] is True
