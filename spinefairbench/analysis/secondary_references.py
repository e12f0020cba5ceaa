"""The secondary endpoints against the frozen summary of the bundle, and against what was published."""

from collections.abc import Mapping, Sequence

from spinefairbench.analysis.secondary_rows import SecondaryRow
from spinefairbench.analysis.secondary_values import UNMATCHED
from spinefairbench.bundle import layout
from spinefairbench.bundle.frozen_secondary import FROZEN_ENDPOINTS
from spinefairbench.bundle.published import Figures
from spinefairbench.problems import TOLERANCE, Problem, Reference, absent_models, expect, unpublished_model

__all__ = ["frozen_comparison", "published_problems"]


def frozen_comparison(
    rows: Sequence[SecondaryRow], frozen: Mapping[tuple[str, str], Mapping[str, float | None]], *, intervals: bool
) -> tuple[list[Problem], list[str]]:
    """What differs from the frozen summary, and what could not be compared because the summary does not have it.

    `frozen` is that of `frozen_secondary`. The frozen intervals are compared only with `intervals`: they belong to the
    frozen settings.
    """
    problems: list[Problem] = []
    without: dict[str, list[str]] = {}
    undefined: list[str] = []
    for row in rows:
        stated = frozen[row.model, row.endpoint]
        name = FROZEN_ENDPOINTS[row.endpoint].name
        actual = _by_frozen_key(row)
        missing = [key for key in actual if key not in stated]
        if missing:
            said = name if len(missing) == len(actual) else f"{', '.join(missing)} of {name}"
            without.setdefault(said, []).append(row.model)
        for key in stated:
            if key.startswith("bootstrap_ci") and not intervals:
                continue
            if actual[key] is None and stated[key] is not None:
                undefined.append(f"{row.model}: {name} {key} is not defined here; the frozen summary has {stated[key]}")
                continue
            problems += expect(
                actual[key],
                stated[key],
                TOLERANCE,
                name=f"{name} {key}",
                place=row.model,
                reference=Reference.FROZEN_SUMMARY,
            )
    absent = [f"{layout.SUMMARY}: no {said} of {', '.join(models)}" for said, models in without.items()]
    return problems, [*absent, *undefined]


def _by_frozen_key(row: SecondaryRow) -> dict[str, float | None]:
    """The row's numbers under the keys of the summary."""
    lower, upper = row.mean.ci95 or (row.mean.value, row.mean.value)
    return {
        "n_pairs": row.n_pairs,
        FROZEN_ENDPOINTS[row.endpoint].mean: row.mean.value,
        "bootstrap_ci.lower": lower,
        "bootstrap_ci.upper": upper,
        "wilcoxon.statistic": None if row.wilcoxon is None else row.wilcoxon.statistic,
        "wilcoxon.p_value": None if row.wilcoxon is None else row.wilcoxon.p_value,
        "cohens_d_z": row.cohens_d_z,
    }


def published_problems(rows: Sequence[SecondaryRow], published: Figures, *, whole_panel: bool) -> list[Problem]:
    """What differs from the published unmatched predictions, which are `published` by model."""
    problems: list[Problem] = []
    for row in rows:
        if row.endpoint != UNMATCHED or row.vindr is None:
            continue
        if row.model not in published:
            problems.append(unpublished_model(row.model))
            continue
        vindr = row.vindr.n_pairs
        counts = {"n_pairs": row.n_pairs, "pairs_buu": row.n_pairs - vindr, "pairs_vindr": vindr}
        place = f"{row.model}: {UNMATCHED}"
        problems += published[row.model].expect_each(counts, counts, place=place)
        problems += published[row.model].expect("mean_disparity", row.mean.value, TOLERANCE, place=place)
    if whole_panel:
        problems += absent_models(published, {row.model for row in rows})
    return problems
