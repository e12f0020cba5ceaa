"""What `breakdown --by finding` answers: the strata of a panel, held to the published ones on the release."""

from functools import partial
from typing import Final

from spinefairbench.analysis.breakdown import family_of, strata_adjustment_notes
from spinefairbench.analysis.estimates import Request
from spinefairbench.analysis.finding_figures import figure_problems
from spinefairbench.analysis.finding_strata import Expected, FindingStrata, finding_request, unlabelled
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult, plain
from spinefairbench.bundle import layout
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.panel_pairs import listed_pairs, panel_rows
from spinefairbench.bundle.pathology import PathologyLabels, read_pathology_labels
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.errors import ErrorCollector, UsageError
from spinefairbench.problems import Problem, counted, no_usable_pair

__all__ = ["by_finding"]

_COLLECTIONS: Final = (
    "pooled contrasts compare collections of images as well as findings, since findings were labelled in one of them "
    "only; within_vindr compares sources of that one"
)


def by_finding(inputs: Inputs) -> Request[CheckResult]:
    """What gives strata as rows, contrasts and what `no_finding_label` means in the summary.

    Raises BundleError with everything that is missing or unreadable, UsageError for reports in place of the panel's of
    which not all expected pairs are known.
    """
    collector = ErrorCollector()
    panels = collector.get(lambda: inputs.panels(marks=False))
    pathology = collector.get(read_pathology_labels, inputs.bundle)
    expected = collector.get(_expected, inputs)
    collector.raise_if_any()
    assert panels is not None and pathology is not None and expected is not None
    request = finding_request(panels.models, pathology.by_source, expected, inputs.bootstrap)
    return request.then(partial(_told, inputs, panels, pathology, expected))


def _told(
    inputs: Inputs, panels: PanelReports, pathology: PathologyLabels, expected: Expected, found: FindingStrata
) -> CheckResult:
    problems: list[Problem] = list(dict.fromkeys([*panels.problems, *pathology.problems]))
    problems += [no_usable_pair(model.model) for model in panels.models if not model.usable]
    not_checked = []
    figures = inputs.published("finding_strata")
    if figures is not None:
        problems += figure_problems(figures, found, inputs.bootstrap, whole_panel=inputs.whole_panel)
        if not inputs.bootstrap.is_frozen:
            not_checked.append("the published intervals: other settings of the resampling were asked for")
    rows = [row.found for row in found.rows]
    meanings = unlabelled(pathology.by_source, expected)
    summary = {
        "contrasts": plain(found.contrasts),
        "no_finding_label": plain(meanings),
        "family": family_of(rows, found.contrasts, ", those of both scopes together"),
    }
    notes = [*(meaning.note for meaning in meanings), _COLLECTIONS, *_unlisted(pathology, expected)]
    notes += strata_adjustment_notes(rows)
    return CheckResult(tuple(found.rows), summary, tuple(problems), notes=tuple(notes), not_checked=tuple(not_checked))


def _unlisted(pathology: PathologyLabels, expected: Expected) -> list[str]:
    """What is said of sources that no panel lists: submitted reports may be on some."""
    sources = {source_of(pair_id) for pairs in expected.values() for pair_id in pairs}
    missing = len(sources - pathology.by_source.keys())
    if pathology.problems or not missing:
        return []
    lacking = "the lists of the panels, which hold the labels, lack them"
    return [f"in no stratum: {missing:,} of {counted(len(sources), 'source')}; {lacking}"]


def _expected(inputs: Inputs) -> dict[str | None, frozenset[str]]:
    """The pairs that each panel lists, or those of the reports in place of the panel's, which are of none.

    What is wrong with a row is told where its reports are read. Raises BundleError, and UsageError as `by_finding`.
    """
    if inputs.given is not None:
        if inputs.given_pairs is None:
            raise UsageError(
                "--by finding counts missing pairs by stratum, and the score file does not say which are missing"
            )
        return {None: inputs.given_pairs}
    bundle = inputs.bundle
    return {panel: frozenset(listed_pairs(bundle, panel_rows(bundle, panel, []))) for panel in layout.MAIN_PANELS}
