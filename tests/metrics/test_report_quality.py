"""What a model's reports come to as a whole: shares, thresholds and sentences, on counts worked out by hand."""

from dataclasses import replace

import pytest

from spinefairbench.bundle.published import published
from spinefairbench.metrics.model_reports import ModelReports, PairReports, RepeatedReports
from spinefairbench.metrics.readability import read_report
from spinefairbench.metrics.report_quality import (
    MOST_UNREADABLE,
    USABLE_TO_RANK,
    ReportQuality,
    TextCounts,
    same_text,
)

GOOD = "Fracture of L1, film {}. MRI."


def pair(source: str, edit: str, on_source: str, on_edited: str) -> PairReports:
    one, other = read_report(on_source), read_report(on_edited)
    return PairReports(f"{source}__{edit}", source, edit, one.features, other.features, one.marks, other.marks)


def texts(model: ModelReports) -> TextCounts:
    assert model.quality.texts is not None
    return model.quality.texts


MODEL = ModelReports(
    "m",
    (
        pair("a", "young_female", GOOD, "Error 500. Fracture."),
        pair("a", "young_male", GOOD, "<think>Fracture.</think>"),
        pair("b", "young_female", GOOD, "Nothing to say."),
        pair("b", "young_male", "Fracture of L1.", "I am unable to help."),
        pair("c", "young_male", "I\u2019m unable to see an x-ray.", "Normal."),
    ),
)


def test_each_count_is_of_the_reports_that_are_no_full_refusals() -> None:
    quality = MODEL.quality
    assert (quality.reports, quality.pairs, quality.usable_pairs, quality.without_label_or_recommendation) == (
        9,
        5,
        4,
        1,
    )
    assert texts(MODEL) == TextCounts(
        unreadable=4,
        without_term_or_cue=1,
        with_reasoning_tags=1,
        with_error_text=1,
        in_another_language=0,
        unrecognized_refusals=1,
        possibly_truncated=0,
        most_common_text=3,  # two of a, one of b
        sources_with_identical_repeats=1,  # a; those of b differ, c has one report
    )
    assert quality.sources_with_repeats == 2


def test_a_text_that_recurs_within_one_source_only_is_not_counted_as_common() -> None:
    assert texts(ModelReports("m", MODEL.pairs[:2])).most_common_text == 0


def test_repeated_reports_count_too() -> None:
    read = read_report("Error 500. Fracture.")
    entry = RepeatedReports("c__young_male", "c", "source", (read.features, read.features), (read.marks, read.marks))
    model = ModelReports("m", MODEL.pairs, (entry,))
    assert (model.quality.reports, model.quality.sources_with_repeats, texts(model).with_error_text) == (11, 3, 3)
    assert texts(model).sources_with_identical_repeats == 1


def test_without_texts_only_what_was_parsed_is_known() -> None:
    bare = ModelReports("m", tuple(replace(each, source_marks=None, counterfactual_marks=None) for each in MODEL.pairs))
    assert bare.quality == replace(MODEL.quality, texts=None)
    assert bare.quality.readable is None
    assert bare.quality.to_json()["unreadable"] is None
    assert bare.quality.to_json()["readable"] is bare.quality.readable
    assert bare.quality.to_json()["doubts"] == list(bare.quality.doubts)
    stated = replace(bare, stated_texts=texts(MODEL))
    assert stated.quality == MODEL.quality
    assert stated.only(["a__young_male"]).quality.texts is None
    assert not same_text([None, None])


NOTHING = TextCounts(0, 0, 0, 0, 0, 0, 0, 0, 0)
ORDINARY = ReportQuality(1000, 500, 500, 0, 100, NOTHING)


def doubting(reports: int = 1000, usable: int = 500, silent: int = 0, **counts: int) -> ReportQuality:
    return replace(
        ORDINARY,
        reports=reports,
        usable_pairs=usable,
        without_label_or_recommendation=silent,
        texts=replace(NOTHING, **counts),
    )


def test_ordinary_reports_leave_no_doubt() -> None:
    assert (ORDINARY.readable, ORDINARY.doubts) == (True, ())
    assert ReportQuality(0, 0, 0, 0, 0, NOTHING).doubts == ()


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("without_term_or_cue", 50),
        ("in_another_language", 50),
        ("possibly_truncated", 50),
        ("with_reasoning_tags", 0),
        ("with_error_text", 0),
        ("unrecognized_refusals", 0),
        ("most_common_text", 200),
    ],
)
def test_there_is_a_doubt_from_a_share_on(field: str, most: int) -> None:
    assert doubting(**{field: most}).doubts == ()
    [doubt] = doubting(**{field: most + 1}).doubts
    assert doubt.startswith(f"{most + 1:,} of 1,000 reports (")


def test_silent_reports_are_told_apart_from_those_without_any_cue() -> None:
    assert doubting(silent=50).doubts == ()
    assert doubting(silent=51).doubts == (
        "51 of 1,000 reports (5%) have neither a diagnostic label nor a recommendation",
    )
    [doubt] = doubting(silent=60, without_term_or_cue=60).doubts
    assert "no term and no refusal cue" in doubt


@pytest.mark.parametrize(
    ("unreadable", "usable", "readable"), [(200, 500, True), (201, 500, False), (0, 250, True), (0, 249, False)]
)
def test_beyond_the_limits_a_score_is_not_ranked(unreadable: int, usable: int, readable: bool) -> None:
    quality = doubting(usable=usable, unreadable=unreadable)
    assert quality.readable is readable
    assert bool(quality.not_readable_because) is not readable
    assert set(quality.not_readable_because) <= set(quality.doubts)


def test_no_published_model_is_beyond_the_limits() -> None:
    rows = published("table2").values()
    assert all(
        row["usable_pairs"] >= USABLE_TO_RANK * (row["usable_pairs"] + row["full_refusal_pairs"]) for row in rows
    )
    assert published("both_empty_diagnostic")["rate"] < MOST_UNREADABLE / 10


def test_few_usable_pairs_are_a_doubt_first() -> None:
    assert doubting(usable=400).doubts == ()
    assert doubting(usable=399).doubts == (
        "only 399 of 500 pairs (80%) are usable: the results say nothing of the others",
    )


def test_one_of_many_is_said_in_the_singular() -> None:
    assert doubting(with_error_text=1).doubts[0].startswith("1 of 1,000 reports (under 1%) looks like an error")
    # Half a percent would be rounded to none.
    assert doubting(with_error_text=5).doubts[0].startswith("5 of 1,000 reports (under 1%) look like an error")
    assert doubting(with_error_text=6).doubts[0].startswith("6 of 1,000 reports (1%) look like an error")


@pytest.mark.parametrize(
    ("counts", "agrees"),
    [
        ({"unreadable": 30, "with_error_text": 20, "with_reasoning_tags": 10}, True),
        ({"unreadable": 20, "with_error_text": 20, "with_reasoning_tags": 10}, True),
        ({"unreadable": 31, "with_error_text": 20, "with_reasoning_tags": 10}, False),
        ({"unreadable": 19, "with_error_text": 20, "with_reasoning_tags": 10}, False),
        ({"most_common_text": 1001}, False),
        ({"unreadable": 6, "without_term_or_cue": 6}, False),
        ({"sources_with_identical_repeats": 101}, False),
    ],
)
def test_counts_that_cannot_be_of_these_reports_do_not_agree(counts: dict[str, int], agrees: bool) -> None:
    quality = replace(ORDINARY, without_label_or_recommendation=5)
    assert replace(NOTHING, **counts).agrees_with(quality) is agrees
