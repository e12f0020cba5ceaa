"""Change under the edits less change under a control image, which was rendered anew without a change being asked for.

What editing does to an image whatever it is asked for, the control has too; what is left can be due to age or sex.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Final, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.report_distances import (
    BySource,
    SourceReports,
    between,
    mean,
    mean_change,
    reports_by_source,
)
from spinefairbench.analysis.result import Row
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.model_reports import CONTROL_ARMS, ModelReports
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.interval_test import means_test
from spinefairbench.statistics.paired import paired_difference

__all__ = ["CONTROL_NOTE", "ControlArm", "control_arms"]

CONTROL_NOTE: Final = (
    "control arms: interval and p value combine Wilson's intervals of D_edit and D_control; a sign-flip test is not given, "
    "because it rejects a true null hypothesis in up to one of ten data sets where changes are rare and each source has "
    "one control report (docs/intervals.md)"
)


@dataclass(frozen=True)
class ControlEndpoint(Row):
    """D_edit, D_control and D_edit - D_control of one endpoint, sources weighing the same; None without a source.

    D_edit and D_control are mean distances in [0, 1]. The interval of the contrast and its `p_value` are those of
    `means_test`, None with fewer than two sources.
    """

    ESTIMATES: ClassVar = {"contrast": "contrast"}

    D_edit: float | None
    D_control: float | None
    contrast: Estimate
    p_value: float | None


@dataclass(frozen=True)
class ControlArm(Row):
    """One arm of one model, over the sources that have both distances; `n_reports` counts its usable control reports.

    Of the sources of the arm, the other two counts are those left out.
    """

    model: str
    arm: str
    n_sources: int
    n_reports: int
    dropped_no_usable_edited_comparison: int
    dropped_no_usable_control_report: int
    endpoints: ByEndpoint[ControlEndpoint]

    def to_json(self) -> dict[str, Any]:
        """The endpoints under their short names."""
        fields = super().to_json()
        return {**{key: fields[key] for key in fields if key != "endpoints"}, **fields["endpoints"]}


class _Distances(NamedTuple):
    source_id: str
    edit: ByEndpoint[Fraction]
    control: ByEndpoint[Fraction]


def control_arms(model: ModelReports) -> list[ControlArm]:
    """A row for each arm that the model has reports of, in the order of `CONTROL_ARMS`.

    Of a source, D_edit is the mean over its usable pairs of the distance from the pair's source report to the report on
    the edited image, and D_control the mean over all pairs of a usable source report and a usable control report.
    """
    if not model.controls:
        return []
    sources = reports_by_source(model)
    given = {
        arm: {entry.source_id: entry.reports for entry in model.controls if entry.arm == arm} for arm in CONTROL_ARMS
    }
    return [_arm(model.model, arm, reports, sources) for arm, reports in given.items() if reports]


def _arm(model: str, arm: str, given: dict[str, tuple[ReportFeatures, ...]], sources: BySource) -> ControlArm:
    found = []
    no_pair = no_control = n_reports = 0
    for source_id in sorted(given):
        source = sources.get(source_id, SourceReports())
        pairs = [pair for pair in source.pairs if pair.outcome.usable]
        controls = [report for report in given[source_id] if report.usable]
        if not pairs:
            no_pair += 1
        elif not controls:
            no_control += 1
        else:
            edit = mean_change(pairs)
            found.append(_Distances(source_id, edit, between(source.source_reports, controls)))
            n_reports += len(controls)
    endpoints = ByEndpoint.collect(_endpoint(found, at) for at in range(len(ENDPOINTS)))
    return ControlArm(model, arm, len(found), n_reports, no_pair, no_control, endpoints)


def _endpoint(found: Sequence[_Distances], at: int) -> ControlEndpoint:
    if not found:
        return ControlEndpoint(None, None, Estimate(None, adjustment_reason="no source has both distances"), None)
    edit = float(mean([each.edit[at] for each in found]))
    control = float(mean([each.control[at] for each in found]))
    if len(found) == 1:
        reason = "there is only one source, so nothing shows how much sources differ"
        return ControlEndpoint(edit, control, Estimate(edit - control, adjustment_reason=reason, n_sources=1), None)
    ids = [each.source_id for each in found]
    edits, controls = (
        ClusterTotals.from_fractions([side[at] for side in sides], ids)
        for sides in ([each.edit for each in found], [each.control for each in found])
    )
    interval, p_value = means_test(edits, controls)
    difference = paired_difference(edits, controls).estimate
    return ControlEndpoint(edit, control, Estimate(difference, interval, n_sources=len(found)), p_value)
