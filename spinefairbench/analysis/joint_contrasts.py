"""Edits to another age group or sex against the edit that keeps both, which only renders the image anew.

Whatever an edit does to an image beside the attributes that it asks for, the edit that keeps both does too; what the
others change more is the part that can be due to age or sex.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

from spinefairbench.analysis.contrasts import Contrast, ContrastRow, source_means
from spinefairbench.analysis.partial_means import partial_mean
from spinefairbench.analysis.strata import CROSS_AGE, CROSS_BOTH, CROSS_SEX, SAME_BOTH, Strata
from spinefairbench.metrics.endpoint import ENDPOINTS, ByEndpoint

__all__ = ["joint_contrasts"]


class _Planned(NamedTuple):
    """`a` less `b`: the weights of the strata, and the largest difference there can be."""

    a: str
    b: str
    weights: Mapping[str, int]
    largest: int = 1


_PLANNED: Final = (
    *(_Planned(other, SAME_BOTH, {other: 1, SAME_BOTH: -1}) for other in (CROSS_AGE, CROSS_SEX, CROSS_BOTH)),
    _Planned(
        "cross less same age, cross sex",
        "cross less same age, same sex",
        {CROSS_BOTH: 1, CROSS_SEX: -1, CROSS_AGE: -1, SAME_BOTH: 1},
        largest=2,
    ),
)
"""The last is the difference in differences: whether an edit of the age does more where the sex is edited too."""


def joint_contrasts(group: Strata) -> list[Contrast]:
    """The contrasts of the strata of age and sex together, each over the sources that have all its strata."""
    means = {stratum.name: source_means(stratum.usable) for stratum in group.strata if stratum.usable}
    return [
        _contrast(planned, {name: means.get(name, {}) for name in planned.weights}, group, at)
        for planned in _PLANNED
        for at in range(len(ENDPOINTS))
    ]


def _contrast(
    planned: _Planned, means: Mapping[str, Mapping[str, ByEndpoint[Fraction]]], group: Strata, at: int
) -> Contrast:
    entering = set.intersection(*(set(of_stratum) for of_stratum in means.values()))

    def difference(source_id: str) -> Fraction:
        summands = [weight * means[name][source_id][at] for name, weight in planned.weights.items()]
        return sum(summands, Fraction(0)) / planned.largest

    row = ContrastRow(
        group.model,
        group.by,
        group.grouping.of,
        ENDPOINTS[at].name,
        planned.a,
        planned.b,
        paired=True,
        n_sources=len(entering),
    )
    differences = tuple(difference(source_id) if source_id in entering else None for source_id in group.sources)
    return Contrast(row, partial_mean(differences), planned.largest)
