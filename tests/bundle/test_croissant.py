"""The description of the dataset: structure, references, files and digests; whatever it holds, never a traceback."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.croissant import CroissantCheck, check_croissant

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
"""The SHA-256 of "test"."""


@pytest.fixture(scope="module")
def root(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small bundle with two files, one of them listed in the manifest."""
    root = tmp_path_factory.mktemp("described")
    (root / "dataset").mkdir()
    (root / "dataset" / "table.csv").write_text("one,two\n1,2\n")
    (root / "dataset" / "listed.json").write_text("test")
    (root / "dataset" / "unlisted.json").write_text("test")
    (root / layout.SHA256SUMS).write_text(f"{DIGEST}  dataset/listed.json\n")
    (root / layout.DEMO_MARKER).write_text('{"synthetic": true}')
    return root


def described(**more: Any) -> dict[str, Any]:
    return {
        "@context": {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/"},
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "distribution": [file("listed", "dataset/listed.json"), file("table", "dataset/table.csv", sha256=None)],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "field": [field("r/one", "one")]}],
    } | more


def file(name: str, path: str, *, sha256: str | None = DIGEST, **more: Any) -> dict[str, Any]:
    entry = {"@type": "cr:FileObject", "@id": name, "contentUrl": path} | more
    return entry if sha256 is None else entry | {"sha256": sha256}


def field(name: str, column: str) -> dict[str, Any]:
    source = {"fileObject": {"@id": "table"}, "extract": {"column": column}}
    return {"@type": "cr:Field", "@id": name, "source": source}


def checked(root: Path, value: Any) -> CroissantCheck:
    (root / layout.CROISSANT).write_text(json.dumps(value))
    return check_croissant(Bundle(root))


def said(found: CroissantCheck) -> list[str]:
    return [str(problem).removeprefix(f"{layout.CROISSANT}: ") for problem in found.problems]


def test_the_demo_bundle_is_described_completely(demo: Path) -> None:
    found = check_croissant(Bundle(demo))
    assert (found.problems, found.not_checked) == ([], [])
    assert found.counts == {
        "croissant_distributions": 5, "croissant_digests": 4, "croissant_record_sets": 3, "croissant_fields": 9,
    }  # fmt: skip


def test_a_good_description_has_no_problem(root: Path) -> None:
    found = checked(root, described())
    assert (found.problems, found.counts["croissant_digests"]) == ([], 1)
    assert found.not_checked == [f"{layout.CROISSANT}: the contents of dataset/table.csv: it has no sha256 there"]


