"""The report command and `score --report`: what is on the page, which pairs, how large, and always the same."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_texts import read_pair_texts
from spinefairbench.bundle.reports import PairReports, read_panels
from spinefairbench.bundle.scopes import known_pairs
from spinefairbench.cli import main
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.release.schema import SCHEMA_V1
from spinefairbench.render.page.charts import Scale
from spinefairbench.render.page.marked_text import LONGEST_TEXT, MOST_MARKS, marked_text
from spinefairbench.render.page.pairs import DEFAULT_BYTES, ShownPair, pair_entries, select_pairs
from spinefairbench.render.page.words import interval, listed, number, signed
from tests.conftest import Ran, Tampering

Run = Callable[..., Ran]


def _report(run: Run, demo: Path, folder: Path, *options: object) -> tuple[Ran, str]:
    output = folder / "report.html"
    ran = run("report", "--artifacts", demo, "--output", output, "--format", "json", *options)
    return ran, output.read_text(encoding="utf-8") if output.exists() else ""


@pytest.fixture(scope="module")
def panel_page(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the demo bundle's panel, as the command writes it."""
    page = tmp_path_factory.mktemp("panel") / "report.html"
    assert main(["report", "--artifacts", str(demo), "--output", str(page), "--quiet"]) == 0
    return page


# --- the commands ----------------------------------------------------------------------------------------------


def test_the_page_of_a_panel_is_written_and_measured_and_always_the_same(
    run: Run, demo: Path, panel_page: Path, tmp_path: Path
) -> None:
    ran, page = _report(run, demo, tmp_path)
    [row] = ran.json["results"]
    assert ran.status == 0
    assert row["bytes"] == len(page.encode("utf-8")) < 5_000_000
    assert row["pairs_shown"] == page.count('<details class="pair">') > 0
    assert "Synthetic data" in page
    assert "agree with the bundle&#39;s own frozen summary" in page
    assert "hidden" in re.search(r'<div class="toolbar[^>]*>', page)[0]  # type: ignore[index]
    assert page.encode("utf-8") == panel_page.read_bytes()


def test_the_number_of_pairs_can_be_bounded(run: Run, demo: Path, tmp_path: Path) -> None:
    ran, page = _report(run, demo, tmp_path, "--pairs", "11")
    assert ran.json["results"][0]["pairs_shown"] == page.count('<details class="pair">') == 11
    for bad in ("0", "-3", "many"):
        assert run("report", "--artifacts", demo, "--output", tmp_path / "x.html", "--pairs", bad).status == 2
    assert not (tmp_path / "x.html").exists()


def test_a_panel_that_does_not_agree_with_its_summary_is_shown_as_failed(
    run: Run, demo: Path, tampering: Tampering, tmp_path: Path
) -> None:
    rows = layout.evaluation_results(layout.BASELINE_PANEL)
    tampering.json(rows, lambda value: [{**row, "response": "Normal spine. MRI advised."} for row in value])
    ran, page = _report(run, demo, tmp_path)
    assert ran.status == 1
    assert '<span class="badge bad">Failed</span>' in page
    assert "the frozen summary has" in page


def test_a_bundle_that_cannot_be_read_leaves_no_page(
    run: Run, demo: Path, tampering: Tampering, tmp_path: Path
) -> None:
    tampering.path(layout.evaluation_results(layout.FULL_PANEL)).write_text("[{", encoding="utf-8")
    ran, page = _report(run, demo, tmp_path)
    assert (ran.status, page) == (2, "")
    assert "evaluation_results.json" in ran.err


