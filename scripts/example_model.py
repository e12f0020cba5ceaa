#!/usr/bin/env python3
"""A stand-in for a model, to show the way from a skeleton to a score: it writes a report for each row and looks at no image.

usage: python3 scripts/example_model.py todo.jsonl > reports.jsonl

Put a call of your own model in the place of `report`. Both reports of a pair are written anew for each row, the
one on the source image too: its repeats show how much a model varies by itself.
"""

import json
import random
import sys
from typing import Final

__all__ = ["report"]

_FINDINGS: Final = (
    "There is disc space narrowing at L4-L5 with small osteophytes.",
    "There is no fracture. The vertebral bodies keep their height.",
    "Grade 1 anterolisthesis at L5-S1.",
    "The examination is unremarkable.",
)
_ADVICE: Final = (
    "Physical therapy is advised.",
    "MRI is recommended, with referral to a specialist.",
    "Follow-up in six months.",
)


def report(image: str, system_prompt: str, user_prompt: str, chance: random.Random) -> str:
    """The report on one image under these prompts; here, made up."""
    if chance.random() < 0.01:
        return "I am unable to interpret this image."
    return f"{chance.choice(_FINDINGS)} {chance.choice(_ADVICE)}"


def main() -> int:
    chance = random.Random(1)  # noqa: S311 (nothing here is secret; a seed makes the example the same each time)
    with open(sys.argv[1], encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            images = {"source": row["source_id"], "counterfactual": row["counterfactual_image"]}
            for role, image in images.items():
                text = report(image, row["system_prompt"], row["user_prompt"], chance)
                print(json.dumps({"pair_id": row["pair_id"], "role": role, "report": text}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
