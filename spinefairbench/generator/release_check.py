"""The report of the dry run: configuration, thresholds and prompts against the release, and what is not released."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.generator.config import InferenceConfig, config_from_mapping
from spinefairbench.generator.failures import ConfigError
from spinefairbench.generator.released import CONFIGS, PROMPTS, release_facts
from spinefairbench.generator.training import TRAINING_PROVENANCE
from spinefairbench.generator.yaml_values import read_flat

__all__ = ["release_report"]


def _differences(what: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}: {key} is {found.get(key)!r}, expected {expected.get(key)!r}"
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key) or (key in found) != (key in expected)
    ]


def _read_shipped(path: Path) -> dict[str, Any]:
    """The values of a shipped file. Raises ConfigError."""
    try:
        return read_flat(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{path.name}: cannot be read") from None


def _inference_problems(path: Path, released: Mapping[str, Any]) -> list[str]:
    """The shipped file compared with the dataclass's defaults, and those with the release."""
    defaults = InferenceConfig().as_json()
    problems = _differences("defaults", {key: defaults.get(key) for key in released}, released)
    try:
        values = _read_shipped(path)
        config = config_from_mapping(values, path.name)
    except ConfigError as error:
        return [*problems, *map(str, error.problems)]
    problems += _differences(path.name, config.as_json(), defaults)
    return problems + [f"{path.name}: lacks {key}" for key in defaults if key not in values]


def _training_problems(path: Path) -> list[str]:
    try:
        return _differences(path.name, _read_shipped(path), TRAINING_PROVENANCE)
    except ConfigError as error:
        return [*map(str, error.problems)]


def _thresholds() -> dict[str, dict[str, float]]:
    """Each threshold by the side that can be missed: LPIPS from above, the others from below."""
    return {
        threshold.measure: {"max": threshold.maximum} if threshold.is_upper_bound else {"min": threshold.minimum}
        for threshold in THRESHOLDS
    }


def release_report(configs: Path = CONFIGS) -> dict[str, Any]:
    """The report as JSON values; `problems` has a sentence for everything that disagrees."""
    facts = release_facts()
    inference = InferenceConfig()
    problems = _inference_problems(configs / "inference_sd15_lora.yaml", facts["inference"])
    problems += _training_problems(configs / "training_lora.yaml")
    problems += _differences("thresholds", _thresholds(), facts["qc_thresholds"])
    prompt_hashes = {name: sha256_of_bytes(prompt.encode()) for name, prompt in PROMPTS.items()}
    problems += _differences("prompt hashes", prompt_hashes, facts["prompt_sha256"])
    if tuple(PROMPTS) != EDIT_LABELS:
        problems.append(f"prompts: are {', '.join(PROMPTS)}, the bundle's edits are {', '.join(EDIT_LABELS)}")
    if inference.base_model != facts["base_model"]["current"]:
        problems.append(
            f"defaults: base_model is {inference.base_model!r}, expected {facts['base_model']['current']!r}"
        )
    checkpoint = facts["checkpoint"]
    if checkpoint["tensors"] != 2 * checkpoint["modules"]:
        problems.append("checkpoint: the tensor count is not twice the module count")
    if not math.isclose(checkpoint["alpha"] / checkpoint["rank"], inference.lora_scale):
        problems.append("checkpoint: alpha / rank is not the configuration's")
    return {
        "schema": "spinefairbench-generator-release-v1",
        "status": "ok",
        "problems": problems,
        "config": inference.as_json(),
        "lora_scale": inference.lora_scale,
        "denoising_steps": inference.denoising_steps,
        "prompts": dict(PROMPTS),
        "qc_thresholds": _thresholds(),
        "qc_measures_required": list(MEASURES),
        "base_model": facts["base_model"],
        "checkpoint": checkpoint,
        "training": {**TRAINING_PROVENANCE},
        "released": facts["released"],
        "not_released": facts["not_released"],
        "notice": facts["notice"],
        "origin": facts["origin"],
        "not_checked": "no checkpoint, base model or image was read, except one that was named",
    }
