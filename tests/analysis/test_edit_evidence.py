"""Published figures that are quoted: their own arithmetic agrees, and the sentences say where they are from."""

import math
from typing import Final

import pytest

from spinefairbench.analysis.edit_evidence import evidence_notes
from spinefairbench.bundle.published import published_evidence

TRANSFER: Final = published_evidence()["target_validity"]
CONTROL: Final = published_evidence()["reconstruction_control"]
TRAINING: Final = published_evidence()["generator_training_overlap"]
# The 97.5% and 80% points of the normal distribution, added: a two-sided test at 5% with a power of 80%. What was
# published is computed from both points rounded to three decimals.
DETECTABLE: Final = 2.8015852
DETECTABLE_AS_PUBLISHED: Final = 1.960 + 0.842


@pytest.mark.parametrize("endpoint", ["recommendation", "diagnostic"])
def test_the_arithmetic_of_the_control(endpoint: str) -> None:
    found = CONTROL[endpoint]
    published = DETECTABLE_AS_PUBLISHED * found["bootstrap_se"]
    assert found["minimum_detectable_effect"] == pytest.approx(published, rel=1e-12)
    assert found["minimum_detectable_effect"] == pytest.approx(DETECTABLE * found["bootstrap_se"], rel=2e-4)
    assert found["cohens_dz"] == pytest.approx(found["estimate"] / found["sd"], rel=1e-12)
    # The bootstrap's standard error is that of a mean over 64 sources, but for the chance of 10,000 resamples.
    assert found["bootstrap_se"] == pytest.approx(found["sd"] / math.sqrt(CONTROL["n_sources"]), rel=0.02)
    assert found["ci95"][0] < 0 < found["ci95"][1]
    assert found["p_holm"] == min(1.0, 2 * found["p_value"])
    assert CONTROL["n_reports"] == 3 * CONTROL["n_sources"]


def test_the_arithmetic_of_the_training_split() -> None:
    eligible, splits = TRAINING["eligible_corpus"], TRAINING["configured_splits"]
    n = eligible["source_ids"]
    assert eligible["vindr"] + eligible["buu"] == n
    # A permutation of the sources is cut at 80 % and another 10 %, rounded down.
    sizes = int(0.8 * n), int(0.1 * n)
    assert [split["count"] for split in splits.values()] == [*sizes, n - sum(sizes)]
    assert splits["train"]["buu"] + splits["train"]["vindr"] == splits["train"]["count"]
    for pool, size in (("common_core_1000", 1000), ("evaluation_pool_2000", 2000)):
        assert sum(split[pool] for split in splits.values()) == size
    released, filtered = splits["train"]["released_sources_2950"], splits["train"]["source_filtered_generation_2987"]
    assert splits["train"]["common_core_1000"] < splits["train"]["evaluation_pool_2000"] < released < filtered


def test_the_arithmetic_of_the_estimators() -> None:
    anchor = TRANSFER["estimators_on_real_images"]
    assert anchor["age_mean_absolute_error"] < anchor["age_mean_absolute_error_limit"]
    assert anchor["sex_auroc_limit"] < anchor["sex_auroc"] <= 1
    for attribute in ("age", "sex"):
        found = TRANSFER[attribute]
        assert found["n_sources"] + found["n_sources_excluded"] == TRANSFER["n_sources_considered"]
        # Holm's first of the published family, rounded as the p values are.
        assert found["p_holm"] == pytest.approx(4 * found["p_value"], rel=1e-4)


@pytest.mark.parametrize("attribute", ["age", "sex"])
def test_the_arithmetic_of_the_transfer(attribute: str) -> None:
    found = TRANSFER[attribute]
    assert found["share_of_asked"] == round(found["estimate"] / found["asked"], 4)
    assert 0.0005 < found["share_of_asked"] < 0.002, "about one thousandth"
    reach = 1.959964 * found["sd_across_sources"] / math.sqrt(TRANSFER["n_sources"])
    assert (found["ci95"][1] - found["ci95"][0]) / 2 == pytest.approx(reach, rel=0.02)
    assert found["ci95"][0] < found["estimate"] < found["ci95"][1]


def test_the_figures_are_quoted_with_why_they_are_not_recomputed() -> None:
    transfer, control, training = evidence_notes()
    for said in ("0.0543 of the 50 years", "0.00156 of 1", "not recomputed", "estimators are not released", "2,945"):
        assert said in transfer
    for said in (
        "Qwen2.5-VL-7B-Instruct",
        "64 BUU sources",
        "192 reports are not released",
        "hold 0",
        "-0.078 to 0.141",
    ):
        assert said in control
    for said in ("1,000 core sources", "9,024", "395 were in its prescribed training part", "326", "279"):
        assert said in training
    assert all("origin" in section for section in (published_evidence(), TRANSFER, CONTROL, TRAINING))