def test_a_page_that_cannot_be_written_is_an_error(run: Run, demo: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = run("report", "--artifacts", demo, "--output", tmp_path / "file" / "report.html", "--pairs", "1")
    assert ran.status == 2
    assert "cannot be written" in ran.err


def test_a_scored_submission_stands_beside_the_published_models(run: Run, demo: Path, tmp_path: Path) -> None:
    submission, output, page_path = (tmp_path / name for name in ("submission.json", "score.json", "page.html"))
    submission.write_bytes((demo / layout.TOY_SUBMISSION).read_bytes())
    ran = run("score", "--artifacts", demo, "--submission", submission, "--output", output, "--report", page_path)
    assert ran.status == 0
    page = page_path.read_text(encoding="utf-8")
    score = json.loads(output.read_bytes())
    assert score["signature"] in page
    for model in ("gpt-5.4", "qwen2.5-vl", "radfm"):
        assert model in page
    assert "0.694 [0.678, 0.710]" in page  # the published interval
    assert "not for comparison" in page  # a synthetic bundle's pairs are not those of the published panel


def _submission_page(run: Run, demo: Path, folder: Path, texts: dict[str, tuple[str, str]]) -> str:
    """What the page of a submission says; `texts` are its two reports by pair."""
    results = [
        {"pair_id": pair_id, "source_report": source, "counterfactual_report": edited}
        for pair_id, (source, edited) in texts.items()
    ]
    content = {"schema_version": SCHEMA_V1, "model": {"name": "mine"}, "scope": "toy", "results": results}
    (folder / "submission.json").write_text(json.dumps(content), encoding="utf-8")
    ran = run(
        "score", "--artifacts", demo, "--submission", folder / "submission.json", "--output", folder / "score.json",
        "--report", folder / "page.html", "--bootstrap-iterations", "200",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    return html.unescape(re.sub("<[^>]*>", " ", (folder / "page.html").read_text(encoding="utf-8")))


def _core_pairs(demo: Path) -> list[str]:
    return sorted(row["pair_id"] for row in json.loads((demo / layout.panel_pairs(layout.FULL_PANEL)).read_bytes()))


def test_a_submission_is_compared_with_each_model_of_the_panel(run: Run, demo: Path, tmp_path: Path) -> None:
    texts = ("Fracture. MRI advised.", "Fracture. Surgery advised.")
    said = _submission_page(run, demo, tmp_path, dict.fromkeys(_core_pairs(demo), texts))
    assert "Compared with 9 models of the bundle's panel" in said
    for model in ("gpt-5.4", "gemma-4", "radfm"):
        assert said.count(f"mine minus {model}") == 2
    assert re.search(r"Recommendation change: rank \d+ of 10", said)
    assert said.count("It is not separated from any model.") == 1
    assert "The submission is more consistent than gpt-5.4," in said
    lost = re.search(r"mine +(\d+) +(\d+) +(\d+)", said[said.index("Pairs lost, and why") :])
    assert lost and lost.groups() == ("0", "0", "0")


def test_what_a_submission_refused_is_told_where_it_is_compared(run: Run, demo: Path, tmp_path: Path) -> None:
    texts = dict.fromkeys(_core_pairs(demo), ("Fracture.", "Fracture."))
    texts |= dict.fromkeys(list(texts)[:3], ("I am unable to help.", "Fracture."))
    assert "3 are full refusals of the submission" in _submission_page(run, demo, tmp_path, texts)


def test_a_submission_with_no_pair_of_the_panel_is_not_compared(run: Run, demo: Path, tmp_path: Path) -> None:
    others = sorted(known_pairs(Bundle(demo)) - set(_core_pairs(demo)))[:4]
    said = _submission_page(run, demo, tmp_path, dict.fromkeys(others, ("Fracture.", "Normal.")))
    assert "there is no pair that the submission and all of them have usable" in said
    assert "mine minus" not in said


def test_a_submission_is_scored_beside_a_panel_that_cannot_be_read(
    run: Run, demo: Path, tampering: Tampering, tmp_path: Path
) -> None:
    texts = dict.fromkeys(_core_pairs(demo)[:3], ("Normal spine.", "Normal spine."))
    tampering.path(layout.evaluation_results(layout.FULL_PANEL)).write_text("[{", encoding="utf-8")
    said = _submission_page(run, demo, tmp_path, texts)
    assert "its reports cannot be read" in said
    assert "evaluation_results.json" in said


def test_net_flows_are_told_by_what_the_edit_asked_for(run: Run, demo: Path, tmp_path: Path) -> None:
    edited = {pair: "Surgery advised." if "elderly" in pair else "Normal spine." for pair in _core_pairs(demo)}
    said = _submission_page(run, demo, tmp_path, {pair: ("Normal spine.", text) for pair, text in edited.items()})
    assert (
        "the net flow differs most in surgery: +1.00 where the edit asked for elderly, \u00b10.00 where it asked for young."
        in said
    )
    assert re.search(r"mine +elderly +surgery +(\d+) +\1 +0 +\+1\.000 ", said)


def test_pairs_without_a_page_are_wrong_usage(run: Run, demo: Path, tmp_path: Path) -> None:
    ran = run("score", "--artifacts", demo, "--submission", demo / layout.TOY_SUBMISSION, "--output", tmp_path / "s.json",
              "--pairs", "3")  # fmt: skip
    assert ran.status == 2
    assert "--report" in ran.err
    assert not (tmp_path / "s.json").exists()


# --- which pairs -----------------------------------------------------------------------------------------------


def _pair(pair_id: str, source: str, edited: str) -> PairReports:
    source_id, _, edit = pair_id.rpartition("__")
    return PairReports(pair_id, source_id, edit, extract_features(source), extract_features(edited))


def test_pairs_that_changed_most_come_first_and_refusals_have_room() -> None:
    same = [_pair(f"s{i:02}__young_male", "Fracture. MRI.", "Fracture. MRI.") for i in range(20)]
    half = _pair("t1__young_male", "Fracture. MRI.", "Fracture. Surgery.")
    most = _pair("t2__young_male", "Fracture. MRI.", "Osteophytes. Surgery.")
    refused = _pair("t3__young_male", "Fracture. MRI.", "I am unable to help.")
    chosen = select_pairs({"m": [*same, half, most, refused]}, 6)
    assert [item.pair.pair_id[:2] for item in chosen] == ["t2", "t1", "s0", "s0", "s0", "t3"]
    assert [item.change for item in chosen[:2]] == [2.0, 1.0]


def test_every_model_has_its_share_and_what_one_lacks_goes_to_the_next() -> None:
    few = [_pair(f"a{i}__young_male", "Fracture.", "MRI.") for i in range(2)]
    many = [_pair(f"b{i:02}__young_male", "Fracture.", "MRI.") for i in range(30)]
    chosen = select_pairs({"few": few, "many": many}, 12)
    assert sum(item.model == "few" for item in chosen) == 2
    assert len(chosen) == 12


def test_room_is_kept_for_pairs_whose_verdict_depends_on_the_parser() -> None:
    pairs = [_pair(f"a{i:02}__young_male", "Fracture.", "MRI.") for i in range(20)]
    pairs.append(_pair("z__young_male", "Fracture.", "Fracture."))
    chosen = select_pairs({"m": pairs}, 6, lambda model, pair_id: pair_id.startswith("z"))
    assert [item.pair.pair_id for item in chosen if item.parser_dependent] == ["z__young_male"]


def test_texts_are_those_that_were_scored(demo: Path) -> None:
    bundle = Bundle(demo)
    panels = read_panels(bundle)
    wanted = [(model.model, pair.pair_id) for model in panels.models for pair in model.pairs[::5]]
    texts = read_pair_texts(bundle, wanted)
    assert set(texts) == set(wanted)
    features = {(model.model, pair.pair_id): pair for model in panels.models for pair in model.pairs}
    for key, (source, counterfactual) in texts.items():
        assert extract_features(source) == features[key].source
        assert extract_features(counterfactual) == features[key].counterfactual


def test_change_counts_both_endpoints_alike() -> None:
    pair = _pair("t__young_male", "Fracture. MRI.", "Fracture. Osteophytes. MRI. Surgery.")
    [item] = select_pairs({"m": [pair]}, 1)
    assert item.change == 1.0
    assert item.labels_changed


# --- marks -----------------------------------------------------------------------------------------------------


def _text_of(markup: str) -> str:
    return re.sub(r"<[^>]*>", "", markup.split("</div>")[0])


def _mention(start: int, end: int, category: str = "Fracture") -> Mention:
    return Mention("diagnostic", category, "x", start, end, "affirmed", False, None)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12))
