"""Scopes: which pairs each has, and what is said of an intersection that holds others."""

import json
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle, open_bundle
from spinefairbench.bundle.scopes import PANEL_SCOPES, SCOPES, TOY, intersection_pairs, scope_pairs
from spinefairbench.errors import BundleError, UsageError
from tests.conftest import Tampering

INTERSECTION = "all-model-intersection-2166"


def _passed(root: Path) -> frozenset[str]:
    return frozenset(json.loads(line)["pair_id"] for line in (root / layout.QC_PASSED).read_text().splitlines())


def test_each_scope_has_its_pairs(demo: Path) -> None:
    bundle = open_bundle(demo)
    passed = _passed(demo)
    core = set(json.loads((demo / layout.COMMON_CORE_SUBSET).read_text())["source_ids"])
    records = json.loads((demo / layout.INTERSECTION_MANIFEST).read_text())["records"]
    assert scope_pairs(bundle, "qc-passed") == passed
    assert scope_pairs(bundle, "common-core-1000") == frozenset(
        pair for pair in passed if pair.rpartition("__")[0] in core
    )
    assert scope_pairs(bundle, INTERSECTION) == frozenset(record["pair_id"] for record in records)
    assert scope_pairs(bundle, TOY) is None
    assert SCOPES == ("common-core-1000", INTERSECTION, "qc-passed", "toy")
    assert PANEL_SCOPES == ("common-core-1000", INTERSECTION)


def test_an_unknown_scope_is_named_with_those_there_are(demo: Path) -> None:
    with pytest.raises(UsageError, match=f"unknown scope 'all'; expected one of common-core-1000, {INTERSECTION}"):
        scope_pairs(open_bundle(demo), "all")


def test_every_pair_of_the_intersection_that_did_not_pass_is_named(tampering: Tampering) -> None:
    def add(manifest: dict[str, object]) -> None:
        records = manifest["records"]
        assert isinstance(records, list)
        records += [{"pair_id": "stray_2__young_male"}, {"pair_id": "stray_1__young_male"}]
        manifest["pair_count"] = len(records)

    tampering.json(layout.INTERSECTION_MANIFEST, add)
    with pytest.raises(BundleError) as error:
        scope_pairs(open_bundle(tampering.root), INTERSECTION)
    assert [str(problem) for problem in error.value.problems] == [
        f"{layout.INTERSECTION_MANIFEST}: stray_1__young_male is not QC-passed",
        f"{layout.INTERSECTION_MANIFEST}: stray_2__young_male is not QC-passed",
    ]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (
            {"records": [{"pair_id": "a"}], "pair_count": 2},
            f"^{layout.INTERSECTION_MANIFEST}: pair_count is 2; 1 records are",
        ),
        ({"records": ["a"], "pair_count": 1}, r"records \(pair_id\): expected a list of strings"),
        ({"records": [{"pair_id": "a"}] * 2, "pair_count": 2}, "duplicate entry a"),
        ({"pair_count": 0}, f"{layout.INTERSECTION_MANIFEST}: records: missing"),
        ({"records": []}, f"{layout.INTERSECTION_MANIFEST}: pair_count: missing"),
        ([], "expected a JSON object"),
    ],
)
def test_a_list_that_does_not_say_its_pairs_is_refused(manifest: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / layout.INTERSECTION_MANIFEST
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BundleError, match=said):
        intersection_pairs(Bundle(tmp_path))
