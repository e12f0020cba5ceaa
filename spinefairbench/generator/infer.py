"""Inference: `python3 -m spinefairbench.generator.infer --input PATH --output DIR --checkpoint FILE ...`.

Exit status: 0 if every pair was made and recorded, whatever its verdict; 1 if some could not be made and all others were;
2 if something cannot be used; 130 if interrupted, with whole files only.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from spinefairbench.generator.arms import EDIT
from spinefairbench.generator.contact_sheet import SHEET
from spinefairbench.generator.effect import EFFECT
from spinefairbench.generator.failed_pairs import FAILURES
from spinefairbench.generator.failures import DeviceError, exit_status
from spinefairbench.generator.inference_options import inference_parser, request_of
from spinefairbench.generator.preparing import prepare
from spinefairbench.generator.processes import exit_process, is_first_process
from spinefairbench.generator.released import notice
from spinefairbench.generator.run import Outcome, run
from spinefairbench.problems import counted

__all__ = ["main"]


def _report(outcome: Outcome, output: Path, style: str) -> None:
    if style == "json":
        result = {"schema": "spinefairbench-generator-run-v1", **outcome._asdict(), "notice": notice()}
        print(json.dumps(result, indent=1))
        return
    print(
        f"{outcome.pairs} pairs: {outcome.passed} passed, {outcome.failed} failed, {outcome.incomplete} incomplete"
        f" ({outcome.made} made, {outcome.kept} kept, {outcome.seconds:.1f} s); judged by {', '.join(outcome.judged_by)}"
    )
    if outcome.unusable_radiographs or outcome.not_made:
        print(
            f"could not be made: {counted(outcome.not_made, 'edit')} and all edits of"
            f" {counted(outcome.unusable_radiographs, 'radiograph')}; see {output / FAILURES}"
        )
    if (output / SHEET).exists():
        print(f"look at: {output / SHEET}")
    if outcome.arm == EDIT:
        print(f"check with: python3 reviewer_verify.py dataset --artifacts {output}")
    else:
        print(f"these images of the arm {outcome.arm} are no edits; compare edits with them:")
        print(f"  {EFFECT} --output EDITS --{outcome.arm} {output}")
    print(notice())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; each problem with the input is a sentence on stderr."""
    arguments = inference_parser().parse_args(argv)
    is_first = is_first_process()
    return exit_status(
        lambda: _run(arguments, is_first=is_first),
        # Most problems are the same in every process, so one reports them; but each process has its own device, and
        # its own files.
        reports=lambda error: is_first or isinstance(error, DeviceError | OSError),
        advice="; the files written so far are whole, continue with --resume",
    )


def _run(arguments: argparse.Namespace, *, is_first: bool) -> int:
    def log(text: str) -> None:
        if is_first and not arguments.quiet:
            print(text, file=sys.stderr, flush=True)

    shows_progress = (sys.stderr.isatty() or arguments.progress) and not arguments.quiet
    session = prepare(request_of(arguments), log)
    outcome = run(session, log, log if shows_progress else None)
    session.processes.wait()
    if is_first:
        _report(outcome, arguments.output, arguments.format)
    return 1 if outcome.unusable_radiographs or outcome.not_made else 0


if __name__ == "__main__":
    exit_process(main())
