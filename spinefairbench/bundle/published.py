"""The published figures of the release, from the data files that hold them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["published", "published_evidence"]


def published() -> dict[str, Any]:
    """Read `published_results.json` beside this module; its `origin` says where the figures are from."""
    return _figures("published_results.json")


def published_evidence() -> dict[str, Any]:
    """Read `published_evidence.json`: figures on the edits that nothing released allows to recompute."""
    return _figures("published_evidence.json")


@cache
def _figures(name: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return figures
