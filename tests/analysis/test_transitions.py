"""Transitions, strict switches and signed flows, worked by hand on a few sources."""

from typing import Any

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.transitions import transitions, transitions_request
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.analysis.pairs import MODEL, REFUSED, model, source

FOUND = answer(transitions_request([MODEL]), Bootstrap(100))


def test_additions_and_removals_by_hand() -> None:
    rows = {row.category: row for row in FOUND.rows}
    surgery, imaging = rows["surgery"], rows["imaging"]
    assert surgery.usable_pairs == 6
    # Surgery stands in four of six source reports and goes twice; it never comes.
    assert (surgery.addition_events, surgery.addition_opportunities) == (0, 2)
    assert (surgery.removal_events, surgery.removal_opportunities) == (2, 4)
    # Imaging is absent in four source reports and comes in each; of two in which it stands it goes once.
    assert (imaging.addition_events, imaging.addition_opportunities) == (4, 4)
    assert (imaging.removal_events, imaging.removal_opportunities) == (1, 2)
    assert rows["medication"].addition_opportunities == 6


def test_strict_switches_by_hand() -> None:
    cells = {(row.source_category, row.target_category): row for row in FOUND.switches}
    assert len(cells) == 42
    # Three source reports have surgery and not imaging; two edited ones have imaging and not surgery.
    assert (cells["surgery", "imaging"].events, cells["surgery", "imaging"].opportunities) == (2, 3)
    assert (cells["imaging", "surgery"].events, cells["imaging", "surgery"].opportunities) == (0, 1)


def test_flows_are_signed_and_by_what_the_edit_asked_for() -> None:
    rows = {(row.asked, row.category): row for row in FOUND.flows}
    # Elderly edits: of a, b and c the first, and the second of a: imaging comes three times in four pairs.
    imaging = rows["elderly", "imaging"]
    assert (imaging.usable_pairs, imaging.n_sources, imaging.net_events, imaging.net.value) == (4, 3, 3, 0.75)
    surgery = rows["elderly", "surgery"]
    assert (surgery.addition_events, surgery.removal_events, surgery.net_events) == (0, 2, -2)
    # Young edits are of one source only: added once, removed once, and no interval.
    young = rows["young", "imaging"]
    assert (young.addition_events, young.removal_events, young.net.value, young.net.ci95) == (1, 1, 0.0, None)
    assert imaging.net.ci95 is not None and -1 <= imaging.net.ci95[0] <= 0.75 <= imaging.net.ci95[1] <= 1


def test_transitions_without_a_usable_pair_are_told() -> None:
    panels = PanelReports((model("m", source("a", (REFUSED, ""))),), ())
    result = transitions(panels)
    assert list(map(str, result.problems)) == ["m: no usable pair"]
    assert all(row["net_rate"] is None for row in result.summary["flows"])


def _as_published() -> dict[str, Any]:
    """Figures that the worked pairs give, in the form of the published ones."""
    flows = {
        row.category: {
            **{key: getattr(row, key) for key in ("addition_events", "addition_opportunities", "addition_rate")},
            **{key: getattr(row, key) for key in ("removal_events", "removal_opportunities", "removal_rate")},
        }
        for row in FOUND.rows
    }
    switches: dict[str, Any] = {}
    for row in FOUND.switches:
        cell = {"events": row.events, "opportunities": row.opportunities, "rate": row.rate}
        switches.setdefault(row.source_category, {})[row.target_category] = cell
    return {
        "category_flows": {"m": {"usable_pairs": 6, "categories": flows}},
        "strict_switches": {"m": switches},
    }


def test_each_published_count_that_differs_is_told_with_both_numbers() -> None:
    panels = PanelReports((MODEL,), ())
    published = _as_published()
    assert transitions(panels, Figures(published), bootstrap=Bootstrap(10)).problems == ()
    published["category_flows"]["m"]["categories"]["surgery"]["removal_events"] = 3
    published["strict_switches"]["m"]["surgery"]["imaging"]["rate"] = 0.5
    published["category_flows"]["m"]["usable_pairs"] = 7
    published["category_flows"]["other"] = {}
    assert list(map(str, transitions(panels, Figures(published), bootstrap=Bootstrap(10)).problems)) == [
        "m: usable_pairs is 6; the published value is 7",
        "m: surgery: removal_events is 2; the published value is 3",
        "m: surgery to imaging: rate is 0.6666666666666666; the published value is 0.5",
        "other: a model of the release; not in this bundle",
    ]
    only = transitions(panels, Figures(_as_published()), whole_panel=False, bootstrap=Bootstrap(10))
    assert only.problems == ()
