"""The published figures of the release, from the data files that hold them, and which of them a run has compared."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple, TypeAlias

from spinefairbench.files.package_data import read_data
from spinefairbench.problems import Problem, expect, field_of

__all__ = ["QUOTED", "Figures", "Ledger", "Tally", "published", "published_evidence", "published_numbers"]

NumberPath: TypeAlias = tuple[str, ...]
"""Where a published number stands: its section, then keys; in a list, its place."""

_RESULTS: Final = "published_results.json"
_EVIDENCE: Final = "published_evidence.json"
_OWN_FILE: Final = {
    "transitions": "published_transitions.json",
    "finding_strata": "published_finding_strata.json",
}
"""Sections that are large enough for a file of their own."""
_ORIGIN: Final = "origin"
_FRACTION: Final = re.compile(r"\d+/\d+")

_ARCHIVE: Final = "the unpacked bundle is checked, not the archive that it came in"
_CHECKPOINT: Final = "of the generator's checkpoint, which is not part of the bundle; the generator checks it"
_BASE_SEED: Final = "the seeds that were used are derived from it; those are compared"
_HISTORICAL: Final = "of an earlier program, which joined reports by source and not by pair"
_NOT_RELEASED: Final = "the age and sex estimators were not released"
_NO_REPORTS: Final = "the 192 reports of the control were not released"
_NO_SPLIT: Final = "nothing in the bundle says which sources the generator was trained on"

QUOTED: Final[Mapping[NumberPath, str]] = {
    ("release", "variants", "anonymous", "archive"): _ARCHIVE,
    ("release", "variants", "public", "archive"): _ARCHIVE,
    ("release", "generator_checkpoint"): _CHECKPOINT,
    ("table2_published_seed", "base_seed"): _BASE_SEED,
    ("unmatched_predictions", "recorded_base"): _HISTORICAL,
    ("target_validity",): _NOT_RELEASED,
    ("reconstruction_control",): _NO_REPORTS,
    ("generator_training_overlap",): _NO_SPLIT,
}
"""Where the published numbers stand that no command compares, with the reason."""


def published(section: str) -> dict[str, Any]:
    """A section of the published figures, as its file holds it; the file's `origin` says where they are from."""
    figures: dict[str, Any] = _file(_OWN_FILE.get(section, _RESULTS))[section]
    return figures


def published_evidence() -> dict[str, Any]:
    """Figures on the edits that nothing released allows to recompute, by section."""
    return _file(_EVIDENCE)


@cache
def _file(name: str) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(read_data(__package__, name))
    return figures


@cache
def published_numbers() -> frozenset[NumberPath]:
    """Where each published number stands: an integer, a float or a fraction such as "193/200"."""
    return frozenset(
        path
        for file in (_RESULTS, *_OWN_FILE.values(), _EVIDENCE)
        for section, figures in _file(file).items()
        for path in _numbers(figures, (section,))
    )


def _numbers(value: Any, path: NumberPath) -> Iterator[NumberPath]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key != _ORIGIN:
                yield from _numbers(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _numbers(item, (*path, str(place)))
    elif (isinstance(value, int | float) and not isinstance(value, bool)) or (
        isinstance(value, str) and _FRACTION.fullmatch(value)
    ):
        yield path


class Tally(NamedTuple):
    """How many of the published `numbers` `held` or `differed`, were `quoted` only, or `not_checked`."""

    numbers: int
    held: int
    differed: int
    quoted: int
    not_checked: int

    def sentence(self) -> str:
        """The tally in words."""
        said = f"{self.held:,} of {self.numbers:,} published numbers held, {self.quoted:,} quoted"
        differed = f", {self.differed:,} differ" if self.differed else ""
        return f"{said}, {self.not_checked:,} not checked{differed}"


class Ledger:
    """Which published numbers a run has compared, and whether each held every time."""

    def __init__(self) -> None:
        self._held: dict[NumberPath, bool] = {}

    def note(self, path: NumberPath, wanted: Any, held: bool) -> None:
        """Note the numbers in `wanted`, which stands at `path`, as compared."""
        for number in _numbers(wanted, path):
            self._held[number] = held and self._held.get(number, True)

    @property
    def compared(self) -> frozenset[NumberPath]:
        """Where the numbers stand that were compared."""
        return frozenset(self._held)

    def tally(self) -> Tally:
        """Every published number, counted once."""
        numbers = published_numbers()
        compared = numbers & self.compared
        held = sum(self._held[path] for path in compared)
        quoted = sum(is_quoted(path) for path in numbers - compared)
        return Tally(len(numbers), held, len(compared) - held, quoted, len(numbers) - len(compared) - quoted)


def is_quoted(path: NumberPath) -> bool:
    """Whether the number at `path` is quoted and never compared."""
    return any(path[: len(prefix)] == prefix for prefix in QUOTED)


class Figures(Mapping[str, Any]):
    """Published figures by key, which note in a ledger what is compared with them.

    An item that holds further keys is `Figures` too. To look at a figure does not count as comparing it.
    """

    def __init__(self, figures: Mapping[str, Any], ledger: Ledger | None = None, path: NumberPath = ()) -> None:
        self._figures = figures
        self._ledger = Ledger() if ledger is None else ledger
        self._path = path

    def __getitem__(self, key: str) -> Any:
        item = self._figures[key]
        return Figures(item, self._ledger, (*self._path, key)) if isinstance(item, Mapping) else item

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)

    def expect(
        self, key: str, actual: Any, tolerance: float | None = None, *, name: str | None = None, place: str = ""
    ) -> list[Problem]:
        """Compare `actual` with the figure under `key`, as `spinefairbench.problems.expect` does; `name` defaults to it."""
        wanted = self._figures[key]
        problems = expect(actual, wanted, tolerance, name=key if name is None else name, place=place)
        self._ledger.note((*self._path, key), wanted, not problems)
        return problems

    def expect_each(
        self, names: Iterable[str], actual: Any, tolerance: float | None = None, *, place: str = ""
    ) -> list[Problem]:
        """Compare each named field of `actual`: the key of a mapping, the attribute of anything else."""
        return [
            problem for name in names for problem in self.expect(name, field_of(actual, name), tolerance, place=place)
        ]
