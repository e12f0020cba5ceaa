"""Which runner wrote a file: told by what is in it, whatever its name."""

import io
from pathlib import Path

import pytest

from spinefairbench.problems import Problem
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import open_rows
from spinefairbench.release.runners.mapped_rows import FieldMap
from spinefairbench.release.runners.recognition import RUNNER_HEADERS, recognized
from tests.release.runners.results import DATA, json_lines

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
