"""The short way of docs/authors.md: from a folder of source images and what a provider answers to a page."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.bundle.pair_ids import source_of
from tests import ROOT
from tests.conftest import Run
from tests.images import png

ANSWERED = {"results.jsonl": "requests/part-0001.jsonl", "results2.jsonl": "again.jsonl"}
"""{what is saved of the provider's answers: the requests that were sent}."""


def answers(path: Path) -> dict[str, str]:
    """The whole reports of a results file, by the id of their request."""
    found = {}
    for result in map(json.loads, path.read_text("utf-8").splitlines()):
        for choice in result["response"]["body"]["choices"] if result["response"] else []:
            if choice["finish_reason"] == "stop":
                found[result["custom_id"]] = choice["message"]["content"].removeprefix("<think>Made up.</think>")
    return found


def test_five_commands_lead_from_images_to_a_page(
    run: Run, demo: Path, core_pairs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").symlink_to(demo)
    (tmp_path / "sources").mkdir()
    image = png(16, 16, bytes(17 * 16))
    for source in set(map(source_of, core_pairs)):
        (tmp_path / "sources" / f"{source.partition('_')[2]}.png").write_bytes(image)
    page = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
    section = page.partition("## In short: five commands")[2]
    block = re.search(r"```bash\n(.*?)```", section, re.DOTALL)
    assert block
    commands = [line for line in block[1].splitlines() if not line.startswith("#")]
    assert len(commands) == 5

    statuses = []
    for command in commands:
        python, script, *arguments = shlex.split(command)
        assert (python, script) == ("python3", "reviewer_verify.py")
        for needed in ANSWERED.keys() & {*arguments}:
            provider: list[str | Path] = [sys.executable, ROOT / "scripts" / "example_provider.py", ANSWERED[needed]]
            Path(needed).write_bytes(subprocess.run(provider, check=True, capture_output=True).stdout)
        statuses.append(run(*arguments).status)
    # One answer is cut off and one fails: nothing is written until both were asked for again.
    assert statuses == [0, 2, 0, 0, 0]

    given = answers(Path("results.jsonl")) | answers(Path("results2.jsonl"))
    asked = map(json.loads, Path("requests/map.jsonl").read_text("utf-8").splitlines())
    expected = {(each["pair_id"], each["image"]): given[each["custom_id"]] for each in asked}
    results = json.loads(Path("batch.json").read_bytes())["results"]
    found = {
        (row["pair_id"], image): row[f"{image}_report"] for row in results for image in ("source", "counterfactual")
    }
    assert found == expected
    assert len(found) == 2 * len(core_pairs)
    score = json.loads(Path("score.json").read_bytes())
    assert score["decoding"] == {"temperature": 0.7, "max_tokens": 1024}
    assert "my-model" in Path("report.html").read_text("utf-8")
