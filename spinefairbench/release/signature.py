"""One line that says all that a score depends on, short enough for a footnote.

The idea is that of sacreBLEU (Post 2018, "A call for clarity in reporting BLEU scores"): a number without its
signature cannot be compared with another.
"""

import hashlib
from collections.abc import Iterable

from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.version import __version__

__all__ = ["pairs_hash", "score_signature"]


def pairs_hash(pair_ids: Iterable[str]) -> str:
    """Eight hexadecimal digits of the SHA-256 of the sorted pair ids, a line each."""
    text = "".join(f"{pair_id}\n" for pair_id in sorted(pair_ids))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def score_signature(scope: str, submitted: Iterable[str], expected: int, iterations: int, seed: int) -> str:
    """`key:value` parts joined by bars, in a fixed order."""
    ids = list(submitted)
    parts = {
        "bench": "spinefairbench",
        "scope": scope,
        "pairs": f"{len(ids)}/{expected}#{pairs_hash(ids)}",
        "refusals": "full-excluded,partial-kept",
        "ci": "source-percentile",
        "iter": iterations,
        "seed": seed,
        "rng": "numpy-pcg64",
        "registry": registries_sha256()[:8],
        "v": __version__,
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())
