"""Arguments that several commands share."""

import argparse
from pathlib import Path

import pytest

from spinefairbench.generator.arguments import DEFAULT_CONFIG, configuration, count_argument, path_argument
from spinefairbench.generator.config import InferenceConfig, config_from_mapping
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


def test_the_commit_of_one_base_model_is_none_of_another() -> None:
    default = InferenceConfig()
    same = configuration(DEFAULT_CONFIG, {"base_model": default.base_model})
    assert same.base_model_revision == default.base_model_revision is not None
    assert configuration(DEFAULT_CONFIG, {"base_model": "owner/other"}).base_model_revision is None
    both = {"base_model": "owner/other", "base_model_revision": "v1"}
    assert configuration(DEFAULT_CONFIG, both).base_model_revision == "v1"
    assert config_from_mapping({"base_model": "owner/other"}).base_model_revision is None
    assert config_from_mapping(both).base_model_revision == "v1"
