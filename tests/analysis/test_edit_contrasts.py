"""Elderly against young and female against male, worked by hand on a few sources."""

import pytest

from spinefairbench.analysis.edit_contrasts import edit_contrasts
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.simultaneous import ContrastValues
from tests.analysis.pairs import EDITS, REFUSED, model, pair, read_pair, source

# The edits in their order: elderly female, elderly male, young female, young male.
SOURCES = [
    *source("a", ("", "surgery"), ("", "surgery"), ("", ""), ("", "surgery")),
    *source("b", ("", "surgery"), ("", REFUSED), ("", ""), ("", "")),
    *source("c", ("", "surgery"), (REFUSED, "surgery"), ("", REFUSED), ("", "")),
]
MODEL = model("m", SOURCES)


def values(reports: ModelReports, category: str = "surgery") -> dict[str, ContrastValues]:
    return {each.contrast: each.values for each in edit_contrasts(reports) if each.category == category}


def test_the_contrasts_of_three_sources_by_hand() -> None:
    found = values(MODEL)
    # a: female 1 - 0, male 1 - 1, in halves of the mean. b has both ages of female edits only. c has no sex twice.
    assert found["age"].units == [1, 2, None]
    # a: elderly 1 - 1, young 0 - 1. b: young 0 - 0. c has no age twice.
    assert found["sex"].units == [-1, 0, None]
    # a: (1 - 0) - (1 - 1); the others lack edits.
    assert found["age_x_sex"].units == [2, None, None]
    assert [each.mean for each in found.values()] == [0.75, -0.25, 1.0]
    assert [(each.scale, each.limit) for each in found.values()] == [(2, 2), (2, 2), (2, 4)]


def test_the_report_on_the_source_does_not_enter() -> None:
    others = [
        pair(
            each.source_id,
            each.edit_label,
            "imaging surgery Fracture",
            "surgery" if each.counterfactual.recommendations else "",
        )
        for each in SOURCES
        if each.outcome.usable
    ]
    assert values(model("m", others)) == values(MODEL)


def test_every_category_has_every_contrast_and_pairs_may_come_in_any_order() -> None:
    found = edit_contrasts(MODEL)
    assert len(found) == 3 * (7 + 13)
    assert edit_contrasts(ModelReports("m", MODEL.pairs[::-1])) == found


def test_severity_hedging_and_other_readings_come_from_the_texts() -> None:
    texts = (
        "Severe stenosis may be possible. No surgery.",
        "Mild changes, possible. Recommend surgery.",
        "Nothing.",
        "It may be.",
    )
    pairs = [read_pair(f"a__{edit}", "Nothing.", text) for edit, text in zip(EDITS, texts, strict=True)]
    with MentionCollector() as collector:
        for each, text in zip(pairs, texts, strict=True):
            collector.add("m", each.pair_id, GENERATED_ROLE, text)
    frozen, both = (
        {(each.category, each.contrast): each.values for each in edit_contrasts(model("m", pairs), collector, variant)}
        for variant in ("frozen", "both")
    )
    # Severity 3, 1, 0, 0 and hedging 2, 1, 0, 1.
    assert [frozen["level", name].units for name in ("age", "sex", "age_x_sex")] == [[4], [2], [4]]
    assert [frozen["count", name].units for name in ("age", "sex", "age_x_sex")] == [[2], [0], [4]]
    assert (frozen["level", "age"].limit, frozen["level", "age_x_sex"].limit) == (8, 16)
    assert frozen["count", "age"].limit is None
    # Surgery is named for both elderly edits, and negated for the female one.
    assert (frozen["surgery", "age"].units, frozen["surgery", "sex"].units) == ([2], [0])
    assert (both["surgery", "age"].units, both["surgery", "sex"].units) == ([1], [-1])
    assert both["level", "age"] == frozen["level", "age"]


def test_another_reading_needs_texts() -> None:
    with pytest.raises(ValueError, match="needs the texts"):
        edit_contrasts(MODEL, None, "both")
