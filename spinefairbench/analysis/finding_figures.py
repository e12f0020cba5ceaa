"""The published strata by finding, compared with those of a bundle."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.finding_strata import ANY_FINDING, NO_FINDING_LABEL, SCOPES, FindingRow, FindingStrata
from spinefairbench.analysis.strata import Strata, Stratum
from spinefairbench.bundle.published import Figures
from spinefairbench.problems import TOLERANCE, Problem, absent_models, unpublished_model
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.independent import independent_percentile_intervals

__all__ = ["figure_problems"]

_COUNTS: Final = (
    "expected_pairs", "usable_pairs", "expected_sources", "usable_sources", "zero_usable_sources", "api_error_pairs",
    "full_refusal_pairs", "partial_refusal_pairs_included",
)  # fmt: skip
_BOUNDS_TOLERANCE: Final = 0.005
"""How far a bound may lie from the published one, since the seed of each published stratum is not known."""


def figure_problems(
    figures: Figures, found: FindingStrata, bootstrap: Bootstrap, *, whole_panel: bool = True
) -> list[Problem]:
    """Points and counts must be the published ones to 1e-12, intervals to 0.005 where the settings are the published ones."""
    with_intervals = bootstrap.is_frozen
    problems = []
    models = list(dict.fromkeys(group.model for group in found.groups))
    published = figures["contrasts"][SCOPES[0]]
    problems += [unpublished_model(model) for model in models if model not in published]
    if whole_panel:
        problems += absent_models(published, models)
    for row in found.rows:
        problems += _row_problems(figures, row, with_intervals)
    return problems + _contrast_problems(figures, found.groups, bootstrap)


def _row_problems(figures: Figures, row: FindingRow, with_intervals: bool) -> list[Problem]:
    of_stratum = figures["estimates"][row.found.of][row.found.stratum]
    if row.found.model not in of_stratum:
        return []
    own = of_stratum[row.found.model]
    place = f"{row.found.model}, {row.found.of}, {row.found.stratum}"
    problems: list[Problem] = own.expect_each(_COUNTS, row, place=place)
    for endpoint, estimate in row.found.estimates.each():
        wanted = own[endpoint.short_name]
        problems += wanted.expect("point_estimate", estimate.value, TOLERANCE, name=endpoint.name, place=place)
        if with_intervals:
            name = f"{endpoint.short_name}_ci95"
            problems += wanted.expect("ci95", estimate.ci95, _BOUNDS_TOLERANCE, name=name, place=place)
    return problems


def _contrast_problems(figures: Figures, groups: Sequence[Strata], bootstrap: Bootstrap) -> list[Problem]:
    """Differences of the points, and their percentile intervals with independent draws in each stratum, as published."""
    compared: list[tuple[Strata, Stratum, Stratum]] = []
    for group in groups:
        strata = {stratum.name: stratum for stratum in group.strata if stratum.usable}
        if group.model in figures["contrasts"][group.grouping.of] and len(strata) == 2:
            compared.append((group, strata[ANY_FINDING], strata[NO_FINDING_LABEL]))
    totals = [
        (one, other)
        for _, first, second in compared
        for one, other in zip(first.pairs.totals, second.pairs.totals, strict=True)
        if one is not None and other is not None
    ]
    intervals = iter(independent_percentile_intervals(totals, bootstrap) if bootstrap.is_frozen else ())
    problems = []
    for group, first, second in compared:
        own = figures["contrasts"][group.grouping.of][group.model]
        place = f"{group.model}, {group.grouping.of}, {ANY_FINDING} less {NO_FINDING_LABEL}"
        for (endpoint, one), other in zip(first.pairs.means.each(), second.pairs.means, strict=True):
            assert one is not None and other is not None
            wanted = own[endpoint.short_name]
            problems += wanted.expect("point_estimate", one - other, TOLERANCE, name=endpoint.name, place=place)
            if bootstrap.is_frozen:
                name = f"{endpoint.short_name}_ci95 by the published method"
                problems += wanted.expect("ci95", next(intervals), _BOUNDS_TOLERANCE, name=name, place=place)
    return problems
