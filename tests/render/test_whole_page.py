"""Pages that stand alone: only what the page carries may run."""

import base64
import hashlib
import html
import re

import pytest

from spinefairbench.render.html import Markup, element, escape
from spinefairbench.render.whole_page import asset, page


def test_the_policy_names_exactly_the_styles_and_scripts_of_the_page() -> None:
    script = "console.log('<b>&amp;')"
    made = page("A <page>", [element("h2", None, "x")], styles=["p { margin: 0 }"], scripts=[script], synthetic=True)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', made)[1])  # type: ignore[index]
    blocks = re.findall(r"<(style|script)>(.*?)</\1>", made, re.DOTALL)
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'" for _, text in blocks
    ]
    assert re.findall(r"'sha256-[^']*'", policy) == hashes
    assert [text for kind, text in blocks if kind == "script"] == [script]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "<title>A &lt;page&gt;</title>" in made
    assert "http:" not in made.replace("http-equiv", "")
    assert "https:" not in made


def test_images_come_from_the_page_itself_unless_they_lie_beside_it() -> None:
    assert "img-src data:;" in html.unescape(page("t", []))
    beside = html.unescape(page("t", [], images_beside=True))
    assert "img-src data: 'self' file:;" in beside
    assert "default-src 'none'" in beside and "script-src 'none'" in beside


def test_a_style_or_script_that_would_end_its_element_is_refused() -> None:
    for text in ("x</script >", "</STYLE", "<!-- </p>", "<!-- <script>"):
        with pytest.raises(ValueError, match="end of its element"):
            page("t", [], scripts=[text])


@pytest.mark.parametrize(
    "name",
    [
        "banner.css",
        "base.css",
        "contents.js",
        "figures.css",
        "figures.js",
        "leaderboard.css",
        "page.css",
        "pairs.js",
        "report.css",
        "sort.js",
        "tables.css",
        "take.js",
        "word_difference.js",
    ],
)
def test_the_programs_own_styles_and_scripts_ask_for_nothing(name: str) -> None:
    text = asset(name)
    assert not re.search(r"url\(|@import|https?:|//[a-z]|fetch\(|XMLHttp|innerHTML|eval\(|document\.write", text)
    assert isinstance(escape(Markup("x")), Markup)
