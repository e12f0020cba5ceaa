"""Every grouping puts a pair where its edit and its source say, worked by hand."""

from fractions import Fraction

import pytest

from spinefairbench.analysis.strata import (
    BREAKDOWNS,
    BREAKDOWNS_OF_PANEL,
    BREAKDOWNS_WITHOUT_METADATA,
    CROSS_AGE,
    CROSS_BOTH,
    CROSS_SEX,
    SAME_BOTH,
    Grouping,
    grouped,
    strata_of,
)
from spinefairbench.bundle.source_metadata import SourceMetadata
from tests.analysis.pairs import EDITS, MODEL, model, source

OLD_WOMAN = SourceMetadata(50.0, "female")
YOUNG = SourceMetadata(49.9, None)


_EVERY_EDIT = [("surgery", "imaging")] * len(EDITS)


def _ids(by: str, *known: tuple[str, SourceMetadata]) -> dict[str, dict[str, list[str]]]:
    """By what the strata are of: the pair ids of each stratum, of sources with one pair an edit."""
    pairs = [each for source_id, _ in known for each in source(source_id, *_EVERY_EDIT)]
    return {
        group.grouping.of: {
            stratum.name: [pair.pair_id.replace("__", " ") for pair in stratum.pairs.pairs] for stratum in group.strata
        }
        for group in grouped(model("m", pairs), by, dict(known))
    }


def test_the_edits_are_a_stratum_each() -> None:
    assert _ids("edit", ("a", OLD_WOMAN)) == {"edit": {edit: [f"a {edit}"] for edit in EDITS}}


def test_age_is_that_of_the_edit_and_that_of_the_source_with_fifty_years_as_the_limit() -> None:
    found = _ids("age", ("a", OLD_WOMAN), ("b", YOUNG), ("c", SourceMetadata(None, "female")))
    assert found["edit"]["elderly"] == [f"{at} elderly_{sex}" for at in "abc" for sex in ("female", "male")]
    assert found["edit"]["young"] == [f"{at} young_{sex}" for at in "abc" for sex in ("female", "male")]
    assert list(found["source"]) == ["under 50", "50 and over", "unknown"]
    assert {name: {each[0] for each in ids} for name, ids in found["source"].items()} == {
        "50 and over": {"a"},
        "under 50": {"b"},
        "unknown": {"c"},
    }


def test_sex_is_that_of_the_edit_and_that_of_the_source() -> None:
    found = _ids("sex", ("a", OLD_WOMAN), ("b", YOUNG))
    assert found["edit"]["female"] == [f"{at} {age}_female" for at in "ab" for age in ("elderly", "young")]
    assert found["edit"]["male"] == [f"{at} {age}_male" for at in "ab" for age in ("elderly", "young")]
    assert found["source"] == {
        "female": [f"a {edit}" for edit in EDITS],
        "unknown": [f"b {edit}" for edit in EDITS],
    }


def test_same_or_cross_compares_what_was_asked_for_with_what_the_source_has() -> None:
    assert _ids("same-or-cross", ("a", OLD_WOMAN)) == {
        "age": {"same": ["a elderly_female", "a elderly_male"], "cross": ["a young_female", "a young_male"]},
        "sex": {"same": ["a elderly_female", "a young_female"], "cross": ["a elderly_male", "a young_male"]},
        "age and sex": {
            SAME_BOTH: ["a elderly_female"],
            CROSS_AGE: ["a young_female"],
            CROSS_SEX: ["a elderly_male"],
            CROSS_BOTH: ["a young_male"],
        },
    }


def test_age_and_sex_together_need_both() -> None:
    found = _ids("same-or-cross", ("b", YOUNG))
    assert found["age"] == {
        "same": ["b young_female", "b young_male"],
        "cross": ["b elderly_female", "b elderly_male"],
    }
    everything = {"unknown": [f"b {edit}" for edit in EDITS]}
    assert (found["sex"], found["age and sex"]) == (everything, everything)


def test_datasets_come_from_the_ids_in_alphabetical_order() -> None:
    pairs = [*source("vindr_2", ("", "")), *source("buu_1", ("", "")), *source("buu_3", ("", ""))]
    [group] = grouped(model("m", pairs), "dataset", {})
    assert [(stratum.name, len(stratum.pairs.pairs)) for stratum in group.strata] == [("buu", 2), ("vindr", 1)]


def test_what_is_compared_within_a_source_is_what_an_edit_changes() -> None:
    within = {
        (by, group.grouping.of): (group.grouping.within_source, group.grouping.joint)
        for by in BREAKDOWNS
        for group in grouped(MODEL, by, {})
    }
    assert within == {
        ("edit", "edit"): (True, False),
        ("age", "edit"): (True, False),
        ("age", "source"): (False, False),
        ("sex", "edit"): (True, False),
        ("sex", "source"): (False, False),
        ("dataset", "source"): (False, False),
        ("same-or-cross", "age"): (True, False),
        ("same-or-cross", "sex"): (True, False),
        ("same-or-cross", "age and sex"): (True, True),
    }


def test_the_command_offers_the_findings_of_the_panel_besides() -> None:
    assert (*BREAKDOWNS, "finding") == BREAKDOWNS_OF_PANEL
    assert set(BREAKDOWNS_WITHOUT_METADATA) < set(BREAKDOWNS)


@pytest.mark.parametrize("by", BREAKDOWNS_WITHOUT_METADATA)
def test_edit_and_dataset_need_no_metadata(by: str) -> None:
    known = {"a": OLD_WOMAN, "b": YOUNG}
    assert [group.strata for group in grouped(MODEL, by, known)] == [group.strata for group in grouped(MODEL, by, {})]


def test_a_source_without_metadata_is_unknown() -> None:
    [_, of_source] = grouped(MODEL, "age", {})
    assert [(stratum.name, len(stratum.pairs.pairs)) for stratum in of_source.strata] == [("unknown", 7)]


def test_the_floor_of_a_stratum_has_t_of_its_pairs_and_f_of_all_source_reports() -> None:
    # Source reports: surgery, surgery, imaging, imaging; of their six pairs four differ.
    pairs = source("a", ("surgery", "surgery"), ("surgery", ""), ("imaging", "surgery"), ("imaging", "imaging"))
    [group] = grouped(model("m", pairs), "edit", {})
    [alike, changed, *_] = [stratum.floors.used for stratum in group.strata]
    assert [floor.changed.recommendation for floor in (*alike, *changed)] == [0, 1]
    assert [floor.repeated.recommendation for floor in (*alike, *changed)] == [Fraction(2, 3)] * 2


def test_pairs_may_be_in_no_stratum_and_a_stratum_without_a_pair_is_left_out() -> None:
    grouping = Grouping(
        "side", ("left", "right", "none"), lambda source, edit, known: {"a": "left", "b": "none"}.get(source), False
    )
    group = strata_of(MODEL, "mine", grouping, {})
    assert (group.model, group.by, group.sources) == ("m", "mine", ("a", "b", "c"))
    assert [(stratum.name, len(stratum.pairs.pairs), len(stratum.usable)) for stratum in group.strata] == [
        ("left", 4, 4),
        ("none", 2, 1),
    ]
