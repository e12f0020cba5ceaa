"""Refusals by edit, whether they differ between edits, and what is said of the pairs that they leave out."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.refusals import bounds_request, refusals, refusals_request
from spinefairbench.bundle import layout
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import EDITS, REFUSED, model, source
from tests.conftest import Run
from tests.submissions import panel_submission

FEW = Bootstrap(60)
SETTINGS = ("--bootstrap-iterations", "60", "--jobs", "1", "--format", "json")
YES = ("surgery", "surgery")
OLD_REFUSED = [("surgery", REFUSED), ("surgery", REFUSED), YES, (REFUSED, "surgery")]
"""Both reports on elderly edits are refused, and a report on the source image of the last pair."""


def found_for(*models: ModelReports) -> Any:
    return answer(refusals_request(models, ExpectedPairs.of(models), FEW), FEW)


def test_refused_reports_are_counted_by_edit() -> None:
    [row] = found_for(model("m", [*source("a", *OLD_REFUSED), *source("b", YES, (REFUSED, REFUSED))])).rows
    assert row.to_json() == {
        "model": "m",
        "expected_pairs": 6,
        "usable_pairs": 2,
        "full_refusal_pairs": 4,
        "recommendation_change_bounds": (0.0, 4 / 6),
        "diagnostic_consistency_bounds": (2 / 6, 1.0),
        "recommendation_bounds_ci95": row.endpoints.recommendation.ci95,
        "diagnostic_bounds_ci95": row.endpoints.diagnostic.ci95,
        "refused_edited_reports": {"elderly_female": 1, "elderly_male": 2, "young_female": 0, "young_male": 0},
        "refused_source_reports": {"elderly_female": 0, "elderly_male": 1, "young_female": 0, "young_male": 1},
    }
    low, high = row.endpoints.recommendation.ci95
    assert low == 0 and high >= 4 / 6


def test_contrasts_by_hand() -> None:
    sources = [each for n in range(12) for each in source(f"s{n:02}", *OLD_REFUSED)]
    rows = {(row.quantity, row.of): row for row in found_for(model("m", sources)).contrasts}
    assert len(rows) == 4
    age, sex = rows["edited_report_refused", "age"], rows["edited_report_refused", "sex"]
    assert (age.a, age.b, age.n_sources, age.estimate.value) == ("elderly", "young", 12, 1.0)
    assert (sex.a, sex.b, sex.estimate.value, sex.p_value) == ("female", "male", 0.0, 1.0)
    # With the refused source report, one young pair of two cannot be used either, and a male one.
    assert rows["pair_unusable", "age"].estimate.value == 0.5
    assert rows["pair_unusable", "sex"].estimate.value == -0.5
    # Of 60 sign patterns of twelve sources none is likely to reach the observed one; Holm doubles the smaller p value.
    assert age.p_value == 1 / 61
    assert (age.p_holm, sex.p_holm) == (2 / 61, 1.0)


def test_holm_is_over_the_two_contrasts_of_one_model_and_quantity() -> None:
    sources = [each for n in range(12) for each in source(f"s{n:02}", *OLD_REFUSED)]
    alone = found_for(model("m", sources)).contrasts
    beside = found_for(model("m", sources), model("n", sources)).contrasts
    assert [row.p_holm for row in beside[:4]] == [row.p_holm for row in alone]


def test_a_source_without_both_arms_is_in_no_contrast() -> None:
    contrasts = found_for(model("m", source("a", YES, YES))).contrasts
    assert [(row.of, row.n_sources) for row in contrasts] == [("age", 0), ("sex", 1)] * 2
    assert contrasts[0].p_value is None and contrasts[0].estimate.value is None
    [age, *_] = found_for(model("m", source("a", YES, YES))).bounded_contrasts
    assert (age.n_sources, age.bounds, age.ci95) == (0, None, None)


def test_pairs_that_are_not_expected_are_left_out() -> None:
    both = model("m", source("a", YES, YES, ("surgery", REFUSED)))
    expected = ExpectedPairs(frozenset({f"a__{EDITS[0]}", f"b__{EDITS[0]}"}))
    [row] = answer(refusals_request([both], expected, FEW), FEW).rows
    assert (row.expected_pairs, row.usable_pairs, row.full_refusal_pairs) == (2, 1, 0)


def test_of_pairs_known_by_number_only_there_are_bounds_and_no_interval() -> None:
    both = model("m", [*source("a", YES), *source("b", YES)])
    found = answer(refusals_request([both], ExpectedPairs.of([both])._replace(unnamed=2), FEW), FEW)
    [change, _] = found.rows[0].endpoints
    assert (change.bounds, change.ci95) == ((0.0, 0.5), None)
    assert all(row.bounds is None for row in found.bounded_contrasts)


def test_what_an_interval_is_for_is_said_where_a_pair_is_missing() -> None:
    whole = model("whole", source("a", YES, YES))
    assert refusals([whole], ExpectedPairs.of([whole]), bootstrap=FEW).notes == ()
    part = model("part", source("a", YES, ("surgery", REFUSED)))
    assert refusals([part], ExpectedPairs.of([part]), bootstrap=FEW).notes[0] == (
        "part: endpoints and their intervals are for the 1 pair whose reports can be used; over all 2 expected pairs, "
        "recommendation change is anywhere in [0.000, 0.500] and diagnostic consistency anywhere in [0.500, 1.000]"
    )


def test_a_model_that_refuses_everything_is_a_problem_and_has_bounds() -> None:
    nothing = model("m", source("a", ("surgery", REFUSED)))
    result = refusals([nothing], ExpectedPairs.of([nothing]), bootstrap=FEW)
    assert list(map(str, result.problems)) == ["m: no usable pair"]
    assert result.rows[0].endpoints.recommendation.bounds == (0.0, 1.0)


# --- the command -----------------------------------------------------------------------------------------------


def test_the_command_counts_the_pairs_of_the_core(run: Run, demo: Path, core_pairs: list[str]) -> None:
    done = run("refusals", "--artifacts", demo, *SETTINGS)
    assert done.status == 0
    rows = {row["model"]: row for row in done.json["results"]}
    assert {row["expected_pairs"] for row in rows.values()} == {len(core_pairs)}
    gemma = rows["gemma-4"]
    assert gemma["usable_pairs"] + gemma["full_refusal_pairs"] == len(core_pairs)
    assert sum(gemma["refused_edited_reports"].values()) > 0
    assert any(note.startswith("gemma-4: endpoints and their intervals are for") for note in done.json["notes"])
    assert len(done.json["summary"]["contrasts"]) == len(done.json["summary"]["bounded_contrasts"]) == 4 * len(rows)


@pytest.fixture
def partial(demo: Path, tmp_path: Path) -> Path:
    """A submission that lacks three pairs of its scope."""
    value = panel_submission(demo, "mine")
    value["results"] = value["results"][3:]
    path = tmp_path / "submission.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_pairs_that_a_submission_lacks_are_expected_too(
    run: Run, demo: Path, core_pairs: list[str], partial: Path, tmp_path: Path
) -> None:
    done = run("refusals", "--submission", partial, "--artifacts", demo, *SETTINGS)
    [row] = done.json["results"]
    assert (done.status, row["expected_pairs"], row["usable_pairs"]) == (0, len(core_pairs), len(core_pairs) - 3)
    low, high = row["recommendation_change_bounds"]
    assert high - low == pytest.approx(3 / len(core_pairs))
    # The audit of its score says the same, without the bundle too, but for the intervals.
    score = tmp_path / "score.json"
    made = ("--submission", partial, "--output", score, "--allow-partial", *SETTINGS[:2])
    assert run("score", *made, "--artifacts", demo).status == 0
    audit = run("audit", score, "--alone", "--artifacts", demo, *SETTINGS).json["summary"]["refusals"]
    assert {key: audit[key] for key in row} == row
    assert audit["contrasts"] == done.json["summary"]["contrasts"]
    without = run("audit", score, "--artifacts", tmp_path / "nowhere", *SETTINGS).json["summary"]["refusals"]
    assert without["recommendation_change_bounds"] == row["recommendation_change_bounds"]
    assert without["recommendation_bounds_ci95"] is None


def test_the_toy_expects_the_pairs_that_it_has(run: Run, demo: Path) -> None:
    done = run("refusals", "--submission", demo / layout.TOY_SUBMISSION, "--artifacts", demo, *SETTINGS)
    [row] = done.json["results"]
    assert (done.status, row["expected_pairs"], row["usable_pairs"]) == (0, 5, 5)


def test_a_model_and_a_submission_exclude_one_another(run: Run, demo: Path) -> None:
    done = run("refusals", "--submission", "x", "--model", "radfm", "--artifacts", demo)
    assert done.status == 2
    assert "exclude one another" in done.err


def test_bounds_alone_are_those_beside_the_intervals_and_draw_nothing() -> None:
    reports = [
        model("m", [*source("a", *OLD_REFUSED), *source("b", YES, (REFUSED, REFUSED))]),
        model("n", source("a", YES)),
    ]
    expected = ExpectedPairs(ExpectedPairs.of(reports).ids, unnamed=3)
    asked = bounds_request(reports, expected)
    assert asked.samples == []
    alone, whole = answer(asked, FEW), answer(refusals_request(reports, expected, FEW), FEW)
    bounds = [[each.bounds for each in row.endpoints] for row in alone.rows]
    assert bounds == [[each.bounds for each in row.endpoints] for row in whole.rows]
    assert [row.full_refusal_pairs for row in alone.rows] == [4, 0]
    assert not alone.contrasts
    assert not alone.bounded_contrasts
