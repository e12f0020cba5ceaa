"""What a page shows: the results of the analyses, none of them computed here."""

from collections.abc import Sequence
from typing import NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.full_audit import FullAudit
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.problems import ProblemLike
from spinefairbench.render.html import Markup, element

__all__ = [
    "Against",
    "EndpointRow",
    "FloorRow",
    "PageContents",
    "PairBrowser",
    "PairEntry",
    "Verdict",
    "both_origins",
]


class Verdict(NamedTuple):
    """What was checked or scored; `problems` are what the check of a panel found."""

    headline: str
    facts: Sequence[tuple[str, str]]
    signature: str
    problems: Sequence[ProblemLike] = ()
    warnings: Sequence[str] = ()


class EndpointRow(NamedTuple):
    """Both endpoints of one model; `published`: a figure of the release, shown for comparison."""

    model: str
    usable_pairs: int
    estimates: ByEndpoint[Estimate]
    published: bool = False


class FloorRow(NamedTuple):
    """The noise floor of one model; `published` as above."""

    floor: NoiseFloorRow
    published: bool = False

    @property
    def model(self) -> str:
        """The model's name."""
        return self.floor.model


def both_origins(rows: Sequence[EndpointRow | FloorRow]) -> bool:
    """Whether published figures stand beside others, which must then stand out."""
    return len({row.published for row in rows}) > 1


class Against(NamedTuple):
    """What to say of a submission against the panel; `missing` says why there is no comparison."""

    missing: str | None = None
    notes: Sequence[str] = ()


class PairEntry(NamedTuple):
    """A pair of the browser; its `anchor`, and the edit and the flags that it is filtered by."""

    model: str
    anchor: str
    edit: str
    flags: str
    details: Markup

    def item(self, place: int) -> Markup:
        """The item of the list; `place` is that of its model among those of the page."""
        return element(
            "li",
            {"id": self.anchor, "data-model": place, "data-edit": self.edit, "data-flags": self.flags},
            self.details,
        )


class PairBrowser(NamedTuple):
    """The entries of the pairs shown, that of the pair that changed most first; `left_out`: those that did not fit."""

    entries: Sequence[PairEntry]
    left_out: int


class PageContents(NamedTuple):
    """Everything on a page; `audit` holds what was found of its models, and what is not there is not shown.

    All rows are in the order of the first figure. `comparison_caveat` says why the published models are no comparison. `against` is None on the page of a panel.
    """

    title: str
    subtitle: str
    synthetic: bool
    verdict: Verdict
    audit: FullAudit
    endpoints: Sequence[EndpointRow]
    floors: Sequence[FloorRow]
    floor_notes: Sequence[str]
    pairs: PairBrowser
    comparison_caveat: str | None = None
    against: Against | None = None

    @property
    def pair_count(self) -> int:
        """All pairs of the models on the page, shown or not."""
        return sum(len(model.pairs) for model in self.audit.models)

    @property
    def is_submission(self) -> bool:
        """Whether the page is about a submission."""
        return self.against is not None
