"""The version of the code; part of every score's signature."""

__all__ = ["__version__"]

__version__ = "1.0.0"
