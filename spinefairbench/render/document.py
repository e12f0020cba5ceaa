"""One result in each of the four formats."""

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from spinefairbench.analysis.result import CheckResult
from spinefairbench.files.csv_format import csv_text
from spinefairbench.render.values import as_mapping, flatten, printable, shown
from spinefairbench.render.views import VIEWS, View

__all__ = ["Document", "Status", "remarks", "render", "status_of"]

_SCHEMA: Final = "spinefairbench-check-v1"
Status = Literal["ok", "failed", "error"]

# Rows of a table under the summary; a longer one would bury what comes after it.
_MOST_ROWS_SHOWN: Final = 90
_PARAGRAPH_WIDTH: Final = 100
_BUNDLE_WORDS: Final = {
    "release": "bundle: release (all seven anchors agree)",
    "demo": "bundle: DEMO - synthetic data, not the release; compared with its own frozen files only",
    "other": "bundle: other - neither a demo nor the release (a whole bundle of this kind is held to the published figures)",
}


class Document(NamedTuple):
    """What a command found, and on which kind of bundle (None: it reads none)."""

    command: str
    bundle: str | None
    result: CheckResult


def status_of(result: CheckResult) -> Status:
    """`error` where input was missing or unreadable, `failed` where a check did not hold, else `ok`."""
    return "error" if result.errors else "failed" if result.problems else "ok"


def render(document: Document, output_format: str) -> str:
    """The document as text that ends with a newline. Problems are in JSON; elsewhere they go to stderr."""
    return {"text": _text, "json": _json, "csv": _csv, "markdown": _markdown}[output_format](document)


def _rows(document: Document) -> list[dict[str, Any]]:
    return [as_mapping(row) for row in document.result.rows]


def _json(document: Document) -> str:
    result = document.result
    envelope = {
        "schema": _SCHEMA,
        "command": document.command,
        "status": status_of(result),
        "bundle": document.bundle,
        "problems": [str(problem) for problem in (*result.errors, *result.problems)],
        "results": _rows(document),
        "summary": dict(result.summary),
        "notes": list(result.notes),
        "not_checked": list(result.not_checked),
    }
    return json.dumps(envelope, indent=1, allow_nan=False) + "\n"


def _csv(document: Document) -> str:
    rows = [dict(flatten(row)) for row in _rows(document)]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return csv_text(columns, ([row.get(column) for column in columns] for row in rows), text=printable)


class _Table(NamedTuple):
    """Headings, cells, and which columns hold numbers."""

    columns: list[str]
    cells: list[list[str]]
    numeric: list[bool]


def _table(rows: Sequence[Mapping[str, Any]], view: View) -> _Table:
    fields = dict.fromkeys(key for row in rows for key in row)
    # A command whose rows are of two kinds names the columns of both.
    columns = [column for column in view.columns if column.partition(".")[0] in fields] or list(fields)
    # Adjusted intervals are for intervals that fail; where none does, there is no column to look for them in.
    columns = [c for c in columns if not c.endswith("adjusted_ci95") or any(_at(row, c) is not None for row in rows)]
    values = [[_at(row, column) for column in columns] for row in rows]
    cells = [[shown(value, view.decimals) for value in row] for row in values]
    numeric = [all(isinstance(row[place], int | float | None) for row in values) for place in range(len(columns))]
    return _Table([view.headings.get(column, column) for column in columns], cells, numeric)


def _at(row: Mapping[str, Any], column: str) -> Any:
    """The value of a column; a dot leads into a nested mapping."""
    value: Any = row
    for key in column.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _view(document: Document, section: str = "") -> View:
    return VIEWS.get(f"{document.command}/{section}" if section else document.command, View())


def _tables_of_summary(document: Document) -> list[tuple[str, _Table | None]]:
    """The lists of rows that stand under the summary; None for one too long for a reader."""
    return [
        (key, _table(value, _view(document, key)) if len(value) <= _MOST_ROWS_SHOWN else None)
        for key, value in document.result.summary.items()
        if _is_table(value) and key not in _view(document).hidden
    ]


