"""Control arms: which prompt an image is made with, and what says what a source shows."""

import json
from pathlib import Path

import pytest

from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.generator.arms import NULL, RECONSTRUCTION, Arm, own_prompts
from spinefairbench.generator.released import PROMPTS


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_an_arm_changes_the_prompt_alone() -> None:
    own = Arm(RECONSTRUCTION, {"a": "37-year-old female lumbar spine radiograph"})
    assert {own.prompt("a", label) for label in PROMPTS} == {"37-year-old female lumbar spine radiograph"}
    assert {Arm(NULL).prompt("a", label) for label in PROMPTS} == {""}
    assert [Arm().prompt("a", label) for label in PROMPTS] == list(PROMPTS.values())


def test_age_and_sex_are_put_into_the_words_of_the_locked_prompts(tmp_path: Path) -> None:
    table = "source_id,age,sex,cell\na,37,F,\nb,75.0, male,\nc,,,young_male\nd,,,\n"
    assert own_prompts(written(tmp_path / "sources.csv", table)) == {
        "a": "37-year-old female lumbar spine radiograph", "b": PROMPTS["elderly_male"], "c": PROMPTS["young_male"],
    }  # fmt: skip


def test_the_source_metadata_of_a_bundle_is_read(tmp_path: Path) -> None:
    rows = [{"source_id": "a", "source_age": 25, "source_sex": "F"}, {"source_id": "b", "source_age": None}]
    path = written(tmp_path / "source_metadata.json", json.dumps(rows))
    assert own_prompts(path) == {"a": PROMPTS["young_female"]}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,old,F,", "age is 'old'; expected whole years"), ("a,37.5,F,", "age is '37.5'"), ("a,121,F,", "age is '121'"),
        ("a,37,,", "sex is ''; expected f, female, m, male"), ("a,,F,", "age is ''"), (",37,F,", "has no source_id"),
        ("a,,,old_male", "cell is 'old_male'; expected one of"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named_with_its_line(tmp_path: Path, row: str, said: str) -> None:
    path = written(tmp_path / "sources.csv", f"source_id,age,sex,cell\nz,37,F,\n{row}\n")
    with pytest.raises(UsageError) as caught:
        own_prompts(path)
    (problem,) = map(str, caught.value.problems)
    assert problem.startswith("sources.csv: line 3: ") and said in problem


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "name,age\na,3\n", "lacks source_id"), ("x.csv", "source_id,age,sex\na,3\n", "2 cells"),
        ("x.json", "{}", "expected a list of objects"), ("x.txt", "a b", "neither CSV by its name nor JSON"),
        ("x.csv", "source_id,age,sex\na,3,F\na,4,F\n", "a is there twice, and differs"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(SpineFairBenchError, match=said):
        own_prompts(written(tmp_path / name, text))
