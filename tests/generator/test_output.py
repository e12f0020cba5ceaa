"""The output folder keeps whole rows and refuses the pairs of another run."""

import os
from pathlib import Path

import pytest

from spinefairbench.errors import OutputError, UsageError
from spinefairbench.generator.manifests import Pair
from spinefairbench.generator.output import OutputFolder


def test_a_line_that_does_not_fit_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = OutputFolder(tmp_path)
    folder.append_rows([{"passed_qc": False}])
    path = tmp_path / "dataset" / "qc_metadata.jsonl"
    before = path.read_bytes()
    write_all = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write_all(handle, data[:3]))
    with pytest.raises(OutputError, match="no space left"):
        folder.append_rows([{"passed_qc": False}])
    assert before and path.read_bytes() == before


def test_store_refuses_a_used_folder_and_pairs_of_another_run(tmp_path: Path) -> None:
    pairs = [Pair("a", "young_male")]
    folder = OutputFolder(tmp_path / "out")
    assert folder.recorded_rows(pairs, resume=False) == {}
    folder.append_rows([{"pair_id": "b__young_male", "passed_qc": False}])
    with pytest.raises(UsageError, match="already contains dataset"):
        folder.recorded_rows(pairs, resume=False)
    with pytest.raises(UsageError, match="b__young_male"):
        folder.recorded_rows(pairs, resume=True)


def test_a_torn_last_row_counts_as_not_written(tmp_path: Path) -> None:
    pairs = [Pair("a", "young_male"), Pair("a", "young_female")]
    folder = OutputFolder(tmp_path)
    folder.append_rows([{"pair_id": "a__young_male", "passed_qc": False}])
    path = tmp_path / "dataset" / "qc_metadata.jsonl"
    path.write_bytes(path.read_bytes() + b'{"pair_id": "a__young_fem')
    assert list(folder.recorded_rows(pairs, resume=True)) == ["a__young_male"]
