"""The released configuration, prompts and thresholds are what the release says, with nothing installed."""

import json
from pathlib import Path

import pytest

from spinefairbench.generator.release_check import release_report
from spinefairbench.generator.released import (
    CONFIGS,
    PROMPTS,
)

from .conftest import run_bare


def test_release_dry_run_agrees_and_says_what_is_not_released() -> None:
    result = run_bare("scripts/verify_generator_release.py", "--dry-run")
    assert result.returncode == 0, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert report["status"] == "ok" and report["problems"] == []
    assert report["prompts"] == dict(PROMPTS)
    assert report["lora_scale"] == 2.0 and report["denoising_steps"] == 7
    assert report["qc_thresholds"] == {
        "ssim": {"min": 0.70}, "edge_preservation": {"min": 0.276}, "lpips": {"max": 0.40},
    }  # fmt: skip
    for part in ("source radiographs", "training code", "training data", "segmentation weights", "provider clients"):
        assert part in report["not_released"]
    assert "not for diagnosis" in report["notice"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("inference_sd15_lora.yaml", '"strength": 0.15', '"strength": 0.2', "strength is 0.2"),
        ("inference_sd15_lora.yaml", '"seed": 42\n', "", "lacks seed"),
        ("inference_sd15_lora.yaml", '"seed": 42', '"sede": 42', "unknown key 'sede'"),
        ("training_lora.yaml", "9024", "9025", "training_radiographs is 9025"),
        ("training_lora.yaml", '"runnable": false', '"runnable": true', "runnable is True"),
    ],
)
def test_release_report_names_what_disagrees(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    for path in CONFIGS.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    problems = release_report(tmp_path)["problems"]
    assert any(said in problem for problem in problems), problems


def test_release_report_says_that_a_prompt_disagrees(monkeypatch: pytest.MonkeyPatch) -> None:
    from spinefairbench.generator import release_check

    changed = {**PROMPTS, "young_male": "25-year-old male lumbar spine radiograph."}
    monkeypatch.setattr(release_check, "PROMPTS", changed)
    assert any("prompt hashes" in problem for problem in release_report()["problems"])
