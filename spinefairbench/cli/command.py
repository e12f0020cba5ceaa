"""What a command is, and what it is given when it runs."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.artifacts import Bundle, BundleKind
    from spinefairbench.bundle.reports import PanelReports, RetainedRow
    from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = [
    "CODE_ROOT",
    "UNFORESEEN",
    "Command",
    "Progress",
    "Run",
    "different_files",
    "positive_int",
    "read_report",
    "seed",
    "unforeseen",
]

CODE_ROOT: Final = Path(__file__).resolve().parent.parent.parent
"""The folder that holds the package: a checkout's root, or site-packages where it is installed."""

_MAX_ITERATIONS: Final = 1_000_000
_REDRAW_SECONDS: Final = 0.1
_MAX_REPORT_BYTES: Final = 16 * 1024 * 1024


class Command(NamedTuple):
    """`configure` adds the command's own options; `run` answers it. Imports that cost time belong in `run`."""

    name: str
    help: str
    example: str
    run: "Callable[[Run], CheckResult]"
    configure: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    aliases: tuple[str, ...] = ()


class Progress:
    """One line on a terminal's stderr, redrawn; silent where stderr is no terminal or --quiet was given."""

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._shown_at = 0.0
        self._width = 0

    def show(self, text: str) -> None:
        """Redraw the line with `text`, at most ten times a second."""
        if not self._on:
            return
        now = time.monotonic()
        if now - self._shown_at >= _REDRAW_SECONDS:
            self._shown_at = now
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def clear(self) -> None:
        """Remove the line, so that other output starts on a clean one."""
        if self._on and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


class _Read:
    """What a run has read so far; shared by the commands of `all`, so that nothing is read twice."""

    def __init__(self) -> None:
        self.bundle: Bundle | None = None
        self.panels: dict[tuple[str, ...] | None, PanelReports] = {}


class Run:
    """One run of one command: its arguments, its bundle, and what was read of it so far."""

    def __init__(self, args: argparse.Namespace, progress: Progress) -> None:
        self.args = args
        self.progress = progress
        self._read = _Read()

    def with_args(self, args: argparse.Namespace) -> "Run":
        """The same bundle and reports for another command."""
        other = Run(args, self.progress)
        other._read = self._read
        return other

    @property
    def bundle(self) -> "Bundle":
        """The bundle of --artifacts. Raises BundleError."""
        if self._read.bundle is None:
            from spinefairbench.bundle.artifacts import open_bundle
            from spinefairbench.errors import BundleError

            if self.args.artifacts is None and not os.path.lexists(default_artifacts()):
                raise BundleError(
                    f"{default_artifacts()}: no bundle is here; name its folder with --artifacts, or write a synthetic one with demo-bundle"
                )
            bundle = open_bundle(self.artifacts)
            _ = bundle.kind  # a marker that cannot be read is an error whatever the command
            self._read.bundle = bundle
        return self._read.bundle

    @property
    def bundle_kind(self) -> "BundleKind | None":
        """The kind of the bundle that was opened, None where none was."""
        return None if self._read.bundle is None else self._read.bundle.kind

    @property
    def artifacts(self) -> Path:
        """The bundle's folder: --artifacts, or artifacts/ beside the code."""
        given: str | None = self.args.artifacts
        return default_artifacts() if given is None else Path(given)

    @property
    def jobs(self) -> int:
        """How many things to do at once: --jobs, else the machine's processors."""
        given: int | None = self.args.jobs
        return given or os.cpu_count() or 1

    @property
    def bootstrap(self) -> "Bootstrap":
        """Iterations and seed as asked for, else the frozen ones; work is spread and progress shown."""
        from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

        iterations, its_seed = getattr(self.args, "bootstrap_iterations", None), getattr(self.args, "seed", None)
        return Bootstrap(
            FROZEN.iterations if iterations is None else iterations,
            FROZEN.seed if its_seed is None else its_seed,
            self.jobs,
            lambda done, of: self.progress.show(f"bootstrap: {done:,} of {of:,} resamples"),
        )

    def published(self, section: str) -> dict[str, Any] | None:
        """A section of the published figures where the bundle is held to them, None for a demo bundle."""
        if not self.bundle.held_to_release:
            return None
        from spinefairbench.bundle.published import published

        figures: dict[str, Any] = published()[section]
        return figures

    @property
    def selected_models(self) -> tuple[str, ...] | None:
        """The model of --model, or None for all."""
        given: str | None = getattr(self.args, "model", None)
        return None if given in (None, "all") else (str(given),)

    def panels(self) -> "PanelReports":
        """The reports of the selected models, read once a run. Raises BundleError or UsageError."""
        return self.panels_of(self.selected_models)

    def panels_of(
        self, models: "Iterable[str] | None", observe: "Callable[[RetainedRow], None] | None" = None
    ) -> "PanelReports":
        """The reports of these models (None: all), read once a run unless every row is to be observed anew."""
        from spinefairbench.bundle.reports import read_panels

        selected = None if models is None else tuple(models)
        panels = self._read.panels
        if observe is not None or selected not in panels:
            panels[selected] = read_panels(
                self.bundle,
                selected,
                progress=lambda panel, rows: self.progress.show(f"{panel}: {rows:,} reports read"),
                observe=observe,
            )
        return panels[selected]


def default_artifacts() -> Path:
    """`artifacts/` beside the code."""
    return CODE_ROOT / "artifacts"


UNFORESEEN: Final = (OSError, MemoryError, RecursionError)
"""What no reader of a file could turn into a problem of that file, but what input or the machine may cause."""


def unforeseen(error: BaseException) -> str:
    """A sentence for one of UNFORESEEN."""
    if isinstance(error, MemoryError):
        return "out of memory"
    if isinstance(error, RecursionError):
        return "a value of the input is nested too deeply"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    name = getattr(error, "filename", None)
    return f"{name}: {reason.lower()}" if name else f"input or output failed: {reason.lower()}"


def different_files(**files: str | None) -> None:
    """Raise UsageError where two of these options name the same file: the second would destroy the first."""
    from spinefairbench.errors import UsageError

    named: dict[str, str] = {}
    for option, file in files.items():
        if file is not None:
            try:
                place = os.path.realpath(file)
            except ValueError:
                continue  # no path at all: whoever opens it says so
            if place in named:
                raise UsageError(f"--{option} is the file of --{named[place]} ({file}); expected another one")
            named[place] = option


def read_report(path: str) -> str:
    """The text of one report, from a file or from standard input (`-`). Raises UsageError."""
    from spinefairbench.errors import UsageError
    from spinefairbench.files.reading import read_text_input

    return read_text_input(
        path, limit=_MAX_REPORT_BYTES, error=UsageError, standard_input=sys.stdin.buffer, expected="one report"
    )


def positive_int(text: str) -> int:
    """A whole number from 1, for argparse."""
    try:
        value = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a whole number, found {text[:40]!r}") from None
    if not 1 <= value <= _MAX_ITERATIONS:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to {_MAX_ITERATIONS:,}")
    return value


def seed(text: str) -> int:
    """A non-negative whole number of any size, for argparse."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4000):
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, found {text[:40]!r}")
    return int(text)
