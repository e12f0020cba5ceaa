#!/usr/bin/env python3
"""Run the commands of documentation pages as their reader would, and write what they print into the pages.

usage: python3 scripts/refresh_docs.py PAGE ...

A fenced block marked `console` holds commands (`$ …`), each followed by its output. A block marked `python` is
followed by one marked `text` with what it prints, the values of its expressions included; it goes on where the one
before it ended, as the cells of a notebook do. A line `...` in the output stands for any lines: such an output is
left as it is. All run in a copy of the tracked files. The test suite compares with the same functions; seconds,
and nothing else, may differ.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

__all__ = ["Step", "copy_next_commit", "differences", "run_step", "steps"]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.write_checksums import MANIFEST, tracked_names, working_tree_manifest

ROOT = Path(__file__).resolve().parent.parent

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CELL = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SESSION = """
import ast, contextlib, io
def run(source):
    for node in ast.parse(source).body:
        exec(compile(ast.Interactive([node]), "page", "single"), globals())
with contextlib.redirect_stdout(io.StringIO()):
    run({before!r})
run({source!r})
"""
_SECONDS = re.compile(r"\b\d+\.\d\d\b(?=\s*$)")


class Step(NamedTuple):
    """One command and the lines that the page shows below it."""

    line: int
    command: str
    output: tuple[str, ...]


def steps(page: Path) -> list[Step]:
    """The commands of a page, and its Python as a command, in order."""
    text = page.read_text(encoding="utf-8")
    return sorted([*_commands(text), *_cells(text)], key=lambda step: step.line)


def _cells(text: str) -> list[Step]:
    """The Python of a page; `line` is the one before the output."""
    found: list[Step] = []
    before = ""
    for cell in _CELL.finditer(text):
        session = _SESSION.format(before=before, source=cell[1])
        line = text.count("\n", 0, cell.start(2))
        found.append(
            Step(line, f"{shlex.quote(sys.executable)} -c {shlex.quote(session)}", tuple(cell[2].splitlines()))
        )
        before += cell[1]
    return found


def _commands(text: str) -> list[Step]:
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1)) + 1
        command: str | None = None
        output: list[str] = []
        started = first
        lines = block[1].splitlines()
        for number, line in enumerate([*lines, "$ "], first):
            if line.startswith("$ "):
                if command:
                    found.append(Step(started, command, tuple(output)))
                command, output, started = line[2:], [], number
            elif command is not None and command.endswith("\\"):
                command = command[:-1] + line.strip()
            else:
                output.append(line)
    return found


def run_step(step: Step, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command in a shell; both streams come together, as on a terminal."""
    return subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def differences(expected: tuple[str, ...], actual: str) -> str | None:
    """The first line that differs, in words; None where the output is as shown."""
    lines = [_masked(line) for line in _lines(actual)]
    position = 0
    skipping = False
    for line in map(_masked, expected):
        if line == "...":
            skipping = True
        elif skipping:
            if line not in lines[position:]:
                return f"the output has no line {line!r} after line {position}"
            position += lines[position:].index(line) + 1
            skipping = False
        elif position >= len(lines) or lines[position] != line:
            shown = lines[position] if position < len(lines) else "nothing"
            return f"expected {line!r}, found {shown!r}"
        else:
            position += 1
    return None if skipping or position == len(lines) else f"more output than shown: {lines[position]!r}"


def _lines(output: str) -> list[str]:
    """The lines of an output without empty ones at its end; none where it is blank."""
    return output.rstrip("\n").split("\n") if output.strip() else []


def _masked(line: str) -> str:
    return re.sub(r"\s+", " ", _SECONDS.sub("S", line)).rstrip()


def copy_next_commit(target: Path) -> None:
    """Copy the tracked files as they lie, with the manifest that the next commit would hold: what a clone of it has."""
    for name in tracked_names():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    (target / MANIFEST).write_text(working_tree_manifest(), encoding="utf-8", newline="\n")


def _refreshed(page: Path, folder: Path) -> str:
    lines = page.read_text(encoding="utf-8").splitlines()
    shift = 0
    for step in steps(page):
        done = run_step(step, folder)
        if done.returncode and "; echo " not in step.command:
            sys.exit(f"{page.name}:{step.line}: {step.command}: status {done.returncode}\n{done.stdout}")
        if "..." in step.output:
            continue
        start = step.line + shift
        while lines[start - 1].endswith("\\"):
            start += 1
        new = [line.rstrip() for line in _lines(done.stdout)]
        lines[start : start + len(step.output)] = new
        shift += len(new) - len(step.output)
    return "\n".join(lines) + "\n"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="spinefairbench-docs-") as folder:
        clone = Path(folder) / "clone"
        clone.mkdir()
        copy_next_commit(clone)
        for name in sys.argv[1:]:
            page = Path(name).resolve()
            # Commands leave files behind, so each page has a copy of its own.
            with tempfile.TemporaryDirectory(dir=folder) as own:
                shutil.copytree(clone, own, dirs_exist_ok=True)
                text = _refreshed(page, Path(own))
            page.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
