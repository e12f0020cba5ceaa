"""The output folder: images, sidecars and manifests in the layout that the benchmark's dataset check reads.

    OUTPUT/dataset/counterfactual_images/SOURCE/EDIT.png    an edit that passed quality control
    OUTPUT/dataset/counterfactual_images/SOURCE/EDIT.json   its sidecar: all that is needed to make it again
    OUTPUT/dataset/*.json, *.jsonl                          the manifests
    OUTPUT/rejected/SOURCE/EDIT.png and .json               an edit that did not pass, and its sidecar

An edit that did not pass is kept outside dataset/, where an image without a passed row is a fault. A source
radiograph is never copied. Nothing here holds a local path or a time, so that equal runs give equal bytes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.errors import OutputError, UsageError
from spinefairbench.generator.facts import notice
from spinefairbench.generator.files import (
    append_line,
    canonical_json,
    pretty_json,
    remove_leftovers,
    sha256_of_bytes,
    sha256_of_file,
    write_whole,
)
from spinefairbench.generator.measures import Quality
from spinefairbench.generator.thresholds import MEASURES, PASS

__all__ = ["SIDECAR_SCHEMA", "Pair", "Store", "fingerprint", "manifest_row", "sidecar"]

SIDECAR_SCHEMA: Final = "spinefairbench-generator-sidecar-v1"
_REJECTED: Final = "rejected"
_MAX_SIDECAR_BYTES: Final = 1 << 22


class Pair(NamedTuple):
    """A source and one of its edits."""

    source_id: str
    edit_label: str

    @property
    def pair_id(self) -> str:
        return f"{self.source_id}__{self.edit_label}"


def fingerprint(made_from: Mapping[str, Any]) -> str:
    """SHA-256 of all that decides an image: equal fingerprints mean that it need not be made again."""
    return sha256_of_bytes(canonical_json(made_from).encode())


def manifest_row(pair: Pair, quality: Quality, png: bytes) -> dict[str, Any]:
    """The pair's row of qc_metadata.jsonl; only a passed one names its image."""
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
        row["counterfactual_image_size_bytes"] = len(png)
        row["counterfactual_image_sha256"] = sha256_of_bytes(png)
    return row


