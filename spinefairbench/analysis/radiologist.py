"""The reader study: which pairs pass, what the readers could detect, and how far they agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.result import CheckResult, Gatherer
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.reader_study import (
    CANNOT_TELL,
    PASS_QUESTIONS,
    display_events,
    excluded_pairs,
    read_answers,
    read_detectability,
    read_hidden_repeats,
    validated_pairs,
)
from spinefairbench.problems import differs
from spinefairbench.statistics.agreement import agreement

__all__ = ["AgreementRow", "passes", "radiologist"]

READERS: Final = 3
NEEDED_YES: Final = 2
_YES_NO: Final = ("Yes", "No")
_DETECTABILITY_ANSWERS: Final = (CANNOT_TELL, "Image A edited", "Image B edited")
_AGREEMENT_TOLERANCE: Final = 1e-9


@dataclass(frozen=True)
class AgreementRow:
    """Agreement of the readers on one question; coefficients are None where nothing varies."""

    question: str
    pairs: int
    pairwise_agreements: int
    pairwise_comparisons: int
    raw_agreement: float
    fleiss_kappa: float | None
    gwet_ac1: float | None


def passes(plausibility: tuple[str, ...], preservation: tuple[str, ...]) -> bool:
    """At least two Yes to clinical plausibility (q1) and at least two to pathology preservation (q2)."""
    return plausibility.count("Yes") >= NEEDED_YES and preservation.count("Yes") >= NEEDED_YES


def radiologist(bundle: Bundle, published: Mapping[str, Any] | None) -> CheckResult:
    """The passing set against the released lists, counts and agreement. Raises BundleError."""
    gather = Gatherer()
    answers = gather.get(lambda: read_answers(bundle))
    detectability = gather.get(lambda: read_detectability(bundle))
    events = gather.get(lambda: display_events(bundle))
    repeats = gather.get(lambda: read_hidden_repeats(bundle))
    subset = gather.get(lambda: validated_pairs(bundle))
    exclusions = gather.get(lambda: excluded_pairs(bundle))
    gather.stop_if_any()
    assert answers is not None and detectability is not None and repeats is not None
    assert events is not None and subset is not None and exclusions is not None

    problems: list[str] = []
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
        problems.append(f"{layout.DETECTABILITY}: unknown answer {answer[:40]!r}")
    if not repeats.agreement:
        not_checked.append(
            f"agreement of the hidden repeats: the columns of {layout.HIDDEN_REPEATS} do not tell first and repeated answers apart"
        )
    summary = {
        "pairs": len(q1),
        "passing": len(passing),
        "excluded": len(q1) - len(passing),
        "q1_yes": sum(g.count("Yes") for g in q1.values()),
        "q1_no": sum(g.count("No") for g in q1.values()),
        "q2_yes": sum(g.count("Yes") for g in q2.values()),
        "q2_no": sum(g.count("No") for g in q2.values()),
        "detectability_rows": len(given),
        "cannot_tell": given.count(CANNOT_TELL),
        "image_a_edited": given.count("Image A edited"),
        "image_b_edited": given.count("Image B edited"),
        "per_reviewer_display_events": events,
        "hidden_repeat_records": repeats.records,
        "hidden_repeat_agreement": {q: f"{same}/{of}" for q, (same, of) in repeats.agreement.items()},
    }
    if published is not None:
        problems += _published_problems(published, summary, rows)
    return CheckResult(tuple(rows), summary, tuple(problems), not_checked=tuple(not_checked))


def _agreement_row(question: str, pairs: Mapping[str, tuple[str, ...]], problems: list[str]) -> AgreementRow | None:
    uneven = [pair_id for pair_id, given in pairs.items() if len(given) != READERS]
    problems += [
        f"{question}: {pair_id} has {len(pairs[pair_id])} answers; expected {READERS}, one a reader"
        for pair_id in uneven
    ]
    if uneven or not pairs:
        return None
    observed = {answer for given in pairs.values() for answer in given}
    # AC1 depends on the answers that could be chosen, also on one that nobody chose.
    expected = _DETECTABILITY_ANSWERS if question == "q4" else _YES_NO
    categories = sorted(observed | set(expected)) if observed & set(expected) else sorted(observed)
    found = agreement([[given.count(category) for category in categories] for given in pairs.values()])
    return AgreementRow(
        question, len(pairs), found.agreements, found.comparisons, found.raw, found.fleiss_kappa, found.gwet_ac1
    )


def _list_problems(passing: set[str], failing: set[str], subset: set[str], exclusions: set[str]) -> list[str]:
    return [
        *(f"{p}: passes, but is not in {layout.READER_SUBSET}" for p in sorted(passing - subset)),
        *(f"{p}: in {layout.READER_SUBSET}, but does not pass" for p in sorted(subset & failing)),
        *(f"{p}: in {layout.READER_SUBSET}, but not in {layout.PAIR_RESULTS}" for p in sorted(subset - passing - failing)),
        *(f"{p}: does not pass, but is not in {layout.READER_EXCLUSIONS}" for p in sorted(failing - exclusions)),
        *(f"{p}: in {layout.READER_EXCLUSIONS}, but passes" for p in sorted(exclusions & passing)),
        *(f"{p}: in {layout.READER_EXCLUSIONS}, but not in {layout.PAIR_RESULTS}" for p in sorted(exclusions - passing - failing)),
    ]  # fmt: skip


def _published_problems(
    published: Mapping[str, Any], summary: Mapping[str, Any], rows: list[AgreementRow]
) -> list[str]:
    problems = []
    for key, actual in summary.items():
        question, _, answer = key.partition("_")
        expected = published[question][answer] if question in ("q1", "q2") else published[key]
        if key == "hidden_repeat_agreement":
            # The columns of the released file may not tell the answers apart; what could be read must agree.
            expected = {q: text for q, text in expected.items() if q in actual}
        if actual != expected:
            problems.append(f"{key} is {actual}; published is {expected}")
    by_question = {row.question: row for row in rows}
    for question in ("q1", "q2", "q4"):
        row = by_question.get(question)
        if row is None:
            problems.append(f"{question}: agreement could not be computed")
            continue
        for key in ("pairwise_agreements", "pairwise_comparisons"):
            if getattr(row, key) != published[question][key]:
                problems.append(f"{question}: {key} is {getattr(row, key)}; published is {published[question][key]}")
        for key in ("fleiss_kappa", "gwet_ac1"):
            value = getattr(row, key)
            if value is None or differs(value, published[question][key], _AGREEMENT_TOLERANCE):
                problems.append(f"{question}: {key} is {value}; published is {published[question][key]}")
    return problems
