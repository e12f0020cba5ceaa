"""The page of a bundle's panel: which analyses it shows, and of what."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from spinefairbench.analysis.breakdown import breakdown_steps
from spinefairbench.analysis.compare import compare_steps
from spinefairbench.analysis.estimates import Steps, together
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.noise_floor import FloorSubject, floor_notes, floor_steps, panel_notes
from spinefairbench.analysis.outcomes import pair_outcomes
from spinefairbench.analysis.parser_audit import audit_signature
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED, Table2Row
from spinefairbench.analysis.transitions import flow_steps, switch_rows, transition_rows
from spinefairbench.analysis.variant_endpoints import ParserVariantRow, changed_pairs, variant_steps
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_texts import read_pair_texts
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import UsageError
from spinefairbench.release.signature import score_signature
from spinefairbench.render.page.contents import (
    Audit,
    Breakdown,
    Comparison,
    EndpointRow,
    PageContents,
    PairBrowser,
    RefusalRow,
    Transitions,
    Verdict,
)
from spinefairbench.render.page.pairs import DEFAULT_BYTES, DEFAULT_PAIRS, ShownPair, pair_entries, select_pairs
from spinefairbench.render.page.variation import floor_row
from spinefairbench.render.page.words import count

__all__ = [
    "SYNTHETIC",
    "audit_of",
    "breakdown_by_edit",
    "browser_of",
    "panel_contents",
    "parser_dependent",
    "refusal_row",
]

SYNTHETIC: Final = "Synthetic data: not a result of the benchmark"
_KIND_WORDS: Final = {
    "release": "the release: all seven anchor files agree",
    "demo": "synthetic: every image, report and number in it is made up; compared with its own frozen files only",
    "other": "neither the release nor a demo bundle; held to the release",
}

Progress = Callable[[str], None]


def panel_contents(
    bundle: Bundle,
    panels: PanelReports,
    table: CheckResult,
    collector: MentionCollector,
    *,
    pairs: int | None,
    jobs: int,
    progress: Progress,
) -> PageContents:
    """Everything about a panel. `table` is the result of table 2, `collector` has seen every report of the panel.

    `pairs` None shows as many as the page can hold.

    Raises BundleError.
    """
    subjects = [FloorSubject.of(model) for model in panels.models]
    demo = bundle.kind == "demo"
    progress("intervals")
    floors, breakdown, flows, variants, comparison = together(
        [
            floor_steps(subjects),
            breakdown_by_edit(subjects, jobs=jobs),
            flow_steps([(subject.model, subject.pairs) for subject in subjects]),
            variant_steps(subjects, collector),
            _comparison(subjects),
        ],
        jobs=jobs,
    )
    return PageContents(
        title="SpineFairBench: report on the panel",
        subtitle=f"{count(len(panels.models), 'model')}, both reports of each pair, from the bundle's saved reports",
        is_submission=False,
        synthetic=SYNTHETIC if demo else None,
        verdict=_verdict(bundle, panels, table),
        endpoints=[_endpoint_row(row) for row in table.rows],
        comparison_caveat=None,
        refusals=[refusal_row(subject) for subject in subjects],
        pairs=_browser(bundle, subjects, collector, pairs, progress),
        floors=[floor_row(row) for row in floors],
        breakdown=breakdown,
        transitions=Transitions(
            [row for subject in subjects for row in transition_rows(subject.model, subject.pairs)],
            [row for subject in subjects for row in switch_rows(subject.model, subject.pairs)],
            flows,
        ),
        comparison=comparison,
        audit=audit_of(subjects, collector, variants),
        floor_notes=[note for row in floors for note in floor_notes(row)] + panel_notes(floors),
    )


def _verdict(bundle: Bundle, panels: PanelReports, table: CheckResult) -> Verdict:
    ids = sorted({pair.pair_id for model in panels.models for pair in model.pairs})
    models = count(len(panels.models), "model")
    against = (
        "the bundle's own frozen summary" if bundle.kind == "demo" else "the frozen summary and the published figures"
    )
    held = not table.problems
    if held:
        headline = f"Recomputed from the reports, the counts and both endpoints of all {models} agree with {against}."
    else:
        headline = f"Recomputed from the reports, {count(len(table.problems), 'figure or row', 'figures or rows')} do not agree with {against}."
    facts = (
        ("Bundle", _KIND_WORDS[bundle.kind]),
        ("Models", models),
        (
            "Pairs",
            f"{len(ids):,} of {count(len({i.rpartition('__')[0] for i in ids}), 'source')}, up to four edits each",
        ),
        (
            "Compared",
            f"counts and point values with {against}; the intervals shown are the frozen ones, not recomputed here",
        ),
    )
    signature = score_signature(PANEL_SCOPES[0], ids, len(ids), FROZEN_ITERATIONS, FROZEN_SEED)
    return Verdict(headline, held, facts, signature, tuple(map(str, table.problems)))


def breakdown_by_edit(
    subjects: Sequence[FloorSubject], *, iterations: int = FROZEN_ITERATIONS, seed: int = FROZEN_SEED, jobs: int = 1
) -> Steps[Breakdown]:
    """The breakdown, as one of the steps of `together`."""
    # The edit is in the name of a pair: no metadata of the source is needed.
    rows, contrasts = yield from breakdown_steps(subjects, "edit", {}, iterations=iterations, seed=seed, jobs=jobs)
    return Breakdown(rows, contrasts)


def _comparison(subjects: Sequence[FloorSubject]) -> Steps[Comparison | None]:
    """None where there is nothing to compare: one model only, or no usable pair in common."""
    try:
        rows, differences, lost = yield from compare_steps(subjects, iterations=FROZEN_ITERATIONS, seed=FROZEN_SEED)
    except UsageError:
        yield []
        return None
    in_any = len({pair.pair_id for subject in subjects for pair in subject.pairs})
    return Comparison(rows, differences, lost, in_any)


def audit_of(
    subjects: Sequence[FloorSubject], collector: MentionCollector, variants: Sequence[ParserVariantRow]
) -> Audit:
    return Audit(
        variants,
        [row for subject in subjects for row in category_rows(subject.model, collector)],
        audit_signature(),
    )


def parser_dependent(subjects: Sequence[FloorSubject], collector: MentionCollector) -> Callable[[str, str], bool]:
    """Whether a pair's recommendation changed under the frozen reading and not under both rules, or the reverse."""
    dependent = {(subject.model, row.pair_id) for subject in subjects for row in changed_pairs(subject, collector)}
    return lambda model, pair_id: (model, pair_id) in dependent


