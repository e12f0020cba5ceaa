"""The symmetric form of the excess, by hand."""

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.symmetric_form import symmetric_request
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import model, repeats, source


def test_the_symmetric_form_by_hand() -> None:
    # Source reports: surgery, surgery. Edited reports of the first pair: surgery, imaging, of the second only one, so
    # the first pair counts. Between: of 2 x 2 comparisons two differ: 1/2. Within source 0, within edited 1.
    pairs = source("a", ("surgery", "surgery"), ("surgery", "imaging"))
    repeated = model("m", pairs, repeats("a__elderly_female", "counterfactual", "imaging"))
    [form] = answer(symmetric_request([repeated]), Bootstrap(50))
    assert (form.n_sources, form.n_pairs) == (1, 1)
    endpoint = form.endpoints.recommendation
    assert (endpoint.between, endpoint.within_source, endpoint.within_edited) == (0.5, 0.0, 1.0)
    assert endpoint.energy.value == 0.5 - 0.0 / 2 - 1.0 / 2 == 0.0
    assert endpoint.energy.ci95 is None


def test_without_repeated_edits_there_is_no_symmetric_form() -> None:
    pairs = source("a", ("surgery", "surgery"), ("surgery", "imaging"))
    assert answer(symmetric_request([model("m", pairs)])) == []
