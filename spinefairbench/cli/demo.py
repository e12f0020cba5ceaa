"""demo-bundle: write a synthetic bundle in the released layout."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, positive_int, seed

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS"]


def _demo_bundle(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.demo import write_demo_bundle

    args = run.args
    write_demo_bundle(
        Path(args.output),
        core_sources=args.core_sources,
        sources=args.sources,
        seed=args.seed,
        progress=run.progress.show,
    )
    row = {"output": args.output, "core_sources": args.core_sources, "seed": args.seed}
    return CheckResult((row,), notes=("everything in this bundle is synthetic; it is not part of the release",))


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", required=True, metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--core-sources",
        type=positive_int,
        default=12,
        metavar="N",
        help="number of sources with reports (default 12; the release has 1000)",
    )
    parser.add_argument(
        "--sources",
        type=positive_int,
        metavar="N",
        help="number of sources in the dataset (default in proportion; the release has 2950)",
    )
    parser.add_argument(
        "--seed", type=seed, default=7, metavar="S", help="random seed (default 7); the same seed writes the same bytes"
    )


COMMANDS: Final = (
    Command(
        "demo-bundle",
        "write a synthetic bundle of any size in the released layout",
        "demo-bundle --output demo --core-sources 1000 --sources 2950",
        _demo_bundle,
        _configure,
    ),
)
