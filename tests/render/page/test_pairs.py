"""The pairs of a page: as many as fit."""

from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.render.page.pair_choice import SelectedPair, ShownPair
from spinefairbench.render.page.pairs import pair_browser
from tests.analysis.pairs import read_pair


def test_the_page_stays_below_its_limit_however_long_the_reports() -> None:
    text = "There is no fracture. MRI is advised. " * 150
    pair = read_pair("s__young_male", text, text + "Osteophytes.")
    selected = SelectedPair("m", pair, parser_dependent=False)
    models = [ModelReports("m", (pair,))]
    browser = pair_browser([ShownPair(selected, text, text)] * 300, models, None)
    assert sum(len(entry.item(0).encode("utf-8")) for entry in browser.entries) <= 4_200_000
    assert len(browser.entries) + browser.left_out == 300
    assert browser.left_out > 0
    assert pair_browser([ShownPair(selected, text, text)] * 300, models, 300).left_out == 0
