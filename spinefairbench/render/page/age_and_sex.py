"""Whether reports differ by the age and sex of the edit: edited images of one source against one another."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.disparity import ALPHA, Disparities, DisparityRow, lost_findings
from spinefairbench.problems import counted
from spinefairbench.render.html import Column
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.disparity_figure import disparity_figures
from spinefairbench.render.page.parts import MODEL, Section, folded_table, notes, section, sentences
from spinefairbench.render.page.words import clipped, grouped, interval, p_value, signed, spaced

__all__ = ["disparity_section"]

_CONTRASTS: Final = {
    "age": "elderly \u2212 young",
    "sex": "female \u2212 male",
    "age_x_sex": "elderly \u2212 young in female less that in male",
}
_LANGUAGE: Final = {"severity_language": "severity level (0 to 4)", "confidence": "hedging terms"}
_MOST_ROWS: Final = 20
_MOST_NAMED: Final = 3


def disparity_section(contents: PageContents) -> Section | None:
    """The contrasts with the smallest adjusted p values."""
    found = contents.audit.disparity
    tested = [row for row in found.rows if row.p_adjusted is not None]
    if not tested:
        return None
    rows = sorted(tested, key=lambda row: (row.p_adjusted or 0.0, row.p_value or 0.0))[:_MOST_ROWS]
    left_out = len(found.rows) - len(rows)
    return section(
        "age-and-sex",
        "Differences by age and sex",
        sentences(_named_words(found.rows, len({row.model for row in tested}))),
        disparity_figures(found.rows),
        folded_table("Contrasts with the smallest adjusted p values", _columns(found), rows),
        notes(
            [
                f"{counted(left_out, 'more contrast')} with no smaller adjusted p value: disparity --format json has them"
                if left_out
                else None,
                _words(found),
            ]
        ),
        method=[
            "Reports on the edited images of one source are compared with one another; both were made by the generator, so its traces are on both sides",
            "Simultaneous intervals and adjusted p values hold for all contrasts of one model together; an interval that reaches the end of its axis goes on",
            "A difference that is not found is not shown to be absent",
        ],
    )


def _words(found: Disparities) -> str:
    findings = sum(row.found for row in found.rows)
    if not findings:
        return f"No contrast has an adjusted p value of at most {ALPHA}."
    words = f"Of {counted(len(found.rows), 'contrast')}, {_verb(findings, 'has', 'have')} an adjusted p value of at most {ALPHA}"
    if not found.readings:
        return f"{words}."
    return f"{words}; {_verb(len(lost_findings(found)), 'is', 'are')} not found when plurals and negation are read."


def _named_words(rows: Sequence[DisparityRow], models: int) -> str:
    """The contrasts whose simultaneous interval excludes zero, by name, the largest first."""
    given = [row for row in rows if row.simultaneous_ci95 is not None]
    apart = sorted((row for row in given if row.excludes_zero), key=lambda row: -abs(row.estimate or 0.0))
    if not apart:
        return (
            f"Between edits of one source, none of {counted(len(given), 'simultaneous interval')} excludes zero, which does not "
            "show that reports are alike."
        )
    named = [_named(row, with_model=models > 1) for row in apart[:_MOST_NAMED]]
    if len(apart) > len(named):
        named.append(f"and {len(apart) - len(named):,} more")
    across = " (within each model, not across models)" if models > 1 else ""
    return (
        f"Between edits of one source, {len(apart):,} of {counted(len(given), 'simultaneous interval')} "
        f"{'excludes' if len(apart) == 1 else 'exclude'} zero{across}: {'; '.join(named)}."
    )


def _verb(number: int, one: str, many: str) -> str:
    return f"{grouped(number)} {one if number == 1 else many}"


def _named(row: DisparityRow, *, with_model: bool) -> str:
    model = f"{clipped(row.model)}, " if with_model else ""
    if row.kind in _LANGUAGE:
        return f"{model}{_LANGUAGE[row.kind]}, {_CONTRASTS[row.contrast]} ({signed(row.estimate, 2)})"
    points = signed(100 * (row.estimate or 0.0), 1)
    return f"{model}{spaced(row.category)}, {_CONTRASTS[row.contrast]} ({points} points)"


def _columns(found: Disparities) -> Sequence[Column[DisparityRow]]:
    lost = {id(row) for row, _ in lost_findings(found)}

    def kept(row: DisparityRow) -> str:
        return "\u2013" if not row.found else "no" if id(row) in lost else "yes"

    columns: list[Column[DisparityRow]] = [
        MODEL,
        Column("Said", lambda row: _LANGUAGE.get(row.kind) or spaced(row.category)),
        Column("Contrast", lambda row: _CONTRASTS[row.contrast]),
        Column("Sources", lambda row: row.n_sources, grouped),
        Column("Difference", lambda row: row.estimate, signed),
        Column("Simultaneous 95% interval", lambda row: row.simultaneous_ci95, interval),
        Column("Adjusted p", lambda row: row.p_adjusted, p_value),
    ]
    return [*columns, Column("Found with plurals and negation too", kept)] if found.readings else columns
