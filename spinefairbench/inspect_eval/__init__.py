"""The optional evaluation with Inspect: every report of a scope asked for, and the figures of a score in its viewer."""

__all__: list[str] = []
