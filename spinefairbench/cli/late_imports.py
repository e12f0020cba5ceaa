"""Functions and values that are named by their place, and imported only when they are needed."""

from importlib import import_module
from typing import Any

__all__ = ["load"]


def load(place: str) -> Any:
    """Import the module of "package.module:name" and return what has that name in it."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
