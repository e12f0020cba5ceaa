"""SIGTERM and SIGHUP end a run as Ctrl-C does: what is temporary is removed, and no output is half-written."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

__all__ = ["Ended", "ended_by_signals"]

# A system may lack one of them.
_SAID: Final = {
    name: said for name, said in (("SIGTERM", "terminated"), ("SIGHUP", "hung up")) if hasattr(signal, name)
}


class Ended(KeyboardInterrupt):
    """A signal has asked the program to end. `status` is the exit status that shells give for it, 128 + its number."""

    def __init__(self, number: int) -> None:
        super().__init__(_SAID[signal.Signals(number).name])
        self.status: Final = 128 + number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """In this block, the first of these signals raises `Ended`; whoever is tidying up then hears no other.

    A signal that is ignored already, as under `nohup`, stays so, and that of a program around this one stays its own.
    """
    numbers = [signal.Signals[name] for name in _SAID]
    ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]

    def end(number: int, frame: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    with suppress(ValueError):  # only the main thread may handle signals
        for number in ours:
            signal.signal(number, end)
    try:
        yield
    finally:
        with suppress(ValueError):
            for number in ours:
                signal.signal(number, signal.SIG_DFL)
