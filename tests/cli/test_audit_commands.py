"""The audit commands as a user runs them, repeated reports in submissions, and score files read back."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.cli.commands import COMMANDS
from spinefairbench.cli.options import BOOTSTRAP
from spinefairbench.errors import SubmissionError
from spinefairbench.release.schema import SCHEMA_V2
from spinefairbench.release.score_file import read_score
from spinefairbench.release.signature import comparison_problems, signature_parts
from spinefairbench.render.formats import FORMATS
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.cli.conftest import FEW, Scored
from tests.conftest import Run, Tampering
from tests.submissions import panel_submission

NAN = ("NaN", "Infinity")


@pytest.fixture(scope="module")
def submission(demo: Path) -> dict[str, Any]:
    """The reports of one simulated model as a submission."""
    return panel_submission(demo, "submitted")


def with_repeats(submission: dict[str, Any], *entries: dict[str, Any]) -> dict[str, Any]:
    return {**submission, "schema_version": SCHEMA_V2, "repeated_reports": list(entries)}


# --- the commands ----------------------------------------------------------------------------------------------

COMMAND_LINES = {
    "noise-floor": (*FEW,),
    "transitions": (*FEW, "--model", "radfm"),
    "secondary": (*FEW, "--model", "radfm"),
    "disparity": (*FEW, "--model", "radfm"),
    "breakdown": (*FEW, "--by", "sex", "--jobs", "1"),
    "refusals": (*FEW, "--model", "gemma-4"),
    "compare": (*FEW, "gpt-5.4", "radfm", "--margin", "0.2"),
    "power": ("gpt-5.4",),
    "parser-audit": (*FEW, "--model", "gemma-4", "--jobs", "1"),
    "audit": (*FEW, "kimi-k2.5", "--jobs", "1"),
}


def test_every_audit_command_is_tried_here() -> None:
    resampling = {command.name for command in COMMANDS if all(option in command.options for option in BOOTSTRAP)}
    assert resampling | {"power"} == set(COMMAND_LINES)


@pytest.mark.parametrize("command", COMMAND_LINES)
@pytest.mark.parametrize("output_format", FORMATS)
def test_every_command_answers_in_every_format(run: Run, demo: Path, command: str, output_format: str) -> None:
    ran = run(command, *COMMAND_LINES[command], "--artifacts", demo, "--format", output_format)
    assert ran.status == 0, ran.err
    assert not any(word in ran.out for word in NAN)
    if output_format == "json":
        assert ran.json["bundle"] == "demo" and ran.json["results"]


def test_the_rows_of_the_noise_floor_and_the_transitions(run: Run, demo: Path) -> None:
    floor = run("noise-floor", *FEW, "--artifacts", demo, "--format", "json").json["results"][0]
    assert list(floor)[:4] == [
        "model", "n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports",
    ]  # fmt: skip
    for endpoint in ("recommendation", "diagnostic"):
        assert list(floor[endpoint])[:5] == ["T", "F", "excess", "normalized_excess", "ci95"]
    answer = run("transitions", *FEW, "--artifacts", demo, "--format", "json").json
    assert list(answer["results"][0]) == [
        "model", "usable_pairs", "category", "addition_events", "addition_opportunities", "removal_events",
        "removal_opportunities",
    ]  # fmt: skip
    assert list(answer["summary"]["switches"][0]) == [
        "model", "source_category", "target_category", "events", "opportunities",
    ]  # fmt: skip


def test_disparity_rows_have_the_promised_fields(run: Run, demo: Path) -> None:
    answer = run("disparity", *FEW, "--artifacts", demo, "--format", "json", "--model", "radfm").json
    assert list(answer["results"][0]) == [
        "model", "kind", "category", "contrast", "n_sources", "estimate", "ci95", "simultaneous_ci95", "p_value",
        "p_adjusted", "no_interval_reason",
    ]  # fmt: skip
    kinds = [row["kind"] for row in answer["results"]]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "recommendation": 21, "diagnostic": 39, "severity_language": 3, "confidence": 3,
    }  # fmt: skip
    assert len(answer["summary"]["readings"]) == 60
    shown = run("disparity", *FEW, "--artifacts", demo, "--model", "radfm").out
    assert "46 more rows, none with a smaller p_adjusted, not shown; --format json has all" in shown


def test_the_mentions_of_a_file_are_rows(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "report.txt"
    text.write_text("No fracture. Consider MRI.", encoding="utf-8")
    rows = run("parser-audit", "--text", text, "--format", "json").json["results"]
    assert [list(row)[:6] for row in rows] == [["kind", "category", "term", "start", "end", "reading"]] * 2
    assert [row["reading"] for row in rows] == ["negated", "recommended"]


def test_an_audit_closes_with_a_paragraph_to_quote(run: Run, demo: Path) -> None:
    ran = run("audit", *FEW, "radfm", "--artifacts", demo, "--alone", "--jobs", "1")
    words = " ".join(ran.out.split())
    for said in (
        "radfm was measured on",
        "95% interval",
        "already differed in 0.0%",
        "These figures do not show",
        "one report was pasted",
        "synthetic demo data",
    ):
        assert said in words
    assert ran.out.rstrip().endswith("audit: OK (DEMO bundle)")


def test_an_audit_says_what_its_intervals_are_for_where_pairs_are_refused(run: Run, demo: Path) -> None:
    ran = run("audit", *FEW, "gemma-4", "--artifacts", demo, "--alone", "--jobs", "1")
    words = " ".join(ran.out.split())
    assert "note: gemma-4: endpoints and their intervals are for the" in words
    assert "These figures are for the pairs whose reports can be used; over all" in words


def test_an_audit_of_a_score_file_needs_no_bundle(
    run: Run, submission: dict[str, Any], scored: Scored, tmp_path: Path
) -> None:
    path, _ = scored(submission)
    ran = run("audit", *FEW, path, "--artifacts", tmp_path / "nowhere", "--format", "json", "--jobs", "1")
    assert ran.status == 0
    assert ran.json["summary"]["paragraph"].startswith("submitted was measured on")
    assert any("no bundle was used" in note for note in ran.json["notes"])
    assert any("a score file holds no texts" in note for note in ran.json["notes"])


def test_the_figures_of_an_audit_are_those_of_the_single_commands(run: Run, demo: Path) -> None:
    options = (*FEW, "--artifacts", demo, "--format", "json", "--jobs", "1")
    summary = run("audit", "gpt-5.4", *options).json["summary"]
    model = ("--model", "gpt-5.4")
    [floor] = run("noise-floor", *model, *options).json["results"]
    assert {key: value for key, value in summary["noise_floor"].items() if key != "energy"} == floor
    assert summary["switches"] == run("transitions", *model, *options).json["summary"]["switches"]
    assert summary["flows"] == run("transitions", *model, *options).json["summary"]["flows"]
    refused = run("refusals", *model, *options).json
    assert summary["refusals"] == {**refused["results"][0], **refused["summary"]}
    by_sex = run("breakdown", "--by", "sex", *model, *options).json
    assert [row for row in summary["breakdown"] if row["by"] == "sex"] == by_sex["results"]
    assert [row for row in summary["contrasts"] if row["by"] == "sex"] == by_sex["summary"]["contrasts"]
    assert summary["parser_audit"] == run("parser-audit", *model, *options).json["results"]
    compared = run("compare", *options).json["summary"]["differences"]
    expected = {(row["endpoint"], row["b"]): row["difference"] for row in compared if row["a"] == "gpt-5.4"}
    assert {(row["endpoint"], row["b"]): row["difference"] for row in summary["differences"]} == pytest.approx(expected)


# --- bad input -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("noise-floor", "--model", "nobody"), "unknown model 'nobody'"),
        (("compare", "gpt-5.4"), "at least two"),
        (("compare", "gpt-5.4", "gpt-5.4"), "gpt-5.4: named twice"),
        (("compare", *map(str, range(61))), "61 models or score files; at most 60 are compared, each two of them"),
        (("power", *map(str, range(61))), "61 models or score files; at most 60 are compared, each two of them"),
        (("compare", "gpt-5.4", "nobody"), "neither a model of the panel"),
        (("compare", "gpt-5.4", "missing.json"), "no such file"),
        (("compare", "gpt-5.4", "radfm", "--margin", "0"), "expected a number above 0"),
        (("power", "--effect", "nan"), "expected a number above 0"),
        (("parser-audit", "--text", "missing.txt"), "missing.txt: no such file"),
        (("parser-audit", "--text", "missing.txt", "--model", "radfm"), "give one of them"),
        (("audit", "nobody"), "unknown model 'nobody'"),
        (("breakdown",), "--by"),
    ],
)
def test_wrong_use_is_a_sentence(run: Run, demo: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments, "--artifacts", demo, "--format", "json")
    assert ran.status == 2
    assert said in ran.err
    assert ran.json["status"] == "error"


def test_a_text_that_is_not_utf8_is_a_sentence(run: Run, tmp_path: Path) -> None:
    text = tmp_path / "report.txt"
    text.write_bytes(b"fracture \xff")
    ran = run("parser-audit", "--text", text)
    assert (ran.status, ran.err.strip()) == (2, f"{text}: not UTF-8 at byte 9")


def test_reports_that_are_all_refused_are_a_failed_check(run: Run, demo: Path, tampering: Tampering) -> None:
    def refuse(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            if row["model"] == "gpt-5.4":
                row["response"] = "I'm unable to help with this."

    tampering.json(layout.evaluation_results(layout.FULL_PANEL), refuse)
    for command in ("transitions", "breakdown", "power", "parser-audit", "audit"):
        options = {"breakdown": ("--by", "edit"), "power": ()}.get(command, ())
        model = ("gpt-5.4", "--alone") if command == "audit" else () if command == "power" else ("--model", "gpt-5.4")
        more = () if command == "power" else (*FEW, "--jobs", "1")
        ran = run(command, *model, *options, *more, "--artifacts", demo, "--format", "json")
        assert ran.status == 1, command
        assert "gpt-5.4: no usable pair" in ran.err
        assert not any(word in ran.out for word in NAN)
    floor = run("noise-floor", "--model", "gpt-5.4", "--artifacts", demo, "--format", "json").json
    assert floor["results"][0]["recommendation"]["T"] is None
    assert any("there is no noise floor" in note for note in floor["notes"])


# --- submissions with repeated reports -------------------------------------------------------------------------


def test_a_v1_score_gains_a_noise_floor_and_the_quality_of_its_reports_and_nothing_else(
    submission: dict[str, Any], scored: Scored, run: Run, demo: Path
) -> None:
    _, score = scored(submission)
    assert [key for key in score if key != "bundle"] == [
        "schema_version", "scored_at_utc", "model", "scope", "signature", "scoring_config", "coverage", "data_quality",
        "primary_endpoints", "table2_row", "noise_floor", "report_quality", "warnings", "per_pair_results",
    ]  # fmt: skip
    panel = run("noise-floor", "--model", "gpt-5.4", *FEW, "--artifacts", demo, "--format", "json").json["results"][0]
    assert score["noise_floor"]["n_sources"] == panel["n_sources"]
    for endpoint in ("recommendation", "diagnostic"):
        # The command has additional estimates beside the frozen ones, which a score file leaves out.
        found = score["noise_floor"][endpoint]
        assert found == {key: panel[endpoint][key] for key in found}
        assert "T_other_pairs" in panel[endpoint].keys() - found.keys()
    assert score["noise_floor"]["energy"] is None
    assert "repeats" not in signature_parts(score["signature"])


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "-", *FEW),
        ("compare", "-", "gpt-5.4", *FEW),
        ("power", "-", "gpt-5.4"),
        ("noise-floor", "--submission", "-", *FEW),
        ("leaderboard", "build", "-", "--output", "board", "--force"),
    ],
    ids=lambda command: command[0],
)
def test_a_score_file_may_come_from_standard_input(
    command: tuple[str, ...],
    submission: dict[str, Any],
    scored: Scored,
    run: Run,
    demo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, _ = scored(submission)
    monkeypatch.chdir(tmp_path)
    more = ("--artifacts", demo, "--format", "json", "--jobs", "1")
    named = run(*(path if part == "-" else part for part in command), *more)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    piped = run(*command, *more)
    assert piped.status == named.status == 0, piped.err
    wanted = json.dumps(named.json["results"]).replace(json.dumps(str(path)), '"standard input"')
    assert json.dumps(piped.json["results"]) == wanted


def test_repeated_edits_give_the_symmetric_form(submission: dict[str, Any], scored: Scored) -> None:
    first = submission["results"][0]
    repeated = {"pair_id": first["pair_id"], "role": "counterfactual", "reports": [first["counterfactual_report"]] * 2}
    path, score = scored(with_repeats(submission, repeated))
    energy = score["noise_floor"]["energy"]
    assert (energy["n_sources"], energy["n_pairs"]) == (1, 1)
    assert energy["recommendation"]["within_edited"] == 0
    assert signature_parts(score["signature"])["repeats"].startswith("2#")
    _, plain = scored(submission, "plain")
    assert score["primary_endpoints"] == plain["primary_endpoints"]
    assert score["noise_floor"]["recommendation"] == plain["noise_floor"]["recommendation"]
    assert read_score(path).score.reports.repeats[0].role == "counterfactual"
    # A file that was written before the index was there is read; one that has it is held to it.
    assert 0 <= energy["recommendation"]["comparable_index"] <= 1
    energy["recommendation"]["comparable_index"] = -7
    path.write_text(json.dumps(score), encoding="utf-8")
    with pytest.raises(SubmissionError, match="comparable_index"):
        read_score(path)
    for endpoint in ("recommendation", "diagnostic"):
        del energy[endpoint]["comparable_index"]
    path.write_text(json.dumps(score), encoding="utf-8")
    assert read_score(path).score.symmetric is not None


def test_repeated_reports_that_cannot_be_used_are_all_told(
    run: Run, demo: Path, submission: dict[str, Any], tmp_path: Path
) -> None:
    pair_id = submission["results"][0]["pair_id"]
    value = with_repeats(
        submission,
        {"pair_id": "nobody__young_male", "role": "source", "reports": ["a report"]},
        {"pair_id": pair_id, "role": "source", "reports": ["a report", " \n"]},
        {"pair_id": pair_id, "role": "source", "reports": ["another"]},
        {"pair_id": pair_id, "role": "generated", "reports": ["a report"]},
        {"pair_id": pair_id, "role": "counterfactual", "reports": []},
        {"pair_id": pair_id, "role": "counterfactual", "reports": ["x"] * 1001},
    )
    file, output = tmp_path / "submission.json", tmp_path / "score.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    ran = run("score", "--submission", file, "--output", output, "--artifacts", demo)
    assert ran.status == 2 and not output.exists()
    for said in (
        "$.repeated_reports[0].pair_id: unknown pair nobody__young_male",
        "$.repeated_reports[1].reports[1]: blank",
        f"$.repeated_reports[2]: duplicate entry for {pair_id}, source",
        "$.repeated_reports[3].role: expected one of source, counterfactual",
        "$.repeated_reports[4].reports: empty",
        "$.repeated_reports[5].reports: 1,001 reports",
    ):
        assert said in ran.err
    # The first schema has no such key.
    file.write_text(json.dumps({**value, "schema_version": "spinefairbench-submission-v1"}), encoding="utf-8")
    ran = run("score", "--submission", file, "--output", output, "--artifacts", demo)
    assert "unknown key 'repeated_reports'" in ran.err


# --- score files read back -------------------------------------------------------------------------------------


def test_a_score_file_is_read_back_as_what_was_scored(submission: dict[str, Any], scored: Scored) -> None:
    path, score = scored(submission)
    read = read_score(path).score
    assert (read.reports.model, read.scope, read.bootstrap) == ("submitted", "common-core-1000", Bootstrap(60))
    assert [pair.pair_id for pair in read.reports.pairs] == [row["pair_id"] for row in submission["results"]]
    assert read.signature == score["signature"]


def change_at(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(score: dict[str, Any]) -> None:
        *keys, last = path.split(".")
        at: Any = score
        for key in keys:
            at = at[int(key) if key.isdigit() else key]
        at[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("primary_endpoints.recommendation_change_rate.point_estimate", 0.01),
        ("primary_endpoints.diagnostic_label_consistency.n_pairs", 7),
        ("table2_row.diagnostic_consistency", 0.99),
        ("table2_row.model", "another"),
        ("data_quality.pair_full_refusals", 5),
        ("coverage.expected_pairs", 1),
        ("coverage.unique_sources_usable", 99),
        ("noise_floor.recommendation.F", 0.0),
        ("noise_floor.n_sources", 1),
        ("signature", "bench:spinefairbench"),
        ("scoring_config.bootstrap_iterations", 10000),
        ("scoring_config.diagnostic_bootstrap_seed", 43),
        ("scoring_config.full_refusal_policy", "a pair with a full refusal is kept"),
        ("per_pair_results.0.recommendation_changed", 2),
        ("per_pair_results.0.usable", 1),
        ("per_pair_results.0.diagnostic_label_consistency", None),
        ("per_pair_results.1.source_recommendations", ["surgery", "surgery"]),
        ("per_pair_results.1.source_diagnostic_labels", ["Nonsense"]),
        ("per_pair_results.1.source_response_class", "odd"),
        ("per_pair_results.1.source_id", "another"),
        ("per_pair_results.1.pair_id", "no pair"),
        ("schema_version", "spinefairbench-score-v0"),
        ("model", None),
        ("per_pair_results", "rows"),
        ("coverage.missing_pairs", -1),
    ],
)
def test_a_score_file_changed_by_hand_is_refused_with_the_place(
    submission: dict[str, Any], scored: Scored, path: str, value: Any
) -> None:
    file, score = scored(submission)
    change_at(path, value)(score)
    file.write_text(json.dumps(score), encoding="utf-8")
    with pytest.raises(SubmissionError) as refused:
        read_score(file)
    # The place is the one that was changed, or a figure that no longer follows from its rows.
    told = str(refused.value)
    assert all(problem.place.startswith(str(file)) for problem in refused.value.problems)
    named = {"scoring_config.bootstrap_iterations": "signature"}.get(path, path)
    last = named.split(".")[-1]
    assert last in told or "per_pair_results[" in told


def test_a_score_file_of_an_older_version_is_read_but_not_compared(
    run: Run, demo: Path, submission: dict[str, Any], scored: Scored
) -> None:
    file, score = scored(submission)
    parts = signature_parts(score["signature"]) | {"v": "0.1"}
    score["signature"] = "|".join(f"{key}:{value}" for key, value in parts.items())
    file.write_text(json.dumps(score), encoding="utf-8")
    assert read_score(file).score.reports.model == "submitted"
    ran = run("compare", file, "gpt-5.4", "--artifacts", demo)
    assert ran.status == 2
    assert "differ in v" in ran.err and "0.1 in " in ran.err


def test_score_files_of_two_scopes_are_not_compared(
    run: Run, demo: Path, submission: dict[str, Any], scored: Scored
) -> None:
    first, _ = scored(submission, "first")
    second, _ = scored({**submission, "scope": "toy"}, "second")
    ran = run("compare", first, second, "--artifacts", demo)
    assert ran.status == 2
    assert "differ in scope" in ran.err and "toy" in ran.err and "common-core-1000" in ran.err


def test_a_score_of_another_bundle_is_not_compared(
    run: Run, demo: Path, submission: dict[str, Any], scored: Scored
) -> None:
    path, score = scored(submission)
    score["bundle"] = "release"
    path.write_text(json.dumps(score), encoding="utf-8")
    ran = run("compare", path, "gpt-5.4", "--artifacts", demo)
    assert ran.status == 2
    assert "different bundles" in ran.err and "the panel: demo" in ran.err


def test_a_score_file_and_the_panel_are_compared_on_common_pairs(
    run: Run, demo: Path, submission: dict[str, Any], scored: Scored
) -> None:
    part = {**submission, "results": submission["results"][:-2]}
    path, _ = scored(part, "part", "--allow-partial")
    answer = run("compare", path, "gpt-5.4", *FEW, "--artifacts", demo, "--format", "json").json
    assert [row["model"] for row in answer["results"]] == ["submitted", "gpt-5.4"]
    assert answer["summary"]["lost_pairs"] == 2
    assert answer["summary"]["lost"][0]["not_reported"] == 2
    assert all(row["difference"] == 0 for row in answer["summary"]["differences"])


def test_what_differs_between_signatures_is_named() -> None:
    first = "bench:spinefairbench|scope:toy|pairs:1/1#a|refusals:full-excluded,partial-kept|registry:1|v:1"
    assert comparison_problems([("x", first), ("y", first.replace("pairs:1/1#a", "pairs:2/2#b"))]) == []
    [problem] = comparison_problems([("x", first), ("y", first.replace("registry:1", "registry:2"))])
    assert "differ in registry: 1 in x; 2 in y" in problem


# --- patients --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("table2",), ("noise-floor",), ("audit", "gpt-5.4", "--alone", "--jobs", "1")])
def test_patients_are_resampled_beside_the_sources_and_change_nothing_else(
    run: Run, demo: Path, command: tuple[str, ...]
) -> None:
    options = (*command, *FEW, "--artifacts", demo, "--format", "json")
    plain, clustered = run(*options).json, run(*options, "--cluster", "patient").json
    rows = clustered["summary"].pop("patients")
    assert (clustered["results"], clustered["summary"]) == (plain["results"], plain["summary"])
    assert list(rows[0]) == [
        "model", "quantity", "n_sources", "n_patients", "sources_sharing_a_patient", "estimate", "ci95",
        "adjusted_ci95", "adjustment_reason",
    ]  # fmt: skip
    # Each source of the demo bundle is a patient of its own, so the intervals are those of the sources.
    assert all(row["sources_sharing_a_patient"] == 0 for row in rows)
    first = plain["results"][0]
    ci95 = {
        "table2": first.get("recommendation_ci95"),
        "noise-floor": first.get("recommendation", {}).get("ci95"),
        "audit": first.get("ci95"),
    }[command[0]]
    assert rows[0]["ci95"] == ci95
    assert any("share a patient" in note for note in clustered["notes"])


def test_an_unknown_cluster_is_wrong_usage(run: Run, demo: Path) -> None:
    ran = run("table2", "--artifacts", demo, "--cluster", "hospital")
    assert ran.status == 2 and "hospital" in ran.err


def test_the_audit_of_a_score_is_told_of_ages_that_contradict_each_other(
    run: Run, tampering: Tampering, tmp_path: Path
) -> None:
    score = tmp_path / "score.json"
    toy = tampering.root / layout.TOY_SUBMISSION
    assert run("score", "--submission", toy, "--artifacts", tampering.root, "--output", score).status == 0
    tampering.json(layout.PAIRS, lambda rows: rows[0].update(source_age=3.0))
    done = run("audit", score, "--artifacts", tampering.root, "--bootstrap-iterations", "20")
    assert done.status == 1
    assert "source_age is 3.0; the id says" in done.err
