"""The contact sheet as a browser shows it from a disk: its images appear, and nothing else is read or run."""

from pathlib import Path
from typing import Any

import pytest

from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.contact_page import SheetPair, contact_page
from spinefairbench.generator.failed_pairs import Failure
from tests.browser.chromium import Tab
from tests.browser.conftest import HOSTILE_NAME

pytestmark = pytest.mark.browser

PAIRS = 400
LABELS = ("elderly_male", "young_male")


@pytest.fixture(scope="session")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheet of 400 pairs that failed, and a reason that tries to be more than a text."""
    folder = tmp_path_factory.mktemp("contact sheet")
    pairs = []
    for number in range(PAIRS):
        label = LABELS[number % 2]
        row: dict[str, Any] = {
            "qc_verdict": "fail", "qc_required": ["ssim"], "qc_not_measured": {"lpips": "no trunk"},
            "ssim": 0.5, "edge_preservation": 0.5, "lpips": None,
        }  # fmt: skip
        places = [f"{kind}/s{number}.png" for kind in ("squares", "rejected", "masks")]
        for gray, place in enumerate(places):
            (folder / place).parent.mkdir(exist_ok=True)
            (folder / place).write_bytes(grayscale_png(64, 64, bytes([40 + 20 * gray]) * 64 * 64))
        pairs.append(SheetPair(f"s{number}", label, row, *places))
    page = contact_page(pairs, [Failure("broken", None, "unreadable", HOSTILE_NAME)])
    (folder / "contact_sheet.html").write_text(page, encoding="utf-8")
    return folder / "contact_sheet.html"


def test_images_that_lie_beside_the_page_are_shown_and_those_far_below_are_not_read(tab: Tab, sheet: Path) -> None:
    tab.open(sheet)
    first = "document.querySelector('.pair')"
    for _ in range(50):
        if tab.value(f"Array.from({first}.querySelectorAll('img')).every(image => image.naturalWidth === 64)"):
            break
        tab.settle()
    else:
        pytest.fail("the first images have not been shown")
    assert tab.value(f"{first}.querySelectorAll('img').length") == 5
    assert tab.value("document.querySelectorAll('.pair').length") == PAIRS
    read = set(tab.requests())
    assert len(read) < PAIRS and all(place.startswith(("file:", "data:")) for place in read)
    assert tab.value("typeof window.ran") == "undefined" and tab.complaints() == []


def test_one_edit_can_be_shown_alone_without_a_script(tab: Tab, sheet: Path) -> None:
    tab.open(sheet)
    shown = "Array.from(document.querySelectorAll('.pair')).filter(pair => getComputedStyle(pair).display !== 'none').length"
    assert tab.value(shown) == PAIRS
    tab.value("document.getElementById('only-young_male').click()")
    assert tab.value(shown) == PAIRS // 2
    tab.value("document.getElementById('only-all').click()")
    assert tab.value(shown) == PAIRS


@pytest.mark.parametrize("width", [320, 1400])
def test_nothing_is_wider_than_the_window(tab: Tab, sheet: Path, width: int) -> None:
    tab.view(width)
    tab.open(sheet)
    assert tab.value("document.documentElement.scrollWidth") <= width
