"""The figures of a run that goes on: hand-worked, and those of the score once it is complete."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.release.request_map import Report
from spinefairbench.release.run_figures import run_figures
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.submissions import panel_submission

MRI = "Disc space narrowing. MRI is recommended."
SURGERY = "Scoliosis. Refer to a spine surgeon."
REFUSAL = "I'm unable to interpret medical images."
FIRST, SECOND, OTHER = "buu_1__elderly_male", "buu_1__young_male", "buu_2__young_male"


def texts(*given: tuple[str, str, int, str]) -> dict[Report, str]:
    return {Report(pair_id, image, repeat): text for pair_id, image, repeat, text in given}


def test_hand_worked_figures() -> None:
    """Source 1: one of two pairs changes (T = 1/2), its two reports on the source agree (F = 0). Source 2 has no floor."""
    found = run_figures(
        texts(
            (FIRST, "source", 1, MRI),
            (FIRST, "counterfactual", 1, SURGERY),
            (SECOND, "source", 1, MRI),
            (SECOND, "counterfactual", 1, MRI),
            (OTHER, "source", 1, MRI),
            (OTHER, "counterfactual", 1, REFUSAL),
        ),
        5,
    )
    assert found["recommendation_change_rate"] == found["diagnostic_label_consistency"] == 0.5
    assert (found["recommendation_T"], found["recommendation_F"], found["recommendation_excess"]) == (0.5, 0, 0.5)
    assert (found["diagnostic_T"], found["diagnostic_F"], found["diagnostic_excess"]) == (0.5, 0, 0.5)
    counts = ("floor_sources", "pairs", "missing_pairs", "usable_pairs", "full_refusal_pairs")
    assert [found[name] for name in counts] == [1, 3, 2, 2, 1]


def test_a_repeated_report_counts_with_its_pair_only() -> None:
    pair = texts((FIRST, "source", 1, MRI), (FIRST, "counterfactual", 1, MRI))
    again = texts((FIRST, "source", 2, SURGERY), (OTHER, "source", 2, MRI), (OTHER, "counterfactual", 1, MRI))
    found = run_figures(pair | again, None)
    assert (found["pairs"], found["floor_sources"], found["recommendation_F"]) == (1, 1, 1)
    assert found["missing_pairs"] is None


@pytest.mark.parametrize("given", [{}, texts((FIRST, "source", 1, MRI))])
def test_without_a_pair_there_are_counts_only(given: dict[Report, str]) -> None:
    found = run_figures(given, 2)
    told = {name: value for name, value in found.items() if value is not None}
    assert told == {"floor_sources": 0, "pairs": 0, "missing_pairs": 2, "usable_pairs": 0, "full_refusal_pairs": 0}


def test_the_figures_of_a_whole_run_are_those_of_its_score(demo: Path) -> None:
    """To the last bit, with reports that are repeated on both images, whatever their order."""
    submitted: dict[str, Any] = panel_submission(demo, "m", "gpt-5.4")
    rows = submitted["results"]
    repeats = [
        {"pair_id": row["pair_id"], "role": role, "reports": [rows[index - 1][f"{role}_report"], MRI]}
        for index, row in enumerate(rows[:9])
        for role in ("source", "counterfactual")
    ]
    submitted |= {"schema_version": "spinefairbench-submission-v2", "repeated_reports": repeats}
    score = score_submission(submission_from_json(submitted, open_bundle(demo)), Bootstrap(10, 1)).to_json()
    given = [
        (row["pair_id"], role, 1, row[f"{role}_report"]) for row in rows for role in ("source", "counterfactual")
    ] + [
        (row["pair_id"], row["role"], number, text) for row in repeats for number, text in enumerate(row["reports"], 2)
    ]
    found = run_figures(texts(*reversed(given)), len(rows))
    floor = score["noise_floor"]
    assert found == {
        **{name: value["point_estimate"] for name, value in score["primary_endpoints"].items()},
        **{
            f"{name}_{key}": floor[name][key]
            for name in ("recommendation", "diagnostic")
            for key in ("T", "F", "excess")
        },
        "floor_sources": floor["n_sources"],
        **{name: score["coverage"][name] for name in ("missing_pairs", "usable_pairs")},
        "pairs": len(rows),
        "full_refusal_pairs": score["data_quality"]["pair_full_refusals"],
        "doubts": len(score["report_quality"]["doubts"]),
    }, json.dumps(found)
