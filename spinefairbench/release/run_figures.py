"""What the reports of a run come to while it goes on: the figures of a score, without its intervals."""

from collections.abc import Mapping

from spinefairbench.analysis.estimates import answer_without_intervals
from spinefairbench.analysis.noise_floor import noise_floor_request
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ROLES, SOURCE_ROLE, ModelReports
from spinefairbench.release.request_map import Report
from spinefairbench.release.submission import SubmittedPair, SubmittedRepeats

__all__ = ["run_figures"]


def run_figures(texts: Mapping[Report, str], expected_pairs: int | None) -> dict[str, float | None]:
    """The figures of these reports under fixed names, None where no pair or source is there to tell one.

    They are those that `score` gives for the submission which these reports are converted into: a pair counts once it
    has a first report on either image, a repeated report only with its pair. Without a pair, only the counts are told.
    """
    reports = _reports(texts)
    [floor] = answer_without_intervals(noise_floor_request([reports]))
    return {
        **{endpoint.score_name: mean for endpoint, mean in reports.means.each()},
        **{
            f"{endpoint.short_name}_{name}": value
            for endpoint, of in zip(ENDPOINTS, floor.endpoints, strict=True)
            for name, value in (("T", of.T), ("F", of.F), ("excess", of.excess.value))
        },
        "floor_sources": floor.n_sources,
        "pairs": len(reports.pairs),
        "missing_pairs": None if expected_pairs is None else expected_pairs - len(reports.pairs),
        "usable_pairs": reports.usable_pairs,
        "full_refusal_pairs": reports.full_refusal_pairs,
        "doubts": len(reports.quality.doubts) if reports.pairs else None,
    }


def _reports(texts: Mapping[Report, str]) -> ModelReports:
    """The complete pairs, and the repeated reports of these, both sorted."""
    complete = sorted(
        pair_id
        for pair_id, image, repeat in texts
        if image == SOURCE_ROLE and repeat == 1 and Report(pair_id, COUNTERFACTUAL_ROLE, 1) in texts
    )
    repeated: dict[tuple[str, str], list[str]] = {}
    for report in sorted(texts):
        if report.repeat > 1:
            repeated.setdefault((report.pair_id, report.image), []).append(texts[report])
    pairs = [SubmittedPair(pair_id, *(texts[Report(pair_id, image, 1)] for image in ROLES)) for pair_id in complete]
    known = set(complete)
    repeats = [SubmittedRepeats(*key, tuple(reports)) for key, reports in repeated.items() if key[0] in known]
    return ModelReports("", tuple(pair.features() for pair in pairs), tuple(entry.features() for entry in repeats))
