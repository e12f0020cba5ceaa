"""The output folder: images, sidecars and manifests in the layout that the benchmark's dataset check reads.

    OUTPUT/dataset/counterfactual_images/SOURCE/EDIT.png    an edit that passed quality control
    OUTPUT/dataset/counterfactual_images/SOURCE/EDIT.json   its sidecar: everything needed to make it again
    OUTPUT/dataset/*.json, *.jsonl                          the manifests
    OUTPUT/dataset/SHA256SUMS.txt                           the hash of every other file in dataset/
    OUTPUT/rejected/SOURCE/EDIT.png and .json               an edit that did not pass, and its sidecar
    OUTPUT/failures.jsonl                                   what could not be made, and why

An edit that did not pass is kept outside dataset/, where an image without a passed row would be an error. Squares and
a contact sheet are written beside them on request (`spinefairbench.generator.squares`). No file contains a local path or a time, so that equal runs give equal bytes.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.errors import OutputError, UsageError
from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.files.json_input import JsonFault, json_rows, parse_json
from spinefairbench.files.reading import reason
from spinefairbench.files.writing import remove_partial_files, write_whole_bytes
from spinefairbench.generator.failed_pairs import FAILURES, Failure, read_failures, write_failures
from spinefairbench.generator.failures import short_list
from spinefairbench.generator.final_manifests import write_final_manifests, write_sums
from spinefairbench.generator.manifests import Pair, append_line, fingerprint, json_lines, pretty_json

__all__ = ["OutputFolder", "Written"]

_REJECTED: Final = "rejected"
_MAX_SIDECAR_BYTES: Final = 1 << 22


class Written(NamedTuple):
    """What an earlier run left of a pair: where its image belongs, and its sidecar, which agrees with itself."""

    image: Path
    sidecar: dict[str, Any]


class OutputFolder:
    """The output folder of one run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _image(self, pair: Pair, *, passed: bool) -> Path:
        if passed:
            return self.root / layout.image_path(pair.source_id, pair.edit_label)
        return self.root / _REJECTED / pair.source_id / f"{pair.edit_label}.png"

    def refuse_unusable(self, *, resume: bool) -> None:
        """Raise UsageError if this is not a folder, or has a run in it and `resume` was not asked for."""
        if self.root.exists() and not self.root.is_dir():
            raise UsageError(f"--output: {self.root.name} is not a folder")
        held = [name for name in (layout.DATASET, _REJECTED) if (self.root / name).exists()]
        if held and not resume:
            raise UsageError(
                f"--output: {self.root.name} already contains {' and '.join(held)}/; use --resume or another folder"
            )

    def recorded_rows(
        self, pairs: Sequence[Pair], unread: Collection[str] = (), *, resume: bool
    ) -> dict[str, dict[str, Any]]:
        """Prepare the folder and return what an earlier run recorded, pair_id -> row; for the writing process alone.

        `unread` are sources whose radiographs cannot be read now. Raises UsageError as `refuse_unusable` does, and if
        the folder has pairs that this run does not make, of other sources; OutputError if it cannot be written.
        """
        try:
            self.refuse_unusable(resume=resume)
            self.root.mkdir(parents=True, exist_ok=True)
            for name in (layout.DATASET, _REJECTED):
                remove_partial_files(self.root / name)
            rows = self._read_rows()
            self._refuse_strangers(pairs, unread, rows)
        except OSError as error:
            raise OutputError(f"--output: {self.root.name}: cannot be used: {reason(error)}") from None
        return rows

    def start_manifests(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Begin the row manifests with the rows that are kept; the other manifests follow when the run is finished.

        Raises OutputError.
        """
        for name in (layout.RELEASE_MANIFEST, layout.PAIRS, layout.SOURCE_METADATA, layout.DATASET_SUMS):
            _remove(self.root / name)
        self._write_rows(kept)

    def _write_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        passed = [row for row in rows if row["passed_qc"]]
        for name, selected in ((layout.QC_METADATA, rows), (layout.QC_PASSED, passed)):
            write_whole_bytes(self.root / name, json_lines(selected))

    def _read_rows(self) -> dict[str, dict[str, Any]]:
        """The rows of an earlier run; the incomplete last line of a killed run counts as not written."""
        path = self.root / layout.QC_METADATA
        lines = path.read_bytes().split(b"\n") if path.exists() else []
        rows = (row for _, row in json_rows(path.name, lines, []))
        return {row["pair_id"]: row for row in rows if isinstance(row.get("pair_id"), str)}

    def _refuse_strangers(
        self, pairs: Sequence[Pair], unread: Collection[str], rows: Mapping[str, Mapping[str, Any]]
    ) -> None:
        found = {pair.pair_id: pair.source_id for pair in self.pairs()}
        found |= {pair_id: str(row.get("source_id")) for pair_id, row in rows.items()}
        mine = {pair.pair_id for pair in pairs}
        if strangers := {pair_id for pair_id, source in found.items() if pair_id not in mine and source not in unread}:
            raise UsageError(
                f"--output: {self.root.name} has {len(strangers)} pair(s) that this run does not make"
                f" ({short_list(strangers, 4)}); use another folder"
            )

    def pairs(self) -> set[Pair]:
        """Every pair of which there is an image or a sidecar."""
        return {
            Pair(path.parent.name, path.stem)
            for folder in (layout.COUNTERFACTUAL_IMAGES, _REJECTED)
            for path in (self.root / folder).glob("*/*")
            if path.suffix in (".png", ".json")
        }

    def recorded_failures(self) -> tuple[Failure, ...]:
        """What an earlier run could not make. Raises OutputError."""
        try:
            return read_failures(self.root)
        except OSError as error:
            raise OutputError(f"--output: {FAILURES}: cannot be read: {reason(error)}") from None

    def written(self, pair: Pair) -> Written | None:
        """What an earlier run left of a pair; None if it left no whole sidecar."""
        for passed in (True, False):
            image = self._image(pair, passed=passed)
            if (found := _sidecar_at(image)) is not None:
                return Written(image, found)
        return None

    def is_whole(self, pair: Pair, row: Mapping[str, Any] | None, written: Written) -> bool:
        """Whether a pair's row, image and sidecar from an earlier run agree with each other."""
        if row is None or not isinstance(row.get("passed_qc"), bool):
            return False
        recorded = written.sidecar.get("image")
        try:
            return (
                written.image == self._image(pair, passed=row["passed_qc"])
                and written.sidecar.get("row") == row
                and isinstance(recorded, dict)
                and recorded.get("sha256") == sha256_of_file(written.image)
            )
        except OSError:
            return False

    def write_pair(self, pair: Pair, png: bytes, record: Mapping[str, Any]) -> None:
        """Write the image and its sidecar, each whole, in place of what an earlier run left of the pair.

        Raises OutputError; then nothing is left of the pair, as an image without a row would be an error in the dataset.
        """
        self.discard(pair)
        try:
            self._write(pair, png, record)
        except OutputError:
            with suppress(OutputError):
                self._remove_pair(pair, passed=record["row"]["passed_qc"])
            raise

    def discard(self, pair: Pair) -> None:
        """Remove what there is of a pair. Raises OutputError."""
        for passed in (True, False):
            self._remove_pair(pair, passed=passed)

    def replace_verdict(self, pair: Pair, png: bytes, record: Mapping[str, Any]) -> None:
        """Write a pair's sidecar anew, and move its image to where its verdict now belongs.

        An image cannot be made again here, so the old files go last. Raises OutputError.
        """
        self._write(pair, png, record)
        self._remove_pair(pair, passed=not record["row"]["passed_qc"])

    def _write(self, pair: Pair, png: bytes, record: Mapping[str, Any]) -> None:
        image = self._image(pair, passed=record["row"]["passed_qc"])
        write_whole_bytes(image, png)
        write_whole_bytes(image.with_suffix(".json"), pretty_json(record))

    def _remove_pair(self, pair: Pair, *, passed: bool) -> None:
        image = self._image(pair, passed=passed)
        _remove(image)
        _remove(image.with_suffix(".json"))

    def append_rows(self, rows: Iterable[Mapping[str, Any]], failures: Iterable[Failure] = ()) -> None:
        """Append rows to the two row manifests, and what was not made to its own, each line whole. Raises OutputError."""
        for failure in failures:
            append_line(self.root / FAILURES, failure._asdict())
        for row in rows:
            append_line(self.root / layout.QC_METADATA, row)
            if row["passed_qc"]:
                append_line(self.root / layout.QC_PASSED, row)

    def finish_manifests(
        self,
        pairs: Sequence[Pair],
        rows: Mapping[str, Mapping[str, Any]],
        failures: Sequence[Failure],
        provenance: Mapping[str, Any],
    ) -> None:
        """Write every manifest in the order of the pairs; one without a row was not made. Raises OutputError."""
        ordered = [rows[pair.pair_id] for pair in pairs if pair.pair_id in rows]
        write_failures(self.root, failures)
        self._write_rows(ordered)
        write_final_manifests(self.root, ordered, failures, provenance)
        for folder in (layout.COUNTERFACTUAL_IMAGES, _REJECTED):
            for path in (self.root / folder).glob("*"):
                if path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
        write_sums(self.root)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path.name}: cannot be replaced: {reason(error)}") from None


def _sidecar_at(image: Path) -> dict[str, Any] | None:
    """The sidecar of an image, if there is one and it agrees with its own fingerprint."""
    path = image.with_suffix(".json")
    try:
        written = parse_json(path.read_bytes()) if path.stat().st_size <= _MAX_SIDECAR_BYTES else None
    except (OSError, JsonFault):
        return None
    if not isinstance(written, dict) or not isinstance(written.get("made_from"), dict):
        return None
    return written if written.get("fingerprint") == fingerprint(written["made_from"]) else None
