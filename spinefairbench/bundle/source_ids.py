"""What a source's id says: its collection, what its file is called there, and in one of them the patient's sex and age."""

import re
from typing import Final, NamedTuple

__all__ = ["BUU", "VINDR", "StatedById", "dataset_of", "file_names", "source_of_file", "stated_by_id"]

BUU: Final = "buu"
VINDR: Final = "vindr"
# Number, sex and age in years of a patient, then the view.
_BUU_ID: Final = re.compile(r"buu_\d+-([A-Za-z])-(\d{1,3})Y[0-9A-Za-z]", re.ASCII)

_VINDR_ID: Final = re.compile(r"vindr_[0-9a-f]{32}", re.ASCII)


class StatedById(NamedTuple):
    """Whether the id says that the patient is female, and the age in years."""

    female: bool
    age: int


def dataset_of(source_id: str) -> str:
    """The collection of images that a source is from: what stands before the first underscore of its id."""
    return source_id.partition("_")[0]


def stated_by_id(source_id: str) -> StatedById | None:
    """Sex and age of ids such as `buu_0001-F-037Y0`; None where the id is of another form and says neither."""
    found = _BUU_ID.fullmatch(source_id)
    return None if found is None else StatedById(found[1] == "F", int(found[2]))


def file_names(source_id: str) -> tuple[str, ...]:
    """What the file of a source may be called, without its suffix: its id, or the part of it after the first underscore.

    Both collections name their files in the second way: `buu_0001-F-037Y0` is `0001-F-037Y0.jpg`.
    """
    own = source_id.partition("_")[2]
    return (source_id, own) if own else (source_id,)


def source_of_file(name: str) -> str | None:
    """The id of the source whose file is called `name`, without its suffix; None where neither collection names so."""
    for source_id in (name, f"{BUU}_{name}", f"{VINDR}_{name}"):
        if _BUU_ID.fullmatch(source_id) or _VINDR_ID.fullmatch(source_id):
            return source_id
    return None
