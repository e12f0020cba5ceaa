"""The reader study: which pairs pass, which edits the readers detected, and how far they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.estimates import Interval
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reader_study import (
    CANNOT_TELL,
    IMAGE_A_EDITED,
    IMAGE_B_EDITED,
    PASS_QUESTIONS,
    YES,
    YES_NO,
    display_events,
    excluded_pairs,
    read_answers,
    read_detectability,
    read_hidden_repeats,
    validated_pairs,
)
from spinefairbench.errors import ErrorCollector
from spinefairbench.problems import Problem, ProblemKind
from spinefairbench.statistics.agreement import agreement
from spinefairbench.statistics.agreement_intervals import agreement_intervals

__all__ = ["NEEDED_YES", "READERS", "AgreementRow", "check", "passes"]

READERS: Final = 3
NEEDED_YES: Final = 2
_DETECTABILITY_ANSWERS: Final = (CANNOT_TELL, IMAGE_A_EDITED, IMAGE_B_EDITED)
_AGREEMENT_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class AgreementRow:
    """How far the readers agree on one question; a coefficient is None where every answer is the same.

    The intervals resample sources and take the readers as fixed; a `_reason` says why there is none.
    """

    question: str
    pairs: int
    pairwise_agreements: int
    pairwise_comparisons: int
    raw_agreement: float
    fleiss_kappa: float | None
    gwet_ac1: float | None
    fleiss_kappa_ci95: Interval | None
    fleiss_kappa_ci95_reason: str | None
    gwet_ac1_ci95: Interval | None
    gwet_ac1_ci95_reason: str | None


def passes(plausibility: tuple[str, ...], preservation: tuple[str, ...]) -> bool:
    """Whether a pair passes: two or more Yes to clinical plausibility (q1) and to pathology preservation (q2)."""
    return plausibility.count(YES) >= NEEDED_YES and preservation.count(YES) >= NEEDED_YES


def check(inputs: Inputs) -> CheckResult:
    """Derive the passing pairs, counts and agreement from the readers' answers, and compare them with the released ones.

    Raises BundleError with every file that is missing or cannot be read.
    """
    bundle, published = inputs.bundle, inputs.published("radiologist")
    collector = ErrorCollector()
    answers = collector.get(read_answers, bundle)
    detectability = collector.get(read_detectability, bundle)
    events = collector.get(display_events, bundle)
    repeats = collector.get(read_hidden_repeats, bundle)
    subset = collector.get(validated_pairs, bundle)
    exclusions = collector.get(excluded_pairs, bundle)
    collector.raise_if_any()
    assert answers is not None and detectability is not None and repeats is not None
    assert events is not None and subset is not None and exclusions is not None

    problems: list[Problem] = []
    not_checked = [f"agreement on {question}: some answers are blank" for question in answers.incomplete]
    by_question = dict(answers.answers)
    given, given_by_pair = detectability
    if given_by_pair is not None:
        by_question["q4"] = given_by_pair
    rows = []
    for question, pairs in sorted(by_question.items()):
        row = _agreement_row(question, pairs, problems)
        if row is not None:
            rows.append(row)
    q1, q2 = (answers.answers[question] for question in PASS_QUESTIONS)
    passing = {pair_id for pair_id in q1 if passes(q1[pair_id], q2[pair_id])}
    problems += _list_problems(passing, set(q1) - passing, set(subset), set(exclusions))
    for answer in sorted(set(given) - set(_DETECTABILITY_ANSWERS)):
        problems.append(Problem(layout.DETECTABILITY, f"unknown answer {answer[:40]!r}"))
    if not repeats.agreement:
        not_checked.append(
            f"agreement of the hidden repeats: the columns of {layout.HIDDEN_REPEATS} do not say which answer is the first and which the repeated one"
        )
    summary = {
        "pairs": len(q1),
        "passing": len(passing),
        "excluded": len(q1) - len(passing),
        **{
            f"{question}_{answer.lower()}": sum(given.count(answer) for given in answers.answers[question].values())
            for question in PASS_QUESTIONS
            for answer in YES_NO
        },
        "detectability_rows": len(given),
        "cannot_tell": given.count(CANNOT_TELL),
        "image_a_edited": given.count(IMAGE_A_EDITED),
        "image_b_edited": given.count(IMAGE_B_EDITED),
        "per_reviewer_display_events": events,
        "hidden_repeat_records": repeats.records,
        "hidden_repeat_agreement": {q: f"{same}/{of}" for q, (same, of) in repeats.agreement.items()},
    }
    if published is not None:
        problems += _published_problems(published, summary, rows)
    notes = tuple(_no_interval(rows))
    return CheckResult(tuple(rows), summary, tuple(problems), notes=notes, not_checked=tuple(not_checked))


def _no_interval(rows: Sequence[AgreementRow]) -> list[str]:
    """Which coefficients have no interval, with the reason of each question."""
    return [
        f"{row.question}: no interval for {name}: {reason}"
        for row in rows
        for name, reason in (
            ("Fleiss' kappa", row.fleiss_kappa_ci95_reason),
            ("Gwet's AC1", row.gwet_ac1_ci95_reason),
        )
        if reason is not None
    ]


def _agreement_row(question: str, pairs: Mapping[str, tuple[str, ...]], problems: list[Problem]) -> AgreementRow | None:
    uneven = [pair_id for pair_id, given in pairs.items() if len(given) != READERS]
    problems += [
        Problem(question, f"{pair_id} has {len(pairs[pair_id])} answers; expected {READERS}, one for each reader")
        for pair_id in uneven
    ]
    if uneven or not pairs:
        return None
    observed = {answer for given in pairs.values() for answer in given}
    # AC1 depends on the answers that could be chosen, also on one that nobody chose.
    expected = _DETECTABILITY_ANSWERS if question == "q4" else YES_NO
    categories = sorted(observed | set(expected)) if observed & set(expected) else sorted(observed)
    table = [[given.count(category) for category in categories] for given in pairs.values()]
    found = agreement(table)
    # A pair whose id names no source stands for itself.
    intervals = agreement_intervals(table, [source_of(pair_id) or pair_id for pair_id in pairs])
    return AgreementRow(
        question,
        len(pairs),
        found.agreements,
        found.comparisons,
        found.raw,
        found.fleiss_kappa,
        found.gwet_ac1,
        *intervals.fleiss_kappa,
        *intervals.gwet_ac1,
    )


def _list_problems(passing: set[str], failing: set[str], subset: set[str], exclusions: set[str]) -> list[Problem]:
    return [
        *(Problem(p, f"passes, but is not in {layout.READER_SUBSET}") for p in sorted(passing - subset)),
        *(Problem(p, f"in {layout.READER_SUBSET}, but does not pass") for p in sorted(subset & failing)),
        *(Problem(p, f"in {layout.READER_SUBSET}, but not in {layout.PAIR_RESULTS}") for p in sorted(subset - passing - failing)),
        *(Problem(p, f"does not pass, but is not in {layout.READER_EXCLUSIONS}") for p in sorted(failing - exclusions)),
        *(Problem(p, f"in {layout.READER_EXCLUSIONS}, but passes") for p in sorted(exclusions & passing)),
        *(Problem(p, f"in {layout.READER_EXCLUSIONS}, but not in {layout.PAIR_RESULTS}") for p in sorted(exclusions - passing - failing)),
    ]  # fmt: skip


def _published_problems(published: Figures, summary: Mapping[str, Any], rows: list[AgreementRow]) -> list[Problem]:
    problems: list[Problem] = []
    for key, actual in summary.items():
        question, _, answer = key.partition("_")
        if key == "hidden_repeat_agreement":
            # The columns of the released file may not tell the answers apart; what could be read must agree.
            told = [question for question in published[key] if question in actual]
            problems += published[key].expect_each(told, actual, place=key)
        elif question in PASS_QUESTIONS:
            problems += published[question].expect(answer, actual, name=key)
        else:
            problems += published.expect(key, actual)
    by_question = {row.question: row for row in rows}
    for question in ("q1", "q2", "q4"):
        row = by_question.get(question)
        if row is None:
            problems.append(Problem(question, "agreement could not be computed", ProblemKind.MISSING))
            continue
        counts, coefficients = ("pairwise_agreements", "pairwise_comparisons"), ("fleiss_kappa", "gwet_ac1")
        problems += published[question].expect_each(counts, row, place=question)
        problems += published[question].expect_each(coefficients, row, _AGREEMENT_TOLERANCE, place=question)
    return problems
