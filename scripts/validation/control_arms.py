"""Control arms: change under the edits less change under a control image, as score files and `audit` print it."""

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, SOURCES, TYPE_I, Limit, Study, batches, chooser_of, holds, shares
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.interval_test import means_interval
from spinefairbench.statistics.paired import paired_difference
from spinefairbench.statistics.randomization import sign_flip_p_values

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(500)
# The number of data sets whose sign flips are drawn together.
_BATCH: Final = 50
# Distances are whole numbers in units of 1/24. A change of recommendations is one of 1, a change of labels one of these.
_ONE: Final = 24
_SIZES: Final = {"recommendation": (_ONE,), "diagnostic": (_ONE // 2, _ONE)}
# The chances of a change under an edit and under the control, the pairs of a source (0: one to four), its control reports,
# and how alike its images are.
_SETTINGS: Final = (
    (0.02, 0.02, 4, 1, 0.0),
    (0.1, 0.1, 4, 1, 0.0),
    (0.1, 0.1, 4, 4, 0.9),
    (0.3, 0.3, 0, 1, 0.5),
    (0.1, 0.1, 1, 4, 0.0),
    (0.9, 0.9, 4, 1, 0.5),
    (0.05, 0.005, 4, 1, 0.0),
    (0.3, 0.1, 0, 2, 0.3),
    (0.97, 0.03, 2, 1, 0.0),
    (1.0, 0.02, 4, 1, 0.0),
)
_HARDEST: Final = (_SETTINGS[0], _SETTINGS[1], _SETTINGS[2], _SETTINGS[-1])
_LARGE: Final = 1000


class ControlCell(NamedTuple):
    """Chances of a change under an edit and under the control, the reports of a source, and the sources."""

    edit: float
    control: float
    pairs: int
    control_reports: int
    alike: float
    endpoint: str
    sources: int


def _cells(quick: bool) -> list[ControlCell]:
    return list(_all_cells(quick))


def _all_cells(quick: bool) -> Iterator[ControlCell]:
    for setting in _SETTINGS[1:2] if quick else _SETTINGS:
        for endpoint in _SIZES:
            for sources in SOURCES[:2] if quick else SOURCES:
                # With so many sources, the settings that are hardest are enough.
                if sources < _LARGE or (endpoint == "recommendation" and setting in _HARDEST):
                    yield ControlCell(*setting, endpoint, sources)


def _distances(cell: ControlCell, chooser: Random) -> tuple[ClusterTotals, ClusterTotals]:
    """D_edit and D_control of each source."""
    uniform = chooser.random
    edits, controls = [], []
    for place in range(cell.sources):
        shared = uniform()

        def distance(rate: float, reports: int, shared: float = shared) -> int:
            drawn = [shared if uniform() < cell.alike else uniform() for _ in range(reports)]
            sizes = [chooser.choice(_SIZES[cell.endpoint]) for draw in drawn if draw < rate]
            return sum(sizes) // reports

        edits.append(distance(cell.edit, cell.pairs or 1 + place % 4))
        controls.append(distance(cell.control, cell.control_reports))
    first, second = (ClusterTotals(tuple(each), (1,) * cell.sources, _ONE) for each in (edits, controls))
    return first, second


def _measure(cell: ControlCell, n_data_sets: int, seed: int) -> dict[str, float]:
    """The shares; without rejections where the null hypothesis is not true."""
    chooser, null = chooser_of(seed, cell), cell.edit == cell.control
    sizes = _SIZES[cell.endpoint]
    truth = (cell.edit - cell.control) * sum(sizes) / len(sizes) / _ONE
    counts = {"coverage": 0, **({"type_i": 0, "sign_flips": 0} if null else {})}
    for numbers in batches(n_data_sets, _BATCH):
        drawn = [_distances(cell, chooser) for _ in numbers]
        intervals = [means_interval(*both)(0.95) for both in drawn]
        counts["coverage"] += sum(holds(interval, truth) for interval in intervals)
        if null:
            # The printed p value is at most 0.05 exactly where the interval excludes 0.
            counts["type_i"] += sum(not lower <= 0 <= upper for lower, upper in intervals)
            differences = [paired_difference(*both).sums for both in drawn]
            counts["sign_flips"] += sum(p_value <= 0.05 for p_value in sign_flip_p_values(differences, _RESAMPLES))
    return shares(counts, n_data_sets)


STUDIES: Final = (
    Study(
        "control-arms",
        "Change under the edits less change under a control image",
        "`edit` is the chance that a report on an edited image differs from one on the source, `control` that one on the "
        "control image does; `pairs` is the number of pairs of a source (0: one to four), `alike` the "
        "chance that an image shares its source's own draw. An entry is the coverage of the printed interval, the share of "
        "true null hypotheses that its p value rejects at 5%, and the share that a sign-flip test would reject, which is "
        "why none is printed.",
        (
            "audit: summary.control_arms[].*ci95",
            "audit: summary.control_arms[].*.p_value",
            "score: *control_arms[].*ci95",
            "score: *control_arms[].*.p_value",
        ),
        _cells,
        _measure,
        (Limit("coverage", low=COVERAGE), Limit("type_i", high=TYPE_I)),
        data_sets=500,
    ),
)
