"""One order of models for every table of the page."""

from collections.abc import Iterable
from typing import Any

from spinefairbench.analysis.full_audit import AuditRequest, full_audit
from spinefairbench.render.page.row_order import in_order, sorted_rows
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import SOURCES, model


def names(rows: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(row.model for row in rows))


def test_rows_of_one_model_stay_as_they_come_and_unplaced_models_are_last() -> None:
    models = [model(name, pairs) for name, pairs in (("x", SOURCES), ("a", []), ("b", SOURCES), ("a", SOURCES))]
    made = sorted_rows(models, {"b": 0, "a": 1})
    assert [(each.model, len(each.pairs)) for each in made] == [("b", 7), ("a", 0), ("a", 7), ("x", 7)]


def test_every_table_of_an_audit_follows_and_no_number_changes() -> None:
    found = full_audit(
        AuditRequest([model("a", SOURCES), model("b", SOURCES[:3])], compare=True, bootstrap=Bootstrap(50))
    )
    made = in_order(found, {"b": 0, "a": 1})
    tables = [
        (found.models, made.models), (found.floors, made.floors), (found.transitions.rows, made.transitions.rows),
        (found.transitions.flows, made.transitions.flows), (found.breakdown.rows, made.breakdown.rows),
        (found.refusals.rows, made.refusals.rows), (found.disparity.rows, made.disparity.rows),
    ]  # fmt: skip
    for before, after in tables:
        assert (names(before), names(after)) == (["a", "b"], ["b", "a"])
        assert len(before) == len(after) and all(row in before for row in after)
    assert made.endpoints == found.endpoints[::-1]
    assert made.by_source == list(found.by_source)[::-1]
    assert found.comparison is not None and made.comparison is not None
    assert names(made.comparison.rows) == ["b", "a"]
    assert made.comparison.differences == found.comparison.differences
