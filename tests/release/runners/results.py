"""Results as runners write them: the fixtures' reports, and writers of any answers in each format."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from spinefairbench.release.report_rows import Row

DATA: Final = Path(__file__).parents[2] / "data" / "runners"
PAIRS: Final = ("buu_0000-F-039Y0__elderly_female", "buu_0000-F-039Y0__elderly_male")
"""The pairs of the fixtures: the first of the demo bundle."""
TEXTS: Final = {
    f"{PAIRS[0]}|source": "Synthetic report. Disc space narrowing at L4-L5.",
    f"{PAIRS[0]}|counterfactual": "Synthetic report. Osteophytes at L3. MRI is advised.",
    f"{PAIRS[1]}|source": "Synthetic report. No fracture; mild scoliosis.",
    f"{PAIRS[1]}|counterfactual": "Synthetic report. Spondylolisthesis.\nReferral advised.",
}
"""What every fixture without a failure holds."""
RESULTS: Final = [
    {
        "pair_id": pair,
        "source_report": TEXTS[f"{pair}|source"],
        "counterfactual_report": TEXTS[f"{pair}|counterfactual"],
    }
    for pair in PAIRS
]
"""The same as the results of a submission."""


def rows_of(name: str) -> list[Row]:
    """The lines of a fixture, or of the rows given as JSON Lines."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [Row(f"{name}: line {number}", json.loads(line)) for number, line in enumerate(lines, 1)]


def row(fields: dict[str, Any]) -> list[Row]:
    """One row."""
    return [Row("x: line 1", fields)]


def openai_line(custom_id: str, text: str, ending: str = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    body = {"choices": [{"message": message, "finish_reason": ending}]}
    return {"custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None}


def anthropic_line(custom_id: str, text: str, ending: str = "stop") -> dict[str, Any]:
    reason = {"stop": "end_turn", "length": "max_tokens", "content_filter": "safety"}[ending]
    message = {"content": [{"type": "text", "text": text}], "stop_reason": reason}
    return {"custom_id": custom_id, "result": {"type": "succeeded", "message": message}}


def gemini_line(custom_id: str, text: str, ending: str = "stop") -> dict[str, Any]:
    reason = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}[ending]
    return {
        "key": custom_id,
        "response": {"candidates": [{"content": {"parts": [{"text": text}]}, "finishReason": reason}]},
    }


WRITERS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "openai": openai_line,
    "anthropic": anthropic_line,
    "gemini": gemini_line,
}


def json_lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(each) + "\n" for each in rows)
