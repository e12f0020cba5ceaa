"""Contrasts of age and sex together with the edit that keeps both, as `breakdown --by same-or-cross` prints them."""

from collections.abc import Iterator
from random import Random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, SOURCES, TYPE_I, Limit, Study, batches, chooser_of, covers
from spinefairbench.analysis.contrasts import ContrastRow, finished, paired_p_values
from spinefairbench.analysis.estimates import estimates
from spinefairbench.analysis.joint_contrasts import joint_contrasts
from spinefairbench.analysis.strata import CROSS_AGE, CROSS_BOTH, CROSS_SEX, grouped
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["STUDIES"]

_RESAMPLES: Final = Bootstrap(300)
# With so many sources, one setting is enough: it takes as long as all others.
_LARGE: Final = 1000
# The number of data sets that share their draws.
_BATCH: Final = 20
_SIMPLE: Final = (CROSS_AGE, CROSS_SEX, CROSS_BOTH)
_EDITS: Final = ("young_female", "elderly_female", "young_male", "elderly_male")
_YOUNG_WOMAN: Final = SourceMetadata(30.0, "female")
# The rates of change under the edits that keep both, cross the age, cross the sex and cross both. The
# difference in differences is 0 in all of them, the other contrasts in the first three. Then, how alike the pairs of a
# source are (the chance that a pair shares the source's own draw), and the share of usable pairs.
_SETTINGS: Final = (
    (0.02, 0.02, 0.02, 0.02, 0.0, 0.9),
    (0.1, 0.1, 0.1, 0.1, 0.5, 1.0),
    (0.5, 0.5, 0.5, 0.5, 0.0, 0.9),
    (0.01, 0.03, 0.03, 0.05, 0.5, 1.0),
    (0.05, 0.25, 0.25, 0.45, 0.0, 1.0),
)
assert set(_EDITS) == set(EDIT_LABELS)


class JointCell(NamedTuple):
    """Rates of change by stratum, the likeness of a source's pairs, the share of usable pairs, and the sources."""

    same: float
    cross_age: float
    cross_sex: float
    cross_both: float
    alike: float
    usable: float
    sources: int


def _cells(quick: bool) -> list[JointCell]:
    return list(_all_cells(quick))


def _all_cells(quick: bool) -> Iterator[JointCell]:
    for setting in _SETTINGS[1:2] if quick else _SETTINGS:
        for sources in SOURCES[:1] if quick else SOURCES:
            if sources < _LARGE or setting == _SETTINGS[-1]:
                yield JointCell(*setting, sources)


def _report(labels: int, recommendations: int) -> ReportFeatures:
    return ReportFeatures(ResponseClass.GENUINE, labels, recommendations)


_SOURCE: Final = _report(0b1, 0b1)


def _reports(name: str, cell: JointCell, chooser: Random) -> ModelReports:
    """One data set: labels change as often as recommendations, half of the time in part and else altogether."""
    uniform, pairs = chooser.random, []
    for place in range(cell.sources):
        source_id, own = f"s{place:04}", (uniform(), uniform())
        for edit, rate in zip(_EDITS, cell[:4], strict=True):
            change, label = (shared if uniform() < cell.alike else uniform() for shared in own)
            labels = 0b10 if label < rate / 2 else 0b11 if label < rate else 0b1
            if uniform() < cell.usable:
                edited = _report(labels, 0b10 if change < rate else 0b1)
                pairs.append(PairReports(f"{source_id}__{edit}", source_id, edit, _SOURCE, edited))
    return ModelReports(name, tuple(pairs))


def _truth(row: ContrastRow, cell: JointCell) -> float:
    """The true contrast; a changed label costs three quarters of a pair's consistency on average."""
    same, cross_age, cross_sex, cross_both = cell[:4]
    simple = dict(zip(_SIMPLE, (cross_age - same, cross_sex - same, cross_both - same), strict=True))
    of_rates = simple.get(row.a, cross_both - cross_sex - cross_age + same)
    return of_rates if row.endpoint == "recommendation_change" else -0.75 * of_rates


def _rows(cell: JointCell, n_data_sets: int, seed: int) -> Iterator[ContrastRow]:
    chooser = chooser_of(seed, cell)
    metadata = {f"s{place:04}": _YOUNG_WOMAN for place in range(cell.sources)}
    for numbers in batches(n_data_sets, _BATCH):
        asked = []
        for number in numbers:
            groups = grouped(_reports(f"m{number}", cell, chooser), "same-or-cross", metadata)
            asked += [contrast for group in groups if group.grouping.joint for contrast in joint_contrasts(group)]
        means = estimates([contrast.difference for contrast in asked if contrast.difference is not None], _RESAMPLES)
        yield from finished(asked, means, paired_p_values(asked, _RESAMPLES))


def _measure(cell: JointCell, n_data_sets: int, seed: int) -> dict[str, float]:
    """The shares over the three contrasts with one stratum and both endpoints, and over those of four strata."""
    found: dict[str, list[bool]] = {}
    for row in _rows(cell, n_data_sets, seed):
        truth, of = _truth(row, cell), "" if row.a in _SIMPLE else "_in_differences"
        found.setdefault(f"coverage{of}", []).append(covers(row.estimate, truth))
        if abs(truth) < 1e-9:
            found.setdefault(f"type_i{of}", []).append(row.p_value is not None and row.p_value <= 0.05)
    return {name: sum(each) / len(each) for name, each in found.items()}


STUDIES: Final = (
    Study(
        "joint-contrasts",
        "Contrasts with the edit that keeps age and sex",
        "Each source has the four edits; `alike` is the chance that a pair shares its source's own draw, `usable` the share "
        "of usable pairs. Rates of change are those of the edits that keep both, cross the age, cross the sex and cross "
        "both; labels change as often as recommendations. An entry is the coverage of the printed interval and the share "
        "of true null hypotheses that the sign-flip test rejects at 5%, of the contrasts with the edit that keeps both and "
        "of the difference in differences, over both endpoints.",
        (
            "breakdown: summary.contrasts[].ci95",
            "*: summary.contrasts[].adjusted_ci95",
            "breakdown: summary.contrasts[].p_value",
        ),
        _cells,
        _measure,
        (
            *(Limit(name, low=COVERAGE) for name in ("coverage", "coverage_in_differences")),
            *(Limit(name, high=TYPE_I) for name in ("type_i", "type_i_in_differences")),
        ),
        data_sets=250,
    ),
)
