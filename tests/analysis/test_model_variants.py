"""Models under variants of the parser: in several processes as in one, and only what is asked for."""

import random

import pytest

from spinefairbench.analysis import model_variants
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.model_variants import ModelVariants, begun_variants
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from tests.analysis.pairs import EDITS, model, read_pair

TEXTS = (
    "No fracture. Consider MRI.",
    "Osteophytes; no lesions.",
    "Surgical hardware.",
    "A fracture. Consider surgery.",
)


def _models(number: int) -> tuple[list[ModelReports], MentionCollector]:
    draws = random.Random(11)
    models = []
    with MentionCollector() as collector:
        for name in (f"m{place}" for place in range(number)):
            pairs = []
            for pair_id in (pair_id_of(f"s{place}", edit) for place in range(5) for edit in EDITS):
                first, second = draws.choices(TEXTS, k=2)
                collector.add(name, pair_id, "source", first)
                collector.add(name, pair_id, "generated", second)
                pairs.append(read_pair(pair_id, first, second))
            models.append(model(name, pairs))
    return models, collector


def _told(found: ModelVariants) -> list[object]:
    return [found.rows, found.shifts, found.floors, found.excesses]


def test_processes_share_models_out_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    models, collector = _models(3)
    alone = begun_variants(models, collector)()
    monkeypatch.setattr(model_variants, "_WORTH_A_PROCESS", 1)
    together = begun_variants(models, collector, jobs=2)()
    assert list(map(_told, together)) == list(map(_told, alone))
    assert [[row.model for row in found.rows] for found in together] == [[each.model] * 5 for each in models]


def test_each_variant_has_a_row_and_all_but_the_frozen_one_have_shifts() -> None:
    models, collector = _models(1)
    [found] = begun_variants(models, collector)()
    assert [row.variant for row in found.rows] == [row.variant for row in found.floors] == list(PARSER_VARIANTS)
    assert (len(found.shifts), len(found.excesses)) == (8, 10)
    [without] = begun_variants(models, collector, with_floors=False)()
    assert _told(without) == [found.rows, found.shifts, [], []]