def test_marks_that_nest_or_cross_leave_the_text_whole_and_cover_their_spans(spans: list[tuple[int, int]]) -> None:
    text = "".join(chr(0x61 + index % 26) for index in range(60))
    mentions = sorted((_mention(start, start + length) for start, length in spans), key=lambda item: item.start)
    markup = marked_text(text, mentions, (), "lost").split("</div>")[0]
    assert _text_of(markup) == text
    depth = place = 0
    covered: set[int] = set()
    for tag, characters in re.findall(r"(<[^>]*>)|([^<]+)", markup):
        if tag.startswith("<mark"):
            depth += 1
        elif tag == "</mark>":
            depth -= 1
        elif characters:
            covered |= set(range(place, place + len(characters))) if depth else set()
            place += len(characters)
        assert depth >= 0
    assert depth == 0
    assert covered == {at for item in mentions for at in range(item.start, item.end)}


def test_a_mark_says_how_it_is_read_and_whether_its_category_moved() -> None:
    text = "No fracture. Osteophytes are seen. MRI is advised."
    markup = marked_text(text, read_mentions(text), {"Fracture"}, "lost")
    assert 'class="ne lost" title="Fracture: negated (no)">fracture</mark>' in markup
    assert 'class="af" title="Osteophytes: affirmed">Osteophytes</mark>' in markup
    assert 'class="re" title="imaging: recommended' in markup


