"""The program is called in its help what it was called by; an old Python is told the same sentence every way."""

import subprocess
import sys

import pytest

from spinefairbench.cli.program_name import program_name
from tests import ROOT
from tests.conftest import Run

ENTRIES = {
    "script": "import runpy; runpy.run_path('reviewer_verify.py', run_name='__main__')",
    "module": "import runpy; runpy.run_module('spinefairbench', run_name='__main__', alter_sys=True)",
    "scoring": "import runpy; runpy.run_module('spinefairbench.release.scoring', run_name='__main__', alter_sys=True)",
    "installed": "from spinefairbench.cli import entry_point; entry_point()",
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("version", ["3.10.14", "3.8.0"])
def test_an_old_python_gets_the_same_sentence_every_way(entry: str, version: str) -> None:
    numbers = tuple(map(int, version.split(".")))
    code = (
        f"import sys; sys.version_info = {(*numbers, 'final', 0)}; sys.version = '{version} (main)'; {ENTRIES[entry]}"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    said = f"SpineFairBench needs Python 3.11 or newer; this is {version}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


@pytest.mark.parametrize(
    ("called", "name", "call"),
    [
        ("/usr/bin/spinefairbench", "spinefairbench", "spinefairbench"),
        ("C/Scripts/spinefairbench.EXE", "spinefairbench", "spinefairbench"),
        ("tools/sfb.pyz", "sfb.pyz", "python3 sfb.pyz"),
        ("reviewer_verify.py", "reviewer_verify.py", "python3 reviewer_verify.py"),
        ("spinefairbench/__main__.py", "reviewer_verify.py", "python3 reviewer_verify.py"),
    ],
)
def test_help_and_errors_name_what_was_called(
    called: str, name: str, call: str, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    assert program_name() == (name, call)
    with pytest.raises(SystemExit):
        run("table2", "--help")
    out = capsys.readouterr().out
    assert f"usage: {name} table2 [" in out
    assert f"example: {call} table2" in out
    assert f"(see `{name} table2 --help`)" in run("table2", "--seed", "x").err
    assert run("table2", "--sead").err == f"unrecognized arguments: --sead (see `{name} table2 --help`)\n"
    assert run("leaderboard", "build", "--format", "json").json["command"] == "leaderboard build"


def test_an_installed_module_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spinefairbench.__path__", ["nowhere/spinefairbench"])
    assert program_name() == ("spinefairbench", "python3 -m spinefairbench")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tabel2"], "unknown command 'tabel2'; did you mean table2? (see `reviewer_verify.py --help`)\n"),
        (["merge"], "unknown command 'merge'; did you mean submission merge? (see `reviewer_verify.py --help`)\n"),
        (["submision", "init"], "unknown command 'submision'; did you mean submission? (see `"),
        (["submission", "int"], "unknown command 'submission int'; did you mean submission init? (see `"),
        (["qqqq"], "unknown command 'qqqq' (see `reviewer_verify.py --help`)\n"),
        (
            ["submission", "table2"],
            "unknown command 'submission table2' (see `reviewer_verify.py submission --help`)\n",
        ),
        (["x'y\"" * 5000], "unknown command"),
    ],
)
def test_a_word_that_is_no_command_is_told_with_what_may_be_meant(arguments: list[str], said: str, run: Run) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.err.startswith(said)
    assert len(done.err) < 200
    assert "choose from" not in done.err
