"""The output formats, and what each must carry.

Every format carries the rows. Whatever a reader of the rows must not miss (the remarks: what was not checked, the
notes, which kind of bundle it was) is part of the output too, or goes to stderr where the format has no room for it.
Problems always go to stderr; `with_problems` says that they are in the output as well. Where a bundle was found without
being named, its path is one of the remarks; without `with_path` it goes to stderr, so that no program depends on it. A format that `fits_terminal` takes the width of
one beside the document.
"""

from typing import Final, NamedTuple

__all__ = ["FORMATS"]


class _Format(NamedTuple):
    """A way to write a document: the function ("module:name") that makes its text, and what that text carries."""

    render: str
    with_remarks: bool = True
    with_problems: bool = False
    with_path: bool = True
    fits_terminal: bool = False


FORMATS: Final = {
    "text": _Format("spinefairbench.render.document:text", fits_terminal=True),
    "json": _Format("spinefairbench.render.document:json_envelope", with_problems=True, with_path=False),
    "csv": _Format("spinefairbench.render.document:csv_table", with_remarks=False),
    "markdown": _Format("spinefairbench.render.document:markdown"),
}
"""The formats by the names that `--format` takes. Nothing else lists them."""
