"""The tests mirror the source tree; `property/` and `browser/` stand apart."""

from pathlib import Path
from typing import Final

__all__ = ["DATA", "ROOT"]

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout."""
DATA: Final = ROOT / "tests" / "data"
"""The vectors."""
