"""What a run asks for: each pair's own two reports, with every mistake named before a model is called."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.layout import image_path
from spinefairbench.bundle.pair_ids import parts_of, source_of
from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.inspect_eval.plan import Plan, plan_run, start_folder
from tests import ROOT

CORE = "common-core-1000"


def plan(demo: Path, sources: object, *, scope: object = CORE, allow_partial: bool = False) -> Plan:
    return plan_run(Path("/nowhere"), sources, scope, demo, allow_partial=allow_partial)


def test_each_pair_asks_for_its_own_report_on_its_source(demo: Path, sources: Path, core_pairs: list[str]) -> None:
    made = plan(demo, sources)
    reports = list(made.reports())
    assert [report.id for report in reports] == [
        f"{pair_id}|{image}" for pair_id in core_pairs for image in ("source", "counterfactual")
    ]
    assert {report.path for report in reports[0::2]} == {sources / f"{source_of(pair)}.png" for pair in core_pairs}
    assert [report.path for report in reports[1::2]] == [demo / image_path(*parts_of(pair)) for pair in core_pairs]
    assert made.expected_pairs == len(made.pairs) == len(core_pairs)


def test_images_that_differ_in_more_than_the_edit_are_warned_of(demo: Path, sources: Path) -> None:
    """The images of a demo bundle are of random height."""
    [warning] = [warning for warning in plan(demo, sources).warnings if " in size " in warning]
    assert warning.startswith("source and edited image differ in size in ")


def test_every_missing_source_is_listed_or_left_out(
    demo: Path, sources: Path, core_pairs: list[str], tmp_path: Path
) -> None:
    some = tmp_path / "some"
    shutil.copytree(sources, some)
    absent = sorted({source_of(pair) for pair in core_pairs})[:3]
    for source_id in absent:
        (some / f"{source_id}.png").unlink()
    with pytest.raises(UsageError) as raised:
        plan(demo, some)
    assert [problem.place for problem in raised.value.problems] == absent
    made = plan(demo, some, allow_partial=True)
    assert [pair for pair in core_pairs if source_of(pair) not in absent] == list(made.pairs)
    assert made.expected_pairs == len(core_pairs)
    assert made.warnings[0].startswith(f"3 sources left out because of allow_partial (first: {absent[0]}: no image;")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sources": None}, "sources: missing; give the folder of the source images with -T sources=FOLDER"),
        ({"sources": "there"}, "/nowhere/there: cannot be read: no such file or directory"),
        ({"scope": 13}, "unknown scope '13'"),
    ],
)
def test_mistakes_are_named(demo: Path, sources: Path, more: dict[str, Any], said: str) -> None:
    with pytest.raises(SpineFairBenchError, match=said):
        plan(demo, **{"sources": sources, **more})


def test_the_toy_scope_has_the_first_pairs_of_the_bundle(demo: Path, sources: Path) -> None:
    made = plan(demo, sources, scope="toy", allow_partial=True)
    assert made.warnings[0].startswith("the scope toy has no pairs of its own")
    assert len(made.pairs) == made.expected_pairs == 5


def test_relative_paths_begin_where_the_user_is(demo: Path, sources: Path, tmp_path: Path) -> None:
    (tmp_path / "images").symlink_to(sources)
    with pytest.raises(UsageError, match=f"artifacts: no bundle in {tmp_path}"):
        plan_run(tmp_path, "images", CORE, None, allow_partial=False)
    (tmp_path / "artifacts").symlink_to(demo)
    made = plan_run(tmp_path, "images", CORE, None, allow_partial=False)
    assert made.bundle.root == tmp_path / "artifacts"
    assert made.images.folder == tmp_path / "images"
    assert plan_run(tmp_path, "images", CORE, "artifacts", allow_partial=False).pairs == made.pairs


def test_where_the_user_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PWD", str(tmp_path))
    monkeypatch.chdir(ROOT)
    assert start_folder() == ROOT
    monkeypatch.chdir(ROOT / "spinefairbench")  # as Inspect does
    assert start_folder() == tmp_path
    monkeypatch.setenv("PWD", "")
    assert start_folder() == ROOT / "spinefairbench"
