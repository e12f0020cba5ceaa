"""How the released LoRA was trained, as a record: it is checked, and it is never run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.generator.value_checks import (
    Check,
    checked_values,
    integer_within,
    line_of_text,
    number_within,
    true_or_false,
)
from spinefairbench.generator.yaml_values import read_values

__all__ = ["REFUSAL", "TRAINING_PROVENANCE", "is_training_record", "read_training_record"]

REFUSAL: Final = "records how a checkpoint was trained and is not runnable: no training code is released"
"""What is said to whoever wants to train with such a file, after its name."""

TRAINING_PROVENANCE: Final[Mapping[str, Any]] = {
    "provenance_only": True,
    "runnable": False,
    "base_model": "runwayml/stable-diffusion-v1-5",
    "training_radiographs": 9024,
    "hardware": "one NVIDIA H200",
    "image_size": 512,
    "lora_rank": 64,
    "lora_alpha": 128,
    "loss_reconstruction_l1": 1.0,
    "loss_patchgan": 0.005,
    "loss_kl": 1e-7,
    "stage2_loss_latent_cycle_l1": 1.0,
}
"""The record of the released checkpoint."""


def _always(expected: bool) -> Check:
    def check(value: object) -> bool:
        if true_or_false(value) is not expected:
            raise ValueError(f"expected {str(expected).lower()}: no training code is released")
        return expected

    return check


_WEIGHT: Final = number_within(0.0, 1e6)

_CHECKS: Final[Mapping[str, Check]] = {
    "provenance_only": _always(True),
    "runnable": _always(False),
    "base_model": line_of_text,
    "training_radiographs": integer_within(1, 10**9),
    "hardware": line_of_text,
    "image_size": integer_within(16, 2048, 8),
    "lora_rank": integer_within(1, 4096),
    "lora_alpha": integer_within(1, 65536),
    "loss_reconstruction_l1": _WEIGHT,
    "loss_patchgan": _WEIGHT,
    "loss_kl": _WEIGHT,
    "stage2_loss_latent_cycle_l1": _WEIGHT,
}


def is_training_record(values: Mapping[Any, Any]) -> bool:
    """Whether the values of a file say that they record a training, whatever else is wrong with them."""
    return values.get("provenance_only") is True


def read_training_record(path: Path) -> dict[str, Any]:
    """The checked values of a record of training, every key of `TRAINING_PROVENANCE` among them.

    Raises ConfigError with every problem, and MissingLibraryError as `read_values` does.
    """
    return checked_values(read_values(path), _CHECKS, path.name, required=TRAINING_PROVENANCE)
