"""The first screen: one slim line, alarms, the finding, and its figure."""

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.render.page.finding_words import finding_of
from spinefairbench.render.page.first_screen import finding_section, first_lines, shown_floors
from tests.analysis.pairs import REFUSED, source
from tests.render.markup import parsed
from tests.render.page.test_finding_rows import FLOORS, floor
from tests.render.page.test_finding_words import ABOVE, contents


def test_an_alarm_stands_before_the_heading_and_takes_the_rank_away() -> None:
    page = contents([floor("m", ABOVE)], submission=True, pairs=[])
    finding = finding_of(page)._replace(alarms=["few are usable"])
    tags = [line.partition(">")[0] for line in first_lines(page, finding)]
    assert tags == ['<p class="slim"', '<ul class="alarm plain"', "<h1"]
    assert "Few are usable." in first_lines(page, finding)[1] and "no rank" in first_lines(page, finding)[1]


def test_the_heading_is_the_finding() -> None:
    page = contents(FLOORS)
    finding = finding_of(page)
    slim, heading, beside = first_lines(page, finding)
    assert parsed(slim).text == "title \u00b7 subtitle"
    assert parsed(heading).text == f"{finding.headline}."
    assert parsed(beside).text == " ".join(finding.beside)


def test_published_models_stand_in_the_figure_only_where_they_are_a_comparison() -> None:
    floors = [floor("mine", ABOVE), floor("theirs", Estimate(0.1, (0.05, 0.2)), published=True)]
    assert len(shown_floors(contents(floors, submission=True))) == 2
    alone = contents(floors, submission=True, caveat="why")
    assert [row.model for row in shown_floors(alone)] == ["mine"]
    assert "theirs" not in finding_section(alone).content
    doubtful = contents(floors, submission=True, pairs=source("s", ("surgery", REFUSED)))
    assert [row.model for row in shown_floors(doubtful)] == ["mine"]


def test_without_a_floor_there_is_no_figure() -> None:
    made = finding_section(contents([FLOORS[2]])).content
    assert "<svg" not in made and "<table" not in made
