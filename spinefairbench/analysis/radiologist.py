"""The reader study: which pairs pass, which edits the readers detected, and how far they agree."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.reader_agreement import (
    DETECTABILITY_ANSWERS,
    AgreementRow,
    agreement_row,
    no_interval_notes,
    term_lines,
    term_problems,
)
from spinefairbench.analysis.reader_cross_check import cross_check
from spinefairbench.analysis.reader_record import ReaderLabels, StatedFigure, erratum_problems, find_labels, stated_ac1
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.bundle import layout
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
from spinefairbench.problems import TOLERANCE, Problem, ProblemKind, counted

__all__ = ["NEEDED_YES", "check", "passes"]

NEEDED_YES: Final = 2
_Pairs: TypeAlias = Mapping[str, tuple[str, ...]]


def passes(plausibility: tuple[str, ...], preservation: tuple[str, ...]) -> bool:
    """Whether a pair passes: two or more Yes to clinical plausibility (q1) and to pathology preservation (q2)."""
    return plausibility.count(YES) >= NEEDED_YES and preservation.count(YES) >= NEEDED_YES


def check(inputs: Inputs) -> CheckResult:
    """Derive the passing pairs, counts and agreement from the readers' answers, and compare them with the released ones.

    Raises BundleError with every file that is missing or cannot be read.
    """
    bundle = inputs.bundle
    collector = ErrorCollector()
    answers = collector.get(read_answers, bundle)
    detectability = collector.get(read_detectability, bundle)
    events = collector.get(display_events, bundle)
    repeats = collector.get(read_hidden_repeats, bundle)
    subset = collector.get(validated_pairs, bundle)
    exclusions = collector.get(excluded_pairs, bundle)
    labels = collector.get(find_labels, bundle)
    twice = collector.get(cross_check, bundle)
    report = collector.get(bundle.json, layout.VALIDATION_REPORT)
    collector.raise_if_any()
    assert answers is not None and detectability is not None and repeats is not None
    assert events is not None and subset is not None and exclusions is not None and labels is not None
    assert twice is not None

    problems: list[Problem] = []
    not_checked = [f"agreement on {question}: some answers are blank" for question in answers.incomplete]
    by_question = dict(answers.answers)
    given, given_by_pair = detectability
    if given_by_pair is not None:
        by_question["q4"] = given_by_pair
    rows = []
    for question, pairs in sorted(by_question.items()):
        row = agreement_row(question, pairs, problems)
        if row is not None:
            rows.append(row)
    q1, q2 = (answers.answers[question] for question in PASS_QUESTIONS)
    passing = {pair_id for pair_id in q1 if passes(q1[pair_id], q2[pair_id])}
    problems += _list_problems(passing, set(q1) - passing, set(subset), set(exclusions))
    for answer in sorted(set(given) - set(DETECTABILITY_ANSWERS)):
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
    by_row = {row.question: row for row in rows}
    stated = stated_ac1(report, by_row["q2"].gwet_ac1 if "q2" in by_row else None)
    marked = answers.excluded_final
    problems += [*labels.problems, *twice.problems, *_marked_problems(marked or (), set(exclusions))]
    not_checked += twice.not_checked
    problems += _published_problems(inputs, summary, by_row)
    problems += _published_record_problems(inputs, summary, labels, stated, marked)
    if bundle.held_to_release:
        not_checked += _published_and_not_told(labels, stated, marked)
    summary |= {
        "hidden_repeats_per_reviewer": labels.repeats_of_each,
        "excluded_final_rows": None if marked is None else len(marked),
        "reader_labels": [plain(match) for match in labels.matches],
        "stated_q2_gwet_ac1": [plain(figure) for figure in stated],
    }
    notes = [*no_interval_notes(rows), *labels.notes, *(figure.note for figure in stated if figure.stale)]
    notes += _alike(by_row, q1, q2)
    if marked == ():
        notes.append(
            f"excluded_final is blank in every row of {layout.PAIR_RESULTS}: the {len(q1) - len(passing)} exclusions "
            "follow from the majority rule alone"
        )
    return CheckResult(
        tuple(rows),
        summary,
        tuple(problems),
        notes=tuple(notes),
        details=tuple(term_lines(rows)),
        not_checked=tuple(not_checked),
    )


def _published_and_not_told(
    labels: ReaderLabels, stated: list[StatedFigure], marked: tuple[str, ...] | None
) -> list[str]:
    """What was published of the record and cannot be held to it."""
    told = []
    if marked is None:
        told.append(f"excluded_final: {layout.PAIR_RESULTS} has no such column")
    if labels.not_told is not None:
        told.append(f"the published exchange of two reader labels: {labels.not_told}")
    if not any(figure.stale for figure in stated):
        told.append(f"the stale AC1 of q2 that was published of {layout.VALIDATION_REPORT}: not found there")
    return told


def _alike(rows: Mapping[str, AgreementRow], q1: _Pairs, q2: _Pairs) -> list[str]:
    """Say where q1 and q2 agree in every figure, and that they are two columns all the same."""
    figures = [
        {name: value for name, value in vars(rows[question]).items() if name != "question" and "ci95" not in name}
        for question in PASS_QUESTIONS
        if question in rows
    ]
    if len(figures) < len(PASS_QUESTIONS) or figures[0] != figures[1]:
        return []
    unlike = sum(a != b for pair_id, given in q1.items() for a, b in zip(given, q2[pair_id], strict=True))
    also = f"they differ in {counted(unlike, 'answer')}" if unlike else "they are the same in every answer"
    return [f"q1 and q2 agree to the last digit in every figure without resampling; {also}"]


def _list_problems(passing: set[str], failing: set[str], subset: set[str], exclusions: set[str]) -> list[Problem]:
    return [
        *(Problem(p, f"passes, but is not in {layout.READER_SUBSET}") for p in sorted(passing - subset)),
        *(Problem(p, f"in {layout.READER_SUBSET}, but does not pass") for p in sorted(subset & failing)),
        *(Problem(p, f"in {layout.READER_SUBSET}, but not in {layout.PAIR_RESULTS}") for p in sorted(subset - passing - failing)),
        *(Problem(p, f"does not pass, but is not in {layout.READER_EXCLUSIONS}") for p in sorted(failing - exclusions)),
        *(Problem(p, f"in {layout.READER_EXCLUSIONS}, but passes") for p in sorted(exclusions & passing)),
        *(Problem(p, f"in {layout.READER_EXCLUSIONS}, but not in {layout.PAIR_RESULTS}") for p in sorted(exclusions - passing - failing)),
    ]  # fmt: skip


def _marked_problems(marked: tuple[str, ...], exclusions: set[str]) -> list[Problem]:
    """The column `excluded_final` may be blank; what it marks must be excluded."""
    return [
        Problem(pair_id, f"marked in excluded_final of {layout.PAIR_RESULTS}, but not in {layout.READER_EXCLUSIONS}")
        for pair_id in sorted(set(marked) - exclusions)
    ]


def _published_problems(inputs: Inputs, summary: Mapping[str, Any], rows: Mapping[str, AgreementRow]) -> list[Problem]:
    """Compare the counts, and every term of the agreement on each question."""
    published, reliability = inputs.published("radiologist"), inputs.published("reader_reliability")
    if published is None or reliability is None:
        return []
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
    for question in (*PASS_QUESTIONS, "q4"):
        row = rows.get(question)
        if row is None:
            problems.append(Problem(question, "agreement could not be computed", ProblemKind.MISSING))
            continue
        counts, coefficients = ("pairwise_agreements", "pairwise_comparisons"), ("fleiss_kappa", "gwet_ac1")
        problems += published[question].expect_each(counts, row, place=question)
        problems += published[question].expect_each(coefficients, row, TOLERANCE, place=question)
        problems += term_problems(reliability[question], row)
    return problems


def _published_record_problems(
    inputs: Inputs,
    summary: Mapping[str, Any],
    labels: ReaderLabels,
    stated: list[StatedFigure],
    marked: tuple[str, ...] | None,
) -> list[Problem]:
    """Compare whose labels are whose, the counts of the majority rule, and that the column for exclusions is blank."""
    published, erratum = inputs.published("reader_reliability"), inputs.published("reader_record_erratum")
    if published is None or erratum is None:
        return []
    problems = erratum_problems(erratum, labels, stated, summary["per_reviewer_display_events"])
    # Where the file names no readers there is nothing to compare; that the labels cannot be told is said elsewhere.
    figures = published["hidden_repeats_per_reviewer"]
    for label in figures if labels.repeats_of_each else ():
        problems += figures.expect(label, labels.repeats_of_each.get(label, 0), place="hidden_repeats_per_reviewer")
    found = {"pass": summary["passing"], "fail": summary["excluded"], "total": summary["pairs"]}
    if marked is not None:
        found |= {"excluded_final_rows": len(marked), "excluded_final_distinct_pairs": len(set(marked))}
        claimed = len(set(marked)) == found["fail"]
        problems += published["claim_checks"].expect("exclusions_7", claimed, place="claim_checks")
    rule = "majority_rule_2_of_3"
    problems += published[rule].expect_each(found, found, place=rule)
    return problems
