"""What each reader answered, by the label that a file gives the reader: for finding which labels are one person's.

The columns of the released files are inferred, so that one which is lacking is a reason and no error.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeAlias

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reader_study import READER_COLUMN, first_and_repeated, question_of, reviewer_files
from spinefairbench.errors import ErrorCollector
from spinefairbench.files.csv_format import CsvTable, read_csv

__all__ = [
    "PER_REVIEWER", "Answers", "Cases", "ReaderCases", "ReaderRecords", "read_cases", "read_combined", "read_per_reviewer", "read_repeat_records",
]  # fmt: skip

Answers: TypeAlias = dict[str, dict[str, str]]
"""{pair_id: {question: answer}} of one reader."""

Cases: TypeAlias = dict[str, dict[str, tuple[str, ...]]]
"""{question: {pair_id: what was answered, sorted}}, whoever answered."""

_PAIR: Final = "pair_id"
PER_REVIEWER: Final = "the per-reviewer files"
"""What messages call the readers' own files together."""
_MARK_WORDS: Final = ("hidden", "repeat")
_MARKED: Final = ("true", "1", "yes")
_BETWEEN_WORDS: Final = str.maketrans("_-.", "   ")


class ReaderRecords(NamedTuple):
    """{label: answers} of the main cases, and of the cases that were shown again; `lacking` says why there are none."""

    main: dict[str, Answers]
    repeats: dict[str, Answers]
    lacking: str | None = None


class ReaderCases(NamedTuple):
    """What stands in the files of the study, whoever answered, each as the number of rows and their cases.

    `own` are the readers' own files together, without and with `again` what was shown again; `first` and `again` of the
    hidden repeats are the two answers that a record holds. A question is in `Cases` where the file has a column for it.
    `lacking` has a reason for each file without pairs, by the name of the file.
    """

    combined: Cases
    detectability: Cases
    own: Cases
    own_again: Cases
    first: Cases
    again: Cases
    rows: dict[str, int]
    lacking: dict[str, str]


def read_cases(bundle: Bundle) -> ReaderCases:
    """Read the answers of every file of the study by case. Raises BundleError."""
    collector = ErrorCollector()
    rows: dict[str, int] = {}
    lacking: dict[str, str] = {}

    def table(relative: str, stands_for: str) -> CsvTable:
        found = collector.get(read_csv, bundle, relative) or CsvTable((_PAIR,), ())
        rows[stands_for] = rows.get(stands_for, 0) + len(found.rows)
        absent = _lacking(found, relative, (_PAIR,))
        if absent is None:
            return found
        lacking[stands_for] = absent
        return CsvTable((_PAIR,), ())

    combined, detectability, repeats = (
        table(name, name) for name in (layout.PAIR_RESULTS, layout.DETECTABILITY, layout.HIDDEN_REPEATS)
    )
    first, again = first_and_repeated(repeats.columns)
    own: list[Answers] = []
    own_again: list[Answers] = []
    for relative in collector.get(reviewer_files, bundle) or []:
        main, shown_again = _main_and_repeats(table(relative, PER_REVIEWER))
        own.append(main)
        own_again.append(shown_again)
    collector.raise_if_any()
    return ReaderCases(
        _cases(combined, _questions(combined.columns)),
        _cases(detectability, _questions(detectability.columns)),
        _together(own),
        _together(own_again),
        _cases(repeats, first),
        _cases(repeats, again),
        rows,
        lacking,
    )


def _cases(table: CsvTable, questions: dict[str, str]) -> Cases:
    found: dict[str, dict[str, list[str]]] = {question: {} for question in questions}
    for _, cells in table.rows:
        for question, column in questions.items():
            found[question].setdefault(cells[_PAIR], []).append(_plain(cells[column]))
    return _sorted(found)


def _together(files: Iterable[Answers]) -> Cases:
    found: dict[str, dict[str, list[str]]] = {}
    for answers in files:
        for pair_id, given in answers.items():
            for question, answer in given.items():
                found.setdefault(question, {}).setdefault(pair_id, []).append(answer)
    return _sorted(found)


