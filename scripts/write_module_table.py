#!/usr/bin/env python3
"""Write the table of modules in CONTRIBUTING.md from the modules' docstrings.

usage: python3 scripts/write_module_table.py [--check]

A row holds the first sentence of a module's docstring. With --check nothing is written; the exit status is 1 where
the table is stale.
"""

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["LAYERS", "OPTIONAL", "with_table"]

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "spinefairbench"
PAGE = ROOT / "CONTRIBUTING.md"

LAYERS: Final = (
    "cli", "api", "render", "demo", "release", "analysis", "bundle", "files", "metrics", "statistics", "parallel",
    "worker_pool", "errors", "problems", "version",
)  # fmt: skip
"""From the top down: a layer may import itself and what follows it."""
OPTIONAL: Final = ("generator", "inspect_eval", "inspect_task")
"""What needs libraries of its own, and what no layer imports."""

_START: Final = "<!-- modules: written by scripts/write_module_table.py -->\n"
_END: Final = "<!-- end of modules -->\n"


def _summary(path: Path) -> str:
    """The first sentence of a module's docstring, or nothing."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


def _rows() -> Iterator[str]:
    for layer in (*LAYERS, *OPTIONAL):
        folder = PACKAGE / layer
        if not folder.is_dir():
            yield f"| **`{layer}.py`** | {_summary(folder.with_suffix('.py'))} |"
            continue
        for path in sorted(folder.rglob("*.py"), key=lambda path: (path.parent, path.name != "__init__.py", path.name)):
            name = path.relative_to(PACKAGE).as_posix()
            if path.name != "__init__.py":
                yield f"| `{name}` | {_summary(path)} |"
            elif path.parent == folder:
                yield f"| **`{layer}/`** | **{_summary(path)}** |"
            elif _summary(path):
                yield f"| `{path.parent.relative_to(PACKAGE).as_posix()}/` | {_summary(path)} |"


def with_table(text: str) -> str:
    """The text of a page with a fresh table between its two markers."""
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    table = "\n".join(["", "| module | what it holds |", "|:--|:--|", *_rows(), "", ""])
    return before + _START + table + _END + after


def main() -> int:
    """Write or check the table; the exit status."""
    parser = argparse.ArgumentParser(description="Write the table of modules in CONTRIBUTING.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the table is stale")
    check = parser.parse_args().check
    text = PAGE.read_text(encoding="utf-8")
    fresh = with_table(text)
    if check:
        if fresh != text:
            print(
                f"{PAGE.name}: the table of modules is stale; run python3 scripts/write_module_table.py",
                file=sys.stderr,
            )
        return int(fresh != text)
    PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
