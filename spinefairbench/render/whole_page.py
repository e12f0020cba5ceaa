"""Self-contained pages: one HTML file and no network requests.

A page runs only the scripts and applies only the styles inside it: its content-security policy names each of them
by hash.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from spinefairbench.files.package_data import read_data
from spinefairbench.render.html import Markup, element, element_pieces
from spinefairbench.version import __version__

__all__ = ["SYNTHETIC_NOTICE", "asset", "page"]

_ASSETS: Final = "spinefairbench.render.page"


@cache
def asset(name: str) -> str:
    """The text of a style or script that is part of the program, e.g. `base.css`."""
    return read_data(_ASSETS, name).decode("utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def _policy(styles: Sequence[str], scripts: Sequence[str], *, images_beside: bool) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "style-src " + (" ".join(map(_hash, styles)) or "'none'"),
            "script-src " + (" ".join(map(_hash, scripts)) or "'none'"),
            # A page that is opened from a disk has no place of its own in some browsers.
            "img-src data:" + (" 'self' file:" if images_beside else ""),
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


SYNTHETIC_NOTICE: Final = "Synthetic data: not a result of the benchmark"
"""What a page about a demo bundle says on every screen, and every figure of it."""


def page(
    title: str,
    main: Iterable[str],
    *,
    header: Iterable[str] = (),
    footer: Iterable[str] = (),
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    synthetic: bool = False,
    images_beside: bool = False,
) -> str:
    """A whole page. `synthetic`: it is about a demo bundle, which a banner says on every screen and printed page.

    `images_beside`: its images are files that lie beside it; otherwise all that it shows is in it.

    `styles` and `scripts` are the program's own texts (see `asset`), added to the base style; they are not
    escaped. Raises ValueError for one that would close its own element, or keep it from being closed.
    """
    all_styles = [asset("base.css"), *([asset("banner.css")] if synthetic else ()), *styles]
    for text in (*all_styles, *scripts):
        if re.search(r"</(?:style|script)|<!--", text, re.IGNORECASE):
            raise ValueError("a style or script must not contain the end of its element")
    head = [
        element("meta", {"charset": "utf-8"}),
        element(
            "meta",
            {
                "http-equiv": "Content-Security-Policy",
                "content": _policy(all_styles, scripts, images_beside=images_beside),
            },
        ),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("meta", {"name": "color-scheme", "content": "light dark"}),
        element("meta", {"name": "referrer", "content": "no-referrer"}),
        element("meta", {"name": "generator", "content": f"spinefairbench {__version__}"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", None, title),
        *(element("style", None, Markup(text)) for text in all_styles),
    ]
    # A page is long: it is put together once, and not again by every element around its contents.
    pieces = [
        '<!DOCTYPE html>\n<html lang="en">',
        element("head", None, *head),
        "<body>",
        element("a", {"class": "skip", "href": "#main"}, "Skip to content"),
        element("aside", {"class": "banner", "aria-label": "Notice"}, SYNTHETIC_NOTICE) if synthetic else "",
        element("header", {"class": "page-header"}, *header),
        *element_pieces("main", {"id": "main", "tabindex": -1}, main),
        element("footer", {"class": "page-footer"}, *footer),
        *(element("script", None, Markup(text)) for text in scripts),
        "</body></html>\n",
    ]
    return "".join(pieces)
