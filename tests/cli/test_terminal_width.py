"""On a terminal, text fits its width; in a pipe it is the same byte for byte, whatever the width."""

import os
import pty
import struct
import sys
import termios
from fcntl import ioctl
from pathlib import Path
from subprocess import run as run_process

from tests import ROOT
from tests.conftest import Run

COMMAND = (sys.executable, str(ROOT / "reviewer_verify.py"))


def on_terminal(columns: int, *arguments: object, **environment: str) -> str:
    """What a command prints on a terminal of so many columns."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child becomes the command
        os.close(master)
        os.dup2(slave, 1)
        named = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | environment
        os.execve(COMMAND[0], [*COMMAND, *map(str, arguments)], named)
    os.close(slave)
    parts = []
    try:
        while part := os.read(master, 65536):
            parts.append(part)
    except OSError:  # how a terminal ends
        pass
    os.close(master)
    assert os.waitpid(pid, 0)[1] == 0
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


def test_text_fits_the_terminal_and_a_pipe_gets_it_as_it_is(run: Run, demo: Path) -> None:
    arguments = ("table2", "--artifacts", demo, "--jobs", 1)
    piped = run(*arguments).out
    assert max(map(len, piped.splitlines())) > 150
    for columns, environment in ((80, {}), (300, {"COLUMNS": "80"})):
        shown = on_terminal(columns, *arguments, **environment)
        assert max(map(len, shown.splitlines())) <= 80
        assert "wide tables are shown in 3 parts; --wide shows them as they are" in " ".join(shown.split())
        # Every figure is there, and the notes are whole.
        assert set(piped.split()) - set(shown.split()) <= {word for word in piped.split() if set(word) == {"-"}}
    assert on_terminal(80, *arguments, "--wide") == piped
    done = run_process(
        [*COMMAND, *map(str, arguments)], capture_output=True, env={**os.environ, "COLUMNS": "80"}, check=True
    )
    assert done.stdout.decode() == piped


def test_other_formats_are_the_same_on_a_terminal(run: Run) -> None:
    for name in ("json", "markdown", "csv"):
        assert (
            on_terminal(40, "diagnostic-scoring", "--format", name) == run("diagnostic-scoring", "--format", name).out
        )
