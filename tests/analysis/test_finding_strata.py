"""Strata by labelled findings, worked by hand; sources without labels, without reports and without a usable pair."""

import pytest

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.finding_strata import Expected, FindingRow, finding_request, unlabelled
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import EDITS, REFUSED, model, source

LABELS = {
    "vindr_a": frozenset({3, 7}),
    "vindr_b": frozenset({7}),
    "vindr_c": frozenset[int](),
    "buu_d": frozenset[int](),
    "buu_e": frozenset({0}),
}
PAIRS = [
    *source("vindr_a", ("surgery", "imaging"), ("surgery", "surgery"), ("Fracture", REFUSED)),
    *source("vindr_b", ("surgery", "surgery"), ("Fracture", "Fracture Osteophytes")),
    *source("vindr_c", (REFUSED, "surgery"), (REFUSED, REFUSED)),
    *source("buu_d", ("imaging", "surgery")),
    *source("buu_e", ("imaging", "imaging")),
    *source("vindr_faulty", ("imaging", "surgery")),
]
EXPECTED: Expected = {
    None: frozenset(pair.pair_id for pair in PAIRS) | {f"buu_d__{EDITS[1]}", f"buu_missing__{EDITS[0]}"}
}
FOUND = answer(finding_request([model("m", PAIRS)], LABELS, EXPECTED, Bootstrap(50)), Bootstrap(50))


def _rows() -> dict[tuple[str, str], FindingRow]:
    return {(row.found.of, row.found.stratum): row for row in FOUND.rows}


def test_every_source_with_labels_is_in_the_stratum_that_they_say() -> None:
    rows = _rows()
    assert list(rows) == [
        ("pooled", "any_finding"), ("pooled", "no_finding_label"),
        ("within_vindr", "any_finding"), ("within_vindr", "no_finding_label"),
    ]  # fmt: skip
    counts = {
        place: (row.expected_pairs, row.usable_pairs, row.expected_sources, row.usable_sources)
        for place, row in rows.items()
    }
    assert counts == {
        ("pooled", "any_finding"): (4, 3, 2, 2),
        ("pooled", "no_finding_label"): (6, 3, 3, 2),
        ("within_vindr", "any_finding"): (3, 2, 1, 1),
        ("within_vindr", "no_finding_label"): (4, 2, 2, 1),
    }


def test_refusals_missing_reports_and_sources_without_a_usable_pair_are_counted() -> None:
    row = _rows()["pooled", "no_finding_label"]
    assert (row.full_refusal_pairs, row.api_error_pairs, row.zero_usable_sources) == (2, 1, 1)
    assert row.to_json()["n_sources"] == 2


def test_endpoints_weight_each_pair_alike() -> None:
    rows = _rows()
    assert rows["pooled", "any_finding"].found.estimates.recommendation.value == pytest.approx(1 / 3)
    assert rows["pooled", "no_finding_label"].found.estimates.recommendation.value == pytest.approx(1 / 3)
    assert rows["within_vindr", "no_finding_label"].found.estimates.diagnostic.value == pytest.approx((1 + 1 / 2) / 2)


def test_contrasts_are_any_finding_less_no_finding_label() -> None:
    [row] = [
        row for row in FOUND.contrasts if (row.of, row.endpoint) == ("within_vindr", "recommendation_change")
    ]  # fmt: skip
    assert (row.a, row.b, row.paired) == ("any_finding", "no_finding_label", False)
    assert row.estimate.value == pytest.approx(1 / 2 - 0)


def test_a_stratum_without_a_usable_pair_has_its_counts_and_no_value() -> None:
    refused = model("m", [*source("vindr_a", (REFUSED, "")), *source("vindr_b", ("", ""))])
    found = answer(finding_request([refused], LABELS, {}, Bootstrap(20)), Bootstrap(20))
    assert [(row.found.stratum, row.usable_pairs, row.full_refusal_pairs) for row in found.rows[:2]] == [
        ("any_finding", 0, 1),
        ("no_finding_label", 1, 0),
    ]
    assert found.rows[0].found.estimates.recommendation.value is None
    assert found.contrasts == []


def test_one_model_does_not_change_the_rows_of_another() -> None:
    models = [model("m", PAIRS), model("other", source("buu_d", ("surgery", "imaging")))]
    both = answer(finding_request(models, LABELS, EXPECTED, Bootstrap(50)), Bootstrap(50))
    assert [row.found.estimates for row in both.rows if row.found.model == "m"] == [
        row.found.estimates for row in FOUND.rows
    ]


def test_what_no_finding_label_means_is_said_with_its_counts() -> None:
    pooled, within = unlabelled(LABELS, EXPECTED)
    assert (pooled.n_sources, pooled.n_unlabelled, within.n_sources, within.n_unlabelled) == (3, 2, 2, 1)
    assert pooled.note == (
        "pooled: no_finding_label has 3 sources; nobody labelled 2 of them, so whether they have a finding is not known"
    )
    [_, all_labelled] = unlabelled({"vindr_b": frozenset({7})}, {None: frozenset({"vindr_b__young_male"})})
    assert all_labelled.note == "within_vindr: no_finding_label has 1 source, all of them labelled No finding"
