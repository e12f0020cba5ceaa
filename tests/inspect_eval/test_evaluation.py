"""Runs of Inspect with its mock model: what is asked, what its viewer shows, and the score that its log gives."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.inspect_eval.plan import Plan, plan_run
from spinefairbench.release.conversion import Conversion, Reading, convert_files
from spinefairbench.release.request_map import Report
from spinefairbench.release.requests import own_seed
from spinefairbench.release.run_figures import run_figures
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from tests.submissions import submission

pytestmark = [pytest.mark.inspect, pytest.mark.filterwarnings("ignore")]

CORE = "common-core-1000"
TEXTS = (
    "Disc space narrowing. MRI is recommended.",
    "Osteophytes at L3. Refer to a spine surgeon.",
    "Scoliosis.",
    "No fracture. Follow-up radiograph; MRI is recommended.",
    "I'm unable to interpret medical images.",
)
Respond = Callable[[int, Any], Any]
"""What a model answers: from the number of the call and its settings to an output of Inspect."""
Ask = Callable[..., Any]
"""What the fixture `ask` gives."""


def output(text: str, ending: str = "stop") -> Any:
    from inspect_ai.model import ModelOutput, ModelUsage

    made = ModelOutput.from_content("mockllm/model", text, stop_reason=ending)  # type: ignore[arg-type, unused-ignore]
    made.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)  # else Inspect downloads a tokenizer
    return made


def by_turns(number: int, _: Any) -> Any:
    return output(TEXTS[number * number % 7 % len(TEXTS)])


@pytest.fixture
def ask(demo: Path, sources: Path, tmp_path: Path) -> Ask:
    """Runs the task with a mock model; Inspect's log, and what every call was given."""
    import inspect_ai
    from inspect_ai.model import get_model

    from spinefairbench.inspect_task import spine_reports

    def call(respond: Respond = by_turns, calls: list[Any] | None = None, **options: Any) -> Any:
        asked: list[Any] = [] if calls is None else calls

        def answer(messages: Any, tools: Any, tool_choice: Any, config: Any) -> Any:
            asked.append((messages, config))
            return respond(len(asked) - 1, config)

        model = get_model("mockllm/model", custom_outputs=answer, memoize=False)
        task = spine_reports(sources=str(sources), scope=CORE, artifacts=str(demo))
        [log] = inspect_ai.eval(task, model=model, log_dir=str(tmp_path / "logs"), display="none", **options)
        return log

    return call


