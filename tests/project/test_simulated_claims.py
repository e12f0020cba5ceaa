"""Whatever a command prints about uncertainty, a simulation vouches for."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.validation.studies import STUDIES
from tests.conftest import Run
from tests.submissions import panel_submission

# What intervals, p values, ranks, verdicts and power are called in JSON.
CLAIM: Final = re.compile(
    r"ci9[05]|p_value|p_holm|p_adjusted|equivalence_p|equivalent|rank_interval|not_separated_from_best"
    r"|(?:best|worst)_rank|rank_(?:best|worst)|minimum_detectable_\w+|required_sources"
)
COMMANDS: Final = (
    ("table2", "--recompute-ci", "--cluster", "patient"),
    ("noise-floor", "--cluster", "patient"),
    ("transitions",),
    ("secondary",),
    ("breakdown", "--by", "age"),
    ("breakdown", "--by", "same-or-cross"),
    ("breakdown", "--by", "finding"),
    ("compare", "gpt-5.4", "radfm", "--margin", "0.1"),
    ("power", "gpt-5.4", "radfm"),
    ("audit", "gpt-5.4", "--cluster", "patient"),
    ("disparity",),
    ("refusals",),
    ("radiologist",),
    ("mitigation", "--recompute"),
    ("parser-audit", "--model", "gpt-5.4"),
    ("gap-sensitivity",),
    ("both-empty-diagnostic",),
)

# Figures of a frozen table that are recomputed to hold it, and of which the output says that they are no evidence.
REPRODUCED: Final = {
    "mitigation: summary.recomputed[].wilcoxon.recommendation.p_value",
    "mitigation: summary.recomputed[].wilcoxon.diagnostic.p_value",
}


def claims(value: Any, path: str = "") -> Iterator[str]:
    """The paths of all fields that state something about uncertainty."""
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else key
            # An adjusted_ci95 may be a mapping by endpoint, a ci95 one of its ends.
            if re.search(rf"(?:^|_)(?:{CLAIM.pattern})$", key):
                yield place
            else:
                yield from claims(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from claims(inner, f"{path}[]")


def unsupported(command: str, value: Any) -> set[str]:
    fields = {f"{command}: {path}" for path in claims(value)}
    assert fields or command in {"gap-sensitivity", "both-empty-diagnostic"}, command
    return {field for field in fields - REPRODUCED if not any(study.vouches_for(field) for study in STUDIES)}


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_study_vouches_for_every_claim_of_a_command(run: Run, demo: Path, arguments: tuple[str, ...]) -> None:
    found = run(*arguments, "--artifacts", str(demo), "--format", "json").json
    assert unsupported(arguments[0], {"results": found["results"], "summary": found["summary"]}) == set()


def test_a_study_vouches_for_every_claim_of_a_score_file_and_a_leaderboard(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    scores = []
    for name in ("one", "two"):
        given, score = tmp_path / f"{name}.json", tmp_path / f"{name}.score.json"
        value = panel_submission(demo, name)
        pair_id = value["results"][0]["pair_id"]
        value["schema_version"] = "spinefairbench-submission-v2"
        value["repeated_reports"] = [{"pair_id": pair_id, "role": "counterfactual", "reports": ["MRI is advised."]}]
        value["control_reports"] = [
            {"arm": "reconstruction", "source_id": pair_id.partition("__")[0], "reports": ["No fracture."]}
        ]
        given.write_text(json.dumps(value), encoding="utf-8")
        told = run("score", "--submission", given, "--output", score, "--artifacts", demo, "--format", "json")
        assert told.status == 0
        assert unsupported("score", {"summary": told.json["summary"]}) == set()
        assert unsupported("score", json.loads(score.read_bytes())) == set()
        scores.append(score)
    board = tmp_path / "board"
    assert run("leaderboard", "build", *scores, "--output", board, "--artifacts", demo).status == 0
    [found] = [json.loads(path.read_bytes()) for path in sorted(board.glob("*.json"))]
    assert unsupported("leaderboard", found) == set()


def test_every_study_vouches_for_something_that_is_printed_and_has_its_own_name() -> None:
    assert len({study.name for study in STUDIES}) == len(STUDIES)
    assert all(study.printed_by and study.limits for study in STUDIES)
