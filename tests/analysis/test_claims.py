"""The list of published statements is complete, and each names a command that checks it, or why none does."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.write_claims import PAGE, page_text
from spinefairbench.analysis.claims import CLAIMS, ClaimRow
from spinefairbench.bundle.published import QUOTED
from spinefairbench.cli.commands import COMMANDS
from tests import ROOT
from tests.conftest import Run

PACKAGE = ROOT / "spinefairbench"


def sections() -> dict[str, Any]:
    """Every section of every file of published figures."""
    files = sorted((PACKAGE / "bundle").glob("published*.json"))
    assert files
    found = {name: value for path in files for name, value in json.loads(path.read_bytes()).items()}
    return {name: value for name, value in found.items() if name != "origin"}


def compared_sections() -> set[str]:
    """The sections that some check names, by the source text of the checks."""
    checks = [path for folder in ("analysis", "release") for path in (PACKAGE / folder).rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in checks if path.name != "claims.py")
    return {name for name in sections() if re.search(rf"published\(\s*\"{name}\"|= \"{name}\"", code)}


def test_every_section_has_a_claim_and_every_claim_a_section() -> None:
    assert {row.section for row in CLAIMS} == set(sections())
    assert len({row.claim for row in CLAIMS}) == len(CLAIMS)


@pytest.mark.parametrize("row", [row for row in CLAIMS if row.command], ids=lambda row: row.claim)
def test_a_claim_names_a_command_that_exists_with_arguments_that_it_takes(row: ClaimRow) -> None:
    assert row.command is not None
    name, *arguments = row.command.split()
    [command] = [command for command in COMMANDS if command.name == name]
    command.parse(tuple(arguments))
    assert row.not_checked_because is None


def test_what_no_command_checks_has_its_reason() -> None:
    unchecked = [row for row in CLAIMS if row.command is None]
    assert all(row.not_checked_because for row in unchecked)
    reasons = {f"quoted: {reason}" for place, reason in QUOTED.items()}
    quoted = [row for row in unchecked if row.not_checked_because in reasons]
    assert {row.section for row in quoted} >= {place[0] for place in QUOTED if len(place) == 1}
    assert {row.section for row in unchecked if row not in quoted} & compared_sections() == set(), (
        "a command compares these figures now: name it in the row"
    )


def test_a_section_that_a_claim_says_is_checked_is_compared_by_the_package() -> None:
    assert {row.section for row in CLAIMS if row.command} <= compared_sections()


def test_the_models_that_a_statement_names_have_the_lowest_and_the_highest_value() -> None:
    said = {row.claim: row.statement for row in CLAIMS}
    table, floors = sections()["table2"], sections()["noise_floor"]["models"]
    for claim, values in (
        ("change", {model: row["recommendation_change"] for model, row in table.items()}),
        ("consistency", {model: row["diagnostic_consistency"] for model, row in table.items()}),
        ("noise-floor", {model: row["recommendation"]["excess"] for model, row in floors.items()}),
    ):
        (low, lowest), *_, (high, highest) = sorted(values.items(), key=lambda item: item[1])
        assert f"{lowest:.3f} ({low}) to {highest:.3f} ({high})" in said[claim]


def test_the_command_needs_no_bundle_and_prints_every_statement(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = run("claims", "--format", "json").json
    assert (found["status"], found["bundle"], len(found["results"])) == ("ok", None, len(CLAIMS))
    assert set(found["results"][0]) == {
        "claim", "section", "statement", "command", "needs", "does_not_establish", "not_checked_because",
    }  # fmt: skip
    text = run("claims").out
    assert [row.claim for row in CLAIMS if row.statement not in text or row.does_not_establish not in text] == []
    assert [row.claim for row in CLAIMS if row.not_checked_because and row.not_checked_because not in text] == []


def test_no_statement_holds_a_figure_that_was_not_filled_in() -> None:
    assert [row.claim for row in CLAIMS if "{" in row.statement + row.does_not_establish] == []


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run python3 scripts/write_claims.py"
