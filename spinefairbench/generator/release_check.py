"""What the dry run says: configuration, thresholds and prompts against the release, and what is not released."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.generator.config import TRAINING_PROVENANCE, InferenceConfig, config_from_mapping, read_flat
from spinefairbench.generator.errors import ConfigError
from spinefairbench.generator.facts import CONFIGS, release_facts
from spinefairbench.generator.prompts import PROMPTS, prompt_sha256
from spinefairbench.generator.thresholds import MEASURES, THRESHOLDS

__all__ = ["release_report"]


def _differences(what: str, found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}: {key} is {found.get(key)!r}, expected {expected.get(key)!r}"
        for key in sorted({*found, *expected})
        if found.get(key) != expected.get(key) or (key in found) != (key in expected)
    ]


def _inference_problems(path: Path, released: Mapping[str, Any]) -> list[str]:
    """The shipped file against the dataclass's defaults, and those against the release."""
    defaults = InferenceConfig().as_json()
    problems = _differences("defaults", {key: defaults.get(key) for key in released}, released)
    try:
        values = read_flat(path.read_text(encoding="utf-8"), path.name)
        config = config_from_mapping(values, path.name)
    except ConfigError as error:
        return [*problems, *map(str, error.problems)]
    except (OSError, UnicodeDecodeError):
        return [*problems, f"{path.name}: cannot be read"]
    problems += _differences(path.name, config.as_json(), defaults)
    return problems + [f"{path.name}: lacks {key}" for key in defaults if key not in values]


def _training_problems(path: Path) -> list[str]:
    try:
        values = read_flat(path.read_text(encoding="utf-8"), path.name)
    except ConfigError as error:
        return list(map(str, error.problems))
    except (OSError, UnicodeDecodeError):
        return [f"{path.name}: cannot be read"]
    return _differences(path.name, values, TRAINING_PROVENANCE)


def _thresholds() -> dict[str, dict[str, float]]:
    """Each threshold by its binding side: LPIPS from above, the others from below."""
    return {
        threshold.measure: {"max": threshold.maximum} if threshold.minimum == 0 else {"min": threshold.minimum}
        for threshold in THRESHOLDS
    }


def release_report(configs: Path = CONFIGS) -> dict[str, Any]:
    """The report as JSON values; `problems` holds a sentence for everything that disagrees."""
    facts = release_facts()
    inference = InferenceConfig()
    problems = _inference_problems(configs / "inference_sd15_lora.yaml", facts["inference"])
    problems += _training_problems(configs / "training_lora.yaml")
    problems += _differences("thresholds", _thresholds(), facts["qc_thresholds"])
    problems += _differences("prompt hashes", {name: prompt_sha256(name) for name in PROMPTS}, facts["prompt_sha256"])
    if tuple(PROMPTS) != EDIT_LABELS:
        problems.append(f"prompts: named {', '.join(PROMPTS)}, the bundle's edits are {', '.join(EDIT_LABELS)}")
    if inference.base_model != facts["base_model"]["current"]:
        problems.append(
            f"defaults: base_model is {inference.base_model!r}, expected {facts['base_model']['current']!r}"
        )
    checkpoint = facts["checkpoint"]
    if checkpoint["tensors"] != 2 * checkpoint["modules"]:
        problems.append("checkpoint: a module has two tensors, the counts say otherwise")
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
        "not_checked": "no checkpoint, base model or image was read unless one was named",
    }
