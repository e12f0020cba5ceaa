"""Files of the mitigation panel, found by the last part of a path."""

from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_texts import MitigationTexts
from spinefairbench.errors import BundleError

PANEL = layout.panel_folder(layout.MITIGATION_PANEL)
FOLDER = layout.stage1_outputs(layout.MITIGATION_PANEL, "m")


def texts(root: Path, *files: str) -> MitigationTexts:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"rewritten_output": "MRI"}', encoding="utf-8")
    return MitigationTexts(Bundle(root))


@pytest.mark.parametrize(
    "path", ["a.txt", "/elsewhere/stage1_outputs/m/a.txt", "C:\\runs\\m\\a.txt", "other/model/a.txt"]
)
def test_a_stage_1_text_is_found_by_its_last_part(tmp_path: Path, path: str) -> None:
    assert texts(tmp_path, f"{FOLDER}/deep/er/a.txt").find_stage1("m", path) == f"{FOLDER}/deep/er/a.txt"


def test_a_text_of_another_model_is_not_found(tmp_path: Path) -> None:
    found = texts(tmp_path, f"{FOLDER}/a.txt")
    assert found.find_stage1("n", "a.txt") is None
    assert found.find_stage1("m", "b.txt") is None
    assert found.find("m", "a.txt") is None  # a stage-1 text is no response


@pytest.mark.parametrize("other", ["deep/a.txt", "x/y/a.txt"])
def test_two_files_that_fit_are_refused(tmp_path: Path, other: str) -> None:
    found = texts(tmp_path, f"{FOLDER}/a.txt", f"{FOLDER}/{other}", f"{PANEL}/raw/m/r.txt", f"{PANEL}/m/r.txt")
    with pytest.raises(BundleError, match=r"'a\.txt' fits 2 files"):
        found.find_stage1("m", "/elsewhere/a.txt")
    with pytest.raises(BundleError, match=r"'r\.txt' fits 2 files"):
        found.find("m", "/elsewhere/r.txt")


@pytest.mark.parametrize("path", ["../../secret.txt", "x\\..\\a.txt", 7, None, ["a.txt"]])
def test_a_path_that_climbs_or_is_none_is_refused(tmp_path: Path, path: object) -> None:
    found = texts(tmp_path, f"{FOLDER}/a.txt")
    for find in (found.find_stage1, found.find):
        with pytest.raises(BundleError, match=r"holds '\.\.'|expected a path"):
            find("m", path)


def test_a_model_whose_name_climbs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"holds '\.\.'"):
        texts(tmp_path).find_stage1("../../../m", "a.txt")


def test_nothing_outside_the_bundle_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.txt").write_text("Primary diagnosis: secret", encoding="utf-8")
    root = tmp_path / "bundle"
    found = texts(root, f"{FOLDER}/x.txt")
    (root / FOLDER / "a.txt").symlink_to(secret / "a.txt")
    (root / FOLDER / "linked").symlink_to(secret)
    named = found.find_stage1("m", str(secret / "a.txt"))
    assert named == f"{FOLDER}/a.txt"
    with pytest.raises(BundleError, match="leaves the folder"):
        found.read(named)
    assert found.find("m", str(secret / "a.txt")) is None


def test_a_folder_that_is_a_link_out_of_the_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    root = tmp_path / "bundle"
    found = texts(root, f"{layout.stage1_outputs(layout.MITIGATION_PANEL, 'n')}/x.txt")
    (root / FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BundleError, match="leaves the folder"):
        found.find_stage1("m", "a.txt")


def test_a_text_that_was_validated_and_is_gone_is_missed(tmp_path: Path) -> None:
    found = texts(tmp_path, f"{FOLDER}/a.validation.json")
    with pytest.raises(BundleError, match=r"a\.txt: missing, although a\.validation\.json is there"):
        found.find_stage1("m", "a.txt")


def test_a_response_is_found_at_its_path_in_the_bundle_or_by_its_last_part(tmp_path: Path) -> None:
    found = texts(tmp_path, "raw/r.txt", f"{PANEL}/raw/m/r.txt", f"{PANEL}/raw/n/r.txt")
    assert found.find("m", "raw/r.txt") == "raw/r.txt"
    assert found.find("m", "/elsewhere/raw/r.txt") == f"{PANEL}/raw/m/r.txt"
    assert found.find("o", "/elsewhere/raw/r.txt") is None


def test_a_rewrite_is_read_or_refused(tmp_path: Path) -> None:
    found = texts(tmp_path, "w.json")
    assert found.read_rewrite("w.json") == "MRI"
    for content, said in (('{"rewritten_output": 7}', "expected a text"), ("[]", "JSON object"), ("{", "not JSON")):
        (tmp_path / "w.json").write_text(content, encoding="utf-8")
        with pytest.raises(BundleError, match=said):
            found.read_rewrite("w.json")
    (tmp_path / "w.json").write_text("{}", encoding="utf-8")
    assert found.read_rewrite("w.json") is None
