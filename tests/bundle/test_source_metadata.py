"""Ages and sexes as stated, those that may stand for unknown, and every row that cannot be read."""

import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.source_metadata import (
    SourceMetadata,
    StatedMetadata,
    read_source_metadata,
    read_stated_metadata,
)
from spinefairbench.errors import BundleError


def _bundle(root: Path, rows: list[Any]) -> Bundle:
    (root / layout.SOURCE_METADATA).parent.mkdir(parents=True)
    (root / layout.SOURCE_METADATA).write_text(json.dumps(rows), encoding="utf-8")
    return Bundle(root)


@pytest.mark.parametrize(
    ("stated", "age", "known_age"),
    [(61, 61.0, 61.0), (17.5, 17.5, 17.5), (45.0, 45.0, None), (0, 0.0, None), (45.5, 45.5, 45.5), (None, None, None)],
)
@pytest.mark.parametrize(("sex", "female"), [("F", True), ("M", False), ("f", False), (None, False)])
def test_what_is_stated_and_what_is_known(
    stated: float | None, age: float | None, known_age: float | None, sex: str | None, female: bool, tmp_path: Path
) -> None:
    bundle = _bundle(tmp_path, [{"source_id": "a", "source_age": stated, "source_sex": sex}])
    assert read_stated_metadata(bundle) == {"a": StatedMetadata(age, female)}
    assert read_source_metadata(bundle) == {"a": SourceMetadata(known_age, "female" if female else None)}


def test_every_row_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    rows = [
        {"source_id": "a"}, [], {"source_id": ""}, {"source_id": "a"}, {"source_id": "b", "source_age": -1},
        {"source_id": "c", "source_age": "61"},
    ]  # fmt: skip
    with pytest.raises(BundleError) as error:
        read_stated_metadata(_bundle(tmp_path, rows))
    place = layout.SOURCE_METADATA
    assert list(map(str, error.value.problems)) == [
        f"{place}: [1]: expected an object with a source_id",
        f"{place}: [2]: expected an object with a source_id",
        f"{place}: [3]: duplicate source_id a",
        f"{place}: [4]: source_age: expected a number from 0",
        f"{place}: [5]: source_age: expected a number, found '61'",
    ]
