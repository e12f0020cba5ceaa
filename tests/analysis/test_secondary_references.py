"""The secondary endpoints against what is frozen and what was published."""

from dataclasses import replace
from typing import Any

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.secondary_references import frozen_comparison, published_problems
from spinefairbench.analysis.secondary_rows import MeanRow, SecondaryRow
from spinefairbench.analysis.secondary_values import HEDGING, UNMATCHED
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import Figures, Ledger
from spinefairbench.statistics.signed_rank import SignedRank

ROW = SecondaryRow("m", HEDGING, 4, 2, Estimate(0.5, (0.25, 0.75)), SignedRank(3.0, 0.5), 0.125, 0.25)
FROZEN: dict[str, float | None] = {
    "n_pairs": 4,
    "mean_abs_difference": 0.5,
    "bootstrap_ci.lower": 0.25,
    "bootstrap_ci.upper": 0.75,
    "wilcoxon.statistic": 3,
    "wilcoxon.p_value": 0.5,
    "cohens_d_z": 0.125,
}


def compared(
    row: SecondaryRow, frozen: dict[str, float | None], *, intervals: bool = True
) -> tuple[list[str], list[str]]:
    problems, not_checked = frozen_comparison([row], {(row.model, row.endpoint): frozen}, intervals=intervals)
    return list(map(str, problems)), not_checked


def test_what_agrees_to_the_twelfth_decimal_holds() -> None:
    assert compared(ROW, FROZEN) == ([], [])
    assert compared(ROW, {**FROZEN, "cohens_d_z": 0.125 + 1e-13}) == ([], [])


def test_each_value_that_differs_is_told_with_both_numbers() -> None:
    for key, value in FROZEN.items():
        assert value is not None
        problems, _ = compared(ROW, {**FROZEN, key: value + 1e-9})
        assert [problem.partition(" is ")[0] for problem in problems] == [f"m: confidence {key}"]
        assert f"the frozen summary has {value + 1e-9}" in problems[0]


def test_intervals_of_other_settings_are_not_compared() -> None:
    other = {**FROZEN, "bootstrap_ci.lower": 0.1}
    assert len(compared(ROW, other)[0]) == 1
    assert compared(ROW, other, intervals=False) == ([], [])


def test_what_the_summary_does_not_have_is_not_checked() -> None:
    without = {key: value for key, value in FROZEN.items() if key not in ("n_pairs", "cohens_d_z")}
    assert compared(ROW, without) == ([], [f"{layout.SUMMARY}: no n_pairs, cohens_d_z of confidence of m"])
    assert compared(ROW, {}) == ([], [f"{layout.SUMMARY}: no confidence of m"])


def test_an_effect_size_that_is_not_defined() -> None:
    undefined = replace(ROW, cohens_d_z=None)
    assert compared(undefined, {**FROZEN, "cohens_d_z": None}) == ([], [])
    assert compared(undefined, {**FROZEN, "cohens_d_z": 0.0}) == (
        [],
        ["m: confidence cohens_d_z is not defined here; the frozen summary has 0.0"],
    )


def test_published_figures_are_compared() -> None:
    row = replace(ROW, endpoint=UNMATCHED, vindr=MeanRow(1, 1))
    figures: dict[str, Any] = {"n_pairs": 4, "pairs_buu": 3, "pairs_vindr": 1, "mean_disparity": 0.5}
    ledger = Ledger()
    assert published_problems([ROW, row], Figures({"m": figures}, ledger), whole_panel=True) == []
    assert len(ledger.compared) == len(figures)
    for key, value in figures.items():
        wrong = Figures({"m": {**figures, key: value + 1}})
        [problem] = published_problems([row], wrong, whole_panel=True)
        assert str(problem) == f"m: {UNMATCHED}: {key} is {value}; the published value is {value + 1}"


def test_models_on_one_side_only() -> None:
    row = replace(ROW, endpoint=UNMATCHED, vindr=MeanRow(1, 1))
    assert list(map(str, published_problems([row], Figures({"other": {}}), whole_panel=True))) == [
        "m: not a model of the release",
        "other: a model of the release; not in this bundle",
    ]
    assert len(published_problems([row], Figures({"other": {}}), whole_panel=False)) == 1
