"""The reader study: 450 pairs and three readers, with the published totals.

The published counts determine most of it. q1 and q2: nine pairs with one No, four with two, three with three, and
the same seven pairs fail both. q4: 43 answers other than "Cannot tell" (26 and 17) with 78 disagreements in 1,350
comparisons, here 35 pairs with one such answer and 4 with two that agree. The seed decides which pairs and readers
give these answers.

As in the release, two of the readers have exchanged labels in their own files and in the hidden repeats.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.radiologist import passes
from spinefairbench.analysis.reader_agreement import READERS
from spinefairbench.bundle import layout
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.bundle.reader_study import (
    CANNOT_TELL,
    DETECTABILITY_COLUMN,
    IMAGE_A_EDITED,
    IMAGE_B_EDITED,
    NO,
    PASS_QUESTIONS,
    YES,
)
from spinefairbench.demo.keyed_draws import Draws
from spinefairbench.files.csv_format import csv_text

__all__ = ["PAIRS", "PER_REVIEWER_FILES", "ReaderStudy", "invented_pairs", "reader_study"]

PAIRS: Final = 450
_REPEATS_EACH: Final = 10

_OWN_LABELS: Final = (1, 0, 2)
"""The label of each reader in the per-reviewer files and the hidden repeats; an exchange, so it works both ways."""

_QUESTIONS: Final = ("q1", "q2", "q3", "q4")

PER_REVIEWER_FILES: Final = tuple(
    f"{layout.VALIDATION_PUBLIC}/per_reviewer/reviews_R{reader}_public_2026-04-28.csv"
    for reader in range(1, READERS + 1)
)

_Answers = dict[str, list[list[str]]]
"""{question: [pair][reader]}."""


class ReaderStudy(NamedTuple):
    """The text of the study's files, by path, its numbers of rows, and the ids of the pairs that passed and failed."""

    files: dict[str, str]
    counts: dict[str, int]
    passing: list[str]
    failing: list[str]


class _Repeat(NamedTuple):
    """A pair shown to one reader a second time, and the answers given then."""

    reader: int
    pair: int
    answers: tuple[str, ...]


def invented_pairs() -> list[str]:
    """Ids for a study whose pairs are not in the bundle."""
    edits = layout.EDIT_LABELS
    return [pair_id_of(f"val_{number:03d}", edits[number % len(edits)]) for number in range(PAIRS)]


def reader_study(pair_ids: Sequence[str], seed: int) -> ReaderStudy:
    """The study of these 450 pairs."""
    draws = Draws(seed, "reader study")
    order = draws.shuffled(PAIRS)
    answers = _answers(order, draws)
    repeats = list(_repeats(order[59:], answers))
    every_answer = [(pair, reader) for pair in range(PAIRS) for reader in range(READERS)]
    files = {
        layout.PAIR_RESULTS: csv_text(
            ("pair_id", "reviewer", *PASS_QUESTIONS.values(), DETECTABILITY_COLUMN, "excluded_final"),
            (
                (pair_ids[pair], _label(reader), *(answers[q][pair][reader] for q in ("q1", "q2", "q4")), "")
                for pair, reader in every_answer
            ),
        ),
        layout.DETECTABILITY: csv_text(
            ("pair_id", "reviewer", DETECTABILITY_COLUMN),
            ((pair_ids[pair], _label(reader), answers["q4"][pair][reader]) for pair, reader in every_answer),
        ),
        layout.HIDDEN_REPEATS: csv_text(
            ("reviewer", "pair_id", *(f"{q}_{when}" for q in _QUESTIONS for when in ("first", "repeat"))),
            (_repeat_row(repeat, pair_ids, answers) for repeat in repeats),
        ),
    }
    for reader, path in zip(_OWN_LABELS, PER_REVIEWER_FILES, strict=True):
        own = [repeat for repeat in repeats if repeat.reader == reader]
        rows = _display_events(reader, own, pair_ids, answers, draws)
        files[path] = csv_text(("pair_id", "hidden_repeat", *_QUESTIONS), rows)
    passing: list[str] = []
    failing: list[str] = []
    for pair, pair_id in enumerate(pair_ids):
        passed = passes(tuple(answers["q1"][pair]), tuple(answers["q2"][pair]))
        (passing if passed else failing).append(pair_id)
    responses = len(every_answer)
    counts = {
        "pairs": PAIRS,
        "responses": responses,
        "display_events": responses + len(repeats),
        "hidden_repeats": len(repeats),
    }
    return ReaderStudy(files, counts, passing, failing)


def _label(reader: int) -> str:
    return f"R{reader + 1}"


def _answers(order: Sequence[int], draws: Draws) -> _Answers:
    answers = {q: [[YES] * READERS for _ in range(PAIRS)] for q in ("q1", "q2", "q3")}
    answers["q4"] = [[CANNOT_TELL] * READERS for _ in range(PAIRS)]

    def give(question: str, pairs: Iterable[int], readers: int, answer: str) -> None:
        for pair in pairs:
            first = draws.between(0, READERS - 1)
            for step in range(readers):
                answers[question][pair][(first + step) % READERS] = answer

    failing, single, detected = order[:7], order[7:20], order[20:59]
    give("q1", failing[:3], 3, NO)
    give("q1", failing[3:], 2, NO)
    give("q1", single[:9], 1, NO)
    give("q2", failing[:4], 2, NO)
    give("q2", failing[4:], 3, NO)
    give("q2", single[4:], 1, NO)
    give("q3", order[:80:3], 1, NO)
    give("q4", detected[:3], 2, IMAGE_A_EDITED)
    give("q4", detected[3:4], 2, IMAGE_B_EDITED)
    give("q4", detected[4:24], 1, IMAGE_A_EDITED)
    give("q4", detected[24:], 1, IMAGE_B_EDITED)
    return answers


def _repeats(pairs: Sequence[int], answers: _Answers) -> Iterator[_Repeat]:
    """Ten repeats a reader; in total, one answer to q3 and three to q4 differ from the first ones."""
    for reader in range(READERS):
        for number in range(_REPEATS_EACH):
            pair = pairs[reader * _REPEATS_EACH + number]
            again = [answers[q][pair][reader] for q in _QUESTIONS]
            if (reader, number) == (1, 4):
                again[2] = NO if again[2] == YES else YES
            if number == 7:
                again[3] = IMAGE_B_EDITED if again[3] == CANNOT_TELL else CANNOT_TELL
            yield _Repeat(reader, pair, tuple(again))


def _repeat_row(repeat: _Repeat, pair_ids: Sequence[str], answers: _Answers) -> tuple[str, ...]:
    first = [answers[q][repeat.pair][repeat.reader] for q in _QUESTIONS]
    both = [answer for pair in zip(first, repeat.answers, strict=True) for answer in pair]
    return (_label(_OWN_LABELS[repeat.reader]), pair_ids[repeat.pair], *both)


def _display_events(
    reader: int, repeats: Sequence[_Repeat], pair_ids: Sequence[str], answers: _Answers, draws: Draws
) -> Iterator[tuple[str, ...]]:
    """What one reader saw, in the order shown: every pair once, then the repeats."""
    for pair in draws.shuffled(PAIRS):
        yield (pair_ids[pair], "False", *(answers[q][pair][reader] for q in _QUESTIONS))
    for repeat in repeats:
        yield (pair_ids[repeat.pair], "True", *repeat.answers)
