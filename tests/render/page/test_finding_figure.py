"""The first figure: lengths and places are the numbers, and what is not told from noise is hollow and grey."""

import re

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, RECOMMENDATION_CHANGE
from spinefairbench.render.page.drawing import ANYWAY, MUTED, PAPER, VALUE
from spinefairbench.render.page.finding_figure import finding_figure
from spinefairbench.render.page.finding_rows import FindingRow, by_what_is_told, finding_rows
from tests.render.page.test_finding_rows import FLOORS


def wide(rows: list[FindingRow]) -> str:
    [drawn] = re.findall(
        r'<svg class="wide".*?</svg>', finding_figure(rows, RECOMMENDATION_CHANGE, "finding", first=True)
    )
    return str(drawn)


def row(excess: Estimate, repeated: float = 0.2, model: str = "m") -> FindingRow:
    return FindingRow(model, repeated + (excess.value or 0.0), repeated, excess, varies=True)


def test_bars_are_as_long_as_the_shares() -> None:
    drawn = wide([row(Estimate(0.3, (0.2, 0.4)))])
    # The left side is 232 wide from 150 and ends at 50 of 100: 20 of it are 92.8, 30 more are 139.2.
    [anyway] = re.findall(rf'<rect x="150" y="64" width="([\d.]+)" height="17" fill="{ANYWAY}">', drawn)
    [more] = re.findall(rf'<rect x="243.55" y="64" width="([\d.]+)" height="17" fill="{VALUE}">', drawn)
    assert (float(anyway), float(more)) == (92.8, 138.45)
    # The right side is 268 wide from 522 and ends at 40.
    assert f'<line x1="656" y1="72.5" x2="790" y2="72.5" stroke="{VALUE}" stroke-width="3">' in drawn
    assert f'<circle cx="723" cy="72.5" r="2.8" fill="{VALUE}">' in drawn
    assert ">20.0 \u2192 50.0<" in drawn
    assert ">+30.0 (20.0 to 40.0)<" in drawn


def test_what_cannot_be_told_is_hollow_and_grey() -> None:
    drawn = wide([row(Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources"))])
    assert f'<circle cx="675.14" cy="72.5" r="2.8" fill="{PAPER}" stroke="{MUTED}"' in drawn
    assert drawn.count(f'fill="{VALUE}"') == 1, "the legend alone"
    assert "no telling: the interval includes zero" in drawn
    assert ">+30.0 (\u221210.0 to 60.0)<" in drawn, "by the adjusted interval"
    # That one is a thin line with ends, outside the percentile one.
    assert re.search(rf'd="M\S+ 67.5L\S+ 77.5M\S+ 67.5L\S+ 77.5M\S+ 72.5H\S+" stroke="{MUTED}" stroke-width="1"', drawn)


def test_a_rule_parts_what_is_told_from_what_is_not() -> None:
    rows = by_what_is_told(finding_rows(FLOORS))
    assert wide(rows).count("stroke-dasharray") == len({each.told for each in rows}) - 1
    assert wide(rows[:2]).count("stroke-dasharray") == 0
    later = finding_figure(rows, RECOMMENDATION_CHANGE, "later")
    assert "stroke-dasharray" not in later and "told from noise" not in later


def test_less_with_the_edit_is_an_outline_within_what_changes_anyway() -> None:
    drawn = wide([row(Estimate(-0.1, (-0.2, -0.05)))])
    assert "told from noise: less with the edit" in drawn
    assert re.search(rf'fill="{PAPER}" stroke="{VALUE}"', drawn)
    assert ">\u221210.0 (\u221220.0 to \u22125.0)<" in drawn


def test_a_model_that_never_varies_is_marked() -> None:
    fixed = row(Estimate(0.3, (0.2, 0.4)), 0.0)._replace(varies=False)
    made = finding_figure([fixed], RECOMMENDATION_CHANGE, "finding")
    assert made.count("comparable<") == 2


def test_both_screens_and_a_screen_reader_are_told_the_same_numbers() -> None:
    made = finding_figure(finding_rows(FLOORS), DIAGNOSTIC_CONSISTENCY, "labels")
    drawings = re.findall(r"<svg.*?</svg>", made)
    numbers = [set(re.findall(r"<text[^>]*>([^<]*\d \([^<]*)<", drawn)) for drawn in drawings]
    assert numbers[0] == numbers[1] and len(numbers[0]) == 6
    for drawn in drawings:
        says = re.findall(r'aria-label="([^"]*)"', drawn)[0]
        assert all(each in says for each in numbers[0])
        assert "far above 25.0, of which 0.0 anyway, excess +25.0 (20.0 to 30.0)" in says
