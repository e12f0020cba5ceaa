"""One result in each of the four formats."""

import csv
import io
import json
from typing import Any, Final, Literal, NamedTuple

from spinefairbench.analysis.result import CheckResult
from spinefairbench.report.values import as_mapping, flatten, printable, shown
from spinefairbench.report.views import VIEWS, View

__all__ = ["FORMATS", "SCHEMA", "Document", "Status", "render", "status_of"]

SCHEMA: Final = "spinefairbench-check-v1"
FORMATS: Final = ("text", "json", "csv", "markdown")
Status = Literal["ok", "failed", "error"]

_BUNDLE_WORDS: Final = {
    "release": "bundle: release (all seven anchors agree)",
    "demo": "bundle: DEMO - synthetic data, not the release; compared with its own frozen files only",
    "other": "bundle: other - neither a demo nor the release, and held to the release",
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
        "schema": SCHEMA,
        "command": document.command,
        "status": status_of(result),
        "bundle": document.bundle,
        "problems": [*result.errors, *result.problems],
        "results": _rows(document),
        "summary": dict(result.summary),
        "notes": list(result.notes),
    }
    return json.dumps(envelope, indent=1, allow_nan=False) + "\n"


def _csv(document: Document) -> str:
    rows = [dict(flatten(row)) for row in _rows(document)]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_csv_cell(row.get(column)) for column in columns])
    return out.getvalue()


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else printable(value) if isinstance(value, str) else value


def _table(document: Document) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headings, cells, and which columns hold numbers."""
    rows = _rows(document)
    view = VIEWS.get(document.command, View())
    columns = list(view.columns or dict.fromkeys(key for row in rows for key in row))
    cells = [[shown(row.get(column), view.decimals) for column in columns] for row in rows]
    numeric = [all(isinstance(row.get(c), int | float | None) for row in rows) for c in columns]
    return columns, cells, numeric


def _lines_after_table(document: Document) -> list[str]:
    decimals = VIEWS.get(document.command, View()).decimals
    lines = [f"{key}: {shown(value, decimals)}" for key, value in document.result.summary.items()]
    lines += [f"note: {printable(note)}" for note in document.result.notes]
    if document.bundle is not None:
        lines.append(_BUNDLE_WORDS[document.bundle])
    return lines


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
    columns, cells, numeric = _table(document)
    lines: list[str] = []
    if cells:
        widths = [max(len(row[i]) for row in [columns, *cells]) for i in range(len(columns))]
        # A last column of text needs no padding, however long its longest cell.
        for row in [columns, *cells]:
            padded = [
                cell.rjust(width) if number else cell.ljust(width)
                for cell, width, number in zip(row, widths, numeric, strict=True)
            ]
            lines.append("  ".join(padded).rstrip())
        lines.insert(1, "  ".join("-" * width for width in widths))
        lines.append("")
    details = [printable(line) for line in document.result.details]
    if details:
        details.append("")
    lines = details + lines if VIEWS.get(document.command, View()).details_first else lines + details
    lines += _lines_after_table(document)
    lines.append(_verdict(document))
    return "\n".join(lines) + "\n"


def _markdown(document: Document) -> str:
    columns, cells, numeric = _table(document)
    lines = [f"## {document.command}", ""]
    if cells:
        lines.append("| " + " | ".join(columns) + " |")
        lines.append("|" + "|".join("--:" if number else ":--" for number in numeric) + "|")
        lines += ["| " + " | ".join(map(_markdown_cell, row)) + " |" for row in cells]
        lines.append("")
    lines += [f"- {_markdown_cell(line)}" for line in _lines_after_table(document)]
    lines += ["", f"**{_markdown_cell(_verdict(document))}**"]
    return "\n".join(lines) + "\n"


def _markdown_cell(cell: str) -> str:
    for character in "\\|<`*_":
        cell = cell.replace(character, "\\" + character)
    return cell
