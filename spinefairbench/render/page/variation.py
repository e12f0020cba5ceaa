"""What a change can be set against: the run-to-run variation of the model, and the other edits."""

from collections.abc import Callable, Sequence
from typing import Final

from spinefairbench.analysis.breakdown import BreakdownRow, ContrastRow
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.charts import SHARE, ChartRow, Key, Mark, dot, line, row_chart, square
from spinefairbench.render.page.contents import FloorRow, Interval, PageContents
from spinefairbench.render.page.parts import (
    MODEL,
    SIGNIFICANT,
    Section,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
)
from spinefairbench.render.page.words import (
    EDIT_WORDS,
    clipped,
    count,
    grouped,
    interval,
    listed,
    number,
    p_value,
    signed,
    signed_interval,
)

__all__ = ["breakdown_section", "floor_row", "noise_section"]

_FLOOR_CHARTS: Final = (
    ("Recommendation", "share of report pairs whose recommendations differ (0 to 1)"),
    ("Diagnostic labels", "mean distance of the two label sets, 1 \u2212 Jaccard index (0 to 1)"),
)
_EDITS_STRIP_HEIGHT: Final = 60
_MOST_NAMED: Final = 4
_ENDPOINT_WORDS: Final = {
    "recommendation_change": "recommendation change",
    "diagnostic_consistency": "diagnostic consistency",
}


# --- noise floor -----------------------------------------------------------------------------------------------


def floor_row(row: NoiseFloorRow) -> FloorRow:
    """The part of a noise floor that is shown; no values where there is no floor."""
    values = [
        (endpoint.T, endpoint.F, endpoint.excess, endpoint.ci95)
        for endpoint in (row.recommendation, row.diagnostic)
        if endpoint.T is not None and endpoint.F is not None and endpoint.excess is not None
    ]
    return FloorRow(row.model, row.n_sources, values if len(values) == len(_FLOOR_CHARTS) else ())


def noise_section(contents: PageContents) -> Section:
    """Change against the noise floor, as a dumbbell for each model."""
    rows = [*contents.floors, *contents.published_floors]
    rows.sort(key=lambda row: (row.published, -(row.values[0][2] if row.values else -2.0)))
    with_floor = [row for row in rows if row.values]
    return section(
        "noise-floor",
        "Change and the noise floor",
        sentences(
            "The hollow mark (F) shows how often two reports on the same unedited image differ. The filled mark (T) shows "
            "how often the report on the edited image differs from the one on the original. Only the excess, T \u2212 F, can "
            "come from the edit.",
        ),
        sentences(*_floor_words([row for row in with_floor if not row.published])),
        side_by_side(_floor_chart(endpoint, with_floor) for endpoint in range(len(_FLOOR_CHARTS)))
        if with_floor
        else None,
        _floor_table(rows) if with_floor else None,
        notes(contents.floor_notes),
    )


def _floor_words(rows: Sequence[FloorRow]) -> list[str]:
    if not rows:
        return ["No source has both a usable pair and two usable reports on its unedited image, so there is no floor."]
    known = [(clipped(row.model), *row.values[0]) for row in rows]
    above = [model for model, _, _, _, ci in known if ci is not None and ci[0] > 0]
    covering = [model for model, _, _, _, ci in known if ci is not None and ci[0] <= 0 <= ci[1]]
    silent = [model for model, _, floor, _, _ in known if floor == 0]
    words = []
    if above:
        words.append(f"The recommendation excess is positive, with an interval above zero, for {listed(above)}.")
    if covering:
        words.append(
            f"For {listed(covering)} the interval includes zero: the changes cannot be told apart from run-to-run variation."
        )
    if silent:
        whose = "its" if len(silent) == 1 else "their"
        words.append(
            f"{listed(silent)} never changed a recommendation on the same image, so all of {whose} change is excess."
        )
    return words


def _floor_chart(endpoint: int, rows: Sequence[FloorRow]) -> Markup:
    mixed = len({row.published for row in rows}) > 1
    chart_rows = []
    for row in rows:
        changed, floor, excess, ci = row.values[endpoint]
        series = "c" if row.published else "a"
        marks = (
            line(floor, changed, series="c" if row.published else "b", thick=True),
            dot(floor, hollow=True, series=series),
            dot(changed, series=series),
        )
        shown = f"{signed(excess)} {signed_interval(ci)}"
        chart_rows.append(ChartRow(row.model, shown, marks, strong=mixed and not row.published))
    keys = [
        Key("F: same image, another call", [dot(0.5, hollow=True)]),
        Key("T: edited image", [dot(0.5)]),
        Key("excess T \u2212 F, with its 95% interval in figures", [line(0.0, 1.0, series="b", thick=True)]),
    ]
    if mixed:
        keys.append(Key("published model", [dot(0.5, series="c")]))
    return row_chart(*_FLOOR_CHARTS[endpoint], SHARE, chart_rows, keys)


def _floor_table(rows: Sequence[FloorRow]) -> Markup:
    columns: list[Column[FloorRow]] = [
        Column("Model", lambda row: clipped(row.model) + (" (published)" if row.published else "")),
        Column("Sources", lambda row: row.n_sources, grouped),
    ]
    for endpoint, (title, _) in enumerate(_FLOOR_CHARTS):
        columns += [
            Column(f"{title}: T", _floor_value(endpoint, 0), number),
            Column("F", _floor_value(endpoint, 1), number),
            Column("Excess", _floor_value(endpoint, 2), signed),
            Column("95% interval", _floor_value(endpoint, 3), signed_interval),
        ]
    sources = sum(row.n_sources for row in rows if not row.published)
    return folded_table(
        f"Noise floor and excess; each source has the same weight ({count(sources, 'source')} in all)", columns, rows
    )


