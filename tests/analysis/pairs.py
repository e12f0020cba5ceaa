"""Pairs of reports as a test writes them: labels and recommendations by name, refusals by a word; or two texts."""

from collections.abc import Iterable

from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import ModelReports, PairReports, RepeatedReports
from spinefairbench.metrics.readability import read_report
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass

EDITS = ("elderly_female", "elderly_male", "young_female", "young_male")
REFUSED = "refused"


def report(said: str) -> ReportFeatures:
    """`refused`, or the names of categories with spaces as underscores: `surgery imaging Fracture No_finding`."""
    if said == REFUSED:
        return ReportFeatures(ResponseClass.FULL_REFUSAL, 0, 0)
    names = [word if word in RECOMMENDATION_CATEGORIES else word.replace("_", " ") for word in said.split()]
    labels = sum(1 << DIAGNOSTIC_CATEGORIES.index(name) for name in names if name in DIAGNOSTIC_CATEGORIES)
    advice = sum(1 << RECOMMENDATION_CATEGORIES.index(name) for name in names if name in RECOMMENDATION_CATEGORIES)
    assert all(name in DIAGNOSTIC_CATEGORIES or name in RECOMMENDATION_CATEGORIES for name in names), names
    return ReportFeatures(ResponseClass.GENUINE, labels, advice)


def pair(source_id: str, edit: str, source: str, edited: str) -> PairReports:
    return PairReports(f"{source_id}__{edit}", source_id, edit, report(source), report(edited))


def read_pair(pair_id: str, source: str, edited: str) -> PairReports:
    """A pair from the texts of its two reports."""
    first, second = read_report(source), read_report(edited)
    return PairReports(
        pair_id,
        *parts_of(pair_id),
        first.features,
        second.features,
        source_marks=first.marks,
        counterfactual_marks=second.marks,
    )


def source(source_id: str, *reports: tuple[str, str]) -> list[PairReports]:
    """The pairs of one source: (source report, edited report) for the first edits."""
    return [pair(source_id, edit, *both) for edit, both in zip(EDITS, reports, strict=False)]


def model(name: str, pairs: Iterable[PairReports], *its_repeats: RepeatedReports) -> ModelReports:
    return ModelReports(name, tuple(sorted(pairs, key=lambda each: each.pair_id)), its_repeats)


def repeats(pair_id: str, role: str, *reports: str) -> RepeatedReports:
    return RepeatedReports(pair_id, pair_id.rpartition("__")[0], role, tuple(map(report, reports)))


SOURCES = [
    *source("a", ("surgery", "imaging"), ("surgery", "surgery imaging"), ("", "imaging"), ("imaging", "")),
    *source("b", ("surgery", "imaging"), (REFUSED, "imaging")),
    *source("c", ("surgery imaging", "surgery imaging")),
]
"""Six usable pairs: surgery to imaging twice, imaging added to surgery, imaging added, imaging removed, no change."""
MODEL = model("m", SOURCES)
