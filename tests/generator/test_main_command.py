"""The main command of both READMEs, as it stands there, on a folder as users have it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.generator.released import PROMPTS
from tests import ROOT

from .conftest import HEIGHT, WIDTH, Tiny, dicom, save

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

READMES = (ROOT / "README.md", ROOT / "spinefairbench" / "generator" / "README.md")


def main_command(readme: Path) -> list[list[str]]:
    """The commands of the first block that makes edits and checks them, each as a list of words."""
    # What stands between two fences, the language first.
    blocks = [block.partition("\n")[2] for block in readme.read_text(encoding="utf-8").split("\n```")[1::2]]
    block = next(block for block in blocks if "generator.infer" in block)
    return [shlex.split(line) for line in block.replace("\\\n", " ").splitlines()]


def run(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """A command of the README, run in a folder of the user's."""
    assert words[0] == "python3"
    if words[1] == "reviewer_verify.py":
        words = [words[0], str(ROOT / words[1]), *words[2:]]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words[1:]], cwd=folder, capture_output=True, text=True, timeout=300, env=environment
    )


@pytest.fixture
def user(tiny: Tiny, tmp_path: Path) -> Path:
    """A folder of a user: JPEG, 16-bit PNG, DICOM with and without a suffix, a broken file, masks, a checkpoint."""
    import numpy

    data = pytest.importorskip("pydicom.data", reason="needs pydicom")
    radiographs, masks = tmp_path / "radiographs", tmp_path / "masks"
    radiographs.mkdir()
    masks.mkdir()
    deep = numpy.add.outer(numpy.arange(HEIGHT) * 300, numpy.arange(WIDTH) * 150).astype(numpy.uint16)
    deep[30:90, 20:70] += 9000
    save(radiographs / "0001-F-037Y0.jpg", (deep >> 8).astype(numpy.uint8), quality=95)
    save(radiographs / "deep.png", deep)
    dicom(radiographs / "made.dcm", deep >> 4)
    for name, own in (("ct.dcm", "CT_small.dcm"), ("1.2.840.mr", "MR_small.dcm")):
        shutil.copy(data.get_testdata_file(own, download=False), radiographs / name)
    (radiographs / "broken.jpg").write_bytes((radiographs / "0001-F-037Y0.jpg").read_bytes()[:500])
    sizes = {"ct": (128, 128), "1.2.840.mr": (64, 64)}
    for name in ("0001-F-037Y0", "deep", "made", "ct", "1.2.840.mr", "broken"):
        shape = sizes.get(name, (HEIGHT, WIDTH))
        save(masks / f"{name}.png", numpy.full(shape, 255, dtype=numpy.uint8))
    shutil.copy(tiny.peft, tmp_path / "spinefairbench_sd15_lora.safetensors")
    # A mask over everything at full blend: each edit is its source's square, and passes.
    values = {**json.loads(tiny.config_file.read_text()), "tsxr_mask_blend": 1.0}
    (tmp_path / "tiny.yaml").write_text(json.dumps(values))
    return tmp_path


def test_both_readmes_have_the_same_main_command() -> None:
    first, second = (sorted(word for words in main_command(readme) for word in words) for readme in READMES)
    assert first == second


def test_a_mixed_folder_with_a_broken_file_becomes_a_dataset_and_a_contact_sheet(user: Path) -> None:
    infer, check = main_command(READMES[0])
    # A model of the test's size on the CPU; all else is as the README has it.
    done = run(user, [*infer, "--config", "tiny.yaml", "--device", "cpu"])
    assert done.returncode == 1, done.stderr
    (said,) = [line for line in done.stderr.splitlines() if "broken" in line]
    assert said.startswith("failed: broken.jpg: is damaged or truncated: ")
    assert "Traceback" not in done.stderr
    failures = (user / "edits/failures.jsonl").read_text().splitlines()
    assert [json.loads(line)["source_id"] for line in failures] == ["broken"]

    checked = run(user, [*check, "--format", "json"])
    assert checked.returncode == 0, checked.stdout + checked.stderr
    (counts,) = json.loads(checked.stdout)["results"]
    assert (counts["released_pngs"], counts["attempted_qc_rows"], counts["source_rows"]) == (20, 20, 5)

    sheet = (user / "edits/contact_sheet.html").read_text()
    assert "20 pairs: 20 passed, 1 could not be made" in sheet and "broken.jpg" in sheet
    places = set(re.findall(r'src="([^"]*)"', sheet))
    assert all((user / "edits" / place).is_file() for place in places)
    names = {path.stem for path in (user / "edits/squares").iterdir()}
    assert names == {"0001-F-037Y0", "deep", "made", "ct", "1.2.840.mr"}
    assert len([place for place in places if place.startswith("dataset/")]) == len(names) * len(PROMPTS)
