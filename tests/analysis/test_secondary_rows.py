"""The rows of the secondary endpoints: means, intervals, and the two tests."""

from collections.abc import Sequence

import pytest

from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.result import plain
from spinefairbench.analysis.secondary_rows import SecondaryRow, secondary_request
from spinefairbench.analysis.secondary_values import ENDPOINTS, HEDGING, UNMATCHED, ModelValues, PairedValues
from spinefairbench.statistics.bootstrap import Bootstrap
from spinefairbench.statistics.signed_rank import signed_rank


def values(of_source: Sequence[int], of_edited: Sequence[int], *, pairs: int = 2, most: int = 4) -> PairedValues:
    return PairedValues(
        [f"vindr_{place // pairs:03d}" for place in range(len(of_source))], of_source, of_edited, 1, most
    )


def rows_of(*models: PairedValues) -> list[SecondaryRow]:
    given = [
        ModelValues(f"m{place}", dict.fromkeys(ENDPOINTS, each), each.labelled_only())
        for place, each in enumerate(models)
    ]
    bootstrap = Bootstrap(200)
    return answer(secondary_request(given, bootstrap), bootstrap)


def test_a_row_by_hand() -> None:
    # Differences: 1, 1 of the first source, -2, 0 of the second.
    row = rows_of(values([1, 2, 0, 1], [0, 1, 2, 1]))[0]
    assert (row.model, row.endpoint, row.n_pairs, row.n_sources) == ("m0", "severity_language", 4, 2)
    assert (row.mean.value, row.mean_difference, row.cohens_d_z) == (1, 0, 0)
    assert row.mean.ci95 == (1, 1)
    assert row.wilcoxon == signed_rank([1, 1, -2])
    assert row.sign_flip is not None
    assert row.sign_flip.p_value == 1


def test_all_pairs_of_a_source_are_flipped_together() -> None:
    # Twelve pairs that all rise are as good as impossible by chance, but three sources that all rise are not.
    row = rows_of(values([1] * 12, [0] * 12, pairs=4))[0]
    assert row.wilcoxon is not None
    assert row.wilcoxon.p_value < 0.001
    assert row.sign_flip is not None
    assert row.sign_flip.p_value == pytest.approx(0.25, abs=0.1)


def test_p_values_are_adjusted_for_the_number_of_models_within_each_endpoint() -> None:
    shift = values([1] * 20, [0] * 20, pairs=1)
    one, other = rows_of(shift, values([1, 0] * 10, [0, 1] * 10, pairs=1))[::3]
    assert one.sign_flip is not None
    assert other.sign_flip is not None
    assert one.sign_flip.p_holm == 2 * one.sign_flip.p_value
    [alone] = [row for row in rows_of(shift) if row.endpoint == UNMATCHED]
    assert alone.sign_flip is not None
    assert alone.sign_flip.p_holm == alone.sign_flip.p_value


def test_the_interval_of_a_count_is_left_out_where_none_holds() -> None:
    few = {row.endpoint: row.mean for row in rows_of(values([1, 0, 0, 0] * 20, [0] * 80))}
    assert few["severity_language"].adjusted_ci95 is not None
    assert few[HEDGING].judged_ci95 is None
    assert few[HEDGING].adjustment_reason == (
        "there are only 40 sources (fewer than 50); too few for a count, which has no upper end"
    )
    enough = {row.endpoint: row.mean for row in rows_of(values([1, 0] * 50, [0, 0] * 50))}
    assert enough[HEDGING].judged_ci95 is not None


def test_only_unmatched_predictions_have_other_readings() -> None:
    found = {row.endpoint: plain(row) for row in rows_of(values([1, 0], [0, 0], most=1))}
    for part in ("corrected", "vindr", "vindr_corrected"):
        assert [found[endpoint][part] is None for endpoint in ENDPOINTS] == [True, True, False]
    assert found[UNMATCHED]["vindr"] | {"ci95": None} == {
        "n_pairs": 2,
        "n_sources": 1,
        "mean_abs_difference": 0.5,
        "ci95": None,
        "adjusted_ci95": None,
        "adjustment_reason": "there is only one source, so nothing shows how much sources differ",
    }
    assert found[UNMATCHED]["wilcoxon"] == signed_rank([1, 0])._asdict()


def test_no_usable_pair() -> None:
    for row in rows_of(values([], [])):
        assert (row.n_pairs, row.n_sources, row.mean.value) == (0, 0, None)
        assert (row.wilcoxon, row.cohens_d_z, row.mean_difference, row.sign_flip) == (None,) * 4
