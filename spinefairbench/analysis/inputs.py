"""What a check is asked of: a bundle and its reports, read once a run, and the settings of that run.

Readers are imported when something is read, so that a check that reads no bundle starts at once.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from spinefairbench.bundle.published import Figures, Ledger, published
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files.reading import TextInput, read_text_input
from spinefairbench.problems import Problem

if TYPE_CHECKING:
    from spinefairbench.analysis.mention_collector import MentionCollector, MentionReader
    from spinefairbench.bundle.artifacts import Bundle, BundleKind
    from spinefairbench.bundle.reports import PanelReports
    from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["CODE_ROOT", "Inputs", "default_artifacts"]

CODE_ROOT: Final = Path(__file__).resolve().parents[2]
"""The folder that holds the package: a checkout's root, or site-packages where it is installed."""

_MAX_REPORT_BYTES: Final = 16 * 1024 * 1024
_ARTIFACTS: Final = "artifacts"
_NO_BUNDLE: Final = "no bundle here, nor beside the code"
_RELEASE_REQUIRED: Final = "expected the release (--require-release)"
_NOT_RELEASE: Final = {
    "demo": "a synthetic demo bundle",
    "other": "not the release: at least one of its seven anchor files is missing or differs (see `release-identity`)",
}


def default_artifacts() -> Path | None:
    """The bundle of a run that names none: `artifacts/` in the current folder, else beside the code, as absolute path.

    None where neither is there. A broken link is there: it must not be mistaken for no bundle at all.
    """
    for path in (Path(_ARTIFACTS), CODE_ROOT / _ARTIFACTS):
        if os.path.lexists(path):
            return path.absolute()
    return None


def _no_progress(text: str) -> None:
    """Progress that nobody sees."""


class _Cache:
    """What a run has read so far; the checks of `all` share it."""

    def __init__(self) -> None:
        self.bundle: Bundle | None = None
        self.found: Path | None = None
        self.readings: dict[tuple[str, ...] | None, _Reading | BundleError] = {}
        self.files: dict[tuple[str, ...] | None, set[str]] = {}
        self.ledger = Ledger()


class _Reading(NamedTuple):
    """Reports that were read, with marks or without, and what a reader made of their texts."""

    panels: "PanelReports"
    marks: bool
    reader: "MentionReader | None" = None
    collector: "MentionCollector | None" = None

    def serves(self, marks: bool, reader: "MentionReader | None") -> bool:
        return self.marks >= marks and reader in (None, self.reader)


