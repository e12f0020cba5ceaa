"""`report` and `score --report`: what is on the page, and that the same input gives the same bytes."""

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.release.schema import SCHEMA_V2
from spinefairbench.render.page.figure_files import figure_files
from tests.conftest import Ran, Run, Tampering
from tests.render.markup import parsed
from tests.statements import said_falsely
from tests.submissions import submission


def _report(run: Run, demo: Path, folder: Path, *options: object) -> tuple[Ran, str]:
    output = folder / "report.html"
    ran = run("report", "--artifacts", demo, "--output", output, "--format", "json", *options)
    return ran, output.read_text(encoding="utf-8") if output.exists() else ""


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
    assert said_falsely(parsed(page).text) == []


def test_the_number_of_pairs_can_be_bounded_and_every_figure_be_a_file(run: Run, demo: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    ran, page = _report(run, demo, tmp_path, "--pairs", "11", "--figures", figures)
    written = {each.name: each.read_text(encoding="utf-8") for each in figures.iterdir()}
    assert written == figure_files(page)
    assert ran.json["results"][0]["figures"] == len(written) > 12
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


def _submission_page(
    run: Run,
    demo: Path,
    folder: Path,
    texts: dict[str, tuple[str, str]],
    repeated: Sequence[dict[str, Any]] = (),
    scope: str = "toy",
) -> str:
    """What the page of a submission says; `texts` are its two reports by pair, `repeated` its list of repeated reports."""
    results = [
        {"pair_id": pair_id, "source_report": source, "counterfactual_report": edited}
        for pair_id, (source, edited) in texts.items()
    ]
    more = {"schema_version": SCHEMA_V2, "repeated_reports": list(repeated)} if repeated else {}
    (folder / "submission.json").write_text(json.dumps(submission(results, "mine", scope, **more)), encoding="utf-8")
    ran = run(
        "score", "--artifacts", demo, "--submission", folder / "submission.json", "--output", folder / "score.json",
        "--report", folder / "page.html", "--bootstrap-iterations", "200",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    said = html.unescape(re.sub("<[^>]*>", " ", (folder / "page.html").read_text(encoding="utf-8")))
    assert said_falsely(said) == []
    return said


def test_a_page_and_a_score_file_say_the_same_of_what_can_be_compared(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    texts = ("Fracture. MRI advised.", "Fracture. MRI advised.")
    said = " ".join(
        _submission_page(run, demo, tmp_path, dict.fromkeys(core_pairs, texts), scope="common-core-1000").split()
    )
    assert json.loads((tmp_path / "score.json").read_bytes())["coverage"]["comparable_to_panel_scope"] is True
    assert "Complete, of a scope with a published panel yes" in said
    assert "Comparable with the published panel no; the bundle is synthetic" in said
    # Nothing changed at all, so there is no change of which all could be excess.
    assert "changed no recommendation, on the same image or between original and edit" in said
    assert "change is excess" not in said


def test_a_submission_is_compared_with_each_model_of_the_panel(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    texts = ("Fracture. MRI advised.", "Fracture. Surgery advised.")
    said = _submission_page(run, demo, tmp_path, dict.fromkeys(core_pairs, texts))
    assert "Compared with 9 models of the bundle's panel" in said
    for model in ("gpt-5.4", "gemma-4", "radfm"):
        assert said.count(f"mine minus {model}") == 2
    assert re.search(r"Recommendation change: rank \d+ of 10", said)
    assert said.count("It is not separated from any model.") == 1
    assert re.search(r"The submission is more consistent than [^.]*(?:\.\d[^.]*)*gpt-5\.4[,. ]", said)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    [drawn] = re.findall('<svg class="wide" data-name="diagnostic-differences".*?</svg>', page)
    places = dict(re.findall(r'<text x="([\d.]+)"[^>]*font-size="11"[^>]*>([\u2212]?0\.\d)<', drawn))
    assert min(places.items(), key=lambda each: float(each[0]))[1].startswith("0."), "more consistency is to the left"
    assert 'fill="#ffffff" stroke="#0a6097"' not in drawn, "what is not separated is grey"
    lost = re.search(r"mine +(\d+) +(\d+) +(\d+)", said[said.index("Pairs lost, and why") :])
    assert lost and lost.groups() == ("0", "0", "0")


def test_an_adjusted_interval_decides_what_is_said_of_an_excess(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    # The recommendation changes in four of the eight sources, and no reports on one image differ: the percentile interval
    # of the excess lies above zero, the adjusted one includes it.
    sources = sorted({source_of(pair) for pair in core_pairs})
    assert len(sources) == 8
    changed = sources[:4]
    texts = {
        pair: ("MRI advised.", "Surgery." if source_of(pair) in changed else "MRI advised.") for pair in core_pairs
    }
    said = " ".join(_submission_page(run, demo, tmp_path, texts).split())
    assert "Recommendations: no excess is shown for mine (the interval includes zero)" in said
    assert re.search(r"\+0\.500 \[\u22120\.\d+, \+0\.\d+\] published method, percentile: \[\+0\.\d+, \+0\.\d+\]", said)
    assert "adjusted 95% interval, where the percentile one may be too short" in said
    assert re.search(
        r"changes its recommendation in 0\.\d+ of its usable pairs \(95% interval \[[^]]*\]; published method", said
    )


def test_a_submission_with_repeated_edits_shows_the_comparable_index(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    texts = dict.fromkeys(core_pairs, ("MRI advised.", "Surgery advised."))
    again = [{"pair_id": core_pairs[0], "role": "counterfactual", "reports": ["Surgery advised."]}]
    said = _submission_page(run, demo, tmp_path, texts, again)
    assert "where no two of their reports agree: recommendation 1.000 and diagnostic labels 0.000 (no interval" in said


def test_what_a_submission_refused_is_told_where_it_is_compared(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    texts = dict.fromkeys(core_pairs, ("Fracture.", "Fracture."))
    texts |= dict.fromkeys(list(texts)[:3], ("I am unable to help.", "Fracture."))
    assert "3 are full refusals of the submission" in _submission_page(run, demo, tmp_path, texts)


def test_a_submission_with_no_pair_of_the_panel_is_not_compared(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    others = sorted(passed_pairs(Bundle(demo)) - set(core_pairs))[:4]
    said = _submission_page(run, demo, tmp_path, dict.fromkeys(others, ("Fracture.", "Normal.")))
    assert "there is no pair that the submission and all of them have usable" in said
    assert "mine minus" not in said


def test_a_submission_is_scored_beside_a_panel_that_cannot_be_read(
    run: Run, demo: Path, tampering: Tampering, tmp_path: Path, core_pairs: list[str]
) -> None:
    texts = dict.fromkeys(core_pairs[:3], ("Normal spine.", "Normal spine."))
    tampering.path(layout.evaluation_results(layout.FULL_PANEL)).write_text("[{", encoding="utf-8")
    said = _submission_page(run, demo, tmp_path, texts)
    assert "its reports cannot be read" in said
    assert "evaluation_results.json" in said


def test_net_flows_are_told_by_what_the_edit_asked_for(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    edited = {pair: "Surgery advised." if "elderly" in pair else "Normal spine." for pair in core_pairs}
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


# --- what the page says is what the commands say -----------------------------------------------------------------


def _told(run: Run, demo: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run("noise-floor", "--artifacts", demo, "--format", "json").json["results"]
    return rows


def _judged(floor: dict[str, Any]) -> list[float]:
    found: list[float] = floor["ci95"] if floor["adjustment_reason"] is None else floor["adjusted_ci95"]
    return found


def test_the_heading_of_a_panel_counts_what_the_noise_floor_tells(run: Run, demo: Path, panel_page: Path) -> None:
    rows = _told(run, demo)
    # Of so few sources two percentile intervals lie above zero, and none of the adjusted ones, which decide.
    assert len(rows) == 9
    assert sum(row["recommendation"]["ci95"][0] > 0 for row in rows) == 2
    assert not any(_judged(row["recommendation"])[0] > 0 for row in rows)
    [heading] = re.findall("<h1>([^<]*)</h1>", panel_page.read_text(encoding="utf-8"))
    assert heading.startswith("Of none of nine models is it shown that advice changes more often")
    [beside] = re.findall('<p class="beside">([^<]*)</p>', panel_page.read_text(encoding="utf-8"))
    untold = [
        row["model"] for row in rows if _judged(row["recommendation"])[0] <= 0 <= _judged(row["recommendation"])[1]
    ]
    numbers = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    assert len(untold) > 3
    assert f"For {numbers[len(untold)]} models (hollow dots) it cannot be told: their intervals include zero." in beside
    assert "the count is not adjusted for nine models" in beside


def test_the_numbers_of_the_first_figure_are_those_of_the_noise_floor(run: Run, demo: Path, panel_page: Path) -> None:
    def hundred(value: float, sign: str = "") -> str:
        return f"{round(100 * value, 1) + 0.0:{sign}.1f}".replace("-", "\u2212")

    page = panel_page.read_text(encoding="utf-8")
    for endpoint, name in (("recommendation", "finding"), ("diagnostic", "diagnostic-labels")):
        drawings = [each for each in re.findall("<svg.*?</svg>", page) if f'data-name="{name}"' in each]
        assert len(drawings) == 2
        for row in _told(run, demo):
            floor = row[endpoint]
            low, high = map(hundred, _judged(floor))
            excess = hundred(floor["excess"], "+").replace("+0.0", "\u00b10.0")
            for drawn in drawings:
                assert f">{hundred(floor['F'])} \u2192 {hundred(floor['T'])}<" in drawn
                assert f">{excess} ({low} to {high})<" in drawn


def test_all_figures_and_tables_have_the_models_in_one_order(panel_page: Path) -> None:
    page = panel_page.read_text(encoding="utf-8").partition('<section id="pairs"')[0]
    models = ("gpt-5.4", "glm-4.6v", "kimi-k2.5", "qwen2.5-vl", "radfm", "gemma-4", "llama-4-scout", "claude-opus-4-6", "claude-sonnet-4-6")  # fmt: skip
    orders = set()
    # A drawing for a narrow screen may have cut a long name.
    for part in re.findall('<svg class="wide".*?</svg>|<table.*?</table>', page):
        found = list(dict.fromkeys(each for each in re.findall(">([^<]*)<", part) if each in models))
        if len(found) == len(models):
            orders.add(tuple(found))
    assert len(orders) == 1


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
    for drawn in re.findall(r"<svg.*?</svg>", endpoints):
        # Of nine models with a name, eight have a value, the stroke across an interval; another stands in the legend.
        assert len(re.findall(">radfm<", drawn)) == 1
        [_, strokes] = re.findall(r'd="([^"]*)" stroke="#0a6097" stroke-width="1.5"', drawn)
        assert strokes.count("M") == 8
    [finding] = re.findall(r'<section id="finding".*?</section>', page)
    assert "radfm" not in finding
    assert "For radfm there is nothing to compare with." in page
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
    assert page.count('<span class="muted">excluded: full refusal') == page.count('<details class="pair">')


def test_the_page_bounds_the_endpoints_of_models_of_which_pairs_are_missing(panel_page: Path) -> None:
    page = panel_page.read_text(encoding="utf-8")
    [_, table] = page.split("<caption><span>Bounds of both endpoints over all expected pairs</span></caption>")
    rows = table.partition("</table>")[0]
    assert "gemma-4" in rows
    assert "radfm" not in rows, "of radfm every pair is usable: its endpoints are what they are"
