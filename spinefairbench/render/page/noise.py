"""Change against its noise floor: a dumbbell for each model."""

from collections.abc import Sequence

from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.render.html import Column, Markup, element
from spinefairbench.render.page.charts import ChartRow, Key, Scale, dot, row_chart, whisker
from spinefairbench.render.page.contents import FloorRow, PageContents
from spinefairbench.render.page.layout_parts import Section, notes, numbers, section, sentences
from spinefairbench.render.page.words import clipped, count, interval, listed, number, signed

__all__ = ["floor_row", "noise_section"]

_TITLES = ("Recommendation", "Diagnostic labels")
_UNITS = (
    "rate at which two reports recommend differently (0 to 1)",
    "mean distance of two label sets, 1 - Jaccard (0 to 1)",
)


def floor_row(row: NoiseFloorRow) -> FloorRow:
    """What of a floor is shown; no values where there is none."""
    values = [
        (endpoint.T, endpoint.F, endpoint.excess, endpoint.ci95)
        for endpoint in (row.recommendation, row.diagnostic)
        if endpoint.T is not None and endpoint.F is not None and endpoint.excess is not None
    ]
    return FloorRow(row.model, row.n_sources, values if len(values) == len(_TITLES) else ())


def noise_section(contents: PageContents) -> Section:
    rows = [*contents.floors, *contents.published_floors]
    rows.sort(key=lambda row: (row.published, -(row.values[0][2] if row.values else -2.0)))
    with_floor = [row for row in rows if row.values]
    charts = [_chart(endpoint, with_floor) for endpoint in (0, 1)] if with_floor else []
    return section(
        "noise-floor",
        "Change against its noise floor",
        sentences(
            "The hollow mark (F) is how often two reports on the same unedited image differ, the filled mark (T) how "
            "often the report on the edited image differs from the one on the original. Only what lies between them, the "
            "excess, can come from the edit.",
        ),
        sentences(*_words([row for row in with_floor if not row.published])),
        element("div", {"class": "pair-of-charts"}, *charts) if charts else None,
        _table(rows) if charts else None,
        notes(contents.floor_notes),
    )


def _words(rows: Sequence[FloorRow]) -> list[str]:
    known = [(row, *row.values[0]) for row in rows]
    if not known:
        return ["Here no source has a usable pair and two usable reports on its unedited image, so there is no floor."]
    above = [clipped(row.model) for row, _, _, _, ci in known if ci is not None and ci[0] > 0]
    covering = [clipped(row.model) for row, _, _, _, ci in known if ci is not None and ci[0] <= 0 <= ci[1]]
    words = []
    if above:
        words.append(
            f"The recommendation excess is above zero, with an interval that excludes it, for {listed(above)}."
        )
    if covering:
        words.append(
            f"For {listed(covering)} the interval holds zero: these changes cannot be told from calling the model again."
        )
    silent = [clipped(row.model) for row, _, floor, _, _ in known if floor == 0]
    if silent:
        words.append(f"{listed(silent)} never changed a recommendation on the same image, so all of its change is excess."
                     if len(silent) == 1 else
                     f"{listed(silent)} never changed a recommendation on the same image, so all of their change is excess.")  # fmt: skip
    return words


def _chart(endpoint: int, rows: Sequence[FloorRow]) -> Markup:
    scale = Scale(0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    mixed = len({row.published for row in rows}) > 1
    chart_rows = []
    for row in rows:
        changed, floor, excess, ci = row.values[endpoint]
        series = "c" if row.published else "a"
        marks = (
            whisker(scale, floor, changed, series="b" if not row.published else series, thick=True),
            dot(scale, floor, hollow=True, series=series),
            dot(scale, changed, series=series),
        )
        chart_rows.append(
            ChartRow(
                clipped(row.model),
                f"{signed(excess)} {interval(ci, sign=True)}",
                marks,
                strong=mixed and not row.published,
            )
        )
    middle = Scale(0.0, 1.0, ())
    keys = [
        Key(dot(middle, 0.5, hollow=True, height=16), "F: same image, another call"),
        Key(dot(middle, 0.5, height=16), "T: edited image"),
        Key(
            whisker(middle, 0.0, 1.0, series="b", height=16, thick=True),
            "excess T \u2212 F, with its 95 % interval in figures",
        ),
    ]
    if mixed:
        keys.append(Key(dot(middle, 0.5, series="c", height=16), "published model"))
    return row_chart(_TITLES[endpoint], _UNITS[endpoint], scale, chart_rows, keys)


def _table(rows: Sequence[FloorRow]) -> Markup:
    columns = [Column("Model"), Column("Sources", True)]
    for title in _TITLES:
        columns += [
            Column(f"{title}: T", True), Column("F", True), Column("Excess", True), Column("95 % interval", True),
        ]  # fmt: skip
    cells = []
    for row in rows:
        name = clipped(row.model) + (" (published)" if row.published else "")
        line: list[str | None] = [name, f"{row.n_sources:,}"]
        for changed, floor, excess, ci in row.values:
            line += [number(changed), number(floor), signed(excess), interval(ci, sign=True)]
        cells.append(line + [None] * (len(columns) - len(line)))
    sources = sum(row.n_sources for row in rows if not row.published)
    return numbers(
        f"Noise floor and excess, each source weighing the same ({count(sources, 'source')} in all)", columns, cells
    )
