"""What the first figure shows: told from noise first, each group by the lower bound."""

from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate
from spinefairbench.analysis.noise_floor import EndpointFloor, NoiseFloorRow
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.render.page.contents import FloorRow
from spinefairbench.render.page.finding_rows import Told, by_what_is_told, figure_order, finding_rows


def floor(model: str, excess: Estimate, repeated: float = 0.25, *, published: bool = False) -> FloorRow:
    """A model whose two endpoints have the same floor."""
    changed = None if excess.value is None else repeated + excess.value
    of_each = EndpointFloor(changed, None if changed is None else repeated, excess, None)
    row = NoiseFloorRow(model, 0 if changed is None else 20, 0, 0, ByEndpoint(of_each, of_each))
    return FloorRow(row, published)


FLOORS = [
    floor("even", Estimate(0.0, (-0.1, 0.1))),
    floor("below", Estimate(-0.2, (-0.3, -0.1))),
    floor("unknown", NO_ESTIMATE),
    floor("above", Estimate(0.1, (0.05, 0.15))),
    floor("doubtful", Estimate(0.3, (0.1, 0.5), (-0.05, 0.6), "few sources")),
    floor("far above", Estimate(0.25, (0.2, 0.3)), 0.0),
    floor("lone", Estimate(0.3, None, None, "one source")),
]


def test_rows_are_grouped_by_what_is_told_and_sorted_by_the_lower_bound() -> None:
    rows = by_what_is_told(finding_rows(FLOORS))
    assert [(row.model, row.told) for row in rows] == [
        ("far above", Told.MORE),
        ("above", Told.MORE),
        ("doubtful", Told.NOTHING),  # by the adjusted interval, from -0.05; that of "even" is from -0.1
        ("even", Told.NOTHING),
        ("below", Told.LESS),
        ("lone", Told.NO_INTERVAL),
    ]


def test_only_a_model_whose_repeated_reports_never_differ_does_not_vary() -> None:
    assert [row.model for row in finding_rows(FLOORS) if not row.varies] == ["far above"]


def test_a_submission_stands_out_only_beside_others() -> None:
    assert not any(row.strong for row in finding_rows(FLOORS))
    mixed = [*FLOORS[:1], floor("published", Estimate(0.2, (0.1, 0.3)), published=True)]
    assert [(row.model, row.strong) for row in by_what_is_told(finding_rows(mixed))] == [
        ("published", False),
        ("even", True),
    ]


def test_the_order_ends_with_models_that_the_figure_lacks() -> None:
    order = figure_order(FLOORS, ["unknown", "even", "absent"])
    assert list(order) == ["far above", "above", "doubtful", "even", "below", "lone", "unknown", "absent"]
    assert list(order.values()) == list(range(8))
