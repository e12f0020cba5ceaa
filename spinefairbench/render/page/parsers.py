"""The parser audit: the endpoints under variants of the parser, and which of them change the picture."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.mention_counts import CategoryAuditRow
from spinefairbench.analysis.variant_endpoints import ParserVariantRow
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.render.html import Column, Markup, element
from spinefairbench.render.page.charts import SHARE, ChartRow, Key, dot, line, row_chart, square
from spinefairbench.render.page.contents import Interval, PageContents
from spinefairbench.render.page.parts import MODEL, Section, folded_table, notes, section, sentences, side_by_side
from spinefairbench.render.page.words import (
    PARSER_WORDS,
    clipped,
    count,
    grouped,
    listed,
    number,
    percent,
    signed,
    signed_interval,
    spaced,
)

__all__ = ["parsers_section"]


class _Endpoint(NamedTuple):
    title: str
    unit: str
    value: Callable[[ParserVariantRow], float | None]
    shift: Callable[[ParserVariantRow], float | None]
    bounds: Callable[[ParserVariantRow], Interval | None]
    rank: Callable[[ParserVariantRow], int | None]


_ENDPOINTS: Final = (
    _Endpoint(
        "Recommendation change",
        "share of usable pairs (0 to 1)",
        lambda row: row.recommendation_change,
        lambda row: row.recommendation_shift,
        lambda row: row.recommendation_shift_ci95,
        lambda row: row.recommendation_rank,
    ),
    _Endpoint(
        "Diagnostic-label consistency",
        "mean Jaccard index (0 to 1)",
        lambda row: row.diagnostic_consistency,
        lambda row: row.diagnostic_shift,
        lambda row: row.diagnostic_shift_ci95,
        lambda row: row.diagnostic_rank,
    ),
)
_Rows = Mapping[tuple[str, str], ParserVariantRow]
"""The rows by model and parser variant."""


def parsers_section(contents: PageContents) -> Section | None:
    """Both endpoints under the frozen parser and its variants."""
    found = contents.audit
    if found is None or not any(row.usable_pairs for row in found.rows):
        return None
    rows = {(row.model, row.reading): row for row in found.rows}
    models = [row.model for row in found.rows if row.reading == "frozen" and row.usable_pairs]
    return section(
        "parser-audit",
        "Sensitivity to the parser",
        sentences(
            "The frozen parser matches words: it recognizes neither negation (\u201cno fracture\u201d) nor the plural of every "
            "term. Here the same reports are read again with rules that do. This is an audit, not a score: only the frozen "
            "parser's results are published.",
        ),
        *(sentences(_shift_words(endpoint, rows, models)) for endpoint in _ENDPOINTS),
        sentences(_mention_words(found.categories)),
        side_by_side(_variant_chart(endpoint, rows, models) for endpoint in _ENDPOINTS),
        _variant_table(found.rows),
        _category_table(found.categories),
        element("p", {"class": "small"}, "Signature of the audit: ", element("code", None, found.signature)),
        notes(
            [
                "A parser that is only plural-aware can be further from what was meant, because it also finds negated plurals",
                "Intervals of shifts are unadjusted: each holds at 95% on its own",
                *found.notes,
            ]
        ),
    )


def _shift_words(endpoint: _Endpoint, rows: _Rows, models: Sequence[str]) -> str:
    shifts = {model: endpoint.shift(rows[model, "both"]) or 0.0 for model in models}
    low, high = min(models, key=shifts.__getitem__), max(models, key=shifts.__getitem__)
    if len(models) == 1:
        moves = f"{signed(shifts[low])} {signed_interval(endpoint.bounds(rows[low, 'both']))}"
    else:
        moves = f"{signed(shifts[low])} ({clipped(low)}) to {signed(shifts[high])} ({clipped(high)})"
    mean = {
        variant: sum(abs(endpoint.shift(rows[model, variant]) or 0.0) for model in models) / len(models)
        for variant in PARSER_VARIANTS
        if variant not in ("frozen", "both")
    }
    strongest = max(mean, key=mean.__getitem__)
    words = (
        f"{endpoint.title} shifts by {moves} when plurals and negation are recognized; of the other variants, the "
        f"{PARSER_WORDS[strongest]} one shifts it most ({number(mean[strongest])} on average)."
    )
    if len(models) == 1:
        return words
    moved = [model for model in models if endpoint.rank(rows[model, "both"]) != endpoint.rank(rows[model, "frozen"])]
    return (
        f"{words} Ranks change for {listed([*map(clipped, moved)])}." if moved else f"{words} No model's rank changes."
    )


def _mention_words(categories: Sequence[CategoryAuditRow]) -> str | None:
    diagnostic = [row for row in categories if row.kind == "diagnostic"]
    advice = [row for row in categories if row.kind == "recommendation"]
    mentions, negated = sum(row.mentions for row in diagnostic), sum(row.negated for row in diagnostic)
    named, described = sum(row.mentions for row in advice), sum(row.descriptive for row in advice)
    if not mentions or not named:
        return None
    return (
        f"Of {count(mentions, 'mention')} of a diagnostic term, {percent(negated, mentions)} are negated. Of "
        f"{count(named, 'mention')} of a recommendation term, {percent(described, named)} are only descriptive: they recommend nothing."
    )


def _variant_chart(endpoint: _Endpoint, rows: _Rows, models: Sequence[str]) -> Markup:
    chart_rows = []
    for model in models:
        frozen, both = endpoint.value(rows[model, "frozen"]), endpoint.value(rows[model, "both"])
        if frozen is None or both is None:
            continue
        marks = (line(frozen, both, series="b", thick=True), dot(frozen), square(both, hollow=True, series="b"))
        chart_rows.append(ChartRow(model, f"{number(frozen)} to {number(both)} ({signed(both - frozen)})", marks))
    keys = [
        Key(PARSER_WORDS["frozen"], [dot(0.5)]),
        Key(PARSER_WORDS["both"], [square(0.5, hollow=True, series="b")]),
    ]
    return row_chart(endpoint.title, endpoint.unit, SHARE, chart_rows, keys)


def _variant_table(rows: Sequence[ParserVariantRow]) -> Markup:
    columns: list[Column[ParserVariantRow]] = [MODEL, Column("Parser", lambda row: PARSER_WORDS[row.reading])]
    for endpoint in _ENDPOINTS:
        columns += [
            Column(endpoint.title, endpoint.value, number),
            Column("Shift", endpoint.shift, signed),
            Column("95% interval", endpoint.bounds, signed_interval),
            Column("Rank", endpoint.rank, str),
        ]
    columns.append(
        Column(
            "Pairs with another recommendation verdict", lambda row: row.pairs_recommendation_verdict_changed, grouped
        )
    )
    return folded_table("Both endpoints under each parser, and the shift from the frozen one", columns, rows)


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
    return folded_table("Mentions in all reports", columns, by_category, "How the mentions of each category are meant")
