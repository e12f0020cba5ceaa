"""The four locked prompts, one for each demographic edit."""

import hashlib
from types import MappingProxyType
from typing import Final

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.errors import UsageError

__all__ = ["ALL", "PROMPTS", "edit_labels", "prompt_sha256"]

ALL: Final = "all"

PROMPTS: Final = MappingProxyType(
    {
        "elderly_female": "75-year-old female lumbar spine radiograph",
        "elderly_male": "75-year-old male lumbar spine radiograph",
        "young_female": "25-year-old female lumbar spine radiograph",
        "young_male": "25-year-old male lumbar spine radiograph",
    }
)


def edit_labels(demographic: str) -> tuple[str, ...]:
    """The edits that `--demographic` asks for: one of the four, or all in the bundle's order.

    Raises UsageError for any other name.
    """
    if demographic == ALL:
        return EDIT_LABELS
    if demographic not in PROMPTS:
        raise UsageError(f"--demographic: unknown name {demographic!r}; one of {', '.join(PROMPTS)} or {ALL}")
    return (demographic,)


def prompt_sha256(edit_label: str) -> str:
    """SHA-256 (hex) of the prompt's UTF-8 bytes."""
    return hashlib.sha256(PROMPTS[edit_label].encode()).hexdigest()
