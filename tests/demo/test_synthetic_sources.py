"""The synthetic sources: their number at the released size, their ids and metadata."""

import re
from collections import Counter

from spinefairbench.demo.synthetic_sources import failed_only_sources, pathology_labels, source_row, sources


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


def test_about_half_of_the_labelled_sources_have_a_finding_as_in_the_release() -> None:
    labels = [found for source in sources(1000, 7) if (found := pathology_labels(source, 7))]
    with_finding = [found for found in labels if found != [7]]
    assert 0.45 < len(with_finding) / len(labels) < 0.6
    assert any(3 in found for found in with_finding) and not any(7 in found for found in with_finding)


def test_a_small_bundle_has_both_kinds_of_labelled_sources() -> None:
    labels = [found for source in sources(8, 7) if (found := pathology_labels(source, 7))]
    assert [7] in labels
    assert any(3 in found for found in labels)
