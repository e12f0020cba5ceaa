"""The seed of each image's own noise.

A pair's noise depends on the run's seed, the source and the edit, and on nothing else: not on what shares
its batch, on the order of the inputs or on the number of processes. Bump RULE whenever the rule changes.
"""

import hashlib
import json
from typing import Final

__all__ = ["RULE", "noise_seed"]

RULE: Final = "spinefairbench-noise-v1"


def noise_seed(seed: int, source_id: str, edit_label: str) -> int:
    """A pair's noise seed, 0 <= seed < 2**63.

    The first eight bytes (big-endian, top bit dropped) of the SHA-256 of the ASCII JSON array
    [RULE, seed, source_id, edit_label] written without spaces.
    """
    text = json.dumps([RULE, seed, source_id, edit_label], separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode("ascii")).digest()[:8], "big") >> 1
