"""Arguments that several commands share."""

import argparse
from pathlib import Path

import pytest

from spinefairbench.generator.arguments import DEFAULT_CONFIG, configuration, count_argument, path_argument
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import ConfigError


def test_counts_and_paths_are_checked() -> None:
    assert (count_argument("12"), path_argument("a b")) == (12, Path("a b"))
    for text in ("0", "-1", "1.0", "²", "12345", ""):
        with pytest.raises(argparse.ArgumentTypeError, match="whole number"):
            count_argument(text)
    with pytest.raises(argparse.ArgumentTypeError, match="found nothing"):
        path_argument(" ")


def test_options_replace_values_of_the_file_where_they_are_given() -> None:
    assert configuration(DEFAULT_CONFIG, {"fit": None, "seed": None}) == InferenceConfig()
    assert configuration(DEFAULT_CONFIG, {"fit": "pad", "seed": 0}) == InferenceConfig(fit="pad", seed=0)
    with pytest.raises(ConfigError, match="fit: expected one of"):
        configuration(DEFAULT_CONFIG, {"fit": "crop"})
