"""What a page shows: the results of the analyses, none of them computed here."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from spinefairbench.analysis.breakdown import BreakdownRow, ContrastRow
from spinefairbench.analysis.compare import CompareRow, DifferenceRow, LostRow
from spinefairbench.analysis.mention_counts import CategoryAuditRow
from spinefairbench.analysis.transitions import FlowRow, SwitchRow, TransitionRow
from spinefairbench.analysis.variant_endpoints import ParserVariantRow
from spinefairbench.render.html import Markup
from spinefairbench.statistics.ranks import RankSet

__all__ = [
    "AgainstPanel",
    "Audit",
    "Breakdown",
    "Comparison",
    "EndpointRow",
    "FloorRow",
    "PageContents",
    "PairBrowser",
    "RefusalRow",
    "Transitions",
    "Verdict",
]

Interval = tuple[float, float]


class Verdict(NamedTuple):
    """The answer in front: `held` None where nothing was held to anything (a submission)."""

    headline: str
    held: bool | None
    facts: Sequence[tuple[str, str]]
    signature: str
    problems: Sequence[str] = ()
    warnings: Sequence[str] = ()


class EndpointRow(NamedTuple):
    """Both endpoints of one model; `published`: a figure of the release, shown for comparison."""

    model: str
    usable_pairs: int
    recommendation_change: float | None
    diagnostic_consistency: float | None
    recommendation_ci95: Interval | None
    diagnostic_ci95: Interval | None
    published: bool = False


class FloorRow(NamedTuple):
    """T, F, excess and its interval of one model, of the endpoints in the order recommendation, diagnostic."""

    model: str
    n_sources: int
    values: Sequence[tuple[float, float, float, Interval | None]]
    published: bool = False


class RefusalRow(NamedTuple):
    """What became of a model's pairs."""

    model: str
    usable_pairs: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    both_empty_pairs: int


class Transitions(NamedTuple):
    """What comes and goes, the strict switches, and the signed flows by what the edit asked for."""

    rows: Sequence[TransitionRow]
    switches: Sequence[SwitchRow]
    flows: Sequence[FlowRow] = ()


class Breakdown(NamedTuple):
    rows: Sequence[BreakdownRow]
    contrasts: Sequence[ContrastRow]
    notes: Sequence[str] = ()


class Audit(NamedTuple):
    """The readings of the parser audit, the mentions by category, and the audit's own signature."""

    rows: Sequence[ParserVariantRow]
    categories: Sequence[CategoryAuditRow]
    signature: str
    notes: Sequence[str] = ()


class Comparison(NamedTuple):
    """Models on the pairs that all have usable; `pairs_in_any` some have."""

    rows: Sequence[CompareRow]
    differences: Sequence[DifferenceRow]
    lost: Sequence[LostRow]
    pairs_in_any: int
    notes: Sequence[str] = ()


class AgainstPanel(NamedTuple):
    """A submission against each model of the panel, on the pairs that all have usable; `lost` has its own row first.

    `missing` says why there is nothing; all else is empty then.
    """

    differences: Sequence[DifferenceRow] = ()
    lost: Sequence[LostRow] = ()
    ranks: Mapping[str, RankSet] = {}
    common_pairs: int = 0
    pairs_in_any: int = 0
    notes: Sequence[str] = ()
    missing: str | None = None


class PairBrowser(NamedTuple):
    """The entries of the pairs shown, that of the pair that changed most first; `of` all pairs."""

    entries: Sequence[Markup]
    of: int
    left_out: int
    models: Sequence[str]


class PageContents(NamedTuple):
    """Everything on a page; a section whose part is None is left out."""

    title: str
    subtitle: str
    is_submission: bool
    synthetic: str | None
    verdict: Verdict
    endpoints: Sequence[EndpointRow]
    comparison_caveat: str | None
    refusals: Sequence[RefusalRow]
    pairs: PairBrowser
    floors: Sequence[FloorRow] = ()
    published_floors: Sequence[FloorRow] = ()
    floor_notes: Sequence[str] = ()
    breakdown: Breakdown | None = None
    transitions: Transitions | None = None
    audit: Audit | None = None
    comparison: Comparison | None = None
    against: AgainstPanel | None = None
