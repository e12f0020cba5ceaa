"""Sources with a labelled finding and sources without one, over all sources and within VinDr alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.breakdown import Breakdown, BreakdownRow, strata_request
from spinefairbench.analysis.contrasts import ContrastRow
from spinefairbench.analysis.estimates import Request
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.strata import FINDING, Grouping, Strata, Stratum, strata_of
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.pathology import has_finding
from spinefairbench.bundle.source_ids import VINDR, dataset_of
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.problems import counted
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

__all__ = ["ANY_FINDING", "NO_FINDING_LABEL", "SCOPES", "Expected", "FindingRow", "FindingStrata", "Labels", "Unlabelled",
           "finding_request", "unlabelled"]  # fmt: skip

_POOLED: Final = "pooled"
_WITHIN_VINDR: Final = "within_vindr"
SCOPES: Final = (_POOLED, _WITHIN_VINDR)
"""All sources, and those of the one collection in which findings were labelled."""
ANY_FINDING: Final = "any_finding"
NO_FINDING_LABEL: Final = "no_finding_label"

Labels = Mapping[str, frozenset[int]]
"""The pathology labels by source_id."""
Expected = Mapping[str | None, frozenset[str]]
"""The pairs that each panel lists."""


@dataclass(frozen=True)
class FindingRow(Row):
    """One stratum of one model, with the pairs and sources that its panel lists for the stratum.

    `api_error_pairs` are expected pairs of which a report is missing or faulty.
    """

    found: BreakdownRow
    expected_pairs: int
    expected_sources: int
    api_error_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs_included: int

    @property
    def usable_pairs(self) -> int:
        """The pairs that the endpoints are over."""
        return self.found.usable_pairs

    @property
    def usable_sources(self) -> int:
        """The sources with a usable pair."""
        return self.found.n_sources

    @property
    def zero_usable_sources(self) -> int:
        """The expected sources without a usable pair."""
        return self.expected_sources - self.usable_sources

    def to_json(self) -> dict[str, Any]:
        """The counts side by side, then what every breakdown has."""
        shown = self.found.to_json()
        return {
            **{key: shown.pop(key) for key in ("model", "by", "of", "stratum")},
            "expected_pairs": self.expected_pairs,
            "usable_pairs": shown.pop("usable_pairs"),
            "full_refusal_pairs": self.full_refusal_pairs,
            "partial_refusal_pairs_included": self.partial_refusal_pairs_included,
            "api_error_pairs": self.api_error_pairs,
            "expected_sources": self.expected_sources,
            "n_sources": shown.pop("n_sources"),
            "zero_usable_sources": self.zero_usable_sources,
            **shown,
        }


class FindingStrata(NamedTuple):
    """The strata that were formed, a row for each in their order, and the contrasts."""

    groups: list[Strata]
    rows: list[FindingRow]
    contrasts: list[ContrastRow]


def finding_request(
    models: Sequence[ModelReports], labels: Labels, expected: Expected, bootstrap: Bootstrap = FROZEN
) -> Request[FindingStrata]:
    """Both scopes of each model; a source without an entry in `labels` is in no stratum.

    Endpoints weight each pair alike, as in Table 2. Contrasts are `any_finding` less `no_finding_label`.
    """
    groups = [strata_of(model, FINDING, _grouping(labels, scope), {}) for model in models for scope in SCOPES]
    strata = [(group, stratum) for group in groups for stratum in group.strata]

    def finish(found: Breakdown) -> FindingStrata:
        rows = [
            _row(group, stratum, row, labels, expected.get(stratum.pairs.panel, frozenset()))
            for (group, stratum), row in zip(strata, found.rows, strict=True)
        ]
        return FindingStrata(groups, rows, found.contrasts)

    return strata_request(groups, bootstrap).then(finish)


def _grouping(labels: Labels, scope: str) -> Grouping:
    strata = (ANY_FINDING, NO_FINDING_LABEL)
    return Grouping(scope, strata, lambda source, edit, known: _stratum_of(source, labels, scope), within_source=False)


def _stratum_of(source_id: str, labels: Labels, scope: str) -> str | None:
    if source_id not in labels or (scope == _WITHIN_VINDR and dataset_of(source_id) != VINDR):
        return None
    return ANY_FINDING if has_finding(labels[source_id]) else NO_FINDING_LABEL


def _row(group: Strata, stratum: Stratum, found: BreakdownRow, labels: Labels, listed: frozenset[str]) -> FindingRow:
    scope = group.grouping.of
    expected = {pair_id for pair_id in listed if _stratum_of(source_of(pair_id), labels, scope) == stratum.name}
    return FindingRow(
        found,
        expected_pairs=len(expected),
        expected_sources=len({source_of(pair_id) for pair_id in expected}),
        api_error_pairs=len(expected - {pair.pair_id for pair in stratum.pairs.pairs}),
        full_refusal_pairs=stratum.pairs.full_refusal_pairs,
        partial_refusal_pairs_included=stratum.pairs.partial_refusal_pairs,
    )


class Unlabelled(NamedTuple):
    """The sources of `no_finding_label` in one scope, and how many of them nobody labelled."""

    scope: str
    n_sources: int
    n_unlabelled: int

    @property
    def note(self) -> str:
        """What the stratum means in this scope."""
        of_all = f"{self.scope}: no_finding_label has {counted(self.n_sources, 'source')}"
        if not self.n_unlabelled:
            return f"{of_all}, all of them labelled No finding"
        return f"{of_all}; nobody labelled {self.n_unlabelled:,} of them, so whether they have a finding is not known"


def unlabelled(labels: Labels, expected: Expected) -> list[Unlabelled]:
    """What `no_finding_label` means in each scope, over the sources that the panels list."""
    sources = {source_of(pair_id) for pairs in expected.values() for pair_id in pairs}
    found = []
    for scope in SCOPES:
        without = [each for each in sources if _stratum_of(each, labels, scope) == NO_FINDING_LABEL]
        found.append(Unlabelled(scope, len(without), sum(not labels[source_id] for source_id in without)))
    return found
