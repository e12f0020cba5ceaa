"""What the id of a source says: the collection that it is from, and of one collection the sex and age of the patient."""

import re
from typing import Final, NamedTuple

__all__ = ["BUU", "VINDR", "StatedById", "dataset_of", "stated_by_id"]

BUU: Final = "buu"
VINDR: Final = "vindr"
# Number, sex and age in years of a patient, then the view.
_BUU_ID: Final = re.compile(r"buu_\d+-([A-Za-z])-(\d{1,3})Y[0-9A-Za-z]", re.ASCII)


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