@pytest.mark.parametrize(
    ("distribution", "problem"),
    [
        (file("a", "dataset/listed.json", sha256="0" * 64), f"distribution[0].sha256: {'0' * 64}; SHA256SUMS.txt has {DIGEST}"),
        (file("a", "dataset/unlisted.json", sha256="0" * 64), f"distribution[0].sha256: {'0' * 64}; that of dataset/unlisted.json is {DIGEST}"),
        (file("a", "dataset/listed.json", sha256="main"), "distribution[0].sha256: expected 64 hexadecimal digits, found 'main'"),
        (file("a", "no.json"), "distribution[0].contentUrl: 'no.json' is no file of the bundle"),
        (file("a", "dataset"), "distribution[0].contentUrl: 'dataset' is no file of the bundle"),
        (file("a", "../no.json"), "distribution[0].contentUrl: '../no.json': this path holds '..'"),
        ({"@type": "cr:FileObject", "@id": "a"}, "distribution[0].contentUrl: missing"),
        ({"@type": "cr:FileSet", "@id": "a"}, "distribution[0].includes: missing"),
        ({"@type": "cr:FileSet", "@id": "a", "includes": ["dataset/*.csv", "dataset/*.tif"]}, "distribution[0].includes: no file of the bundle is named as 'dataset/*.tif' says"),
        ({"@type": "cr:FileSet", "@id": "a", "includes": "../*"}, "distribution[0].includes: no file of the bundle is named as '../*' says"),
        ({"@type": "sc:Thing", "@id": "a"}, "distribution[0]: expected an object of type FileObject or FileSet, found 'sc:Thing'"),
        (file("a", "dataset/listed.json", containedIn={"@id": "b"}), "distribution[0].containedIn: 'b' is the @id of no distribution of this file"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_distribution_is_said_with_its_place(root: Path, distribution: Any, problem: str) -> None:
    table = file("table", "dataset/table.csv", sha256=None)
    assert said(checked(root, described(distribution=[distribution, table]))) == [problem]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda v: v.pop("@context"), "@context: missing"),
        (lambda v: v.update({"@context": "https://schema.org/"}), "@context: does not name Croissant's vocabulary (mlcommons.org/croissant)"),
        (lambda v: v.update({"@type": "Thing"}), "@type: 'Thing'; expected sc:Dataset"),
        (lambda v: v.update(conformsTo="1.0"), "conformsTo: '1.0'; expected a version of http://mlcommons.org/croissant/"),
        (lambda v: v.pop("recordSet"), "recordSet: missing"),
        (lambda v: v.update(recordSet=[]), "recordSet: empty; expected at least one entry"),
        (lambda v: v["recordSet"][0].update({"@id": "listed"}), "recordSet[0].@id: duplicate @id 'listed'"),
        (lambda v: v["recordSet"][0].pop("@id"), "recordSet[0]: expected an @id"),
        (lambda v: v["recordSet"][0].update(key={"@id": "listed"}), "recordSet[0].key: 'listed' is the @id of no Field of this file"),
        (lambda v: v["recordSet"][0].pop("field"), "recordSet[0].field: missing"),
        (lambda v: v["recordSet"][0]["field"][0].pop("source"), "recordSet[0].field[0]: has neither a source nor fields within it, and its record set no data"),
        (lambda v: v["recordSet"][0]["field"][0].update(source="#{a}"), "recordSet[0].field[0].source: unknown structure '#{a}'; expected one of fileObject, fileSet, distribution, recordSet, field"),
        (lambda v: v["recordSet"][0]["field"][0].update(source={"fileSet": {"@id": "table"}}), "recordSet[0].field[0].source.fileSet: 'table' is the @id of no FileSet of this file"),
        (lambda v: v["recordSet"][0]["field"][0].update(references={"field": {"@id": "r/no"}}), "recordSet[0].field[0].references.field: 'r/no' is the @id of no Field of this file"),
        (lambda v: v["recordSet"][0]["field"][0]["source"]["extract"].update(column="no"), "recordSet[0].field[0].source.extract.column: dataset/table.csv has no column 'no'"),
    ],
)  # fmt: skip
def test_what_is_wrong_elsewhere_is_said_with_its_place(
    root: Path, change: Callable[[Any], object], problem: str
) -> None:
    value = described()
    change(value)
    assert said(checked(root, value)) == [problem]


def test_nothing_is_fetched_and_what_has_a_url_is_not_checked(root: Path) -> None:
    archive = file("archive", "https://example.org/files/spinefairbench_artifacts.tar.gz")
    repository = file("repository", "https://example.org/other", sha256="main")
    inside = {"@id": "archive"}
    entries = [
        archive,
        repository,
        file("in", "artifacts/dataset/listed.json", containedIn=inside),
        file("gone", "dataset/gone.json", containedIn=inside),
        file("elsewhere", "data/part.parquet", containedIn={"@id": "repository"}),
        file("inside", "part.csv", containedIn={"@id": "table"}),
        file("table", "dataset/table.csv", sha256=None),
    ]
    found = checked(root, described(distribution=entries))
    assert said(found) == ["distribution[3].contentUrl: 'dataset/gone.json' is no file of the bundle"]
    assert found.counts["croissant_digests"] == 1
    assert sum("nothing is fetched" in line for line in found.not_checked) == 2
    assert sum("what it is in was not opened" in line for line in found.not_checked) == 2


