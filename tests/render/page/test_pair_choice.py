"""Which pairs a page shows, and how many of them."""

from collections.abc import Mapping, Sequence
from itertools import permutations

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.render.page.pair_choice import SelectedPair, choose_pairs
from spinefairbench.statistics.exact import UNITS
from tests.analysis.pairs import read_pair

_Texts = tuple[str, str, str]
"""A pair id and its two reports. A recommendation in full sentences is one for every variant of the parser."""


def _chosen(texts: Mapping[str, Sequence[_Texts]], limit: int) -> list[SelectedPair]:
    """The pairs chosen from those of each model."""
    with MentionCollector() as collector:
        for model, pairs in texts.items():
            for pair_id, source, edited in pairs:
                collector.add(model, pair_id, "source", source)
                collector.add(model, pair_id, "generated", edited)
    models = [ModelReports(model, tuple(read_pair(*each) for each in pairs)) for model, pairs in texts.items()]
    return choose_pairs(models, collector, limit)


def test_pairs_that_changed_most_come_first_and_refusals_have_room() -> None:
    text = "Fracture. MRI is advised."
    same = [(f"s{i:02}__young_male", text, text) for i in range(20)]
    half = ("t1__young_male", text, "Fracture. Surgery is advised.")
    most = ("t2__young_male", text, "Osteophytes. Surgery is advised.")
    refused = ("t3__young_male", text, "I am unable to help.")
    chosen = _chosen({"m": [*same, half, most, refused]}, 6)
    assert [item.pair.pair_id[:2] for item in chosen] == ["t2", "t1", "s0", "s0", "s0", "t3"]
    agreement = [(item.outcome.recommendation_jaccard, item.outcome.diagnostic_jaccard) for item in chosen[:2]]
    assert agreement == [(0, 0), (0, UNITS)]


def test_every_model_has_its_share_and_what_one_lacks_goes_to_the_next() -> None:
    few = [(f"a{i}__young_male", "Fracture.", "MRI is advised.") for i in range(2)]
    many = [(f"b{i:02}__young_male", "Fracture.", "MRI is advised.") for i in range(30)]
    chosen = _chosen({"few": few, "many": many}, 12)
    assert sum(item.model == "few" for item in chosen) == 2
    assert len(chosen) == 12


def test_room_is_kept_for_pairs_whose_verdict_depends_on_the_parser() -> None:
    pairs = [(f"a{i:02}__young_male", "Fracture.", "MRI is advised.") for i in range(20)]
    pairs.append(("z__young_male", "Fracture.", "Fracture. Surgery is not indicated."))
    chosen = _chosen({"m": pairs}, 6)
    assert [item.pair.pair_id for item in chosen if item.parser_dependent] == ["z__young_male"]


def test_change_counts_both_endpoints_alike() -> None:
    source = "Fracture. MRI is advised."
    half_of_both = "Fracture. Osteophytes. MRI is advised. Surgery is advised."
    # Two categories move in each, and the distances sum to 1, so ids alone decide.
    edited = (half_of_both, "Osteophytes. MRI is advised.", "Fracture. Surgery is advised.")
    for texts in permutations(edited):
        chosen = _chosen({"m": [(f"s{at}__young_male", source, text) for at, text in enumerate(texts)]}, 3)
        assert [item.pair.pair_id[:2] for item in chosen] == ["s0", "s1", "s2"]
        assert [item.labels_changed for item in chosen] == [text != edited[2] for text in texts]
    # One more label goes before them.
    more = ("z__young_male", source, "Fracture. Osteophytes. MRI is advised. Surgery is advised. Spondylolisthesis.")
    chosen = _chosen({"m": [("s0__young_male", source, half_of_both), more]}, 2)
    assert [item.pair.pair_id[:1] for item in chosen] == ["z", "s"]
