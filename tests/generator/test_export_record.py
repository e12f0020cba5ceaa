"""The record of exported sources: continued where it is of the same settings, refused where it is not."""

import json
from pathlib import Path

import pytest

from spinefairbench.errors import OutputError, UsageError
from spinefairbench.generator.export_record import MANIFEST, ExportRecord

SETTINGS = {"fit": "pad"}
ROW = {"source_id": "buu_1", "png_sha256": "0"}


@pytest.fixture
def record(tmp_path: Path) -> ExportRecord:
    return ExportRecord(tmp_path, SETTINGS)


def test_what_was_recorded_is_there_before_and_after_the_end(record: ExportRecord, tmp_path: Path) -> None:
    assert record.earlier(["buu_1"]) == {}
    record.refuse_earlier()
    record.start([])
    record.add(ROW)
    assert not (tmp_path / MANIFEST).exists()
    assert record.earlier(["buu_1", "buu_2"]) == {"buu_1": ROW}
    record.finish([ROW], ["buu_2"])
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]
    assert record.earlier(["buu_1"]) == {"buu_1": ROW}
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert (manifest["made_with"], manifest["sources"], manifest["sources_without_file"]) == (
        SETTINGS,
        [ROW],
        ["buu_2"],
    )
    record.start([ROW])
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.partial.jsonl"]
    with pytest.raises(OutputError, match="use --resume"):
        record.refuse_earlier()


def test_a_run_with_other_settings_or_sources_is_not_continued(record: ExportRecord, tmp_path: Path) -> None:
    record.start([ROW])
    with pytest.raises(UsageError, match=r"1 source that this run does not find \(buu_1\)"):
        record.earlier(["buu_2"])
    with pytest.raises(UsageError, match="other settings or library versions"):
        ExportRecord(tmp_path, {"fit": "stretch"}).earlier(["buu_1"])


@pytest.mark.parametrize(
    ("text", "said"), [("{", "damaged"), ("[]", "something else"), ('{"schema": "x"}', "something else")]
)
def test_another_manifest_is_left_alone(text: str, said: str, record: ExportRecord, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(UsageError, match=said):
        record.earlier(["buu_1"])
    assert (tmp_path / MANIFEST).read_text() == text
