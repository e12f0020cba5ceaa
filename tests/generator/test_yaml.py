"""A user's configuration may be any YAML mapping; it is held as strictly as the shipped one."""

from pathlib import Path

import pytest

from spinefairbench.generator.config import TRAINING_PROVENANCE, InferenceConfig, read_config, read_flat
from spinefairbench.generator.errors import ConfigError
from spinefairbench.generator.facts import CONFIGS

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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: 1\nseed: 2\n", "stands twice"),
        ("[1, 2]", "expected a mapping"),
        ("seed: [1", "is not YAML"),
        ("seed: !!python/object/apply:os.getcwd []", "is not YAML"),
        ("sede: 1\nsteps: fast\n", "unknown key 'sede'"),
        ("1: 2\n", "unknown key '1'"),
        ("? [a, b]\n: 1\n", "is not YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "unknown key 'a'"),
        ("seed: " + "[" * 3000 + "]" * 3000, "too deep"),
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
