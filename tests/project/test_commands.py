"""A command has a test of its own and documentation, and what was forgotten is named."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from spinefairbench.cli.commands import COMMANDS
from tests import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def command_names() -> list[str]:
    """Every command of the command line; one of two words stands under its first one."""
    return [command.name for command in COMMANDS]


def _leading_words(nodes: list[ast.expr]) -> Iterator[str]:
    """Of ("submission", "check", path, …): "submission" and "submission check"."""
    words: list[str] = []
    for node in nodes[:2]:
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            return
        words.append(node.value)
        yield " ".join(words)


@cache
def commands_tested() -> frozenset[str]:
    """What the tests run: the first words of the arguments of a call, or of a list or tuple of arguments."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        if path.parent.name == "project":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found.update(_leading_words(node.args))
            elif isinstance(node, ast.List | ast.Tuple):
                found.update(_leading_words(node.elts))
    return frozenset(found)


def is_documented(name: str, text: str) -> bool:
    """Whether a page shows the command on a command line or names it as code."""
    return re.search(rf"(?:reviewer_verify\.py |`){re.escape(name)}(?![\w-])", text) is not None


@pytest.mark.parametrize("name", command_names())
def test_a_command_has_its_own_test_and_documentation(name: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    forgotten = []
    if name not in commands_tested():
        forgotten.append(f'a test that runs it: run("{name}", …)')
    if not is_documented(name, text):
        forgotten.append(f"documentation: `{name}` stands neither in the README nor on a page of docs/")
    assert not forgotten, f"the command {name} lacks {' and '.join(forgotten)}"


def test_what_counts_as_a_test_and_as_documentation() -> None:
    assert "table2" in commands_tested()
    assert "no-such-command" not in commands_tested()
    assert is_documented("score", "$ python3 reviewer_verify.py score --submission s.json")
    assert is_documented("score", "the command `score` or `score --help`")
    assert not is_documented("score", "a score, `scores`, `score-file` and reviewer_verify.py scores")
