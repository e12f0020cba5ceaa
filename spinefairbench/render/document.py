"""One result in each of the formats of `spinefairbench.render.formats`."""

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.problems import counted
from spinefairbench.render.markdown_table import markdown_table, markdown_text
from spinefairbench.render.text_table import Table, fitted_lines, table_lines, wrapped
from spinefairbench.render.values import Printable, printable, rows_as_csv, shown, shown_at
from spinefairbench.render.views import VIEWS, View

__all__ = [
    "Document",
    "csv_table",
    "json_envelope",
    "markdown",
    "path_remark",
    "remarks",
    "status_of",
    "tables_and_lines",
    "text",
]

_SCHEMA: Final = "spinefairbench-check-v1"
_Status = Literal["ok", "failed", "error"]

# Rows of a table under the summary; a longer one would bury what comes after it.
_MOST_ROWS_SHOWN: Final = 90
_PARAGRAPH_WIDTH: Final = 100
_BUNDLE_WORDS: Final = {
    "release": "bundle: release ({variant} variant; all seven anchors agree)",
    "demo": "bundle: DEMO - synthetic data, not the release; compared with its own frozen files only",
    "other": "bundle: other - neither a demo nor the release; a whole bundle of this kind is held to the published figures",
}


class Document(NamedTuple):
    """What a command found, and on which kind of bundle (None: it reads none), of the release on which `variant`.

    `found_at` is the path of a bundle that was found without being named.
    """

    command: str
    bundle: str | None
    result: CheckResult
    found_at: str | None = None
    variant: str | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as plain values."""
        return [plain(row) for row in self.result.rows]

    def view(self, section: str = "") -> View:
        """What a reader sees of the rows, or of a list of rows under the summary."""
        return VIEWS.get(f"{self.command}/{section}" if section else self.command, View())


def status_of(result: CheckResult) -> _Status:
    """`error` where input was missing or unreadable, `failed` where a check did not hold, else `ok`."""
    return "error" if result.errors else "failed" if result.problems else "ok"


def remarks(document: Document) -> list[str]:
    """What no reader of the rows may miss: what was not checked, what must be known, which kind of bundle it was."""
    return [
        *(f"not checked: {printable(said)}" for said in document.result.not_checked),
        *(f"note: {printable(note)}" for note in document.result.notes),
        *path_remark(document),
        *([] if document.bundle is None else [_BUNDLE_WORDS[document.bundle].format(variant=document.variant)]),
    ]


def path_remark(document: Document) -> list[str]:
    """Which bundle was used, where nobody named it."""
    return [] if document.found_at is None else [f"bundle found at: {printable(document.found_at)}"]


# --- JSON and CSV: all values at full precision ----------------------------------------------------------------


def json_envelope(document: Document) -> str:
    """The document as JSON: the rows in an envelope with everything else."""
    result = document.result
    envelope = {
        "schema": _SCHEMA,
        "command": document.command,
        "status": status_of(result),
        "bundle": document.bundle,
        "problems": [str(problem) for problem in (*result.errors, *result.problems)],
        "results": document.rows,
        "summary": dict(result.summary),
        "notes": list(result.notes),
        "not_checked": list(result.not_checked),
    }
    return json.dumps(envelope, indent=1, allow_nan=False) + "\n"


def csv_table(document: Document) -> str:
    """The rows as CSV: nested fields as dotted columns, the two bounds of an interval apart."""
    return rows_as_csv(document.rows)


# --- what a reader sees ----------------------------------------------------------------------------------------


def _table(rows: Sequence[Mapping[str, Any]], view: View) -> Table:
    fields = dict.fromkeys(key for row in rows for key in row)
    # A command whose rows are of two kinds names the columns of both.
    columns = [column for column in view.columns if column.partition(".")[0] in fields] or list(fields)
    # Adjusted intervals are for intervals that fail; where none does, there is no column to look for them in.
    columns = [c for c in columns if "adjusted_ci95" not in c or any(_at(row, c) is not None for row in rows)]
    rows, left_out = _chosen(rows, view)
    values = [[_at(row, column) for column in columns] for row in rows]
    cells = [
        [shown_at(column, value, view.decimals) for column, value in zip(columns, row, strict=True)] for row in values
    ]
    numeric = [all(isinstance(row[place], int | float | None) for row in values) for place in range(len(columns))]
    return Table([view.headings.get(column, column) for column in columns], cells, numeric, left_out)


def _chosen(rows: Sequence[Mapping[str, Any]], view: View) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """The rows to show, and what is said of the others."""
    if not view.smallest or len(rows) <= view.most:
        return rows, None

    def order(row: Mapping[str, Any]) -> list[tuple[bool, float]]:
        values = [_at(row, column) for column in view.smallest]
        return [(value is None, value or 0.0) for value in values]

    more = counted(len(rows) - view.most, "more row")
    left_out = f"{more}, none with a smaller {view.smallest[0]}, not shown; --format json has all"
    return sorted(rows, key=order)[: view.most], left_out


def _at(row: Mapping[str, Any], column: str) -> Any:
    """The value of a column; a dot leads into a nested mapping."""
    value: Any = row
    for key in column.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


class _Summary(NamedTuple):
    """What follows the rows for a reader: more tables, those of the summary too, and everything else as lines."""

    tables: dict[str, Table]
    lines: list[str]


def _summary(document: Document) -> _Summary:
    view = document.view()
    found = _Summary({}, [])
    if document.rows:
        for title, columns in view.further.items():
            found.tables[title] = _table(document.rows, view._replace(columns=columns))
    for key, value in document.result.summary.items():
        if key in view.hidden or value in document.result.closing:
            continue
        if not (isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value)):
            found.lines.append(f"{key}: {shown(value, view.decimals) or '-'}")
        elif len(value) <= _MOST_ROWS_SHOWN or document.view(key).smallest:
            found.tables[key] = _table(value, document.view(key))
        else:
            found.lines.append(f"{key}: {len(value)} rows, too many to show here; --format json has them")
    return found


def _verdict(document: Document) -> str:
    result = document.result
    found = counted(len(result.errors) + len(result.problems), "problem")
    words = {
        "ok": "OK",
        "failed": f"FAILED ({found}, on stderr)",
        "error": f"ERROR ({found}, on stderr; input was missing or unreadable)",
    }[status_of(result)]
    demo = " (DEMO bundle)" if document.bundle == "demo" else ""
    return f"{document.command}: {words}{demo}"


def text(document: Document, width: int | None = None) -> str:
    """The document for a terminal of that many columns, or as it is where `width` is None."""
    page = _Page(width)
    rows, summary = document.rows, _summary(document)
    tables = page.table(_table(rows, document.view())) if rows else []
    for key, table in summary.tables.items():
        tables += [f"{key}:", *page.table(table)]
    details = page.lines(printable(line) for line in document.result.details)
    if details:
        details.append("")
    lines = details + tables if document.view().details_first else tables + details
    lines += page.lines((*summary.lines, *remarks(document)))
    for paragraph in document.result.closing:
        most = _PARAGRAPH_WIDTH if width is None else min(width, _PARAGRAPH_WIDTH)
        lines += ["", *textwrap.wrap(printable(paragraph), most, break_on_hyphens=False), ""]
    lines += page.lines(page.fitted)
    lines.append(_verdict(document))
    return "\n".join(lines) + "\n"


class _Page:
    """Lines and tables for a width, None for any; it remembers what was changed to fit."""

    def __init__(self, width: int | None) -> None:
        self._width = width
        self._how: dict[str, None] = {}

    def table(self, table: Table) -> list[str]:
        if self._width is None:
            return table_lines(table)
        lines, how = fitted_lines(table, self._width)
        if how is not None:
            self._how[how] = None
        return lines

    def lines(self, lines: Iterable[str]) -> list[str]:
        """The lines, broken where they are too long; one that is fit for the terminal as it is stays so."""
        return [
            part for line in lines for part in ([line] if isinstance(line, Printable) else wrapped(line, self._width))
        ]

    @property
    def fitted(self) -> list[str]:
        """What was done to fit, in one line."""
        if not self._how:
            return []
        said = " or ".join(self._how)
        return [f"note: to fit {self._width} columns, wide tables are shown {said}; --wide shows them as they are"]


def markdown(document: Document) -> str:
    """The document as Markdown."""
    rows, summary = document.rows, _summary(document)
    lines = [f"## {document.command}", ""]
    if rows:
        lines += markdown_table(_table(rows, document.view()))
    for key, table in summary.tables.items():
        lines += [f"### {key}", "", *markdown_table(table)]
    lines += [f"- {markdown_text(line)}" for line in (*summary.lines, *remarks(document))]
    for paragraph in document.result.closing:
        lines += ["", markdown_text(printable(paragraph))]
    lines += ["", f"**{markdown_text(_verdict(document))}**"]
    return "\n".join(lines) + "\n"


def tables_and_lines(document: Document) -> tuple[dict[str, Table], list[str]]:
    """What a reader sees, for other media than text: every table under its title, that of the rows under none, and lines."""
    summary = _summary(document)
    first = {"": _table(document.rows, document.view())} if document.rows else {}
    return first | summary.tables, [*summary.lines, *remarks(document)]
