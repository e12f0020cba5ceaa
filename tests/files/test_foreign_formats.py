"""Files that are no text: each is named, with what to do."""

import io
import pickle
import zipfile

import pytest

from spinefairbench.files.foreign_formats import foreign_format


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (archive("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (archive("_journal/start.json", "samples/1_epoch_1.json"), "inspect log convert --to json"),
        (archive("reports.csv"), "a ZIP archive"),
        (pickle.dumps({"a": 1}, protocol=2), "a Python pickle, which is never read"),
        (pickle.dumps({"a": 1}, protocol=5), "a Python pickle, which is never read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "(.xls)"),
        (b"PAR1\x15\x04", "Parquet"),
        (b"\x28\xb5\x2f\xfd\x24", "zstd"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
    ],
)
def test_what_is_no_text_is_named(start: bytes, said: str) -> None:
    assert said in (foreign_format(start) or "")


@pytest.mark.parametrize(
    "start", [b"", b"{", b"pair_id,role", b"\x1f\x8b\x08", b"\xef\xbb\xbf[", b"PK", b"\x80", b"\x80abc"]
)
def test_text_and_gzip_are_not(start: bytes) -> None:
    assert foreign_format(start) is None
