"""Edits as DICOM: derived, synthetic, new instances, and nothing of the radiograph that they were made from."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import export_dicom, infer

from .conftest import Tiny, dicom, tree
from .test_infer import REQUIRED, options, passing

__all__ = ["passing"]

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

IDENTIFIERS = {
    "PatientName": "Doe^Jane", "PatientID": "MRN-7731", "AccessionNumber": "ACC-5512", "InstitutionName": "St. Nowhere",
    "StudyInstanceUID": "1.2.826.0.1.11", "SeriesInstanceUID": "1.2.826.0.1.22", "SOPInstanceUID": "1.2.826.0.1.33",
    "StudyDate": "20190203", "PatientBirthDate": "19480506", "ReferringPhysicianName": "Roe^Richard",
}  # fmt: skip


@pytest.fixture
def run(passing: Tiny, tmp_path: Path) -> Path:
    """A run over one DICOM radiograph whose edits are its square, so that they pass."""
    import numpy

    from .conftest import HEIGHT, WIDTH, save

    pytest.importorskip("pydicom", reason="needs pydicom")
    folder = tmp_path / "in"
    folder.mkdir()
    values = numpy.add.outer(numpy.arange(HEIGHT) * 9, numpy.arange(WIDTH) * 17).astype(numpy.uint16)
    values[40:80, 30:60] += 900
    dicom(folder / "secret.dcm", values, **IDENTIFIERS)
    mask = save(tmp_path / "mask.png", numpy.full((HEIGHT, WIDTH), 255, dtype=numpy.uint8))
    out = tmp_path / "out"
    assert infer.main(options(passing, folder, out, "--mask", mask, *REQUIRED)) == 0
    return out


def export(run: Path, to: Path, *more: str) -> int:
    return export_dicom.main(["--output", str(run), "--to", str(to), "--burned-in-annotation", "NO", *more])


def opened(folder: Path) -> list[Any]:
    pydicom = pytest.importorskip("pydicom", reason="needs pydicom")
    found = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    return sorted(found, key=lambda dataset: dataset.InstanceNumber)


def test_an_edit_is_a_new_derived_synthetic_instance(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy
    from PIL import Image

    capsys.readouterr()
    assert export(run, tmp_path / "dicom", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["instances"] == 4
    found = opened(tmp_path / "dicom")
    rows = dict(line.split(",") for line in (run / "dicom_instances.csv").read_text().splitlines()[1:])
    assert sorted(path.stem for path in (tmp_path / "dicom").iterdir()) == sorted(rows.values())
    for number, (dataset, label) in enumerate(
        zip(found, ("elderly_female", "elderly_male", "young_female", "young_male"), strict=True), 1
    ):
        assert dataset.SOPInstanceUID == rows[f"secret__{label}"] == dataset.file_meta.MediaStorageSOPInstanceUID
        assert dataset.SOPInstanceUID.is_valid and dataset.StudyInstanceUID.is_valid
        assert dataset.InstanceNumber == number
        assert list(dataset.ImageType) == ["DERIVED", "SECONDARY"]
        assert (dataset.ConversionType, dataset.SyntheticData, dataset.BurnedInAnnotation) == ("SYN", "YES", "NO")
        assert label in dataset.DerivationDescription and "strength 0.15" in dataset.DerivationDescription
        assert "not for diagnosis" in dataset.ImageComments
        with Image.open(run / f"dataset/counterfactual_images/secret/{label}.png") as image:
            assert (dataset.pixel_array == numpy.array(image)).all()
    uids = [{dataset.SOPInstanceUID, dataset.StudyInstanceUID, dataset.SeriesInstanceUID} for dataset in found]
    assert len(set.union(*uids)) == 4 + 2, "four instances of one series and study"


def test_nothing_of_the_source_is_in_a_file_or_its_name(run: Path, tmp_path: Path) -> None:
    assert export(run, tmp_path / "dicom") == 0
    for name, data in tree(tmp_path / "dicom").items():
        for secret in (*IDENTIFIERS.values(), "secret", "Doe", "Somebody"):
            assert secret.encode() not in data and secret not in name
    for dataset in opened(tmp_path / "dicom"):
        assert "SourceImageSequence" not in dataset and "PixelSpacing" not in dataset
        assert (dataset.PatientID, dataset.StudyDate, str(dataset.PatientName)) == ("", "", "Synthetic^Edit")


def test_the_same_edit_is_the_same_instance_and_another_run_gives_others(
    run: Path, passing: Tiny, tmp_path: Path
) -> None:
    assert export(run, tmp_path / "one") == 0 and export(run, tmp_path / "two") == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    other = tmp_path / "other"
    arguments = options(passing, tmp_path / "in", other, "--mask", tmp_path / "mask.png", "--seed", 7, *REQUIRED)
    assert infer.main(arguments) == 0 and export(other, tmp_path / "three") == 0
    assert not {path.name for path in (tmp_path / "one").iterdir()} & {
        path.name for path in (tmp_path / "three").iterdir()
    }


def test_what_cannot_be_exported_is_a_sentence(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: Any) -> str:
        capsys.readouterr()
        assert export(*arguments) == 2
        return capsys.readouterr().err

    with pytest.raises(SystemExit):
        export_dicom.main(["--output", str(run), "--to", str(tmp_path / "dicom")])
    assert "lies in the folder of --output" in said(run, run / "dicom")
    assert "in is there and is not an empty folder" in said(run, tmp_path / "in")
    assert "has no image that a run has written" in said(tmp_path, tmp_path / "dicom")
    image = run / "dataset/counterfactual_images/secret/young_male.png"
    image.write_bytes(b"torn")
    assert "is not the image that its sidecar names" in said(run, tmp_path / "dicom")
    for path in (run / "dataset/counterfactual_images/secret").iterdir():
        if path.suffix == ".json":
            sidecar = json.loads(path.read_text())
            sidecar["row"]["passed_qc"] = False
            path.write_text(json.dumps(sidecar))
    assert "has no edit that passed" in said(run, tmp_path / "other")
