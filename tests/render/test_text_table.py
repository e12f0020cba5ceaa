"""A table that is too wide for a terminal is folded, turned or shown in parts; no cell is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinefairbench.render.text_table import Table, fitted_lines, table_lines, wrapped

NUMBERS = Table(
    ["model", "rate_of_a", "b", "c"],
    [["m1", "0.1", "0.2", "0.3"], ["m2", "1.1", "1.2", "1.3"]],
    [False, True, True, True],
)
WIDE = Table(
    ["model", *(f"column_{number}" for number in range(12))],
    [[f"model-{row}", *(f"{row}.{number:03}" for number in range(12))] for row in range(5)],
    [False, *[True] * 12],
)  # fmt: skip


def words(lines: list[str]) -> list[str]:
    return [word for line in lines for word in line.split()]


def test_a_table_that_fits_is_as_it_would_be_in_a_pipe() -> None:
    lines = table_lines(NUMBERS)
    assert lines == [
        "       rate",
        "model  of a    b    c",
        "-----  ----  ---  ---",
        "m1      0.1  0.2  0.3",
        "m2      1.1  1.2  1.3",
        "",
    ]
    assert fitted_lines(NUMBERS, 80) == (lines, None)


def test_a_wide_table_is_shown_in_parts_that_name_its_rows() -> None:
    lines, how = fitted_lines(WIDE, 60)
    assert how == "in 2 parts"
    assert max(map(len, lines)) <= 60
    assert [sum(line.startswith(f"model-{row} ") for line in lines) for row in range(5)] == [2] * 5
    assert {cell for row in WIDE.cells for cell in row} <= set(words(lines))
    assert (lines[-1], "" in lines[-2:-1]) == ("", False)


def test_a_table_of_few_rows_is_turned() -> None:
    table = WIDE._replace(cells=WIDE.cells[:2], left_out="3 more rows")
    lines, how = fitted_lines(table, 60)
    assert how == "with a line for each column"
    assert [line.split() for line in lines[:3]] == [
        ["model", "model-0", "model-1"], ["---------", "-------", "-------"], ["column", "0", "0.000", "1.000"],
    ]  # fmt: skip
    assert lines[-2:] == ["3 more rows", ""]


def test_long_texts_are_folded_between_words() -> None:
    text = "no finding is certain here, and this text goes on for longer than a line of this terminal can be"
    table = Table(["claim", "statement"], [["a", text], ["b", "short"]], [False, False])
    lines, how = fitted_lines(table, 50)
    assert (how, max(map(len, lines)) <= 50) == (None, True)
    folded = [line[7:] for line in lines[2:-2]]
    assert " ".join(folded) == text
    assert lines[-2] == "b      short"


def test_rows_that_no_text_names_are_numbered_and_rows_of_one_name_keep_it() -> None:
    unnamed = Table(WIDE.columns[1:], [row[1:] for row in WIDE.cells], [True] * 12)
    lines, _ = fitted_lines(unnamed, 60)
    assert words(lines).count("row") == len([line for line in lines if line.lstrip().startswith("5 ")]) == 2
    same = WIDE._replace(cells=[["same", *row[1:]] for row in WIDE.cells])
    assert sum(line.startswith("same ") for line in fitted_lines(same, 60)[0]) == 10


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.text("ab ", max_size=90), st.text("cd[], ", max_size=60)), min_size=1, max_size=6),
    st.integers(1, 10),
    st.integers(0, 200),
)
def test_no_letter_of_a_cell_is_lost_and_no_line_too_long(rows: list[tuple[str, str]], times: int, width: int) -> None:
    table = Table(
        ["n"] * 2 * times, [[cell for cell in row for _ in range(times)] for row in rows], [False] * 2 * times
    )
    lines, _ = fitted_lines(table, width)
    assert max(map(len, lines)) <= max(width, 40)
    for letter in "abcd[],":
        wanted = sum(cell.count(letter) for row in table.cells for cell in row)
        assert "".join(lines).count(letter) >= wanted


def test_a_word_of_any_length_is_cut_in_linear_time() -> None:
    table = Table(["a", "b"], [["x", "y" * 2_000_000], ["z", "w"]], [False, False])
    lines, _ = fitted_lines(table, 80)
    assert "".join(lines).count("y") == 2_000_000
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("line", "width", "lines"),
    [
        ("note: of few words", 80, ["note: of few words"]),
        ("note: " + "word " * 9 + "end", None, ["note: " + "word " * 9 + "end"]),
        ("note: " + "word " * 9 + "end", 40, ["note: word word word word word word word", "  word word end"]),
        ("signature: " + "x" * 60, 40, ["signature:", "  " + "x" * 60]),
    ],
)
def test_lines_are_broken_between_words(line: str, width: int | None, lines: list[str]) -> None:
    assert wrapped(line, width) == lines
