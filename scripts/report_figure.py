#!/usr/bin/env python3
"""Draw the figure in the README: the top of the HTML page about a synthetic panel.

usage: python3 scripts/report_figure.py [OUTPUT]      (default: docs/images/report.png)

It needs a Chromium browser, and creates the page in a temporary folder.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser.chromium import chromium_path

ROOT: Final = Path(__file__).resolve().parent.parent
_WIDTH: Final = 1240
_HEIGHT: Final = 880
_CORE_SOURCES: Final = 120
_MOST_BYTES: Final = 300_000
_FLAGS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
)  # fmt: skip


def main(arguments: list[str]) -> int:
    """Draw the page's first screen into a PNG file; the exit status."""
    output = Path(arguments[0]) if arguments else ROOT / "docs" / "images" / "report.png"
    browser = chromium_path()
    if browser is None:
        print("no Chromium browser is installed", file=sys.stderr)
        return 2
    program = [sys.executable, str(ROOT / "reviewer_verify.py")]
    with tempfile.TemporaryDirectory() as folder:
        bundle, page, picture = (Path(folder) / name for name in ("demo", "report.html", "report.png"))
        demo = ["demo-bundle", "--output", str(bundle), "--core-sources", str(_CORE_SOURCES), "--quiet"]
        subprocess.run([*program, *demo], check=True)
        subprocess.run([*program, "report", "--artifacts", str(bundle), "--output", str(page), "--quiet"], check=True)
        flags = [
            *_FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--window-size={_WIDTH},{_HEIGHT}",
            f"--screenshot={picture}",
        ]
        subprocess.run([browser, *flags, page.as_uri()], check=True, stderr=subprocess.DEVNULL, timeout=120)
        size = picture.stat().st_size
        if size > _MOST_BYTES:
            print(f"the figure has {size:,} bytes; at most {_MOST_BYTES:,} are wanted", file=sys.stderr)
            return 1
        output.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, output)
    print(f"{output}: {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
