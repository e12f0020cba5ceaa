#!/usr/bin/env python3
"""Check the generator's configuration, prompts and thresholds against the release; standard library only.

    python3 scripts/verify_generator_release.py --dry-run
    python3 scripts/verify_generator_release.py --checkpoint FILE
    python3 scripts/verify_generator_release.py --training-config FILE

The result is JSON on stdout. Exit status: 0 if everything agrees, 1 if something does not, 2 if a file cannot be used.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.generator.checkpoints import compare_with_release, read_checkpoint
from spinefairbench.generator.failures import exit_status
from spinefairbench.generator.release_check import release_report
from spinefairbench.generator.released import release_facts
from spinefairbench.generator.training import REFUSAL, read_training_record

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description="Check the facts of the released generator; no library is needed.")
    parser.add_argument("--dry-run", action="store_true", help="check configuration, thresholds and prompts")
    parser.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="also compare a file with what is published of the checkpoint"
    )
    parser.add_argument(
        "--training-config", type=Path, metavar="FILE", help="also check a record of training, which is never run"
    )
    arguments = parser.parse_args(argv)
    if not arguments.dry_run and arguments.checkpoint is None and arguments.training_config is None:
        parser.error("expected --dry-run, --checkpoint FILE, --training-config FILE or several of them")
    return exit_status(lambda: _run(arguments.checkpoint, arguments.training_config))


def _run(checkpoint_path: Path | None, training_path: Path | None) -> int:
    report = release_report()
    if training_path is not None:
        record = read_training_record(training_path)
        report["training_file"] = {"file": training_path.name, "values": record, "refusal": REFUSAL}
    if checkpoint_path is not None:
        checkpoint = read_checkpoint(checkpoint_path)
        differences = list(compare_with_release(checkpoint, release_facts()["checkpoint"]))
        report["problems"] += differences
        report["checkpoint_file"] = {"file": checkpoint.path.name, "agrees": not differences}
    report["status"] = "failed" if report["problems"] else "ok"
    print(json.dumps(report, indent=1))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
