"""How far a set of labels lies from each of many: counted the same in both ways, and in time that is not their square."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics import label_distances
from spinefairbench.metrics.label_distances import LabelSets
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.statistics.exact import UNITS

_MASKS = st.integers(0, 63)


def test_distances_worked_by_hand() -> None:
    sets = LabelSets({0b000: 1, 0b001: 2, 0b110: 3})
    # Of {a}: from nothing 1, from itself 0, from {b, c} 1. Of {a, b}: 1, 1 - 1/2, 1 - 1/3.
    assert sets.distances(0b001) == {UNITS: 4, 0: 2}
    assert sets.distances(0b011) == {UNITS: 1, UNITS // 2: 2, UNITS - UNITS // 3: 3}


@given(st.dictionaries(_MASKS, st.integers(1, 5)), st.integers(0, 255))
def test_counting_all_at_once_gives_what_looking_at_each_gives(times: dict[int, int], mask: int) -> None:
    wanted = Counter[int]()
    for other, number in times.items():
        wanted[UNITS - jaccard_units(mask, other)] += number
    assert LabelSets(times).distances(mask) == wanted
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_distances, "_FEW", 0)
        assert LabelSets(times).distances(mask) == wanted


def test_of_many_sets_no_two_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(first: int, second: int) -> int:
        nonlocal compared
        compared += 1
        return jaccard_units(first, second)

    monkeypatch.setattr(label_distances, "jaccard_units", counted)
    for number in (300, 2000):
        times = dict.fromkeys(random.Random(1).sample(range(1 << 11), number), 1)
        sets = LabelSets(times)
        assert all(sum(sets.distances(mask).values()) == number for mask in list(times)[:5])
    assert compared == 5 * 300
