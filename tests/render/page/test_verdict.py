"""The foot of a page: problems are counted and not all listed, and the signature is there to be cited."""

from spinefairbench.render.page.verdict import verdict_section
from tests.render.markup import parsed
from tests.render.page.test_finding_rows import floor
from tests.render.page.test_finding_words import ABOVE, contents


def test_a_panel_passes_or_fails_and_a_submission_is_scored() -> None:
    for made, words in (
        (contents([floor("m", ABOVE)]), "Passed"),
        (contents([floor("m", ABOVE)], problems=1), "Failed"),
        (contents([floor("m", ABOVE)], submission=True), "Scored"),
    ):
        assert f">{words}</span>" in verdict_section(made).content


def test_of_many_problems_the_first_fifty_are_listed() -> None:
    said = parsed(verdict_section(contents([floor("m", ABOVE)], problems=60)).content).text
    assert "Problems (60)" in said
    assert said.count("differs") == 50
    assert "and 10 more; the command line lists them all" in said


def test_the_signature_and_the_entry_can_be_copied() -> None:
    made = verdict_section(contents([floor("m", ABOVE)])).content
    assert '<code data-copy="signature">signature</code>' in made
    assert '<code data-copy="citation">@misc{spinefairbench-' in made
