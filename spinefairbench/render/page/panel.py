"""The contents of the page on a bundle's panel."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from spinefairbench.analysis.full_audit import AuditRequest, begun_audit
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mention_collector import MentionCollector, MentionReader
from spinefairbench.analysis.noise_floor import floor_notes, panel_notes
from spinefairbench.analysis.refusal_bounds import ExpectedPairs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import Table2Row, table2_of_bundle
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.reports import PanelReports, read_pair_texts
from spinefairbench.bundle.scopes import COMMON_CORE, PANEL_SCOPES, scope_pairs
from spinefairbench.errors import BundleError
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.release.signature import panel_signature
from spinefairbench.render.page.contents import EndpointRow, FloorRow, PageContents, Verdict
from spinefairbench.render.page.finding_rows import figure_order
from spinefairbench.render.page.pair_choice import ShownPair, choose_pairs
from spinefairbench.render.page.pairs import pair_browser
from spinefairbench.render.page.row_order import in_order, sorted_rows

__all__ = ["panel_of_bundle"]

_KIND_WORDS: Final = {
    "release": "the release: all seven anchor files agree",
    "demo": "synthetic: every image, report and number in it is made up; checked only against its own frozen files",
    "other": "neither the release nor a demo bundle; checked against the release",
}


def panel_of_bundle(inputs: Inputs, *, pairs: int | None) -> tuple[CheckResult, PageContents]:
    """The result of table 2 with the frozen intervals, and everything on the page of a bundle's panel.

    `pairs` None shows as many as fit on a page. Raises BundleError.
    """
    try:
        panels, collector = inputs.panels_with_mentions(None, MentionReader())
    except BundleError:
        table2_of_bundle(inputs)  # it raises too, and tells all that is wrong, in other files as well
        raise
    table = table2_of_bundle(inputs)
    inputs.progress("intervals")
    bundle = inputs.bundle
    expected = ExpectedPairs.of([], scope_pairs(bundle, COMMON_CORE))
    audited = begun_audit(
        AuditRequest(panels.models, collector=collector, compare=True, expected=expected, bootstrap=inputs.bootstrap)
    )
    # While others draw, the entries of the pairs shown are made.
    shown = _shown_pairs(bundle, panels.models, collector, pairs, inputs.progress)
    browser = pair_browser(shown, panels.models, pairs)
    audit = audited()
    order = figure_order(list(map(FloorRow, audit.floors)), [model.model for model in panels.models])
    audit = in_order(audit, order)
    contents = PageContents(
        title="SpineFairBench: report on the panel",
        subtitle=_subtitle(panels),
        synthetic=bundle.kind == "demo",
        verdict=_verdict(bundle, panels, table),
        audit=audit,
        endpoints=sorted_rows(map(_endpoint_row, table.rows), order),
        floors=list(map(FloorRow, audit.floors)),
        floor_notes=[note for row in audit.floors for note in floor_notes(row)] + panel_notes(audit.floors),
        pairs=browser,
    )
    return table, contents


def _subtitle(panels: PanelReports) -> str:
    ids = _pair_ids(panels)
    return (
        f"{counted(len(panels.models), 'model')}, {counted(len(ids), 'pair')} of "
        f"{counted(len(set(map(source_of, ids))), 'source')} \u00b7 points and counts recomputed"
    )


def _pair_ids(panels: PanelReports) -> set[str]:
    return {pair.pair_id for model in panels.models for pair in model.pairs}


def _verdict(bundle: Bundle, panels: PanelReports, table: CheckResult) -> Verdict:
    ids = _pair_ids(panels)
    sources = set(map(source_of, ids))
    models = counted(len(panels.models), "model")
    against = (
        "the bundle's own frozen summary" if bundle.kind == "demo" else "the frozen summary and the published figures"
    )
    if not table.problems:
        headline = f"Recomputed from the reports, the counts and both endpoints of all {models} agree with {against}."
    else:
        found = counted(len(table.problems), "disagreement")
        headline = f"Recomputed from the reports, the counts and both endpoints show {found} with {against}."
    facts = (
        ("Bundle", _KIND_WORDS[bundle.kind]),
        ("Models", models),
        ("Pairs", f"{len(ids):,} of {counted(len(sources), 'source')}, up to four edits per source"),
        (
            "Compared",
            f"counts and point estimates, with {against}; the percentile intervals shown are the frozen ones and were not recomputed",
        ),
    )
    return Verdict(headline, facts, panel_signature(PANEL_SCOPES[0], ids), table.problems)


def _endpoint_row(row: Table2Row) -> EndpointRow:
    # A frozen interval around no value would say something that the reports do not.
    shown = row.estimates.map(lambda each: replace(each, ci95=None) if each.value is None else each)
    return EndpointRow(row.model, row.usable_pairs, shown)


def _shown_pairs(
    bundle: Bundle,
    models: Sequence[ModelReports],
    collector: MentionCollector,
    limit: int | None,
    progress: Callable[[str], None],
) -> list[ShownPair]:
    chosen = choose_pairs(models, collector, limit)
    texts = read_pair_texts(
        bundle,
        [(item.model, item.pair.pair_id) for item in chosen],
        progress=lambda panel, rows: progress(f"{panel}: {rows:,} reports read for the pairs shown"),
    )
    return [ShownPair(item, *texts[item.model, item.pair.pair_id]) for item in chosen]
