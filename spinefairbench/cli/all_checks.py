"""all: every check, one line each, and a closing verdict."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import Pending, SharedPass
from spinefairbench.analysis.inputs import Inputs, default_artifacts
from spinefairbench.analysis.mention_collector import EDITED_MENTIONS
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.files_read import FilesRead
from spinefairbench.bundle.published import Tally
from spinefairbench.cli.commands import COMMANDS, Command
from spinefairbench.cli.execution import INPUT_ERRORS, problems_of
from spinefairbench.cli.late_imports import load
from spinefairbench.cli.output_files import require_writable
from spinefairbench.demo import write_demo_bundle
from spinefairbench.errors import OutputError
from spinefairbench.files.writing import write_json
from spinefairbench.problems import Problem
from spinefairbench.release.verification_record import Outcome, verification_record
from spinefairbench.render.document import status_of

__all__ = ["check", "result_within_all"]

_DEMO: Final = (
    "no bundle was found at artifacts/: this is a DEMO on a synthetic bundle, and verifies nothing about the release"
)


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `all`; where there is no bundle, on a demo bundle, which is said first and last."""
    options = inputs.options
    root = default_artifacts() if inputs.artifacts is None else inputs.artifacts
    require_writable(inputs, {"record": options.record})
    if root is not None:
        return _run_checks(inputs)
    if options.require_release:
        return CheckResult(problems=_release_problems(inputs))
    if not options.quiet and options.format == "text":
        print(_DEMO, flush=True)
    with tempfile.TemporaryDirectory(prefix="spinefairbench-demo-") as folder:
        root = Path(folder) / "artifacts"
        write_demo_bundle(root, progress=inputs.progress)
        return replace(_run_checks(replace(inputs, artifacts=root)), notes=(_DEMO,))


def _run_checks(inputs: Inputs) -> CheckResult:
    _ = inputs.bundle  # no check can say anything without one
    inputs = replace(inputs, read_ahead=EDITED_MENTIONS)
    rows: list[dict[str, object]] = []
    problems: list[str] = []
    errors: list[str] = []
    # What each check notes about its own rows is told where those are shown; here, only what it left out.
    not_checked: list[str] = []
    outcomes: list[Outcome] = []
    files = FilesRead(inputs.bundle)
    for command, result, seconds, opened in _results(inputs):
        names = files.names_of(opened)
        rows.append({"command": command.name, "status": status_of(result), "seconds": seconds, "files": names})
        problems += [f"{command.name}: {problem}" for problem in result.problems]
        errors += [f"{command.name}: {problem}" for problem in result.errors]
        not_checked += [f"{command.name}: {said}" for said in result.not_checked]
        outcomes.append(Outcome(command.name, status_of(result), result.not_checked))
    if inputs.options.require_release:
        unmet = _release_problems(inputs)
        problems += map(str, unmet)
        outcomes.append(Outcome("--require-release", "failed" if unmet else "ok"))
    recorded, unwritten = _write_record(inputs, outcomes)
    errors += unwritten
    counted = {status: sum(row["status"] == status for row in rows) for status in ("ok", "failed", "error")}
    tally = inputs.ledger.tally()
    digests = {"files": files.digests()} if inputs.options.format == "json" else {}
    return CheckResult(
        tuple(rows),
        {**counted, **recorded, "published_numbers": tally._asdict(), **digests},
        tuple(problems),
        tuple(errors),
        not_checked=tuple(not_checked),
        closing=(_said_of_published(tally, inputs),),
    )


class _Timed(NamedTuple):
    command: Command
    result: CheckResult
    seconds: float
    files: frozenset[str]


