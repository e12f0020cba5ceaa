#!/usr/bin/env python3
"""Measure what a reader waits for on a page of `report`, in a Chromium without a window.

usage: python3 scripts/measure_page.py PAGE.html [RUNS]      (default: 9 runs)

Each run opens the page anew, 1440 by 900 pixels. Loading is the time from the navigation to the end of the load event.
The first search is the time from a word that is typed until the pairs that have it are drawn; the time that the page
waits for more letters is part of it. Medians of the runs; the exit status is 1 where one is beyond its limit.
"""

import sys
from pathlib import Path
from statistics import median
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser.chromium import Chromium, chromium_path, running_chromium

_WORD: Final = "fracture"
_MOST_BYTES: Final = 1_800_000
_MOST_MS: Final = {"load": 500.0, "first search": 200.0}
_LOADED: Final = "performance.getEntriesByType('navigation')[0].loadEventEnd"
_SEARCHED: Final = f"""new Promise(done => {{
  const search = document.getElementById("pair-search");
  const begun = performance.now();
  // When the number of pairs is said, the list is done; the second frame shows that it has been drawn.
  const found = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
  new MutationObserver(found).observe(document.getElementById("pair-count"), {{childList: true}});
  search.value = "{_WORD}";
  search.dispatchEvent(new Event("input"));
}})"""


def main(arguments: list[str]) -> int:
    """Print the medians; the exit status."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    page, runs = Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 9
    browser = chromium_path()
    if browser is None:
        print("no Chromium browser is installed", file=sys.stderr)
        return 2
    with running_chromium(browser) as chromium:
        version = chromium.call("Browser.getVersion")["product"]
        measured = [_measured(chromium, page) for _ in range(runs)]
    size = page.stat().st_size
    print(f"{version}, medians of {runs} runs")
    print(f"size: {size:,} bytes (at most {_MOST_BYTES:,})")
    within = size <= _MOST_BYTES
    for what, most in _MOST_MS.items():
        found = median(each[what] for each in measured)
        print(f"{what}: {found:.0f} ms (at most {most:.0f})")
        within = within and found <= most
    return 0 if within else 1


def _measured(chromium: Chromium, page: Path) -> dict[str, float]:
    """The times of one run, in milliseconds."""
    tab = chromium.new_tab()
    try:
        tab.view(1440)
        tab.open(page)
        return {"load": tab.value(_LOADED), "first search": tab.value(_SEARCHED)}
    finally:
        tab.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
