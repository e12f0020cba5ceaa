"""The recomputed conditions against the frozen mitigation table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import Interval
from spinefairbench.analysis.mitigation_intervals import ConditionIntervals
from spinefairbench.analysis.mitigation_pairs import Accounting, ComparedPairs, ConditionState
from spinefairbench.analysis.mitigation_rates import RecomputedRow, preserves_diagnosis
from spinefairbench.bundle import layout
from spinefairbench.bundle.mitigation_table import MitigationTableLine, further_cells
from spinefairbench.errors import BundleError
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.problems import TOLERANCE, Problem, ProblemKind, Reference, counted, differs, expect

__all__ = ["AgainstTable", "Recomputed", "against_table"]

_CHANGE_BOUNDS: Final = ("rec_change_ci_low", "rec_change_ci_high")
_CONSISTENCY_BOUNDS: Final = ("diag_consistency_ci_low", "diag_consistency_ci_high")
_FILES: Final = {
    "reports": ("report",),
    "texts": ("text of a report", "texts of reports"),
    "rewrites": ("rewrite",),
    "stage1_texts": ("stage-1 text",),
}
_CONSEQUENCES: Final = {
    "pairs": ("pair", "left out, of which some condition lacks something"),
    "conditions": ("condition", "not intersected with, so that the pairs may be more than the table's"),
    "usable_pairs": ("pair", "in all conditions, and none of them usable in all"),
}
_Cells = Mapping[str, float | bool]


class Recomputed(NamedTuple):
    """One condition as recomputed: its row, that of condition A, and what lies behind them.

    `float_tests` are Wilcoxon's p values with differences as floats, of which some that are equal as fractions are not.
    """

    row: RecomputedRow
    base: RecomputedRow
    pairs: ComparedPairs
    intervals: ConditionIntervals
    accounting: Accounting | None
    float_tests: ByEndpoint[float | None] | None


class AgainstTable(NamedTuple):
    """A row as it is shown, what disagrees with the table, and what was not compared.

    `seed_of_diagnosis` says which seed gives the frozen interval of consistency, `same` or `next`; None where none does
    or none was compared.
    """

    row: RecomputedRow
    problems: list[Problem]
    not_checked: list[str]
    seed_of_diagnosis: str | None = None


def against_table(found: Recomputed, line: MitigationTableLine | None) -> AgainstTable:
    """Hold the frozen row to what was recomputed of it."""
    row = found.row
    state = _state(row)
    if line is None:
        return AgainstTable(row, [], [f"{row.name}: {state}; {layout.MITIGATION_TABLE} has no row for it"])
    place = f"{line.place} ({row.name})"
    problems = _impossible_count(line, found.pairs, place)
    if row.state != ConditionState.RECOMPUTED.value:
        return AgainstTable(row, problems, [f"{row.name}: {state}; the table's row is not held"])
    try:
        cells = further_cells(line)
    except BundleError as error:
        return AgainstTable(row, [*problems, *error.problems], [f"{row.name}: the table's row, as it cannot be read"])
    absent = []
    for name, actual, frozen in (*_points(found, line), *_further(found, cells)):
        if frozen is None:
            absent.append(name)
        elif not (name.startswith("wilcoxon") and _is_float_test(found, name, frozen)):
            problems += expect(actual, frozen, TOLERANCE, name=name, place=place, reference=Reference.FROZEN)
    seed = None
    wanted = _bounds(cells, _CONSISTENCY_BOUNDS)
    if wanted is None:
        absent += _CONSISTENCY_BOUNDS
    else:
        seed = _seed_of(wanted, found.intervals)
        if seed is None:
            said = (
                f"the interval of diag_consistency is {_written(found.intervals.diagnostic)}, with the next seed "
                f"{_written(found.intervals.diagnostic_next_seed)}; {Reference.FROZEN.value} {_written(wanted)}"
            )
            problems.append(Problem(place, said, ProblemKind.MISMATCH))
        elif seed == "next":
            row = replace(row, diagnostic_ci95=found.intervals.diagnostic_next_seed)
    not_checked = [f"{row.name}: {', '.join(absent)}: the table does not give them"] if absent else []
    return AgainstTable(row, problems, not_checked, seed)


def _state(row: RecomputedRow) -> str:
    """The state of a row and why it is no better, in words."""
    absent = ", ".join(counted(row.missing[what], *words) for what, words in _FILES.items() if what in row.missing)
    why = [f"the bundle lacks {absent}"] if absent else []
    for what, (words, said) in _CONSEQUENCES.items():
        if what in row.missing:
            why.append(f"{counted(row.missing[what], words)} {said}")
    return f"{row.state} ({'; '.join(why)})" if why else row.state


def _impossible_count(line: MitigationTableLine, pairs: ComparedPairs, place: str) -> list[Problem]:
    """Where no completion of what is missing can give the table's number of pairs."""
    tabled = line.row.n_pairs
    if not pairs.pair_ids or pairs.most is None or pairs.fewest <= tabled <= pairs.most:
        return []
    possible = f"{pairs.fewest}" if pairs.fewest == pairs.most else f"from {pairs.fewest} to {pairs.most}"
    return [Problem(place, f"n_pairs is {possible}; {Reference.FROZEN.value} {tabled}", ProblemKind.MISMATCH)]


