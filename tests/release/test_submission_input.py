"""Files given for a submission: gzip is read, and rows and results are told what makes a submission of them."""

import gzip
import io
import json
from pathlib import Path

import pytest

from spinefairbench.errors import SubmissionError
from spinefairbench.release.submission_input import load_submission
from tests.release.runners.results import DATA


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_plain_and_packed_files_are_the_same(tmp_path: Path, pack: object) -> None:
    data = json.dumps({"schema_version": "x"}).encode()
    packed = gzip.compress(data) if pack is gzip.compress else data
    (tmp_path / "s").write_bytes(packed)
    assert load_submission(tmp_path / "s") == {"schema_version": "x"}
    assert load_submission(Path("-"), io.BytesIO(packed)) == {"schema_version": "x"}


@pytest.mark.parametrize(
    "data",
    [
        b'{"pair_id": "a", "role": "source", "report": "x"}\n{"pair_id": "a"}\n',
        b'[{"pair_id": "a"}]',
        b'{"pair_id": "a"}',
        b"pair_id,role,report\na,source,x\n",
        (DATA / "openai_batch.jsonl").read_bytes(),
        (DATA / "gemini_batch.jsonl").read_bytes(),
        (DATA / "inspect_log.json").read_bytes(),
        (DATA / "vlmevalkit.json").read_bytes(),
    ],
)
def test_rows_and_results_are_told_what_to_do(data: bytes) -> None:
    with pytest.raises(SubmissionError, match=r"standard input: .*`submission convert` makes one of them"):
        load_submission(Path("-"), io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "empty"), (b"{", "not JSON"), (b"pair", "not JSON"), (b"PK\x03\x04xl/", "an Excel workbook")],
)
def test_anything_else_is_told_as_it_is(data: bytes, said: str) -> None:
    with pytest.raises(SubmissionError, match=said):
        load_submission(Path("-"), io.BytesIO(data))
