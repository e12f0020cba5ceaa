"""Whether the measures of quality control are possible, and whether `passed_qc` follows from them and the thresholds."""

from collections.abc import Iterable
from typing import NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.dataset import QcRow
from spinefairbench.bundle.qc_measures import MEASURES, THRESHOLDS, read_measurements
from spinefairbench.problems import Problem, counted, shortened

__all__ = ["QcCheck", "check_measures"]

_MOST_NAMES = 10


class QcCheck(NamedTuple):
    """How many rows could be decided from their measures, and what was found."""

    decided: int
    problems: list[Problem]
    notes: list[str]
    not_checked: list[str]


def check_measures(rows: Iterable[QcRow], *, released: bool) -> QcCheck:
    """Hold every row's measures to their ranges, and its `passed_qc` to the thresholds.

    A row that passed must meet each threshold whose measure it has. A row that failed must miss one, which can be told
    where it has all measures that were required (`qc_required`, by default all). `released` rows that failed for no
    reason that can be seen are problems; elsewhere, where other criteria may have been used, they are counted in a note.
    """
    problems: list[Problem] = []
    unexplained: list[Problem] = []
    present: set[str] = set()
    unknown: dict[str, None] = {}
    decided = undecided = 0
    for row in rows:
        place = f"{layout.QC_METADATA}: {row.pair_id}"
        found = read_measurements(row.raw, place)
        problems += found.problems
        present |= found.values.keys()
        unknown |= dict.fromkeys(found.unknown)
        required = _required(row)
        missed = [t for t in THRESHOLDS if t.measure in required and t.measure in found.values and not t.is_met(found.values[t.measure])]  # fmt: skip
        complete = bool(required) and required <= found.values.keys()
        if missed or complete:
            decided += 1
        elif not found.problems:
            undecided += 1
        if row.passed:
            problems += [
                Problem(
                    place,
                    f"passed_qc is true, but {t.measure} is {found.values[t.measure]}; the threshold is "
                    + (f"at most {t.maximum:g}" if t.is_upper_bound else f"at least {t.minimum:g}"),
                )
                for t in missed
            ]
        elif complete and not missed:
            values = ", ".join(f"{name} {found.values[name]}" for name in MEASURES if name in required)
            unexplained.append(Problem(place, f"passed_qc is false, but no threshold is missed ({values})"))
    notes = []
    if released:
        problems += unexplained
    elif unexplained:
        one = len(unexplained) == 1
        notes.append(
            f"{counted(len(unexplained), 'pair')} failed quality control although {'its' if one else 'their'} measures "
            "meet every threshold that is known; why is not in the file"
        )
    return QcCheck(decided, problems, notes, _not_checked(present, undecided, list(unknown)))


def _required(row: QcRow) -> set[str]:
    named = row.raw.get("qc_required")
    return {name for name in MEASURES if name in named} if isinstance(named, list) else set(MEASURES)


def _not_checked(present: set[str], undecided: int, unknown: list[str]) -> list[str]:
    said = []
    if absent := [name for name in MEASURES if name not in present]:
        said.append(f"{', '.join(absent)} of {layout.QC_METADATA}: no row has this measure under this name")
    if undecided:
        said.append(
            f"whether passed_qc follows from the measures in {counted(undecided, 'row')} of {layout.QC_METADATA}: not all "
            "that were required are there"
        )
    if unknown:
        names = ", ".join(shortened(name) for name in unknown[:_MOST_NAMES]) + (
            ", ..." if len(unknown) > _MOST_NAMES else ""
        )
        said.append(
            f"the range of {names} in {layout.QC_METADATA}: nothing is known of {'it' if len(unknown) == 1 else 'them'}"
        )
    return said
