"""What was published of the generator, read from data/release.json (which names the origin of each figure)."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

__all__ = [
    "CONFIGS", "CheckpointFacts", "base_model_note", "checkpoint_facts", "not_released", "notice", "release_facts",
]  # fmt: skip

_HERE: Final = Path(__file__).resolve().parent
CONFIGS: Final = _HERE / "configs"


class CheckpointFacts(NamedTuple):
    """The released LoRA checkpoint: where it lies, its hash, and what its header and tensors must say."""

    repository: str
    filename: str
    sha256: str
    tensors: int
    modules: int
    rank: int
    alpha: int


@cache
def release_facts() -> dict[str, Any]:
    """The whole data file, as parsed JSON."""
    facts: dict[str, Any] = json.loads((_HERE / "data" / "release.json").read_text(encoding="utf-8"))
    return facts


def checkpoint_facts() -> CheckpointFacts:
    return CheckpointFacts(**release_facts()["checkpoint"])


def not_released() -> tuple[str, ...]:
    return tuple(release_facts()["not_released"])


def notice() -> str:
    """What every output of the generator says of itself."""
    text: str = release_facts()["notice"]
    return text


def base_model_note(base_model: str) -> dict[str, str]:
    """What a run's provenance says of a base model's name: the name used and the one it went by at release."""
    base = release_facts()["base_model"]
    if base_model in (base["original"], base["current"]):
        return {"used": base_model, "original": base["original"], "current": base["current"]}
    return {"used": base_model, "expected_original": base["original"], "expected_current": base["current"]}
