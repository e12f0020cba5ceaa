"""Files that are no text, told by their first bytes: what they are, and what to do with them."""

from typing import Final

__all__ = ["foreign_format"]

_ZIP: Final = b"PK\x03\x04"
_WORKBOOK_PARTS: Final = (b"[Content_Types].xml", b"xl/", b"docProps/", b"_rels/")
_BY_MAGIC: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook (.xls); save the sheet as CSV or TSV"),
    (b"PAR1", "a Parquet file; write its rows as JSON Lines or CSV"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first (`zstd -d`), or use gzip"),
    (b"BZh", "compressed with bzip2; unpack it first (`bunzip2`), or use gzip"),
    (b"\xfd7zXZ\x00", "compressed with xz; unpack it first (`unxz`), or use gzip"),
)
_PICKLE_PROTOCOLS: Final = b"\x02\x03\x04\x05"


def foreign_format(start: bytes) -> str | None:
    """What a file is that begins with these bytes, and what to do; None where it may be text or gzip."""
    if start.startswith(_ZIP):
        return _archive(start)
    # "BZh" and "PAR1" may begin a text: such a text is short of a header or a brace, and no format here begins so.
    for magic, said in _BY_MAGIC:
        if start.startswith(magic):
            return said
    if start[:1] == b"\x80" and start[1:2] and start[1] in _PICKLE_PROTOCOLS:
        return "a Python pickle, which is never read: reading one can run anything; write its rows as JSON Lines or CSV"
    return None


def _archive(start: bytes) -> str:
    """What a ZIP archive is, by the names of its first members."""
    if any(part in start for part in _WORKBOOK_PARTS):
        return "an Excel workbook (.xlsx), which is not read; save the sheet as CSV or TSV"
    if b".json" in start:
        return "an Inspect log as a ZIP archive (.eval); write it as JSON with `inspect log convert --to json`"
    return "a ZIP archive; unpack it first"
