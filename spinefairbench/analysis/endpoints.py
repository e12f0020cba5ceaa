"""ARCHIVAL: a tokenized-diagnosis Jaccard that earlier drafts used. Never used for the frozen values.

It is kept so that old tables can be read; every published number comes from `metrics.diagnostic_label`.
"""

import re
from typing import Final

from spinefairbench.metrics.diagnostic_label import compute_jaccard

__all__ = ["diagnosis_tokens", "tokenized_diagnosis_jaccard"]

_TOKEN: Final = re.compile(r"[a-z0-9]+")
_SHORTEST: Final = 3


def diagnosis_tokens(diagnosis: str) -> frozenset[str]:
    """The tokens of `[a-z0-9]+` in the lower-cased text that are longer than two characters."""
    return frozenset(token for token in _TOKEN.findall(diagnosis.lower()) if len(token) >= _SHORTEST)


def tokenized_diagnosis_jaccard(first: str, second: str) -> float:
    """Shared tokens over all tokens of two diagnoses, in [0, 1]; 1.0 where neither has a token."""
    return compute_jaccard(diagnosis_tokens(first), diagnosis_tokens(second))
