"""The files of the radiologist study, as typed rows. Reader labels hold within one file: `reader_records` compares them."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import list_at, string_list
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.files.csv_format import CsvTable, read_csv
from spinefairbench.problems import Problem

__all__ = [
    "CANNOT_TELL",
    "DETECTABILITY_COLUMN",
    "IMAGE_A_EDITED",
    "IMAGE_B_EDITED",
    "NO",
    "PASS_QUESTIONS",
    "READER_COLUMN",
    "YES",
    "YES_NO",
    "HiddenRepeats",
    "PairAnswers",
    "display_events",
    "excluded_pairs",
    "first_and_repeated",
    "question_of",
    "read_answers",
    "read_detectability",
    "read_hidden_repeats",
    "reviewer_files",
    "validated_pairs",
]

PASS_QUESTIONS: Final = {"q1": "q1_clinical_plausibility", "q2": "q2_pathology_preservation"}
DETECTABILITY_COLUMN: Final = "q4_detectability"
READER_COLUMN: Final = "reviewer"
YES: Final = "Yes"
NO: Final = "No"
YES_NO: Final = (YES, NO)
"""The answers to every question but detectability."""
CANNOT_TELL: Final = "Cannot tell"
IMAGE_A_EDITED: Final = "Image A edited"
IMAGE_B_EDITED: Final = "Image B edited"
"""The answers on detectability."""
_EXCLUDED_COLUMN: Final = "excluded_final"
_NOT_MARKED: Final = ("", "false", "0", "no")
_QUESTION_COLUMN: Final = re.compile(r"(q\d+)(?:_.*)?", re.ASCII)
_FIRST_WORDS: Final = ("first", "original", "initial")
_REPEAT_WORDS: Final = ("repeat", "repeated", "second")


class PairAnswers(NamedTuple):
    """{question: {pair_id: one answer for each reader}}; `incomplete` names questions with a blank answer, left out.

    `excluded_final` has the pair of each row that the column of this name marks, None where there is no such column.
    """

    answers: dict[str, dict[str, tuple[str, ...]]]
    incomplete: tuple[str, ...]
    excluded_final: tuple[str, ...] | None


class HiddenRepeats(NamedTuple):
    """How many records, and {question: (agreeing, compared)} where first and repeated answers can be told apart."""

    records: int
    agreement: dict[str, tuple[int, int]]


def question_of(column: str) -> str | None:
    """The question that a column of answers is named after: q1 of q1_clinical_plausibility."""
    found = _QUESTION_COLUMN.fullmatch(column.strip().lower())
    return found[1] if found else None


def read_answers(bundle: Bundle) -> PairAnswers:
    """Read the readers' answers, by question and pair. Raises BundleError with every answer that is not valid."""
    table = read_csv(bundle, layout.PAIR_RESULTS, ("pair_id", *PASS_QUESTIONS.values()))
    problems = [
        Problem(
            f"{layout.PAIR_RESULTS}: line {line}",
            f"{column} of {cells['pair_id']}: expected Yes or No, found {cells[column][:40]!r}",
        )
        for line, cells in table.rows
        for column in PASS_QUESTIONS.values()
        if cells[column].strip() not in YES_NO
    ]
    problems += _repeated_readers(table, layout.PAIR_RESULTS)
    if problems:
        raise BundleError(problems)
    columns = {question: column for column in table.columns if (question := question_of(column)) is not None}
    columns |= PASS_QUESTIONS
    answers = {question: _by_pair(table, column) for question, column in sorted(columns.items())}
    incomplete = tuple(q for q, pairs in answers.items() if any("" in given for given in pairs.values()))
    answered = {q: pairs for q, pairs in answers.items() if q not in incomplete}
    return PairAnswers(answered, incomplete, _excluded_final(table))


def _excluded_final(table: CsvTable) -> tuple[str, ...] | None:
    if _EXCLUDED_COLUMN not in table.columns:
        return None
    return tuple(
        cells["pair_id"] for _, cells in table.rows if cells[_EXCLUDED_COLUMN].strip().lower() not in _NOT_MARKED
    )


