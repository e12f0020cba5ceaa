"""The synthetic sources: their number at the released size, their ids and metadata."""

import re
from collections import Counter

from spinefairbench.demo.synthetic_sources import failed_only_sources, source_row, sources


def test_at_the_released_size_the_source_and_pair_counts_are_the_released_ones() -> None:
    written = list(sources(2950, 7))
    failed = list(failed_only_sources(2950, 7))
    assert (len(written), len(failed)) == (2950, 37)
    assert len({source.source_id for source in (*written, *failed)}) == 2987
    counts = [len(source.passed) for source in written]
    assert (sum(counts), sum(counts[:2000]), sum(counts[:1000])) == (11795, 7996, 3998)
    assert min(counts) >= 1


def test_metadata_has_unknown_ages_and_sexes() -> None:
    written = list(sources(300, 7))
    ages = Counter(source.age for source in written)
    assert ages[45.0] and ages[0.0]
    assert {source.sex for source in written} > {"F", "M"}
    assert {source_row(source)["dataset"] for source in written} == {"buu", "vindr"}
    assert all(re.fullmatch(r"buu_\d{4}-[FM]-\d{3}Y0|vindr_[0-9a-f]{32}", source.source_id) for source in written)
