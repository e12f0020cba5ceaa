"""A configuration is checked strictly, whether it is a shipped file or any YAML mapping of a user."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.config import InferenceConfig, config_from_mapping, read_config
from spinefairbench.generator.failures import ConfigError
from spinefairbench.generator.released import CONFIGS
from spinefairbench.generator.yaml_values import read_flat

from .conftest import needs_libraries


def test_shipped_configuration_is_the_default() -> None:
    assert read_config(CONFIGS / "inference_sd15_lora.yaml") == InferenceConfig()


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("steps", True, "expected an integer"), ("steps", "50", "expected an integer"), ("steps", 0, "1 to 1000"),
        ("strength", 0, "above 0"), ("strength", 1.5, "above 0"), ("strength", float("nan"), "above 0"),
        ("guidance_scale", 10**400, "from 0"), ("guidance_scale", None, "expected a number"),
        ("seed", -1, "0 to"), ("seed", 2**63, "0 to"), ("image_size", 500, "multiple of 8"),
        ("scheduler", "pndm", "one of ddim"), ("blend_space", "latents", "one of pixel, latent"),
        ("level_percentiles", [99, 1], "below"), ("level_percentiles", [1], "two percentiles"),
        ("lora_targets", [], "non-empty"), ("lora_targets", ["a", "a"], "twice"), ("base_model", " ", "non-empty"),
        ("qc_require", ["ssim", "fid"], "fid"), ("composite_after_latent", 1, "true or false"),
        ("tsxr_mask_blend", 1.1, "from 0"), ("lora_rank", 1.0, "expected an integer"),
        ("mask_labels", [0], "1 to 65535"), ("mask_labels", 20, "list of labels"), ("mask_labels", ["20"], "an integer"),
        ("base_model_revision", "../main", "a commit"), ("base_model_revision", 1, "line of text"),
    ],
)  # fmt: skip
def test_wrong_values_are_errors_that_name_the_key(key: str, value: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_mapping({key: value})
    problem = str(caught.value.problems[0])
    assert key in problem
    assert said in problem


def test_every_wrong_key_is_listed_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        config_from_mapping({"steps": 0, "unknown": 1, "seed": "x"})
    assert len(caught.value.problems) == 3


def test_a_strength_without_a_denoising_step_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least 1 denoising step"):
        config_from_mapping({"steps": 10, "strength": 0.05})
    assert config_from_mapping({"steps": 10, "strength": 0.1}).denoising_steps == 1


@pytest.mark.parametrize("line", ["steps: 50", '"a": 1, "b": 2', '"a": NaN', '"a":', "- 1", '"a": ' + "[" * 5000])
def test_flat_reader_takes_nothing_but_one_json_pair_a_line(line: str) -> None:
    with pytest.raises(ConfigError, match="line 2"):
        read_flat("# comment\n" + line + "\n", "x.yaml")


def test_flat_reader_refuses_a_key_that_stands_twice() -> None:
    with pytest.raises(ConfigError, match="appears twice"):
        read_flat('"a": 1\n"a": 1\n', "x.yaml")


def test_unreadable_configurations_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_config(tmp_path / "absent.yaml")
    (tmp_path / "latin.yaml").write_bytes(b'"steps": "\xff"')
    with pytest.raises(ConfigError, match="UTF-8"):
        read_config(tmp_path / "latin.yaml")
    (tmp_path / "huge.yaml").write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(ConfigError, match="more than 1,048,576 bytes"):
        read_config(tmp_path / "huge.yaml")


@needs_libraries
@pytest.mark.parametrize("name", ["inference_sd15_lora.yaml", "training_lora.yaml"])
def test_the_flat_reader_and_yaml_read_the_shipped_files_alike(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    text = (CONFIGS / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text) == read_flat(text, name)


@needs_libraries
def test_plain_yaml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("# mine\nseed: 7\nblend_space: latent\nqc_require:\n  - ssim\n", encoding="utf-8")
    assert read_config(path) == InferenceConfig(seed=7, blend_space="latent", qc_require=("ssim",))


@needs_libraries
@pytest.mark.parametrize(("text", "strength"), [("1e-1", 0.1), ("5E-1", 0.5), (".5", 0.5), ("1", 1.0), ("+0.25", 0.25)])
def test_numbers_are_read_as_json_reads_them(tmp_path: Path, text: str, strength: float) -> None:
    """PyYAML alone takes 1e-1 for text."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"strength: {text}\n", encoding="utf-8")
    assert read_config(path).strength == strength


@needs_libraries
@pytest.mark.parametrize("text", ["042", "1:30", "0x2a", "4_2", "0o42", ".nan", "-.inf", "''", "~", "4e1"])
def test_a_seed_is_a_plain_decimal_integer(tmp_path: Path, text: str) -> None:
    """PyYAML alone takes 042 for 34 and 1:30 for 90."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"seed: {text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="seed: expected an integer"):
        read_config(path)


@needs_libraries
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: 1\nseed: 2\n", "appears twice"),
        ("[1, 2]", "expected a mapping"),
        ("seed: [1", "is not YAML"),
        ("seed: !!python/object/apply:os.getcwd []", "is not YAML"),
        ("sede: 1\nsteps: fast\n", "unknown key 'sede'"),
        ("1: 2\n", "unknown key '1'"),
        ("? [a, b]\n: 1\n", "is not YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "unknown key 'a'"),
        ("seed: " + "[" * 3000 + "]" * 3000, "too deeply"),
    ],
)
def test_wrong_yaml_is_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_config(path)
