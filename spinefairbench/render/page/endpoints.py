"""Both endpoints of every model: a forest plot."""

from collections.abc import Callable, Sequence

from spinefairbench.render.html import Column, Markup, element
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, whisker
from spinefairbench.render.page.contents import EndpointRow, Interval, PageContents
from spinefairbench.render.page.layout_parts import Section, notes, numbers, section, sentences
from spinefairbench.render.page.words import clipped, interval, number

__all__ = ["endpoints_section"]

_ENDPOINTS: Sequence[
    tuple[str, str, Callable[[EndpointRow], float | None], Callable[[EndpointRow], Interval | None]]
] = (
    (
        "Recommendation change",
        "share of usable pairs whose recommendation sets differ (0 to 1)",
        lambda row: row.recommendation_change,
        lambda row: row.recommendation_ci95,
    ),
    (
        "Diagnostic-label consistency",
        "mean Jaccard index of the two label sets (0 to 1)",
        lambda row: row.diagnostic_consistency,
        lambda row: row.diagnostic_ci95,
    ),
)


def endpoints_section(contents: PageContents) -> Section:
    rows = sorted(
        contents.endpoints,
        key=lambda row: (row.published, row.recommendation_change is None, -(row.recommendation_change or 0.0)),
    )
    charts = [_chart(title, unit, rows, value, bounds) for title, unit, value, bounds in _ENDPOINTS]
    says = _submission_words(contents, rows) if contents.is_submission else _panel_words(rows)
    return section(
        "endpoints",
        "Both endpoints",
        sentences(*says),
        notes([contents.comparison_caveat] if contents.comparison_caveat else []),
        element("div", {"class": "pair-of-charts"}, *charts),
        _table(rows),
    )


def _chart(
    title: str,
    unit: str,
    rows: Sequence[EndpointRow],
    value: Callable[[EndpointRow], float | None],
    bounds: Callable[[EndpointRow], Interval | None],
) -> Markup:
    scale = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    chart_rows = []
    for row in rows:
        point, ci = value(row), bounds(row)
        marks: list[Markup] = []
        if ci is not None:
            marks.append(whisker(scale, *ci))
        if point is not None:
            marks.append(dot(scale, point, hollow=row.published))
        shown = f"{number(point)} {interval(ci)}" if ci is not None else number(point)
        chart_rows.append(ChartRow(clipped(row.model), shown, tuple(marks), strong=_stands_out(row, rows)))
    middle = Scale(0.0, 1.0, ())
    keys = []
    if any(not row.published for row in rows):
        words = "this submission, with its 95 % interval" if _mixed(rows) else "value with its 95 % interval"
        keys.append(Key(Markup(whisker(middle, 0, 1, height=16) + dot(middle, 0.5, height=16)), words))
    if any(row.published for row in rows):
        keys.append(Key(dot(middle, 0.5, hollow=True, height=16), "published model (interval where one is published)"))
    return row_chart(title, unit, scale, chart_rows, keys)


def _mixed(rows: Sequence[EndpointRow]) -> bool:
    return len({row.published for row in rows}) > 1


def _stands_out(row: EndpointRow, rows: Sequence[EndpointRow]) -> bool:
    return not row.published and _mixed(rows)


def _panel_words(rows: Sequence[EndpointRow]) -> list[str]:
    known = [row for row in rows if row.recommendation_change is not None and row.diagnostic_consistency is not None]
    if not known:
        return ["No model has a usable pair, so there is no endpoint to show."]
    if len(known) == 1:
        row = known[0]
        return [
            f"{clipped(row.model)} changes its recommendation in {number(row.recommendation_change)} of its usable pairs, and "
            f"its diagnostic labels agree to {number(row.diagnostic_consistency)} on average."
        ]
    by_change = sorted(known, key=lambda row: row.recommendation_change or 0.0)
    by_labels = sorted(known, key=lambda row: row.diagnostic_consistency or 0.0)
    return [
        f"When only the apparent age and sex in the image are edited, the recommendation changes in between "
        f"{number(by_change[0].recommendation_change)} ({clipped(by_change[0].model)}) and "
        f"{number(by_change[-1].recommendation_change)} ({clipped(by_change[-1].model)}) of usable pairs.",
        f"The diagnostic labels of the two reports agree to between {number(by_labels[0].diagnostic_consistency)} "
        f"({clipped(by_labels[0].model)}) and {number(by_labels[-1].diagnostic_consistency)} ({clipped(by_labels[-1].model)}) on average.",
        "A change is not yet an effect of the edit: the next section shows how often the same image gets another report.",
    ]


def _submission_words(contents: PageContents, rows: Sequence[EndpointRow]) -> list[str]:
    own = next(row for row in rows if not row.published)
    published = [row for row in rows if row.published]
    words = [
        f"{clipped(own.model)} changes its recommendation in {number(own.recommendation_change)} of its usable pairs "
        f"(95 % interval {interval(own.recommendation_ci95)}), and its diagnostic labels agree to "
        f"{number(own.diagnostic_consistency)} on average ({interval(own.diagnostic_ci95)})."
    ]
    change = own.recommendation_change
    if published and change is not None and contents.comparison_caveat is None:
        lower = sum((row.recommendation_change or 0.0) < change for row in published)
        words.append(f"Of the {len(published)} published models, {lower} have a lower change rate.")
    return words


def _table(rows: Sequence[EndpointRow]) -> Markup:
    columns = [
        Column("Model"), Column("Usable pairs", True), Column("Recommendation change", True), Column("95 % interval", True),
        Column("Diagnostic consistency", True), Column("95 % interval", True),
    ]  # fmt: skip
    if _mixed(rows):
        columns.append(Column("Origin"))
    cells = [
        [
            clipped(row.model), f"{row.usable_pairs:,}", number(row.recommendation_change), interval(row.recommendation_ci95),
            number(row.diagnostic_consistency), interval(row.diagnostic_ci95),
            *([("published" if row.published else "this submission")] if _mixed(rows) else []),
        ]
        for row in rows
    ]  # fmt: skip
    return numbers("Both endpoints with their 95 % intervals, sources resampled", columns, cells)
