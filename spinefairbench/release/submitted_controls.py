"""The control arms of a submission: reports on images of its sources that were rendered anew without a change."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import ControlReports
from spinefairbench.problems import Problem, shortened

__all__ = ["SubmittedControls", "control_problems", "controls_of"]

# Of one image: every one of them is compared with every source report.
_MOST_REPORTS: Final = 1000


class SubmittedControls(NamedTuple):
    """Reports on the control image of a source, as written; `arm` is one of `CONTROL_ARMS`."""

    arm: str
    source_id: str
    reports: tuple[str, ...]

    def features(self) -> ControlReports:
        """The reports as features; each text is read."""
        return ControlReports(self.arm, self.source_id, tuple(map(extract_features, self.reports)))


def controls_of(rows: Iterable[dict[str, Any]]) -> tuple[SubmittedControls, ...]:
    """The entries of a submission without faults, sorted by arm and source."""
    entries = [SubmittedControls(row["arm"], row["source_id"], tuple(row["reports"])) for row in rows]
    return tuple(sorted(entries, key=lambda entry: (entry.arm, entry.source_id)))


def control_problems(rows: Sequence[Any], sources: Collection[str]) -> list[Problem]:
    """Entries of none of these sources, duplicate entries, and more reports than can be compared."""
    problems = []
    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        arm, source_id, reports = row.get("arm"), row.get("source_id"), row.get("reports")
        place = f"$.control_reports[{index}]"
        if isinstance(reports, list) and len(reports) > _MOST_REPORTS:
            problems.append(
                Problem(f"{place}.reports", f"{len(reports):,} reports; at most {_MOST_REPORTS:,} are read")
            )
        if not isinstance(source_id, str):
            continue
        if source_id not in sources:
            said = f"unknown source {shortened(source_id)}; expected the source of a pair of $.results"
            problems.append(Problem(f"{place}.source_id", said))
        if isinstance(arm, str):
            if (arm, source_id) in first:
                where = f"$.control_reports[{first[arm, source_id]}]"
                said = f"duplicate entry for {shortened(arm)}, {shortened(source_id)}; first at {where}"
                problems.append(Problem(place, said))
            first.setdefault((arm, source_id), index)
    return problems
