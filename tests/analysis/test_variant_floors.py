"""The noise floor under each variant of the parser."""

from dataclasses import replace

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.model_variants import begun_variants, variant_floor_request
from spinefairbench.analysis.noise_floor import noise_floor_request
from spinefairbench.analysis.variant_floors import VariantFloorRow
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import EDITS, model, read_pair, repeats

FEW = Bootstrap(50)
REFUSAL = "I'm unable to analyze this image."


def _collected(*sources: list[tuple[str, str]]) -> tuple[ModelReports, MentionCollector]:
    pairs = []
    with MentionCollector() as collector:
        for place, texts in enumerate(sources):
            for edit, (first, second) in zip(EDITS, texts, strict=False):
                pair_id = pair_id_of(f"s{place}", edit)
                collector.add("m", pair_id, "source", first)
                collector.add("m", pair_id, "generated", second)
                pairs.append(read_pair(pair_id, first, second))
    return model("m", pairs), collector


def floors(reports: ModelReports, collector: MentionCollector) -> dict[str, VariantFloorRow]:
    read = begun_variants([reports], collector)()
    return {row.variant: row for row in answer(variant_floor_request(read), FEW)}


def test_an_excess_that_is_the_parsers_goes_away_under_another_variant() -> None:
    # Source reports deny a fracture and edited ones leave it out: the frozen parser sees a change, negation none.
    denied, left_out = "There is no fracture. Mild osteophytes.", "Mild osteophytes."
    found = floors(*_collected([(denied, left_out), (denied, left_out)], [(denied, left_out), (denied, left_out)]))
    assert list(found) == list(PARSER_VARIANTS)
    frozen, both = (found[variant].floor.endpoints.diagnostic for variant in ("frozen", "both"))
    assert (frozen.T, frozen.F, frozen.excess.value) == (0.5, 0.0, 0.5)
    assert (both.T, both.F, both.excess.value) == (0.0, 0.0, 0.0)


def test_the_frozen_variant_is_the_noise_floor_with_refusals_and_without_repeats() -> None:
    texts = [("Consider surgery.", "Consider MRI."), ("Consider MRI.", REFUSAL), (REFUSAL, "Consider MRI.")]
    reports, collector = _collected(texts, texts)
    [floor] = answer(noise_floor_request([reports]), FEW)
    # The second source report has a refused edit; it counts for F all the same.
    assert (floor.endpoints.recommendation.T, floor.endpoints.recommendation.F) == (1.0, 1.0)
    # A variant is read from categories and not from texts.
    floor = replace(floor, identical_texts=None)
    assert floors(reports, collector)["frozen"].floor == floor
    repeated = ModelReports("m", reports.pairs, (repeats(reports.pairs[0].pair_id, "source", "surgery"),))
    assert floors(repeated, collector)["frozen"].floor == floor


def test_a_row_names_the_model_and_the_reading_first() -> None:
    texts = [("Consider surgery.", "Consider MRI."), ("Consider MRI.", "")]
    row = floors(*_collected(texts))["strict"].to_json()
    assert list(row)[:3] == ["model", "reading", "n_sources"] and row["reading"] == "strict"
    assert list(row["diagnostic"])[:5] == ["T", "F", "excess", "normalized_excess", "ci95"]