def test_a_text_without_end_is_cut_and_says_so() -> None:
    text = "No fracture. " * 10_000
    markup = marked_text(text, read_mentions(text), (), "lost")
    assert len(_text_of(markup)) == LONGEST_TEXT
    assert markup.count("<mark") == MOST_MARKS
    assert f"{len(text) - LONGEST_TEXT:,} of {len(text):,} characters are not shown" in markup
    assert "mentions are marked" in markup


# --- numbers ---------------------------------------------------------------------------------------------------


def test_numbers_in_words() -> None:
    assert number(0.6938469) == "0.694"
    assert number(-0.0001) == "0.000"
    assert number(None) == "\u2013"
    assert signed(-0.25, 2) == "\u22120.25"
    assert signed(0.0001) == "\u00b10.000"
    assert interval((0.1, 0.25)) == "[0.100, 0.250]"
    assert listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(("value", "place"), [(-1.0, "0%"), (0.0, "0%"), (0.25, "25%"), (1.0, "100%"), (7.0, "100%")])
def test_a_mark_never_leaves_its_strip(value: float, place: str) -> None:
    assert Scale(0.0, 1.0, ()).at(value) == place


# --- the edges -------------------------------------------------------------------------------------------------


def test_a_model_without_a_usable_pair_has_no_marks_and_breaks_nothing(
    run: Run, demo: Path, tampering: Tampering, tmp_path: Path
) -> None:
    for panel in layout.MAIN_PANELS:
        tampering.json(
            layout.evaluation_results(panel),
            lambda rows: [
                {**row, "response": "I am unable to help."} if row["model"] == "radfm" else row for row in rows
            ],
        )
    ran, page = _report(run, demo, tmp_path)
    assert ran.status == 1
    endpoints = page[page.index('<section id="endpoints"') : page.index('<section id="noise-floor"')]
    [row] = set(re.findall(r'<li class="chart-row"><span class="chart-label">radfm</span>.*?</li>', endpoints))
    assert "circle" not in row and 'class="line' not in row
    assert '<section id="comparison"' not in page  # nothing is common to all models
    assert '<section id="pairs"' in page


def test_a_panel_of_refusals_alone_still_is_a_page(run: Run, demo: Path, tampering: Tampering, tmp_path: Path) -> None:
    for panel in layout.MAIN_PANELS:
        tampering.json(
            layout.evaluation_results(panel), lambda rows: [{**row, "response": "I am unable to help."} for row in rows]
        )
    ran, page = _report(run, demo, tmp_path)
    assert ran.status == 1
    assert "No model has a usable pair" in page
    assert page.count('<span class="badge bad">excluded: full refusal') == page.count('<details class="pair">')


def test_the_page_stays_below_its_limit_however_long_the_reports() -> None:
    text = "There is no fracture. MRI is advised. " * 150
    pair = _pair("s__young_male", text, text + "Osteophytes.")
    [selected] = select_pairs({"m": [pair]}, 1)
    entries, left_out = pair_entries([ShownPair(selected, text, text)] * 300, ["m"], DEFAULT_BYTES)
    assert sum(len(entry.encode("utf-8")) for entry in entries) <= DEFAULT_BYTES
    assert len(entries) + left_out == 300
    assert left_out > 0
    assert pair_entries([ShownPair(selected, text, text)] * 3, ["m"], None)[1] == 0
