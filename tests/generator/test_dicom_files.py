"""DICOM is read as its file says: rescaled, looked up, windowed, and without what only fills it up."""

import sys
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.failures import InputError, MissingLibraryError
from spinefairbench.generator.fitting import to_bytes
from spinefairbench.generator.radiographs import id_from_name, is_radiograph_name, read_radiograph

from .conftest import PERCENTILES, dicom

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def twelve_bits() -> Any:
    """64x48 values over the whole range of 12 bits."""
    import numpy

    return numpy.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(numpy.uint16) >> 4


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


def lookup_table(entries: Any, first: int, bits: int, kind: str) -> Any:
    """A lookup table sequence: entries of 16-bit words, from the value `first`."""
    import numpy

    table = pytest.importorskip("pydicom").Dataset()
    table.add_new("LUTDescriptor", "US" if first >= 0 else "SS", [len(entries), first, bits])
    table.add_new("LUTData", kind, numpy.asarray(entries, "<u2").tobytes() if kind == "OW" else list(map(int, entries)))
    table.LUTExplanation = "made for a test"
    return [table]


@pytest.mark.parametrize("kind", ["OW", "US"])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_an_inverting_voi_table_is_applied_and_gives_no_negative(
    tmp_path: Path, twelve_bits: Any, bits: int, kind: str
) -> None:
    import numpy

    top = 2**bits - 1
    entries = numpy.rint(numpy.linspace(top, 0, 4096)).astype(int)
    tags = {"VOILUTSequence": lookup_table(entries, 0, bits, kind), "WindowCenter": 5, "WindowWidth": 9}
    radiograph = read_radiograph(dicom(tmp_path / "x.dcm", twelve_bits, **tags), "auto", PERCENTILES)
    assert numpy.allclose(radiograph.pixels, entries[twelve_bits] / top)
    assert radiograph.record["levels"] == "voi-lut" and radiograph.record["explanation"] == "made for a test"
    assert read_radiograph(tmp_path / "x.dcm", "window", PERCENTILES).record["levels"] == "window"
    # Of an image in which zero is white the table is looked up first, and the result turned over.
    tags["PhotometricInterpretation"] = "MONOCHROME1"
    turned = read_radiograph(dicom(tmp_path / "y.dcm", twelve_bits, **tags), "voi-lut", PERCENTILES)
    assert numpy.allclose(turned.pixels, 1 - radiograph.pixels)


def test_a_voi_table_is_looked_up_after_rescaling_and_beyond_its_ends_gives_its_ends(
    tmp_path: Path, twelve_bits: Any
) -> None:
    import numpy

    tags = {"VOILUTSequence": lookup_table(range(100, 200), -50, 8, "US"), "RescaleSlope": 1, "RescaleIntercept": -2000}
    radiograph = read_radiograph(dicom(tmp_path / "x.dcm", twelve_bits, **tags), "auto", PERCENTILES)
    expected = numpy.clip(twelve_bits.astype(int) - 2000 + 50, 0, 99) + 100
    assert (to_bytes(radiograph.pixels) == expected).all()


@pytest.mark.parametrize("bits", [10, 16])
def test_a_modality_table_is_applied_before_anything_else(tmp_path: Path, twelve_bits: Any, bits: int) -> None:
    import numpy

    top = 2**bits - 1
    entries = numpy.rint(numpy.linspace(top, 0, 4096)).astype(int)
    path = dicom(tmp_path / "x.dcm", twelve_bits, ModalityLUTSequence=lookup_table(entries, 0, bits, "OW"))
    radiograph = read_radiograph(path, "full", PERCENTILES)
    assert numpy.allclose(radiograph.pixels, entries[twelve_bits] / top)
    assert radiograph.record["modality_lut"] == "applied" and radiograph.record["high"] == top


def test_a_lookup_table_that_cannot_be_one_is_a_sentence(tmp_path: Path, twelve_bits: Any) -> None:
    path = dicom(tmp_path / "a.dcm", twelve_bits, VOILUTSequence=lookup_table([1, 2], 0, 99, "US"))
    with pytest.raises(InputError, match=r"a\.dcm: has a lookup table with entries of 99 bits"):
        read_radiograph(path, "auto", PERCENTILES)
    path = dicom(tmp_path / "b.dcm", twelve_bits)
    with pytest.raises(InputError, match="has no VOI lookup table"):
        read_radiograph(path, "voi-lut", PERCENTILES)