def test_the_archive_itself_is_no_file_of_the_bundle(root: Path) -> None:
    entries = [
        file("archive", "spinefairbench_artifacts.tar.gz"),
        file("table", "artifacts/dataset/table.csv", sha256=None, containedIn={"@id": "archive"}),
    ]
    found = checked(root, described(distribution=entries))
    assert said(found) == []
    assert any("spinefairbench_artifacts.tar.gz" in line for line in found.not_checked)


def test_names_may_be_used_again_and_ids_may_not(root: Path) -> None:
    source = {"fileObject": {"@id": "table"}}
    records = [
        {"@type": "cr:RecordSet", "@id": name, "field": [{"@type": "cr:Field", "name": "x", "source": source}]}
        for name in "ab"
    ]
    assert said(checked(root, described(recordSet=records))) == []


def test_single_objects_older_prefixes_fields_within_fields_and_inline_data_are_read(root: Path) -> None:
    within = {"@type": "cr:Field", "@id": "r/whole", "subField": {"@type": "sc:Field", **field("r/part", "two")}}
    inline = {
        "@type": "ml:RecordSet",
        "name": "labels",
        "field": {"@type": "cr:Field", "@id": "l/x"},
        "data": [{"x": 1}],
    }
    record = {"@type": ["cr:RecordSet"], "@id": "r", "key": [{"@id": "r/part"}], "field": within}
    found = checked(
        root, described(distribution=file("table", "./dataset/table.csv", sha256=None), recordSet=[record, inline])
    )
    assert said(found) == []
    assert found.counts["croissant_fields"] == 3


def test_a_demo_bundle_may_describe_nothing_and_the_release_may_not(root: Path) -> None:
    stub = {"@type": "sc:Dataset"}
    assert checked(root, stub).not_checked == [
        f"{layout.CROISSANT}: it describes no files, and in a demo bundle need not"
    ]
    (root / layout.DEMO_MARKER).rename(root / "marker")
    try:
        assert said(checked(root, stub)) == ["@context: missing", "distribution: missing", "recordSet: missing"]
    finally:
        (root / "marker").rename(root / layout.DEMO_MARKER)


def test_no_more_than_a_hundred_patterns_are_looked_up(root: Path) -> None:
    many = {"@type": "cr:FileSet", "@id": "a", "includes": ["dataset/*.csv"] * 100 + ["no"]}
    found = checked(root, described(distribution=[many, file("table", "dataset/table.csv", sha256=None)]))
    assert (said(found), len(found.not_checked)) == ([], 2)
    assert f"{layout.CROISSANT}: all but the first 100 of 101 patterns of file sets" in found.not_checked


SCALARS: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        0,
        10**299,
        "",
        "\0",
        "\ud800",
        "r",
        "listed",
        "../x",
        "*" * 200,
        "https://example.org/x",
        [],
        {},
        [[]],
        [None],
        {"@id": []},
    ]
)


@settings(max_examples=150)
@given(st.lists(st.integers(0, 9), max_size=8), SCALARS)
def test_a_hostile_value_anywhere_is_a_problem_or_nothing(root: Path, way: list[int], hostile: Any) -> None:
    value: Any = copy.deepcopy(described())
    holder: Any = value
    for step in way:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(holder[key], dict | list) or step == way[-1]:
            holder[key] = hostile
            break
        holder = holder[key]
    found = checked(root, value)
    assert all(str(problem).startswith(layout.CROISSANT) for problem in found.problems)


def test_deep_nesting_is_followed_as_far_as_json_is_read(root: Path) -> None:
    deep: dict[str, Any] = field("r/deepest", "one")
    for depth in range(200):
        deep = {"@type": "cr:Field", "@id": f"r/{depth}", "subField": [deep]}
    found = checked(root, described(recordSet=[{"@type": "cr:RecordSet", "@id": "r", "field": [deep]}]))
    assert (said(found), found.counts["croissant_fields"]) == ([], 201)
