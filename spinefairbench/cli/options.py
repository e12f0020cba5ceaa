"""The options of the commands, each declared once."""

import argparse
import math
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from spinefairbench.cli.late_imports import load
from spinefairbench.render.formats import FORMATS

__all__ = [
    "ALLOW_PARTIAL",
    "BLANK_AS_REFUSAL",
    "BOOTSTRAP",
    "CLUSTER",
    "COMMON",
    "FIGURES",
    "FORCE",
    "MODEL",
    "NAMES",
    "OUTPUT",
    "PAIRS",
    "REQUIRE_READABLE",
    "SCOPE",
    "SUBMISSION",
    "SUBMITTED_FIELDS",
    "SUBMITTED_MODEL",
    "Option",
    "add_options",
    "large_int",
    "option",
    "positive_int",
    "repeats",
    "seed",
    "share",
    "temperature",
]

_MAX_ITERATIONS: Final = 1_000_000
_MAX_JOBS: Final = 256
_MAX_DIGITS: Final = 4000
_MAX_LARGE: Final = 10**12
_MAX_REPEATS: Final = 100


def positive_int(text: str) -> int:
    """A whole number from 1, for argparse."""
    return _whole_number(text, _MAX_ITERATIONS)


def large_int(text: str) -> int:
    """A whole number from 1, of bytes or what else may be many, for argparse."""
    return _whole_number(text, _MAX_LARGE)


def repeats(text: str) -> int:
    """How many reports on one image, for argparse."""
    return _whole_number(text, _MAX_REPEATS)


def seed(text: str) -> int:
    """A non-negative whole number of any size, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, found {text[:40]!r}")
    return int(text)


def share(text: str) -> float:
    """A number above 0 and at most 1, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number above 0 and at most 1, found {text[:40]!r}")
    return value


def temperature(text: str) -> float:
    """A finite number from 0, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"expected a number from 0, found {text[:40]!r}")
    return value


def _jobs(text: str) -> int:
    return _whole_number(text, _MAX_JOBS)


def _whole_number(text: str, most: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not 1 <= value <= most:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {most:,}, found {text[:40]!r}")
    return value


class Option(NamedTuple):
    """An option or a positional argument: its names, and what `argparse.add_argument` is told of it.

    `choices` may be the place of a sequence ("module:NAME"), which is imported only for the command that is asked for.
    """

    names: tuple[str, ...]
    settings: dict[str, Any]

    def but(self, **settings: object) -> "Option":
        """The same option with other settings."""
        return Option(self.names, self.settings | settings)


def option(*names: str, **settings: Any) -> Option:
    """Declare an option, as for `argparse.add_argument`."""
    return Option(names, settings)


def add_options(parser: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Add these options to a parser."""
    for each in options:
        settings = dict(each.settings)
        if isinstance(settings.get("choices"), str):
            settings["choices"] = load(settings["choices"])
        parser.add_argument(*each.names, **settings)


COMMON: Final = (
    option("--artifacts", metavar="DIR", help="the root of the bundle (default: artifacts/ here, or beside the code)"),
    option("--require-release", action="store_true", help="fail unless the bundle is the release"),
    option("--format", choices=tuple(FORMATS), default="text", help="default: text"),
    option("--wide", action="store_true", help="do not fit wide tables and long lines to the terminal"),
    option("--quiet", action="store_true", help="print only problems (with other formats than text: no progress)"),
    option("--jobs", type=_jobs, metavar="N", help="number of parallel jobs (default: one per processor)"),
)
"""What every command has."""

MODEL: Final = option("--model", default="all", metavar="M", help="one model, or all (default)")
BOOTSTRAP: Final = (
    option("--bootstrap-iterations", type=positive_int, metavar="N", help="number of resamples (default: 10,000)"),
    option("--seed", type=seed, metavar="S", help="seed of the resamples (default: 42)"),
)
CLUSTER: Final = option(
    "--cluster",
    choices=("source", "patient"),
    default="source",
    help="patient: also give intervals that resample patients; a patient may have two views (default: source)",
)
NAMES: Final = option(
    "names",
    nargs="*",
    metavar="MODEL|SCORE",
    help="models of the panel, or else score files; - is standard input (default: all models)",
)
SCOPE: Final = option("--scope", choices="spinefairbench.bundle.scopes:SCOPES", help="the pairs to report on")
SUBMISSION: Final = option(
    "--submission", metavar="F", help="read the reports of this submission or score file instead of the panel's"
)
ALLOW_PARTIAL: Final = option("--allow-partial", action="store_true")
BLANK_AS_REFUSAL: Final = option(
    "--blank-as-refusal",
    action="store_true",
    help="take a blank report for the full refusal that it is by definition, not for a fault",
)
REQUIRE_READABLE: Final = option(
    "--require-readable",
    action="store_true",
    help="fail where too many reports cannot be read by the parsers, or too few pairs are usable",
)
OUTPUT: Final = option("--output", required=True, metavar="F")
FORCE: Final = option("--force", action="store_true", help="overwrite an existing output file")
FIGURES: Final = option("--figures", metavar="DIR", help="also write every figure of the page into this folder, as SVG")
PAIRS: Final = option(
    "--pairs",
    type=positive_int,
    metavar="N",
    help="number of pairs shown on the page (default: up to 270, as many as keep it under 5 MB)",
)
SUBMITTED_FIELDS: Final = ("version", "organization", "model_family", "prompt_id", "inference_date_utc")
"""What a submission may say of its model beside the name."""
SUBMITTED_MODEL: Final = (
    option("--model-name", required=True, metavar="N", help="the model's display name"),
    *(
        option(
            f"--model-{field.removeprefix('model_').replace('_', '-')}",
            dest=field,
            metavar="TEXT",
            help=f"the submission's model.{field}",
        )
        for field in SUBMITTED_FIELDS
    ),
)
