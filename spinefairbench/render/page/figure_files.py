"""The figures of a page as files: each drawing as it stands in the page, with its citation in view."""

import re
from typing import Final

__all__ = ["figure_files"]

_DRAWING: Final = re.compile(
    r'<svg class="wide" data-name="(?P<name>[a-z0-9-]+)" viewBox="[^"]*" data-whole="(?P<view>0 0 (?P<width>\S+) '
    r'(?P<height>\S+))"(?P<rest>.*?</svg>)',
    re.DOTALL,
)


def figure_files(page: str) -> dict[str, str]:
    """The SVG of each figure by its file name, from a page of `render_page`; texts stay texts and lines stay lines."""
    return {f"{found['name']}.svg": _file(found) for found in _DRAWING.finditer(page)}


def _file(found: re.Match[str]) -> str:
    size = f'width="{found["width"]}" height="{found["height"]}"'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{found["view"]}"{found["rest"]}\n'
    )
