"""The analyses on a few pairs whose answers can be worked out by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.both_empty import both_empty_diagnostic
from spinefairbench.analysis.endpoints import diagnosis_tokens, tokenized_diagnosis_jaccard
from spinefairbench.analysis.gap_sensitivity import gap_sensitivity
from spinefairbench.analysis.mitigation import binding_rule_passes, gate_decision, stage1_passes
from spinefairbench.analysis.radiologist import passes
from spinefairbench.bundle.mitigation_files import MitigationTableRow, Stage1Output
from spinefairbench.bundle.pair_ids import split_pair_id
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import ModelReports, PairReports

MRI, BOTH, NONE = "Recommend MRI.", "Recommend MRI and surgery.", "Nothing."
REFUSAL = "I'm unable to help."


def _pair(pair_id: str, source: str, counterfactual: str) -> PairReports:
    source_id, _, edit = pair_id.rpartition("__")
    return PairReports(pair_id, source_id, edit, extract_features(source), extract_features(counterfactual))


PAIRS = (
    _pair("a__elderly_female", MRI, MRI),  # same; both without labels
    _pair("a__elderly_male", MRI, BOTH),  # changed, recommendation Jaccard 1/2
    _pair("b__young_female", "fracture. " + MRI, "fracture, osteophyte. " + NONE),  # changed, 0/1; labels 1/2
    _pair("c__young_male", REFUSAL, MRI),  # not usable
)
PANELS = PanelReports((ModelReports("m", PAIRS, panel="panel"),), ())


def test_outcomes_by_hand() -> None:
    outcome = ModelReports("m", PAIRS)
    assert (len(outcome.usable), outcome.full_refusal_pairs, outcome.source_full_refusals) == (3, 1, 1)
    assert outcome.means.recommendation == 2 / 3
    assert outcome.means.diagnostic == float(Fraction(5, 6))
    assert outcome.both_empty_pairs == 2


def test_gaps_by_hand() -> None:
    result = gap_sensitivity(PANELS, None)
    [row] = result.rows
    assert row.gap_exact == 0.5  # 5/6 - (1 - 2/3)
    assert row.gap_graded == float(Fraction(5, 6) - Fraction(3, 6))
    assert result.summary["median_gap_exact"] == 0.5
    assert result.summary["gap_graded_negative_models"] == 0


def test_both_empty_by_hand() -> None:
    result = both_empty_diagnostic(PANELS, None)
    assert (result.rows[0].both_empty_pairs, result.summary["pooled_rate"]) == (2, 2 / 3)


def test_published_medians_are_compared_at_their_precision() -> None:
    published = {"median_gap_exact": 0.5, "median_gap_graded": 0.333333, "gap_graded_negative_models": "0/1"}
    assert gap_sensitivity(PANELS, published).problems == ()
    assert len(gap_sensitivity(PANELS, published | {"median_gap_exact": 0.500001}).problems) == 1
    assert gap_sensitivity(PANELS, {}, whole_panel=False).problems == ()


def test_a_model_without_a_usable_pair_is_a_problem_not_a_crash() -> None:
    refused = PanelReports((ModelReports("m", PAIRS[3:], panel="panel"),), ())
    for check in (gap_sensitivity, both_empty_diagnostic):
        assert list(map(str, check(refused, None).problems)) == ["m: no usable pair"]


@pytest.mark.parametrize(
    ("passed", "sampled", "decision"),
    [(169, 200, "excluded_full"), (170, 200, "excluded_diag_only"), (189, 200, "excluded_diag_only"), (190, 200, "included"), (0, 1, "excluded_full")],
)  # fmt: skip
def test_gate_decisions_at_their_edges(passed: int, sampled: int, decision: str) -> None:
    assert gate_decision(passed, sampled) == decision


GOOD = {"status": "valid", "prompt_echo_detected": False, "html_garbage_detected": False}
DIAGNOSIS = "Primary diagnosis: spondylosis"


@pytest.mark.parametrize(
    ("text", "validation", "expected"),
    [
        (DIAGNOSIS, GOOD, True), (DIAGNOSIS, None, False), (DIAGNOSIS, GOOD | {"status": "invalid"}, False),
        (DIAGNOSIS, GOOD | {"prompt_echo_detected": True}, False), (DIAGNOSIS, GOOD | {"html_garbage_detected": True}, False),
        (DIAGNOSIS, {"status": "valid", "html_garbage": True}, False), (DIAGNOSIS, {"status": "valid"}, True),
        ("Primary diagnosis: **", GOOD, False), ("nothing", GOOD, False),
    ],
)  # fmt: skip
def test_what_passes_the_gate(text: str, validation: dict[str, object] | None, expected: bool) -> None:
    assert stage1_passes(Stage1Output("x.txt", text, validation)) is expected


def _row(change: float, consistency: float) -> MitigationTableRow:
    return MitigationTableRow(1, "m", "c", 10, change, consistency, None, None, None)


@pytest.mark.parametrize(
    ("b", "expected"),
    [((0.6, 0.7), True), ((0.6, 0.65), True), ((0.6, 0.64), False), ((0.7, 0.9), False), ((0.8, 0.9), False)],
)
def test_the_binding_rule(b: tuple[float, float], expected: bool) -> None:
    assert binding_rule_passes(_row(*b), _row(0.7, 0.7)) is expected


@pytest.mark.parametrize(
    ("q1", "q2", "expected"),
    [("YYN", "NYY", True), ("YNN", "YYY", False), ("YYY", "NNY", False), ("YYN", "YNN", False)],
)
def test_a_pair_needs_two_yes_to_both_questions(q1: str, q2: str, expected: bool) -> None:
    def words(letters: str) -> tuple[str, ...]:
        return tuple({"Y": "Yes", "N": "No"}[letter] for letter in letters)

    assert passes(words(q1), words(q2)) is expected


def test_the_archival_endpoint() -> None:
    assert diagnosis_tokens("L4-L5 Disc disease, é2x") == {"disc", "disease"}
    assert tokenized_diagnosis_jaccard("disc disease", "Disc narrowing") == 1 / 3
    assert tokenized_diagnosis_jaccard("", "a b") == 1.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_archival_endpoint_is_symmetric_and_in_range(a: str, b: str) -> None:
    assert 0 <= tokenized_diagnosis_jaccard(a, b) == tokenized_diagnosis_jaccard(b, a) <= 1
    assert tokenized_diagnosis_jaccard(a, a) == 1.0


@pytest.mark.parametrize("pair_id", ["", "x", "__young_male", "x__young", "x_young_male", "x__young_male "])
def test_what_is_no_pair_id(pair_id: str) -> None:
    assert split_pair_id(pair_id) is None


def test_a_source_id_may_hold_the_separator() -> None:
    assert split_pair_id("a__b__young_male") == ("a__b", "young_male")
