"""The manifests that are written when a run is finished, from its rows: counts, sources and the hash of every file."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from spinefairbench.bundle import layout
from spinefairbench.errors import OutputError
from spinefairbench.files.hashing import sha256_of_file
from spinefairbench.files.reading import reason
from spinefairbench.files.writing import write_whole_bytes
from spinefairbench.generator.failed_pairs import Failure, NotMade
from spinefairbench.generator.manifests import pretty_json
from spinefairbench.generator.released import notice

__all__ = ["write_final_manifests", "write_sums"]


def write_final_manifests(
    root: Path, rows: Sequence[Mapping[str, Any]], failures: Sequence[Failure], provenance: Mapping[str, Any]
) -> None:
    """Write pairs.json, source_metadata.json and release_manifest.json of ordered rows. Raises OutputError."""
    passed = [row for row in rows if row["passed_qc"]]
    edits: dict[str, dict[str, str]] = {row["source_id"]: {} for row in rows}
    for row in passed:
        edits[row["source_id"]][row["edit_label"]] = row["counterfactual_image_path"]
    sources = [_source_row(source_id, images) for source_id, images in edits.items()]
    for name in (layout.PAIRS, layout.SOURCE_METADATA):
        write_whole_bytes(root / name, pretty_json(sources))
    manifest = {
        "counterfactual_images": {"included_png_count": len(passed)},
        "pair_manifests": {
            "qc_passed_pair_rows": len(passed),
            "attempted_qc_rows": len(rows),
            "source_level_rows": len(sources),
        },
        "source_radiographs": {
            "release_status": "not_redistributed",
            "source_png_files_in_public_bundle": 0,
        },
        "generator": provenance,
        "not_made": NotMade.of(failures)._asdict(),
        "notice": notice(),
    }
    write_whole_bytes(root / layout.RELEASE_MANIFEST, pretty_json(manifest))


def _source_row(source_id: str, edits: Mapping[str, str]) -> dict[str, Any]:
    """A source's row in pairs.json and source_metadata.json; age and sex are not read from radiographs."""
    return {
        "source_id": source_id,
        "source_age": None,
        "source_sex": None,
        "counterfactual_images": edits,
        "qc_passed_counterfactuals": list(edits),
    }


def write_sums(root: Path) -> None:
    """Write the checksum manifest over what lies in dataset/ now, as `sha256sum` writes it. Raises OutputError."""
    write_whole_bytes(root / layout.DATASET_SUMS, b"".join(_sums(root)))


def _sums(root: Path) -> Iterator[bytes]:
    folder = root / layout.DATASET
    try:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path != root / layout.DATASET_SUMS:
                yield f"{sha256_of_file(path)}  {path.relative_to(folder).as_posix()}\n".encode()
    except OSError as error:
        raise OutputError(f"--output: {folder.name}: cannot be read: {reason(error)}") from None
