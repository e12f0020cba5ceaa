"""A Chromium that tests drive over its debugging pipe, with the standard library alone.

Messages are JSON ended by NUL, on descriptors 3 (to the browser) and 4 (from it).
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Chromium", "Tab", "chromium_path", "running_chromium"]

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip
_SECONDS = 60.0
_FIRST_FREE_DESCRIPTOR = 10


def chromium_path() -> str | None:
    """The installed browser, None where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


class Chromium:
    """A running browser; commands are answered in turn, events are kept by session."""

    def __init__(self, process: subprocess.Popen[bytes], to_browser: int, from_browser: int) -> None:
        self._process = process
        self._out = to_browser
        self._in = from_browser
        self._pending = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, parameters: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """The result of one command. Raises RuntimeError where the browser refuses it or does not answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters or {}}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        deadline = time.monotonic() + _SECONDS
        while True:
            answer = self._next_message(deadline)
            if answer.get("id") != self._number:
                self.events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                result: dict[str, Any] = answer["result"]
                return result

    def _next_message(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._in], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise RuntimeError("the browser does not answer")
            chunk = os.read(self._in, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has ended")
            self._pending += chunk
        message, _, self._pending = self._pending.partition(b"\0")
        value: dict[str, Any] = json.loads(message)
        return value

    def new_tab(self) -> "Tab":
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        return Tab(self, session, target)


class Tab:
    """One page of the browser, watched from its first moment."""

    def __init__(self, browser: Chromium, session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        return self._browser.call(method, parameters, self._session)

    def close(self) -> None:
        self._browser.call("Target.closeTarget", {"targetId": self._target})

    def _events(self, *methods: str) -> list[dict[str, Any]]:
        return [
            event["params"]
            for event in self._browser.events
            if event.get("sessionId") == self._session and event.get("method") in methods
        ]

    def view(self, width: int, height: int = 900, *, scheme: str = "light", media: str = "") -> None:
        """The size of the screen, the colour scheme asked for, and `print` for paper."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def open(self, path: Path) -> float:
        """Load a file and wait until it is complete; the seconds that took."""
        begun = time.monotonic()
        self.call("Page.navigate", {"url": path.resolve().as_uri()})
        while time.monotonic() - begun < _SECONDS:
            if self.value("location.protocol === 'file:' && document.readyState === 'complete'"):
                return time.monotonic() - begun
            time.sleep(0.01)
        raise RuntimeError("the page does not finish loading")

    def value(self, expression: str) -> Any:
        """What a JavaScript expression (or a promise of it) gives. Raises RuntimeError where it throws."""
        answer = self.call("Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """One key of the keyboard, down and up."""
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent",
                {"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, **text},
            )

    def write(self, text: str) -> None:
        """Text typed into whatever has the focus."""
        self.call("Input.insertText", {"text": text})

    def settle(self) -> None:
        """Wait until the page has drawn twice and its timers of a fifth of a second have run."""
        self.value(
            "new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 250))"
        )

    def complaints(self) -> list[str]:
        """Everything the console holds: logged, thrown, or forbidden by the page's policy."""
        self.value("0")
        said = [json.dumps(event["args"]) for event in self._events("Runtime.consoleAPICalled")]
        said += [json.dumps(event["exceptionDetails"]) for event in self._events("Runtime.exceptionThrown")]
        said += [event["entry"]["text"] for event in self._events("Log.entryAdded")]
        return said

    def requests(self) -> list[str]:
        """The address of everything that was asked for."""
        self.value("0")
        return [event["request"]["url"] for event in self._events("Network.requestWillBeSent")]


def _pipe() -> tuple[int, int]:
    """A pipe whose ends are clear of the numbers that the browser's own ends will have."""
    low_ends = os.pipe()
    high_ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE_DESCRIPTOR) for end in low_ends]
    for end in low_ends:
        os.close(end)
    return high_ends[0], high_ends[1]


@contextmanager
def running_chromium(path: str) -> Iterator[Chromium]:
    """A browser with an empty profile of its own, ended with the block."""
    browser_in, to_browser = _pipe()
    from_browser, browser_out = _pipe()

    def place_descriptors() -> None:
        os.dup2(browser_in, 3)
        os.dup2(browser_out, 4)

    with tempfile.TemporaryDirectory(prefix="spinefairbench-browser-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [path, *_FLAGS, f"--user-data-dir={profile}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,  # all others are closed on exec already
            preexec_fn=place_descriptors,  # noqa: PLW1509 (no thread has been started yet)
        )
        os.close(browser_in)
        os.close(browser_out)
        browser = Chromium(process, to_browser, from_browser)
        try:
            yield browser
        finally:
            with contextlib.suppress(RuntimeError, OSError):
                browser.call("Browser.close")
            os.close(to_browser)
            os.close(from_browser)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
