"""Pairs of texts as a model's reports, and what a collector makes of their mentions."""

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.metrics.model_reports import ModelReports
from tests.analysis.pairs import model, read_pair


def collected(texts: list[tuple[str, str]], jobs: int = 1) -> tuple[ModelReports, MentionCollector]:
    """The model `m` with a source a pair of texts."""
    pairs = []
    with MentionCollector(jobs) as collector:
        for place, (first, second) in enumerate(texts):
            pair_id = f"s{place:04}__young_male"
            collector.add("m", pair_id, "source", first)
            collector.add("m", pair_id, "generated", second)
            pairs.append(read_pair(pair_id, first, second))
    return model("m", pairs), collector
