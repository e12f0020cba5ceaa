"""The main results: both endpoints, and the pairs that they are computed from."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.refusals import RefusalRow
from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, ENDPOINTS, RECOMMENDATION_CHANGE, ByEndpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.axes import CHANGE, Scale
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, row_chart
from spinefairbench.render.page.contents import EndpointRow, PageContents, both_origins
from spinefairbench.render.page.drawing import INK, PARTIAL, REFUSED, USABLE
from spinefairbench.render.page.finding_words import alarms_of
from spinefairbench.render.page.marks import Mark, band, dot, estimate, interval_marks
from spinefairbench.render.page.parts import (
    MODEL,
    Section,
    estimate_cell,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
)
from spinefairbench.render.page.words import (
    clipped,
    grouped,
    interval,
    interval_words,
    listed,
    number,
    percent,
    with_interval,
)

__all__ = ["endpoints_section", "refusal_chart", "refusals_section"]

_UNITS: Final = ByEndpoint(
    "share of usable pairs whose recommendation sets differ",
    "mean Jaccard index of the two label sets, 1: the same; more change to the right",
)


# --- both endpoints --------------------------------------------------------------------------------------------


def endpoints_section(contents: PageContents) -> Section:
    """Both endpoints of every model, as forest plots."""
    rows = contents.endpoints
    mixed = both_origins(rows)
    says = _submission_words(contents, rows) if contents.is_submission else _panel_words(rows)
    charts = [
        row_chart(
            endpoint.name.replace("_", "-"),
            endpoint.title,
            _UNITS.at(endpoint),
            CHANGE.at(endpoint),
            [_endpoint_row(row, row.estimates.at(endpoint), strong=mixed and not row.published) for row in rows],
            [
                *_endpoint_keys(rows, mixed=mixed, comparable=contents.comparison_caveat is None),
                *adjusted_key(row.estimates.at(endpoint) for row in rows),
            ],
        )
        for endpoint in ENDPOINTS
    ]
    return section(
        "endpoints",
        "Both endpoints",
        sentences(*says) if says else None,
        side_by_side(charts),
        _endpoint_table(rows, mixed=mixed),
    )


def _endpoint_row(row: EndpointRow, found: Estimate, *, strong: bool) -> ChartRow:
    marks: list[Mark] = [*interval_marks(found), *estimate(found.value, None, hollow=row.published)]
    return ChartRow(row.model, with_interval(found), marks, strong=strong)


def _endpoint_keys(rows: Sequence[EndpointRow], *, mixed: bool, comparable: bool) -> list[Key]:
    keys = []
    if not all(row.published for row in rows):
        whose = "this submission" if mixed else "value"
        keys.append(Key(f"{whose}, with its percentile 95% interval", estimate(0.5, (0.0, 1.0))))
    if any(row.published for row in rows):
        published = "published model" if comparable else "published model, not for comparison"
        keys.append(Key(f"{published} (with its interval where one was published)", [dot(0.5, hollow=True)]))
    return keys


def _panel_words(rows: Sequence[EndpointRow]) -> list[str]:
    known = [(value, row.model) for row in rows if (value := row.estimates.recommendation.value) is not None]
    if not known:
        return ["No model has a usable pair, so there is no endpoint to show."]
    (low, least), (high, most) = min(known), max(known)
    if len(known) == 1:
        return []
    return [
        f"Recommendations change in {number(low)} ({clipped(least)}) to {number(high)} ({clipped(most)}) of usable pairs."
    ]


def _submission_words(contents: PageContents, rows: Sequence[EndpointRow]) -> list[str]:
    own = next(row for row in rows if not row.published)
    change, consistency = own.estimates
    published = [row for row in rows if row.published]
    words = [
        (
            f"{clipped(own.model)} changes its recommendation in {number(change.value)} of its usable pairs "
            f"({interval_words(change)}). The mean consistency of its diagnostic labels is {number(consistency.value)} "
            f"({interval_words(consistency)})."
        )
    ]
    if published and change.value is not None and contents.comparison_caveat is None and not alarms_of(contents):
        lower = sum((row.estimates.recommendation.value or 0.0) < change.value for row in published)
        words.append(f"Of the {len(published)} published models, {lower} have a lower change rate.")
    return words


def _endpoint_table(rows: Sequence[EndpointRow], *, mixed: bool) -> Markup:
    columns: list[Column[EndpointRow]] = [
        MODEL,
        Column("Usable pairs", lambda row: row.usable_pairs, grouped),
        Column(
            f"{RECOMMENDATION_CHANGE.title} [95% interval]", lambda row: row.estimates.recommendation, estimate_cell
        ),
        Column(f"{DIAGNOSTIC_CONSISTENCY.title} [95% interval]", lambda row: row.estimates.diagnostic, estimate_cell),
    ]
    if mixed:
        columns.append(Column("Origin", lambda row: "published" if row.published else "this submission"))
    return folded_table("Both endpoints with their 95% intervals, from resampled sources", columns, rows)


# --- refusals and empty label sets -----------------------------------------------------------------------------


def refusals_section(contents: PageContents) -> Section:
    """What became of all pairs: usable or excluded, and label sets that are empty on both sides."""
    rows = contents.audit.models
    columns: list[Column[ModelReports]] = [
        MODEL,
        Column("Pairs", lambda row: len(row.pairs), grouped),
        Column("Usable", lambda row: row.usable_pairs, grouped),
        Column("Full refusal", lambda row: row.full_refusal_pairs, grouped),
        Column("Partial refusal (kept)", lambda row: row.partial_refusal_pairs, grouped),
        Column("Both label sets empty", lambda row: row.both_empty_pairs, grouped),
        Column("Share of usable", lambda row: percent(row.both_empty_pairs, row.usable_pairs), str),
    ]
    return section(
        "refusals",
        "Refusals and empty label sets",
        sentences(*_refusal_words(rows)),
        refusal_chart([(row.model, row) for row in rows]),
        folded_table("Refusals and empty label sets by model", columns, rows),
        *_bounds_table(contents.audit.refusals.rows),
        notes([_partial_words(rows), _empty_words(rows)]),
    )


def _bounds_table(rows: Sequence[RefusalRow]) -> Sequence[Markup]:
    """Both endpoints over all expected pairs, of the models of which a pair cannot be used."""
    concerned = [row for row in rows if row.usable_pairs < row.expected_pairs]
    columns: list[Column[RefusalRow]] = [
        MODEL,
        Column("Expected pairs", lambda row: row.expected_pairs, grouped),
        Column("Usable", lambda row: row.usable_pairs, grouped),
        Column(f"{RECOMMENDATION_CHANGE.title}, bounds", lambda row: row.endpoints.recommendation.bounds, interval),
        Column(f"{DIAGNOSTIC_CONSISTENCY.title}, bounds", lambda row: row.endpoints.diagnostic.bounds, interval),
    ]
    if not concerned:
        return ()
    return (
        folded_table(
            "Bounds of both endpoints over all expected pairs",
            columns,
            concerned,
            "Bounds over all pairs",
        ),
    )


def _refusal_words(rows: Sequence[ModelReports]) -> list[str]:
    refused = [row for row in rows if row.full_refusal_pairs]
    words = []
    if not refused:
        words.append("No report is a full refusal, so every pair counts.")
    else:
        most = max(refused, key=lambda row: row.full_refusal_pairs / len(row.pairs))
        if len(rows) > 1:
            words.append(f"{len(refused)} of {counted(len(rows), 'model')} refuse, {clipped(most.model)} most.")
        else:
            words.append(
                f"{counted(most.full_refusal_pairs, 'pair')} of {len(most.pairs):,} are excluded because at least one of their "
                "reports is a full refusal."
            )
        words.append("The endpoints say nothing about refused pairs.")
    return words


def _partial_words(rows: Sequence[ModelReports]) -> str | None:
    partial = [clipped(row.model) for row in rows if row.partial_refusal_pairs]
    if not partial:
        return None
    return f"Pairs with a partial refusal are kept; {listed(partial)} {'has' if len(partial) == 1 else 'have'} some."


def _empty_words(rows: Sequence[ModelReports]) -> str | None:
    empty = sum(row.both_empty_pairs for row in rows)
    usable = sum(row.usable_pairs for row in rows)
    if not empty:
        return None
    return (
        f"In {empty:,} of {counted(usable, 'usable pair')} ({percent(empty, usable)}) neither report has a diagnostic label. "
        "Such a pair counts as fully consistent."
    )


def refusal_chart(named: Sequence[tuple[str, ModelReports]]) -> Markup:
    """What became of all pairs of each model, by the name that it has here."""
    scale = Scale(0.0, 100.0, (0.0, 20.0, 40.0, 60.0, 80.0, 100.0), 0, 0.0)
    chart_rows = []
    for name, row in named:
        usable, partial, empty = (
            100 * n / (len(row.pairs) or 1) for n in (row.usable_pairs, row.partial_refusal_pairs, row.both_empty_pairs)
        )
        marks = (
            band(0, usable - partial, USABLE),
            band(usable - partial, usable, PARTIAL),
            band(usable, 100, REFUSED),
            *([Mark("outline", 0, empty, INK)] if empty else ()),
        )
        value = f"{row.full_refusal_pairs:,} refused, {row.both_empty_pairs:,} both empty"
        chart_rows.append(ChartRow(name, value, marks))
    keys = [
        Key("usable", [band(0, 1, USABLE)]),
        Key("usable, with a partial refusal", [band(0, 1, PARTIAL)]),
        Key("excluded: full refusal", [band(0, 1, REFUSED)]),
        Key("outline: usable, with both label sets empty", [Mark("outline", 0, 1, INK)]),
    ]
    return row_chart("usable-pairs", "Usable and excluded pairs", "percent of all pairs", scale, chart_rows, keys)
