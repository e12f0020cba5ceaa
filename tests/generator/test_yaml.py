"""A user's configuration may be any YAML mapping; it is held as strictly as the shipped one."""

from pathlib import Path

import pytest

from spinefairbench.generator.config import TRAINING_PROVENANCE, InferenceConfig, read_config, read_flat
from spinefairbench.generator.failures import ConfigError
from spinefairbench.generator.released import CONFIGS

pytestmark = pytest.mark.generator


@pytest.mark.parametrize("name", ["inference_sd15_lora.yaml", "training_lora.yaml"])
def test_the_flat_reader_and_yaml_read_the_shipped_files_alike(name: str) -> None:
    yaml = pytest.importorskip("yaml")
    text = (CONFIGS / name).read_text(encoding="utf-8")
    assert yaml.safe_load(text) == read_flat(text, name)


def test_plain_yaml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("# mine\nseed: 7\nblend_space: latent\nqc_require:\n  - ssim\n", encoding="utf-8")
    assert read_config(path) == InferenceConfig(seed=7, blend_space="latent", qc_require=("ssim",))


@pytest.mark.parametrize(("text", "strength"), [("1e-1", 0.1), ("5E-1", 0.5), (".5", 0.5), ("1", 1.0), ("+0.25", 0.25)])
def test_numbers_are_read_as_json_reads_them(tmp_path: Path, text: str, strength: float) -> None:
    """PyYAML alone takes 1e-1 for text."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"strength: {text}\n", encoding="utf-8")
    assert read_config(path).strength == strength


@pytest.mark.parametrize("text", ["042", "1:30", "0x2a", "4_2", "0o42", ".nan", "-.inf", "''", "~", "4e1"])
def test_a_seed_is_a_plain_decimal_integer(tmp_path: Path, text: str) -> None:
    """PyYAML alone takes 042 for 34 and 1:30 for 90."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"seed: {text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="seed: expected an integer"):
        read_config(path)


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


def test_the_training_record_is_refused_as_a_configuration() -> None:
    with pytest.raises(ConfigError, match="not runnable"):
        read_config(CONFIGS / "training_lora.yaml")
    assert TRAINING_PROVENANCE["runnable"] is False
