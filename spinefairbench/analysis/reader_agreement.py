"""How far the readers agree on a question, and every published term of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.estimates import Interval
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reader_study import CANNOT_TELL, IMAGE_A_EDITED, IMAGE_B_EDITED, YES_NO
from spinefairbench.problems import TOLERANCE, Problem
from spinefairbench.statistics.agreement import agreement
from spinefairbench.statistics.agreement_intervals import agreement_intervals

__all__ = [
    "DETECTABILITY_ANSWERS",
    "READERS",
    "AgreementRow",
    "agreement_row",
    "no_interval_notes",
    "term_lines",
    "term_problems",
]

READERS: Final = 3
DETECTABILITY_ANSWERS: Final = (CANNOT_TELL, IMAGE_A_EDITED, IMAGE_B_EDITED)


@dataclass(frozen=True)
class AgreementRow:
    """How far the readers agree on one question; a coefficient is None where every answer is the same.

    `raw_agreement` is the observed agreement of both coefficients (p_bar), `fleiss_p_e` and `gwet_p_e` the agreement that
    each expects by chance, `category_marginals` the share of each answer among all answers.
    The intervals resample sources and take the readers as fixed; a `_reason` says why there is none.
    """

    question: str
    pairs: int
    category_totals: dict[str, int]
    category_marginals: dict[str, float]
    pairwise_agreements: int
    pairwise_comparisons: int
    raw_agreement: float
    fleiss_p_e: float
    gwet_p_e: float | None
    fleiss_kappa: float | None
    gwet_ac1: float | None
    fleiss_kappa_ci95: Interval | None
    fleiss_kappa_ci95_reason: str | None
    gwet_ac1_ci95: Interval | None
    gwet_ac1_ci95_reason: str | None


def agreement_row(question: str, pairs: Mapping[str, tuple[str, ...]], problems: list[Problem]) -> AgreementRow | None:
    """The row of a question, from one answer a reader for each pair; None, with `problems`, where answers lack."""
    uneven = [pair_id for pair_id, given in pairs.items() if len(given) != READERS]
    problems += [
        Problem(question, f"{pair_id} has {len(pairs[pair_id])} answers; expected {READERS}, one for each reader")
        for pair_id in uneven
    ]
    if uneven or not pairs:
        return None
    observed = {answer for given in pairs.values() for answer in given}
    # AC1 depends on the answers that could be chosen, also on one that nobody chose.
    expected = DETECTABILITY_ANSWERS if question == "q4" else YES_NO
    categories = sorted(observed | set(expected)) if observed & set(expected) else sorted(observed)
    table = [[given.count(category) for category in categories] for given in pairs.values()]
    found = agreement(table)
    totals = dict(zip(categories, map(sum, zip(*table, strict=True)), strict=True))
    # A pair whose id names no source stands for itself.
    intervals = agreement_intervals(table, [source_of(pair_id) or pair_id for pair_id in pairs])
    return AgreementRow(
        question,
        len(pairs),
        totals,
        {category: total / (READERS * len(pairs)) for category, total in totals.items()},
        found.agreements,
        found.comparisons,
        found.raw,
        found.fleiss_chance,
        found.gwet_chance,
        found.fleiss_kappa,
        found.gwet_ac1,
        *intervals.fleiss_kappa,
        *intervals.gwet_ac1,
    )


def no_interval_notes(rows: Sequence[AgreementRow]) -> list[str]:
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


def term_lines(rows: Sequence[AgreementRow]) -> list[str]:
    """The terms of each row for a reader: the answers, the agreement observed, and that expected by chance."""
    return [
        f"{row.question}: "
        + ", ".join(
            f"{answer} {total:,} ({row.category_marginals[answer]:.4f})"
            for answer, total in row.category_totals.items()
        )
        + f"; p_bar {row.raw_agreement:.4f}, p_e {row.fleiss_p_e:.4f} (Fleiss)"
        + ("" if row.gwet_p_e is None else f" and {row.gwet_p_e:.4f} (Gwet)")
        for row in rows
    ]


def term_problems(published: Figures, row: AgreementRow) -> list[Problem]:
    """Compare every published term of a question's agreement, which stand in groups: totals, pairs, Fleiss, Gwet."""
    categories = sorted(row.category_totals)
    terms: dict[str, dict[str, Any]] = {
        "raw_pairwise": {
            "agreements": row.pairwise_agreements,
            "comparisons": row.pairwise_comparisons,
            "raw_agreement": row.raw_agreement,
        },
        "fleiss": {
            "n_subjects": row.pairs,
            "n_raters": READERS,
            "p_bar_observed_agreement": row.raw_agreement,
            "p_e_chance_agreement": row.fleiss_p_e,
            "fleiss_kappa": row.fleiss_kappa,
        },
        "gwet": {
            "n_categories": len(categories),
            "p_bar_observed_agreement": row.raw_agreement,
            "p_e_chance_agreement": row.gwet_p_e,
            "gwet_ac1": row.gwet_ac1,
        },
    }
    place = row.question
    problems: list[Problem] = published["fleiss"].expect("categories", categories, place=place)
    for group, values in terms.items():
        problems += published[group].expect_each(values, values, TOLERANCE, place=f"{place}: {group}")
    for figures, found in (
        (published["category_totals"], row.category_totals),
        (published["gwet"]["category_marginals"], row.category_marginals),
    ):
        for category in figures:
            problems += figures.expect(category, found.get(category), TOLERANCE, place=place)
    return problems
