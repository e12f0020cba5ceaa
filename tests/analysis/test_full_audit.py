"""Every analysis at once finds what each finds alone, and only what was asked for."""

from dataclasses import replace

import pytest

from spinefairbench.analysis.breakdown import breakdown_request
from spinefairbench.analysis.compare import against_others_request, common_pairs, comparison_request
from spinefairbench.analysis.disparity import disparities
from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.full_audit import AuditRequest, FullAudit, full_audit
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.model_variants import begun_variants, variant_floor_request, variant_request
from spinefairbench.analysis.noise_floor import excess_quantities, noise_floor_request, source_floors
from spinefairbench.analysis.patient_clusters import patients_request
from spinefairbench.analysis.power import power_rows
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.refusals import refusals_request
from spinefairbench.analysis.symmetric_form import symmetric_forms
from spinefairbench.analysis.table2 import endpoint_quantities, endpoints_request
from spinefairbench.analysis.transitions import transitions_request
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import ControlReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.collected import collected
from tests.analysis.pairs import REFUSED, model, repeats, report, source

FEW = Bootstrap(60)
METADATA = {"buu_a": SourceMetadata(70.0, "female")}
ONE = replace(
    model(
        "one",
        [
            *source("buu_a", ("surgery", "imaging"), ("surgery", "surgery"), ("Fracture", "Fracture")),
            *source("buu_b", ("imaging", "imaging"), ("", "surgery"), (REFUSED, "surgery")),
            *source("buu_c", ("surgery", "surgery"), ("surgery", "surgery"), ("surgery", "imaging")),
        ],
        repeats("buu_a__elderly_female", "counterfactual", "imaging", "surgery"),
    ),
    controls=(ControlReports("reconstruction", "buu_a", (report("surgery"),)),),
)
OTHER = model("other", [replace(each, counterfactual=report("imaging")) for each in ONE.pairs])
BOTH = [ONE, OTHER]
WHOLE = full_audit(
    AuditRequest(
        BOTH, ("edit", "age"), METADATA, others=[OTHER], compare=True, bootstrap=FEW, additional=True, by_patient=True
    )
)


def test_the_endpoints_and_floors_are_those_of_their_own_analyses() -> None:
    assert WHOLE.models == BOTH
    assert WHOLE.endpoints == answer(endpoints_request(BOTH), FEW)
    by_source = [source_floors(each) for each in BOTH]
    assert WHOLE.by_source == by_source
    assert WHOLE.floors == answer(noise_floor_request(BOTH, by_source, supplemented=True), FEW)
    assert WHOLE.symmetric == symmetric_forms(BOTH) and len(WHOLE.symmetric) == 1
    assert [(arm.model, arm.arm) for arm in WHOLE.controls] == [("one", "reconstruction")]


def test_transitions_strata_and_refusals_are_those_of_their_own_analyses() -> None:
    assert WHOLE.transitions == answer(transitions_request(BOTH), FEW)
    assert WHOLE.breakdown == answer(breakdown_request(BOTH, ["edit", "age"], METADATA, FEW), FEW)
    assert WHOLE.refusals == answer(refusals_request(BOTH, ExpectedPairs.of(BOTH), FEW), FEW)
    assert WHOLE.disparity == disparities(BOTH, None, FEW)


def test_comparisons_are_those_of_their_own_analyses() -> None:
    assert WHOLE.comparison == answer(comparison_request(BOTH, common_pairs(BOTH), FEW), FEW)
    assert WHOLE.against == answer(against_others_request(ONE, [OTHER], FEW), FEW)


def test_patients_and_power_are_those_of_their_own_analyses() -> None:
    quantities = [*endpoint_quantities(BOTH), *excess_quantities(BOTH)]
    assert WHOLE.patients == answer(patients_request(quantities), FEW) and len(WHOLE.patients) == len(quantities)
    assert WHOLE.power == power_rows(BOTH, floors=WHOLE.by_source)


def test_what_was_not_asked_for_is_not_there() -> None:
    plain = full_audit(AuditRequest([ONE], bootstrap=FEW))
    assert {row.by for row in plain.breakdown.rows} == {"edit"}
    assert (plain.variants, plain.variant_floors, plain.categories, plain.patients) == ([], [], [], [])
    assert (plain.comparison, plain.against) == (None, None)
    assert plain.variant("both") is None
    assert plain.floors == answer(noise_floor_request([ONE]), FEW)
    assert plain.floors != WHOLE.floors[:1]  # its supplements


@pytest.mark.parametrize("models", [[ONE], [ONE, model("apart", source("buu_z", ("", "")))]])
def test_models_without_a_common_pair_are_not_compared(models: list[object]) -> None:
    found = full_audit(AuditRequest(models, compare=True, bootstrap=FEW))  # type: ignore[arg-type]
    assert found.comparison is None


def test_pairs_that_were_expected_count_as_missing() -> None:
    expected = ExpectedPairs.of([ONE], [each.pair_id for each in ONE.pairs] + ["buu_q__young_male"])
    found = full_audit(AuditRequest([ONE], expected=expected, bootstrap=FEW, additional=True))
    assert found.refusals == answer(refusals_request([ONE], expected, FEW), FEW)
    # A page shows the same bounds without their intervals.
    shown = full_audit(AuditRequest([ONE], expected=expected, bootstrap=FEW)).refusals
    assert [row.endpoints.map(lambda bounds: bounds.bounds) for row in shown.rows] == [
        row.endpoints.map(lambda bounds: bounds.bounds) for row in found.refusals.rows
    ]
    assert shown.rows != full_audit(AuditRequest([ONE], bootstrap=FEW)).refusals.rows


TEXTS, COLLECTOR = collected([("No fracture. MRI.", "Fractures."), ("Consider surgery.", "Nothing."), ("A.", "A.")])


def _with_texts(*, additional: bool) -> FullAudit:
    return full_audit(AuditRequest([TEXTS], collector=COLLECTOR, bootstrap=FEW, additional=additional))


def test_texts_add_the_variants_of_the_parser() -> None:
    found = _with_texts(additional=False)
    assert found.variants == answer(variant_request(begun_variants([TEXTS], COLLECTOR)()), FEW)
    assert [row.variant for row in found.variants] == list(PARSER_VARIANTS)
    assert found.variant("both") == found.variants[PARSER_VARIANTS.index("both")]
    assert found.variant("unheard of") is None
    assert found.categories == category_rows("m", COLLECTOR)
    assert found.variant_floors == []
    assert found.disparity == disparities([TEXTS], COLLECTOR, FEW)


def test_floors_under_each_variant_are_additional() -> None:
    found = _with_texts(additional=True)
    assert found.variant_floors == answer(variant_floor_request(begun_variants([TEXTS], COLLECTOR)()), FEW) != []
