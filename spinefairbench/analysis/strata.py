"""How pairs can be grouped, and the groups: strata of the edit, of the source, or of whether the two agree."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.noise_floor import Floors, source_floors
from spinefairbench.analysis.report_distances import BySource, reports_by_source
from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.source_ids import dataset_of
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.metrics.model_reports import ModelReports, PairReports

__all__ = [
    "BREAKDOWNS",
    "BREAKDOWNS_OF_PANEL",
    "BREAKDOWNS_WITHOUT_METADATA",
    "CROSS_AGE",
    "CROSS_BOTH",
    "CROSS_SEX",
    "FINDING",
    "SAME_BOTH",
    "UNKNOWN",
    "Grouping",
    "Metadata",
    "Strata",
    "Stratum",
    "grouped",
    "strata_of",
]

Metadata = Mapping[str, SourceMetadata]
"""By source_id."""

BREAKDOWNS: Final = ("edit", "age", "sex", "dataset", "same-or-cross")
"""How the pairs of any model can be grouped."""
BREAKDOWNS_WITHOUT_METADATA: Final = ("edit", "dataset")
"""Those for which the ids of a pair say enough."""
FINDING: Final = "finding"
BREAKDOWNS_OF_PANEL: Final = (*BREAKDOWNS, FINDING)
"""Those that the command offers: only the lists of the panels say which findings were labelled."""
UNKNOWN: Final = "unknown"
"""The stratum of sources of which the dataset does not say it."""
SAME_BOTH: Final = "same age, same sex"
"""Edits that ask for what the source has: they only render the image anew."""
CROSS_AGE: Final = "cross age, same sex"
CROSS_SEX: Final = "same age, cross sex"
CROSS_BOTH: Final = "cross age, cross sex"
_OLD_FROM: Final = 50.0
"""Halfway between the ages that the edits ask for, 25 and 75."""
_SAME_OR_CROSS: Final = ("same", "cross", UNKNOWN)
_AGE_NAMES: Final = {"young": "under 50", "elderly": "50 and over", UNKNOWN: UNKNOWN}
_NOTHING_KNOWN: Final = SourceMetadata(None, None)


class Grouping(NamedTuple):
    """One way to group the pairs; `of` says what the strata are a property of.

    `stratum` names the stratum from source_id, edit label and the source's metadata, None of pairs that are in none.
    `within_source`: one source has
    pairs of several strata, so strata are contrasted within sources. `joint`: the strata are those of age and sex
    together, which have contrasts of their own.
    """

    of: str
    strata: tuple[str, ...]
    stratum: Callable[[str, str, SourceMetadata], str | None]
    within_source: bool
    joint: bool = False


class Stratum(NamedTuple):
    """The pairs of one stratum, and the floor with T over them and F over all reports on the source image."""

    name: str
    pairs: ModelReports
    floors: Floors

    @property
    def usable(self) -> tuple[PairReports, ...]:
        """Its usable pairs."""
        return self.pairs.usable


class Strata(NamedTuple):
    """The strata of one model under one grouping; `sources` are all the model's, sorted."""

    model: str
    by: str
    grouping: Grouping
    sources: tuple[str, ...]
    strata: list[Stratum]


def grouped(model: ModelReports, by: str, metadata: Metadata, reported: BySource | None = None) -> list[Strata]:
    """The strata of a model, for each grouping that `by` (one of `BREAKDOWNS`) stands for; none without a pair.

    `reported` is `reports_by_source` of the model, where it is known.
    """
    known = reported or reports_by_source(model)
    return [
        strata_of(model, by, grouping, metadata, known)
        for grouping in _groupings(by, sorted({pair.source_id for pair in model.pairs}))
    ]


def strata_of(
    model: ModelReports, by: str, grouping: Grouping, metadata: Metadata, reported: BySource | None = None
) -> Strata:
    """The strata of a model under one grouping, which stands under the name `by`; `reported` is as for `grouped`."""
    sources = tuple(sorted({pair.source_id for pair in model.pairs}))
    return Strata(
        model.model, by, grouping, sources, _strata(model, grouping, metadata, reported or reports_by_source(model))
    )


def _strata(model: ModelReports, grouping: Grouping, metadata: Metadata, reported: BySource) -> list[Stratum]:
    parts: dict[str, set[str]] = {name: set() for name in grouping.strata}
    for pair in model.pairs:
        known = metadata.get(pair.source_id, _NOTHING_KNOWN)
        name = grouping.stratum(pair.source_id, pair.edit_label, known)
        if name is not None:
            parts[name].add(pair.pair_id)
    return [
        Stratum(name, model.only(pair_ids), _floors(model, pair_ids, reported))
        for name, pair_ids in parts.items()
        if pair_ids
    ]


def _floors(model: ModelReports, pair_ids: set[str], reported: BySource) -> Floors:
    return source_floors(model, counted=lambda pair: pair.pair_id in pair_ids, reported=reported)


# --- the groupings ---------------------------------------------------------------------------------------------


def _edit_age(edit: str) -> str:
    return edit.partition("_")[0]


def _edit_sex(edit: str) -> str:
    return edit.partition("_")[2]


def _source_age_group(metadata: SourceMetadata) -> str:
    if metadata.age is None:
        return UNKNOWN
    return "elderly" if metadata.age >= _OLD_FROM else "young"


def _source_sex(metadata: SourceMetadata) -> str:
    return metadata.sex or UNKNOWN


def _agreement(asked: str, had: str) -> str:
    return UNKNOWN if had == UNKNOWN else "same" if asked == had else "cross"


def _joint_agreement(source: str, edit: str, known: SourceMetadata) -> str:
    """The stratum of age and sex together, of sources whose age and sex are both known."""
    age = _agreement(_edit_age(edit), _source_age_group(known))
    sex = _agreement(_edit_sex(edit), _source_sex(known))
    return UNKNOWN if UNKNOWN in (age, sex) else f"{age} age, {sex} sex"


def _groupings(by: str, sources: Sequence[str]) -> tuple[Grouping, ...]:
    if by == "dataset":
        datasets = tuple(sorted(set(map(dataset_of, sources))))
        return (Grouping("source", datasets, lambda source, edit, known: dataset_of(source), False),)
    return _GROUPINGS[by]


_GROUPINGS: Final[Mapping[str, tuple[Grouping, ...]]] = {
    "edit": (Grouping("edit", EDIT_LABELS, lambda source, edit, known: edit, True),),
    "age": (
        Grouping("edit", ("elderly", "young"), lambda source, edit, known: _edit_age(edit), True),
        Grouping(
            "source",
            tuple(_AGE_NAMES.values()),
            lambda source, edit, known: _AGE_NAMES[_source_age_group(known)],
            False,
        ),
    ),
    "sex": (
        Grouping("edit", ("female", "male"), lambda source, edit, known: _edit_sex(edit), True),
        Grouping("source", ("female", UNKNOWN), lambda source, edit, known: _source_sex(known), False),
    ),
    "same-or-cross": (
        Grouping(
            "age",
            _SAME_OR_CROSS,
            lambda source, edit, known: _agreement(_edit_age(edit), _source_age_group(known)),
            True,
        ),
        Grouping(
            "sex", _SAME_OR_CROSS, lambda source, edit, known: _agreement(_edit_sex(edit), _source_sex(known)), True
        ),
        Grouping(
            "age and sex", (SAME_BOTH, CROSS_AGE, CROSS_SEX, CROSS_BOTH, UNKNOWN), _joint_agreement, True, joint=True
        ),
    ),
}
