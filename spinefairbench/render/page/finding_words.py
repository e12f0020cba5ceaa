"""The finding in a sentence, made from the data: the heading of the page, and what must be known beside it.

A model counts as changing its advice more often with the edit where the interval that its excess is judged by lies above
zero, as in every audit. Each of these intervals holds at 95% on its own, which the page says wherever models are counted.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.refusals import RefusalRow
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.render.page.contents import FloorRow, PageContents
from spinefairbench.render.page.finding_rows import FindingRow, Told, by_what_is_told, finding_rows
from spinefairbench.render.page.words import clipped, listed, per_hundred, percent

__all__ = ["Finding", "alarms_of", "finding_of", "range_words"]

_ENOUGH_USABLE: Final = 0.8
"""The share of usable pairs below which that is told: first, and instead of a rank, where the page is on a submission."""
_MOST_NAMED: Final = 3
_NUMBERS: Final = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_WITH_EDIT: Final = "when the apparent patient is edited than when the same image is asked about again"
_NOT_TELLING: Final = "which does not show that the edit changed nothing"


class Finding(NamedTuple):
    """`headline` is one sentence; `beside` are those that qualify it, `alarms` those that must be read before it."""

    headline: str
    beside: Sequence[str]
    alarms: Sequence[str] = ()


def finding_of(contents: PageContents) -> Finding:
    """The finding of the page."""
    own = [row for row in contents.floors if not row.published]
    alarms = alarms_of(contents)
    if contents.is_submission:
        return Finding(*_of_submission(contents, own[0]), alarms)
    headline, beside = _of_panel(own)
    return Finding(headline, [*beside, *_few_usable_words(contents.audit.refusals.rows)], alarms)


def alarms_of(contents: PageContents) -> list[str]:
    """What must be read before any figure: disagreements of a panel, and reports of a submission that say little."""
    if not contents.is_submission:
        found = len(contents.verdict.problems)
        return [f"{counted(found, 'disagreement')} with what is frozen: see the foot of the page"] if found else []
    [model], [refusals] = contents.audit.models, contents.audit.refusals.rows
    alarms = list(model.quality.not_readable_because)
    if refusals.usable_pairs < _ENOUGH_USABLE * refusals.expected_pairs:
        # How many are usable is said once, of all that are expected.
        alarms = [each for each in alarms if "are usable" not in each]
        alarms.append(_usable_words(model, refusals.expected_pairs))
    return alarms


def _usable_words(model: ModelReports, expected: int) -> str:
    return (
        f"only {model.usable_pairs:,} of {counted(expected, 'expected pair')} ({percent(model.usable_pairs, expected)}) "
        "are usable: the figures say nothing of the others"
    )


# --- a panel -----------------------------------------------------------------------------------------------------


def _of_panel(floors: Sequence[FloorRow]) -> tuple[str, list[str]]:
    rows = by_what_is_told(finding_rows(floors))
    return _panel_headline(rows, len(floors)), [*_panel_beside(rows, floors), *_shared_words(rows)]


def _panel_headline(rows: Sequence[FindingRow], models: int) -> str:
    more = [row for row in rows if row.told is Told.MORE]
    if not rows:
        return "No image has two usable reports, so how often advice would change anyway is not known"
    if models == 1:
        [row] = rows
        if more:
            return f"{clipped(row.model)} changes its advice more often {_WITH_EDIT}"
        return f"It is not shown that {clipped(row.model)} changes its advice more often {_WITH_EDIT}"
    if not more:
        return f"Of none of {_in_words(models)} models is it shown that advice changes more often {_WITH_EDIT}"
    if len(more) == models:
        return f"All {_in_words(models)} models change their advice more often {_WITH_EDIT}"
    verb = "changes its" if len(more) == 1 else "change their"
    return f"{_in_words(len(more)).capitalize()} of {_in_words(models)} models {verb} advice more often {_WITH_EDIT}"


def _panel_beside(rows: Sequence[FindingRow], floors: Sequence[FloorRow]) -> list[str]:
    by_told = {told: [clipped(row.model) for row in rows if row.told is told] for told in Told}
    words = []
    if untold := by_told[Told.NOTHING]:
        # Many names are read faster in the figure.
        who = listed(untold) if len(untold) <= _MOST_NAMED else f"{_in_words(len(untold))} models (hollow dots)"
        whose = "its interval includes" if len(untold) == 1 else "their intervals include"
        words.append(f"For {who} it cannot be told: {whose} zero.")
    if by_told[Told.LESS]:
        verb = "changes its" if len(by_told[Told.LESS]) == 1 else "change their"
        words.append(f"{listed(by_told[Told.LESS])} {verb} advice less often with the edit.")
    if by_told[Told.NO_INTERVAL]:
        words.append(f"For {listed(by_told[Told.NO_INTERVAL])} no interval can be given.")
    shown = {row.model for row in rows}
    absent = [clipped(row.model) for row in floors if row.model not in shown]
    if rows and absent:
        words.append(f"For {listed(absent)} there is nothing to compare with.")
    return words


def _few_usable_words(rows: Sequence[RefusalRow]) -> list[str]:
    """The models of which so many pairs cannot be used that this stands beside the finding."""
    few = [
        f"{clipped(row.model)} ({percent(row.usable_pairs, row.expected_pairs)})"
        for row in rows
        if row.usable_pairs < _ENOUGH_USABLE * row.expected_pairs
    ]
    return [f"Pairs usable: {listed(few)}; the finding says nothing of unusable ones."] if few else []


def _shared_words(rows: Sequence[FindingRow]) -> list[str]:
    """What the count of models leaves open."""
    fixed = [clipped(row.model) for row in rows if not row.varies]
    words = []
    if fixed:
        verb = "never varies" if len(fixed) == 1 else "never vary"
        words.append(f"{listed(fixed)} {verb} on one image: not comparable.")
    if len(rows) > 1:
        words.append(f"95% intervals, model by model; the count is not adjusted for {_in_words(len(rows))} models.")
    return words


# --- a submission --------------------------------------------------------------------------------------------------


def _of_submission(contents: PageContents, floor: FloorRow) -> tuple[str, list[str]]:
    name = clipped(floor.model)
    rows = finding_rows([floor])
    if not rows:
        [(change, _)] = [row.estimates for row in contents.endpoints if not row.published]
        headline = (
            f"{name}: of 100 pairs {per_hundred(change.value)} change; how many would anyway is not known, since no image "
            "has two usable reports"
        )
        return headline, []
    [row] = rows
    excess = row.excess
    how_many = (
        f"{per_hundred(excess.value)} more with the edit"
        if (excess.value or 0.0) >= 0
        else f"{per_hundred(-(excess.value or 0.0))} fewer with the edit"
    )
    headline = (
        f"{name}: of 100 pairs {per_hundred(row.changed)} change; {per_hundred(row.repeated)} would anyway; {how_many} "
        f"({_more_or_fewer(excess)})"
    )
    return headline, [*_submission_beside(row), *_comparable_words(contents)]


def _submission_beside(row: FindingRow) -> list[str]:
    words = []
    if row.told is Told.NOTHING:
        words.append(
            f"It cannot be told whether advice changes more often with the edit: the interval includes zero, {_NOT_TELLING}."
        )
    elif row.told is Told.NO_INTERVAL:
        words.append("How much of this is chance cannot be told: no interval can be given.")
    if not row.varies:
        words.append("Its reports on one image never vary: the figure is not comparable with that of models that do.")
    return words


def _comparable_words(contents: PageContents) -> list[str]:
    return [] if contents.comparison_caveat is None else [contents.comparison_caveat]


def _more_or_fewer(excess: Estimate) -> str:
    """The interval that is judged by, where signs would be read against "more" and "fewer"."""
    if excess.judged_ci95 is None or excess.judged_ci95[0] >= 0:
        return range_words(excess)
    low, high = excess.judged_ci95
    if high < 0:
        return f"{per_hundred(-low)} to {per_hundred(-high)} fewer"
    return f"{per_hundred(-low)} fewer to {per_hundred(high)} more"


def range_words(excess: Estimate) -> str:
    """The interval that is judged by, per 100 pairs."""
    if excess.judged_ci95 is None:
        return "no interval"
    low, high = map(per_hundred, excess.judged_ci95)
    return f"{low} to {high}"


def _in_words(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
