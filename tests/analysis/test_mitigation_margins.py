"""What the intervals say of the binding rule, beside what its point estimates decide."""

import pytest

from spinefairbench.analysis.mitigation_margins import margin_notes, rule_margins
from spinefairbench.analysis.mitigation_rates import recompute_models
from spinefairbench.bundle.mitigation_reports import Sides
from spinefairbench.metrics.condition_report import ConditionReport, ReportState
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.statistics.bootstrap import Bootstrap

NAMES = ("condition_a", "condition_b", "condition_bprime", "condition_d")


def sides(changed: int, disagreeing: int, sources: int = 150) -> Sides:
    """One pair a source; the first ones change, and the first ones disagree in their labels."""

    def report(recommendations: int, labels: int) -> ConditionReport:
        return ConditionReport(ReportState.USABLE, ResponseClass.GENUINE, recommendations, labels)

    return {
        f"s{at:03}__young_male": (report(1, 1), report(1 + (at < changed), 1 + (at < disagreeing)))
        for at in range(sources)
    }


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the conditions' own intervals, which nothing here looks at."""
    monkeypatch.setattr("spinefairbench.analysis.mitigation_intervals.FROZEN", Bootstrap(10))


@pytest.mark.parametrize(
    ("b", "says", "verdict"),
    [
        ((12, 0), ["met", "met"], "passes"), ((74, 0), ["open", "met"], "passes"), ((149, 0), ["not met", "met"], "fails"),
        ((12, 99), ["met", "not met"], "fails"), ((12, 9), ["met", "open"], "fails"),
    ],
)  # fmt: skip
def test_each_requirement_is_met_not_met_or_open(b: tuple[int, int], says: list[str], verdict: str) -> None:
    base = sides(75, 0)
    models = recompute_models({"m": dict(zip(NAMES, (base, sides(*b), base, base), strict=True))}, {}, Bootstrap())
    margins = rule_margins(models, Bootstrap(500))
    assert [margin.interval_says for margin in margins] == says
    assert [margin.requirement for margin in margins] == ["below 0", "at least -0.05"]
    assert margins[0].to_json()["difference"] == pytest.approx((b[0] - 75) / 150)
    [note] = margin_notes(margins, models)
    assert note.startswith(f"m: condition B {verdict} the binding rule") and "no margin of error" in note


def test_one_source_leaves_everything_open_and_a_model_without_the_rule_has_no_margin() -> None:
    one = dict.fromkeys(NAMES, sides(0, 0, 1))
    models = recompute_models({"m": one, "n": {"condition_a": sides(0, 0)}}, {}, Bootstrap())
    margins = rule_margins(models, Bootstrap(500))
    assert [(margin.model, margin.interval_says) for margin in margins] == [("m", "open")] * 2
    assert len(margin_notes(margins, models)) == 1
