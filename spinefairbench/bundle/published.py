"""The published figures of the release, from the one data file that holds them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["published"]


@cache
def published() -> dict[str, Any]:
    """Read `published_results.json` beside this module; its `origin` says where the figures are from."""
    text = Path(__file__).with_name("published_results.json").read_text(encoding="utf-8")
    figures: dict[str, Any] = json.loads(text)
    return figures