def sidecar(
    pair: Pair, made_from: Mapping[str, Any], image: Mapping[str, Any], quality: Quality, row: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything needed to make an image again, with what was measured of it."""
    return {
        "schema": SIDECAR_SCHEMA,
        "notice": notice(),
        "pair_id": pair.pair_id,
        "made_from": made_from,
        "fingerprint": fingerprint(made_from),
        "image": image,
        "quality_control": quality.as_json(),
        "row": row,
    }


class Store:
    """The output folder of one run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _image(self, pair: Pair, passed: bool) -> Path:
        if passed:
            return self.root / layout.image_path(pair.source_id, pair.edit_label)
        return self.root / _REJECTED / pair.source_id / f"{pair.edit_label}.png"

    def refuse_unusable(self, *, resume: bool) -> None:
        """Raise UsageError where the folder is none, or holds a run that `resume` was not asked for."""
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"--output: {self.root.name} is no folder")
        held = [name for name in (layout.DATASET, _REJECTED) if (self.root / name).exists()]
        if held and not resume:
            raise UsageError(
                f"--output: {self.root.name} already holds {' and '.join(held)}/; use --resume or another folder"
            )

    def open(self, pairs: Sequence[Pair], *, resume: bool) -> dict[str, dict[str, Any]]:
        """Make the folder ready; what an earlier run recorded, pair_id -> row. For the writing process alone.

        Raises UsageError as `refuse_unusable` does, and where the folder holds pairs that this run does not
        make; OutputError where it cannot be written.
        """
        try:
            self.refuse_unusable(resume=resume)
            self.root.mkdir(parents=True, exist_ok=True)
            for name in (layout.DATASET, _REJECTED):
                remove_leftovers(self.root / name)
            rows = self._recorded_rows()
            self._refuse_strangers(pairs, rows)
        except OSError as error:
            raise OutputError(f"--output: {self.root.name}: cannot be used: {error.strerror or error}") from None
        return rows

    def start(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Begin the row manifests with the rows that are kept; the others come back when the run is finished.

        Raises OutputError.
        """
        for name in (layout.RELEASE_MANIFEST, layout.PAIRS, layout.SOURCE_METADATA):
            try:
                (self.root / name).unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(f"{name}: cannot be replaced: {error.strerror or error}") from None
        self._write_rows(kept)

    def _write_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        passed = [row for row in rows if row["passed_qc"]]
        for name, listed in ((layout.QC_METADATA, rows), (layout.QC_PASSED, passed)):
            write_whole(self.root / name, "".join(canonical_json(row) + "\n" for row in listed).encode())

    def _recorded_rows(self) -> dict[str, dict[str, Any]]:
        """The rows of an earlier run; the torn last line of a killed one counts as not written."""
        path = self.root / layout.QC_METADATA
        rows: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_bytes().split(b"\n"):
                row = _parsed(line)
                if row is not None and isinstance(row.get("pair_id"), str):
                    rows[row["pair_id"]] = row
        return rows

    def _refuse_strangers(self, pairs: Sequence[Pair], rows: Mapping[str, Any]) -> None:
        mine = {pair.pair_id for pair in pairs}
        on_disk = {
            f"{path.parent.name}__{path.stem}"
            for folder in (layout.COUNTERFACTUAL_IMAGES, _REJECTED)
            for path in (self.root / folder).glob("*/*")
            if path.suffix in (".png", ".json")
        }
        if strangers := sorted((on_disk | set(rows)) - mine):
            shown = ", ".join(strangers[:4]) + (", ..." if len(strangers) > 4 else "")
            raise UsageError(
                f"--output: {self.root.name} holds {len(strangers)} pair(s) that this run does not make ({shown});"
                " use another folder"
            )

    def kept(self, pair: Pair, row: Mapping[str, Any] | None, expected_fingerprint: str) -> bool:
        """Whether an earlier run's row, image and sidecar all agree with each other and with these settings."""
        if row is None or not isinstance(row.get("passed_qc"), bool):
            return False
        image = self._image(pair, row["passed_qc"])
        written = _sidecar_at(image)
        try:
            digest = sha256_of_file(image)
        except OSError:
            return False
        return (
            written is not None
            and written["fingerprint"] == expected_fingerprint
            and written.get("row") == row
            and isinstance(written.get("image"), dict)
            and written["image"].get("sha256") == digest
        )

    def made_from(self, pair: Pair) -> dict[str, Any] | None:
        """What an earlier run made a pair's image from; None where it left no whole sidecar."""
        for passed in (True, False):
            if (written := _sidecar_at(self._image(pair, passed))) is not None:
                found: dict[str, Any] = written["made_from"]
                return found
        return None

    def write_pair(self, pair: Pair, png: bytes, record: Mapping[str, Any]) -> None:
        """The image and its sidecar, each whole, where the verdict puts them. Raises OutputError."""
        passed = record["row"]["passed_qc"]
        self.forget(pair)
        image = self._image(pair, passed)
        write_whole(image, png)
        write_whole(image.with_suffix(".json"), pretty_json(record))

    def forget(self, pair: Pair) -> None:
        """Remove what an earlier run left of a pair, in both places. Raises OutputError."""
        for passed in (True, False):
            image = self._image(pair, passed)
            try:
                image.unlink(missing_ok=True)
                image.with_suffix(".json").unlink(missing_ok=True)
            except OSError as error:
                raise OutputError(f"{image.name}: cannot be replaced: {error.strerror or error}") from None

    def record(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows to the two row manifests, each line whole. Raises OutputError."""
        for row in rows:
            append_line(self.root / layout.QC_METADATA, canonical_json(row))
            if row["passed_qc"]:
                append_line(self.root / layout.QC_PASSED, canonical_json(row))

    def finish(
        self, pairs: Sequence[Pair], rows: Mapping[str, Mapping[str, Any]], provenance: Mapping[str, Any]
    ) -> dict[str, int]:
        """Write every manifest in the order of the pairs; the counts of the release manifest.

        Raises OutputError.
        """
        ordered = [rows[pair.pair_id] for pair in pairs]
        passed = [row for row in ordered if row["passed_qc"]]
        sources = [_source_row(source_id, passed) for source_id in dict.fromkeys(pair.source_id for pair in pairs)]
        self._write_rows(ordered)
        for name in (layout.PAIRS, layout.SOURCE_METADATA):
            write_whole(self.root / name, pretty_json(sources))
        manifest = {
            "counterfactual_images": {"included_png_count": len(passed)},
            "pair_manifests": {
                "qc_passed_pair_rows": len(passed),
                "attempted_qc_rows": len(ordered),
                "source_level_rows": len(sources),
            },
            "source_radiographs": {
                "release_status": "not_redistributed",
                "source_png_files_in_public_bundle": 0,
            },
            "generator": provenance,
            "notice": notice(),
        }
        write_whole(self.root / layout.RELEASE_MANIFEST, pretty_json(manifest))
        self._remove_empty_folders()
        return {"pairs": len(ordered), "passed": len(passed), "sources": len(sources)}

    def _remove_empty_folders(self) -> None:
        for folder in (layout.COUNTERFACTUAL_IMAGES, _REJECTED):
            for path in (self.root / folder).glob("*"):
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _parsed(data: bytes) -> dict[str, Any] | None:
    """A JSON object, or None for anything else."""
    try:
        value = json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _sidecar_at(image: Path) -> dict[str, Any] | None:
    """The sidecar of an image, where it is there and says what its own fingerprint stands for."""
    path = image.with_suffix(".json")
    try:
        written = _parsed(path.read_bytes()) if path.stat().st_size <= _MAX_SIDECAR_BYTES else None
    except OSError:
        return None
    if written is None or not isinstance(written.get("made_from"), dict):
        return None
    return written if written.get("fingerprint") == fingerprint(written["made_from"]) else None


def _source_row(source_id: str, passed: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A source's row of pairs.json and source_metadata.json; age and sex are not read from radiographs."""
    edits = {row["edit_label"]: row["counterfactual_image_path"] for row in passed if row["source_id"] == source_id}
    return {
        "source_id": source_id,
        "source_age": None,
        "source_sex": None,
        "counterfactual_images": edits,
        "qc_passed_counterfactuals": list(edits),
    }
