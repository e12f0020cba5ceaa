"""What a change can be compared with: the variation between reports on the same image, and the other edits."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.breakdown import BreakdownRow
from spinefairbench.analysis.contrasts import ContrastRow
from spinefairbench.analysis.edit_evidence import evidence_notes
from spinefairbench.analysis.estimates import NO_ESTIMATE
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.metrics.endpoint import (
    DIAGNOSTIC_CONSISTENCY,
    ENDPOINTS,
    ByEndpoint,
    Endpoint,
)
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.axes import CHANGE
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, row_chart
from spinefairbench.render.page.contents import FloorRow, PageContents
from spinefairbench.render.page.excess_words import excess_words
from spinefairbench.render.page.finding_figure import finding_figure
from spinefairbench.render.page.finding_rows import finding_rows
from spinefairbench.render.page.first_screen import shown_floors
from spinefairbench.render.page.marks import Mark, dot, interval_marks, square
from spinefairbench.render.page.parts import (
    MODEL,
    SIGNIFICANT,
    Section,
    estimate_cell,
    folded_table,
    notes,
    section,
    sentences,
    side_by_side,
    signed_estimate_cell,
)
from spinefairbench.render.page.words import (
    EDIT_WORDS,
    ENDPOINT_TITLES,
    clipped,
    grouped,
    listed,
    number,
    p_value,
    signed,
)

__all__ = ["breakdown_section", "noise_section"]

_FLOOR_TITLES: Final = ByEndpoint("Recommendation", "Diagnostic labels")
_EDITS_STRIP_HEIGHT: Final = 60
_MOST_NAMED: Final = 2


# --- noise floor -----------------------------------------------------------------------------------------------


def noise_section(contents: PageContents) -> Section:
    """Change against the noise floor: that of the diagnostic labels as a figure, that of advice being the first one."""
    rows = contents.floors
    with_floor = [row for row in rows if row.floor.n_sources]
    own = [row for row in with_floor if not row.published]
    labels = finding_rows(shown_floors(contents), DIAGNOSTIC_CONSISTENCY)
    return section(
        "noise-floor",
        "Change and the noise floor",
        *([sentences(_floor_words(own))] if len(own) != 1 else ()),
        finding_figure(labels, DIAGNOSTIC_CONSISTENCY, "diagnostic-labels") if labels else None,
        _floor_table(rows) if with_floor else None,
        notes(
            [
                *(_excess_words(own, endpoint) for endpoint in ENDPOINTS if own),
                *_silent_words(own),
                *contents.floor_notes,
            ]
        ),
        method=evidence_notes(),
    )


def _excess_words(rows: Sequence[FloorRow], endpoint: Endpoint) -> str:
    return excess_words(endpoint, [(row.model, row.floor.endpoints.at(endpoint).excess) for row in rows])


def _floor_words(rows: Sequence[FloorRow]) -> str:
    if not rows:
        return "No source has both a usable pair and two usable reports on its unedited image, so there is no floor."
    sides = [row.floor.endpoints.at(DIAGNOSTIC_CONSISTENCY).excess.side for row in rows]
    return f"With the edit, diagnostic labels lie farther apart for {sides.count(1)} of {counted(len(rows), 'model')}."


def _silent_words(rows: Sequence[FloorRow]) -> list[str]:
    """The models that never changed a recommendation on one image."""
    words = []
    silent = [row for row in rows if row.floor.endpoints.recommendation.F == 0]
    changed = [clipped(row.model) for row in silent if row.floor.endpoints.recommendation.T]
    if changed:
        words.append(
            f"The reports of {listed(changed)} never changed a recommendation on the same image, so all of their change is "
            "excess."
        )
    unchanged = [clipped(row.model) for row in silent if row.floor.endpoints.recommendation.T == 0]
    if unchanged:
        words.append(
            f"The reports of {listed(unchanged)} changed no recommendation, on the same image or between original and edit."
        )
    return words


def _floor_table(rows: Sequence[FloorRow]) -> Markup:
    columns: list[Column[FloorRow]] = [
        Column("Model", lambda row: clipped(row.model) + (" (published)" if row.published else "")),
        Column("Sources", lambda row: row.floor.n_sources, grouped),
    ]
    for endpoint in ENDPOINTS:
        columns += _floor_columns(endpoint)
    sources = sum(row.floor.n_sources for row in rows if not row.published)
    return folded_table(
        f"Noise floor and excess; each source has the same weight ({counted(sources, 'source')} in all)", columns, rows
    )


def _floor_columns(endpoint: Endpoint) -> list[Column[FloorRow]]:
    title = _FLOOR_TITLES.at(endpoint)
    return [
        Column(f"{title}: changed, T", lambda row: row.floor.endpoints.at(endpoint).T, number),
        Column("Anyway, F", lambda row: row.floor.endpoints.at(endpoint).F, number),
        Column("Excess [95% interval]", lambda row: row.floor.endpoints.at(endpoint).excess, signed_estimate_cell),
    ]


# --- by edit ---------------------------------------------------------------------------------------------------


def breakdown_section(contents: PageContents) -> Section | None:
    """Both endpoints by the requested edit: four marks for each model."""
    found = contents.audit.breakdown
    if not found.rows:
        return None
    return section(
        "breakdown",
        "By edit",
        sentences(*_contrast_words(found.contrasts)),
        side_by_side(_edits_chart(endpoint, found.rows) for endpoint in ENDPOINTS),
        _edits_table(found.rows),
        _contrast_table(found.contrasts) if found.contrasts else None,
    )


def _contrast_words(contrasts: Sequence[ContrastRow]) -> list[str]:
    tested = [row for row in contrasts if row.p_holm is not None and row.estimate.value is not None]
    if not tested:
        return ["There are too few sources to compare the edits."]
    words: list[str] = []
    separated = sorted(
        (row for row in tested if (row.p_holm or 0.0) < SIGNIFICANT), key=lambda row: -abs(row.estimate.value or 0.0)
    )
    if not separated:
        words.append(
            f"None of {counted(len(tested), 'difference')} is separated from zero after Holm's adjustment within each model, "
            "which does not show that the edits have equal effects."
        )
        return words
    named = "; ".join(
        f"{clipped(row.model)}, {ENDPOINT_TITLES[row.endpoint].lower()}, {_edits_compared(row)} ({signed(row.estimate.value)})"
        for row in separated[:_MOST_NAMED]
    )
    words.append(
        f"{len(separated)} of {counted(len(tested), 'difference')} {'is' if len(separated) == 1 else 'are'} separated from zero after Holm's adjustment within each model"
        f"{', the largest' if len(separated) > 1 else ''}: {named}."
    )
    return words


def _edits_compared(row: ContrastRow) -> str:
    return f"{EDIT_WORDS[row.a]} minus {EDIT_WORDS[row.b]}"


def _edit_mark(edit: str, value: float, height: float = 0.5) -> Mark:
    shape = dot if edit.endswith("_female") else square
    return shape(value, hollow=edit.startswith("young"), height=height)


def _edits_chart(endpoint: Endpoint, rows: Sequence[BreakdownRow]) -> Markup:
    estimates = {(row.model, row.stratum): row.estimates.at(endpoint) for row in rows}
    chart_rows = []
    for model in dict.fromkeys(row.model for row in rows):
        marks: list[Mark] = []
        values = []
        for lane, edit in enumerate(EDIT_LABELS):
            found = estimates.get((model, edit), NO_ESTIMATE)
            if found.value is None:
                continue
            height = (lane + 1) / (len(EDIT_LABELS) + 1)
            marks += interval_marks(found, height=height)
            marks.append(_edit_mark(edit, found.value, height))
            values.append(found.value)
        span = f"{number(min(values))} to {number(max(values))}" if values else "\u2013"
        chart_rows.append(ChartRow(model, span, marks, strip_height=_EDITS_STRIP_HEIGHT))
    keys = [Key(EDIT_WORDS[edit], [_edit_mark(edit, 0.5)]) for edit in EDIT_LABELS] + adjusted_key(estimates.values())
    unit = f"{endpoint.unit}; more change to the right"
    name = f"{endpoint.short_name}-by-edit"
    return row_chart(name, f"{endpoint.title} by edit", unit, CHANGE.at(endpoint), chart_rows, keys)


def _edits_table(rows: Sequence[BreakdownRow]) -> Markup:
    columns: list[Column[BreakdownRow]] = [
        MODEL,
        Column("Edit", lambda row: EDIT_WORDS[row.stratum]),
        Column("Usable pairs", lambda row: row.usable_pairs, grouped),
    ]
    for endpoint in ENDPOINTS:
        columns += _edit_columns(endpoint)
    return folded_table("Both endpoints by edit; each interval holds at 95% on its own", columns, rows)


def _edit_columns(endpoint: Endpoint) -> list[Column[BreakdownRow]]:
    return [
        Column(f"{endpoint.title} [95% interval]", lambda row: row.estimates.at(endpoint), estimate_cell),
        Column("Excess over the floor", lambda row: row.floor.endpoints.at(endpoint).excess.value, signed),
    ]


def _contrast_table(contrasts: Sequence[ContrastRow]) -> Markup:
    columns: list[Column[ContrastRow]] = [
        MODEL,
        Column("Endpoint", lambda row: ENDPOINT_TITLES[row.endpoint]),
        Column("Edits", _edits_compared),
        Column("Sources", lambda row: row.n_sources, grouped),
        Column("Difference [95% interval]", lambda row: row.estimate, signed_estimate_cell),
        Column("p, Holm", lambda row: row.p_holm, p_value),
    ]
    return folded_table("Paired differences within sources", columns, contrasts, "All differences between edits")
