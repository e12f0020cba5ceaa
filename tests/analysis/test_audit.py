"""What an audit says of one model: its rows, its summary, and the notes that belong to what was found."""

from dataclasses import replace

import pytest

from spinefairbench.analysis.audit import AuditRow, audit
from spinefairbench.analysis.control_contrast import CONTROL_NOTE
from spinefairbench.analysis.disparity import NO_LANGUAGE
from spinefairbench.analysis.edit_evidence import evidence_notes
from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate
from spinefairbench.analysis.full_audit import AuditRequest, full_audit
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import UNREPEATED_NOTE, EndpointFloor
from spinefairbench.analysis.parser_audit import NOT_A_SCORE, audit_signature
from spinefairbench.analysis.quotation import quotable_paragraph
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import ControlReports, ModelReports
from spinefairbench.metrics.report_quality import QUALITY_UNKNOWN
from spinefairbench.problems import Problem
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.collected import collected
from tests.analysis.pairs import REFUSED, model, repeats, report, source

FEW = Bootstrap(60)
PAIRS = [
    *source("buu_a", ("surgery", "imaging"), ("surgery", "surgery"), ("Fracture", "Fracture")),
    *source("buu_b", ("imaging", "imaging"), ("", "surgery")),
    *source("buu_c", ("surgery", "surgery"), ("surgery", "surgery"), ("surgery", "imaging")),
]
MODEL = model("m", PAIRS)
NO_TEXTS = "no parser audit: a score file holds no texts (--submission names the file that does)"
TEXTS, COLLECTOR = collected(
    [
        ("Fracture. Consider surgery.", "Fracture. Surgical hardware."),
        ("Lesion.", "Lesion."),
        ("No fracture.", "Consider MRI."),
    ]
)


def _audited(reports: ModelReports, collector: MentionCollector | None = None, **asked: object) -> CheckResult:
    request = AuditRequest([reports], collector=collector, bootstrap=FEW, **asked)  # type: ignore[arg-type]
    return audit(request, scope="a scope")


def test_a_model_without_a_usable_pair_has_that_sentence_and_nothing_else() -> None:
    request = AuditRequest([model("silent", source("a", (REFUSED, "surgery")))], bootstrap=FEW)
    fault = Problem("a place", "a fault")
    result = audit(request, scope="a scope", problems=[fault], notes=["a note"])
    sentence = "silent: no usable pair: in each, at least one report is a full refusal"
    assert result == CheckResult(problems=(fault, sentence), closing=(f"{sentence}. Nothing can be said of it.",))


def test_the_rows_by_hand() -> None:
    change, consistency = _audited(MODEL).rows
    assert [(row.model, row.endpoint, row.usable_pairs) for row in (change, consistency)] == [
        ("m", "recommendation_change", 8),
        ("m", "diagnostic_consistency", 8),
    ]
    # Changed: one of three, one of two, one of three.
    assert (change.estimate.value, consistency.estimate.value) == (3 / 8, 1.0)
    assert change.estimate.n_sources == 3
    # T: a 1/3, b 1/2, c 1/3. F: a, two of three; b, all; c, none.
    assert pytest.approx((2 / 3 + 1 + 0) / 3) == change.floor.F
    assert pytest.approx((1 / 3 + 1 / 2 + 1 / 3) / 3) == change.floor.T
    assert (change.parser_estimate, change.parser_shift) == (None, NO_ESTIMATE)


def test_rows_have_the_figures_of_the_whole_audit() -> None:
    found = full_audit(AuditRequest([MODEL], bootstrap=FEW, additional=True))
    rows = _audited(MODEL).rows
    power = {row.quantity: row for row in found.power}
    for at, (row, short) in enumerate(zip(rows, ("recommendation", "diagnostic"), strict=True)):
        assert (row.estimate, row.floor) == (found.endpoints[0][at], found.floors[0].endpoints[at])
        assert row.design_effect == power[row.endpoint].design_effect
        assert row.minimum_detectable_excess == power[f"{short}_excess"].minimum_detectable_effect
    assert power["recommendation_change"].design_effect is not None


def test_with_texts_a_row_has_what_the_parser_makes_of_it() -> None:
    change, consistency = _audited(TEXTS, COLLECTOR).rows
    # As meant, the hardware is no advice: the recommendation of the first pair changes too, beside that of the third.
    assert (change.estimate.value, change.parser_estimate) == (1 / 3, 2 / 3)
    assert change.parser_shift.value == pytest.approx(1 / 3)
    assert change.parser_shift.ci95 is not None
    assert consistency.parser_shift.value == pytest.approx(consistency.parser_estimate - consistency.estimate.value)


def test_a_row_in_json_has_value_floor_and_parser_side_by_side() -> None:
    floor = EndpointFloor(0.5, 0.25, Estimate(0.25, (0.0, 0.5), (-0.1, 0.6), "few sources"), 1 / 3)
    shift = Estimate(-0.1, (-0.2, 0.0), (-0.3, 0.1), "why")
    row = AuditRow("m", "recommendation_change", 8, Estimate(0.4, n_sources=3), floor, 1.5, 0.2, 0.3, shift)
    with pytest.raises(KeyError):
        row.to_json()  # an audit asks for the supplement of the floor
    [supplemented, _] = _audited(MODEL).rows
    shown = replace(row, floor=replace(floor, supplement=supplemented.floor.supplement)).to_json()
    assert (shown["n_sources"], shown["estimate"], shown["T"], shown["F"]) == (3, 0.4, 0.5, 0.25)
    assert (shown["excess"], shown["excess_ci95"], shown["excess_adjusted_ci95"]) == (0.25, (0.0, 0.5), (-0.1, 0.6))
    assert (shown["design_effect"], shown["minimum_detectable_excess"]) == (1.5, 0.2)
    assert (shown["parser_estimate"], shown["parser_shift"]) == (0.3, -0.1)
    assert (shown["parser_shift_ci95"], shown["parser_shift_adjusted_ci95"]) == ((-0.2, 0.0), (-0.3, 0.1))
    assert "excess_adjustment_reason" not in shown
    others = supplemented.floor.to_json()
    for key in ("T_other_pairs", "excess_other_pairs", "excess_other_pairs_ci95"):
        assert shown[key] == others[key]