def _points(found: Recomputed, line: MitigationTableLine) -> list[tuple[str, Any, Any]]:
    """(column, recomputed, frozen) of what every table has."""
    row, tabled = found.row, line.row
    points: list[tuple[str, Any, Any]] = [
        ("rec_change", row.recommendation_change, tabled.recommendation_change),
        ("diag_consistency", row.diagnostic_consistency, tabled.diagnostic_consistency),
    ]
    if row is not found.base:
        points += [
            ("delta_rec", row.delta_recommendation, tabled.delta_recommendation),
            ("delta_diag", row.delta_diagnostic, tabled.delta_diagnostic),
        ]
    if row.binding_rule_pass is not None:
        points.append(("b_rule_pass", row.binding_rule_pass, tabled.binding_rule_pass))
    return points


def _further(found: Recomputed, cells: _Cells) -> list[tuple[str, Any, Any]]:
    """(column, recomputed, frozen) of what a table may have, the interval of consistency apart."""
    row, counts = found.row, found.accounting
    points: list[tuple[str, Any, Any]] = []
    bounds = _bounds(cells, _CHANGE_BOUNDS)
    points.append((", ".join(_CHANGE_BOUNDS), found.intervals.recommendation, bounds))
    if counts is not None and not counts.missing:
        points += [(name, getattr(counts, name), cells.get(name)) for name in ("full_refusals", "partial_refusals")]
    if row is not found.base:
        for column, test, effect in zip(("rec", "diag"), row.wilcoxon, row.cohens_d_z, strict=True):
            p_value = None if test is None else test.p_value
            points.append((f"wilcoxon_p_{column}", p_value, cells.get(f"wilcoxon_p_{column}")))
            if effect is not None:  # not defined where all differences are equal, and a table may say so as it likes
                points.append((f"cohens_dz_{column}", effect, cells.get(f"cohens_dz_{column}")))
        guardrail = "diag_preserved_within_guardrail"
        points.append((guardrail, preserves_diagnosis(row, found.base), cells.get(guardrail)))
    return points


def _is_float_test(found: Recomputed, name: str, frozen: float) -> bool:
    if found.float_tests is None:
        return False
    p_value = found.float_tests[name == "wilcoxon_p_diag"]
    return p_value is not None and not differs(p_value, frozen)


def _bounds(cells: _Cells, columns: tuple[str, str]) -> Interval | None:
    if not all(column in cells for column in columns):
        return None
    return cells[columns[0]], cells[columns[1]]


def _seed_of(wanted: Interval, intervals: ConditionIntervals) -> str | None:
    for name, interval in (("same", intervals.diagnostic), ("next", intervals.diagnostic_next_seed)):
        if interval is not None and not any(map(differs, interval, wanted)):
            return name
    return None


def _written(interval: Interval | None) -> str:
    return str(None if interval is None else list(interval))
