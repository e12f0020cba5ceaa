"""Nothing that is false is said again in documents and in the program; pages are looked at where they are made."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests import ROOT
from tests.statements import said_falsely

DOCUMENTS: Final = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def literals(code: str) -> str:
    """Python code with the strings that stand below one another joined."""
    return re.sub(r"\"\s*\n\s*f?\"", "", code)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_document_says_it(document: Path) -> None:
    assert said_falsely(document.read_text(encoding="utf-8")) == []


def test_no_text_of_the_program_says_it() -> None:
    code = sorted([*(ROOT / "spinefairbench").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])
    found = {str(path.relative_to(ROOT)): said_falsely(literals(path.read_text(encoding="utf-8"))) for path in code}
    assert {path: phrases for path, phrases in found.items() if phrases} == {}


def test_strings_on_several_lines_are_read_as_one() -> None:
    assert said_falsely(literals('"Only this can come "\n    f"from the edit."')) == ["come from the edit"]
