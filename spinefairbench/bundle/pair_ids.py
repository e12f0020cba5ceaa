"""Pair ids: `source_id__edit_label`, where the source may hold double underscores of its own."""

from sys import intern
from typing import Final

from spinefairbench.bundle import layout

__all__ = ["pair_id_of", "parts_of", "source_of", "split_pair_id"]

_SEPARATOR: Final = "__"


def pair_id_of(source_id: str, edit_label: str) -> str:
    """The id of the pair of a source and one of its edits."""
    return f"{source_id}{_SEPARATOR}{edit_label}"


def split_pair_id(pair_id: str) -> tuple[str, str] | None:
    """(source_id, edit_label), or None where `pair_id` does not end in one of the four edits."""
    source_id, edit_label = parts_of(pair_id)
    return (source_id, edit_label) if source_id and edit_label in layout.EDIT_LABELS else None


def parts_of(pair_id: str) -> tuple[str, str]:
    """(source_id, edit_label) of a valid id: what is before and after the last double underscore."""
    source_id, _, edit_label = pair_id.rpartition(_SEPARATOR)
    # Each source has several pairs, and each pair a row for every model: what they share is held once.
    return intern(source_id), intern(edit_label)


def source_of(pair_id: str) -> str:
    """The source of a pair with a valid id."""
    return parts_of(pair_id)[0]
