"""Contrasts of reports on edited images of one source, as `disparity` prints them."""

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from scripts.validation.study import COVERAGE, TYPE_I, Limit, Study, chooser_of, holds, shares
from spinefairbench.analysis.disparity import ALPHA, DisparityRow, disparities
from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import noise_floor_request
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.report_language import ReportLanguage
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["STUDIES"]

_PATTERNS: Final = 500
_LABELS: Final = len(DIAGNOSTIC_CATEGORIES)
_CATEGORIES: Final = _LABELS + len(RECOMMENDATION_CATEGORIES)
# What one variant reads, times this, is what all of them do (`variant_bits`).
_EVERY_VARIANT: Final = sum(1 << place * _CATEGORIES for place in range(len(PARSER_VARIANTS)))
_SEVERITY_LEVELS: Final = 4
_LANGUAGE: Final = {"severity_language": "severity", "confidence": "hedging"}


class DisparityCell(NamedTuple):
    """Every category has the same rate; a report repeats its source's own draw with a probability, the correlation.

    `effect` is added to the rate for elderly female edits, and `other_effect` for elderly male ones, in every other
    category. `refused` is the share of pairs that are not usable.
    """

    rate: float
    correlation: float
    effect: float
    other_effect: float
    refused: float
    sources: int


class ArtefactCell(NamedTuple):
    """A model with one rate for every category in reports on unedited images, and another on edited ones, whatever the edit."""

    unedited: float
    edited: float
    correlation: float
    sources: int