def test_the_summary_has_every_part_of_the_audit() -> None:
    other = model("other", [replace(each, counterfactual=report("imaging")) for each in PAIRS])
    metadata = {"buu_a": SourceMetadata(70.0, "female")}
    request = AuditRequest([MODEL], ("edit", "age"), metadata, others=[other], bootstrap=FEW, by_patient=True)
    result = audit(request, scope="a scope")
    found = full_audit(replace(request, additional=True))
    assert found.against is not None
    [refusals] = found.refusals.rows
    assert dict(result.summary) == {
        "scope": "a scope",
        "report_quality": MODEL.quality.to_json(),
        "noise_floor": {**found.floors[0].to_json(), "energy": None},
        "transitions": plain(found.transitions.rows),
        "switches": plain(found.transitions.switches),
        "flows": plain(found.transitions.flows),
        "breakdown": plain(found.breakdown.rows),
        "contrasts": plain(found.breakdown.contrasts),
        "refusals": {
            **refusals.to_json(),
            "contrasts": plain(found.refusals.contrasts),
            "bounded_contrasts": plain(found.refusals.bounded_contrasts),
        },
        "differences": plain(found.against.differences),
        "lost": plain(list(found.against.pairs.lost)),
        "ranks": plain(found.against.ranks),
        "power": plain(found.power),
        "disparity": plain(found.disparity.rows),
        "patients": plain(found.patients),
        "paragraph": quotable_paragraph(found, "a scope"),
    }
    assert result.closing == (result.summary["paragraph"],)


def test_parts_that_were_not_asked_for_are_empty_or_left_out() -> None:
    summary = _audited(MODEL).summary
    assert (summary["differences"], summary["lost"], summary["ranks"]) == ([], [], {})
    assert not {"patients", "control_arms", "parser_audit", "disparity_readings"} & summary.keys()


def test_texts_add_what_the_parser_audit_says() -> None:
    summary = _audited(TEXTS, COLLECTOR).summary
    found = full_audit(AuditRequest([TEXTS], collector=COLLECTOR, bootstrap=FEW, additional=True))
    assert summary["parser_audit"] == plain(found.variants)
    assert summary["parser_noise_floor"] == plain(found.variant_floors)
    assert summary["categories"] == plain(found.categories)
    assert summary["disparity_readings"] == plain(found.disparity.readings)
    assert summary["parser_audit_signature"] == audit_signature()


def test_notes_are_those_of_what_was_found() -> None:
    notes = _audited(MODEL).notes
    assert {NO_TEXTS, NO_LANGUAGE, UNREPEATED_NOTE, QUALITY_UNKNOWN, *evidence_notes()} <= set(notes)
    assert not {CONTROL_NOTE, NOT_A_SCORE} & set(notes)
    assert not any("expected pairs" in note for note in notes)  # all are usable
    assert any("percentile intervals may be too short" in note for note in notes)


def test_texts_change_the_notes() -> None:
    notes = _audited(TEXTS, COLLECTOR).notes
    assert NOT_A_SCORE in notes
    assert not {NO_TEXTS, NO_LANGUAGE, QUALITY_UNKNOWN} & set(notes)


def test_control_arms_and_repeated_edits_have_their_figures_and_change_the_notes() -> None:
    reports = replace(
        model(
            "m",
            PAIRS,
            *(repeats(each.pair_id, "counterfactual", "imaging") for each in PAIRS),
        ),
        controls=(ControlReports("reconstruction", "buu_a", (report("surgery"),)),),
    )
    result = _audited(reports)
    assert CONTROL_NOTE in result.notes and UNREPEATED_NOTE not in result.notes
    assert [arm["arm"] for arm in result.summary["control_arms"]] == ["reconstruction"]
    assert result.summary["noise_floor"]["energy"]["n_sources"] == 3


def test_pairs_that_were_refused_are_told_of() -> None:
    reports = model("m", [*PAIRS, *source("buu_d", (REFUSED, "surgery"))])
    [said] = [note for note in _audited(reports).notes if "expected pairs" in note]
    assert said.startswith("m: endpoints and their intervals are for the 8 pairs whose reports can be used; over all 9")


def test_patients_are_told_of_where_they_are_asked_for() -> None:
    assert any("share a patient" in note for note in _audited(MODEL, by_patient=True).notes)
    assert not any("share a patient" in note for note in _audited(MODEL).notes)


def test_problems_and_notes_of_the_caller_stand_first() -> None:
    fault = Problem("a place", "a fault")
    result = audit(AuditRequest([MODEL], bootstrap=FEW), scope="a scope", problems=[fault], notes=["a note"])
    assert result.problems == (fault,)
    assert result.notes[0] == "a note"
