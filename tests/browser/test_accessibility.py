"""Both pages before axe-core: no violation of WCAG 2.2 AA or of its best practices.

It is installed for development only, by `npm install --prefix tests/browser`; without it, these tests are skipped.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.browser.chromium import Tab

pytestmark = pytest.mark.browser

_AXE: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
_VIOLATIONS: Final = (
    f"axe.run(document, {{runOnly: {_RULES}, resultTypes: ['violations']}}).then(found => found.violations.map("
    "each => each.id + ': ' + each.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(' | ')))"
)


@pytest.fixture(scope="session")
def axe() -> str:
    """The program, or a skip with its reason."""
    if not _AXE.exists():
        pytest.skip("axe-core is not installed (npm install --prefix tests/browser)")
    return _AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("which", ["panel_page", "board_page"])
def test_a_page_with_all_details_open_violates_nothing(
    tab: Tab, axe: str, request: pytest.FixtureRequest, which: str, scheme: str, width: int
) -> None:
    tab.view(width, scheme=scheme)
    tab.open(request.getfixturevalue(which))
    tab.value("document.querySelectorAll('main > section > details').forEach(each => { each.open = true; })")
    # Pairs are alike: a few of them show what there is.
    tab.value("Array.from(document.querySelectorAll('.pair')).slice(0, 6).forEach(each => { each.open = true; })")
    tab.settle()
    tab.value(f"{axe};0")
    assert tab.value(_VIOLATIONS) == []
