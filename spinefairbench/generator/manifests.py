"""What is written of a pair, the same bytes for the same value: its row, its sidecar, its fingerprint."""

import errno
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.bundle.qc_measures import MEASURES
from spinefairbench.errors import OutputError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.reading import reason
from spinefairbench.generator.quality import Quality
from spinefairbench.generator.released import PASS, VERDICTS, notice

__all__ = ["Pair", "append_line", "fingerprint", "is_row_of", "json_lines", "manifest_row", "pretty_json", "sidecar"]

_SIDECAR_SCHEMA: Final = "spinefairbench-generator-sidecar-v1"


class Pair(NamedTuple):
    """A source and one of its edits."""

    source_id: str
    edit_label: str

    @property
    def pair_id(self) -> str:
        """The name of the pair in every manifest."""
        return pair_id_of(self.source_id, self.edit_label)


def _canonical_json(value: Any) -> bytes:
    """One line of JSON that is the same for the same value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def pretty_json(value: Any) -> bytes:
    """A JSON document that is the same for the same value, for people to read: sorted keys, no NaN."""
    return (json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A line of JSON for each row, the same for the same row."""
    return b"".join(_canonical_json(row) + b"\n" for row in rows)


def fingerprint(made_from: Mapping[str, Any]) -> str:
    """SHA-256 of everything that determines an image: equal fingerprints mean that it need not be made again."""
    return sha256_of_bytes(_canonical_json(made_from))


def manifest_row(pair: Pair, quality: Quality, image: Mapping[str, Any]) -> dict[str, Any]:
    """The pair's row in qc_metadata.jsonl; only a passed one names its image, as the sidecar's `image` has it."""
    passed = quality.verdict == PASS
    row: dict[str, Any] = {
        "pair_id": pair.pair_id,
        "source_id": pair.source_id,
        "edit_label": pair.edit_label,
        "passed_qc": passed,
        **{name: quality.measured[name] for name in MEASURES},
        "qc_verdict": quality.verdict,
        "qc_required": list(quality.required),
        "qc_not_measured": quality.not_measured,
    }
    if passed:
        row["counterfactual_image_path"] = layout.image_path(pair.source_id, pair.edit_label)
        row["counterfactual_image_size_bytes"] = image["size_bytes"]
        row["counterfactual_image_sha256"] = image["sha256"]
    return row


def is_row_of(pair: Pair, row: object) -> bool:
    """Whether a value read from a file is a row of a pair as `manifest_row` makes it, as far as others rely on it."""
    if not isinstance(row, dict) or row.get("pair_id") != pair.pair_id or row.get("qc_verdict") not in VERDICTS:
        return False
    required, not_measured = row.get("qc_required"), row.get("qc_not_measured")
    return (
        isinstance(required, list)
        and set(map(str, required)) <= set(MEASURES)
        and isinstance(not_measured, dict)
        and all(isinstance(said, str) for said in not_measured.values())
        and all(isinstance(row.get(name, ""), float | int | None) for name in MEASURES)
    )


def sidecar(
    pair: Pair, made_from: Mapping[str, Any], image: Mapping[str, Any], quality: Quality, row: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything needed to make an image again, and its measurements."""
    return {
        "schema": _SIDECAR_SCHEMA,
        "notice": notice(),
        "pair_id": pair.pair_id,
        "made_from": made_from,
        "fingerprint": fingerprint(made_from),
        "image": image,
        "quality_control": quality.as_json(),
        "row": row,
    }


def append_line(path: Path, row: Mapping[str, Any]) -> None:
    """Append one row with a single write, so that a reader never sees half of it.

    Raises OutputError; a line that did not fit is taken back.
    """
    line = json_lines([row])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            before = os.fstat(handle).st_size
            try:
                if os.write(handle, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            except OSError:
                os.ftruncate(handle, before)
                raise
        finally:
            os.close(handle)
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be written: {reason(error)}") from None
