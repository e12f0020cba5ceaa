"""The page of one scored submission, beside the nine published models."""

from collections.abc import Callable, Mapping
from typing import Any

from spinefairbench.analysis.compare import common_pairs, one_against_others_steps
from spinefairbench.analysis.estimates import Steps, adjustment_notes, together
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.transitions import flow_steps, switch_rows, transition_rows
from spinefairbench.analysis.variant_endpoints import variant_steps
from spinefairbench.bundle.artifacts import BundleKind
from spinefairbench.bundle.published import published
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import BundleError
from spinefairbench.release.submission import Submission
from spinefairbench.render.page.contents import (
    AgainstPanel,
    EndpointRow,
    FloorRow,
    PageContents,
    PairBrowser,
    Transitions,
    Verdict,
)
from spinefairbench.render.page.pairs import DEFAULT_PAIRS, ShownPair, select_pairs
from spinefairbench.render.page.panel import (
    SYNTHETIC,
    audit_of,
    breakdown_by_edit,
    browser_of,
    parser_dependent,
    refusal_row,
)
from spinefairbench.render.page.words import clipped, count, interval, listed, number, signed

__all__ = ["submission_contents"]


def submission_contents(
    submission: Submission,
    score: Mapping[str, Any],
    bundle_kind: BundleKind,
    panel: PanelReports | BundleError,
    *,
    pairs: int | None,
    jobs: int,
    progress: Callable[[str], None],
) -> PageContents:
    """Everything about a submission; `score` is its score file's content.

    `panel` are the bundle's own reports to compare with, or why they cannot be read.
    """
    name: str = score["model"]["name"]
    subject = FloorSubject(name, submission.reports(), submission.repeated_features())
    config = score["scoring_config"]
    settings = {"iterations": config["bootstrap_iterations"], "seed": config["recommendation_bootstrap_seed"]}
    caveat = _caveat(score, bundle_kind)
    progress("parser audit")
    collector = _read(name, submission, jobs)
    progress("intervals")
    breakdown, flows, readings, against = together(
        [
            breakdown_by_edit([subject], jobs=jobs, **settings),
            flow_steps([(name, subject.pairs)]),
            variant_steps([subject], collector),
            _against(subject, panel, **settings),
        ],
        jobs=jobs,
        **settings,
    )
    return PageContents(
        title=f"SpineFairBench: report on {clipped(name)}",
        subtitle=f"A submission for the scope {score['scope']}, {count(len(submission.pairs), 'pair')}",
        is_submission=True,
        synthetic=SYNTHETIC if bundle_kind == "demo" else None,
        verdict=_verdict(score, bundle_kind),
        endpoints=[_own_row(name, score), *_published_rows()],
        comparison_caveat=caveat,
        refusals=[refusal_row(subject)],
        pairs=_browser(submission, subject, collector, pairs),
        floors=[_floor_row(name, score["noise_floor"])],
        published_floors=_published_floors(),
        floor_notes=[
            *([caveat] if caveat else []),
            *_energy_words(score["noise_floor"]["energy"]),
            *score["noise_floor"]["notes"],
        ],
        breakdown=breakdown,
        audit=audit_of([subject], collector, readings),
        transitions=Transitions(transition_rows(name, subject.pairs), switch_rows(name, subject.pairs), flows),
        against=against,
    )


def _against(
    subject: FloorSubject, panel: PanelReports | BundleError, *, iterations: int, seed: int
) -> Steps[AgainstPanel]:
    missing = None
    others: list[FloorSubject] = []
    if isinstance(panel, BundleError):
        missing = f"its reports cannot be read ({clipped(str(panel.problems[0]))})"
    else:
        others = [FloorSubject.of(model) for model in panel.models if model.model != subject.model]
        common = len(common_pairs([subject, *others])[0][0])
        if not others:
            missing = "it has no other model"
        elif not common:
            missing = "there is no pair that the submission and all of them have usable"
    if missing is not None or isinstance(panel, BundleError):
        yield []
        return AgainstPanel(missing=missing)
    differences, lost, ranks = yield from one_against_others_steps(subject, others, iterations=iterations, seed=seed)
    in_any = {pair.pair_id for each in (subject, *others) for pair in each.pairs}
    told = adjustment_notes(differences)
    if all(row.ci95 is None for row in differences):
        told.append("one source only: no interval can be given")
    if len(others) < len(panel.models):
        told.append("the panel's own reports of a model with the submission's name are left out")
    if panel.problems:
        told.append(
            f"{count(len(panel.problems), 'fault')} in the panel's reports; what is faulty counts as not reported"
        )
    return AgainstPanel(differences, lost, ranks, common, len(in_any), told)


