"""An exported source is, pixel by pixel, what the sampler gets; and it gives no warning beside its edits."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench import cli
from spinefairbench.bundle import layout
from spinefairbench.generator import infer, prepare_sources
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.found_sources import FoundSource
from spinefairbench.generator.sampler import Sampler
from spinefairbench.generator.source_export import ExportRequest, export_sources
from spinefairbench.generator.source_images import read_source
from spinefairbench.generator.synthetic import synthetic_radiograph
from spinefairbench.release.templates import Prompts

from .conftest import Tiny, dicom, save
from .test_dicom_files import lookup_table

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

NAME = "buu_0001-F-037Y0"
SMALL = InferenceConfig(image_size=64)


def synthetic(width: int = 80, height: int = 112, bits: int = 8) -> Any:
    """The pixels of a synthetic radiograph, with that many bits."""
    import numpy

    pixels = numpy.frombuffer(synthetic_radiograph(width, height), dtype=numpy.uint8).reshape(height, width)
    return pixels if bits == 8 else (pixels.astype(numpy.uint16) * 257 >> (16 - bits)).astype(numpy.uint16)


def window(**more: Any) -> dict[str, Any]:
    return {"WindowCenter": 2000, "WindowWidth": 3001, **more}


Make = Callable[[Path], Path]
INPUTS: dict[str, tuple[Make, str]] = {
    "8-bit PNG": (lambda path: save(path.with_suffix(".png"), synthetic()), "PNG of 8 bits, 80x112 pixels; 0 to 255 mapped"),
    "JPEG": (lambda path: save(path.with_suffix(".jpg"), synthetic(), quality=80), "JPEG of 8 bits"),
    "JPEG in RGB": (
        lambda path: save(path.with_suffix(".jpeg"), synthetic()[:, :, None].repeat(3, axis=2), quality=90),
        "one of three equal color channels taken",
    ),
    "16-bit PNG": (lambda path: save(path.with_suffix(".png"), synthetic(bits=16)), "the percentiles 0.5 and 99.5 ("),
    "16-bit TIFF": (lambda path: save(path.with_suffix(".tif"), synthetic(bits=16)), "TIFF of 16 bits"),
    "square of the model's size": (lambda path: save(path.with_suffix(".png"), synthetic(64, 64)), "not resampled"),
    "DICOM without a window": (lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12)), "DICOM of 12 bits"),
    "DICOM with a window": (
        lambda path: dicom(path.with_suffix(".dicom"), synthetic(bits=12), **window()),
        "the window of center 2000 and width 3001 (LINEAR) mapped to 0..1, values beyond it clipped; resampled to ",
    ),
    "DICOM, sigmoid": (
        lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12), **window(VOILUTFunction="SIGMOID")),
        "(SIGMOID)",
    ),
    "DICOM, rescaled": (
        lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12), **window(RescaleSlope=2, RescaleIntercept=-500)),
        "values rescaled as the header says",
    ),
    "DICOM, MONOCHROME1": (
        lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12), **window(PhotometricInterpretation="MONOCHROME1")),
        "inverted (MONOCHROME1)",
    ),
    "DICOM, lookup tables": (
        lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12), VOILUTSequence=lookup_table(range(4096), 0, 12, "US"),
                           ModalityLUTSequence=lookup_table(range(4096), 0, 12, "OW")),
        "modality lookup table applied; VOI lookup table applied, its 0 to 4095 mapped to 0..1",
    ),
    "DICOM, padded": (
        lambda path: dicom(path.with_suffix(".dcm"), synthetic(bits=12), PixelPaddingValue=0, PixelPaddingRangeLimit=100),
        " %) made black; resampled to",
    ),
    "DICOM without a suffix": (lambda path: dicom(path, synthetic(bits=12)), "DICOM of 12 bits"),
    "JPEG to be turned": (lambda path: save(path.with_suffix(".jpg"), synthetic(), exif=turned(6)),
                          "turned as its orientation tag 6 says"),
}  # fmt: skip


def turned(orientation: int) -> Any:
    from PIL import Image

    exif = Image.Exif()
    exif[274] = orientation
    return exif


def quiet(_: str) -> None:
    """A message that nobody reads."""


def pixels_of(path: Path) -> Any:
    import numpy
    from PIL import Image

    with Image.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        return numpy.array(image)


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("fit", ["stretch", "pad"])
def test_the_png_read_back_is_what_the_sampler_gets(kind: str, fit: str, tmp_path: Path) -> None:
    import numpy

    make, words = INPUTS[kind]
    (tmp_path / "in").mkdir()
    file = make(tmp_path / "in" / NAME)
    config = InferenceConfig(image_size=64, fit=fit)
    assert export_sources(ExportRequest(tmp_path / "in", tmp_path / "out", config), quiet, quiet) == (1, 0, ())
    read = pixels_of(tmp_path / "out" / f"{NAME}.png")

    sampled = read_source(FoundSource(NAME, file, None), config)[0].load(config)
    left, top, width, height = sampled.box
    square = numpy.rint(sampled.square * 255).astype(numpy.uint8)
    assert (read == square[top : top + height, left : left + width]).all()
    assert len(numpy.unique(read)) > 50
    if kind == "square of the model's size":
        # 8 bits that are not resampled are not rounded either.
        assert (read / 255 == sampled.square).all()
    (row,) = json.loads((tmp_path / "out/manifest.json").read_text())["sources"]
    assert (row["source_id"], row["width"], row["height"]) == (NAME, width, height)
    assert words in row["transformation"] and row["transformation"].endswith("; rounded to 8 bits")


def test_the_sampler_itself_is_given_the_exported_pixels(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numpy

    folder = tmp_path / "in"
    folder.mkdir()
    dicom(folder / f"{NAME}.dcm", synthetic(bits=12), **window(PhotometricInterpretation="MONOCHROME1"))
    seen: list[Any] = []
    generate = Sampler.generate

    def watch(self: Sampler, jobs: Any) -> Any:
        seen.extend(job.square for job in jobs)
        return generate(self, jobs)

    monkeypatch.setattr(Sampler, "generate", watch)
    model = ("--checkpoint", str(tiny.peft), "--config", str(tiny.config_file), "--device", "cpu")
    edits = ("--input", str(folder), "--output", str(tmp_path / "edits"), "--demographic", "young_male")
    assert infer.main([*edits, *model]) == 0
    prepare = ("--input", str(folder), "--output", str(tmp_path / "out"), "--config", str(tiny.config_file))
    assert prepare_sources.main([*prepare, "--quiet"]) == 0
    (square,) = seen
    assert (pixels_of(tmp_path / "out" / f"{NAME}.png") == numpy.rint(square * 255)).all()


def asked_for(edits: Path, sources: Path, to: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `submission requests` says where it asks for reports on these images; its prompts are made up."""
    definitions = edits / layout.CANONICAL_DEFINITIONS
    definitions.parent.mkdir(parents=True, exist_ok=True)
    definitions.write_text(json.dumps({"prompt_registry": dict.fromkeys(Prompts._fields, "made up")}))
    arguments = ("--scope", "qc-passed", "--model-name", "m", "--for", "openai", "--format", "json")
    places = ("--sources", str(sources), "--output", str(to), "--artifacts", str(edits))
    capsys.readouterr()
    assert cli.main(["submission", "requests", *arguments, *places]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_beside_edited_images_exported_sources_give_no_warning_and_others_do(
    tiny: Tiny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw, masks, edits, out, other = (tmp_path / name for name in ("raw", "masks", "edits", "out", "other"))
    for folder in (raw, masks, other):
        folder.mkdir()
    dicom(raw / f"{NAME}.dcm", synthetic(bits=12), **window(WindowCenter=1200))
    save(masks / f"{NAME}.png", synthetic() * 0 + 255)
    values = json.loads(tiny.config_file.read_text()) | {"tsxr_mask_blend": 1.0}
    (tmp_path / "passing.yaml").write_text(json.dumps(values))
    config = ("--config", str(tmp_path / "passing.yaml"))
    model = ("--checkpoint", str(tiny.peft), "--device", "cpu", "--qc-require", "ssim,edge_preservation")
    where = ("--input", str(raw), "--mask", str(masks), "--output", str(edits))
    assert infer.main([*where, *config, *model]) == 0
    prepare = ("--input", str(raw), "--output", str(out), "--artifacts", str(edits))
    assert prepare_sources.main([*prepare, *config]) == 0

    said = asked_for(edits, out, tmp_path / "requests", capsys)
    (row,) = said["results"]
    assert (row["sources_found"], row["pairs"], row["brightness_pairs"], row["brightness_difference"]) == (1, 4, 4, 0)
    assert (row["size_differs_pairs"], row["mode_differs_pairs"]) == (0, 0)
    assert not [note for note in said["notes"] if "differ" in note or "not compared" in note]

    # What another program makes of the same radiograph: its own size, and another window.
    save(other / f"{NAME}.png", synthetic() >> 1)
    notes = asked_for(edits, other, tmp_path / "others", capsys)["notes"]
    assert [sum(what in note for note in notes) for what in ("differ in size", "differ in mean brightness")] == [1, 1]


@pytest.fixture
def several(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    for number in range(4):
        (folder / str(number % 2)).mkdir(parents=True, exist_ok=True)
        save(folder / str(number % 2) / f"{number:04d}-M-050Y0.png", synthetic()[number:])
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_run_that_was_stopped_is_continued_to_the_same_bytes(several: Path, tmp_path: Path) -> None:
    whole = ExportRequest(several, tmp_path / "whole", SMALL)
    assert export_sources(whole, quiet, quiet) == (4, 0, ())
    stopped = whole._replace(output=tmp_path / "stopped")

    def stop(text: str) -> None:
        if text.startswith("2 of 4"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_sources(stopped, quiet, stop)
    assert not (stopped.output / "manifest.json").exists()
    (stopped.output / "buu_0000-M-050Y0.png").write_bytes(b"damaged")
    with (stopped.output / "manifest.partial.jsonl").open("ab") as partial:
        partial.write(b'{"source_id": "buu_00')
    assert export_sources(stopped._replace(resume=True), quiet, quiet) == (3, 1, ())
    assert contents(stopped.output) == contents(whole.output)
    assert export_sources(stopped._replace(resume=True), quiet, quiet) == (0, 4, ())
    save(several / "1/0001-M-050Y0.png", synthetic()[50:])
    assert export_sources(stopped._replace(resume=True), quiet, quiet) == (1, 3, ())


def test_several_processes_write_the_same_bytes(several: Path, tmp_path: Path) -> None:
    one, two = (ExportRequest(several, tmp_path / name, SMALL, jobs=jobs) for name, jobs in (("one", 1), ("two", 2)))
    assert export_sources(one, quiet, quiet) == export_sources(two, quiet, quiet)
    assert contents(one.output) == contents(two.output)


def test_what_is_of_no_earlier_run_is_not_overwritten(several: Path, tmp_path: Path) -> None:
    request = ExportRequest(several, tmp_path / "out", SMALL)
    request.output.mkdir()
    foreign = request.output / "buu_0003-M-050Y0.png"
    foreign.write_bytes(b"of the user")
    for way in (request, request._replace(resume=True)):
        with pytest.raises(Exception, match=r"buu_0003-M-050Y0\.png.*use --force to overwrite") as refused:
            export_sources(way, quiet, quiet)
        assert len(refused.value.args[0].splitlines()) == 1
        assert foreign.read_bytes() == b"of the user"
    assert export_sources(request._replace(force=True), quiet, quiet) == (4, 0, ())
    assert pixels_of(foreign).shape == (64, 64)


def test_all_unreadable_files_are_named_and_the_others_are_written(several: Path, tmp_path: Path) -> None:
    (several / "0/0000-M-050Y0.png").write_bytes(b"no image")
    data = (several / "1/0003-M-050Y0.png").read_bytes()
    (several / "1/0003-M-050Y0.png").write_bytes(data[: len(data) // 2])
    save(several / "9-F-01Y1.jpg", synthetic())
    jpeg = (several / "9-F-01Y1.jpg").read_bytes()
    (several / "9-F-01Y1.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    request = ExportRequest(several, tmp_path / "out", SMALL)
    said: list[str] = []
    with pytest.raises(Exception, match="is not a PNG, JPEG, TIFF or DICOM image") as refused:
        export_sources(request, said.append, quiet)
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "0000-M-050Y0.png", "0003-M-050Y0.png", "9-F-01Y1.jpg",
    ]  # fmt: skip
    assert "2 sources written" in said[-1]
    for file in ("0/0000-M-050Y0.png", "1/0003-M-050Y0.png", "9-F-01Y1.jpg"):
        (several / file).unlink()
    assert export_sources(request._replace(resume=True), quiet, quiet) == (0, 2, ())