@pytest.mark.parametrize(("value", "limit"), [(4000, None), (3000, 4095), (4095, 3000)])
def test_padding_is_black_and_out_of_the_percentiles(
    tmp_path: Path, twelve_bits: Any, value: int, limit: int | None
) -> None:
    import numpy

    image = numpy.clip(twelve_bits.astype(int), 0, 2000)
    padded = image.copy()
    padded[:, :20] = 4000
    tags: dict[str, Any] = {"PixelPaddingValue": value} | ({} if limit is None else {"PixelPaddingRangeLimit": limit})
    radiograph = read_radiograph(dicom(tmp_path / "x.dcm", padded, **tags), "percentile", (0.0, 100.0))
    assert (radiograph.record["low"], radiograph.record["high"]) == (image[:, 20:].min(), 2000)
    assert (radiograph.pixels[:, :20] == 0).all() and radiograph.pixels[:, 20:].max() == 1
    assert radiograph.record["share_of_padding"] == 20 / 64
    # Without the tag the padding would be the brightest value.
    assert read_radiograph(dicom(tmp_path / "y.dcm", padded), "percentile", (0.0, 100.0)).record["high"] == 4000
    tags["PhotometricInterpretation"] = "MONOCHROME1"
    inverted = read_radiograph(dicom(tmp_path / "z.dcm", padded, **tags), "percentile", (0.0, 100.0))
    assert (inverted.pixels[:, :20] == 0).all()


# pydicom's own files: a syntax, the decoder that it needs, and the plain file of the same image (None: no lossless one).
COMPRESSED = [
    ("MR_small_jpeg_ls_lossless.dcm", "jpeg_ls", "MR_small.dcm"),
    ("MR_small_jp2klossless.dcm", "openjpeg", "MR_small.dcm"),
    ("MR_small_RLE.dcm", "pydicom", "MR_small.dcm"),
    ("JPEG2000.dcm", "openjpeg", None),
]


@pytest.mark.parametrize(("name", "decoder", "plain"), COMPRESSED)
def test_compressed_pixels_are_those_of_the_plain_file(name: str, decoder: str, plain: str | None) -> None:
    for module in ("pydicom", decoder):
        pytest.importorskip(module)
    read = read_radiograph(example(name), "percentile", PERCENTILES)
    if plain is not None:
        assert (read.pixels == read_radiograph(example(plain), "percentile", PERCENTILES).pixels).all()
    assert read.pixels.max() == 1


@pytest.mark.parametrize("name", ["MR_small_jpeg_ls_lossless.dcm", "MR_small_jp2klossless.dcm"])
def test_without_a_decoder_the_packages_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pydicom")
    monkeypatch.setattr("pydicom.pixels.decoders.base.Decoder.is_available", False)
    with pytest.raises(InputError, match=r"no decoder is installed: .*pylibjpeg-openjpeg pyjpegls"):
        read_radiograph(example(name), "percentile", PERCENTILES)


@pytest.mark.parametrize("syntax", ["JPEGLosslessProcess14_1", "JPEG2000Lossless", "JPEGLSLossless"])
def test_what_another_library_compressed_without_loss_is_read_as_it_was(
    tmp_path: Path, twelve_bits: Any, syntax: str
) -> None:
    gdcm = pytest.importorskip("gdcm")
    for module in ("openjpeg", "jpeg_ls"):
        pytest.importorskip(module)
    plain, packed = dicom(tmp_path / "plain.dcm", twelve_bits), tmp_path / "packed.dcm"
    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(plain))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(packed))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    assert (read_radiograph(packed, "full", PERCENTILES).pixels == twelve_bits / 4095).all()


def example(name: str) -> Path:
    """One of the files that come with pydicom."""
    return Path(pytest.importorskip("pydicom").__file__).parent / "data/test_files" / name


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


def test_dicom_without_a_suffix_is_known_by_its_content_and_called_by_its_whole_name(
    tmp_path: Path, twelve_bits: Any
) -> None:
    path = dicom(tmp_path / "1.2.840.7", twelve_bits)
    (tmp_path / "notes.txt").write_text("no image")
    assert is_radiograph_name(path) and id_from_name(path) == "1.2.840.7"
    assert not is_radiograph_name(tmp_path / "notes.txt")
    assert read_radiograph(path, "auto", PERCENTILES).record["format"] == "DICOM"
