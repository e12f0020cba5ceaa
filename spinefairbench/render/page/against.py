"""How a submission differs from each model of the bundle's panel, and its ranks among them."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.compare import AgainstOthers, DifferenceRow, LostRow
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint, Endpoint
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup
from spinefairbench.render.page.axes import Scale, symmetric_scale
from spinefairbench.render.page.charts import ChartRow, Key, adjusted_key, row_chart
from spinefairbench.render.page.comparison import (
    HEADING,
    NOT_ALIKE,
    cost_words,
    difference_table,
    is_separated,
    of_endpoint,
)
from spinefairbench.render.page.contents import PageContents
from spinefairbench.render.page.drawing import MUTED, VALUE
from spinefairbench.render.page.finding_words import alarms_of
from spinefairbench.render.page.marks import Mark, dot, interval_ends, interval_marks
from spinefairbench.render.page.parts import MODEL, Section, folded_table, notes, section, sentences
from spinefairbench.render.page.words import clipped, grouped, listed, signed_with_interval

__all__ = ["against_section"]

_MORE_AND_LESS: Final = ByEndpoint(
    ("changes more than", "changes less than"), ("is more consistent than", "is less consistent than")
)
_LEAST_REACH: Final = 0.1
_STEPS: Final = 4
_DIFFERENCE: Final = "difference; more change to the right"


def against_section(contents: PageContents) -> Section | None:
    """The submission's rank among the models of the panel, and its difference from each of them."""
    told, found, alarms = contents.against, contents.audit.against, alarms_of(contents)
    if told is None:
        return None
    if told.missing is not None or found is None:
        return section(*HEADING, sentences(f"Not compared with the models of the bundle's panel: {told.missing}."))
    return section(
        *HEADING,
        sentences(_lost_words(found)),
        *(sentences(_rank_words(found, endpoint)) for endpoint in ENDPOINTS if not alarms),
        *(_difference_chart(of_endpoint(found.differences, endpoint), endpoint) for endpoint in ENDPOINTS),
        difference_table(
            found.differences,
            "The submission minus each model, on the common pairs; each interval holds at 95% on its own",
        ),
        _lost_table(found.pairs.lost),
        notes(told.notes),
        method=["Holm's adjustment is over the models of the panel, for each endpoint", NOT_ALIKE],
    )


def _lost_words(found: AgainstOthers) -> str:
    own, *others = found.pairs.lost
    words = (
        f"Compared with {counted(len(others), 'model')} of the bundle's panel on the {found.pairs.common:,} of "
        f"{counted(found.pairs.pairs_in_any, 'pair')} that all have usable."
    )
    reasons = []
    if own.not_reported:
        reasons.append(f"{own.not_reported:,} are not in the submission")
    if own.full_refusal:
        reasons.append(f"{own.full_refusal:,} are full refusals of the submission")
    most = max(others, key=lambda row: row.due_to_this_model_alone)
    if most.due_to_this_model_alone:
        reasons.append(cost_words(most))
    return f"{words} Of the rest, {listed(reasons)}." if reasons else words


def _rank_words(found: AgainstOthers, endpoint: Endpoint) -> str:
    rank = found.ranks[endpoint.name]
    words = (
        f"{endpoint.title}: rank {rank.rank} of {len(found.pairs.lost)} (1 is {endpoint.first_rank}; 95% interval "
        f"{rank.best_rank} to {rank.worst_rank})."
    )
    separated = [row for row in of_endpoint(found.differences, endpoint) if is_separated(row)]
    above = [clipped(row.b) for row in separated if row.difference > 0]
    below = [clipped(row.b) for row in separated if row.difference <= 0]
    verbs = _MORE_AND_LESS.at(endpoint)
    said = [f"{verb} {listed(names)}" for verb, names in zip(verbs, (above, below), strict=True) if names]
    return f"{words} The submission {' and '.join(said)}." if said else f"{words} It is not separated from any model."


def _difference_chart(rows: Sequence[DifferenceRow], endpoint: Endpoint) -> Markup:
    scale = _symmetric_scale(rows, endpoint)
    chart_rows = [
        ChartRow(
            row.b,
            signed_with_interval(row.estimate),
            _difference_marks(row),
        )
        for row in rows
    ]
    keys = [
        Key("separated from zero", [dot(0.5)]),
        Key("not separated (p 0.05 or more after Holm's adjustment)", [dot(0.5, hollow=True, colour=MUTED)]),
        *adjusted_key(row.estimate for row in rows),
    ]
    name = f"{endpoint.short_name}-differences"
    return row_chart(name, f"{endpoint.title}: the submission minus the model", _DIFFERENCE, scale, chart_rows, keys)


def _difference_marks(row: DifferenceRow) -> list[Mark]:
    """What is not separated is hollow and grey."""
    separated = is_separated(row)
    colour = VALUE if separated else MUTED
    return [*interval_marks(row.estimate, colour=colour), dot(row.difference, hollow=not separated, colour=colour)]


def _symmetric_scale(rows: Sequence[DifferenceRow], endpoint: Endpoint) -> Scale:
    """Zero in the middle, wide enough for all intervals, with more change to the right."""
    reach = [*(row.difference for row in rows), *interval_ends(row.estimate for row in rows)]
    scale = symmetric_scale(reach, least=_LEAST_REACH, steps=_STEPS)
    return scale.mirrored if endpoint.higher_is_better else scale


def _lost_table(lost: Sequence[LostRow]) -> Markup:
    columns: list[Column[LostRow]] = [
        MODEL,
        Column("Not reported", lambda row: row.not_reported, grouped),
        Column("Full refusals", lambda row: row.full_refusal, grouped),
        Column("Lost because of this model alone", lambda row: row.due_to_this_model_alone, grouped),
    ]
    return folded_table("Pairs that are not compared, by model and reason", columns, lost, "Pairs lost, and why")
