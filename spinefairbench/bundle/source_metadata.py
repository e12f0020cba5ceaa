"""The age and sex of each source, where the dataset states them."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import finite_number
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.problems import Problem

__all__ = ["AGES_FOR_UNKNOWN", "SourceMetadata", "StatedMetadata", "read_source_metadata", "read_stated_metadata"]

AGES_FOR_UNKNOWN: Final = (0.0, 45.0)
"""Ages in years that may stand for an unknown one."""


class StatedMetadata(NamedTuple):
    """Age in years as the dataset states it, None where it states none, and whether it states that the sex is female."""

    age: float | None
    female: bool


class SourceMetadata(NamedTuple):
    """Age in years and sex (`female`) of a source; None where the value may stand for unknown."""

    age: float | None
    sex: str | None


def read_source_metadata(bundle: Bundle) -> dict[str, SourceMetadata]:
    """Read {source_id: its metadata}.

    An age of 45.0 or 0 and a sex other than F may stand for an unknown value, and are taken for one.

    Raises BundleError with every row that cannot be read.
    """
    return {
        source_id: SourceMetadata(
            None if stated.age in AGES_FOR_UNKNOWN else stated.age, "female" if stated.female else None
        )
        for source_id, stated in read_stated_metadata(bundle).items()
    }


def read_stated_metadata(bundle: Bundle) -> dict[str, StatedMetadata]:
    """Read {source_id: what the dataset states}, ages that may stand for an unknown one included.

    Raises BundleError with every row that cannot be read.
    """
    rows: dict[str, StatedMetadata] = {}
    collector = ErrorCollector()
    for index, row in enumerate(bundle.json_list(layout.SOURCE_METADATA)):
        place = f"{layout.SOURCE_METADATA}: [{index}]"
        source_id = row.get("source_id") if isinstance(row, dict) else None
        if not isinstance(source_id, str) or not source_id:
            collector.add([Problem(place, "expected an object with a source_id")])
        elif source_id in rows:
            collector.add([Problem(place, f"duplicate source_id {source_id}")])
        else:
            with collector:
                rows[source_id] = _stated(row, place)
    collector.raise_if_any()
    return rows


def _stated(row: Mapping[str, Any], place: str) -> StatedMetadata:
    age = row.get("source_age")
    years = None if age is None else finite_number(age, f"{place}: source_age")
    if years is not None and years < 0:
        raise BundleError(Problem(place, "source_age: expected a number from 0"))
    return StatedMetadata(years, row.get("source_sex") == "F")
