"""Scoring a submission: the toy's published values, every refusal with its place, the same bytes each time."""

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.published import published
from tests.conftest import Ran, Run
from tests.submissions import panel_submission, submission

FINDINGS = "Findings: mild disc space narrowing. Recommend MRI."
REFUSAL = "I'm unable to interpret medical images."


@pytest.fixture
def toy(demo: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((demo / layout.TOY_SUBMISSION).read_text())
    return value


@pytest.fixture
def score(run: Run, demo: Path, tmp_path: Path) -> Callable[..., tuple[Ran, Path]]:
    def call(submission: object, *options: str) -> tuple[Ran, Path]:
        source, target = tmp_path / "submission.json", tmp_path / "out" / "score.json"
        target.unlink(missing_ok=True)
        source.write_bytes(submission if isinstance(submission, bytes) else json.dumps(submission).encode())
        return run("score", "--artifacts", demo, "--submission", source, "--output", target, *options), target

    return call


Score = Callable[..., tuple[Ran, Path]]


@pytest.fixture
def core(core_pairs: list[str]) -> dict[str, Any]:
    """A submission of the core that says the same of every pair."""
    return submission(
        [{"pair_id": pair, "source_report": FINDINGS, "counterfactual_report": FINDINGS} for pair in core_pairs]
    )


def test_the_toy_submission_has_its_published_values(score: Score, toy: dict[str, Any]) -> None:
    done, target = score(toy, "--bootstrap-iterations", "1000")
    assert done.status == 0
    found, expected = json.loads(target.read_text())["primary_endpoints"], published("toy_submission")
    for key, point, ci in (
        ("recommendation_change_rate", "recommendation_change", "recommendation_ci95"),
        ("diagnostic_label_consistency", "diagnostic_consistency", "diagnostic_ci95"),
    ):
        assert found[key]["point_estimate"] == expected[point]
        assert [found[key]["ci95"]["lower"], found[key]["ci95"]["upper"]] == expected[ci]
        assert found[key]["n_pairs"] == 5


def test_a_score_file_says_what_it_is(score: Score, toy: dict[str, Any]) -> None:
    value = json.loads(score(toy, "--bootstrap-iterations", "20", "--seed", "7")[1].read_text())
    assert value["schema_version"] == "spinefairbench-score-v1"
    assert (
        value["scoring_config"]["recommendation_bootstrap_seed"]
        == value["scoring_config"]["diagnostic_bootstrap_seed"]
        == 7
    )
    assert value["scoring_config"]["bootstrap_iterations"] == 20
    assert value["coverage"] == {
        "expected_pairs": 5, "submitted_pairs": 5, "missing_pairs": 0, "unexpected_pairs": 0, "usable_pairs": 5,
        "unique_sources_usable": 2, "comparable_to_panel_scope": False,
    }  # fmt: skip
    assert [row["pair_id"] for row in value["per_pair_results"]] == sorted(row["pair_id"] for row in toy["results"])
    for part in ("scope:toy", "pairs:5/5#", "iter:20", "seed:7", "rng:", "registry:", "v:", "refusals:"):
        assert part in value["signature"]
    assert len(value["signature"]) < 250
    assert value["table2_row"]["ci_source"] == "recomputed"
    assert any("too narrow" in warning for warning in value["warnings"])


def test_the_same_input_gives_the_same_bytes(
    score: Score, toy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    first = score(toy)[1].read_bytes()
    shuffled = copy.deepcopy(toy)
    shuffled["results"].reverse()
    assert score(shuffled)[1].read_bytes() == first
    assert json.loads(first)["scored_at_utc"] == "2001-09-09T01:46:40Z"


@pytest.mark.parametrize("epoch", ["x", "9" * 30, ""])
def test_an_unusable_epoch_is_an_error(
    epoch: str, score: Score, toy: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    done, target = score(toy)
    assert (done.status, target.exists()) == (2, False)


def test_a_complete_core_submission_is_comparable(score: Score, core: dict[str, Any]) -> None:
    value = json.loads(score(core, "--bootstrap-iterations", "10")[1].read_text())
    assert value["coverage"]["comparable_to_panel_scope"] is True
    assert value["primary_endpoints"]["recommendation_change_rate"]["point_estimate"] == 0.0
    assert any("word for word" in warning for warning in value["warnings"])


@pytest.fixture
def intersection(demo: Path) -> dict[str, Any]:
    """A complete submission of the pairs that every model of the panel has usable."""
    records = json.loads((demo / layout.INTERSECTION_MANIFEST).read_text())["records"]
    rows = [
        {"pair_id": each["pair_id"], "source_report": FINDINGS, "counterfactual_report": FINDINGS} for each in records
    ]
    return submission(rows, scope="all-model-intersection-2166")


def test_a_complete_submission_of_the_intersection_is_comparable(score: Score, intersection: dict[str, Any]) -> None:
    value = json.loads(score(intersection, "--bootstrap-iterations", "10")[1].read_text())
    pairs = len(intersection["results"])
    assert value["scope"] == "all-model-intersection-2166"
    assert value["coverage"] == {
        "expected_pairs": pairs, "submitted_pairs": pairs, "missing_pairs": 0, "unexpected_pairs": 0,
        "usable_pairs": pairs, "unique_sources_usable": value["coverage"]["unique_sources_usable"],
        "comparable_to_panel_scope": True,
    }  # fmt: skip


def test_a_pair_outside_the_intersection_and_one_that_is_missing_are_named(
    score: Score, intersection: dict[str, Any], core_pairs: list[str]
) -> None:
    stray = next(pair for pair in core_pairs if pair not in {row["pair_id"] for row in intersection["results"]})
    missing = intersection["results"].pop()["pair_id"]
    intersection["results"].append({"pair_id": stray, "source_report": "a", "counterfactual_report": "b"})
    done, target = score(intersection)
    assert (done.status, target.exists()) == (2, False)
    said = [line.partition("submission.json: ")[2] for line in done.err.splitlines()]
    assert [line for line in said if stray in line] == [
        f"$.results[{len(intersection['results']) - 1}].pair_id: {stray} is outside the scope all-model-intersection-2166"
    ]
    assert [line for line in said if missing in line] == [f"$.results: missing pair {missing}"]


def test_missing_pairs_are_each_named_unless_partial_is_allowed(score: Score, core: dict[str, Any]) -> None:
    dropped = [core["results"].pop(0)["pair_id"] for _ in range(3)]
    done, target = score(core)
    assert (done.status, target.exists()) == (2, False)
    assert all(pair_id in done.err for pair_id in dropped)
    done, target = score(core, "--allow-partial", "--bootstrap-iterations", "10")
    assert done.status == 0
    assert json.loads(target.read_text())["coverage"]["missing_pairs"] == 3
    assert json.loads(target.read_text())["coverage"]["comparable_to_panel_scope"] is False


def test_refusals_are_counted_as_the_definitions_say(score: Score, core: dict[str, Any]) -> None:
    partial = REFUSAL + " A radiologist might look further."
    core["results"][0]["source_report"] = REFUSAL
    core["results"][1].update(source_report=REFUSAL, counterfactual_report=REFUSAL)
    core["results"][2].update(source_report=partial, counterfactual_report=partial)
    value = json.loads(score(core, "--bootstrap-iterations", "10")[1].read_text())
    n = len(core["results"])
    assert value["data_quality"] == {
        "submitted_pairs": n, "source_full_refusals": 2, "counterfactual_full_refusals": 1, "pair_full_refusals": 2,
        "pair_partial_refusals": 1, "usable_pairs": n - 2,
    }  # fmt: skip
    refused = [row for row in value["per_pair_results"] if not row["usable"]]
    assert len(refused) == 2
    assert all(row["recommendation_changed"] is None for row in refused)


Change = Callable[[dict[str, Any]], object]
REFUSED: dict[str, tuple[Change, tuple[str, ...]]] = {
    "an unknown pair and a blank report together": (
        lambda s: (s["results"][0].update(pair_id="buu_x__young_male"), s["results"][1].update(source_report=" ")),
        ("buu_x__young_male", "$.results[1].source_report"),
    ),
    "a duplicate pair": (lambda s: s["results"].append(s["results"][0]), ("$.results[5].pair_id: duplicate",)),
    "an unknown key of a result": (
        lambda s: s["results"][0].update(prompt="x"),
        ("$.results[0]: unknown key 'prompt'",),
    ),
    "an unknown key": (lambda s: s.update(extra=1), ("unknown key 'extra'",)),
    "an unknown key of the model": (lambda s: s["model"].update(size="7B"), ("$.model: unknown key 'size'",)),
    "another source": (lambda s: s["results"][0].update(source_id="nope"), ("$.results[0].source_id: 'nope'",)),
    "no scope": (lambda s: s.pop("scope"), ("$.scope: missing",)),
    "an unknown scope": (lambda s: s.update(scope="all"), ("$.scope",)),
    "another version": (lambda s: s.update(schema_version="v0"), ("$.schema_version",)),
    "no model name": (lambda s: s.update(model={}), ("$.model.name: missing",)),
    "a model that is a text": (lambda s: s.update(model="m"), ("$.model: expected an object, found a text",)),
    "no results": (lambda s: s.update(results=[]), ("$.results: empty",)),
    "results that are no list": (lambda s: s.update(results={}), ("$.results: expected a list",)),
    "a result that is a number": (
        lambda s: s["results"].append(3),
        ("$.results[5]: expected an object, found a number",),
    ),
    "a pair id that is a list": (
        lambda s: s["results"][0].update(pair_id=[]),
        ("$.results[0].pair_id: expected a text",),
    ),
    "a report that is null": (lambda s: s["results"][0].update(source_report=None), ("found null",)),
    "a pair out of scope": (lambda s: s.update(scope="common-core-1000"), ("missing pair",)),
    "all refused": (lambda s: [r.update(source_report=REFUSAL) for r in s["results"]], ("no usable pair",)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_scored_is_refused_with_its_place(name: str, score: Score, toy: dict[str, Any]) -> None:
    change, needles = REFUSED[name]
    change(toy)
    done, target = score(toy)
    assert (done.status, target.exists()) == (2, False)
    for needle in needles:
        assert needle in done.err


def test_a_pair_that_passed_but_is_outside_the_scope_is_refused(
    score: Score, demo: Path, core: dict[str, Any], core_pairs: list[str]
) -> None:
    passed = [json.loads(line)["pair_id"] for line in (demo / layout.QC_PASSED).read_text().splitlines()]
    outside = next(pair_id for pair_id in passed if pair_id not in core_pairs)
    core["results"].append({"pair_id": outside, "source_report": "a", "counterfactual_report": "b"})
    done, _ = score(core)
    assert done.status == 2
    assert f"{outside} is outside the scope" in done.err


@pytest.mark.parametrize(
    "data",
    [b"{", b"\xff\xfe{}", b"[]", b"[" * 100_000, b'{"schema_version": NaN}', b"", b"null", b'{"a": 1, "a": 2}', b"{}" * 2,
     b"\xef\xbb\xbf{}", b'{"schema_version": ' + b"1" * 10_000 + b"}"],
)  # fmt: skip
def test_what_is_no_submission_is_refused(data: bytes, score: Score) -> None:
    done, target = score(data)
    assert (done.status, target.exists()) == (2, False)
    assert len(done.err.splitlines()) == 1


def test_a_scope_given_on_the_command_line_is_the_one_scored(score: Score, core: dict[str, Any]) -> None:
    done, target = score(core, "--scope", "toy", "--bootstrap-iterations", "10")
    assert done.status == 0
    assert json.loads(target.read_text())["scope"] == "toy"


def test_an_output_that_cannot_be_written_is_exit_2(run: Run, demo: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file" / "score.json", tmp_path):
        done = run("score", "--artifacts", demo, "--submission", demo / layout.TOY_SUBMISSION, "--output", target)
        assert done.status == 2
        assert "cannot be written" in done.err


def test_a_submission_that_is_a_pipe_is_not_waited_on(run: Run, demo: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = run("score", "--artifacts", demo, "--submission", tmp_path / "pipe", "--output", tmp_path / "score.json")
    assert (done.status, (tmp_path / "score.json").exists()) == (2, False)


def test_reports_of_a_panel_model_score_as_its_row_in_table_2(score: Score, run: Run, demo: Path) -> None:
    """The panel and a submission go the same way: the same texts give the same numbers."""
    mine = json.loads(score(panel_submission(demo, "m", "gemma-4"))[1].read_text())["table2_row"]
    [theirs] = run("table2", "--artifacts", demo, "--model", "gemma-4", "--recompute-ci", "--format", "json").json[
        "results"
    ]
    for key in ("usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
                "diagnostic_consistency", "recommendation_ci95", "diagnostic_ci95"):  # fmt: skip
        assert mine[key] == theirs[key]
