"""The program as a process: closed streams, a signal at any moment, files that are one and the same."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.cli.commands import COMMANDS
from tests import ROOT
from tests.conftest import Run

_CHILDREN = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")


def _shell(command: str) -> subprocess.CompletedProcess[str]:
    line = f"{shlex.quote(sys.executable)} reviewer_verify.py {command}"
    return subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True)


def test_closed_streams_change_no_status(demo: Path) -> None:
    for streams in (">&-", "2>&-", "<&-", ">&- 2>&- <&-"):
        for command, status in (
            (f"gap-sensitivity --artifacts {shlex.quote(str(demo))}", 0),
            ("gap-sensitivity --artifacts none", 2),
            ("nonsense", 2),
        ):
            done = _shell(f"{command} {streams}")
            assert done.returncode == status
            assert "Traceback" not in done.stderr


def test_a_closed_stdout_does_not_let_output_into_another_file(demo: Path, tmp_path: Path) -> None:
    target = tmp_path / "score.json"
    toy = demo / layout.TOY_SUBMISSION
    named = shlex.join(["--artifacts", str(demo), "--submission", str(toy), "--output", str(target)])
    done = _shell(f"score {named} --bootstrap-iterations 10 >&-")
    assert done.returncode == 0
    assert json.loads(target.read_text())["scope"] == "toy"


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize("moment", ["import sys", "from spinefairbench.cli import application"])
def test_an_interruption_while_it_starts_is_130_without_a_traceback(moment: str) -> None:
    # The signal comes at the first import of the program's own that follows `moment`.
    code = (
        f"{moment}\nimport builtins, os, runpy, signal, sys\nplain = builtins.__import__\n"
        "def interrupting(name, *rest):\n"
        "    if name.startswith('spinefairbench.') and 'errors' in name or name == 'argparse':\n"
        "        builtins.__import__ = plain\n        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return plain(name, *rest)\n"
        "builtins.__import__ = interrupting\n"
        "sys.argv = ['reviewer_verify.py', 'inspect', '--artifacts', 'none']\n"
        "runpy.run_path('reviewer_verify.py', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer to repeat a signal with")
def test_an_interruption_that_python_cannot_raise_is_repeated(demo: Path) -> None:
    # No exception leaves `__del__`: Python would print it and go on.
    code = (
        "import os, runpy, signal, sys, time\nfrom spinefairbench.cli import execution\n"
        "class Deaf:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGINT)\n        time.sleep(5)\n"
        "def work(*_):\n    Deaf()\n    time.sleep(20)\n"
        "execution.load = lambda place: work\n"
        f"sys.argv = ['reviewer_verify.py', 'inspect', '--artifacts', {str(demo)!r}]\n"
        "runpy.run_path('reviewer_verify.py', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.skipif(not _CHILDREN.exists(), reason="needs a system that lists a process's children")
def test_interrupted_work_in_several_processes_ends_without_a_traceback(demo: Path) -> None:
    # Small files are else read in one process.
    code = (
        "import runpy\nfrom spinefairbench.bundle import reports\nif __name__ == '__main__':\n"
        "    reports._WORTH_PROCESSES = 0\n    runpy.run_path('reviewer_verify.py', run_name='__main__')\n"
    )
    statuses = []
    for awaited in (1, 1, 2):
        process = subprocess.Popen(
            [sys.executable, "-c", code, "parser-audit", "--artifacts", str(demo), "--jobs", "2"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            # Its children are the tracker of resources, then the workers. After a fixed delay the signal would, on a
            # loaded machine, reach Python before it can catch one, or work that is done.
            while process.poll() is None and len(_children(process.pid)) < awaited:
                time.sleep(0.005)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        assert "Traceback" not in err + out
        statuses.append(process.returncode)
    assert set(statuses) <= {0, 130}  # 0: it had ended before the signal came
    assert 130 in statuses


@pytest.mark.skipif(not _CHILDREN.exists(), reason="needs a system that lists a process's children")
def test_work_in_several_processes_that_is_terminated_leaves_none_of_them(demo: Path) -> None:
    # The signal comes when the first worker is started, to the one process that the user knows of.
    code = (
        "import os, runpy, signal\nfrom spinefairbench import parallel\nfrom spinefairbench.bundle import reports\n"
        "plain = parallel.OrderedWorkers.put\n"
        "def put(self, item):\n"
        "    plain(self, item)\n"
        "    if self._pool is not None:\n"
        "        print(open(f'/proc/{os.getpid()}/task/{os.getpid()}/children').read(), flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "if __name__ == '__main__':\n"
        "    reports._WORTH_PROCESSES, parallel.OrderedWorkers.put = 0, put\n"
        "    runpy.run_path('reviewer_verify.py', run_name='__main__')\n"
    )
    arguments = ("parser-audit", "--artifacts", str(demo), "--jobs", "2")
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (143, "terminated\n")
    _tracker_of_resources, *workers = done.stdout.split()
    assert workers
    assert [number for number in workers if Path("/proc", number).exists()] == []


def _children(parent: int) -> list[str]:
    """The processes that a process has started; empty once it has ended."""
    try:
        return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return []


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize(("bundle", "status"), [("demo", 0), ("none", 2)])
def test_an_interruption_while_python_shuts_down_keeps_the_status(demo: Path, bundle: str, status: int) -> None:
    artifacts = str(demo) if bundle == "demo" else bundle
    # Objects in `builtins` go last, when Python no longer handles signals.
    code = (
        "import builtins, os, runpy, signal, sys\n"
        "class Late:\n    def __del__(self, kill=os.kill, pid=os.getpid(), number=signal.SIGINT):\n"
        "        kill(pid, number)\n"
        "builtins.late = Late()\n"
        f"sys.argv = ['reviewer_verify.py', 'inspect', '--artifacts', {artifacts!r}]\n"
        "runpy.run_path('reviewer_verify.py', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == status
    assert done.stdout + done.stderr


@pytest.mark.parametrize(
    ("files", "said"),
    [(("s.json", "s.json", None), "--output is the file of --submission"), (("s.json", "link", None), "--output is"),
     (("s.json", "o.json", "o.json"), "--report is the file of --output"), (("s.json", "o.json", "s.json"), "--report is")],
)  # fmt: skip
def test_score_never_writes_over_its_own_files(
    files: tuple[str, str, str | None], said: str, run: Run, demo: Path, tmp_path: Path
) -> None:
    submission, output, report = (tmp_path / name if name else None for name in files)
    assert submission is not None
    before = (demo / layout.TOY_SUBMISSION).read_bytes()
    submission.write_bytes(before)
    (tmp_path / "link").symlink_to("s.json")
    options = [] if report is None else ["--report", report]
    done = run("score", "--artifacts", demo, "--submission", submission, "--output", output, *options)
    assert done.status == 2
    assert said in done.err
    assert submission.read_bytes() == before


def test_what_no_reader_foresaw_is_a_sentence_in_the_format_asked_for(
    run: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, said in (
        (OSError(5, "Input/output error", "x.json"), "x.json: input/output error"), (MemoryError(), "out of memory"),
        (RecursionError(), "nested too deeply"), (OSError("odd"), "input or output failed: odd"),
    ):  # fmt: skip

        def fail(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("spinefairbench.analysis.mitigation.read_mitigation_table", fail)
        monkeypatch.setattr(
            "spinefairbench.cli.all_checks.COMMANDS",
            [command for command in COMMANDS if command.name in ("mitigation", "radiologist")],
        )
        done = run("mitigation", "--artifacts", demo, "--format", "json")
        assert (done.status, done.json["status"], done.json["bundle"]) == (2, "error", "demo")
        assert [said in problem for problem in done.json["problems"]] == [True]
        every = run("all", "--artifacts", demo, "--format", "json")
        rows = {row["command"]: row["status"] for row in every.json["results"]}
        assert rows["mitigation"] == "error"
        assert rows["radiologist"] == "ok"


def test_the_envelope_of_wrong_arguments_names_the_command(run: Run) -> None:
    for arguments, command in (
        (["table2", "--seed", "x"], "table2"),
        (["leaderboard", "build"], "leaderboard build"),
        (["x"], ""),
    ):
        done = run(*arguments, "--format", "json")
        assert (done.status, done.json["command"], done.json["status"]) == (2, command, "error")


@pytest.mark.parametrize("jobs", ["0", "257", "-1", "x", "²", "9" * 5000, ""])
def test_an_unusable_number_of_jobs_is_told_shortly(jobs: str, run: Run) -> None:
    done = run("inspect", "--jobs", jobs)
    assert done.status == 2
    assert "from 1 to 256" in done.err
    assert len(done.err) < 300


@pytest.mark.parametrize("options", [["-I", "-S"], ["-P"], ["-OO"], ["-W", "error"]])
def test_an_interpreter_that_looks_nowhere_else_finds_the_program(options: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *options, str(ROOT / "reviewer_verify.py"), "diagnostic-scoring", "--format", "json"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["summary"]["categories"] == 13


def test_a_table_of_cells_still_says_what_it_is_of(run: Run, demo: Path) -> None:
    done = run("table2", "--artifacts", demo, "--format", "csv")
    assert "DEMO" in done.err
    assert "not checked: the intervals" in done.err
    assert run("table2", "--artifacts", demo, "--format", "csv", "--quiet").err == ""


def test_without_a_bundle_the_way_to_one_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("spinefairbench.analysis.inputs.CODE_ROOT", tmp_path)
    done = run("table2")
    assert done.status == 2
    assert "--artifacts" in done.err
    assert "demo-bundle" in done.err