def _verdict(score: Mapping[str, Any], bundle_kind: BundleKind) -> Verdict:
    coverage = score["coverage"]
    change = score["primary_endpoints"]["recommendation_change_rate"]
    labels = score["primary_endpoints"]["diagnostic_label_consistency"]
    comparable = coverage["comparable_to_panel_scope"]
    headline = (
        f"Recommendation change {_with_interval(change)}, diagnostic-label consistency {_with_interval(labels)}, over "
        f"{count(coverage['usable_pairs'], 'usable pair')}."
    )
    if bundle_kind == "demo":
        comparability = "no: the bundle is synthetic, so its pairs are not those of the published panel"
    else:
        comparability = "yes" if comparable else "no; the warnings say why"
    model = score["model"]
    facts = [
        ("Model", ", ".join(clipped(str(model[key])) for key in ("name", "version", "organization") if model.get(key))),
        ("Scope", score["scope"]),
        (
            "Coverage",
            f"{coverage['submitted_pairs']:,} of {coverage['expected_pairs']:,} pairs submitted, {coverage['usable_pairs']:,} usable, "
            f"of {count(coverage['unique_sources_usable'], 'source')}",
        ),
        ("Comparable with the panel", comparability),
    ]
    return Verdict(headline, None, facts, score["signature"], warnings=score["warnings"])


def _with_interval(endpoint: Mapping[str, Any]) -> str:
    bounds = endpoint["ci95"]["lower"], endpoint["ci95"]["upper"]
    return f"{number(endpoint['point_estimate'])} {interval(bounds)}"


def _own_row(name: str, score: Mapping[str, Any]) -> EndpointRow:
    row = score["table2_row"]
    return EndpointRow(
        name,
        row["usable_pairs"],
        row["recommendation_change"],
        row["diagnostic_consistency"],
        tuple(row["recommendation_ci95"]),
        tuple(row["diagnostic_ci95"]),
    )


def _published_rows() -> list[EndpointRow]:
    rows = []
    for name, row in published()["table2"].items():
        ci = row.get("frozen_ci95", {})
        change, labels = ci.get("recommendation_change"), ci.get("diagnostic_consistency")
        rows.append(
            EndpointRow(
                name,
                row["usable_pairs"],
                row["recommendation_change"],
                row["diagnostic_consistency"],
                tuple(change) if change else None,
                tuple(labels) if labels else None,
                published=True,
            )
        )
    return rows


def _floor_row(name: str, block: Mapping[str, Any]) -> FloorRow:
    values = []
    for endpoint in (block["recommendation"], block["diagnostic"]):
        if endpoint["T"] is not None and endpoint["F"] is not None:
            ci = endpoint["ci95"]
            values.append((endpoint["T"], endpoint["F"], endpoint["excess"], None if ci is None else (ci[0], ci[1])))
    return FloorRow(name, block["n_sources"], values if len(values) == 2 else ())


def _energy_words(energy: Mapping[str, Any] | None) -> list[str]:
    if energy is None:
        return []
    shown = [
        f"{words} {signed(energy[key]['energy'])} {interval(energy[key]['ci95'], sign=True)}"
        for key, words in (("recommendation", "recommendation"), ("diagnostic", "diagnostic labels"))
    ]
    return [
        f"Edited images were repeated too, over {count(energy['n_pairs'], 'pair')}, so the symmetric form of the excess can be "
        f"given, which is comparable between models: {listed(shown)}"
    ]


def _published_floors() -> list[FloorRow]:
    rows = []
    for name, row in published()["noise_floor"]["models"].items():
        ends = (row["recommendation"], row["diagnostic"])
        rows.append(
            FloorRow(
                name,
                row["n_sources"],
                [(end["T"], end["F"], end["T"] - end["F"], tuple(end["ci95"])) for end in ends],
                published=True,
            )
        )
    return rows


def _caveat(score: Mapping[str, Any], bundle_kind: BundleKind) -> str | None:
    if bundle_kind == "demo":
        return (
            "The published models read the radiographs of the release, this submission was scored on a synthetic bundle: "
            "their marks stand here to show the page, not for comparison."
        )
    if not score["coverage"]["comparable_to_panel_scope"]:
        return (
            "This score is not comparable with the published panel: its pairs are not those of a complete panel scope."
        )
    if score["scope"] != PANEL_SCOPES[0]:
        return f"The published values are those of {PANEL_SCOPES[0]}, so they rest on other pairs than this score."
    return None


def _read(name: str, submission: Submission, jobs: int) -> MentionCollector:
    with MentionCollector(jobs) as collector:
        for pair in submission.pairs:
            collector.add(name, pair.pair_id, "source", pair.source_report)
            collector.add(name, pair.pair_id, "generated", pair.counterfactual_report)
    return collector


def _browser(
    submission: Submission, subject: FloorSubject, collector: MentionCollector, limit: int | None
) -> PairBrowser:
    texts = {pair.pair_id: pair for pair in submission.pairs}
    chosen = select_pairs(
        {subject.model: subject.pairs},
        DEFAULT_PAIRS if limit is None else limit,
        parser_dependent([subject], collector),
    )
    shown = (
        ShownPair(item, texts[item.pair.pair_id].source_report, texts[item.pair.pair_id].counterfactual_report)
        for item in chosen
    )
    return browser_of(shown, [subject.model], len(submission.pairs), limit)
