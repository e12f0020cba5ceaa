"""What the arguments of several of the generator's commands have in common."""

import argparse
import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.generator.config import InferenceConfig, config_from_mapping, read_config
from spinefairbench.generator.released import CONFIGS

__all__ = [
    "DEFAULT_CONFIG",
    "add_config",
    "add_format",
    "add_run_folder",
    "command_parser",
    "configuration",
    "count_argument",
    "path_argument",
]

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


def command_parser(module: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """The parser of a command that a module is; `epilog` has lines of its own."""
    return argparse.ArgumentParser(
        prog=f"python3 -m spinefairbench.generator.{module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=epilog,
    )


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add --config, the file whose values other options replace."""
    parser.add_argument(
        "--config",
        type=path_argument,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="default: the shipped configuration",
    )


def add_run_folder(parser: argparse.ArgumentParser) -> None:
    """Add --output of a command that reads what a run has written."""
    parser.add_argument(
        "--output", type=path_argument, required=True, metavar="DIR", help="the folder that the run has written"
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add --format, of what a command prints."""
    parser.add_argument("--format", choices=("text", "json"), default="text", help="output format (default: text)")


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