def _sorted(found: dict[str, dict[str, list[str]]]) -> Cases:
    return {q: {pair_id: tuple(sorted(given)) for pair_id, given in pairs.items()} for q, pairs in found.items()}


def read_combined(bundle: Bundle, relative: str) -> ReaderRecords:
    """Read a file that has the answers of all readers to the main cases. Raises BundleError."""
    table = read_csv(bundle, relative)
    lacking = _lacking(table, relative, (_PAIR, READER_COLUMN))
    return ReaderRecords({}, {}, lacking) if lacking else ReaderRecords(_by_label(table, _questions(table.columns)), {})


def read_repeat_records(bundle: Bundle) -> ReaderRecords:
    """Read the hidden repeats with the repeated answers, as far as the columns tell them. Raises BundleError."""
    table = read_csv(bundle, layout.HIDDEN_REPEATS)
    lacking = _lacking(table, layout.HIDDEN_REPEATS, (_PAIR, READER_COLUMN))
    _, repeated = first_and_repeated(table.columns)
    return ReaderRecords({}, {}, lacking) if lacking else ReaderRecords({}, _by_label(table, repeated))


def read_per_reviewer(bundle: Bundle) -> ReaderRecords:
    """Read each reader's own file, by the label in the file's name. Raises BundleError.

    A column named as hidden or repeated says which rows are repeats. Without one, they are those of pairs that were
    shown before, in the order of the file.
    """
    collector = ErrorCollector()
    records = ReaderRecords({}, {})
    for relative in collector.get(reviewer_files, bundle) or []:
        table = collector.get(read_csv, bundle, relative)
        if table is None:
            continue
        lacking = _lacking(table, relative, (_PAIR,))
        if lacking is not None:
            return ReaderRecords({}, {}, lacking)
        label = _label(relative)
        records.main[label], records.repeats[label] = _main_and_repeats(table)
    collector.raise_if_any()
    return records


def _lacking(table: CsvTable, relative: str, columns: Iterable[str]) -> str | None:
    absent = [column for column in columns if column not in table.columns]
    return f"{relative} has no column {' and none '.join(absent)}" if absent else None


def _questions(columns: Iterable[str]) -> dict[str, str]:
    return {question: column for column in columns if (question := question_of(column)) is not None}


def _plain(answer: str) -> str:
    """An answer as it is compared between files, which may differ in capitals and spaces."""
    return " ".join(answer.casefold().replace("_", " ").split())


def _by_label(table: CsvTable, questions: dict[str, str]) -> dict[str, Answers]:
    by_label: dict[str, Answers] = {}
    for _, cells in table.rows:
        answers = {question: _plain(cells[column]) for question, column in questions.items()}
        by_label.setdefault(cells[READER_COLUMN].strip(), {})[cells[_PAIR]] = answers
    return by_label


def _label(relative: str) -> str:
    """The word of a file's name that stands for the reader, R and digits; the whole name where there is none."""
    name = relative.rpartition("/")[2]
    words = name.translate(_BETWEEN_WORDS).split()
    return next((word for word in words if word[0] == "R" and word[1:].isdecimal()), name)


def _main_and_repeats(table: CsvTable) -> tuple[Answers, Answers]:
    marks = [column for column in table.columns if any(word in column.lower() for word in _MARK_WORDS)]
    questions = _questions(table.columns)
    shown: Counter[str] = Counter()
    main: Answers = {}
    repeats: Answers = {}
    for _, cells in table.rows:
        pair_id = cells[_PAIR]
        again = any(cells[mark].strip().lower() in _MARKED for mark in marks) if marks else shown[pair_id] > 0
        shown[pair_id] += 1
        (repeats if again else main)[pair_id] = {q: _plain(cells[column]) for q, column in questions.items()}
    return main, repeats