def _repeated_readers(table: CsvTable, name: str) -> list[Problem]:
    """Answers that would count one reader as two, where the file names its readers."""
    if READER_COLUMN not in table.columns:
        return []
    seen: set[tuple[str, str]] = set()
    problems = []
    for line, cells in table.rows:
        reader, pair_id = cells[READER_COLUMN].strip(), cells["pair_id"]
        if reader and (pair_id, reader) in seen:
            problems.append(Problem(f"{name}: line {line}", f"duplicate answer of {reader} on {pair_id}"))
        seen.add((pair_id, reader))
    return problems


def _by_pair(table: CsvTable, column: str) -> dict[str, tuple[str, ...]]:
    pairs: dict[str, list[str]] = {}
    for _, cells in table.rows:
        pairs.setdefault(cells["pair_id"], []).append(cells[column].strip())
    return {pair_id: tuple(given) for pair_id, given in pairs.items()}


def read_detectability(bundle: Bundle) -> tuple[list[str], dict[str, tuple[str, ...]] | None]:
    """Read (the answer of each row, {pair_id: answers} or None where the file names no pairs). Raises BundleError."""
    table = read_csv(bundle, layout.DETECTABILITY, (DETECTABILITY_COLUMN,))
    faults = [
        Problem(f"{layout.DETECTABILITY}: line {line}", f"{DETECTABILITY_COLUMN} is blank")
        for line, cells in table.rows
        if not cells[DETECTABILITY_COLUMN].strip()
    ]
    named = "pair_id" in table.columns
    faults += _repeated_readers(table, layout.DETECTABILITY) if named else []
    if faults:
        raise BundleError(faults)
    answers = [cells[DETECTABILITY_COLUMN].strip() for _, cells in table.rows]
    return answers, _by_pair(table, DETECTABILITY_COLUMN) if named else None


def reviewer_files(bundle: Bundle) -> list[str]:
    """The per-reviewer files that the manifest names. Raises BundleError."""
    return bundle.strings(layout.READER_MANIFEST, "files", "per_reviewer_files")


def display_events(bundle: Bundle) -> int:
    """Count the rows of all per-reviewer files that the manifest names. Raises BundleError."""
    events = 0
    collector = ErrorCollector()
    for name in reviewer_files(bundle):
        with collector:
            events += len(read_csv(bundle, name).rows)
    collector.raise_if_any()
    return events


def first_and_repeated(columns: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """{question: column} of the first answers and of the repeated ones, as far as the columns' names tell them."""
    first: dict[str, str] = {}
    repeat: dict[str, str] = {}
    for column in columns:
        words = re.split(r"[^a-z0-9]+", column.strip().lower())
        question = next((word for word in words if re.fullmatch(r"q\d+", word, re.ASCII)), None)
        if question is None:
            continue
        if any(word in _REPEAT_WORDS for word in words):
            repeat[question] = column
        elif any(word in _FIRST_WORDS for word in words):
            first[question] = column
    return first, repeat


def read_hidden_repeats(bundle: Bundle) -> HiddenRepeats:
    """Read the hidden repeats. Raises BundleError.

    A question is compared only where its two columns are named as a first and a repeated answer.
    """
    table = read_csv(bundle, layout.HIDDEN_REPEATS)
    first, repeat = first_and_repeated(table.columns)
    agreement = {}
    for question in sorted(first.keys() & repeat.keys()):
        pairs = [(cells[first[question]].strip(), cells[repeat[question]].strip()) for _, cells in table.rows]
        if all(a and b for a, b in pairs):
            agreement[question] = (sum(a == b for a, b in pairs), len(pairs))
    return HiddenRepeats(len(table.rows), agreement)


def validated_pairs(bundle: Bundle) -> list[str]:
    """Read the pairs of the released subset. Raises BundleError."""
    return bundle.strings(layout.READER_SUBSET, "pair_ids")


def excluded_pairs(bundle: Bundle) -> list[str]:
    """Read the released exclusion list, whose entries are pair ids or objects that hold one. Raises BundleError."""
    place = layout.READER_EXCLUSIONS
    listed = list_at(bundle.json(place), ("excluded_pairs",), place)
    ids = [entry.get("pair_id") if isinstance(entry, dict) else entry for entry in listed]
    return string_list(ids, f"{place}: excluded_pairs (pair_id)")
