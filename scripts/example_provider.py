#!/usr/bin/env python3
"""A placeholder for a batch interface: it answers request files of `submission requests --for openai` with made-up reports.

usage: python3 scripts/example_provider.py requests/part-0001.jsonl > results.jsonl

Like a real one it does not keep the order, and some answers are cut off or fail. A request that is sent again, in a file
of its own, is answered.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.example_model import report


def _answers(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The result of each request, in another order. Of ten or more, the third is cut off and the seventh fails."""
    chance = random.Random(len(requests))  # noqa: S311 (not a secret; a seed makes the example reproducible)
    results = []
    for number, request in enumerate(requests, 1):
        text = report("", "", "", chance)
        if len(requests) >= 10 and number == 7:
            response, error = None, {"code": "server_error", "message": "The server had an error; try again later."}
        else:
            cut_off = len(requests) >= 10 and number == 3
            text = text[: len(text) // 2] if cut_off else f"<think>Made up.</think>{text}"
            choice = {
                "message": {"role": "assistant", "content": text},
                "finish_reason": "length" if cut_off else "stop",
            }
            response, error = {"status_code": 200, "body": {"choices": [choice]}}, None
        results.append({"custom_id": request["custom_id"], "response": response, "error": error})
    chance.shuffle(results)
    return results


def main() -> int:
    """Answer the requests of a file."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        requests = [json.loads(line) for line in lines]
    for result in _answers(requests):
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
