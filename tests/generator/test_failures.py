"""A command that cannot go on ends with sentences and an exit status."""

import errno
import signal
from pathlib import Path

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.generator.failures import exit_status

from .conftest import run_bare


def test_too_little_memory_and_an_interrupt_are_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    def ends_with(error: BaseException) -> int:
        def work() -> int:
            raise error

        return exit_status(work, advice="; go on")

    assert ends_with(MemoryError()) == 2 and capsys.readouterr().err == "out of memory\n"
    assert ends_with(KeyboardInterrupt()) == 130 and capsys.readouterr().err == "interrupted; go on\n"
    assert ends_with(UsageError(["one", "two"])) == 2 and capsys.readouterr().err == "one\ntwo\n"
    assert exit_status(lambda: 7) == 7


def test_a_launched_process_leaves_signals_to_its_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    def handlers() -> int:
        return sum(signal.getsignal(number) is not signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGHUP))

    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert exit_status(handlers) == 2
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert exit_status(handlers) == 0


def test_a_file_that_the_system_refuses_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def full() -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert exit_status(lambda: len(tmp_path.read_bytes())) == 2
    assert capsys.readouterr().err == f"{tmp_path}: is a directory\n"
    assert exit_status(full) == 2 and capsys.readouterr().err == "input or output failed: no space left on device\n"


def test_a_name_that_is_too_long_is_a_sentence(tmp_path: Path) -> None:
    checkpoint = tmp_path / ("x" * 300)
    result = run_bare("scripts/verify_generator_release.py", "--checkpoint", str(checkpoint))
    assert (result.returncode, result.stderr) == (2, f"{checkpoint}: file name too long\n")
