"""all: checks that share their reading and their draws find what each finds by itself."""

from pathlib import Path

import pytest

from spinefairbench.analysis import estimates, transitions
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mention_collector import EDITED_MENTIONS
from spinefairbench.bundle import layout
from spinefairbench.bundle.files_read import FilesRead
from spinefairbench.cli.all_checks import _SharedEstimates, result_within_all
from spinefairbench.cli.commands import COMMANDS
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.statistics.bootstrap import percentile_intervals
from tests.conftest import Run, Tampering

ASKING = [command for command in COMMANDS if command.within_all is not None and command.within_all.asks is not None]


def test_one_pass_over_the_draws_answers_as_each_check_would(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes: list[int] = []

    def counted(*arguments: object, **options: object) -> object:
        passes.append(1)
        return percentile_intervals(*arguments, **options)  # type: ignore[arg-type]

    inputs = Inputs(artifacts=demo, read_ahead=EDITED_MENTIONS)
    alone = {command.name: result_within_all(command, inputs) for command in ASKING}
    monkeypatch.setattr(estimates, "percentile_intervals", counted)
    shared = _SharedEstimates(inputs)
    assert {command.name: shared.result_of(command) for command in ASKING} == alone
    assert passes == [1]
    assert {"table2", "noise-floor", "secondary", "breakdown"} == alone.keys()
    assert [command for command in COMMANDS if shared.answers(command)] == ASKING


def test_what_keeps_one_check_from_asking_is_said_by_it_alone(tampering: Tampering) -> None:
    tampering.path(layout.SUMMARY).unlink()
    inputs = Inputs(artifacts=tampering.root, read_ahead=EDITED_MENTIONS)
    shared = _SharedEstimates(inputs)
    unasked = [command for command in ASKING if not shared.answers(command)]
    assert [command.name for command in unasked] == ["table2", "secondary"]
    assert all(result_within_all(command, inputs).errors for command in unasked)
    assert not any(shared.result_of(command).errors for command in ASKING if command not in unasked)


def test_the_flows_are_counted_without_drawing(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = Inputs(artifacts=demo, read_ahead=EDITED_MENTIONS)
    [command] = [command for command in COMMANDS if command.name == "transitions"]
    alone = transitions.check(inputs.for_check(command.parse(("--bootstrap-iterations", "100"))))
    monkeypatch.setattr(estimates, "percentile_intervals", None)
    counted = result_within_all(command, inputs)
    assert (counted.rows, counted.problems) == (alone.rows, ())
    for flow, its in zip(alone.summary["flows"], counted.summary["flows"], strict=True):
        assert its["net_rate"] == flow["net_rate"] and its["ci95"] is None


def test_each_row_lists_the_files_that_its_check_reads_and_their_digests_stand_once(demo: Path, run: Run) -> None:
    done = run("all", "--artifacts", demo, "--format", "json").json
    listed = {row["command"]: row["files"] for row in done["results"]}
    for command in COMMANDS:
        if command.name in ("gap-sensitivity", "radiologist", "score"):
            inputs = Inputs(artifacts=demo)
            bundle = inputs.bundle
            with bundle.noting() as opened:
                result_within_all(command, inputs)
            assert FilesRead(bundle).names_of(opened) == listed[command.name]
    assert layout.MITIGATION_TABLE in listed["mitigation"]
    assert listed["diagnostic-scoring"] == []
    digests = done["summary"]["files"]
    assert {name for names in listed.values() for name in names} == digests.keys()
    table = (demo / layout.MITIGATION_TABLE).read_bytes()
    assert digests[layout.MITIGATION_TABLE] == sha256_of_bytes(table)
