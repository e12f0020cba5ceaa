"""One row of the figure of the finding: whole names, and texts that leave one another alone."""

import re

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.page.axes import round_scale
from spinefairbench.render.page.finding_marks import Layout, excess_label, row_height, row_marks
from spinefairbench.render.page.finding_rows import FindingRow
from spinefairbench.render.page.text_fit import text_width

NARROW = Layout(343, 343, (2, 92), (176, 163), None, 30, 12, 48)
WIDE = Layout(960, 142, (150, 232), (522, 268), 804, 29, 12, 44)
ROW = FindingRow("a-model-with-a-name-of-28-ch", 0.904, 0.889, Estimate(0.015, (-0.024, 0.057)), varies=True)


def test_an_excess_is_said_with_the_interval_that_is_judged_by() -> None:
    assert excess_label(ROW) == "+1.5 (\u22122.4 to 5.7)"
    adjusted = ROW._replace(excess=Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources"))
    assert excess_label(adjusted) == "+30.0 (\u221210.0 to 60.0)"


def test_a_long_name_is_whole_on_a_narrow_screen_beside_its_figures() -> None:
    scale = round_scale([100.0], least=1.0)
    made = "".join(row_marks(NARROW, ROW, 0, scale, scale))
    texts = {words: float(y) for y, words in re.findall(r'<text x="[^"]*" y="([^"]*)"[^>]*>([^<]*)<', made)}
    assert set(texts) == {ROW.model, excess_label(ROW), "88.9 \u2192 90.4"}
    assert texts[ROW.model] == texts[excess_label(ROW)] < texts["88.9 \u2192 90.4"] <= row_height(NARROW, ROW)
    assert text_width(ROW.model) + text_width(excess_label(ROW)) < NARROW.width
    bar_end = NARROW.left[0] + NARROW.left[1]
    assert bar_end + text_width("88.9 \u2192 90.4", 11) <= NARROW.right[0] - 6


def test_a_model_that_never_varies_has_room_for_that() -> None:
    for layout in (NARROW, WIDE):
        assert row_height(layout, ROW._replace(varies=False)) > row_height(layout, ROW) == layout.row
