"""Both endpoints by the edit that was asked for: four marks a model."""

from collections.abc import Callable, Sequence

from spinefairbench.analysis.breakdown import BreakdownRow, ContrastRow
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.render.html import Column, Markup, details, element, table
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, square, whisker
from spinefairbench.render.page.contents import Interval, PageContents
from spinefairbench.render.page.layout_parts import Section, notes, numbers, section, sentences
from spinefairbench.render.page.words import EDIT_WORDS, clipped, interval, listed, number, signed

__all__ = ["strata_section"]

_LANE = 11
_SIGNIFICANT = 0.05
_MOST_NAMED = 4
_ENDPOINT_WORDS = {"recommendation_change": "recommendation change", "diagnostic_consistency": "diagnostic consistency"}


def strata_section(contents: PageContents) -> Section | None:
    found = contents.breakdown
    if found is None or not found.rows:
        return None
    models = list(dict.fromkeys(row.model for row in found.rows))
    charts = [
        _chart("Recommendation change by edit", "share of usable pairs (0 to 1)", found.rows, models,
               lambda row: row.recommendation_change, lambda row: row.recommendation_ci95),
        _chart("Diagnostic-label consistency by edit", "mean Jaccard index (0 to 1)", found.rows, models,
               lambda row: row.diagnostic_consistency, lambda row: row.diagnostic_ci95),
    ]  # fmt: skip
    return section(
        "breakdown",
        "By edit",
        sentences(*_words(found.contrasts)),
        element("div", {"class": "pair-of-charts"}, *charts),
        _table(found.rows),
        _contrast_table(found.contrasts),
        notes(found.notes),
    )


def _words(contrasts: Sequence[ContrastRow]) -> list[str]:
    tested = [row for row in contrasts if row.p_holm is not None and row.difference is not None]
    if not tested:
        return ["There are too few sources to tell the edits apart."]
    apart = sorted(
        (row for row in tested if (row.p_holm or 0.0) < _SIGNIFICANT), key=lambda row: -abs(row.difference or 0.0)
    )
    first = "Each edit is compared with each other one within the same sources; the floor is the same on both sides."
    if not apart:
        return [
            first,
            f"None of the {len(tested)} differences is separated from zero after Holm's adjustment within each model: this "
            "does not show that the edits are equal, only that these pairs do not tell them apart.",
        ]
    named = [
        f"{clipped(row.model)}, {_ENDPOINT_WORDS.get(row.endpoint, row.endpoint)}, {EDIT_WORDS[row.a]} less {EDIT_WORDS[row.b]} "
        f"({signed(row.difference)})"
        for row in apart[:_MOST_NAMED]
    ]
    words = "; ".join(named)
    return [
        first,
        f"{len(apart)} of {len(tested)} differences are separated from zero after Holm's adjustment within each model"
        + (f", the largest: {words}." if len(apart) > 1 else f": {words}."),
    ]


def _mark(edit: str) -> Callable[..., Markup]:
    return dot if edit.endswith("_female") else square


def _chart(
    title: str,
    unit: str,
    rows: Sequence[BreakdownRow],
    models: Sequence[str],
    value: Callable[[BreakdownRow], float | None],
    bounds: Callable[[BreakdownRow], Interval | None],
) -> Markup:
    scale = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    chart_rows = []
    for model in models:
        marks: list[Markup] = []
        values = []
        for lane, edit in enumerate(EDIT_LABELS):
            row = next((row for row in rows if row.model == model and row.stratum == edit), None)
            point = None if row is None else value(row)
            if row is None or point is None:
                continue
            height = _LANE * (2 * lane + 1)
            ci = bounds(row)
            series = "b" if edit.startswith("young") else "a"
            if ci is not None:
                marks.append(whisker(scale, *ci, series=series, height=height))
            marks.append(_mark(edit)(scale, point, hollow=edit.startswith("young"), series=series, height=height))
            values.append(point)
        spread = f"{number(min(values))} to {number(max(values))}" if values else "\u2013"
        chart_rows.append(ChartRow(clipped(model), spread, tuple(marks), height=_LANE * len(EDIT_LABELS) + 8))
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(
            _mark(edit)(
                middle, 0.5, hollow=edit.startswith("young"), series="b" if edit.startswith("young") else "a", height=16
            ),
            EDIT_WORDS[edit],
        )
        for edit in EDIT_LABELS
    ]
    return row_chart(title, unit, scale, chart_rows, keys)


def _table(rows: Sequence[BreakdownRow]) -> Markup:
    columns = [
        Column("Model"), Column("Edit"), Column("Usable pairs", True), Column("Recommendation change", True),
        Column("95 % interval", True), Column("Excess over the floor", True), Column("Diagnostic consistency", True),
        Column("95 % interval", True), Column("Excess over the floor", True),
    ]  # fmt: skip
    cells = [
        [
            clipped(row.model), EDIT_WORDS.get(row.stratum, row.stratum), f"{row.usable_pairs:,}",
            number(row.recommendation_change), interval(row.recommendation_ci95), signed(row.floor.recommendation.excess),
            number(row.diagnostic_consistency), interval(row.diagnostic_ci95), signed(row.floor.diagnostic.excess),
        ]
        for row in rows
    ]  # fmt: skip
    return numbers("Both endpoints by edit; intervals are unadjusted", columns, cells)


def _contrast_table(contrasts: Sequence[ContrastRow]) -> Markup | None:
    if not contrasts:
        return None
    columns = [
        Column("Model"), Column("Endpoint"), Column("Edits"), Column("Sources", True), Column("Difference", True),
        Column("95 % interval", True), Column("p, Holm", True),
    ]  # fmt: skip
    cells = [
        [
            clipped(row.model), _ENDPOINT_WORDS.get(row.endpoint, row.endpoint),
            f"{EDIT_WORDS.get(row.a, row.a)} less {EDIT_WORDS.get(row.b, row.b)}", f"{row.n_sources:,}",
            signed(row.difference), interval(row.ci95, sign=True), number(row.p_holm, 4),
        ]
        for row in contrasts
    ]  # fmt: skip
    names = listed(sorted({_ENDPOINT_WORDS.get(row.endpoint, row.endpoint) for row in contrasts}))
    return details(
        "All differences between edits", table(f"Paired differences within sources: {names}", columns, cells)
    )
