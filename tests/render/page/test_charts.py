"""Charts: every mark stays on its strip, at the place of its value."""

import re

import pytest

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.page.charts import (
    ChartRow,
    Key,
    Scale,
    adjusted_key,
    band,
    dot,
    estimate,
    interval_marks,
    row_chart,
    square,
)


@pytest.mark.parametrize(("value", "place"), [(-1.0, "0%"), (0.0, "0%"), (0.25, "25%"), (1.0, "100%"), (7.0, "100%")])
def test_a_mark_never_leaves_its_strip(value: float, place: str) -> None:
    assert Scale(0.0, 1.0, ()).at(value) == place


def test_a_chart_draws_its_marks_along_its_axis_and_its_keys_along_their_own() -> None:
    scale = Scale(-1.0, 1.0, (-1.0, 0.0, 1.0))
    rows = [ChartRow("a <b>", "0.5", [*estimate(0.5, (0.0, 1.0)), square(-1.0), band(-1.0, 0.0, "usable")])]
    made = row_chart("Title", "unit", scale, rows, [Key("a key", [dot(0.5, hollow=True)])])
    assert "a &lt;b&gt;" in made
    assert 'class="mark series-a" cx="75%"' in made
    assert 'class="line series-a" x1="50%" x2="100%"' in made
    assert 'class="mark series-a" x="0%"' in made
    assert 'class="part usable" x="0%" y="4.4" width="50%"' in made
    assert 'class="mark series-a hollow" cx="50%"' in made
    assert re.findall(r"<text[^>]*>([^<]*)</text>", made) == ["\u22121.0", "0.0", "1.0", "unit"]


def test_what_is_not_known_has_no_mark() -> None:
    assert estimate(None, None) == []
    assert len(estimate(0.5, None)) == 1


def test_an_adjusted_interval_is_drawn_beside_the_percentile_one_and_the_legend_says_so() -> None:
    plain, adjusted = Estimate(0.5, (0.4, 0.6)), Estimate(0.5, (0.4, 0.6), (0.25, 0.75), "few sources")
    assert [mark.shape for mark in interval_marks(plain)] == ["line"]
    assert adjusted_key([plain]) == []
    rows = [ChartRow("a", "0.5", interval_marks(adjusted))]
    made = row_chart("Title", "unit", Scale(0.0, 1.0, ()), rows, adjusted_key([plain, adjusted]))
    assert "adjusted 95% interval" in made
    # The thin line, and an end at each side.
    [whisker] = re.findall(r'<g class="whisker series-a">(.*?)</g>', made.partition("<ul")[2])
    assert re.findall(r'x1="([^"]*)" x2="([^"]*)"', whisker) == [("25%", "75%"), ("25%", "25%"), ("75%", "75%")]
