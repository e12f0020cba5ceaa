"""The endpoints under each variant of the parser, worked by hand: values, shifts, ranks and changed pairs."""

import pytest

from spinefairbench.analysis.estimates import Estimate, answer
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.model_variants import begun_variants, variant_request
from spinefairbench.analysis.variant_endpoints import ChangedPair, ParserVariantRow, changed_pairs
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.collected import collected
from tests.analysis.pairs import model, read_pair


def test_shifts_are_paired_and_counted_by_hand() -> None:
    texts = [
        ("There is a fracture.", "There is no fracture."),  # frozen: alike; with negation: apart
        ("Consider surgery.", "Surgical hardware is seen."),  # frozen: surgery in both; recommended in one only
        ("A fracture is seen.", "A fracture is seen."),
        ("Nothing to report.", "Nothing to report."),
    ]
    reports, collector = collected(texts)
    rows = {row.variant: row for row in answer(variant_request(begun_variants([reports], collector)()), Bootstrap(100))}
    assert tuple(rows) == PARSER_VARIANTS
    frozen, both = rows["frozen"], rows["both"]
    assert frozen.shifts is None and both.shifts is not None
    assert (frozen.values.recommendation, both.values.recommendation) == (0.0, 0.25)
    assert both.shifts.recommendation.value == 0.25
    assert both.changed_pairs.recommendation == 1
    assert both.shifts.diagnostic.value == pytest.approx(
        (both.values.diagnostic or 0) - (frozen.values.diagnostic or 0)
    )
    assert changed_pairs(reports, collector) == [ChangedPair("s0001__young_male", 0, 1)]
    fracture = next(row for row in category_rows("m", collector) if row.category == "Fracture")
    assert (fracture.mentions, fracture.affirmed, fracture.negated) == (4, 3, 1)


def _two_models() -> tuple[list[ModelReports], MentionCollector]:
    texts = {
        "one": [("Consider surgery.", "Surgical hardware is seen."), ("Fracture.", "Fracture.")],
        "two": [("Consider MRI.", "Nothing."), ("Fracture.", "Fractures.")],
        "empty": [("I'm unable to help.", "I'm unable to help.")],
    }
    models = []
    with MentionCollector() as collector:
        for name, of_model in texts.items():
            pairs = []
            for place, (first, second) in enumerate(of_model):
                pair_id = f"s{place}__young_male"
                collector.add(name, pair_id, "source", first)
                collector.add(name, pair_id, "generated", second)
                pairs.append(read_pair(pair_id, first, second))
            models.append(model(name, pairs))
    return models, collector


def test_ranks_are_among_the_models_of_one_variant_and_ties_share_the_better_rank() -> None:
    models, collector = _two_models()
    rows = answer(variant_request(begun_variants(models, collector)()), Bootstrap(50))
    found = {(row.model, row.variant): (tuple(row.values), tuple(row.ranks)) for row in rows}
    # Recommendation change: 0 and 1/2 by the frozen parser; as recommended, the hardware of `one` is no advice.
    # Consistency: 1/2, as hardware is a finding too, and 1/2 where the plural is not read, 1 where it is.
    assert found["one", "frozen"] == ((0.0, 0.5), (1, 1))
    assert found["two", "frozen"] == ((0.5, 0.5), (2, 1))
    assert found["one", "both"] == ((0.5, 0.5), (1, 2))
    assert found["two", "both"] == ((0.5, 1.0), (1, 1))
    assert {found["empty", variant] for variant in PARSER_VARIANTS} == {((None, None), (None, None))}


def test_two_models_are_enough_for_ranks() -> None:
    models, collector = _two_models()
    rows = answer(variant_request(begun_variants(models[:2], collector)()), Bootstrap(50))
    assert {row.variant: tuple(row.ranks) for row in rows if row.model == "two"}["frozen"] == (2, 1)


def test_one_model_alone_has_no_rank() -> None:
    models, collector = _two_models()
    rows = answer(variant_request(begun_variants(models[:1], collector)()), Bootstrap(50))
    assert {tuple(row.ranks) for row in rows} == {(None, None)}


def test_a_model_without_a_usable_pair_has_shifts_without_a_value() -> None:
    models, collector = _two_models()
    rows = answer(variant_request(begun_variants(models[2:], collector)()), Bootstrap(50))
    assert [row.shifts and row.shifts.recommendation.value for row in rows] == [None] * len(PARSER_VARIANTS)
    assert [row.usable_pairs for row in rows] == [0] * len(PARSER_VARIANTS)


def test_a_row_in_json_has_both_endpoints_and_the_first_reason() -> None:
    row = ParserVariantRow(
        "m",
        "both",
        4,
        ByEndpoint(0.5, 0.75),
        ByEndpoint(Estimate(0.25, (0.0, 0.5)), Estimate(-0.25, (-0.5, 0.0), (-0.75, 0.25), "few sources")),
        ByEndpoint(1, 2),
        ByEndpoint(3, 1),
    )
    assert row.to_json() == {
        "model": "m",
        "reading": "both",
        "usable_pairs": 4,
        "recommendation_change": 0.5,
        "recommendation_shift": 0.25,
        "recommendation_shift_ci95": (0.0, 0.5),
        "recommendation_rank": 3,
        "pairs_recommendation_verdict_changed": 1,
        "diagnostic_consistency": 0.75,
        "diagnostic_shift": -0.25,
        "diagnostic_shift_ci95": (-0.5, 0.0),
        "diagnostic_rank": 1,
        "pairs_diagnostic_value_changed": 2,
        "adjusted_ci95": {"diagnostic": (-0.75, 0.25)},
        "adjustment_reason": "few sources",
    }
    frozen = ParserVariantRow(
        "m", "frozen", 4, ByEndpoint(0.5, 0.75), None, ByEndpoint(0, 0), ByEndpoint(None, None)
    ).to_json()
    assert (frozen["recommendation_shift"], frozen["diagnostic_shift_ci95"]) == (None, None)
    assert (frozen["adjusted_ci95"], frozen["adjustment_reason"]) == (None, None)
