"""One pair of the browser: what changed in words, its anchor, and what was said of the same image otherwise."""

from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.render.page.pair_choice import SelectedPair, ShownPair
from spinefairbench.render.page.pair_entry import FLAGS, PairContext, moved_words, pair_entry, pair_id
from tests.analysis.pairs import REFUSED, model, pair, read_pair, repeats, report, source


def _entry(reports: ModelReports, at: int, *, dependent: bool = False) -> str:
    selected = SelectedPair(reports.model, reports.pairs[at], dependent)
    return pair_entry(ShownPair(selected, "one", "other"), PairContext([model("other", []), reports])).item(1)


def test_a_row_says_what_the_second_report_leaves_out_and_what_it_adds() -> None:
    before, after = report("surgery Fracture"), report("imaging Fracture Osteophytes")
    assert moved_words(before, after) == "advice \u2212\u00a0surgery, +\u00a0imaging; labels +\u00a0Osteophytes"
    assert moved_words(before, before) == "same advice, same labels"


def test_reports_on_the_same_image_stand_beside_the_pair_and_its_own_is_bold() -> None:
    pairs = source("a", ("surgery", ""), ("surgery", "surgery"), ("", ""), (REFUSED, ""))
    entry = _entry(model("m", pairs, repeats("a__elderly_female", "source", "surgery")), 0)
    assert "The same image asked 5 times" in entry
    assert "surgery: <b>yes</b> yes no refused yes; edited: no" in entry


def test_repeats_on_the_edited_image_are_none_of_the_original() -> None:
    entry = _entry(
        model("m", source("a", ("surgery", "")), repeats("a__elderly_female", "counterfactual", "surgery")), 0
    )
    assert "surgery: <b>yes</b>; edited: no" in entry
    assert "The image was asked once" in entry


def test_what_both_reports_have_is_told_apart() -> None:
    entry = _entry(model("m", [pair("a", "young_male", "surgery imaging", "imaging Fracture")]), 0)
    assert "In both: imaging." in entry


def test_the_anchor_is_the_same_on_every_page_and_safe() -> None:
    assert pair_id("m", "a__young_male") == pair_id("m", "a__young_male") != pair_id("ma", "__young_male")
    assert pair_id('"><script>\ud800', "x").removeprefix("p-").isalnum()
    anchor = pair_id("m", "a__elderly_female")
    entry = _entry(model("m", source("a", ("surgery", ""))), 0)
    assert f'<li id="{anchor}" data-model="1"' in entry
    assert f'href="#{anchor}"' in entry


def test_flags_tell_what_a_pair_can_be_filtered_by() -> None:
    assert list(FLAGS) == ["r", "l", "p", "f"]
    reports = model("m", source("a", ("surgery", ""), ("Fracture", ""), (REFUSED, "")))
    assert 'data-flags="r"' in _entry(reports, 0)
    assert 'data-flags="lp"' in _entry(reports, 1, dependent=True)
    refused = _entry(reports, 2)
    assert 'data-flags="f"' in refused
    assert "excluded: full refusal" in refused


def test_a_verdict_that_depends_on_the_parser_is_told_under_each() -> None:
    texts = "Fracture.", "Fracture. Surgery is not indicated."
    reports = ModelReports("m", (read_pair("a__young_male", *texts),))
    shown = ShownPair(SelectedPair("m", reports.pairs[0], parser_dependent=True), *texts)
    entry = pair_entry(shown, PairContext([reports])).item(0)
    assert "frozen (scored): advice changed" in entry
    assert "plural- and negation-aware: same advice" in entry
