"""Which pairs a page shows, and how many of them."""

from collections.abc import Mapping, Sequence

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.render.page.pair_choice import SelectedPair, choose_pairs
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
    assert [item.change for item in chosen[:2]] == [2.0, 1.0]


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
    pair = read_pair("t__young_male", "Fracture. MRI.", "Fracture. Osteophytes. MRI. Surgery.")
    item = SelectedPair("m", pair, parser_dependent=False)
    assert item.change == 1.0
    assert item.labels_changed
