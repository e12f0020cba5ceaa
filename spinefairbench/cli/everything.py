"""all: every check, one line each, and a closing verdict."""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from spinefairbench.cli.command import UNFORESEEN, Command, Run, default_artifacts, unforeseen

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["checks_command"]

_ARGUMENTS: Final[dict[str, dict[str, Any]]] = {
    "checksums": {"edits_fail": False},
    "parse-sample": {"with_whole_panel": True},
    "table2": {"recompute_ci": True},
}
"""What `all` asks of a check beyond its defaults."""


def checks_command(checks: tuple[Command, ...]) -> Command:
    """The command that runs `checks` in order on one bundle."""

    def run_all(run: Run) -> "CheckResult":
        # A broken link to the release must not be mistaken for no bundle at all.
        if run.args.artifacts is not None or os.path.lexists(default_artifacts()):
            return _run_checks(run, checks, [])
        said = "no bundle was found at artifacts/: this is a DEMO on a synthetic bundle, and verifies nothing about the release"
        if not run.args.quiet and run.args.format == "text":
            print(said, flush=True)
        import tempfile

        with tempfile.TemporaryDirectory(prefix="spinefairbench-demo-") as folder:
            from spinefairbench.demo import write_demo_bundle

            root = Path(folder) / "artifacts"
            write_demo_bundle(root, progress=run.progress.show)
            args = argparse.Namespace(**{**vars(run.args), "artifacts": str(root)})
            return _run_checks(run.with_args(args), checks, [said])

    return Command(
        "all",
        "run every check, one line each, and a closing verdict",
        "all --artifacts artifacts",
        run_all,
    )


def _run_checks(run: Run, checks: tuple[Command, ...], notes: list[str]) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.errors import SpineFairBenchError
    from spinefairbench.render.document import status_of

    _ = run.bundle  # no check can say anything without one
    rows: list[dict[str, object]] = []
    problems: list[str] = []
    errors: list[str] = []
    # What each check notes about its own rows is told where those are shown; here, only what it left out.
    not_checked: list[str] = []
    for check in checks:
        parser = argparse.ArgumentParser()
        check.configure(parser)
        own = vars(parser.parse_args([])) | _ARGUMENTS.get(check.name, {})
        started = time.perf_counter()
        run.progress.show(f"{check.name} …")
        try:
            result = check.run(run.with_args(argparse.Namespace(**{**vars(run.args), **own})))
        except SpineFairBenchError as error:
            result = CheckResult(errors=error.problems)
        except BrokenPipeError:
            raise
        except UNFORESEEN as error:
            result = CheckResult(errors=(unforeseen(error),))
        seconds = time.perf_counter() - started
        rows.append({"command": check.name, "status": status_of(result), "seconds": seconds})
        problems += [f"{check.name}: {problem}" for problem in result.problems]
        errors += [f"{check.name}: {problem}" for problem in result.errors]
        not_checked += [f"{check.name}: {said}" for said in result.not_checked]
    counted = {status: sum(row["status"] == status for row in rows) for status in ("ok", "failed", "error")}
    return CheckResult(
        tuple(rows), counted, tuple(problems), tuple(errors), tuple(notes), not_checked=tuple(not_checked)
    )