def _lines_after_table(document: Document) -> list[str]:
    lines = []
    for key, value in document.result.summary.items():
        if value in document.result.closing or key in _view(document).hidden:
            continue
        if not _is_table(value):
            lines.append(f"{key}: {shown(value, _view(document).decimals) or '-'}")
        elif len(value) > _MOST_ROWS_SHOWN:
            lines.append(f"{key}: {len(value)} rows, too many to show here; --format json has them")
    return lines + remarks(document)


def remarks(document: Document) -> list[str]:
    """What no reader of the rows may miss: what was not checked, what must be known, which kind of bundle it was."""
    return [
        *(f"not checked: {printable(said)}" for said in document.result.not_checked),
        *(f"note: {printable(note)}" for note in document.result.notes),
        *([] if document.bundle is None else [_BUNDLE_WORDS[document.bundle]]),
    ]


def _verdict(document: Document) -> str:
    result = document.result
    found = len(result.errors) + len(result.problems)
    status = status_of(result)
    words = {
        "ok": "OK",
        "failed": f"FAILED ({found} problem{'s' * (found != 1)}, on stderr)",
        "error": f"ERROR ({found} problem{'s' * (found != 1)}, on stderr; input was missing or unreadable)",
    }[status]
    demo = " (DEMO bundle)" if document.bundle == "demo" else ""
    return f"{document.command}: {words}{demo}"


def _text(document: Document) -> str:
    rows = _rows(document)
    lines = _text_table(_table(rows, _view(document))) if rows else []
    for key, table in _tables_of_summary(document):
        if table is not None:
            lines += [f"{key}:", *_text_table(table)]
    details = [printable(line) for line in document.result.details]
    if details:
        details.append("")
    lines = details + lines if _view(document).details_first else lines + details
    lines += _lines_after_table(document)
    for paragraph in document.result.closing:
        lines += ["", *textwrap.wrap(printable(paragraph), _PARAGRAPH_WIDTH, break_on_hyphens=False), ""]
    lines.append(_verdict(document))
    return "\n".join(lines) + "\n"


def _text_table(table: _Table) -> list[str]:
    """The lines of a table; a heading is wrapped between its words, so that it widens no column of numbers."""
    columns, cells, numeric = table
    widths, headings = [], []
    for index, column in enumerate(columns):
        words = column.replace("_", " ").split()
        width = max(*(len(row[index]) for row in cells), *map(len, words))
        widths.append(width)
        headings.append(_wrapped(words, width))
    depth = max(map(len, headings))
    stacked = [[""] * (depth - len(heading)) + heading for heading in headings]
    rows = [*zip(*stacked, strict=True), ["-" * width for width in widths], *cells]
    lines = [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in rows
    ]
    return [*lines, ""]


def _wrapped(words: list[str], width: int) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _markdown_table(table: _Table) -> list[str]:
    columns, cells, numeric = table
    lines = ["| " + " | ".join(columns) + " |", "|" + "|".join("--:" if number else ":--" for number in numeric) + "|"]
    lines += ["| " + " | ".join(map(_markdown_cell, row)) + " |" for row in cells]
    return [*lines, ""]


def _markdown(document: Document) -> str:
    rows = _rows(document)
    lines = [f"## {document.command}", ""]
    if rows:
        lines += _markdown_table(_table(rows, _view(document)))
    for key, table in _tables_of_summary(document):
        if table is not None:
            lines += [f"### {key}", "", *_markdown_table(table)]
    lines += [f"- {_markdown_cell(line)}" for line in _lines_after_table(document)]
    for paragraph in document.result.closing:
        lines += ["", _markdown_cell(printable(paragraph))]
    lines += ["", f"**{_markdown_cell(_verdict(document))}**"]
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: str) -> str:
    for character in "\\|<`*_":
        cell = cell.replace(character, "\\" + character)
    return cell
