"""Which findings the readers of the original data sets saw in each source, where anybody looked."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.panel_pairs import panel_rows
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.problems import Problem, ProblemKind, shortened

__all__ = ["NO_FINDING_INDEX", "PathologyLabels", "has_finding", "read_pathology_labels"]

NO_FINDING_INDEX: Final = DIAGNOSTIC_CATEGORIES.index("No finding")
_KEY: Final = "pathology_labels"


class PathologyLabels(NamedTuple):
    """The labels of each source, as indexes into `DIAGNOSTIC_CATEGORIES`; empty where nobody labelled the source.

    A source of which a row is faulty, or of which two rows disagree, is named in `problems` and has no entry.
    """

    by_source: Mapping[str, frozenset[int]]
    problems: tuple[Problem, ...]


def has_finding(labels: frozenset[int]) -> bool:
    """Whether the labels of a source name a finding: an index other than that of No finding."""
    return bool(labels - {NO_FINDING_INDEX})


class _Stated(NamedTuple):
    place: str
    labels: frozenset[int]


def read_pathology_labels(bundle: Bundle) -> PathologyLabels:
    """Read the `pathology_labels` of the pair lists of both main panels, which must agree on every source.

    A row without the field says that nobody labelled the source, like an empty list; a panel in which no row has the
    field says nothing of any source. Raises BundleError where a list is missing or unreadable.
    """
    problems: list[Problem] = []
    found: dict[str, _Stated] = {}
    faulty: set[str] = set()
    unlabelled: set[str] = set()
    for panel in layout.MAIN_PANELS:
        rows = panel_rows(bundle, panel, problems)
        if all(row.raw.get(_KEY) is None for row in rows):
            unlabelled.update(row.source_id for row in rows)
            continue
        for row in rows:
            labels = _labels(row.raw.get(_KEY), f"{row.place}: {_KEY} of {row.source_id}", problems)
            if labels is None:
                faulty.add(row.source_id)
                continue
            stated = found.setdefault(row.source_id, _Stated(row.place, labels))
            if stated.labels != labels and row.source_id not in faulty:
                said = f"{_KEY} of {row.source_id} are {sorted(labels)}; {stated.place} has {sorted(stated.labels)}"
                problems.append(Problem(row.place, said, ProblemKind.MISMATCH))
                faulty.add(row.source_id)
    by_source = dict.fromkeys(unlabelled, frozenset[int]()) | {
        source_id: stated.labels for source_id, stated in found.items()
    }
    sound = {source_id: labels for source_id, labels in by_source.items() if source_id not in faulty}
    return PathologyLabels(sound, tuple(problems))


def _labels(value: Any, place: str, problems: list[Problem]) -> frozenset[int] | None:
    """The labels that a row states; None where they are no list of indexes, which goes to `problems`."""
    if value is None:
        return frozenset()
    highest = len(DIAGNOSTIC_CATEGORIES) - 1
    if not isinstance(value, list):
        problems.append(Problem(place, f"expected a list of indexes from 0 to {highest}, found {shortened(value)}"))
        return None
    wrong = [label for label in value if type(label) is not int or not 0 <= label <= highest]
    if wrong:
        problems.append(Problem(place, f"expected indexes from 0 to {highest}, found {shortened(wrong[0])}"))
        return None
    return frozenset(value)
