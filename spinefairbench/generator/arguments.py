"""What the arguments of several of the generator's commands have in common."""

import argparse
import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.generator.config import InferenceConfig, config_from_mapping, read_config
from spinefairbench.generator.released import CONFIGS

__all__ = ["DEFAULT_CONFIG", "configuration", "count_argument", "path_argument"]

DEFAULT_CONFIG: Final = CONFIGS / "inference_sd15_lora.yaml"


def count_argument(text: str) -> int:
    """An argument that is a number of things. Raises ArgumentTypeError."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text, re.ASCII):
        raise argparse.ArgumentTypeError("expected a whole number from 1 to 9999")
    return int(text)


def path_argument(text: str) -> Path:
    """An argument that is a path. Raises ArgumentTypeError."""
    # Otherwise an unset shell variable would name the current folder.
    if not text.strip():
        raise argparse.ArgumentTypeError("expected a path, found nothing")
    return Path(text)


def configuration(file: Path, changes: Mapping[str, Any]) -> InferenceConfig:
    """The configuration in `file`, with the values that options give in place of its own (None: not given).

    Raises ConfigError, and MissingLibraryError as `read_config` does.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    found = dataclasses.asdict(read_config(file))
    if given.get("base_model", found["base_model"]) != found["base_model"]:
        # A commit of one model is none of another.
        found["base_model_revision"] = None
    return config_from_mapping({**found, **given}, "options")
