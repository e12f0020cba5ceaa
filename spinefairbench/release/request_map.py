"""Which report each request of a folder of request files asks for.

The manifest has the settings and the parts, `map.jsonl` a line for each request. Whoever reads the answers needs
these two and no part. Neither is trusted when it is read back.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.pair_ids import split_pair_id
from spinefairbench.errors import SubmissionError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.json_input import json_rows
from spinefairbench.files.reading import read_input
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.request_manifest import MANIFEST, RequestManifest, read_request_manifest

__all__ = ["MAP", "Report", "RequestMap", "map_bytes", "read_request_map"]

MAP: Final = "map.jsonl"
_MAX_BYTES: Final = 256 * 1024 * 1024
_MAX_PROBLEMS: Final = 100
_CUSTOM_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROW_KEYS: Final = frozenset({"custom_id", "pair_id", "image", "repeat"})


class Report(NamedTuple):
    """A report to be written: of a pair, on which of its images, and the how-manieth of that image (from 1)."""

    pair_id: str
    image: str
    repeat: int

    @property
    def custom_id(self) -> str:
        """The id of its request: the same in every run, and without a word about pair, image or edit."""
        return "sfb-" + sha256_of_bytes("\n".join(map(str, self)).encode())[:32]


@dataclass(frozen=True)
class RequestMap:
    """A folder of requests as whoever reads the answers needs it. `by_custom_id` is in the order of the requests."""

    folder: Path
    manifest: RequestManifest
    by_custom_id: Mapping[str, Report]

    @property
    def decoding(self) -> Decoding:
        """The settings that were written into the requests."""
        return self.manifest.settings.decoding

    @property
    def scope(self) -> str:
        """The scope of the pairs."""
        return self.manifest.settings.scope

    @property
    def model(self) -> Mapping[str, str]:
        """The model as a submission has it."""
        return self.manifest.settings.model


def map_bytes(reports: Iterable[Report]) -> bytes:
    """The content of the map: a line for each report, in the order of the requests."""
    lines = ({"custom_id": report.custom_id, **report._asdict()} for report in reports)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def read_request_map(path: Path) -> RequestMap:
    """Read the manifest and the map of a folder of requests; the path of its manifest will do too.

    Raises SubmissionError with every fault, also where the map is not the one that the manifest was written with.
    """
    folder = path.parent if path.name == MANIFEST else path
    manifest = read_request_manifest(folder)
    name = str(folder / MAP)
    data = read_input(name, limit=_MAX_BYTES, error=SubmissionError, expected="a map of requests")
    if sha256_of_bytes(data) != manifest.map_sha256:
        raise SubmissionError(Problem(name, f"not the map that {MANIFEST} was written with: its SHA-256 differs"))
    problems: list[Problem] = []
    by_custom_id: dict[str, Report] = {}
    reports: set[Report] = set()
    lines = takewhile(lambda _: len(problems) < _MAX_PROBLEMS, io.BytesIO(data))
    for number, row in json_rows(name, lines, problems):
        place = f"{name}: line {number}"
        fault = _row_fault(row, manifest.settings.repeats)
        if fault is not None:
            problems.append(Problem(place, fault))
            continue
        report = Report(row["pair_id"], row["image"], row["repeat"])
        if row["custom_id"] in by_custom_id or report in reports:
            problems.append(Problem(place, "a second request of the same id or for the same report"))
        by_custom_id[row["custom_id"]] = report
        reports.add(report)
    if not problems and len(by_custom_id) != manifest.requests:
        problems.append(Problem(name, f"{len(by_custom_id):,} requests; {MANIFEST} says {manifest.requests:,}"))
    if problems:
        raise SubmissionError(problems)
    return RequestMap(folder, manifest, by_custom_id)


def _row_fault(row: Mapping[str, Any], repeats: int) -> str | None:
    """Why a line of the map is not acceptable, None where it is."""
    if set(row) != _ROW_KEYS:
        return f"expected the keys {', '.join(sorted(_ROW_KEYS))}"
    custom_id, pair_id, image, repeat = row["custom_id"], row["pair_id"], row["image"], row["repeat"]
    if not (isinstance(custom_id, str) and _CUSTOM_ID.fullmatch(custom_id)):
        return f"custom_id: expected 1 to 64 letters, digits, '_' or '-', found {shortened(custom_id)}"
    if not (isinstance(pair_id, str) and split_pair_id(pair_id)):
        return f"pair_id: expected source_id__edit_label, found {shortened(pair_id)}"
    if not (isinstance(image, str) and image in ROLES):
        return f"image: expected {' or '.join(ROLES)}, found {shortened(image)}"
    if not isinstance(repeat, int) or isinstance(repeat, bool) or not 1 <= repeat <= repeats:
        return f"repeat: expected a whole number from 1 to {repeats}, found {shortened(repeat)}"
    return None