def _results(inputs: Inputs) -> list[_Timed]:
    """What each check finds, in the order of the commands.

    Those that resample begin together when the first of them comes; they are waited for when all others are done.
    """
    found: dict[str, _Timed] = {}
    shared: _SharedEstimates | None = None
    begun = 0.0
    checks = [command for command in COMMANDS if command.within_all is not None]
    for command in checks:
        started = time.perf_counter()
        inputs.progress(f"{command.name} …")
        if shared is None and _asks(command):
            shared = _SharedEstimates(inputs)
            begun = time.perf_counter() - started
        if shared is None or not shared.answers(command):
            with inputs.bundle.noting() as opened:
                result = result_within_all(command, inputs)
            found[command.name] = _Timed(command, result, time.perf_counter() - started, frozenset(opened))
    for command in checks:
        if command.name not in found:
            assert shared is not None
            started = time.perf_counter()
            with inputs.bundle.noting() as opened:
                result = shared.result_of(command)
            opened |= shared.files_of(command)
            # What all of them share is told of the first.
            seconds = begun + time.perf_counter() - started
            found[command.name] = _Timed(command, result, seconds, frozenset(opened))
            begun = 0.0
    return [found[command.name] for command in checks]


def _asks(command: Command) -> bool:
    return command.within_all is not None and command.within_all.asks is not None


def _said_of_published(tally: Tally, inputs: Inputs) -> str:
    """How many of the published numbers this run has held."""
    if inputs.bundle.held_to_release:
        return tally.sentence()
    return f"a demo bundle is not held to the published numbers, except those of the toy submission: {tally.sentence()}"


def _release_problems(inputs: Inputs) -> tuple[Problem, ...]:
    """What --require-release finds wrong, empty where the bundle is the release."""
    problem = inputs.release_problem()
    return () if problem is None else (problem,)


def _write_record(inputs: Inputs, outcomes: Sequence[Outcome]) -> tuple[dict[str, str], list[str]]:
    """Write the record of --record, where it is asked for: what the summary says of it, and why it was not written."""
    if inputs.options.record is None:
        return {}, []
    record = verification_record(inputs.bundle, outcomes)
    try:
        write_json(Path(inputs.options.record), record)
    except OutputError as error:
        return {}, [str(problem) for problem in error.problems]
    return {"record": inputs.options.record, "result": record["predicate"]["result"]}, []


class _SharedEstimates:
    """The results of the commands that resample, all from one pass over the draws, which begins at once."""

    def __init__(self, inputs: Inputs) -> None:
        self._pass = SharedPass(inputs.for_check(argparse.Namespace()).bootstrap)
        self._pending: dict[str, Pending[CheckResult]] = {}
        self._files: dict[str, set[str]] = {}
        self._has_run = False
        for command in COMMANDS:
            within = command.within_all
            if within is None or within.asks is None:
                continue
            inputs.progress(f"{command.name} …")
            options = command.parse(within.arguments)
            # What keeps a command from asking, it says where it is run by itself.
            with inputs.bundle.noting() as self._files[command.name], suppress(*INPUT_ERRORS):
                self._pending[command.name] = self._pass.add(load(within.asks)(inputs.for_check(options)))
        self._pass.begin()

    def answers(self, command: Command) -> bool:
        """Whether this is one of the commands."""
        return command.name in self._pending

    def files_of(self, command: Command) -> set[str]:
        """The files that were opened to ask for what one of the commands needs."""
        return self._files[command.name]

    def result_of(self, command: Command) -> CheckResult:
        """The result of one of the commands."""
        if not self._has_run:
            self._pass.run()
            self._has_run = True
        return self._pending[command.name].result


def result_within_all(command: Command, inputs: Inputs) -> CheckResult:
    """What one check of `all` finds by itself; whatever keeps it from checking is an error of its result."""
    within = command.within_all
    assert within is not None
    options = argparse.Namespace() if within.instead else command.parse(within.arguments)
    try:
        result: CheckResult = load(within.instead or command.answer)(inputs.for_check(options))
    except BrokenPipeError:
        raise
    except INPUT_ERRORS as error:
        return CheckResult(errors=problems_of(error))
    return result
