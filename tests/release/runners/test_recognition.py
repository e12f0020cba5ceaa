"""Which runner wrote a file: told by what is in it, whatever its name."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.problems import Problem
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import open_rows
from spinefairbench.release.runners.answer_joining import AnswerJoiner
from spinefairbench.release.runners.mapped_rows import FieldMap
from spinefairbench.release.runners.recognition import RUNNER_HEADERS, recognized
from tests.release.runners.results import DATA, json_lines, rows_of

FORMATS = {
    "openai_batch.jsonl": "OpenAI batch results",
    "openai_batch_errors.jsonl": "OpenAI batch results",
    "anthropic_batch.jsonl": "Anthropic batch results",
    "gemini_batch.jsonl": "Gemini batch results",
    "inspect_log.json": "an Inspect log",
    "lmms_eval_samples.jsonl": "samples of lmms-eval or lm-eval",
    "lm_eval_samples.jsonl": "samples of lmms-eval or lm-eval",
    "vlmevalkit.json": "predictions of VLMEvalKit",
    "vlmevalkit.tsv": "predictions of VLMEvalKit",
}


def format_of(data: bytes, problems: list[Problem], fields: FieldMap | None = None) -> tuple[str | None, int]:
    """The format of standard input, which has no name, and the number of its answers, or of its plain rows."""
    with open_rows("-", problems, io.BytesIO(data), RUNNER_HEADERS) as opened:
        faults = FaultTally(problems)
        file, runner = recognized(opened, fields, faults)
        if runner is None:
            return None, sum(1 for _ in file.rows)
        count = sum(1 for _ in runner.reports)
        faults.close()
        return runner.format, count


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_recognized_by_its_content(name: str) -> None:
    problems: list[Problem] = []
    assert format_of((DATA / name).read_bytes(), problems)[0] == FORMATS[name]
    assert problems == []


def test_a_log_on_one_line_is_a_log() -> None:
    one_line = b" ".join((DATA / "inspect_log.json").read_bytes().split())
    assert format_of(one_line, []) == ("an Inspect log", 5)


def test_plain_rows_stay_plain_and_none_is_lost(tmp_path: Path) -> None:
    rows = [{"pair_id": "a", "role": "source", "report": "x", "custom_id": "y", "response": 1}] * 3
    assert format_of(json_lines(rows).encode(), []) == (None, 3)


def test_fields_that_are_named_go_before_what_is_recognized() -> None:
    fields = FieldMap("report=response,custom_id=custom_id")
    rows = [{"custom_id": "a|source", "response": "Normal."}]
    assert format_of(json_lines(rows).encode(), [], fields) == ("rows of fields named with --map", 1)


def test_rows_of_another_format_are_told_a_few_times_and_counted() -> None:
    data = (DATA / "openai_batch.jsonl").read_text(encoding="utf-8") + json_lines([{"key": "a", "response": {}}] * 30)
    problems: list[Problem] = []
    assert format_of(data.encode(), problems)[1] == 3
    assert len(problems) == 20
    assert str(problems[0]).startswith("standard input: line 4: expected OpenAI batch results")
    assert str(problems[-1]).endswith("and so in 10 more rows")


LINES = [
    *(row.fields for name in FORMATS if name.endswith(".jsonl") for row in rows_of(name)[:1]),
    *json.loads((DATA / "inspect_log.json").read_bytes())["samples"][2:4],
    json.loads((DATA / "vlmevalkit.json").read_bytes())[0],
]
KEYS = ("type", "text", "content", "message", "choices", "error", "response", "candidates", "parts", "a")


def replace_at(value: Any, place: int, new: Any) -> None:
    """Put `new` in the place of that number, counting all values within `value` from the outside."""
    waiting = [value]
    for holder in waiting:
        for key, inner in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if place == 0:
                holder[key] = new
                return
            place -= 1
            if isinstance(inner, dict | list):
                waiting.append(inner)


HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(LINES), st.lists(st.tuples(st.integers(0, 30), HOSTILE), min_size=1, max_size=3))
def test_any_value_in_any_place_of_a_line_is_an_answer_a_failure_or_a_sentence(
    line: dict[str, Any], changes: list[tuple[int, Any]]
) -> None:
    changed = json.loads(json.dumps(line))
    for place, value in changes:
        replace_at(changed, place, value)
    problems: list[Problem] = []
    faults = FaultTally(problems)
    with open_rows("-", problems, io.BytesIO(json.dumps([changed]).encode()), RUNNER_HEADERS) as opened:
        _, runner = recognized(opened, None, faults)
        if runner is not None:
            joiner = AnswerJoiner(None, lambda _: None, faults)
            taken = joiner.take(runner.reports)
            assert len(joiner.answered) + len(joiner.failed) + len(problems) >= min(taken, 1)
            assert all(each.text.strip() for each in joiner.answered.values())
