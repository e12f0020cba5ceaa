"""Commands that say what a score is worth: noise-floor, transitions, breakdown, compare, power, parser-audit, audit."""

import argparse
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, positive_int, seed
from spinefairbench.cli.panels import add_model_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from spinefairbench.analysis.result import CheckResult

__all__ = ["CHECKS", "COMMANDS"]


def _drawing(run: Run) -> "Callable[[int, int], None]":
    return lambda done, of: run.progress.show(f"bootstrap: {done:,} of {of:,} resamples")


def _settings(run: Run) -> dict[str, int]:
    """Iterations and seed: those asked for, else the frozen ones."""
    from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED

    iterations, its_seed = run.args.bootstrap_iterations, run.args.seed
    return {
        "iterations": FROZEN_ITERATIONS if iterations is None else iterations,
        "seed": FROZEN_SEED if its_seed is None else its_seed,
    }


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bootstrap-iterations", type=positive_int, metavar="N", help="default 10,000")
    parser.add_argument("--seed", type=seed, metavar="S", help="default 42")


def _add_model_and_settings(parser: argparse.ArgumentParser) -> None:
    add_model_option(parser)
    _add_settings(parser)


def _noise_floor(run: Run) -> "CheckResult":
    from spinefairbench.analysis.noise_floor import noise_floor

    published = run.published("noise_floor")
    return noise_floor(
        run.panels(),
        None if published is None else published["models"],
        whole_panel=run.selected_models is None,
        progress=_drawing(run),
        **_settings(run),
    )


def _transitions(run: Run) -> "CheckResult":
    from spinefairbench.analysis.transitions import transitions

    return transitions(run.panels(), progress=_drawing(run), **_settings(run))


def _breakdown(run: Run) -> "CheckResult":
    from spinefairbench.analysis.breakdown import breakdown
    from spinefairbench.bundle.source_metadata import read_source_metadata

    metadata = read_source_metadata(run.bundle)
    return breakdown(run.panels(), run.args.by, metadata, progress=_drawing(run), jobs=run.jobs, **_settings(run))


def _configure_breakdown(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by",
        required=True,
        choices=("edit", "age", "sex", "dataset", "same-or-cross"),
        help="what to part the pairs by",
    )
    _add_model_and_settings(parser)


CHECKS: Final = (
    Command(
        "noise-floor",
        "how much of each change rate is the model changing its mind on the same image",
        "noise-floor --artifacts artifacts --model gpt-5.4",
        _noise_floor,
        _add_model_and_settings,
    ),
    Command(
        "transitions",
        "which recommendations come and go when a source is edited, and which way more often",
        "transitions --artifacts artifacts --model gpt-5.4",
        _transitions,
        _add_model_and_settings,
    ),
)
"""Those that `all` runs too."""

COMMANDS: Final = (
    Command(
        "breakdown",
        "both endpoints and the floor for parts of the pairs, and how the parts differ",
        "breakdown --artifacts artifacts --by sex --model gpt-5.4",
        _breakdown,
        _configure_breakdown,
    ),
)
