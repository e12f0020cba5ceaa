"""A run that a signal ends leaves nothing behind and says so in its status."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from spinefairbench.files.ending_signals import Ended, ended_by_signals
from tests import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")

SIGNALS = [(signal.SIGTERM, 143, "terminated\n"), (signal.SIGHUP, 129, "hung up\n")] if os.name == "posix" else []
DEMO = ("spinefairbench.demo.file_tree:FileTree.stream", ("demo-bundle", "--output", "demo", "--sources", "12"))
ALL = ("spinefairbench.cli.all_checks:write_demo_bundle", ("all",))


def run_until(place: str, arguments: tuple[str, ...], moment: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in `folder`, with code that is run when the function at `place` is called."""
    module, _, name = place.partition(":")
    owner, _, function = f"module.{name}".rpartition(".")
    code = (
        f"import importlib, os, runpy, signal, sys\nmodule = importlib.import_module({module!r})\n"
        f"def work(*_, **__):\n    {moment}\n"
        f"{owner}.{function} = work\n"
        "from spinefairbench.analysis import inputs\n"
        "inputs.CODE_ROOT = inputs.Path('nowhere')\n"
        f"sys.argv = ['reviewer_verify.py', *{arguments!r}]\n"
        f"runpy.run_path({str(ROOT / 'reviewer_verify.py')!r}, run_name='__main__')\n"
    )
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, env=environment)


@pytest.mark.parametrize(("number", "status", "said"), SIGNALS)
@pytest.mark.parametrize(("place", "arguments"), [DEMO, ALL])
def test_temporary_folders_are_removed(
    number: signal.Signals, status: int, said: str, place: str, arguments: tuple[str, ...], tmp_path: Path
) -> None:
    # It is there when the signal comes, or the test would hold nothing.
    there = f"assert os.listdir({str(tmp_path)!r}); os.kill(os.getpid(), {int(number)})"
    done = run_until(place, arguments, there, tmp_path)
    assert (done.returncode, done.stderr) == (status, said)
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_comes_while_it_tidies_up_changes_nothing(tmp_path: Path) -> None:
    moment = (
        "import shutil; plain = shutil.rmtree; shutil.rmtree = lambda *a, **k: (os.kill(os.getpid(), signal.SIGHUP), "
        "plain(*a, **k)); os.kill(os.getpid(), signal.SIGTERM)"
    )
    done = run_until(*DEMO, moment, tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (143, "terminated\n", [])


def test_a_signal_that_is_ignored_stays_ignored(tmp_path: Path) -> None:
    code = (
        "import os, signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from spinefairbench.files.ending_signals import ended_by_signals\n"
        "with ended_by_signals():\n    os.kill(os.getpid(), signal.SIGHUP)\nprint('went on')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "went on\n")


def test_a_signal_that_python_cannot_raise_is_repeated(tmp_path: Path) -> None:
    moment = (
        "import time; Deaf = type('Deaf', (), {'__del__': lambda self: (os.kill(os.getpid(), signal.SIGTERM), "
        "time.sleep(5))}); Deaf(); time.sleep(20)"
    )
    done = run_until(*ALL, moment, tmp_path)
    assert (done.returncode, done.stderr) == (143, "terminated\n")


def test_handlers_of_others_are_left_alone_and_ours_are_put_back() -> None:
    before = [signal.getsignal(number) for number, _, _ in SIGNALS]
    with pytest.raises(Ended) as ended, ended_by_signals():
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.status == 143
    with ended_by_signals():
        assert all(signal.getsignal(number) is not signal.SIG_DFL for number, _, _ in SIGNALS)
    assert [signal.getsignal(number) for number, _, _ in SIGNALS] == before


def test_a_thread_beside_the_main_one_runs_without() -> None:
    outcomes = []

    def work() -> None:
        with ended_by_signals():
            outcomes.append("ran")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert outcomes == ["ran"]
