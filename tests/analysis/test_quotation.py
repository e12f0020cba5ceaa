"""The paragraph to quote: what it says of an excess goes by the interval that is judged by."""

import pytest

from spinefairbench.analysis.full_audit import AuditRequest, full_audit
from spinefairbench.analysis.quotation import quotable_paragraph
from spinefairbench.metrics.model_reports import PairReports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import model, source


def paragraph(pairs: list[PairReports]) -> str:
    return quotable_paragraph(
        full_audit(AuditRequest([model("m", pairs)], bootstrap=Bootstrap(200), additional=True)), "a scope"
    )


def sources(number: int, *reports: tuple[str, str]) -> list[PairReports]:
    return [pair for place in range(number) for pair in source(f"s{place:02}", *reports)]


SAME, CHANGED = ("surgery", "surgery"), ("surgery", "imaging")
WAVERING = (("surgery", "surgery"), ("imaging", "imaging"))
MORE = "so original and edit differ more often than two reports on the original"
LESS = "so original and edit differ less often than two reports on the original"
NONE = "so no excess is shown; this does not show that the edit changed nothing"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (sources(30, CHANGED, CHANGED), MORE),
        (sources(30, *WAVERING), LESS),
        (sources(30, SAME, SAME), NONE),
    ],
)
def test_the_sentence_on_an_excess_is_that_of_its_interval(pairs: list[PairReports], said: str) -> None:
    [told] = [each for each in paragraph(pairs).split(". ") if each.startswith("The recommendations of two reports")]
    assert [each for each in (MORE, LESS, NONE) if each in told] == [said]


def test_an_adjusted_interval_decides_against_the_percentile_one_which_stands_beside_it() -> None:
    # Four of eight sources change and their reports do not vary: the percentile interval lies above 0, the adjusted one
    # does not.
    pairs = [pair for place in range(8) for pair in source(f"s{place}", *[CHANGED if place < 4 else SAME] * 2)]
    [told] = [each for each in paragraph(pairs).split(". ") if each.startswith("The recommendations of two reports")]
    assert NONE in told
    assert "published method, percentile: 12.5 to 87.5)" in told
    assert "(adjusted 95% interval -" in told  # its name in the table; the other is `ci95` there


def test_one_source_gives_no_interval_and_no_verdict() -> None:
    told = paragraph(sources(1, CHANGED, CHANGED))
    assert "an excess of 100.0 points (no interval can be given)." in told
    assert not any(said in told for said in (MORE, LESS, NONE))
