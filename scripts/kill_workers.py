#!/usr/bin/env python3
"""Kill a worker of a command at a random moment, many times, and count how the command ends: it must always end.

Linux only: the processes are found in /proc. With --parent, the command itself is killed, and its workers must be gone
soon after.
"""

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_REPOSITORY = Path(__file__).resolve().parent.parent
_LONGEST = 120.0
"""Seconds after which a command that has not ended is called hanging."""
_LEFT_ALONE = 3.0
"""Seconds in which the processes of a command that was killed must have ended."""


def main() -> int:
    """Run the command as often as asked, and print how it ended; 1 where it hung, or a process was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--between", type=float, nargs=2, default=(0.02, 0.6), metavar=("LEAST", "MOST"))
    parser.add_argument("--parent", action="store_true", help="kill the command itself")
    parser.add_argument("command", nargs="+", help="the command's arguments, such as parser-audit --jobs 2")
    args = parser.parse_args()
    draws = random.Random(args.seed)  # noqa: S311 (moments, no secret)
    undisturbed = _run(args.command, None, draws, parent=False)
    print(undisturbed.end)
    ends: collections.Counter[str] = collections.Counter()
    for _ in range(args.runs):
        run = _run(args.command, draws.uniform(*args.between), draws, parent=args.parent)
        differs = run.ended_well and run.output != undisturbed.output
        ends["another result" if differs else run.end] += 1
    for end, times in ends.most_common():
        print(f"{times:5}  {end}")
    return int(any(end.startswith(("hung", "left", "another")) for end in ends))


class _Run(NamedTuple):
    """How a run ended, what it printed, and whether it ended by itself with status 0."""

    end: str
    output: str = ""
    ended_well: bool = False


def _run(arguments: list[str], after: float | None, draws: random.Random, *, parent: bool) -> _Run:
    """One run, of which one worker is killed `after` seconds from when there is one."""
    with subprocess.Popen(
        [sys.executable, str(_REPOSITORY / "reviewer_verify.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        killed = after is not None and _kill(process, after, draws, parent=parent)
        if parent and killed:
            process.wait()
            time.sleep(_LEFT_ALONE)
            left = _members(process.pid)
            _end_group(process)
            return _Run(f"left {len(left)} processes" if left else "killed: nothing left")
        try:
            output, errors = process.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            _end_group(process)
            return _Run("hung")
    told = errors.strip().splitlines()
    end = f"{'killed' if killed else 'undisturbed'}: status {process.returncode}"
    return _Run(end + (f", {told[-1][:100]}" if told else ""), output, process.returncode == 0)


def _kill(process: subprocess.Popen[str], after: float, draws: random.Random, *, parent: bool) -> bool:
    """Whether a process was there to be killed."""
    while process.poll() is None and not _workers(process.pid):
        time.sleep(0.001)
    time.sleep(after)
    workers = _workers(process.pid)
    if process.poll() is not None or not workers:
        return False
    os.kill(process.pid if parent else draws.choice(workers), signal.SIGKILL)
    return True


def _members(session: int) -> list[int]:
    """The live processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(folder.name))
    return sorted(found)


def _workers(session: int) -> list[int]:
    found = []
    for number in _members(session):
        try:
            if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.append(number)
        except OSError:
            continue
    return found


def _end_group(process: subprocess.Popen[str]) -> None:
    for number in _members(process.pid):
        os.kill(number, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
