"""A command that cannot go on ends with sentences and an exit status."""

import pytest

from spinefairbench.errors import UsageError
from spinefairbench.generator.failures import (
    exit_status,
)


def test_too_little_memory_and_an_interrupt_are_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    def ends_with(error: BaseException) -> int:
        def work() -> int:
            raise error

        return exit_status(work, advice="; go on")

    assert ends_with(MemoryError()) == 2 and capsys.readouterr().err == "out of memory\n"
    assert ends_with(KeyboardInterrupt()) == 130 and capsys.readouterr().err == "interrupted; go on\n"
    assert ends_with(UsageError(["one", "two"])) == 2 and capsys.readouterr().err == "one\ntwo\n"
    assert exit_status(lambda: 7) == 7
