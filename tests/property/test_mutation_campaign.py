"""Changes of a bundle whose checksum manifests were made anew: what no check finds is listed, with the reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import mutation_campaign
from scripts.compare_outputs import tree_digest
from scripts.mutation_campaign import PAGE, Campaign, found_by, known, page_with_list, unlisted, written_demo
from scripts.mutations.kinds import mutations_of
from tests.property.test_tampering import CASES

EVERY = 160
"""Of all changes, the sample has every so manieth."""


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    return Campaign(written_demo(tmp_path_factory.mktemp("mutations")))


def _changed(value: Any, data_keys: frozenset[str] = frozenset()) -> dict[tuple[str, str], Any]:
    return {(each.path, each.change): each.apply(value) for each in mutations_of(value, data_keys)}


def test_every_kind_of_value_is_changed_in_every_way() -> None:
    assert _changed({"a": 1}) == {
        ("(whole)", "emptied"): {},
        ("(whole)", "null"): None,
        ("(whole)", "another type"): 7,
        ("a", "a little more"): {"a": 2},
        ("a", "much more"): {"a": 1_000_004},
        ("a", "negative"): {"a": -2},
        ("a", "null"): {"a": None},
        ("a", "another type"): {"a": "1"},
        ("a", "removed"): {},
    }
    of_a_flag = {change: changed for (path, change), changed in _changed({"a": True}).items() if path == "a"}
    assert of_a_flag == {
        "flipped": {"a": False},
        "null": {"a": None},
        "another type": {"a": "True"},
        "removed": {},
    }


def test_rows_are_dropped_doubled_and_reordered_and_ids_exchanged() -> None:
    rows = [{"id": "x"}, {"id": "y"}]
    changed = _changed(rows)
    assert changed["(whole)", "last dropped"] == rows[:1]
    assert changed["(whole)", "first dropped"] == rows[1:]
    assert changed["(whole)", "first doubled"] == [rows[0], *rows]
    assert changed["(whole)", "reordered"] == rows[::-1]
    assert changed["[].id", "value of another row"] == [{"id": "y"}, {"id": "y"}]
    assert changed["[].id", "removed"] == [{}, {"id": "y"}]
    assert rows == [{"id": "x"}, {"id": "y"}]


def test_keys_that_are_data_are_one_place() -> None:
    places = {place for place, _ in _changed({"one": {"n": 1}, "two": {"n": 2}}, frozenset({"one", "two"}))}
    assert places == {"(whole)", "*", "*.n"}


def test_answers_and_numbers_of_a_csv_file_stay_answers_and_numbers() -> None:
    changed = _changed([{"a": "Yes", "b": "0.5", "c": "word"}])
    assert [changed[f"[].{key}", "another text"][0][key] for key in "abc"] == ["No", "0.500001", "other"]


def test_no_change_of_the_sample_alters_a_figure_unseen_but_those_listed(campaign: Campaign) -> None:
    before = tree_digest(campaign.root)
    changes = list(campaign.changes())
    assert len(changes) > 2_500
    found = found_by(campaign, changes[EVERY // 2 :: EVERY], lambda said: None)
    assert unlisted(found) == []
    assert tree_digest(campaign.root) == before


def test_a_change_that_nothing_contradicts_is_found_to_be_unlisted(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A prompt of a demo bundle, which `inspect` prints and has nothing to compare with."""
    wanted = ("prompt_registry.primary", "another text")
    changes = [each for each in campaign.changes() if (each.mutation.path, each.mutation.change) == wanted]
    found = found_by(campaign, changes, lambda said: None)
    assert unlisted(found) == []
    monkeypatch.setattr(mutation_campaign, "KNOWN", tmp_path / "none.json")
    [line] = unlisted(found)
    assert line.endswith("prompt_registry.primary: another text (changes what is printed by inspect)")


def _entries() -> Iterator[tuple[str, dict[str, Any]]]:
    for (file, path), entry in known().items():
        yield f"{file}: {path}", entry


def test_every_listed_change_has_a_reason_and_a_place_in_the_bundle(campaign: Campaign) -> None:
    places = {change.place for change in campaign.changes()}
    assert known().keys() <= places
    for place, entry in _entries():
        assert len(entry["reason"]) > 20, place
        assert entry["changes"] and entry["printed_by"], place


def test_the_page_has_the_list_and_says_how_much_was_tried(campaign: Campaign) -> None:
    text = PAGE.read_text(encoding="utf-8")
    entries = list(known().values())
    assert page_with_list(text, entries) == text
    said = " ".join(text.split())
    changes = list(campaign.changes())
    assert f"{len(changes):,} changes at {len({change.place for change in changes}):,} places" in said
    assert f"{sum(len(each['changes']) for each in entries):,} changes, at {len(entries):,} places, alter" in said
    assert f"in {len(CASES):,} chosen ways" in said
