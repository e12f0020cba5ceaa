"""The symmetric form of the excess: by hand, and what the excess has to do with it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.analysis.estimates import answer_without_intervals
from spinefairbench.analysis.noise_floor import noise_floor_request, source_floors
from spinefairbench.analysis.report_distances import between, within
from spinefairbench.analysis.symmetric_form import SymmetricForm, symmetric_forms
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import (
    COUNTERFACTUAL_ROLE,
    SOURCE_ROLE,
    ModelReports,
    PairReports,
    RepeatedReports,
)
from spinefairbench.metrics.refusal_detector import ResponseClass
from tests.analysis.pairs import model, repeats, source

REPORTS = st.builds(ReportFeatures, st.just(ResponseClass.GENUINE), st.integers(0, 7), st.integers(0, 3))
SEVERAL = st.lists(REPORTS, min_size=2, max_size=3)


def form_of(subject: ModelReports) -> SymmetricForm:
    [form] = symmetric_forms([subject])
    return form


def test_the_symmetric_form_by_hand() -> None:
    # Source reports: surgery, surgery. Edited reports of the first pair: surgery, imaging, of the second only one, so
    # the first pair counts. Between: of 2 x 2 comparisons two differ: 1/2. Within source 0, within edited 1.
    pairs = source("a", ("surgery", "surgery"), ("surgery", "imaging"))
    repeated = model("m", pairs, repeats("a__elderly_female", "counterfactual", "imaging"))
    [form] = symmetric_forms([repeated])
    assert (form.n_sources, form.n_pairs) == (1, 1)
    endpoint = form.endpoints.recommendation
    assert (endpoint.between, endpoint.within_source, endpoint.within_edited) == (0.5, 0.0, 1.0)
    assert endpoint.energy.value == 0.5 - 0.0 / 2 - 1.0 / 2 == 0.0
    assert endpoint.energy.ci95 is None


def test_without_repeated_edits_there_is_no_symmetric_form() -> None:
    pairs = source("a", ("surgery", "surgery"), ("surgery", "imaging"))
    assert symmetric_forms([model("m", pairs)]) == []


def test_an_edit_that_settles_a_coin_toss_has_no_excess_and_a_symmetric_form_of_a_quarter() -> None:
    # The two reports on a source are a coin toss, and all four outcomes occur; those on the edit always say surgery.
    sides = [("surgery", "surgery"), ("surgery", "imaging"), ("imaging", "surgery"), ("imaging", "imaging")]
    pairs = [
        each
        for name, side in zip("abcd", sides, strict=True)
        for each in source(name, *((said, "surgery") for said in side))
    ]
    again = [repeats(pair.pair_id, COUNTERFACTUAL_ROLE, "surgery") for pair in pairs]
    subject = model("m", pairs, *again)
    [floor] = answer_without_intervals(noise_floor_request([subject]))
    found = form_of(subject).endpoints.recommendation
    assert floor.endpoints.recommendation.excess.value == 0
    assert (found.between, found.within_source, found.within_edited, found.energy.value) == (0.5, 0.5, 0.0, 0.25)
    assert found.comparable_index == pytest.approx(1 - 0.5 / 0.5**0.5)


def test_the_index_is_1_without_agreement_whatever_the_variation_and_not_there_where_reports_never_agree() -> None:
    steady = model("m", source("a", ("surgery", "imaging"), ("surgery", "imaging")),
                   repeats("a__elderly_female", COUNTERFACTUAL_ROLE, "imaging"))  # fmt: skip
    varied = model("m", source("a", ("surgery", "imaging"), ("surgery", "imaging"), ("referral", "imaging")),
                   repeats("a__elderly_female", COUNTERFACTUAL_ROLE, "imaging monitoring"),
                   repeats("a__elderly_male", COUNTERFACTUAL_ROLE, "imaging"))  # fmt: skip
    never = model("m", source("a", ("surgery", "imaging"), ("referral", "imaging")),
                  repeats("a__elderly_female", COUNTERFACTUAL_ROLE, "imaging"))  # fmt: skip
    found = [form_of(subject).endpoints.recommendation for subject in (steady, varied, never)]
    assert [each.comparable_index for each in found] == [1.0, 1.0, None]
    assert [each.energy.value for each in found[:2]] == [1.0, pytest.approx(1 - (2 / 3 + 1 / 2) / 2)]


@given(SEVERAL, SEVERAL)
def test_the_excess_is_the_symmetric_form_plus_half_of_what_the_edit_adds_to_the_variation(
    originals: list[ReportFeatures], edits: list[ReportFeatures]
) -> None:
    # The noise floor compares one report on the edit with one on the source, so its excess is averaged over the choices.
    excesses = []
    for at, first in enumerate(originals):
        for place, edited in enumerate(edits):
            others = (originals[:at] + originals[at + 1 :], edits[:place] + edits[place + 1 :])
            subject = ModelReports(
                "m",
                (PairReports("a__young_male", "a", "young_male", first, edited),),
                tuple(
                    RepeatedReports("a__young_male", "a", role, tuple(rest))
                    for role, rest in zip((SOURCE_ROLE, COUNTERFACTUAL_ROLE), others, strict=True)
                ),
            )
            [floor] = source_floors(subject).used
            excesses.append(floor.excess)
    form = form_of(subject)
    for at, _ in enumerate(ENDPOINTS):
        excess = sum((each[at] for each in excesses), Fraction(0)) / len(excesses)
        assert excess == between(originals, edits)[at] - within(originals)[at]
        added = within(edits)[at] - within(originals)[at]
        assert float(excess - added / 2) == form.endpoints[at].energy.value
