"""Merge the submissions of one run that was made in parts; parts that disagree are refused."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.errors import SubmissionError
from spinefairbench.problems import Problem, ProblemKind, shortened
from spinefairbench.release.schema import SUBMISSION_SCHEMAS, schema_problems, submission_schema

__all__ = ["Merged", "Part", "merge_submissions"]

# What differs between parts, and the model, whose own fields are compared.
_COMPARED_APART: Final = frozenset({"schema_version", "model", "results", "repeated_reports", "control_reports"})


class Part(NamedTuple):
    """One submission's JSON value and the name of its file."""

    name: str
    value: Any


class Merged(NamedTuple):
    """The merged submission, and how many results were in more than one part, word for word."""

    value: dict[str, Any]
    repeated_results: int


def merge_submissions(parts: Sequence[Part], *, blank_as_refusal: bool = False) -> Merged:
    """Merge the parts, with results sorted by pair; `blank_as_refusal`: a blank report is no fault.

    Everything but the lists must be the same in every part; a result that is in several parts must be the same in
    each, word for word. Raises SubmissionError with every conflict and every fault of a part.
    """
    problems = [problem.within(part.name) for part in parts for problem in _faults(part.value, blank_as_refusal)]
    if problems:
        raise SubmissionError(problems)
    first = parts[0]
    for part in parts[1:]:
        problems += _disagreements(first, part)
    results, repeated = _joined(parts, "results", ("pair_id",), problems)
    again, repeated_again = _joined(parts, "repeated_reports", ("pair_id", "role"), problems)
    controls, controls_again = _joined(parts, "control_reports", ("arm", "source_id"), problems)
    if problems:
        raise SubmissionError(problems)
    # The versions are in order; each one allows everything that an earlier one allows.
    versions = {part.value["schema_version"] for part in parts}
    latest = [version for version in SUBMISSION_SCHEMAS if version in versions][-1]
    value = {**first.value, "schema_version": latest, "results": results}
    if again:
        value["repeated_reports"] = again
    if controls:
        value["control_reports"] = controls
    return Merged(value, repeated + repeated_again + controls_again)


def _faults(value: Any, blank_as_refusal: bool) -> list[Problem]:
    try:
        return schema_problems(value, submission_schema(value, blank_as_refusal=blank_as_refusal))
    except SubmissionError as error:
        return list(error.problems)


def _disagreements(first: Part, other: Part) -> list[Problem]:
    """Where the parts are not of one run, because the model, a prompt or the scope differs."""
    pairs = [("$", first.value, other.value), ("$.model", first.value["model"], other.value["model"])]
    return [
        Problem(other.name, f"{place}.{key} is {_shown(here, key)}; {first.name} has {_shown(there, key)}")
        for place, there, here in pairs
        for key in sorted(there.keys() | here.keys())
        if key not in _COMPARED_APART and there.get(key) != here.get(key)
    ]


def _shown(value: Mapping[str, Any], key: str) -> str:
    return shortened(value[key]) if key in value else "missing"


def _joined(
    parts: Sequence[Part], key: str, identity: tuple[str, ...], problems: list[Problem]
) -> tuple[list[dict[str, Any]], int]:
    """The rows of all parts, sorted by their identity; rows of one identity that differ go to `problems`."""
    kept: dict[tuple[str, ...], tuple[dict[str, Any], str]] = {}
    repeated = 0
    for part in parts:
        for index, row in enumerate(part.value.get(key, ())):
            place = f"{part.name}: $.{key}[{index}]"
            name = tuple(row[field] for field in identity)
            if name not in kept:
                kept[name] = (row, place)
                continue
            other, where = kept[name]
            differing = sorted(field for field in row.keys() | other.keys() if row.get(field) != other.get(field))
            if differing:
                what = " and ".join(differing)
                said = f"{what} at {place} and at {where} differ"
                problems.append(Problem(f"conflict: {', '.join(name)}", said, ProblemKind.MISMATCH))
            repeated += not differing
    return [kept[name][0] for name in sorted(kept)], repeated
