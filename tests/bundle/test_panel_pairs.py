"""A panel's pair list is read with a row a pair and with a row a source, and says the same in both forms."""

from typing import TYPE_CHECKING, Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.panel_pairs import listed_pairs, panel_rows
from spinefairbench.bundle.reports import read_panels
from tests.conftest import Run, Tampering

if TYPE_CHECKING:
    from spinefairbench.problems import Problem

FULL = layout.panel_pairs(layout.FULL_PANEL)
EDITS = "qc_passed_counterfactuals"
IMAGES = "counterfactual_images"


def _by_source(rows: list[dict[str, Any]], **fields: str) -> list[dict[str, Any]]:
    """The same list with a row a source; `fields` maps the names of its fields to what they hold."""
    edits: dict[str, list[str]] = {}
    for row in rows:
        edits.setdefault(row["source_id"], []).append(row["edit_label"])
    forms: dict[str, Any] = {
        "edits": lambda names: names,
        "images": lambda names: {name: layout.image_path("any", name) for name in names},
    }
    return [
        {"source_id": source_id, **{key: forms[form](names) for key, form in fields.items()}}
        for source_id, names in edits.items()
    ]


@pytest.mark.parametrize(
    "fields", [{EDITS: "edits"}, {IMAGES: "images"}, {EDITS: "edits", IMAGES: "images"}, {}], ids="+".join
)
def test_a_row_a_source_says_the_same_as_a_row_a_pair(
    fields: dict[str, str], run: Run, tampering: Tampering, core_pairs: list[str]
) -> None:
    tampering.json(FULL, lambda rows: _by_source(rows, **fields))
    bundle = Bundle(tampering.root)
    problems: list[Problem] = []
    assert sorted(listed_pairs(bundle, panel_rows(bundle, layout.FULL_PANEL, problems))) == core_pairs
    assert not problems
    panels = read_panels(bundle)
    assert not panels.problems
    assert {len(model.pairs) for model in panels.models} == {len(core_pairs)}
    assert run("inspect", "--artifacts", tampering.root).status == 0


def test_a_pair_that_a_row_of_a_source_does_not_name_is_not_expected(run: Run, tampering: Tampering) -> None:
    def fewer(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        listed = _by_source(rows, **{EDITS: "edits"})
        listed[0][EDITS] = listed[0][EDITS][1:]
        return listed

    tampering.json(FULL, fewer)
    done = run("table2", "--artifacts", tampering.root)
    assert done.status == 1
    assert f"not a pair of {FULL}" in done.err


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("text", "expected an object with a pair_id or a source_id"),
        ({}, "expected an object with a pair_id or a source_id"),
        ({"pair_id": 5}, "pair_id is 5; expected source_id__edit_label"),
        ({"pair_id": "a__older"}, "pair_id is 'a__older'; expected source_id__edit_label"),
        ({"source_id": ["a"]}, "the source id is ['a']; expected a text"),
        ({"source_id": "a", "pair_source_id": "b"}, "two source ids in one row: 'b' and 'a'"),
        ({"source_id": "a", "pair_id": "b__young_male"}, "two source ids in one row: 'b' and 'a'"),
        ({"source_id": "a", EDITS: "young_male"}, f"{EDITS}: expected some of the four edits, found 'young_male'"),
        ({"source_id": "a", EDITS: [["young_male"]]}, f"{EDITS}: expected some of the four edits"),
        ({"source_id": "a", IMAGES: {"older": "x"}}, f"{IMAGES}: expected some of the four edits, found"),
        ({"source_id": "a", EDITS: ["young_male"], IMAGES: {}}, f"{EDITS} and {IMAGES} name different edits of a"),
    ],
)
def test_a_faulty_row_is_named_in_one_sentence_and_the_rest_is_read(
    row: object, said: str, tampering: Tampering, core_pairs: list[str]
) -> None:
    tampering.json(FULL, lambda rows: [row, *rows])
    bundle = Bundle(tampering.root)
    problems: list[Problem] = []
    rows = panel_rows(bundle, layout.FULL_PANEL, problems)
    assert [each.pairs for each in rows if each.source_id not in "ab"] == [(pair_id,) for pair_id in _in_order(bundle)]
    [problem] = problems
    assert said in str(problem)
    assert str(problem).startswith(f"{FULL}: [0]")


def _in_order(bundle: Bundle) -> list[str]:
    return [row["pair_id"] for row in bundle.json_list(FULL)[1:]]
