"""Templates: every pair of a scope with its image and prompts, as a submission and as rows."""

import csv
import io
import json
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.errors import BundleError
from spinefairbench.release.templates import (
    GIVEN_COLUMNS,
    TEMPLATE_FORMATS,
    Prompts,
    evaluation_prompts,
    template_pairs,
    write_template,
)
from tests.conftest import Tampering

PAIRS = ["buu_a__young_male", "buu_b__elderly_female"]
PROMPTS = Prompts("Be careful.", "Describe, please.")
IMAGE = layout.image_path("buu_a", "young_male")
ROW = {
    "pair_id": PAIRS[0],
    "source_id": "buu_a",
    "edit_label": "young_male",
    "counterfactual_image": IMAGE,
    "system_prompt": "Be careful.",
    "user_prompt": "Describe, please.",
    "source_report": "",
    "counterfactual_report": "",
}


def _written(output_format: str) -> str:
    handle = io.StringIO()
    write_template(handle, output_format, PAIRS, PROMPTS, {"name": "m"}, "toy")
    return handle.getvalue()


def test_rows_have_the_image_the_prompts_and_blank_reports() -> None:
    lines = _written("jsonl").splitlines()
    assert json.loads(lines[0]) == ROW and len(lines) == 2
    assert list(json.loads(lines[0])) == list(ROW)
    table = list(csv.DictReader(io.StringIO(_written("csv"))))
    assert table[0] == ROW and table[1]["source_id"] == "buu_b"
    assert tuple(ROW) == ("pair_id", *GIVEN_COLUMNS, "source_report", "counterfactual_report")


def test_a_submission_has_what_is_given_as_metadata() -> None:
    text = _written("json")
    value = json.loads(text)
    assert text.endswith("}\n")
    assert (value["model"], value["scope"], len(value["results"])) == ({"name": "m"}, "toy", 2)
    first = dict(value["results"][0])
    metadata = {key: ROW[key] for key in GIVEN_COLUMNS if key != "source_id"}
    assert first.pop("metadata") == metadata
    assert first == {key: item for key, item in ROW.items() if key not in metadata}


def test_every_format_is_written() -> None:
    assert TEMPLATE_FORMATS == ("json", "jsonl", "csv")
    assert len({_written(each) for each in TEMPLATE_FORMATS}) == 3


def test_prompts_are_those_of_the_bundle(demo: Path) -> None:
    registry = json.loads((demo / layout.CANONICAL_DEFINITIONS).read_bytes())["prompt_registry"]
    assert evaluation_prompts(open_bundle(demo)) == Prompts(registry["system"], registry["primary"])


def test_each_prompt_that_is_missing_is_told(tampering: Tampering) -> None:
    tampering.json(layout.CANONICAL_DEFINITIONS, lambda value: value["prompt_registry"].clear())
    with pytest.raises(BundleError) as error:
        evaluation_prompts(open_bundle(tampering.root))
    assert [
        name in str(problem) for name, problem in zip(("system", "primary"), error.value.problems, strict=True)
    ] == [
        True,
        True,
    ]


def test_the_pairs_of_a_scope_are_sorted_and_a_scope_without_fixed_ones_has_five(
    demo: Path, core_pairs: list[str]
) -> None:
    bundle = open_bundle(demo)
    assert template_pairs(bundle, "common-core-1000") == core_pairs
    everything = template_pairs(bundle, "qc-passed")
    assert everything == sorted(everything) and len(everything) > len(core_pairs)
    assert template_pairs(bundle, "toy") == everything[:5]