def _endpoint_row(row: Table2Row) -> EndpointRow:
    # A frozen interval around no value would say something that the reports do not.
    known = row.recommendation_change is not None
    return EndpointRow(
        row.model,
        row.usable_pairs,
        row.recommendation_change,
        row.diagnostic_consistency,
        row.recommendation_ci95 if known else None,
        row.diagnostic_ci95 if known else None,
    )


def refusal_row(subject: FloorSubject) -> RefusalRow:
    outcome = pair_outcomes(subject.pairs)
    return RefusalRow(
        subject.model,
        len(outcome.usable),
        outcome.full_refusal_pairs,
        outcome.partial_refusal_pairs,
        outcome.both_empty_pairs,
    )


def _browser(
    bundle: Bundle, subjects: Sequence[FloorSubject], collector: MentionCollector, limit: int | None, progress: Progress
) -> PairBrowser:
    models = {subject.model: subject.pairs for subject in subjects}
    chosen = select_pairs(models, DEFAULT_PAIRS if limit is None else limit, parser_dependent(subjects, collector))
    texts = read_pair_texts(
        bundle,
        [(item.model, item.pair.pair_id) for item in chosen],
        progress=lambda panel, rows: progress(f"{panel}: {rows:,} reports read for the pairs shown"),
    )
    shown = (ShownPair(item, *texts[item.model, item.pair.pair_id]) for item in chosen)
    return browser_of(shown, list(models), sum(map(len, models.values())), limit)


def browser_of(shown: Iterable[ShownPair], models: Sequence[str], of: int, limit: int | None) -> PairBrowser:
    entries, left_out = pair_entries(shown, models, DEFAULT_BYTES if limit is None else None)
    return PairBrowser(entries, of, left_out, models)
