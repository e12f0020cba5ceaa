"""The heading is the finding: what it counts is what the intervals say, and what qualifies it stands beside it."""

import pytest

from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate
from spinefairbench.analysis.full_audit import AuditRequest, full_audit
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.metrics.model_reports import PairReports
from spinefairbench.problems import Problem
from spinefairbench.render.page.contents import (
    Against,
    EndpointRow,
    FloorRow,
    PageContents,
    PairBrowser,
    Verdict,
)
from spinefairbench.render.page.finding_words import Finding, finding_of
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import REFUSED, SOURCES, model, source
from tests.render.page.test_finding_rows import FLOORS, floor
from tests.statements import said_falsely

ABOVE, BELOW, EVEN = Estimate(0.3, (0.1, 0.5)), Estimate(-0.3, (-0.5, -0.1)), Estimate(0.0, (-0.1, 0.1))
EDITED = "when the apparent patient is edited than when the same image is asked about again"


def contents(
    floors: list[FloorRow],
    *,
    submission: bool = False,
    pairs: list[PairReports] = SOURCES,
    problems: int = 0,
    caveat: str | None = None,
) -> PageContents:
    """A page with these floors; `pairs` are those of its first model."""
    expected = ExpectedPairs.of([model("m", pairs)])
    audit = full_audit(AuditRequest([model("m", pairs)], expected=expected, bootstrap=Bootstrap(20)))
    change = Estimate(0.25)
    return PageContents(
        "title",
        "subtitle",
        synthetic=False,
        verdict=Verdict("", (), "signature", [Problem("f", "differs")] * problems),
        audit=audit,
        endpoints=[EndpointRow("m", 4, ByEndpoint(change, change))],
        floors=floors,
        floor_notes=(),
        pairs=PairBrowser((), 0),
        comparison_caveat=caveat,
        against=Against() if submission else None,
    )


def of_panel(*excesses: Estimate) -> Finding:
    return finding_of(contents([floor(f"m{place}", excess) for place, excess in enumerate(excesses)]))


# --- a panel -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("excesses", "headline"),
    [
        ([ABOVE, ABOVE, EVEN], f"Two of three models change their advice more often {EDITED}"),
        ([ABOVE, EVEN, BELOW], f"One of three models changes its advice more often {EDITED}"),
        ([ABOVE, ABOVE], f"All two models change their advice more often {EDITED}"),
        ([EVEN, BELOW], f"Of none of two models is it shown that advice changes more often {EDITED}"),
        ([ABOVE], f"m0 changes its advice more often {EDITED}"),
        ([EVEN], f"It is not shown that m0 changes its advice more often {EDITED}"),
        ([NO_ESTIMATE], "No image has two usable reports, so how often advice would change anyway is not known"),
        ([ABOVE] * 13 + [EVEN], f"13 of 14 models change their advice more often {EDITED}"),
    ],
)
def test_the_heading_counts_the_models_whose_interval_lies_above_zero(excesses: list[Estimate], headline: str) -> None:
    assert of_panel(*excesses).headline == headline


def test_an_adjusted_interval_decides_against_the_percentile_one() -> None:
    found = of_panel(Estimate(0.3, (0.1, 0.5), (-0.1, 0.6), "few sources"), ABOVE)
    assert found.headline.startswith("One of two models")
    assert "For m0 it cannot be told: its interval includes zero." in found.beside


def test_beside_it_stands_for_which_it_cannot_be_told_and_what_is_not_controlled() -> None:
    assert list(finding_of(contents(FLOORS)).beside) == [
        "For doubtful and even it cannot be told: their intervals include zero.",
        "below changes its advice less often with the edit.",
        "For lone no interval can be given.",
        "For unknown there is nothing to compare with.",
        "far above never varies on one image: not comparable.",
        "95% intervals, model by model; the count is not adjusted for six models.",
    ]


def test_more_than_three_models_for_which_it_cannot_be_told_are_counted_and_found_in_the_figure() -> None:
    assert "For m1, m2 and m3 it cannot be told: their intervals include zero." in of_panel(ABOVE, *[EVEN] * 3).beside
    assert (
        "For four models (hollow dots) it cannot be told: their intervals include zero." in of_panel(*[EVEN] * 4).beside
    )


def test_a_panel_model_of_which_few_pairs_are_usable_is_told_beside_the_finding() -> None:
    pairs = [
        pair for place in range(4) for pair in source(f"s{place}", ("surgery", REFUSED if place < 1 else "surgery"))
    ]
    assert finding_of(contents([floor("m", ABOVE)], pairs=pairs)).beside == [
        "Pairs usable: m (75.0%); the finding says nothing of unusable ones."
    ]


def test_disagreements_of_a_panel_come_first() -> None:
    assert finding_of(contents(FLOORS)).alarms == []
    assert finding_of(contents(FLOORS, problems=2)).alarms == [
        "2 disagreements with what is frozen: see the foot of the page"
    ]


# --- a submission --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("excess", "headline"),
    [
        (
            Estimate(0.03, (0.005, 0.05)),
            "m: of 100 pairs 28.0 change; 25.0 would anyway; 3.0 more with the edit (0.5 to 5.0)",
        ),
        (
            Estimate(-0.02, (-0.04, -0.001)),
            "m: of 100 pairs 23.0 change; 25.0 would anyway; 2.0 fewer with the edit (4.0 to 0.1 fewer)",
        ),
        (
            Estimate(0.03, (-0.01, 0.05)),
            "m: of 100 pairs 28.0 change; 25.0 would anyway; 3.0 more with the edit (1.0 fewer to 5.0 more)",
        ),
        (
            Estimate(0.03, None, None, "one source"),
            "m: of 100 pairs 28.0 change; 25.0 would anyway; 3.0 more with the edit (no interval)",
        ),
        (
            NO_ESTIMATE,
            "m: of 100 pairs 25.0 change; how many would anyway is not known, since no image has two usable reports",
        ),
    ],
)
def test_the_heading_of_a_submission_tells_what_would_change_anyway(excess: Estimate, headline: str) -> None:
    assert finding_of(contents([floor("m", excess)], submission=True)).headline == headline


def test_a_submission_whose_interval_includes_zero_is_not_told_from_noise() -> None:
    found = finding_of(contents([floor("m", EVEN, 0.0)], submission=True, caveat="Not for comparison: why."))
    assert found.beside == [
        (
            "It cannot be told whether advice changes more often with the edit: the interval includes zero, which does not "
            "show that the edit changed nothing."
        ),
        "Its reports on one image never vary: the figure is not comparable with that of models that do.",
        "Not for comparison: why.",
    ]


@pytest.mark.parametrize(("refused", "alarms"), [(1, 0), (2, 0), (3, 1), (6, 1)])
def test_with_less_than_four_fifths_of_the_pairs_usable_that_comes_first(refused: int, alarms: int) -> None:
    pairs = [
        pair
        for place in range(10)
        for pair in source(f"s{place}", ("surgery", REFUSED if place < refused else "surgery"))
    ]
    found = finding_of(contents([floor("m", ABOVE)], submission=True, pairs=pairs))
    assert len(found.alarms) == alarms
    if refused == 3:
        assert found.alarms == ["only 7 of 10 expected pairs (70.0%) are usable: the figures say nothing of the others"]


def test_no_sentence_says_what_is_false() -> None:
    for excess in (ABOVE, BELOW, EVEN, NO_ESTIMATE):
        for found in (of_panel(excess, ABOVE), finding_of(contents([floor("m", excess)], submission=True))):
            assert said_falsely(" ".join([found.headline, *found.beside])) == []
