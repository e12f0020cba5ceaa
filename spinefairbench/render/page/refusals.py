"""What became of all pairs: refusals excluded or kept, and label sets that are empty on both sides."""

from collections.abc import Sequence

from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.charts import ChartRow, Key, Scale, band, row_chart
from spinefairbench.render.page.contents import PageContents, RefusalRow
from spinefairbench.render.page.layout_parts import Section, numbers, section, sentences
from spinefairbench.render.page.words import clipped, count, listed, percent

__all__ = ["refusals_section"]


def refusals_section(contents: PageContents) -> Section:
    rows = contents.refusals
    return section(
        "refusals",
        "Refusals and empty label sets",
        sentences(*_words(rows)),
        _chart(rows),
        _table(rows),
    )


def _pairs(row: RefusalRow) -> int:
    return row.usable_pairs + row.full_refusal_pairs


def _words(rows: Sequence[RefusalRow]) -> list[str]:
    refused = [row for row in rows if row.full_refusal_pairs]
    words = []
    if refused:
        most = max(refused, key=lambda row: row.full_refusal_pairs / _pairs(row))
        if len(rows) > 1:
            words.append(
                f"{len(refused)} of {count(len(rows), 'model')} refused at least one report outright; most of all "
                f"{clipped(most.model)}, which leaves {percent(most.usable_pairs, _pairs(most))} of its pairs usable."
            )
        else:
            words.append(
                f"{count(most.full_refusal_pairs, 'pair')} of {_pairs(most):,} are excluded, because at least one of the two reports is a full refusal."
            )
        words.append("An endpoint says nothing about the pairs that were refused.")
    else:
        words.append("No report is a full refusal, so every pair counts.")
    partial = [clipped(row.model) for row in rows if row.partial_refusal_pairs]
    if partial:
        words.append(
            f"Pairs with a partial refusal stay in; {listed(partial)} {'has' if len(partial) == 1 else 'have'} some."
        )
    empty = sum(row.both_empty_pairs for row in rows)
    usable = sum(row.usable_pairs for row in rows)
    if empty:
        words.append(
            f"In {count(empty, 'usable pair')} of {usable:,} ({percent(empty, usable)}) neither report has a diagnostic "
            "label; such a pair counts as fully consistent, which raises the consistency without showing any."
        )
    return words


def _chart(rows: Sequence[RefusalRow]) -> Markup:
    scale = Scale(0.0, 100.0, (0.0, 25.0, 50.0, 75.0, 100.0), 0)
    chart_rows = []
    for row in rows:
        pairs = _pairs(row) or 1
        usable, partial, empty = (
            100 * n / pairs for n in (row.usable_pairs, row.partial_refusal_pairs, row.both_empty_pairs)
        )
        marks = (
            band(scale, 0, usable - partial, "part usable"),
            band(scale, usable - partial, usable, "part partial"),
            band(scale, usable, 100, "part refused"),
            band(scale, 0, empty, "part empty", height=18),
        )
        value = f"{row.full_refusal_pairs:,} refused, {row.both_empty_pairs:,} both empty"
        chart_rows.append(ChartRow(clipped(row.model), value, marks))
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(band(middle, 0, 1, "part usable", height=20), "usable"),
        Key(band(middle, 0, 1, "part partial", height=20), "usable, with a partial refusal"),
        Key(band(middle, 0, 1, "part refused", height=20), "excluded: full refusal"),
        Key(band(middle, 0, 1, "part empty", height=18), "of the usable: both label sets empty"),
    ]
    return row_chart("What became of the pairs", "per cent of all pairs", scale, chart_rows, keys)


def _table(rows: Sequence[RefusalRow]) -> Markup:
    columns = [
        Column("Model"), Column("Pairs", True), Column("Usable", True), Column("Full refusal", True),
        Column("Partial refusal (kept)", True), Column("Both label sets empty", True), Column("Share of usable", True),
    ]  # fmt: skip
    cells = [
        [
            clipped(row.model), f"{_pairs(row):,}", f"{row.usable_pairs:,}", f"{row.full_refusal_pairs:,}",
            f"{row.partial_refusal_pairs:,}", f"{row.both_empty_pairs:,}", percent(row.both_empty_pairs, row.usable_pairs),
        ]
        for row in rows
    ]  # fmt: skip
    return numbers("Refusals and empty label sets by model", columns, cells)
