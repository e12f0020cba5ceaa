"""The manifest and the map of a folder of requests: read back as they were written, refused where they are not."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.request_manifest import (
    MANIFEST,
    PartFile,
    RequestManifest,
    RequestSettings,
    part_name,
    write_request_manifest,
)
from spinefairbench.release.request_map import MAP, Report, map_bytes, read_request_map

DIGEST = "0" * 64
REPORTS = [
    Report(f"buu_000{number}__young_male", image, repeat)
    for number in (1, 2)
    for image in ("source", "counterfactual")
    for repeat in (1, 2)
]


def settings(**other: Any) -> RequestSettings:
    values: dict[str, Any] = {
        "format": "openai",
        "scope": "toy",
        "model": {"name": "m", "version": "7"},
        "request_model": "m-7",
        "decoding": Decoding(temperature=0.0, max_tokens=9),
        "prompt_sha256": {"system": DIGEST, "primary": DIGEST},
        "repeats": 2,
        "images": "base64",
        "images_sha256": DIGEST,
        "max_requests": 10,
        "max_bytes": 1000,
    }
    return RequestSettings(**values | other)


def write(folder: Path, reports: list[Report] = REPORTS, content: bytes | None = None) -> RequestManifest:
    """A folder without parts; `content` in the place of the map."""
    data = map_bytes(reports) if content is None else content
    parts = (PartFile(part_name(0), len(reports), 17, DIGEST),)
    manifest = RequestManifest(settings(), synthetic=True, requests=8, map_sha256=sha256_of_bytes(data), parts=parts)
    (folder / MAP).write_bytes(data)
    write_request_manifest(folder, manifest)
    return manifest


def refusal(folder: Path) -> str:
    with pytest.raises(SubmissionError) as caught:
        read_request_map(folder)
    return str(caught.value)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    for path in (tmp_path, tmp_path / MANIFEST):
        read = read_request_map(path)
        assert read.manifest == manifest
        assert list(read.by_custom_id.items()) == [(report.custom_id, report) for report in REPORTS]
        assert (read.scope, read.model, read.decoding) == (
            "toy",
            {"name": "m", "version": "7"},
            manifest.settings.decoding,
        )


@given(st.lists(st.tuples(st.text(), st.sampled_from(("source", "counterfactual")), st.integers(1, 99)), unique=True))
def test_ids_are_unique_short_and_safe_and_say_nothing(reports: list[tuple[str, str, int]]) -> None:
    ids = [Report(pair.encode("utf-8", "ignore").decode(), image, repeat).custom_id for pair, image, repeat in reports]
    assert all(re.fullmatch(r"sfb-[0-9a-f]{32}", custom_id) for custom_id in ids)
    distinct = {(pair.encode("utf-8", "ignore"), image, repeat) for pair, image, repeat in reports}
    assert len(set(ids)) == len(distinct)


def test_an_id_is_the_same_in_every_run() -> None:
    # printf 'buu_0001__young_male\nsource\n1' | sha256sum
    assert REPORTS[0].custom_id == "sfb-6e155bc998568b82652278b2530bb2a9"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row.pop("image"), "expected the keys custom_id, image, pair_id, repeat"),
        (lambda row: row.update(more=1), "expected the keys"),
        (lambda row: row.update(custom_id="a b"), "custom_id: expected 1 to 64 letters"),
        (lambda row: row.update(custom_id="a" * 65), "custom_id: expected 1 to 64 letters"),
        (lambda row: row.update(pair_id="x"), "pair_id: expected source_id__edit_label, found 'x'"),
        (lambda row: row.update(image=["source"]), "image: expected source or counterfactual, found ['source']"),
        (lambda row: row.update(repeat=3), "repeat: expected a whole number from 1 to 2, found 3"),
        (lambda row: row.update(repeat=True), "repeat: expected a whole number from 1 to 2, found True"),
        (lambda row: row.update(custom_id=REPORTS[1].custom_id), "a second request of the same id"),
        (lambda row: row.update(REPORTS[1]._asdict()), "a second request of the same id or for the same report"),
    ],
)
def test_every_fault_of_the_map_is_named_with_its_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    rows = [json.loads(line) for line in map_bytes(REPORTS).splitlines()]
    change(rows[3])
    write(tmp_path, content=b"no JSON\n" + b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    said = refusal(tmp_path).splitlines()
    assert said[0].startswith(f"{tmp_path / MAP}: line 1: not JSON")
    assert said[1].startswith(f"{tmp_path / MAP}: line 5: ")
    assert words in said[1]
    assert len(said) == 2


def test_a_map_that_is_not_the_one_of_the_manifest_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / MAP).write_bytes(map_bytes(REPORTS[::-1]))
    assert "its SHA-256 differs" in refusal(tmp_path)


def test_a_map_of_another_length_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    write(tmp_path, content=map_bytes(REPORTS[:5]))
    assert refusal(tmp_path).endswith("5 requests; manifest.json says 8")
    (tmp_path / MAP).unlink()
    assert refusal(tmp_path).endswith("no such file")


def test_a_hostile_map_is_not_listed_line_by_line(tmp_path: Path) -> None:
    for line in (b'{"a": 1}\n', b"{\n"):
        write(tmp_path, content=line * 5000)
        assert len(refusal(tmp_path).splitlines()) == 100
