"""The parser audit: the endpoints under variants of the parser, and which of them change the picture."""

from collections.abc import Callable, Mapping, Sequence

from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate
from spinefairbench.analysis.mention_counts import CategoryAuditRow
from spinefairbench.analysis.parser_audit import audit_signature
from spinefairbench.analysis.variant_endpoints import ParserVariantRow
from spinefairbench.metrics.endpoint import ENDPOINTS, Endpoint
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.axes import CHANGE
from spinefairbench.render.page.charts import ChartRow, Key, row_chart
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.drawing import MUTED
from spinefairbench.render.page.marks import dot, line, square
from spinefairbench.render.page.parts import (
    MODEL,
    Section,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import (
    PARSER_WORDS,
    grouped,
    number,
    percent,
    signed,
    signed_with_interval,
    spaced,
)

__all__ = ["parsers_section"]


_Rows = Mapping[tuple[str, str], ParserVariantRow]
"""The rows by model and parser variant."""


def parsers_section(contents: PageContents) -> Section | None:
    """Both endpoints under the frozen parser and its variants."""
    variants, categories = contents.audit.variants, contents.audit.categories
    if not any(row.usable_pairs for row in variants):
        return None
    rows = {(row.model, row.variant): row for row in variants}
    models = [row.model for row in variants if row.variant == "frozen" and row.usable_pairs]
    return section(
        "parser-audit",
        "Sensitivity to the parser",
        sentences(
            "An audit, not a score: the same reports, read with negation and plurals.",
            *(_shift_words(endpoint, rows, models) for endpoint in ENDPOINTS),
        ),
        side_by_side(_variant_chart(endpoint, rows, models) for endpoint in ENDPOINTS),
        _variant_table(variants),
        _category_table(categories),
        notes(
            [
                *(_strongest_words(endpoint, rows, models) for endpoint in ENDPOINTS),
                _mention_words(categories),
            ]
        ),
        method=[
            "A parser that is only plural-aware can be further from what was meant, because it also finds negated plurals",
            f"Signature of this audit: {audit_signature()}",
        ],
    )


def _shift(row: ParserVariantRow, endpoint: Endpoint) -> Estimate:
    return NO_ESTIMATE if row.shifts is None else row.shifts.at(endpoint)


def _shift_words(endpoint: Endpoint, rows: _Rows, models: Sequence[str]) -> str:
    if len(models) == 1:
        return f"{endpoint.title} shifts by {signed_with_interval(_shift(rows[models[0], 'both'], endpoint))}."
    moved = [
        model for model in models if rows[model, "both"].ranks.at(endpoint) != rows[model, "frozen"].ranks.at(endpoint)
    ]
    whose = f"{len(moved)} of {len(models)} ranks by {endpoint.title.lower()}"
    return (
        f"{whose} {'moves' if len(moved) == 1 else 'move'}." if moved else f"No rank by {endpoint.title.lower()} moves."
    )


def _strongest_words(endpoint: Endpoint, rows: _Rows, models: Sequence[str]) -> str:
    mean = {
        variant: sum(abs(_shift(rows[model, variant], endpoint).value or 0.0) for model in models) / len(models)
        for variant in PARSER_VARIANTS
        if variant not in ("frozen", "both")
    }
    strongest = max(mean, key=mean.__getitem__)
    return (
        f"{endpoint.title}: of the variants that recognize one of both, the {PARSER_WORDS[strongest]} one shifts it most "
        f"({number(mean[strongest])} on average)."
    )


def _mention_words(categories: Sequence[CategoryAuditRow]) -> str | None:
    diagnostic = [row for row in categories if row.kind == "diagnostic"]
    advice = [row for row in categories if row.kind == "recommendation"]
    mentions, negated = sum(row.mentions for row in diagnostic), sum(row.negated for row in diagnostic)
    named, described = sum(row.mentions for row in advice), sum(row.descriptive for row in advice)
    if not mentions or not named:
        return None
    return (
        f"Of {counted(mentions, 'mention')} of a diagnostic term, {percent(negated, mentions)} are negated. Of "
        f"{counted(named, 'mention')} of a recommendation term, {percent(described, named)} are only descriptive: they recommend nothing."
    )


def _variant_chart(endpoint: Endpoint, rows: _Rows, models: Sequence[str]) -> Markup:
    chart_rows = []
    for model in models:
        frozen, both = rows[model, "frozen"].values.at(endpoint), rows[model, "both"].values.at(endpoint)
        if frozen is None or both is None:
            continue
        marks = (line(frozen, both, colour=MUTED), dot(frozen), square(both, hollow=True))
        chart_rows.append(ChartRow(model, f"{number(frozen)} to {number(both)} ({signed(both - frozen)})", marks))
    keys = [
        Key(PARSER_WORDS["frozen"], [dot(0.5)]),
        Key(PARSER_WORDS["both"], [square(0.5, hollow=True)]),
    ]
    unit = f"{endpoint.unit}; more change to the right"
    return row_chart(f"{endpoint.short_name}-by-parser", endpoint.title, unit, CHANGE.at(endpoint), chart_rows, keys)


def _variant_table(rows: Sequence[ParserVariantRow]) -> Markup:
    columns: list[Column[ParserVariantRow]] = [MODEL, Column("Parser", lambda row: PARSER_WORDS[row.variant])]
    for endpoint in ENDPOINTS:
        columns += _endpoint_columns(endpoint)
    columns.append(
        Column("Pairs with another recommendation verdict", lambda row: row.changed_pairs.recommendation, grouped)
    )
    return folded_table("Both endpoints under each parser, and the shift from the frozen one", columns, rows)


def _endpoint_columns(endpoint: Endpoint) -> list[Column[ParserVariantRow]]:
    return [
        Column(endpoint.title, lambda row: row.values.at(endpoint), number),
        Column("Shift [95% interval]", lambda row: _shift(row, endpoint), signed_estimate_cell),
        Column("Rank", lambda row: row.ranks.at(endpoint), str),
    ]


def _category_table(rows: Sequence[CategoryAuditRow]) -> Markup:
    by_category: dict[str, list[CategoryAuditRow]] = {}
    for row in rows:
        by_category.setdefault(row.category, []).append(row)

    def total(heading: str, count_of: Callable[[CategoryAuditRow], int]) -> Column[str]:
        return Column(heading, lambda category: sum(map(count_of, by_category[category])), grouped)

    columns: list[Column[str]] = [
        Column("Category", spaced),
        total("Mentions", lambda row: row.mentions),
        total("Affirmed or recommended", lambda row: row.affirmed + row.recommended),
        total("Negated", lambda row: row.negated),
        total("Uncertain", lambda row: row.uncertain),
        total("Descriptive", lambda row: row.descriptive),
        total("Plurals missed", lambda row: row.missed_plurals),
        total("Reports that also say No finding", lambda row: row.contradictions),
    ]
    return folded_table("Mentions in all reports", columns, by_category, "Mentions")
