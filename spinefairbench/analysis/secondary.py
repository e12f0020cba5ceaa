"""The secondary endpoints: severity language, hedging, and findings that nobody saw in the source."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from spinefairbench.analysis.estimates import Request, adjustment_notes, answer
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.secondary_references import frozen_comparison, published_problems
from spinefairbench.analysis.secondary_rows import SecondaryRow, secondary_request
from spinefairbench.analysis.secondary_values import model_values
from spinefairbench.bundle.frozen_secondary import FrozenSecondary, frozen_secondary
from spinefairbench.bundle.pathology import PathologyLabels, read_pathology_labels
from spinefairbench.bundle.reports import PanelReports, panel_models, select_models
from spinefairbench.bundle.source_ids import VINDR, dataset_of
from spinefairbench.errors import ErrorCollector
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.unmatched_predictions import MISSPELT, MISSPELT_AS
from spinefairbench.problems import counted, no_usable_pair

__all__ = ["ask", "check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `secondary`. Raises BundleError or UsageError."""
    return answer(ask(inputs), inputs.bootstrap)


def ask(inputs: Inputs) -> Request[CheckResult]:
    """What the command `secondary` needs estimated. Raises BundleError or UsageError."""
    collector = ErrorCollector()
    models = collector.get(lambda: select_models(panel_models(inputs.bundle), inputs.models))
    panels = collector.get(inputs.panels)
    labels = collector.get(read_pathology_labels, inputs.bundle)
    frozen = collector.get(frozen_secondary, inputs.bundle, models or {})
    collector.raise_if_any()
    assert panels is not None and labels is not None and frozen is not None
    values = [model_values(model, labels.by_source) for model in panels.models]
    return secondary_request(values, inputs.bootstrap).then(partial(_compared, inputs, panels, labels, frozen))


def _compared(
    inputs: Inputs,
    panels: PanelReports,
    labels: PathologyLabels,
    frozen: FrozenSecondary,
    rows: Sequence[SecondaryRow],
) -> CheckResult:
    """The rows, compared with the frozen and the published figures."""
    problems = [*panels.problems, *labels.problems]
    problems += [no_usable_pair(model.model) for model in panels.models if not model.usable]
    compared, not_checked = frozen_comparison(rows, frozen.values, intervals=inputs.bootstrap.is_frozen)
    problems += compared
    if not inputs.bootstrap.is_frozen:
        not_checked.append("the frozen intervals, which belong to other iterations and another seed")
    published = inputs.published("unmatched_predictions")
    if published is not None:
        problems += published_problems(rows, published["models"], whole_panel=inputs.whole_panel)
    sources = _source_counts(labels.by_source)
    return CheckResult(
        tuple(rows),
        {"sources": sources},
        tuple(dict.fromkeys(problems)),
        frozen.problems,
        details=tuple(_details(rows)),
        notes=(*_notes(rows, sources), *adjustment_notes([row.mean for row in rows]), *_without_an_interval(rows)),
        not_checked=tuple(not_checked),
    )


def _details(rows: Sequence[SecondaryRow]) -> Iterator[str]:
    """The unmatched predictions in other readings than the published one, a line a model."""
    for row in rows:
        if row.corrected is None or row.vindr is None or row.vindr_corrected is None:
            continue
        as_published, put_right, of_labelled, both = (
            "-" if mean.value is None else f"{mean.value:.3f}"
            for mean in (row.mean, row.corrected.mean, row.vindr.mean, row.vindr_corrected.mean)
        )
        labelled = f"{counted(row.vindr.n_pairs, 'pair')} of {counted(row.vindr.n_sources, 'labelled source')}"
        yield (
            f"{row.model}: unmatched predictions {as_published} as published, {put_right} with the spelling put right; over "
            f"the {labelled} {of_labelled} and {both}"
        )


def _source_counts(labels_of: Mapping[str, frozenset[int]]) -> dict[str, int]:
    misspelt = DIAGNOSTIC_CATEGORIES.index(MISSPELT)
    return {
        "sources": len(labels_of),
        "without_ascertained_truth": sum(not labels for labels in labels_of.values()),
        "with_the_misspelt_finding": sum(misspelt in labels for labels in labels_of.values()),
        "vindr_sources": sum(dataset_of(source) == VINDR for source in labels_of),
    }


def _notes(rows: Sequence[SecondaryRow], sources: Mapping[str, int]) -> list[str]:
    unlabelled = counted(sources["without_ascertained_truth"], "source")
    return [
        (
            "wilcoxon and cohens_d_z reproduce frozen figures and are no evidence of an effect: they take all pairs as "
            "independent, and those of one source are not (simulated without an effect, such a p is at most 0.05 in up to 38% "
            "of data sets: docs/intervals.md); sign_flip.p_value flips all pairs of a source together"
        ),
        (
            f"nobody ascertained the findings of {unlabelled} of {sources['sources']:,}: every finding that a report on "
            "one of them names counts as unmatched; vindr has the labelled sources alone"
        ),
        _cost_of_the_misspelling(rows, sources["with_the_misspelt_finding"]),
    ]


def _without_an_interval(rows: Sequence[SecondaryRow]) -> list[str]:
    """One sentence where a percentile interval fails and nothing can be given beside it."""
    reasons = [row.mean.adjustment_reason for row in rows if row.mean.ci95 is not None and row.mean.judged_ci95 is None]
    if not reasons:
        return []
    return [
        f"{counted(len(reasons), 'percentile interval')} of {len(rows)} may be too short, and no interval beside them holds (for one, {reasons[0]})"
    ]


def _cost_of_the_misspelling(rows: Sequence[SecondaryRow], sources: int) -> str:
    """What the published spelling changes, in a sentence."""
    said = (
        f"the published figures spell {MISSPELT} as {MISSPELT_AS!r} among the findings of a source, so that naming it "
        f"where it is ({counted(sources, 'source')}) counts as unmatched"
    )
    costs = {
        row.model: row.corrected.mean.value - row.mean.value
        for row in rows
        if row.corrected is not None and row.corrected.mean.value is not None and row.mean.value is not None
    }
    if not any(costs.values()):
        return f"{said}; put right, no mean changes"
    model = max(costs, key=lambda name: abs(costs[name]))
    changed = f"{sum(map(bool, costs.values()))} of {counted(len(costs), 'model')}"
    return f"{said}; put right, the mean changes in {changed}, the most by {costs[model]:+.6f} ({model})"
