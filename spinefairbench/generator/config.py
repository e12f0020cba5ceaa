"""The configuration of a run: a frozen dataclass, and what its values may be."""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.bundle.qc_measures import MEASURES
from spinefairbench.generator.failures import ConfigError
from spinefairbench.generator.training import REFUSAL, is_training_record
from spinefairbench.generator.value_checks import (
    Check,
    checked_values,
    integer_within,
    line_of_text,
    name_list,
    number_within,
    one_of,
    or_null,
    true_or_false,
)
from spinefairbench.generator.yaml_values import read_values

__all__ = [
    "BLEND_SPACES",
    "FITS",
    "LATENT_FACTOR",
    "LEVELS",
    "InferenceConfig",
    "config_from_mapping",
    "read_config",
]

BLEND_SPACES: Final = ("pixel", "latent")
FITS: Final = ("stretch", "pad")
LEVELS: Final = ("auto", "full", "percentile", "window", "voi-lut")
LATENT_FACTOR: Final = 8
"""How many pixels a side a latent of Stable Diffusion stands for."""

_MAX_SEED: Final = (1 << 63) - 1
_MAX_LABEL: Final = (1 << 16) - 1
_MAX_IMAGE_SIZE: Final = 2048


@dataclasses.dataclass(frozen=True, slots=True)
class InferenceConfig:
    """The settings in a configuration file that determine an image; the defaults are the released settings.

    `base_model_revision` is the commit that a hub id is fetched at (None: whatever is current). `mask_labels` are the
    values of a mask that are marked (empty: the one that is not zero). `qc_require` None requires every measure that
    can be made.
    """

    base_model: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    base_model_revision: str | None = "451f4fe16113bff5a5d2269ed5ad43b0592e9a14"
    scheduler: str = "ddim"
    steps: int = 50
    guidance_scale: float = 5.0
    strength: float = 0.15
    seed: int = 42
    image_size: int = 512
    lora_rank: int = 64
    lora_alpha: int = 128
    lora_targets: tuple[str, ...] = ("to_k", "to_out.0", "to_q", "to_v")
    tsxr_mask_blend: float = 0.7
    blend_space: str = "pixel"
    mask_feather: float = 0.0
    composite_after_latent: bool = False
    fit: str = "stretch"
    levels: str = "auto"
    level_percentiles: tuple[float, ...] = (0.5, 99.5)
    mask_labels: tuple[int, ...] = ()
    qc_require: tuple[str, ...] | None = None

    @property
    def lora_scale(self) -> float:
        """The scale with which the adapter must act: alpha / rank."""
        return self.lora_alpha / self.lora_rank

    @property
    def denoising_steps(self) -> int:
        """How many of the scheduler's steps are actually taken at this strength."""
        return min(int(self.steps * self.strength), self.steps)

    def as_json(self) -> dict[str, Any]:
        """The configuration as JSON values, in the order of the fields."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


def _revision(value: object) -> str:
    text = line_of_text(value)
    # It becomes part of a URL and of a path in the cache.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}", text, re.ASCII) or ".." in text:
        raise ValueError("expected a commit, a tag or a branch")
    return text


def _labels(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("expected a list of labels")
    return tuple(sorted({integer_within(1, _MAX_LABEL)(label) for label in value}))


def _percentiles(value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("expected two percentiles, [low, high]")
    low, high = (number_within(0.0, 100.0)(part) for part in value)
    if low >= high:
        raise ValueError("expected the low percentile to be below the high one")
    return (low, high)


_CHECKS: Final[Mapping[str, Check]] = {
    "base_model": line_of_text,
    "base_model_revision": or_null(_revision),
    "scheduler": one_of("ddim"),
    "steps": integer_within(1, 1000),
    "guidance_scale": number_within(0.0, 50.0),
    "strength": number_within(0.0, 1.0, above=True),
    "seed": integer_within(0, _MAX_SEED),
    "image_size": integer_within(LATENT_FACTOR * 2, _MAX_IMAGE_SIZE, LATENT_FACTOR),
    "lora_rank": integer_within(1, 4096),
    "lora_alpha": integer_within(1, 65536),
    "lora_targets": name_list(),
    "tsxr_mask_blend": number_within(0.0, 1.0),
    "blend_space": one_of(*BLEND_SPACES),
    "mask_feather": number_within(0.0, 256.0),
    "composite_after_latent": true_or_false,
    "fit": one_of(*FITS),
    "levels": one_of(*LEVELS),
    "level_percentiles": _percentiles,
    "mask_labels": _labels,
    "qc_require": or_null(name_list(MEASURES)),
}


def config_from_mapping(values: Mapping[Any, Any], where: str = "config") -> InferenceConfig:
    """A checked configuration; a key that is left out takes its default.

    Raises ConfigError with every problem: an unknown key, a wrong type, a value out of range, or a strength
    so small that no denoising step would be taken.
    """
    checked = checked_values(values, _CHECKS, where)
    default = InferenceConfig()
    if checked.get("base_model", default.base_model) != default.base_model:
        # The default commit is none of another model.
        checked.setdefault("base_model_revision", None)
    config = InferenceConfig(**checked)
    # Otherwise the pipeline would fail with an error about reshaping an empty tensor.
    if config.denoising_steps < 1:
        product = config.steps * config.strength
        raise ConfigError(f"{where}: strength: steps x strength is {product:g}, expected at least 1 denoising step")
    return config


def read_config(path: Path) -> InferenceConfig:
    """The checked configuration of a YAML file.

    Raises ConfigError for an unreadable file, a wrong value and a record of training, and MissingLibraryError as
    `read_values` does.
    """
    values = read_values(path)
    if is_training_record(values):
        raise ConfigError(f"{path.name}: {REFUSAL}")
    return config_from_mapping(values, path.name)