def _floor_value(endpoint: int, part: int) -> Callable[[FloorRow], float | Interval | None]:
    return lambda row: row.values[endpoint][part] if row.values else None


# --- by edit ---------------------------------------------------------------------------------------------------


def breakdown_section(contents: PageContents) -> Section | None:
    """Both endpoints by the requested edit: four marks for each model."""
    found = contents.breakdown
    if found is None or not found.rows:
        return None
    charts = (
        _edits_chart("Recommendation change by edit", "share of usable pairs (0 to 1)", found.rows,
                     lambda row: (row.recommendation_change, row.recommendation_ci95)),
        _edits_chart("Diagnostic-label consistency by edit", "mean Jaccard index (0 to 1)", found.rows,
                     lambda row: (row.diagnostic_consistency, row.diagnostic_ci95)),
    )  # fmt: skip
    return section(
        "breakdown",
        "By edit",
        sentences(*_contrast_words(found.contrasts)),
        side_by_side(charts),
        _edits_table(found.rows),
        _contrast_table(found.contrasts) if found.contrasts else None,
        notes(found.notes),
    )


def _contrast_words(contrasts: Sequence[ContrastRow]) -> list[str]:
    tested = [row for row in contrasts if row.p_holm is not None and row.difference is not None]
    if not tested:
        return ["There are too few sources to compare the edits."]
    words = ["Edits are compared within the same sources, so both sides of a comparison have the same noise floor."]
    separated = sorted(
        (row for row in tested if (row.p_holm or 0.0) < SIGNIFICANT), key=lambda row: -abs(row.difference or 0.0)
    )
    if not separated:
        words.append(
            f"None of the {len(tested)} differences is separated from zero after Holm's adjustment within each model. This "
            "does not show that the edits have equal effects, only that these pairs do not tell them apart."
        )
        return words
    named = "; ".join(
        f"{clipped(row.model)}, {_ENDPOINT_WORDS[row.endpoint]}, {_edits_compared(row)} ({signed(row.difference)})"
        for row in separated[:_MOST_NAMED]
    )
    words.append(
        f"{len(separated)} of {len(tested)} differences are separated from zero after Holm's adjustment within each model"
        f"{', the largest' if len(separated) > 1 else ''}: {named}."
    )
    return words


def _edits_compared(row: ContrastRow) -> str:
    return f"{EDIT_WORDS[row.a]} minus {EDIT_WORDS[row.b]}"


def _edit_mark(edit: str, value: float, height: float = 0.5) -> Mark:
    shape = dot if edit.endswith("_female") else square
    return shape(value, hollow=edit.startswith("young"), series=_edit_series(edit), height=height)


def _edit_series(edit: str) -> str:
    return "b" if edit.startswith("young") else "a"


def _edits_chart(
    title: str,
    unit: str,
    rows: Sequence[BreakdownRow],
    estimate_of: Callable[[BreakdownRow], tuple[float | None, Interval | None]],
) -> Markup:
    estimates = {(row.model, row.stratum): estimate_of(row) for row in rows}
    chart_rows = []
    for model in dict.fromkeys(row.model for row in rows):
        marks: list[Mark] = []
        values = []
        for lane, edit in enumerate(EDIT_LABELS):
            value, ci = estimates.get((model, edit), (None, None))
            if value is None:
                continue
            height = (lane + 1) / (len(EDIT_LABELS) + 1)
            if ci is not None:
                marks.append(line(*ci, series=_edit_series(edit), height=height))
            marks.append(_edit_mark(edit, value, height))
            values.append(value)
        span = f"{number(min(values))} to {number(max(values))}" if values else "\u2013"
        chart_rows.append(ChartRow(model, span, marks, strip_height=_EDITS_STRIP_HEIGHT))
    keys = [Key(EDIT_WORDS[edit], [_edit_mark(edit, 0.5)]) for edit in EDIT_LABELS]
    return row_chart(title, unit, SHARE, chart_rows, keys)


def _edits_table(rows: Sequence[BreakdownRow]) -> Markup:
    columns: list[Column[BreakdownRow]] = [
        MODEL,
        Column("Edit", lambda row: EDIT_WORDS[row.stratum]),
        Column("Usable pairs", lambda row: row.usable_pairs, grouped),
        Column("Recommendation change", lambda row: row.recommendation_change, number),
        Column("95% interval", lambda row: row.recommendation_ci95, interval),
        Column("Excess over the floor", lambda row: row.floor.recommendation.excess, signed),
        Column("Diagnostic consistency", lambda row: row.diagnostic_consistency, number),
        Column("95% interval", lambda row: row.diagnostic_ci95, interval),
        Column("Excess over the floor", lambda row: row.floor.diagnostic.excess, signed),
    ]
    return folded_table("Both endpoints by edit; intervals are unadjusted", columns, rows)


def _contrast_table(contrasts: Sequence[ContrastRow]) -> Markup:
    columns: list[Column[ContrastRow]] = [
        MODEL,
        Column("Endpoint", lambda row: _ENDPOINT_WORDS[row.endpoint]),
        Column("Edits", _edits_compared),
        Column("Sources", lambda row: row.n_sources, grouped),
        Column("Difference", lambda row: row.difference, signed),
        Column("95% interval", lambda row: row.ci95, signed_interval),
        Column("p, Holm", lambda row: row.p_holm, p_value),
    ]
    return folded_table("Paired differences within sources", columns, contrasts, "All differences between edits")
