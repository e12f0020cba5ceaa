"""The labels of each source, from a row a pair or a row a source; what contradicts itself or is no label is named."""

from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pathology import NO_FINDING_INDEX, read_pathology_labels
from tests.conftest import Tampering

FULL, BASELINE = map(layout.panel_pairs, layout.MAIN_PANELS)
KEY = "pathology_labels"


def _sources(tampering: Tampering) -> list[str]:
    """The sources of the full panel, those with a label first."""
    rows = Bundle(tampering.root).json_list(FULL)
    return sorted({row["source_id"]: row for row in rows}, key=lambda source_id: not source_id.startswith("vindr_"))


def _labels_of(source_id: str, value: object) -> Any:
    def change(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["source_id"] == source_id:
                row[KEY] = value

    return change


def test_no_finding_is_the_index_that_was_published() -> None:
    assert NO_FINDING_INDEX == 7


def test_labels_are_those_of_the_rows_and_nobody_labelled_the_rest(tampering: Tampering) -> None:
    found = read_pathology_labels(Bundle(tampering.root))
    assert not found.problems
    rows = Bundle(tampering.root).json_list(FULL)
    assert found.by_source == {row["source_id"]: frozenset(row[KEY]) for row in rows}
    assert {bool(labels) for labels in found.by_source.values()} == {True, False}


def test_a_row_a_source_is_read_too(tampering: Tampering) -> None:
    before = read_pathology_labels(Bundle(tampering.root))
    tampering.json(FULL, lambda rows: list({row["source_id"]: _without_pair(row) for row in rows}.values()))
    assert read_pathology_labels(Bundle(tampering.root)) == before


def _without_pair(row: dict[str, Any]) -> dict[str, Any]:
    return {"pair_source_id": row["source_id"], KEY: row[KEY]}


def test_a_row_without_the_field_is_like_an_empty_list(tampering: Tampering) -> None:
    before = read_pathology_labels(Bundle(tampering.root))

    def drop(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if not row[KEY]:
                del row[KEY]

    tampering.json(FULL, drop)
    assert read_pathology_labels(Bundle(tampering.root)) == before


@pytest.mark.parametrize("silent", [FULL, BASELINE])
def test_a_panel_that_states_no_labels_contradicts_nothing(silent: str, tampering: Tampering) -> None:
    before = read_pathology_labels(Bundle(tampering.root))
    tampering.json(silent, lambda rows: [{key: row[key] for key in row if key != KEY} for row in rows])
    assert read_pathology_labels(Bundle(tampering.root)) == before


@pytest.mark.parametrize("value", ["7", 7, {}, True, [7, True], [3.0], [13], [-1], ["3"], [[3]], [None]], ids=repr)
def test_what_is_no_list_of_indexes_is_named_and_the_other_sources_are_read(
    value: object, tampering: Tampering
) -> None:
    before = read_pathology_labels(Bundle(tampering.root))
    source_id = _sources(tampering)[0]
    tampering.json(FULL, _labels_of(source_id, value))
    found = read_pathology_labels(Bundle(tampering.root))
    assert found.by_source == {each: labels for each, labels in before.by_source.items() if each != source_id}
    for problem in found.problems:
        assert f"{KEY} of {source_id}" in problem.place
        assert "indexes from 0 to 12, found" in problem.message


def test_rows_of_one_source_that_disagree_are_named_once(tampering: Tampering) -> None:
    source_id = _sources(tampering)[0]

    def change(rows: list[dict[str, Any]]) -> None:
        own = [row for row in rows if row["source_id"] == source_id]
        own[-1][KEY] = [0, 12]

    tampering.json(FULL, change)
    found = read_pathology_labels(Bundle(tampering.root))
    [problem] = found.problems
    assert f"{KEY} of {source_id} are [0, 12]; {FULL}: [" in str(problem)
    assert source_id not in found.by_source


def test_panels_that_disagree_are_named(tampering: Tampering) -> None:
    source_id = _sources(tampering)[-1]
    tampering.json(BASELINE, _labels_of(source_id, [5]))
    found = read_pathology_labels(Bundle(tampering.root))
    [problem] = found.problems
    assert str(problem).startswith(f"{BASELINE}: [")
    assert f"of {source_id} are [5]; {FULL}: [" in str(problem)
    assert str(problem).endswith(" has []")
