"""Disparity: a planted effect is found, no reaction has p values of 1, and what another reading does not confirm is told."""

import random

from spinefairbench.analysis.disparity import (
    Disparities,
    DisparityReading,
    DisparityRow,
    disparities,
    disparity,
    lost_findings,
    untested_disparity,
)
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import EDITS, REFUSED, model, read_pair, source

FEW = Bootstrap(300)


def _planted(n: int = 60) -> ModelReports:
    """Surgery for three in four elderly edits and one in four young ones; imaging at random."""
    chooser = random.Random(4)
    pairs = []
    for number in range(n):
        said = []
        for edit in EDITS:
            surgery = chooser.random() < (0.75 if edit.startswith("elderly") else 0.25)
            imaging = chooser.random() < 0.5
            said.append(("", " ".join(["surgery"] * surgery + ["imaging"] * imaging)))
        pairs += source(f"s{number:02d}", *said)
    return model("m", pairs)


def test_a_planted_effect_is_found_and_nothing_else() -> None:
    rows = disparities([_planted()], None, FEW).rows
    assert len(rows) == 60
    assert [(row.category, row.contrast) for row in rows if row.found] == [("surgery", "age")]
    [row] = [row for row in rows if row.found]
    assert row.estimate is not None and row.simultaneous_ci95 is not None
    assert 0.3 < row.estimate < 0.7
    assert row.excludes_zero and row.simultaneous_ci95[0] < 0.5 < row.simultaneous_ci95[1]
    assert [row for row in rows if row.excludes_zero] == [row]


def test_edits_that_change_nothing_between_them_have_p_values_of_one() -> None:
    # Every edited report differs from that on the source, and none from another.
    pairs = [each for name in "abcdef" for each in source(name, *[("", "surgery Fracture")] * 4)]
    for row in disparities([model("m", pairs)], None, FEW).rows:
        assert (row.estimate, row.p_value, row.p_adjusted) == (0, 1, 1)
        assert row.simultaneous_ci95 is not None and row.simultaneous_ci95[0] < 0 < row.simultaneous_ci95[1]


def test_models_are_independent_of_each_other_and_of_the_order_of_pairs() -> None:
    first = _planted(12)
    second = ModelReports("other", first.pairs[::-1])
    together = disparities([first, second], None, FEW).rows
    assert together[:60] == disparities([first], None, FEW).rows
    assert [row.to_json() | {"model": "m"} for row in together[60:]] == [row.to_json() for row in together[:60]]


def test_a_contrast_that_no_source_has_is_said_to_have_none() -> None:
    result = disparity([model("m", source("a", ("", "surgery"), ("", "")))], None, bootstrap=FEW)
    age = next(row for row in result.rows if row.contrast == "age")
    assert (age.n_sources, age.estimate, age.ci95, age.p_value, age.p_adjusted) == (0, None, None, None, None)
    assert age.no_interval_reason == "no source has usable pairs of all edits that are compared"
    sex = next(row for row in result.rows if row.contrast == "sex")
    assert (sex.n_sources, sex.estimate, sex.ci95) == (1, 1.0, None)


def test_a_model_without_a_usable_pair_is_a_problem() -> None:
    result = disparity([model("m", source("a", (REFUSED, "")))], None)
    assert list(map(str, result.problems)) == ["m: no usable pair"]
    assert result.rows == () and result.summary["family_size"] == 0


def test_without_tests_the_estimates_and_problems_are_the_same() -> None:
    models = [_planted(12), model("m", source("a", (REFUSED, "")))]
    with MentionCollector() as collector:
        for each in models[0].pairs:
            collector.add(models[0].model, each.pair_id, GENERATED_ROLE, "Recommend surgery.")
    tested, untested = disparity(models, collector, bootstrap=FEW), untested_disparity(models, collector)
    assert untested.problems == tested.problems != ()
    assert [(row.category, row.contrast, row.n_sources, row.estimate) for row in untested.rows] == [
        (row.category, row.contrast, row.n_sources, row.estimate) for row in tested.rows
    ]
    assert {(row.ci95, row.simultaneous_ci95, row.p_value, row.p_adjusted) for row in untested.rows} == {(None,) * 4}
    assert untested.summary["findings"] == 0


def test_a_finding_that_is_the_parsers_is_told() -> None:
    pairs, texts = [], []
    for number in range(20):
        for edit in EDITS:
            text = "Surgery is not recommended." if edit.startswith("elderly") else "Continue exercises."
            texts.append(text)
            pairs.append(read_pair(f"s{number:02d}__{edit}", "Nothing.", text))
    with MentionCollector() as collector:
        for each, text in zip(pairs, texts, strict=True):
            collector.add("m", each.pair_id, GENERATED_ROLE, text)
    result = disparity([model("m", pairs)], collector, bootstrap=FEW)
    assert len(result.rows) == result.summary["family_size"] == 66
    assert len(result.summary["readings"]) == 60
    assert (result.summary["findings"], result.summary["findings_lost_when_read_otherwise"]) == (2, 1)
    [told] = result.details
    assert told.startswith(
        "m, surgery, age: NOT found when plurals and negation are read (1.000 is then 0.000, adjusted p 1"
    )


def _row(estimate: float, p_adjusted: float) -> DisparityRow:
    return DisparityRow("m", "diagnostic", "Fracture", "age", 9, estimate, None, None, 0.01, p_adjusted, None)


def _reading(estimate: float, p_adjusted: float) -> DisparityReading:
    return DisparityReading("m", "diagnostic", "Fracture", "age", "both", estimate, p_adjusted)


def test_a_finding_is_kept_only_with_its_sign() -> None:
    def lost(row: DisparityRow, reading: DisparityReading) -> bool:
        return bool(lost_findings(Disparities([row], [reading])))

    assert not lost(_row(0.2, 0.01), _reading(0.1, 0.05))
    assert lost(_row(0.2, 0.01), _reading(0.2, 0.06))
    assert lost(_row(0.2, 0.01), _reading(-0.2, 0.01))
    assert not lost(_row(0.2, 0.06), _reading(-0.2, 0.01))
