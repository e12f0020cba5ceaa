"""The record of the training: checked like a configuration, never run, and all of it with nothing installed."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.failures import ConfigError
from spinefairbench.generator.released import CONFIGS
from spinefairbench.generator.training import REFUSAL, TRAINING_PROVENANCE, read_training_record

from .conftest import run_bare

SHIPPED = CONFIGS / "training_lora.yaml"


def record(path: Path, **changes: Any) -> Path:
    values = {**TRAINING_PROVENANCE, **changes}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in values.items() if value != "left out"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_shipped_record_is_that_of_the_release() -> None:
    assert read_training_record(SHIPPED) == TRAINING_PROVENANCE


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"runnable": True}, "runnable: expected false: no training code is released"),
        ({"provenance_only": False}, "provenance_only: expected true"),
        ({"provenance_only": 1}, "provenance_only: expected true or false"),
        ({"lora_rank": 0}, "lora_rank: expected 1 to 4096"),
        ({"lora_alpha": "128"}, "lora_alpha: expected an integer"),
        ({"image_size": 500}, "image_size: expected 16 to 2048, a multiple of 8"),
        ({"loss_kl": -1e-7}, "loss_kl: expected a number from 0"),
        ({"training_radiographs": 0}, "training_radiographs: expected 1"),
        ({"hardware": ""}, "hardware: expected a non-empty line of text"),
        ({"learning_rate": 1e-4}, "unknown key 'learning_rate'"),
        ({"loss_patchgan": "left out"}, "lacks loss_patchgan"),
    ],
)
def test_wrong_values_are_named(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_training_record(record(tmp_path / "mine.yaml", **changes))
    (problem,) = map(str, caught.value.problems)
    assert problem.startswith(f"mine.yaml: {said}")


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_training_record(record(tmp_path / "mine.yaml", lora_rank=0, runnable=True, loss_kl="left out"))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("changes", [{}, {"lora_rank": 0, "learning_rate": 1e-4}])
def test_to_train_with_it_is_refused_in_one_sentence(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Whatever is wrong in it: the first thing to know is that it cannot be run."""
    from spinefairbench.generator.config import read_config

    with pytest.raises(ConfigError) as caught:
        read_config(record(tmp_path / "mine.yaml", **changes))
    assert [str(problem) for problem in caught.value.problems] == [f"mine.yaml: {REFUSAL}"]


def test_a_record_is_checked_by_the_release_script(tmp_path: Path) -> None:
    good = run_bare("scripts/verify_generator_release.py", "--training-config", str(SHIPPED))
    assert good.returncode == 0, good.stderr
    found = json.loads(good.stdout)["training_file"]
    assert found == {"file": SHIPPED.name, "values": dict(TRAINING_PROVENANCE), "refusal": REFUSAL}
    bad = record(tmp_path / "mine.yaml", lora_rank=0)
    refused = run_bare("scripts/verify_generator_release.py", "--training-config", str(bad))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == "mine.yaml: lora_rank: expected 1 to 4096, found '0'\n"
