"""Which patient a source is of, as far as its id says."""

import re
from typing import Final

__all__ = ["patient_of"]

# Number, sex and age in years of a patient, then the view: two views of one patient are two sources.
_VIEW: Final = re.compile(r"(buu_\d+-[A-Za-z]-\d+Y)[0-9A-Za-z]", re.ASCII)


def patient_of(source_id: str) -> str:
    """A name for the source's patient; that two sources share one is inferred from their ids, no file says it.

    Of ids such as `buu_0001-F-037Y0`, everything before the last character; any other source is its own patient.
    """
    view = _VIEW.fullmatch(source_id)
    return source_id if view is None else view[1]
