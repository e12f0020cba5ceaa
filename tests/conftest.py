"""Fixtures of the core suite: one small demo bundle a run, and the command line called as a user calls it."""

import csv
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from spinefairbench.bundle import layout
from spinefairbench.cli import main
from spinefairbench.demo import write_demo_bundle

# The one profile of the property tests. Nothing in it looks at a clock: a loaded machine must not fail a test.
settings.register_profile(
    "spinefairbench",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
    derandomize="CI" in os.environ,  # there, the same change is tested with the same examples every time
)
settings.load_profile("spinefairbench")

# A shell has what it starts in the background ignore interruptions, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# So does `nohup` with hangups.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Ran(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.out)
        return value


Run = Callable[..., Ran]
"""What the fixture `run` gives."""


class Tampering:
    """Changes files of a bundle in place and puts them back."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._before: dict[Path, bytes | None] = {}
        self._undo: list[Callable[[], None]] = []

    def path(self, relative: str) -> Path:
        """The path of a file that the test is about to change; it is put back after the test."""
        path = self.root / relative
        if path not in self._before:
            self._before[path] = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        return path

    def text(self, relative: str, change: Callable[[str], str]) -> None:
        path = self.path(relative)
        path.write_bytes(change(path.read_bytes().decode("utf-8")).encode("utf-8"))

    def json(self, relative: str, change: Callable[[Any], Any]) -> None:
        """Replace the JSON value by what `change` returns, or by the value it changed in place."""
        path = self.path(relative)
        value = json.loads(path.read_bytes())
        changed = change(value)
        path.write_text(json.dumps(value if changed is None else changed), encoding="utf-8")

    def csv(self, relative: str, change: Callable[[list[dict[str, str]]], None]) -> None:
        """Change the rows of a CSV file in place."""
        path = self.path(relative)
        with path.open(newline="") as handle:
            rows = list(csv.DictReader(handle))
        change(rows)
        with path.open("w", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def at_end(self, undo: Callable[[], None]) -> None:
        """Something else to undo after the test."""
        self._undo.append(undo)

    def restore(self) -> None:
        for undo in self._undo:
            undo()
        for path, data in self._before.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                if path.is_symlink():
                    path.unlink()
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo bundle that no test changes (but through `tampering`)."""
    root = tmp_path_factory.mktemp("bundle") / "artifacts"
    write_demo_bundle(root, core_sources=8, sources=24)
    return root


@pytest.fixture(scope="session")
def other_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo bundle of another seed, for what is recomputed independently of the package."""
    root = tmp_path_factory.mktemp("other") / "artifacts"
    write_demo_bundle(root, core_sources=12, sources=12, seed=11, bootstrap_iterations=10)
    return root


@pytest.fixture(scope="session")
def core_pairs(demo: Path) -> list[str]:
    """The pairs of the demo bundle's core, sorted."""
    return sorted(row["pair_id"] for row in json.loads((demo / layout.panel_pairs(layout.FULL_PANEL)).read_bytes()))


@pytest.fixture(scope="session")
def panel_page(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the demo bundle's panel."""
    page = tmp_path_factory.mktemp("page") / "report.html"
    assert main(["report", "--artifacts", str(demo), "--output", str(page), "--quiet"]) == 0
    return page


@pytest.fixture
def tampering(demo: Path) -> Iterator[Tampering]:
    """Changes to the demo bundle that last for one test."""
    changes = Tampering(demo)
    yield changes
    changes.restore()


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: run("table2", "--artifacts", bundle)."""

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err + captured.out
        return Ran(status, captured.out, captured.err)

    return call


@pytest.fixture
def threads_allowed(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[threading.Thread]]:
    """Lets so many threads start and no more, as where the system has no more; the result lists those that did."""

    def allow(most: int) -> list[threading.Thread]:
        start = threading.Thread.start
        started: list[threading.Thread] = []

        def limited(thread: threading.Thread) -> None:
            if len(started) == most:
                raise RuntimeError("can't start new thread")
            started.append(thread)
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", limited)
        return started

    return allow
