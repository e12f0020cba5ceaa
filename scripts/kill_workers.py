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
    undisturbed = _run(args.command, None, parent=False)
    print(f"undisturbed: {undisturbed[0]}")
    ends: collections.Counter[str] = collections.Counter()
    for _ in range(args.runs):
        end, output = _run(args.command, draws.uniform(*args.between), parent=args.parent)
        if not args.parent and end == undisturbed[0] and output != undisturbed[1]:
            end = "another result"
        ends[end] += 1
    for end, times in ends.most_common():
        print(f"{times:5}  {end}")
    return int(any(end.startswith(("hung", "left", "another")) for end in ends))


def _run(arguments: list[str], after: float | None, *, parent: bool) -> tuple[str, str]:
    """How one run ended, and what it printed; a worker is killed `after` seconds from when there is one."""
    with subprocess.Popen(
        [sys.executable, str(_REPOSITORY / "reviewer_verify.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        killed = after is not None and _kill(process, after, parent=parent)
        if parent and killed:
            process.wait()
            time.sleep(_LEFT_ALONE)
            left = _members(process.pid)
            _end_group(process)
            return (f"left {len(left)} processes" if left else "nothing left"), ""
        try:
            output, errors = process.communicate(timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            _end_group(process)
            return "hung", ""
    told = errors.strip().splitlines()
    return f"status {process.returncode}" + (f", {told[-1][:100]}" if told else ""), output


def _kill(process: subprocess.Popen[str], after: float, *, parent: bool) -> bool:
    """Whether a process was there to be killed."""
    while process.poll() is None and not _workers(process.pid):
        time.sleep(0.001)
    time.sleep(after)
    workers = _workers(process.pid)
    if process.poll() is not None or not workers:
        return False
    os.kill(process.pid if parent else workers[0], signal.SIGKILL)
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
