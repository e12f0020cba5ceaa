#!/usr/bin/env python3
"""A placeholder for a model: it writes reports for each row of a submission template without looking at any image.

usage: python3 scripts/example_model.py todo.jsonl > reports.jsonl

Replace the body of `report` with a call to your own model. Each row gets two new reports, also on the source image,
because the repeated source reports of a source measure run-to-run variation.
"""

import json
import random
import sys
from pathlib import Path
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
    """The report on one image with these prompts; here it is made up."""
    if chance.random() < 0.01:
        return "I am unable to interpret this image."
    return f"{chance.choice(_FINDINGS)} {chance.choice(_ADVICE)}"


def main() -> int:
    chance = random.Random(1)  # noqa: S311 (not a secret; a seed makes the example reproducible)
    with Path(sys.argv[1]).open(encoding="utf-8") as rows:
        for line in rows:
            row = json.loads(line)
            images = {"source": row["source_id"], "counterfactual": row["counterfactual_image"]}
            for role, image in images.items():
                text = report(image, row["system_prompt"], row["user_prompt"], chance)
                print(json.dumps({"pair_id": row["pair_id"], "role": role, "report": text}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