@dataclass(frozen=True)
class Inputs:
    """What one check is given.

    `options` has an attribute for each option of the command. `artifacts` is the bundle's root, None for
    `default_artifacts()`. `jobs` processes or threads may share the work. `progress` is told in a few words what is
    being done. `standard_input` is what the file name `-` stands for. `part_of_all` says that other checks of the
    same bundle follow, and `read_ahead` what some of them need of the texts of all reports. `given` are reports that
    are asked about in place of the panel's, and `given_pairs` those that they were to be on, None where not all of
    these are known.
    """

    options: Any = None
    artifacts: Path | None = None
    jobs: int = 1
    progress: Callable[[str], None] = _no_progress
    standard_input: BinaryIO | None = None
    part_of_all: bool = False
    read_ahead: "MentionReader | None" = None
    given: "PanelReports | None" = None
    given_pairs: frozenset[str] | None = None
    _cache: _Cache = field(default_factory=_Cache, repr=False)

    def for_check(self, options: object) -> "Inputs":
        """The same bundle, and what was read of it, for a check of `all` with these options."""
        return replace(self, options=options, part_of_all=True)

    def about(self, reports: "PanelReports", pairs: frozenset[str] | None) -> "Inputs":
        """The same question about these reports in place of the panel's; nothing was published of them.

        `pairs` are those that they were to be on, None where not all of these are known.
        """
        return replace(self, given=reports, given_pairs=pairs)

    @property
    def has_bundle(self) -> bool:
        """Whether a bundle is named or found; whether it can be opened is another question."""
        return self.artifacts is not None or default_artifacts() is not None

    @property
    def bundle(self) -> "Bundle":
        """The bundle. Raises BundleError."""
        if self._cache.bundle is None:
            from spinefairbench.bundle.artifacts import open_bundle

            root = self.artifacts
            if root is None:
                root = self._cache.found = default_artifacts()
                if root is None:
                    raise BundleError(
                        f"{_ARTIFACTS}: {_NO_BUNDLE}; name its folder with --artifacts, or create a synthetic one with "
                        "demo-bundle"
                    )
            bundle = open_bundle(root)
            _ = bundle.kind  # a marker that cannot be read is an error whatever the check
            self._cache.bundle = bundle
        return self._cache.bundle

    @property
    def bundle_kind(self) -> "BundleKind | None":
        """The kind of the bundle, None where none has been opened."""
        return None if self._cache.bundle is None else self._cache.bundle.kind

    @property
    def found_bundle(self) -> Path | None:
        """The folder of the bundle where `default_artifacts` gave it, None where it was named or nothing was read."""
        return self._cache.found

    def release_problem(self) -> Problem | None:
        """Why this is not the release, None where it is. Raises BundleError for a bundle that cannot be opened."""
        if not self.has_bundle:
            return Problem(_ARTIFACTS, f"{_NO_BUNDLE}; {_RELEASE_REQUIRED}")
        kind = self.bundle.kind
        if kind == "release":
            return None
        return Problem(str(self.bundle.root.absolute()), f"{_NOT_RELEASE[kind]}; {_RELEASE_REQUIRED}")

    @property
    def bundle_variant(self) -> str | None:
        """Which variant of the release the bundle is, None where none has been opened or it is not the release."""
        return None if self._cache.bundle is None else self._cache.bundle.variant

    @property
    def models(self) -> tuple[str, ...] | None:
        """The model of `--model`, or None for all."""
        given: str | None = getattr(self.options, "model", None)
        return None if given in (None, "all") else (str(given),)

    @property
    def whole_panel(self) -> bool:
        """Whether the check is about all models."""
        return self.models is None

    @property
    def by_patient(self) -> bool:
        """Whether intervals that resample patients are asked for too."""
        return getattr(self.options, "cluster", None) == "patient"

    @property
    def bootstrap(self) -> "Bootstrap":
        """The resampling: the iterations and seed asked for, else the frozen ones."""
        from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

        iterations, seed = getattr(self.options, "bootstrap_iterations", None), getattr(self.options, "seed", None)
        return Bootstrap(
            FROZEN.iterations if iterations is None else iterations,
            FROZEN.seed if seed is None else seed,
            self.jobs,
            lambda done, of: self.progress(f"bootstrap: {done:,} of {of:,} resamples"),
        )

    def published(self, section: str) -> Figures | None:
        """A section of the published figures, None where the bundle is a demo, or the reports are not the panel's."""
        if self.given is not None or not self.bundle.held_to_release:
            return None
        return Figures(published(section), self.ledger, (section,))

    @property
    def ledger(self) -> Ledger:
        """Which published numbers the checks of this run have compared."""
        return self._cache.ledger

    def panels(self, *, marks: bool = True) -> "PanelReports":
        """The reports of the selected models, or those given in their place; `marks` is as for `panels_of`.

        Raises BundleError or UsageError.
        """
        return self.panels_of(self.models, marks=marks) if self.given is None else self.given

    def panels_of(self, models: Iterable[str] | None, *, marks: bool = True) -> "PanelReports":
        """The reports of these models (None: all), read once a run.

        `marks`: whether those of their texts are needed, for `ModelReports.quality`. Raises BundleError or UsageError.
        """
        return self._reading(models, marks, None).panels

    def panels_with_mentions(
        self, models: Iterable[str] | None, reader: "MentionReader", *, marks: bool = True
    ) -> "tuple[PanelReports, MentionCollector]":
        """The reports of these models (None: all) and, from the same reading, what `reader` makes of their texts.

        Raises BundleError or UsageError.
        """
        reading = self._reading(models, marks, reader)
        assert reading.collector is not None
        return reading.panels, reading.collector

    def _reading(self, models: Iterable[str] | None, marks: bool, reader: "MentionReader | None") -> _Reading:
        """The reading that serves; its files are noted of every check that uses it, whichever made it."""
        selected = None if models is None else tuple(models)
        readings = self._cache.readings
        known = readings.get(selected)
        self.bundle.note(self._cache.files.get(selected, ()))
        if isinstance(known, BundleError):
            raise BundleError(known.problems)
        if known is None or not known.serves(marks, reader):
            if selected is None and self.read_ahead is not None:
                marks, reader = True, reader or self.read_ahead
            with self.bundle.noting() as self._cache.files[selected]:
                try:
                    known = readings[selected] = self._read(selected, marks, reader)
                except BundleError as error:
                    readings[selected] = error
                    raise
        return known

    def _read(self, selected: tuple[str, ...] | None, marks: bool, reader: "MentionReader | None") -> _Reading:
        from spinefairbench.bundle.reports import Observer, read_panels

        collector = observer = None
        if reader is not None:
            from spinefairbench.analysis.mention_collector import MentionCollector

            collector = MentionCollector()
            observer = Observer(reader, collector.keep)
        panels = read_panels(
            self.bundle,
            selected,
            marks=marks,
            observer=observer,
            progress=lambda panel, rows: self.progress(f"{panel}: {rows:,} reports read"),
            jobs=self.jobs,
        )
        return _Reading(panels, marks, reader, collector)

    def read_report(self, path: str) -> TextInput:
        """The text of one report, from a file or from standard input (`-`). Raises UsageError."""
        return read_text_input(
            path,
            limit=_MAX_REPORT_BYTES,
            error=UsageError,
            standard_input=self.standard_input,
            expected="one report",
        )
