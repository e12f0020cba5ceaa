"""Charts: every mark stays on its strip, at the place of its value, and no interval hides under its value."""

import re

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import RECOMMENDATION_CHANGE
from spinefairbench.render.page.axes import Scale
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, rank_chart, row_chart
from spinefairbench.render.page.drawing import USABLE, VALUE
from spinefairbench.render.page.marks import band, dot, estimate, interval_marks, square
from spinefairbench.statistics.ranks import RankSet

SCALE = Scale(-1.0, 1.0, (-1.0, 0.0, 1.0), origin=0.0)


def wide(made: str) -> str:
    """The drawing for a wide screen, whose strips begin at 150 and are 270 wide."""
    [drawn] = re.findall(r'<svg class="wide".*?</svg>', made)
    return str(drawn)


def test_a_chart_is_drawn_for_wide_and_for_narrow_screens_with_the_same_texts() -> None:
    rows = [ChartRow("a <b>", "0.5", estimate(0.5, (0.0, 1.0)))]
    made = row_chart("name", "Title", "unit", SCALE, rows, [Key("a key", [dot(0.5, hollow=True)])])
    texts = [set(re.findall(r"<text[^>]*>([^<]*)<", drawn)) for drawn in re.findall(r"<svg.*?</svg>", made)]
    assert texts[0] == texts[1] == {"Title", "a key", "a &lt;b&gt;", "0.5", "\u22121.0", "0.0", "1.0", "unit"}
    assert made.count('data-name="name"') == 2


def test_marks_stand_at_their_values() -> None:
    rows = [ChartRow("a", "", [*estimate(0.5, (0.0, 1.0)), square(-1.0), band(-1.0, 0.0, USABLE), dot(0.5)])]
    made = wide(row_chart("name", "Title", "unit", SCALE, rows))
    # Half is three quarters along the strip: 150 + 0.75 * 270 = 352.5.
    assert f'<circle cx="352.5" cy="35" r="2.8" fill="{VALUE}">' in made
    assert f'd="M285 35H420" stroke="{VALUE}" stroke-width="4"' in made, "the interval"
    assert f'd="M352.5 28.5L352.5 41.5" stroke="{VALUE}" stroke-width="1.5"' in made, "the value across it"
    assert f'<rect x="147.2" y="32.2" width="5.6" height="5.6" fill="{VALUE}">' in made
    assert f'<rect x="150" y="28.4" width="133.5" height="13.2" fill="{USABLE}">' in made


def test_a_value_does_not_hide_an_interval_as_narrow_as_those_of_the_release() -> None:
    # A narrow interval of 1,000 sources is 0.012 wide; the stroke of the value is 1.5 pixels wide.
    drawn = wide(
        row_chart("n", "T", "u", Scale(0.0, 1.0, (0.0, 1.0)), [ChartRow("a", "", estimate(0.5, (0.494, 0.506)))])
    )
    [(low, high)] = re.findall(r'd="M([\d.]+) \S+H([\d.]+)" stroke="#0a6097" stroke-width="4"', drawn)
    assert float(high) - float(low) > 2 * 1.5


def test_the_line_of_no_change_stands_out_and_grid_lines_are_ticks() -> None:
    made = wide(row_chart("n", "T", "u", SCALE, [ChartRow("a", "", [])]))
    assert re.search(r'<path d="M285 24L285 46" stroke="#55606b" stroke-width="2">', made)
    assert 'd="M150 24L150 46M420 24L420 46" stroke="#d3d9e0"' in made


def test_an_adjusted_interval_is_drawn_beside_the_percentile_one_and_the_legend_says_so() -> None:
    plain, adjusted = Estimate(0.5, (0.4, 0.6)), Estimate(0.5, (0.4, 0.6), (0.2, 0.8), "few sources")
    assert adjusted_key([plain]) == []
    rows = [ChartRow("a", "0.5", interval_marks(adjusted))]
    made = wide(row_chart("n", "Title", "unit", Scale(0.0, 1.0, ()), rows, adjusted_key([plain, adjusted])))
    assert "adjusted 95% interval" in made
    # The thin line, and an end at each side; before them stand those of the legend.
    thin = re.findall(r'd="([^"]*)" stroke="#0a6097" stroke-width="1"', made)
    assert re.findall(r"M([\d.]+) ", thin[1]) == ["204", "204", "366"]


def test_models_of_which_the_first_rank_is_possible_are_set_apart() -> None:
    ranked = [("first", RankSet(0.1, 1, 1, 2)), ("last", RankSet(0.5, 3, 3, 3))]
    made = wide(rank_chart(RECOMMENDATION_CHANGE, ranked))
    assert re.findall(r'font-weight="700">([^<]*)<', made) == ["Recommendation change", "first", "rank 1 (1 to 2)"]
    assert made.index(">first<") < made.index(">last<")


def test_many_ranks_have_round_ticks() -> None:
    made = wide(rank_chart(RECOMMENDATION_CHANGE, [(f"m{n}", RankSet(0.1, n, n, n)) for n in range(1, 22)]))
    assert re.findall(r">(\d+)<", made) == ["1", "5", "10", "15", "20"]


def test_a_long_name_has_a_line_of_its_own_on_a_narrow_screen_and_room_on_a_wide_one() -> None:
    name = "a-model-with-a-rather-long-name 2026"
    made = row_chart("n", "T", "u", SCALE, [ChartRow(name, "0.351 [0.268, 0.441]", [])])
    assert made.count(f">{name}<") == 2
    [narrow] = re.findall(r'<svg class="narrow".*?</svg>', made)
    [below] = re.findall(r'<text x="343" y="([\d.]+)"[^>]*>0\.351', narrow)
    [above] = re.findall(rf'<text x="0" y="([\d.]+)"[^>]*>{name}', narrow)
    assert float(below) > float(above) + 12
