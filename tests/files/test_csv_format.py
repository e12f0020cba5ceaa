"""CSV that is read says which row is wrong; CSV that is written has one form for each kind of value."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinefairbench.errors import BundleError
from spinefairbench.files.csv_format import csv_rows, csv_text, read_csv
from spinefairbench.files.folder import Folder

if TYPE_CHECKING:
    from spinefairbench.problems import Problem


def test_rows_have_the_line_on_which_they_start(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(b'\xef\xbb\xbfa,b\n1,"x\ny"\n\n2,z\r\n')
    table = read_csv(Folder(tmp_path), "t.csv", ("b",))
    assert table.columns == ("a", "b")
    assert table.rows == ((2, {"a": "1", "b": "x\ny"}), (5, {"a": "2", "b": "z"}))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b"a\n1\n", "the header lacks b"), (b"b,b\n", "is repeated"), (b'"b"x\n', "line 1: not CSV"),
        (b"a,b\n1\n2,3,4\n", "line 2: 1 cells"), (b'a,b\n1,"2\n', "line 2: not CSV from here on"),
    ],
)  # fmt: skip
def test_a_table_that_is_none_says_where(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(BundleError, match=said):
        read_csv(Folder(tmp_path), "t.csv", ("b",))


def test_every_row_that_does_not_fit_is_named_and_the_others_are_kept() -> None:
    problems: list[Problem] = []
    lines = ["1;2\n", "3\n", "4; 5\n"]
    rows = list(csv_rows("t", lines, ("a", "b"), problems, delimiter=";", skip_spaces=True, lines_before=3))
    assert rows == [(4, {"a": "1", "b": "2"}), (6, {"a": "4", "b": "5"})]
    assert [str(problem).split(": ")[1] for problem in problems] == ["line 5"]


def test_a_written_table_can_be_read_to_the_last_bit() -> None:
    text = csv_text(["a", "b", "c", "d", "e"], [[0.1 + 0.2, None, True, 7, "x\ny"]], text=str.upper)
    assert text == 'a,b,c,d,e\n0.30000000000000004,,true,7,"X\nY"\n'
    assert next(csv.DictReader(io.StringIO(text, newline="")))["e"] == "X\nY"
