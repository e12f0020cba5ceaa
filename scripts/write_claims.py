#!/usr/bin/env python3
"""Write docs/claims.md from the rows of spinefairbench/analysis/claims.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.analysis.claims import CLAIMS, ClaimRow

__all__ = ["PAGE", "page_text"]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "claims.md"

_INTRODUCTION = """# What was published, and what checks it

One line a published statement: what it says, the command that checks it, what that command needs, and what a check that
holds does not establish. A command of this list is run as `python3 reviewer_verify.py COMMAND`; `all` runs most of them.
The release is needed because only there do the figures have to come out: on a demo bundle the same commands compare with
the bundle's own files. `python3 reviewer_verify.py claims` prints this list, with `--format json` as rows of `claim`,
`section` (of the published figures), `statement`, `command`, `needs`, `does_not_establish` and `not_checked_because`.

This page is written by `python3 scripts/write_claims.py`.

"""


def page_text() -> str:
    """The whole page."""
    lines = ["| published | checked by | needs | does not establish |", "|:--|:--|:--|:--|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in CLAIMS]
    return _INTRODUCTION + "\n".join(lines) + "\n"


def _cells(row: ClaimRow) -> tuple[str, ...]:
    checked_by = f"`{row.command}`" if row.command else f"nothing ({row.not_checked_because})"
    return row.statement, checked_by, row.needs, row.does_not_establish


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8", newline="\n")
