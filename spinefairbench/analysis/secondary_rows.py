"""The secondary endpoints of each model as rows: means with their intervals, and the tests beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate, Request, Sample
from spinefairbench.analysis.result import Row
from spinefairbench.analysis.secondary_values import ENDPOINTS, HEDGING, UNMATCHED, ModelValues, PairedValues
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.intervals import FEW_SOURCES
from spinefairbench.statistics.randomization import holm_in_families, sign_flip_p_values
from spinefairbench.statistics.signed_rank import SignedRank, cohens_dz, signed_rank

__all__ = ["MeanRow", "SecondaryRow", "SignFlip", "secondary_request"]


class SignFlip(NamedTuple):
    """The test whether the mean signed difference is 0, all pairs of a source flipped together; Holm's over the models."""

    p_value: float
    p_holm: float


@dataclass(frozen=True)
class MeanRow(Row):
    """The mean absolute difference over some of the pairs, or with other values."""

    ESTIMATES: ClassVar = {"mean": "mean_abs_difference"}

    n_pairs: int
    n_sources: int
    mean: Estimate = NO_ESTIMATE


@dataclass(frozen=True)
class SecondaryRow(Row):
    """One endpoint of one model over its usable pairs, in levels (0 to 4), terms, or shares of a report's findings.

    `wilcoxon` and `cohens_d_z` are those of the signed differences, source less edit, and take pairs as independent:
    they reproduce frozen figures. `sign_flip` does not, and tests `mean_difference`, the mean of the same differences.
    `corrected` has the spelling put right that the published figures have wrong; `vindr` and `vindr_corrected` are of
    the sources whose findings were labelled. These three are None for the other endpoints.
    """

    ESTIMATES: ClassVar = {"mean": "mean_abs_difference"}

    model: str
    endpoint: str
    n_pairs: int
    n_sources: int
    mean: Estimate
    wilcoxon: SignedRank | None
    cohens_d_z: float | None
    mean_difference: float | None
    sign_flip: SignFlip | None = None
    corrected: MeanRow | None = None
    vindr: MeanRow | None = None
    vindr_corrected: MeanRow | None = None


def secondary_request(models: Sequence[ModelValues], bootstrap: Bootstrap = FROZEN) -> Request[list[SecondaryRow]]:
    """A row for each model and endpoint, in the order given; the signs are drawn with `bootstrap`."""
    rows: list[SecondaryRow] = []
    samples: list[Sample] = []
    for model in models:
        for endpoint in ENDPOINTS:
            values = model.by_endpoint[endpoint]
            row = _row(model.model, endpoint, values)
            samples.append(values.absolute)
            if endpoint == UNMATCHED:
                parts = (model.corrected, values.labelled_only(), model.corrected.labelled_only())
                corrected, vindr, vindr_corrected = map(_mean_row, parts)
                row = replace(row, corrected=corrected, vindr=vindr, vindr_corrected=vindr_corrected)
                samples += [part.absolute for part in parts]
            rows.append(row)

    signed = [model.by_endpoint[endpoint].signed for model in models for endpoint in ENDPOINTS]

    def finish(found: Sequence[Estimate]) -> list[SecondaryRow]:
        left = iter(found)
        return [_with_estimates(row, left) for row in _with_sign_flips(rows, signed, bootstrap)]

    return Request(samples, finish)


def _row(model: str, endpoint: str, values: PairedValues) -> SecondaryRow:
    """The row without its interval and test."""
    signed = values.signed
    if signed is None:
        return SecondaryRow(model, endpoint, 0, 0, NO_ESTIMATE, None, None, None)
    tested = signed_rank(values.published_differences)
    effect = cohens_dz(values.differences)
    return SecondaryRow(model, endpoint, signed.n_values, signed.n, NO_ESTIMATE, tested, effect, signed.estimate)


def _mean_row(values: PairedValues) -> MeanRow:
    return MeanRow(len(values.source_ids), len(set(values.source_ids)))


def _with_sign_flips(
    rows: Sequence[SecondaryRow], signed: Sequence[ClusterTotals | None], bootstrap: Bootstrap
) -> list[SecondaryRow]:
    """The rows with a test each of the signed differences, adjusted for the number of models."""
    drawn = iter(sign_flip_p_values([totals.sums for totals in signed if totals is not None], bootstrap))
    p_values = [None if totals is None else next(drawn) for totals in signed]
    adjusted = holm_in_families(p_values, [row.endpoint for row in rows])
    return [
        row if p_value is None or p_holm is None else replace(row, sign_flip=SignFlip(p_value, p_holm))
        for row, p_value, p_holm in zip(rows, p_values, adjusted, strict=True)
    ]


def _with_estimates(row: SecondaryRow, left: Iterator[Estimate]) -> SecondaryRow:
    """The row with the next of the estimates, and one for each of its parts."""
    mean = next(left)
    if row.endpoint == HEDGING and 1 < mean.n_sources < FEW_SOURCES:
        # The simulated intervals of such counts are too short, whichever method is taken.
        reason = f"{mean.adjustment_reason}; too few for a count, which has no upper end"
        mean = replace(mean, adjusted_ci95=None, adjustment_reason=reason)
    row = replace(row, mean=mean)
    if row.corrected is None or row.vindr is None or row.vindr_corrected is None:
        return row
    return replace(
        row,
        corrected=replace(row.corrected, mean=next(left)),
        vindr=replace(row.vindr, mean=next(left)),
        vindr_corrected=replace(row.vindr_corrected, mean=next(left)),
    )
