"""Parts of requests: every report once, within the limits, the same bytes after any interruption, copied by id."""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.release.request_manifest import RequestManifest, read_request_manifest
from spinefairbench.release.request_map import MAP, Report, RequestMap, map_bytes, read_request_map
from spinefairbench.release.request_parts import copy_requests, intact_parts, write_parts
from tests.release.test_request_map import settings

BARE = len(json.dumps({"custom_id": Report("p0__young_male", "source", 1).custom_id, "body": ""})) + 1


@pytest.fixture(scope="module", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Many small files are written here; whether they survive a power cut is not what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


def reports(count: int) -> list[Report]:
    return [Report(f"p{number}__young_male", "source", 1) for number in range(count)]


def fresh(asked: Sequence[Report], **limits: int) -> RequestManifest:
    return RequestManifest(settings(**limits), False, len(asked), sha256_of_bytes(map_bytes(asked)))


def line_of(sizes: Sequence[int], asked: Sequence[Report]) -> dict[Report, str]:
    """A line for each report, of so many bytes beyond those of a bare one."""
    return {
        report: json.dumps({"custom_id": report.custom_id, "body": "x" * size}) + "\n"
        for report, size in zip(asked, sizes, strict=True)
    }


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(st.data())
def test_parts_hold_every_request_once_within_limits_and_the_same_bytes_after_any_stop(data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.integers(0, 60), max_size=12))
    max_requests, max_bytes = data.draw(st.integers(1, 5)), BARE + data.draw(st.integers(60, 300))
    asked = reports(len(sizes))
    lines = line_of(sizes, asked)
    manifest = fresh(asked, max_requests=max_requests, max_bytes=max_bytes)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        done = write_parts(Path(one), manifest, asked, lines.__getitem__, lambda _: None)
        assert done.is_complete
        written = [(Path(one) / part.file).read_bytes() for part in done.parts]
        assert b"".join(written).decode() == "".join(lines[report] for report in asked)
        for part, content in zip(done.parts, written, strict=True):
            assert part.requests == content.count(b"\n") <= max_requests
            assert part.bytes == len(content) <= max_bytes
            assert part.sha256 == sha256_of_bytes(content)
        # A run that fails at some request, and is continued.
        stop = data.draw(st.integers(0, len(sizes)))
        left = iter(range(stop))

        def until_stopped(report: Report) -> str:
            if next(left, None) is None:
                raise KeyboardInterrupt
            return lines[report]

        try:
            write_parts(Path(other), manifest, asked, until_stopped, lambda _: None)
        except KeyboardInterrupt:
            again = manifest
            if (Path(other) / "manifest.json").exists():
                before = read_request_manifest(Path(other))
                assert not before.is_complete
                again = RequestManifest(
                    settings(max_requests=max_requests, max_bytes=max_bytes),
                    False,
                    len(asked),
                    manifest.map_sha256,
                    intact_parts(Path(other), before.parts),
                )
            write_parts(Path(other), again, asked, lines.__getitem__, lambda _: None)
        assert contents(Path(other)) == contents(Path(one))


def test_a_request_larger_than_a_part_may_be_is_refused(tmp_path: Path) -> None:
    asked = reports(2)
    lines = line_of((1, 50), asked)
    with pytest.raises(UsageError, match="the request for the source image of p1__young_male has"):
        write_parts(tmp_path, fresh(asked, max_bytes=BARE + 20), asked, lines.__getitem__, lambda _: None)


@pytest.fixture
def folder(tmp_path: Path) -> RequestMap:
    """Seven requests in three parts."""
    asked = reports(7)
    (tmp_path / MAP).write_bytes(map_bytes(asked))
    write_parts(tmp_path, fresh(asked, max_requests=3), asked, line_of(range(7), asked).__getitem__, lambda _: None)
    return read_request_map(tmp_path)


def test_parts_are_intact_up_to_the_first_that_is_not(folder: RequestMap) -> None:
    parts = folder.manifest.parts
    assert [part.requests for part in parts] == [3, 3, 1]
    assert intact_parts(folder.folder, parts) == parts
    (folder.folder / parts[1].file).write_bytes(b"changed")
    assert intact_parts(folder.folder, parts) == parts[:1]
    (folder.folder / parts[0].file).unlink()
    assert intact_parts(folder.folder, parts) == ()


@pytest.mark.parametrize("wanted", [(), (0,), (6, 2, 3), (6, 5, 4, 3, 2, 1, 0)])
def test_requests_are_copied_by_id_in_their_order(folder: RequestMap, wanted: tuple[int, ...]) -> None:
    asked = reports(7)
    copy_requests(folder, [asked[index].custom_id for index in wanted], folder.folder / "again.jsonl")
    copied = (folder.folder / "again.jsonl").read_text(encoding="utf-8")
    assert copied == "".join(line_of(range(7), asked)[asked[index]] for index in sorted(wanted))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("xx", "xy"),
        lambda text: text + "{}\n",
        lambda text: text[:-1],
        lambda text: text.replace("custom_id", "id"),
        lambda _: "",
    ],
)
def test_a_part_that_was_changed_is_refused_and_nothing_is_written(folder: RequestMap, change: object) -> None:
    part = folder.folder / folder.manifest.parts[1].file
    assert callable(change)
    part.write_text(change(part.read_text(encoding="utf-8")), encoding="utf-8")
    output = folder.folder / "again.jsonl"
    with pytest.raises(SubmissionError, match=r"part-0002\.jsonl: not the file that was written"):
        copy_requests(folder, list(folder.by_custom_id), output)
    assert not output.exists()


def test_an_id_without_a_request_and_a_missing_part_are_named(folder: RequestMap) -> None:
    output = folder.folder / "again.jsonl"
    with pytest.raises(SubmissionError, match="nobody: has no request"):
        copy_requests(folder, ["nobody"], output)
    (folder.folder / "part-0003.jsonl").unlink()
    with pytest.raises(SubmissionError, match=r"part-0003\.jsonl: no such file"):
        copy_requests(folder, ["nobody"], output)
    assert not output.exists()
