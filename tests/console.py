"""Runs the commands of a documentation page as its reader would, and compares what they print.

A fenced block marked `console` holds commands (`$ …`), each followed by its output. A line `...` in the
output stands for any lines. Seconds, and nothing else, may differ.
"""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

__all__ = ["Step", "differences", "run_step", "steps"]

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SECONDS = re.compile(r"\b\d+\.\d\d\b(?=\s*$)")


class Step(NamedTuple):
    """One command and the lines that the page shows below it."""

    line: int
    command: str
    output: tuple[str, ...]


def steps(page: Path) -> list[Step]:
    """The commands of a page, in order."""
    text = page.read_text(encoding="utf-8")
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
        ["bash", "-c", step.command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300
    )


def differences(expected: tuple[str, ...], actual: str) -> str | None:
    """The first line that differs, in words; None where the output is as shown."""
    lines = [_masked(line) for line in actual.rstrip("\n").split("\n")] if actual.strip() else []
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


def _masked(line: str) -> str:
    return re.sub(r"\s+", " ", _SECONDS.sub("S", line)).rstrip()
