"""The page of a contact sheet, made of rows alone: nothing needs to be installed for it."""

import html
import re
from typing import Any

from spinefairbench.generator.contact_page import SheetPair, contact_page
from spinefairbench.generator.failed_pairs import Failure
from tests.render.markup import parsed


def pair(source: str, label: str = "young_male", verdict: str = "fail", **changes: Any) -> SheetPair:
    row = {
        "qc_verdict": verdict, "qc_required": ["ssim", "edge_preservation"],
        "qc_not_measured": {"lpips": "no trunk"}, "ssim": 0.9, "edge_preservation": 0.5, "lpips": None, **changes,
    }  # fmt: skip
    edit = f"rejected/{source}/{label}.png"
    return SheetPair(source, label, row, f"squares/{source}.png", edit, None)


def headings(page: str, level: int = 3) -> list[str]:
    return [html.unescape(text) for text in re.findall(rf"<h{level}>(.*?)</h{level}>", page)]


def test_what_failed_comes_first_and_the_worst_of_it_before_the_rest() -> None:
    page = contact_page(
        [
            pair("good", verdict="pass"),
            pair("near", ssim=0.69),
            pair("unknown", verdict="incomplete", ssim=None, qc_not_measured={"ssim": "too small", "lpips": ""}),
            pair("far", ssim=0.1),
            pair("both", ssim=0.6, edge_preservation=0.1),
        ],
        [Failure("broken", None, "unreadable", "broken.png: is damaged <b>")],
    )
    assert headings(page, 2) == ["Could not be made", "Did not pass (3)", "Not judged (1)", "Passed (1)"]
    assert [text.split(":")[0] for text in headings(page)] == ["both", "far", "near", "unknown", "good"]
    assert "broken.png: is damaged &lt;b&gt;" in page
    assert "5 pairs: 3 did not pass, 1 not judged, 1 passed, 1 could not be made" in page
    assert page.index("<details>") > page.index("unknown"), "only what passed is folded away"


def test_a_value_says_which_bound_it_misses() -> None:
    page = html.unescape(contact_page([pair("a", ssim=0.5)], []))
    assert '<dt>ssim</dt><dd class="missed">0.500, not \u2265 0.7</dd>' in page
    assert "<dt>edge_preservation</dt><dd>0.500</dd>" in page
    assert "<dt>lpips</dt><dd>not measured</dd>" in page
    required = pair("a", verdict="incomplete", ssim=None, qc_not_measured={"ssim": "too small"})
    assert '<dd class="missed">not measured: too small</dd>' in contact_page([required], [])


def test_images_are_named_and_not_held_and_read_when_they_come_into_view() -> None:
    seen = parsed(contact_page([pair("a"), pair("b")._replace(square=None)], []))
    places = [value for name, value in seen.attributes if name == "src"]
    # The difference is drawn of square and edit, and there is none without a square.
    square, edit = "squares/a.png", "rejected/a/young_male.png"
    assert places == [square, edit, square, edit, "rejected/b/young_male.png"]
    assert seen.attributes.count(("loading", "lazy")) == len(places)
    assert "script" not in seen.tags


def test_one_edit_can_be_chosen_without_a_script() -> None:
    page = contact_page([pair("a", "young_male"), pair("a", "elderly_male")], [])
    assert "body:has(#only-elderly_male:checked) .pair:not(.elderly_male)" in page
    assert page.count('type="radio"') == 3
    assert 'type="radio"' not in contact_page([pair("a")], [])


def test_a_pair_costs_less_than_a_kilobyte_and_the_page_is_the_same_each_time() -> None:
    many = [pair(f"s{number}") for number in range(200)]
    page = contact_page(many, [])
    assert page == contact_page(many, [])
    assert len(page) - len(contact_page(many[:100], [])) < 100 * 1000


def test_a_run_that_made_nothing_has_a_page_too() -> None:
    page = contact_page([], [Failure("a", None, "unreadable", "why")])
    assert "0 pairs: 1 could not be made" in page and headings(page, 2) == ["Could not be made"]
