"""The reader study: 450 pairs, three readers, with the published marginals.

The published counts fix most of it. q1 and q2: nine pairs with one No, four with two, three with three, and
the same seven pairs fail both. q4: 43 answers other than "Cannot tell" (26 and 17) with 78 disagreements
among 1,350 comparisons, here 35 pairs with one such answer and 4 with two that agree. Where the answers fall
is drawn from the seed.

Reader labels are local to a file, as in the release: the same person has another label in each file here.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.demo.draws import Draws

__all__ = ["PAIRS", "PER_REVIEWER_FILES", "ReaderStudy", "invented_pairs", "reader_study"]

PAIRS: Final = 450
_READERS: Final = 3
_REPEATS_EACH: Final = 10

_YES: Final = "Yes"
_NO: Final = "No"
_CANNOT_TELL: Final = "Cannot tell"
_A_EDITED: Final = "Image A edited"
_B_EDITED: Final = "Image B edited"

_QUESTIONS: Final = ("q1", "q2", "q3", "q4")

PER_REVIEWER_FILES: Final = tuple(
    f"{layout.VALIDATION_PUBLIC}/per_reviewer/reviews_R{reader}_public_2026-04-28.csv"
    for reader in range(1, _READERS + 1)
)


class ReaderStudy(NamedTuple):
    """The study as the text of its files (by path), and the pairs that passed and failed."""

    files: dict[str, str]
    passing: list[str]
    failing: list[str]


class _Repeat(NamedTuple):
    """A pair shown twice to one reader, and the answers given the second time."""

    reader: int
    pair: int
    answers: tuple[str, ...]


def invented_pairs() -> list[str]:
    """Ids for a study whose pairs are not in the bundle."""
    edits = layout.EDIT_LABELS
    return [f"val_{number:03d}__{edits[number % len(edits)]}" for number in range(PAIRS)]


def reader_study(pair_ids: Sequence[str], seed: int) -> ReaderStudy:
    """The study of these 450 pairs."""
    draws = Draws(seed, "reader study")
    order = sorted(range(PAIRS), key=lambda _: draws.below())
    failing, answers = _answers(order, draws)
    repeats = list(_repeats(order[59:], answers))
    # One permutation a file: R1 of one file is not R1 of the next.
    files = {
        layout.PAIR_RESULTS: _csv(
            ("pair_id", "reviewer", "q1_clinical_plausibility", "q2_pathology_preservation",
             "q4_detectability", "excluded_final"),
            (
                (
                    pair_ids[pair], f"R{reader + 1}",
                    *(answers[q][pair][reader] for q in ("q1", "q2", "q4")), "",
                )
                for pair in range(PAIRS)
                for reader in range(_READERS)
            ),
        ),
        layout.DETECTABILITY: _csv(
            ("pair_id", "reviewer", "q4_detectability"),
            (
                (pair_ids[pair], f"R{label + 1}", answers["q4"][pair][(label + 1) % _READERS])
                for pair in range(PAIRS)
                for label in range(_READERS)
            ),
        ),
        layout.HIDDEN_REPEATS: _csv(
            ("reviewer", "pair_id", *(f"{q}_{when}" for q in _QUESTIONS for when in ("first", "repeat"))),
            (_repeat_row(repeat, pair_ids, answers) for repeat in repeats),
        ),
    }  # fmt: skip
    for label, path in enumerate(PER_REVIEWER_FILES):
        reader = (label + 2) % _READERS
        mine = [repeat for repeat in repeats if repeat.reader == reader]
        files[path] = _csv(
            ("pair_id", "hidden_repeat", *_QUESTIONS), _display_events(reader, mine, pair_ids, answers, draws)
        )
    return ReaderStudy(
        files,
        passing=[pair_id for pair, pair_id in enumerate(pair_ids) if pair not in failing],
        failing=[pair_ids[pair] for pair in sorted(failing)],
    )


def _answers(order: Sequence[int], draws: Draws) -> tuple[set[int], dict[str, list[list[str]]]]:
    """The failing pairs, and for each question the three answers to each pair, by reader."""
    answers = {q: [[_YES] * _READERS for _ in range(PAIRS)] for q in ("q1", "q2", "q3")}
    answers["q4"] = [[_CANNOT_TELL] * _READERS for _ in range(PAIRS)]

    def give(question: str, pairs: Iterable[int], how_many: int, answer: str) -> None:
        for pair in pairs:
            first = draws.between(0, _READERS - 1)
            for step in range(how_many):
                answers[question][pair][(first + step) % _READERS] = answer

    failing, single = order[:7], order[7:20]
    give("q1", failing[:3], 3, _NO)
    give("q1", failing[3:], 2, _NO)
    give("q1", single[:9], 1, _NO)
    give("q2", failing[:4], 2, _NO)
    give("q2", failing[4:], 3, _NO)
    give("q2", single[4:], 1, _NO)
    give("q3", order[:80:3], 1, _NO)
    told = order[20:59]
    give("q4", told[:3], 2, _A_EDITED)
    give("q4", told[3:4], 2, _B_EDITED)
    give("q4", told[4:24], 1, _A_EDITED)
    give("q4", told[24:], 1, _B_EDITED)
    return set(failing), answers


def _repeats(pairs: Sequence[int], answers: dict[str, list[list[str]]]) -> Iterator[_Repeat]:
    """Ten repeats a reader; over all, one answer to q3 and three to q4 come out differently."""
    for reader in range(_READERS):
        for number in range(_REPEATS_EACH):
            pair = pairs[reader * _REPEATS_EACH + number]
            again = [answers[q][pair][reader] for q in _QUESTIONS]
            if (reader, number) == (1, 4):
                again[2] = _NO if again[2] == _YES else _YES
            if number == 7:
                again[3] = _B_EDITED if again[3] == _CANNOT_TELL else _CANNOT_TELL
            yield _Repeat(reader, pair, tuple(again))


def _repeat_row(repeat: _Repeat, pair_ids: Sequence[str], answers: dict[str, list[list[str]]]) -> tuple[str, ...]:
    first = [answers[q][repeat.pair][repeat.reader] for q in _QUESTIONS]
    both = [answer for pair in zip(first, repeat.answers, strict=True) for answer in pair]
    return (f"R{repeat.reader + 1}", pair_ids[repeat.pair], *both)


def _display_events(
    reader: int,
    repeats: Sequence[_Repeat],
    pair_ids: Sequence[str],
    answers: dict[str, list[list[str]]],
    draws: Draws,
) -> Iterator[tuple[str, ...]]:
    """What one reader saw, in the order it was shown: every pair once, and the repeats at the end."""
    for pair in sorted(range(PAIRS), key=lambda _: draws.below()):
        yield (pair_ids[pair], "False", *(answers[q][pair][reader] for q in _QUESTIONS))
    for repeat in repeats:
        yield (pair_ids[repeat.pair], "True", *repeat.answers)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
