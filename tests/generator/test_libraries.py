"""A library that cannot be imported is a sentence."""

from pathlib import Path

import pytest

from spinefairbench.generator.failures import (
    MissingLibraryError,
)
from spinefairbench.generator.libraries import library


def test_a_library_that_fails_while_it_is_imported_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mismatched_library.py").write_text("raise RuntimeError('operator nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingLibraryError, match=r"cannot be imported .operator nms does not exist"):
        library("mismatched_library")