def converted(log: Any, demo: Path, tmp_path: Path, *, allow_partial: bool = False) -> Conversion:
    """The log as `inspect log convert --to json` writes it, converted."""
    folder = tmp_path / "json"
    command = [
        sys.executable,
        "-m",
        "inspect_ai",
        "log",
        "convert",
        log.location,
        "--to",
        "json",
        "--output-dir",
        folder,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return convert_files(
        [str(folder / Path(log.location).with_suffix(".json").name)],
        open_bundle(demo),
        CORE,
        Reading(allow_partial=allow_partial),
    )


def plan(demo: Path, sources: Path) -> Plan:
    return plan_run(Path("/"), str(sources), CORE, str(demo), allow_partial=False)


def figures_of(log: Any) -> dict[str, float]:
    [shown] = log.results.scores
    assert shown.reducer is None
    return {name: metric.value for name, metric in shown.metrics.items()}


def said_in(log: Any) -> dict[Report, str]:
    """The reports as Inspect itself reads its log."""
    said = {}
    for sample in log.samples:
        pair_id, image = sample.id.split("|")
        said[Report(pair_id, image, sample.epoch)] = sample.output.completion
    return said


@pytest.mark.parametrize("log_images", [True, False])
def test_a_log_gives_the_same_score_as_scoring_directly(
    ask: Ask, demo: Path, core_pairs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, log_images: bool
) -> None:
    """Three epochs: the first are the reports of the pairs, the others repeat them on both images."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    log = ask(epochs=3, temperature=0.5, max_tokens=300, log_images=log_images)
    assert log.status == "success"
    said = said_in(log)
    results = [
        {"pair_id": pair, **{f"{image}_report": said[Report(pair, image, 1)] for image in ("source", "counterfactual")}}
        for pair in core_pairs
    ]
    repeats = [
        {"pair_id": pair, "role": image, "reports": [said[Report(pair, image, number)] for number in (2, 3)]}
        for pair in core_pairs
        for image in ("counterfactual", "source")
    ]
    second: dict[str, Any] = {
        "schema_version": "spinefairbench-submission-v2",
        "decoding": {"temperature": 0.5, "max_tokens": 300},
    }
    directly = submission(results, repeated_reports=repeats, **second)
    read = converted(log, demo, tmp_path)
    assert not read.problems
    from_log = submission(
        list(read.results),
        repeated_reports=list(read.repeated_reports),
        **{**second, "decoding": read.decoding.to_json()},
    )
    scores = [
        score_submission(submission_from_json(each, open_bundle(demo))).to_json() for each in (directly, from_log)
    ]
    assert scores[0] == scores[1]
    shown = figures_of(log)
    assert shown == run_figures(said, len(core_pairs))
    floor, endpoints = scores[0]["noise_floor"], scores[0]["primary_endpoints"]
    assert {name: shown[name] for name in endpoints} == {name: of["point_estimate"] for name, of in endpoints.items()}
    for name in ("recommendation", "diagnostic"):
        assert [shown[f"{name}_{key}"] for key in ("T", "F", "excess")] == [
            floor[name][key] for key in ("T", "F", "excess")
        ]
    assert 0 < shown["full_refusal_pairs"] < len(core_pairs)


def test_what_is_asked(ask: Ask, demo: Path, sources: Path, core_pairs: list[str]) -> None:
    """Prompts of the bundle and an image as bytes; the name of a file, which has the edit in it, is not sent."""
    calls: list[Any] = []
    log = ask(calls=calls)
    assert len(calls) == 2 * len(core_pairs)
    prompts = plan(demo, sources).prompts
    for messages, _ in calls:
        system, user = messages
        assert (system.text, user.text) == prompts
        [image] = [part.image for part in user.content if part.type == "image"]
        assert image.startswith("data:image/png;base64,")
    for sample in log.samples:
        assert sample.metadata["source_id"] == source_of(sample.metadata["pair_id"])
        assert sample.id == f"{sample.metadata['pair_id']}|{sample.metadata['image']}"
    facts = log.eval.metadata
    assert (facts["scope"], facts["bundle"], facts["missing_pairs"]) == (CORE, "demo", 0)
    assert facts["warnings"] == list(plan(demo, sources).warnings)


def test_what_is_no_report_is_unscored_and_told_by_convert(ask: Ask, demo: Path, tmp_path: Path) -> None:
    def respond(number: int, config: Any) -> Any:
        if number == 4:
            raise ValueError("the server is gone")
        return {
            0: output("Disc space", "max_tokens"),
            1: output("Disc space", "content_filter"),
            2: output(""),
            3: output("<think>Perhaps a fracture.</think>Spondylolisthesis."),
        }.get(number) or output("Disc space narrowing.")

    log = ask(respond, max_samples=1, max_connections=1, fail_on_error=False)
    by_id = {sample.id: sample for sample in log.samples}
    scores = {name: sample.scores["spine_report"] for name, sample in by_id.items() if sample.scores}
    assert Counter(score.reason for score in scores.values() if score.reason) == Counter(
        ["truncated", "filtered", "empty"]
    )
    assert all(score.explanation.startswith("no report: ") for score in scores.values() if score.reason)
    [thinking] = [score for name, score in scores.items() if by_id[name].output.completion.startswith("<think>")]
    assert (thinking.answer, thinking.value["diagnostic_labels"]) == ("Spondylolisthesis.", "Spondylolisthesis")
    lacking = {name.partition("|")[0] for name in by_id if name not in scores or scores[name].reason}
    assert len(lacking) >= 2
    assert figures_of(log)["missing_pairs"] == len(lacking)
    read = converted(log, demo, tmp_path)
    counted = re.match(r"4 reports missing \((.+?)\);", str(read.problems[-1]))
    assert counted
    told = ["1 failed", "1 removed by a content filter", "1 truncated", "1 without a text"]
    assert sorted(counted[1].split(", ")) == told
    assert {report.pair_id for report in read.to_ask} == lacking
    kept = converted(log, demo, tmp_path / "again", allow_partial=True)
    assert len(kept.results) == figures_of(log)["pairs"]


def test_a_cache_never_answers_a_report_with_another_one(ask: Ask, core_pairs: list[str]) -> None:
    """Reports on one source are asked for with the same words and image; a second run is answered from the cache."""
    calls: list[Any] = []
    assert ask(calls=calls, cache=True, epochs=2).status == "success"
    assert len(calls) == 4 * len(core_pairs)
    again: list[Any] = []
    assert ask(calls=again, cache=True, epochs=2).status == "success"
    assert again == []


def test_each_report_has_a_seed_of_its_own(ask: Ask, core_pairs: list[str], demo: Path, tmp_path: Path) -> None:
    calls: list[Any] = []
    log = ask(calls=calls, seed=11, epochs=2)
    expected = {
        own_seed(11, Report(pair, image, epoch).custom_id)
        for pair in core_pairs
        for image in ("source", "counterfactual")
        for epoch in (1, 2)
    }
    assert len(expected) == len(calls)
    assert {config.seed for _, config in calls} == expected
    assert converted(log, demo, tmp_path).decoding.seed == 11
    unseeded: list[Any] = []
    ask(calls=unseeded)
    assert {config.seed for _, config in unseeded} == {None}


def test_a_limit_of_the_run_gives_no_report(ask: Ask, demo: Path, tmp_path: Path, core_pairs: list[str]) -> None:
    log = ask(token_limit=1)
    assert figures_of(log)["missing_pairs"] == len(core_pairs)
    assert len(converted(log, demo, tmp_path).to_ask) == 2 * len(core_pairs)


def test_a_run_without_a_whole_pair_shows_counts(ask: Ask) -> None:
    shown = figures_of(ask(limit=1))
    assert shown["pairs"] == 0
    assert shown["recommendation_change_rate"] != shown["recommendation_change_rate"]  # not a number


def test_a_part_of_the_run_has_whole_pairs(ask: Ask, core_pairs: list[str]) -> None:
    shown = figures_of(ask(limit=6))
    assert (shown["pairs"], shown["missing_pairs"]) == (3, len(core_pairs) - 3)


def test_what_is_shown_can_be_written_as_json(ask: Ask) -> None:
    """Inspect's viewer and `inspect log dump` read it."""
    log = ask(limit=2)
    assert json.loads(log.model_dump_json())["results"]["scores"][0]["name"] == "spine_report"
