"""One order of models on the whole page: that of its first figure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from spinefairbench.analysis.full_audit import FullAudit

__all__ = ["in_order", "sorted_rows"]

_Row = TypeVar("_Row")


def sorted_rows(rows: Iterable[_Row], order: Mapping[str, int]) -> list[_Row]:
    """Rows that name a model, in this order of models; those of one model, and of models without a place, stay as they come."""
    return sorted(rows, key=lambda row: order.get(_model_of(row), len(order)))


def _model_of(row: Any) -> str:
    name: str = row.model
    return name


def in_order(found: FullAudit, order: Mapping[str, int]) -> FullAudit:
    """The same results with the rows of every table in this order of models."""
    # The endpoints and the floors of sources name no model: they go with the models.
    aligned = _places_of_models(found, order)
    comparison = found.comparison
    if comparison is not None:
        comparison = comparison._replace(rows=sorted_rows(comparison.rows, order))
    return replace(
        found,
        models=[found.models[at] for at in aligned],
        endpoints=[found.endpoints[at] for at in aligned] if found.endpoints else [],
        by_source=[found.by_source[at] for at in aligned],
        floors=sorted_rows(found.floors, order),
        symmetric=sorted_rows(found.symmetric, order),
        controls=sorted_rows(found.controls, order),
        transitions=found.transitions._replace(
            rows=sorted_rows(found.transitions.rows, order),
            switches=sorted_rows(found.transitions.switches, order),
            flows=sorted_rows(found.transitions.flows, order),
        ),
        breakdown=found.breakdown._replace(
            rows=sorted_rows(found.breakdown.rows, order),
            contrasts=sorted_rows(found.breakdown.contrasts, order),
        ),
        refusals=found.refusals._replace(
            rows=sorted_rows(found.refusals.rows, order),
            contrasts=sorted_rows(found.refusals.contrasts, order),
            bounded_contrasts=sorted_rows(found.refusals.bounded_contrasts, order),
        ),
        variants=sorted_rows(found.variants, order),
        comparison=comparison,
        disparity=found.disparity._replace(
            rows=sorted_rows(found.disparity.rows, order), readings=sorted_rows(found.disparity.readings, order)
        ),
    )


def _places_of_models(found: FullAudit, order: Mapping[str, int]) -> list[int]:
    """The places of the models of `found`, in this order of models."""
    return sorted(range(len(found.models)), key=lambda at: order.get(found.models[at].model, len(order)))
