"""What the dataset says of a source's age and sex, where it says it."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import finite_number
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem

__all__ = ["SourceMetadata", "read_source_metadata"]

_AGES_FOR_UNKNOWN: Final = (0.0, 45.0)
_SEX_KNOWN: Final = {"F": "female"}


class SourceMetadata(NamedTuple):
    """Age in years and sex (`female`) of a source; None where the value may stand for unknown."""

    age: float | None
    sex: str | None


def read_source_metadata(bundle: Bundle) -> dict[str, SourceMetadata]:
    """{source_id: its metadata}. An age of 45.0 or 0, and a sex other than F, may stand for unknown and count as such.

    Raises BundleError with every row that cannot be read.
    """
    rows: dict[str, SourceMetadata] = {}
    problems: list[Problem] = []
    for index, row in enumerate(bundle.json_list(layout.SOURCE_METADATA)):
        place = f"{layout.SOURCE_METADATA}: [{index}]"
        source_id = row.get("source_id") if isinstance(row, dict) else None
        if not isinstance(source_id, str) or not source_id:
            problems.append(Problem(place, "expected an object with a source_id"))
            continue
        if source_id in rows:
            problems.append(Problem(place, f"duplicate source_id {source_id}"))
            continue
        try:
            rows[source_id] = _metadata(row, place)
        except BundleError as error:
            problems += error.problems
    if problems:
        raise BundleError(problems)
    return rows


def _metadata(row: Mapping[str, Any], place: str) -> SourceMetadata:
    age = row.get("source_age")
    years = None if age is None else finite_number(age, f"{place}: source_age")
    if years is not None and years < 0:
        raise BundleError(Problem(place, "source_age: expected a number from 0"))
    sex = row.get("source_sex")
    return SourceMetadata(
        None if years in _AGES_FOR_UNKNOWN else years, _SEX_KNOWN.get(sex) if isinstance(sex, str) else None
    )
