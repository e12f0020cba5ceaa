"""The contents of the page on one scored submission, beside the published models."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spinefairbench.analysis.compare import AgainstOthers
from spinefairbench.analysis.estimates import Estimate, adjustment_notes
from spinefairbench.analysis.full_audit import AuditRequest, full_audit
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import EndpointFloor, NoiseFloorRow
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.bundle.published import published
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import BundleError
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.release.scoring import Score
from spinefairbench.release.submission import Submission
from spinefairbench.render.page.contents import (
    Against,
    EndpointRow,
    FloorRow,
    PageContents,
    PairBrowser,
    Verdict,
)
from spinefairbench.render.page.finding_rows import figure_order
from spinefairbench.render.page.pair_choice import ShownPair, choose_pairs
from spinefairbench.render.page.pairs import pair_browser
from spinefairbench.render.page.row_order import sorted_rows
from spinefairbench.render.page.words import (
    clipped,
    interval_words,
    listed,
    number,
    signed,
    signed_interval,
    signed_with_interval,
)
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["submission_contents"]


def submission_contents(
    submission: Submission,
    score: Score,
    panel: PanelReports | BundleError,
    *,
    pairs: int | None,
    bootstrap: Bootstrap,
    progress: Callable[[str], None],
) -> PageContents:
    """Everything about a submission and its score.

    `panel` are the bundle's own reports to compare with, or why they cannot be read; `pairs` None shows as many as fit
    on a page. `bootstrap` has the settings of the score.
    """
    reports = score.reports
    progress("parser audit")
    collector = submission.mentions(bootstrap.jobs)
    progress("intervals")
    published_floors = _published_floors()
    caveat = _caveat(score)
    order = _order(FloorRow(score.floor), published_floors, comparable=caveat is None)
    others = [] if isinstance(panel, BundleError) else [each for each in panel.models if each.model != reports.model]
    others = sorted_rows(others, order)
    expected = ExpectedPairs.of([reports], submission.expected_pairs)
    audit = full_audit(
        AuditRequest([reports], collector=collector, others=others, expected=expected, bootstrap=bootstrap)
    )
    return PageContents(
        title=f"SpineFairBench: report on {clipped(reports.model)}",
        subtitle=(
            f"a submission, scope {score.scope}, {reports.usable_pairs:,} of {counted(score.expected_pairs, 'pair')} usable, "
            f"{counted(reports.usable_sources, 'source')}"
        ),
        synthetic=score.bundle == "demo",
        verdict=_verdict(score),
        audit=audit,
        endpoints=sorted_rows(
            [EndpointRow(reports.model, reports.usable_pairs, score.endpoints), *_published_rows()], order
        ),
        floors=sorted_rows([FloorRow(score.floor), *published_floors], order),
        floor_notes=[*_symmetric_words(score), *_control_words(score), *score.notes],
        pairs=_browser(submission, reports, collector, pairs),
        comparison_caveat=caveat,
        against=_against(panel, others, audit.against),
    )


def _against(panel: PanelReports | BundleError, others: list[ModelReports], found: AgainstOthers | None) -> Against:
    if isinstance(panel, BundleError):
        return Against(f"its reports cannot be read ({clipped(str(panel.problems[0]))})")
    if not others:
        return Against("it has no other model")
    if found is None or not found.differences:
        return Against("there is no pair that the submission and all of them have usable")
    told = adjustment_notes([row.estimate for row in found.differences])
    if all(row.estimate.judged_ci95 is None for row in found.differences):
        told.append("with only one source, no interval can be given")
    if len(others) < len(panel.models):
        told.append("the panel's own reports of a model with the submission's name are left out")
    if panel.problems:
        faults = counted(len(panel.problems), "fault")
        told.append(f"{faults} in the panel's reports; a faulty report counts as not reported")
    return Against(notes=told)


def _verdict(score: Score) -> Verdict:
    reports = score.reports
    usable = counted(reports.usable_pairs, "usable pair")
    why_not = score.not_comparable_because
    model = score.model
    facts = [
        ("Model", ", ".join(clipped(str(model[key])) for key in ("name", "version", "organization") if model.get(key))),
        ("Scope", score.scope),
        (
            "Coverage",
            (
                f"{len(reports.pairs):,} of {score.expected_pairs:,} pairs submitted, {reports.usable_pairs:,} usable, "
                f"of {counted(reports.usable_sources, 'source')}"
            ),
        ),
        ("Complete, of a scope with a published panel", "yes" if score.comparable_to_panel_scope else "no"),
        ("Comparable with the published panel", "yes" if why_not is None else f"no; {why_not}"),
    ]
    headline = f"{usable[0].upper()}{usable[1:]}."
    return Verdict(headline, facts, score.signature, warnings=score.warnings)


def _published_rows() -> list[EndpointRow]:
    def estimates(row: Mapping[str, Any]) -> ByEndpoint[Estimate]:
        intervals = row.get("frozen_ci95", {})
        return ByEndpoint.of(lambda endpoint: Estimate(row[endpoint.name], _bounds(intervals.get(endpoint.name))))

    return [
        EndpointRow(name, row["usable_pairs"], estimates(row), published=True)
        for name, row in published("table2").items()
    ]


def _bounds(given: list[float] | None) -> tuple[float, float] | None:
    return None if given is None else (given[0], given[1])


def _published_floors() -> list[FloorRow]:
    def endpoints(row: Mapping[str, Any]) -> ByEndpoint[EndpointFloor]:
        def floor(endpoint: Endpoint) -> EndpointFloor:
            given = row[endpoint.short_name]
            return EndpointFloor(
                given["T"], given["F"], Estimate(given["T"] - given["F"], _bounds(given["ci95"])), None
            )

        return ByEndpoint.of(floor)

    return [
        FloorRow(NoiseFloorRow(name, row["n_sources"], 0, 0, endpoints(row)), published=True)
        for name, row in published("noise_floor")["models"].items()
    ]


def _symmetric_words(score: Score) -> list[str]:
    form = score.symmetric
    if form is None:
        return []
    endpoints = list(zip(("recommendation", "diagnostic labels"), form.endpoints, strict=True))
    forms = [
        f"{words} {signed(found.energy.value)} ({interval_words(found.energy, signed_interval)})"
        for words, found in endpoints
    ]
    indices = [f"{words} {number(found.comparable_index)}" for words, found in endpoints]
    return [
        (
            f"Reports on edited images were repeated too ({counted(form.n_pairs, 'pair')}), which gives the symmetric form of "
            f"the excess: {listed(forms)}"
        ),
        (
            "The largest symmetric form that a model can have depends on how much its reports vary from call to call. The "
            "comparable index runs for every model from 0, where original and edit get the same reports equally often, to 1, "
            f"where no two of their reports agree: {listed(indices)} (no interval is given)"
        ),
    ]


def _control_words(score: Score) -> list[str]:
    return [
        f"Change under the edits less change under the control images ({arm.arm.replace('_', ' ')}, "
        f"{counted(arm.n_sources, 'source')}): recommendation "
        f"{signed_with_interval(arm.endpoints.recommendation.contrast)}, diagnostic labels "
        f"{signed_with_interval(arm.endpoints.diagnostic.contrast)}"
        for arm in score.control_arms
    ]


def _order(own: FloorRow, others: Sequence[FloorRow], *, comparable: bool) -> dict[str, int]:
    """The order of models; where the submission is not to be compared, it stands first and not among the others."""
    rows = [own, *others] if comparable else others
    first = [] if comparable else [own.model]
    names = [*first, *figure_order(rows, [row.model for row in rows])]
    return {name: place for place, name in enumerate(dict.fromkeys(names))}


def _caveat(score: Score) -> str | None:
    if score.not_comparable_because is not None:
        return f"Published values are not for comparison: {score.not_comparable_because}."
    if score.scope != PANEL_SCOPES[0]:
        return f"Published values are not for comparison: they are those of {PANEL_SCOPES[0]}, with other pairs."
    return None


def _browser(
    submission: Submission, reports: ModelReports, collector: MentionCollector, limit: int | None
) -> PairBrowser:
    texts = {pair.pair_id: pair for pair in submission.pairs}
    shown = [
        ShownPair(item, texts[item.pair.pair_id].source_report, texts[item.pair.pair_id].counterfactual_report)
        for item in choose_pairs([reports], collector, limit)
    ]
    return pair_browser(shown, [reports], limit)
