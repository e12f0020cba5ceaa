"""Whether what is stated of a source's age and sex agrees: in both source lists, and with the id where it says both."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import finite_number
from spinefairbench.bundle.source_ids import stated_by_id
from spinefairbench.bundle.source_metadata import AGES_FOR_UNKNOWN, StatedMetadata
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, ProblemKind, shortened

__all__ = [
    "Agreement",
    "compare_with_id",
    "compare_with_id_of",
    "compare_with_other",
    "list_problems",
    "metadata_agreement",
]

_AGE: Final = "source_age"
_SEX: Final = "source_sex"


class Agreement(NamedTuple):
    """Where the source lists contradict themselves, and what could not be compared."""

    problems: tuple[Problem, ...]
    not_checked: tuple[str, ...] = ()


def metadata_agreement(bundle: Bundle) -> Agreement:
    """Compare age and sex in both source lists of the dataset; a list that cannot be read is compared with nothing."""
    lists: dict[str, list[Any]] = {}
    not_checked = []
    for name in (layout.SOURCE_METADATA, layout.PAIRS):
        try:
            lists[name] = bundle.json_list(name)
        except BundleError as error:
            not_checked.append(f"age and sex of the sources against those in {name}: {error.problems[0]}")
    return Agreement(tuple(list_problems(lists)), tuple(not_checked))


def list_problems(lists: Mapping[str, Sequence[Any]]) -> list[Problem]:
    """A problem for each contradiction between {file: rows} of source lists, the first of which the others must follow.

    What a row does not state contradicts nothing; rows without a source id are left to those who need one.
    """
    problems: list[Problem] = []
    first: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for name, rows in lists.items():
        for index, row in enumerate(rows):
            source_id = row.get("source_id") if isinstance(row, dict) else None
            if not isinstance(source_id, str):
                continue
            place = f"{name}: [{index}] ({source_id})"
            problems += compare_with_id_of(row, source_id, place)
            if source_id in first:
                other_place, other = first[source_id]
                problems += compare_with_other(row, place, other, other_place)
            else:
                first[source_id] = place, row
    return problems


def compare_with_id_of(row: Mapping[str, Any], source_id: str, place: str) -> list[Problem]:
    """Where a row as written and the id of its source disagree; also where its age is no number."""
    try:
        age = None if row.get(_AGE) is None else finite_number(row[_AGE], f"{place}: {_AGE}")
    except BundleError as error:
        return list(error.problems)
    by_id = stated_by_id(source_id)
    stated = StatedMetadata(age, row[_SEX] == "F" if _SEX in row else by_id is not None and by_id.female)
    return compare_with_id(source_id, stated, place)


def compare_with_id(source_id: str, stated: StatedMetadata, place: str) -> list[Problem]:
    """Where stated metadata and the id disagree; an age that is not stated, and an id that says neither, do not."""
    by_id = stated_by_id(source_id)
    if by_id is None:
        return []
    problems = []
    if stated.female != by_id.female:
        code, said = ("F", "another one") if stated.female else ("not F", "F")
        problems.append(Problem(place, f"{_SEX} is {code}; the id says {said}", ProblemKind.MISMATCH))
    if stated.age not in (None, by_id.age):
        problems.append(Problem(place, f"{_AGE} is {stated.age}; the id says {by_id.age}", ProblemKind.MISMATCH))
    return problems


def compare_with_other(row: Mapping[str, Any], place: str, other: Mapping[str, Any], other_place: str) -> list[Problem]:
    """Where two rows on one source state another age, or the sex F and another one.

    Two ages that may both stand for unknown agree, and so do two codes other than F.
    """
    problems = []
    if _SEX in row and _SEX in other and (row[_SEX] == "F") != (other[_SEX] == "F"):
        said = f"{_SEX} is {shortened(row[_SEX])}; {other_place} has {shortened(other[_SEX])}"
        problems.append(Problem(place, said, ProblemKind.MISMATCH))
    ages = row.get(_AGE), other.get(_AGE)
    if None not in ages and ages[0] != ages[1] and not all(age in AGES_FOR_UNKNOWN for age in ages):
        said = f"{_AGE} is {shortened(ages[0])}; {other_place} has {shortened(ages[1])}"
        problems.append(Problem(place, said, ProblemKind.MISMATCH))
    return problems
