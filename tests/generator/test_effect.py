"""The report of a run's effect, from real runs of the edits and of both control arms."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import effect, infer
from spinefairbench.generator.released import PROMPTS

from .conftest import Tiny, dataset_check
from .test_infer import options, refused

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture
def runs(tiny: Tiny, radiographs: Path, tmp_path: Path) -> dict[str, Path]:
    """A run of the edits with their squares, and one of each arm."""
    table = tmp_path / "sources.csv"
    table.write_text("source_id,age,sex,cell\na,25,M,\nb,,,elderly_female\n")
    made = {}
    for arm, more in (("edit", ["--save-squares"]), ("reconstruction", ["--source-metadata", table]), ("null", [])):
        made[arm] = tmp_path / arm
        assert infer.main(options(tiny, radiographs, made[arm], "--arm", arm, *more)) == 0
    return made


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    capsys.readouterr()
    assert effect.main([*map(str, arguments), "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_edits_are_compared_with_their_sources_each_other_and_both_arms(
    runs: dict[str, Path], radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "estimator.py").write_text("def age(image):\n    return {'age': float(image.mean())}\n")
    monkeypatch.chdir(tmp_path)
    arms = ["--reconstruction", runs["reconstruction"], "--null", runs["null"]]
    found = report(capsys, "--output", runs["edit"], *arms, "--attribute-model", "estimator:age")
    rows = {(row["comparison"], row["group"]): row for row in found["differences"]}
    assert {row["measure"] for row in found["differences"]} == {"pixels"}
    assert all(rows["edit and source", label]["pairs"] == 2 for label in PROMPTS)
    assert [rows["two edits", group]["pairs"] for group in ("age", "sex", "age and sex")] == [4, 4, 4]
    assert rows["two null images", "noise"]["pairs"] == 12
    # With its own prompt a source's image is its edit, to the byte: a is a young male, b an elderly female.
    same = {label: rows["edit and reconstruction, same noise", label]["same"] for label in PROMPTS}
    assert same == {"elderly_female": 1, "elderly_male": 0, "young_female": 0, "young_male": 1}
    assert all(row["same"] == 0 for (comparison, _), row in rows.items() if comparison == "two null images")
    assert {row["arm"] for row in found["more_than_noise"]} == {"reconstruction", "null"}
    contrast = next(row for row in found["attributes"] if row["comparison"] == "elderly minus young")
    assert (contrast["attribute"], contrast["asked"], contrast["sources"]) == ("age", 50.0, 2)
    # The squares that were saved and the radiographs are the same source.
    assert report(capsys, "--output", runs["edit"], *arms)["differences"] == found["differences"]
    other = report(capsys, "--output", runs["edit"], *arms, "--input", radiographs)
    assert other["differences"] == found["differences"]
    assert effect.main(["--output", str(runs["edit"])]) == 0
    text = capsys.readouterr().out
    assert "Without a control arm" in text and "edit and source" in text and "not for diagnosis" in text


def test_the_images_of_an_arm_are_recorded_and_refused_as_a_dataset(runs: dict[str, Path]) -> None:
    sidecar = json.loads((runs["null"] / "rejected/a/young_male.json").read_text())["made_from"]
    edit = json.loads((runs["edit"] / "rejected/a/young_male.json").read_text())["made_from"]
    assert (sidecar["arm"], sidecar["prompt"], edit["arm"]) == ("null", "", "edit")
    assert {key for key in edit if edit[key] != sidecar[key]} == {"arm", "prompt"}
    assert dataset_check(runs["edit"]).returncode == 0
    check = dataset_check(runs["null"])
    assert check.returncode == 1 and "are of the control arm 'null'" in check.stdout


def test_what_cannot_be_compared_is_refused(
    runs: dict[str, Path], tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*arguments: object) -> str:
        assert effect.main([*map(str, arguments)]) == 2
        return capsys.readouterr().err

    edits = ("--output", runs["edit"])
    assert "--null: expected images of the arm null, found those of edit" in said(*edits, "--null", runs["edit"])
    assert "--output: expected images of the arm edit, found those of null" in said("--output", runs["null"])
    other = tmp_path / "other"
    assert infer.main(options(tiny, radiographs, other, "--arm", "null", "--seed", 7)) == 0
    assert "in more than the prompt: config, noise_seed" in said(*edits, "--null", other)
    (runs["edit"] / "squares/b.png").unlink()
    assert "has no saved square of b; give --input" in said(*edits)
    (runs["edit"] / "rejected/a/young_male.png").write_bytes(b"torn")
    assert "is not the image that its sidecar names" in said(*edits, "--input", radiographs)


def test_a_reconstruction_needs_to_know_every_source(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "sources.csv"
    table.write_text("source_id,age,sex\na,25,M\nb,,\n")
    arguments = options(tiny, radiographs, tmp_path / "out", "--arm", "reconstruction")
    assert "each needs the other" in refused(arguments, capsys)
    said = refused([*arguments, "--source-metadata", str(table)], capsys)
    assert "says of 1 source(s) neither age and sex nor a cell (b)" in said
    assert not (tmp_path / "out").exists()
