"""The parser audit: the endpoints under other readings of the same texts, and which of them change the picture."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from spinefairbench.analysis.mention_counts import CategoryAuditRow
from spinefairbench.analysis.variant_endpoints import ParserVariantRow
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.render.html import Column, Markup, details, element, table
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, square, whisker
from spinefairbench.render.page.contents import Interval, PageContents
from spinefairbench.render.page.layout_parts import Section, notes, numbers, section, sentences
from spinefairbench.render.page.words import clipped, count, interval, listed, number, percent, signed

__all__ = ["parsers_section"]

_READING_WORDS = {
    "frozen": "frozen (scored)",
    "plural_aware": "plural-aware",
    "negation_aware": "negation-aware",
    "both": "plural- and negation-aware",
    "strict": "strict registry",
}


class _Endpoint(NamedTuple):
    title: str
    unit: str
    value: Callable[[ParserVariantRow], float | None]
    shift: Callable[[ParserVariantRow], float | None]
    bounds: Callable[[ParserVariantRow], Interval | None]
    rank: Callable[[ParserVariantRow], int | None]


_ENDPOINTS = (
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


def parsers_section(contents: PageContents) -> Section | None:
    found = contents.audit
    if found is None or not any(row.usable_pairs for row in found.rows):
        return None
    by_place = {(row.model, row.reading): row for row in found.rows}
    models = [row.model for row in found.rows if row.reading == "frozen" and row.usable_pairs]
    return section(
        "parser-audit",
        "What the parser makes of it",
        sentences(
            "The frozen parser counts words: it knows neither \u201cno fracture\u201d nor the plural of every term. Here the same "
            "pairs are read again by rules that do. This is an audit and no score: only the frozen reading is published.",
        ),
        *(sentences(_endpoint_words(endpoint, by_place, models)) for endpoint in _ENDPOINTS),
        sentences(_mention_words(found.categories)),
        element("div", {"class": "pair-of-charts"}, *(_chart(endpoint, by_place, models) for endpoint in _ENDPOINTS)),
        _table(found.rows),
        _category_table(found.categories),
        element("p", {"class": "small"}, "Signature of the audit: ", element("code", None, found.signature)),
        notes(
            [
                "A plural-aware reading alone can be further from what was meant: it finds negated plurals too",
                "Shift intervals are unadjusted: each holds at 95 % on its own",
                *found.notes,
            ]
        ),
    )


_ByPlace = dict[tuple[str, str], ParserVariantRow]


def _endpoint_words(endpoint: _Endpoint, by_place: _ByPlace, models: Sequence[str]) -> str:
    shifts = {model: endpoint.shift(by_place[model, "both"]) or 0.0 for model in models}
    mean = {
        reading: sum(abs(endpoint.shift(by_place[model, reading]) or 0.0) for model in models) / len(models)
        for reading in PARSER_VARIANTS[1:]
    }
    strongest = max(("plural_aware", "negation_aware", "strict"), key=lambda reading: mean[reading])
    low, high = min(models, key=shifts.__getitem__), max(models, key=shifts.__getitem__)
    if len(models) == 1:
        told = f"{endpoint.title} moves by {signed(shifts[low])} {interval(endpoint.bounds(by_place[low, 'both']), sign=True)} where plurals and negation are read"
    else:
        told = f"{endpoint.title} moves by {signed(shifts[low])} ({clipped(low)}) to {signed(shifts[high])} ({clipped(high)}) where plurals and negation are read"
    told += f"; of the other readings, the {_READING_WORDS[strongest]} one moves it most ({number(mean[strongest])} on average)."
    moved = [
        clipped(model)
        for model in models
        if endpoint.rank(by_place[model, "both"]) != endpoint.rank(by_place[model, "frozen"])
    ]
    if len(models) > 1:
        told += f" Ranks change for {listed(moved)}." if moved else " No model's rank changes."
    return told


def _mention_words(categories: Sequence[CategoryAuditRow]) -> str | None:
    diagnostic = [row for row in categories if row.kind == "diagnostic"]
    advice = [row for row in categories if row.kind == "recommendation"]
    mentions, negated = sum(row.mentions for row in diagnostic), sum(row.negated for row in diagnostic)
    named, described = sum(row.mentions for row in advice), sum(row.descriptive for row in advice)
    if not mentions or not named:
        return None
    return (
        f"Of {count(mentions, 'mention')} of a diagnostic term, {percent(negated, mentions)} are negated; of {named:,} of a "
        f"recommendation, {percent(described, named)} recommend nothing but describe."
    )


def _chart(endpoint: _Endpoint, by_place: _ByPlace, models: Sequence[str]) -> Markup:
    scale = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    chart_rows = []
    for model in models:
        frozen, both = endpoint.value(by_place[model, "frozen"]), endpoint.value(by_place[model, "both"])
        if frozen is None or both is None:
            continue
        marks = (
            whisker(scale, frozen, both, series="b", thick=True),
            dot(scale, frozen),
            square(scale, both, hollow=True, series="b"),
        )
        chart_rows.append(
            ChartRow(clipped(model), f"{number(frozen)} to {number(both)} ({signed(both - frozen)})", marks)
        )
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(dot(middle, 0.5, height=16), _READING_WORDS["frozen"]),
        Key(square(middle, 0.5, hollow=True, series="b", height=16), _READING_WORDS["both"]),
    ]
    return row_chart(endpoint.title, endpoint.unit, scale, chart_rows, keys)


def _table(rows: Sequence[ParserVariantRow]) -> Markup:
    columns = [Column("Model"), Column("Reading")]
    for endpoint in _ENDPOINTS:
        columns += [
            Column(endpoint.title, True),
            Column("Shift", True),
            Column("95 % interval", True),
            Column("Rank", True),
        ]
    columns += [Column("Pairs whose recommendation verdict is another", True)]
    cells = []
    for row in rows:
        line = [clipped(row.model), _READING_WORDS[row.reading]]
        for endpoint in _ENDPOINTS:
            rank = endpoint.rank(row)
            line += [
                number(endpoint.value(row)),
                signed(endpoint.shift(row)),
                interval(endpoint.bounds(row), sign=True),
                "\u2013" if rank is None else str(rank),
            ]
        cells.append([*line, f"{row.pairs_recommendation_verdict_changed:,}"])
    return numbers("Both endpoints under each reading, and the shift from the frozen one", columns, cells)


def _category_table(rows: Sequence[CategoryAuditRow]) -> Markup:
    columns = [
        Column("Category"), Column("Mentions", True), Column("Affirmed or recommended", True), Column("Negated", True),
        Column("Uncertain", True), Column("Descriptive", True), Column("Plurals not seen", True),
        Column("Reports that also say No finding", True),
    ]  # fmt: skip
    cells = []
    for name in dict.fromkeys(row.category for row in rows):
        its = [row for row in rows if row.category == name]
        totals = [
            sum(row.mentions for row in its), sum(row.affirmed + row.recommended for row in its),
            sum(row.negated for row in its), sum(row.uncertain for row in its), sum(row.descriptive for row in its),
            sum(row.missed_plurals for row in its), sum(row.contradictions for row in its),
        ]  # fmt: skip
        cells.append([name.replace("_", " "), *(f"{total:,}" for total in totals)])
    return details("How the mentions of each category are meant", table("Mentions in all reports", columns, cells))
