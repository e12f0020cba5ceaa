"""What a run could not make, and why: one line in OUTPUT/failures.jsonl for a radiograph or for one of its edits.

What is recorded here has no row in quality control. A run that goes on with `--resume` reads such radiographs again
and makes such edits again, but for those that the model gave no numbers for: the same settings would give none again.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.errors import OutputError
from spinefairbench.files.json_input import json_rows
from spinefairbench.files.reading import reason
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.manifests import json_lines

__all__ = [
    "CHANGED",
    "FAILURES",
    "NOT_NUMBERS",
    "NOT_WRITTEN",
    "UNREADABLE",
    "Failure",
    "NotMade",
    "read_failures",
    "write_failures",
]

FAILURES: Final = "failures.jsonl"

UNREADABLE: Final = "unreadable"
CHANGED: Final = "changed"
NOT_NUMBERS: Final = "not-numbers"
NOT_WRITTEN: Final = "not-written"


class Failure(NamedTuple):
    """A radiograph (`edit_label` is None) or an edit that was not made; `fingerprint` is what it was to be made from."""

    source_id: str
    edit_label: str | None
    kind: str
    reason: str
    fingerprint: str | None = None

    def __str__(self) -> str:
        """One line for a reader."""
        return self.reason if self.pair_id is None else f"{self.pair_id}: {self.reason}"

    @property
    def pair_id(self) -> str | None:
        """The pair of an edit, None for a radiograph."""
        return None if self.edit_label is None else pair_id_of(self.source_id, self.edit_label)


class NotMade(NamedTuple):
    """How many radiographs could not be used, and how many edits of others could not be made."""

    radiographs: int
    edits: int

    @classmethod
    def of(cls, failures: Iterable[Failure]) -> "NotMade":
        """The numbers of some failures."""
        of_edits = [failure.edit_label is not None for failure in failures]
        return cls(of_edits.count(False), of_edits.count(True))


def read_failures(root: Path) -> tuple[Failure, ...]:
    """What an earlier run could not make; lines that are none, such as the last of a killed run, are passed over.

    Raises OSError.
    """
    path = root / FAILURES
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    return tuple(failure for _, row in json_rows(FAILURES, lines, []) if (failure := _failure(row)) is not None)


def _failure(row: Mapping[str, Any]) -> Failure | None:
    source_id, edit_label, kind, said, made_from = (row.get(name) for name in Failure._fields)
    if not (isinstance(source_id, str) and isinstance(kind, str) and isinstance(said, str)):
        return None
    if not isinstance(edit_label, str | None) or not isinstance(made_from, str | None):
        return None
    return Failure(source_id, edit_label, kind, said, made_from)


def write_failures(root: Path, failures: Iterable[Failure]) -> None:
    """Write the failures in order, or remove the file where there are none. Raises OutputError."""
    ordered = sorted(set(failures), key=lambda failure: (failure.source_id, failure.edit_label or ""))
    if ordered:
        write_whole_bytes(root / FAILURES, json_lines(failure._asdict() for failure in ordered))
        return
    try:
        (root / FAILURES).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{FAILURES}: cannot be removed: {reason(error)}") from None
