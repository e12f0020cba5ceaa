"""Every published figure by finding is compared, at the precision at which it can be held, and named where it differs."""

from copy import deepcopy
from typing import Any

import pytest

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.finding_figures import figure_problems
from spinefairbench.analysis.finding_strata import FindingStrata, finding_request
from spinefairbench.bundle.published import Figures, Ledger
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.independent import independent_percentile_intervals
from tests.analysis.pairs import model
from tests.analysis.test_finding_strata import EXPECTED, LABELS, PAIRS

FOUND = answer(finding_request([model("m", PAIRS)], LABELS, EXPECTED))


def _as_published(found: FindingStrata) -> dict[str, Any]:
    """Figures that the worked pairs give, in the form of the published ones."""
    figures: dict[str, Any] = {"estimates": {}, "contrasts": {}}
    for row in found.rows:
        counts = {
            key: getattr(row, key)
            for key in (
                "expected_pairs", "usable_pairs", "expected_sources", "usable_sources", "zero_usable_sources",
                "api_error_pairs", "full_refusal_pairs", "partial_refusal_pairs_included",
            )
        }  # fmt: skip
        values = {
            endpoint.short_name: {
                "point_estimate": each.value,
                "ci95": each.ci95 and list(each.ci95),
            }
            for endpoint, each in row.found.estimates.each()
        }
        of_stratum = figures["estimates"].setdefault(row.found.of, {}).setdefault(row.found.stratum, {})
        of_stratum[row.found.model] = {**counts, **values}
    for group in found.groups:
        first, second = (stratum.pairs.totals for stratum in group.strata)
        own = figures["contrasts"].setdefault(group.grouping.of, {}).setdefault(group.model, {})
        for endpoint, one, other in zip(ENDPOINTS, first, second, strict=True):
            assert one is not None and other is not None
            [interval] = independent_percentile_intervals([(one, other)], FROZEN)
            own[endpoint.short_name] = {"point_estimate": one.estimate - other.estimate, "ci95": list(interval)}
    return figures


PUBLISHED = _as_published(FOUND)
CHANGES = [
    (("estimates", "pooled", "any_finding", "m", "expected_pairs"), 1, "m, pooled, any_finding: expected_pairs is 4"),
    (("estimates", "pooled", "no_finding_label", "m", "api_error_pairs"), 1, "api_error_pairs is 1"),
    (("estimates", "within_vindr", "no_finding_label", "m", "zero_usable_sources"), 1, "zero_usable_sources is 1"),
    (
        ("estimates", "pooled", "any_finding", "m", "recommendation", "point_estimate"), 1e-11,
        "m, pooled, any_finding: recommendation_change is",
    ),
    (("estimates", "pooled", "no_finding_label", "m", "diagnostic", "ci95", 1), 0.0051, "diagnostic_ci95 is"),
    (
        ("contrasts", "within_vindr", "m", "diagnostic", "point_estimate"), 1e-11,
        "m, within_vindr, any_finding less no_finding_label: diagnostic_consistency is",
    ),
    (("contrasts", "pooled", "m", "recommendation", "ci95", 0), 0.0051, "recommendation_ci95 by the published method is"),
]  # fmt: skip


def _changed(path: tuple[str | int, ...], by: float) -> dict[str, Any]:
    figures: Any = deepcopy(PUBLISHED)
    holder = figures
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] += by
    return dict(figures)


def test_figures_that_come_out_are_all_noted_as_held() -> None:
    ledger = Ledger()
    assert figure_problems(Figures(PUBLISHED, ledger), FOUND, FROZEN) == []
    # Of four strata eight counts, two points and the intervals of those with two sources; of two contrasts as many.
    assert len(ledger.compared) == 4 * 10 + 2 * 2 * 2 + 2 * 2 * 3


@pytest.mark.parametrize(("path", "by", "said"), CHANGES, ids=lambda value: str(value)[:40])
def test_a_figure_that_does_not_come_out_is_named_with_both_numbers(
    path: tuple[str | int, ...], by: float, said: str
) -> None:
    [problem] = figure_problems(Figures(_changed(path, by)), FOUND, FROZEN)
    assert said in str(problem)
    assert "; the published value is" in str(problem)


def test_an_interval_may_differ_by_half_a_percentage_point() -> None:
    path = ("estimates", "pooled", "no_finding_label", "m", "diagnostic", "ci95", 1)
    assert figure_problems(Figures(_changed(path, -0.0049)), FOUND, FROZEN) == []


def test_with_other_settings_no_interval_is_compared() -> None:
    path = ("contrasts", "pooled", "m", "recommendation", "ci95", 0)
    other = Bootstrap(30)
    found = answer(finding_request([model("m", PAIRS)], LABELS, EXPECTED, other), other)
    assert figure_problems(Figures(_changed(path, 1)), found, other) == []


def test_models_on_one_side_only_are_named() -> None:
    found = answer(finding_request([model("new", PAIRS)], LABELS, EXPECTED, Bootstrap(20)), Bootstrap(20))
    assert list(map(str, figure_problems(Figures(PUBLISHED), found, Bootstrap(20)))) == [
        "new: not a model of the release",
        "m: a model of the release; not in this bundle",
    ]
    assert len(figure_problems(Figures(PUBLISHED), found, Bootstrap(20), whole_panel=False)) == 1