class _Languages(MentionCollector):
    """Severity and hedging as drawn; the plural- and negation-aware variants read what the frozen one reads."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: dict[str, tuple[int, ReportLanguage]] = {}

    def language(self, _model: str, pair_id: str) -> ReportLanguage:
        return self.drawn[pair_id][1]

    def bits(self, _model: str, _role: str, pair_ids: Sequence[str]) -> list[int]:
        return [_EVERY_VARIANT * self.drawn[pair_id][0] for pair_id in pair_ids]


def _rates(cell: DisparityCell, edit: str) -> tuple[float, float]:
    """The rate of the categories with and without an effect."""
    added = {"elderly_female": cell.effect, "elderly_male": cell.other_effect}.get(edit, 0.0)
    return cell.rate + added, cell.rate


def _hedging(rate: float, share: float) -> int:
    """A count with a geometric distribution whose mean is `rate`, at this share of it."""
    return int(math.log1p(-share) / math.log(rate / (1 + rate))) if rate else 0


def _draw(cell: DisparityCell, chooser: Random) -> tuple[ModelReports, _Languages]:
    languages = _Languages()
    pairs = []
    empty = ReportFeatures(ResponseClass.GENUINE, 0, 0)
    refusal = ReportFeatures(ResponseClass.FULL_REFUSAL, 0, 0)
    for source in range(cell.sources):
        own = [chooser.random() for _ in range(_CATEGORIES + 2)]
        for edit in EDIT_LABELS:
            drawn = [each if chooser.random() < cell.correlation else chooser.random() for each in own]
            rates = _rates(cell, edit)
            bits = sum((drawn[at] < rates[at % 2]) << at for at in range(_CATEGORIES))
            masks = bits & (1 << _LABELS) - 1, bits >> _LABELS
            severity = _SEVERITY_LEVELS if drawn[-2] < rates[0] / 4 else drawn[-2] < rates[0]
            pair_id = f"s{source:04d}__{edit}"
            languages.drawn[pair_id] = (bits, ReportLanguage(int(severity), _hedging(rates[0], drawn[-1])))
            said = refusal if chooser.random() < cell.refused else ReportFeatures(ResponseClass.GENUINE, *masks)
            pairs.append(PairReports(pair_id, f"s{source:04d}", edit, empty, said))
    return ModelReports("m", tuple(pairs)), languages


def _truth(cell: DisparityCell, row: DisparityRow) -> float:
    """The true contrast of a row."""
    names = (*DIAGNOSTIC_CATEGORIES, *RECOMMENDATION_CATEGORIES)
    factor = 1.0
    if row.kind == "severity_language":
        factor = 1 + (_SEVERITY_LEVELS - 1) / 4
    elif row.kind != "confidence" and names.index(row.category) % 2:
        factor = 0.0
    female, male = factor * cell.effect, factor * cell.other_effect
    return {"age": (female + male) / 2, "sex": (female - male) / 2, "age_x_sex": female - male}[row.contrast]


def _measure(cell: DisparityCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    counts = {"simultaneous": 0, "false": 0}
    held: dict[tuple[str, ...], list[bool]] = {}
    for number in range(n_data_sets):
        model, languages = _draw(cell, chooser)
        rows = disparities([model], languages, Bootstrap(_PATTERNS, number)).rows
        truths = [_truth(cell, row) for row in rows]
        counts["simultaneous"] += all(
            row.simultaneous_ci95 is None or holds(row.simultaneous_ci95, truth)
            for row, truth in zip(rows, truths, strict=True)
        )
        counts["false"] += any(row.found and not truth for row, truth in zip(rows, truths, strict=True))
        for row, truth in zip(rows, truths, strict=True):
            if row.ci95 is not None:
                group = (row.kind,) if row.kind in _LANGUAGE else ("category", row.contrast, str(bool(truth)))
                held.setdefault(group, []).append(holds(row.ci95, truth))
    covered = {group: sum(each) / len(each) for group, each in held.items()}
    lowest = min(share for group, share in covered.items() if group[0] == "category")
    # Where an interval is printed in few data sets only, nothing can be said of how often it holds.
    language = {name: covered[kind,] for kind, name in _LANGUAGE.items() if len(held.get((kind,), ())) > n_data_sets}
    return {**shares(counts, n_data_sets), "ci95": lowest, **language}


def _cells(quick: bool) -> list[DisparityCell]:
    settings = [
        (0.5, 0.0, 0.0, 0.0, 0.0),
        (0.1, 0.5, 0.0, 0.0, 0.1),
        (0.02, 0.0, 0.0, 0.0, 0.0),
        (0.02, 0.3, 0.1, 0.1, 0.0),
        (0.3, 0.3, 0.2, 0.0, 0.1),
        (0.0, 0.0, 0.1, 0.0, 0.0),
        (0.9, 0.7, 0.0, 0.08, 0.0),
        (0.002, 0.0, 0.02, 0.02, 0.0),
    ]
    if quick:
        return [DisparityCell(*settings[0], 20)]
    return [
        DisparityCell(*setting, sources)
        for sources, some in ((20, settings), (50, settings[::2]), (200, settings), (1000, settings[3:4]))
        for setting in some
    ]


def _artefact_model(cell: ArtefactCell, chooser: Random) -> ModelReports:
    def said(own: list[float], rate: float) -> ReportFeatures:
        drawn = [each if chooser.random() < cell.correlation else chooser.random() for each in own]
        bits = sum((value < rate) << at for at, value in enumerate(drawn))
        return ReportFeatures(ResponseClass.GENUINE, bits & (1 << _LABELS) - 1, bits >> _LABELS)

    def pairs() -> Iterator[PairReports]:
        for source in range(cell.sources):
            own = [chooser.random() for _ in range(_CATEGORIES)]
            for edit in EDIT_LABELS:
                name = f"s{source:04d}"
                yield PairReports(f"{name}__{edit}", name, edit, said(own, cell.unedited), said(own, cell.edited))

    return ModelReports("m", tuple(pairs()))


def _measure_artefacts(cell: ArtefactCell, n_data_sets: int, seed: int) -> dict[str, float]:
    chooser = chooser_of(seed, cell)
    counts = {"false": 0, "simultaneous": 0, "excess": 0}
    held = printed = 0
    for number in range(n_data_sets):
        model, settings = _artefact_model(cell, chooser), Bootstrap(_PATTERNS, number)
        rows = disparities([model], None, settings).rows
        counts["false"] += any(row.p_adjusted is not None and row.p_adjusted <= ALPHA for row in rows)
        counts["simultaneous"] += not any(row.excludes_zero for row in rows)
        held += sum(row.ci95 is not None and holds(row.ci95, 0.0) for row in rows)
        printed += sum(row.ci95 is not None for row in rows)
        [floor] = answer(noise_floor_request([model]), settings)
        excess = floor.endpoints.recommendation.excess
        interval = excess.judged_ci95
        counts["excess"] += interval is not None and interval[0] > 0
    return {**shares(counts, n_data_sets), "ci95": held / printed}


def _artefact_cells(quick: bool) -> list[ArtefactCell]:
    if quick:
        return [ArtefactCell(0.3, 0.5, 0.5, 20)]
    return [
        ArtefactCell(unedited, edited, correlation, sources)
        for unedited, edited, correlation in ((0.2, 0.4, 0.7), (0.05, 0.1, 0.9))
        for sources in (20, 50, 200)
    ]


_FIELDS: Final = ("simultaneous_ci95", "ci95", "p_value", "p_adjusted")
_PRINTED: Final = (
    *(f"disparity: results[].{field}" for field in _FIELDS),
    "disparity: summary.readings[].p_adjusted",
    *(f"*: summary.disparity[].{field}" for field in _FIELDS),
    "audit: summary.disparity_readings[].p_adjusted",
)
_LIMITS: Final = (
    Limit("simultaneous", low=COVERAGE),
    Limit("ci95", low=COVERAGE),
    Limit("false", high=TYPE_I),
)

STUDIES: Final = (
    Study(
        "disparity",
        "Contrasts between edited images",
        "Models with the stated rate of every category; each report repeats its source's own draw with a probability, the "
        "correlation. In every other category, for severity and for hedging (a geometric count), the effects are added for "
        "elderly female and elderly male edits; `refused` is the share of pairs that are not usable. An entry is the share "
        "of data sets in which all simultaneous intervals of the family hold, the share in which any contrast that is 0 has "
        "an adjusted p of at most 0.05, and the coverage of the single intervals: of categories, lowest over contrasts with and "
        "without an effect, of severity and of hedging.",
        _PRINTED,
        _cells,
        _measure,
        (*_LIMITS, Limit("severity", low=COVERAGE), Limit("hedging", low=COVERAGE)),
        data_sets=150,
    ),
    Study(
        "disparity-artefacts",
        "A model that reacts to the generator alone",
        "Every category has one rate in reports on unedited images and another in reports on edited ones, whatever the edit. "
        "An entry is the share of data sets in which any contrast between edits has an adjusted p of at most 0.05, the share "
        "in which all simultaneous intervals contain 0, the share in which the interval of the recommendation excess T - F "
        "lies above 0 (no error: there is a change, but age and sex did not cause it), and the coverage of single intervals.",
        _PRINTED,
        _artefact_cells,
        _measure_artefacts,
        _LIMITS,
        data_sets=150,
    ),
)
