"""What stands twice in the reader study: answers case by case, and how many there are.

Reader labels differ between files, so the answers to a case are compared as a whole and not reader by reader.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import count_at
from spinefairbench.bundle.reader_records import PER_REVIEWER, Cases, ReaderCases, read_cases
from spinefairbench.errors import ErrorCollector
from spinefairbench.problems import Problem, ProblemKind, counted

__all__ = ["CrossCheck", "compare_cases", "cross_check"]

_COUNTS: Final = "counts"
_MOST_TOLD: Final = 5

_Answers = tuple[str, ...]


class CrossCheck(NamedTuple):
    """What contradicts itself, each with its place and both values, and what could not be compared."""

    problems: list[Problem]
    not_checked: list[str]


def cross_check(bundle: Bundle) -> CrossCheck:
    """Compare the files of the reader study with one another. Raises BundleError where one cannot be read."""
    cases = read_cases(bundle)
    found = CrossCheck([], [f"answers of {file} against the other files: {why}" for file, why in cases.lacking.items()])
    repeats = layout.HIDDEN_REPEATS
    for file, own, other_file, other in (
        (layout.PAIR_RESULTS, cases.combined, PER_REVIEWER, cases.own),
        (layout.DETECTABILITY, cases.detectability, PER_REVIEWER, cases.own),
        (layout.DETECTABILITY, cases.detectability, layout.PAIR_RESULTS, cases.combined),
        (f"{repeats} (repeated answers)", cases.again, f"{PER_REVIEWER} (repeats)", cases.own_again),
    ):
        if not {file.partition(" ")[0], other_file} & cases.lacking.keys():
            _add(found, compare_cases(file, own, other_file, other))
    if not {repeats, PER_REVIEWER} & cases.lacking.keys():
        found.not_checked.extend(_first_answers(cases))
    _add(found, _counts(bundle, cases))
    return found


def _add(found: CrossCheck, more: CrossCheck) -> None:
    found.problems.extend(more.problems)
    found.not_checked.extend(more.not_checked)


def _first_answers(cases: ReaderCases) -> list[str]:
    """First answers of the hidden repeats that no reader gave to the case; what their columns record was never described."""
    compared = compare_cases(
        f"{layout.HIDDEN_REPEATS} (first answers)", cases.first, PER_REVIEWER, cases.own, agree=_among
    )
    told = list(compared.not_checked)
    if compared.problems:
        told.append(
            f"first answers of the hidden repeats, whose columns may record another display: {compared.problems[0]}"
            + (f" (one of {len(compared.problems)} such remarks)" if len(compared.problems) > 1 else "")
        )
    return told


def _same(one: _Answers, other: _Answers) -> bool:
    return one == other


def _among(one: _Answers, other: _Answers) -> bool:
    """Whether `other` has all of `one`, and nothing was asked where there is none."""
    return not Counter(one) - Counter(other)


def compare_cases(
    file: str, own: Cases, other_file: str, other: Cases, *, agree: Callable[[_Answers, _Answers], bool] = _same
) -> CrossCheck:
    """Compare the answers to each case, on every question that both files have.

    Where each file uses a word for an answer that the other does not, they may mean the same, which is not told.
    """
    problems: list[Problem] = []
    not_checked: list[str] = []
    shared = sorted(own.keys() & other.keys())
    if not shared:
        not_checked.append(f"answers of {file} against {other_file}: no question stands in both")
    for question in shared:
        pairs, others = own[question], other[question]
        words, other_words = ({answer for given in each.values() for answer in given} for each in (pairs, others))
        if words - other_words and other_words - words:
            said = f"{_listed(words - other_words)} stands in the one only, {_listed(other_words - words)} in the other"
            not_checked.append(f"{question} of {file} against {other_file}: {said}")
            continue
        differing = [
            (pair_id, pairs.get(pair_id, ()), others.get(pair_id, ()))
            for pair_id in sorted(pairs.keys() | others.keys())
            if not agree(pairs.get(pair_id, ()), others.get(pair_id, ()))
        ]
        problems += [
            Problem(
                file,
                f"{question} of {pair_id} is {_listed(given)}; {other_file}: {_listed(there)}",
                ProblemKind.MISMATCH,
            )
            for pair_id, given, there in differing[:_MOST_TOLD]
        ]
        if len(differing) > _MOST_TOLD:
            said = f"{question} differs from {other_file} in {counted(len(differing) - _MOST_TOLD, 'more pair')}"
            problems.append(Problem(file, said, ProblemKind.MISMATCH))
    return CrossCheck(problems, not_checked)


def _listed(answers: Iterable[str]) -> str:
    return ", ".join(answer[:40] or "blank" for answer in sorted(answers)) or "not answered"


def _counts(bundle: Bundle, cases: ReaderCases) -> CrossCheck:
    """Every answer of the combined file has a row of detectability, and every display was a main case or a repeat."""
    rows = cases.rows
    main, repeats = rows[layout.PAIR_RESULTS], rows[layout.HIDDEN_REPEATS]
    problems = []
    for file, found, expected, said in (
        (layout.DETECTABILITY, rows[layout.DETECTABILITY], main, f"{layout.PAIR_RESULTS} has {main:,}"),
        (
            PER_REVIEWER,
            rows.get(PER_REVIEWER, 0),
            main + repeats,
            f"{layout.PAIR_RESULTS} and {layout.HIDDEN_REPEATS} have {main:,} and {repeats:,}",
        ),
    ):
        if found != expected:
            problems.append(Problem(file, f"{counted(found, 'row')}; {said}", ProblemKind.MISMATCH))
    manifest = bundle.json(layout.READER_MANIFEST)
    if not isinstance(manifest, dict) or _COUNTS not in manifest:
        # What the release must have is published; of a demo, only its own manifest can say it.
        absent = f"the numbers of rows of the reader study: {layout.READER_MANIFEST} states none"
        return CrossCheck(problems, [] if bundle.held_to_release else [absent])
    return CrossCheck(problems + _stated_problems(manifest, cases), [])


def _stated_problems(manifest: Any, cases: ReaderCases) -> list[Problem]:
    """The numbers that the study's manifest states, against the rows."""
    rows = cases.rows
    counts = {
        "pairs": max((len(pairs) for pairs in cases.combined.values()), default=0),
        "responses": rows[layout.PAIR_RESULTS],
        "display_events": rows.get(PER_REVIEWER, 0),
        "hidden_repeats": rows[layout.HIDDEN_REPEATS],
    }
    problems: list[Problem] = []
    collector = ErrorCollector()
    for name, found in counts.items():
        stated = collector.get(count_at, manifest, (_COUNTS, name), layout.READER_MANIFEST)
        if stated is not None and stated != found:
            said = f"{_COUNTS}.{name} is {stated:,}; the rows are {found:,}"
            problems.append(Problem(layout.READER_MANIFEST, said, ProblemKind.MISMATCH))
    return [*collector.errors, *problems]
