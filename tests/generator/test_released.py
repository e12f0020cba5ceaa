"""Prompts, edits and the verdict over the frozen thresholds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.bundle.layout import EDIT_LABELS
from spinefairbench.bundle.qc_measures import MEASURES
from spinefairbench.errors import UsageError
from spinefairbench.generator.released import FAIL, INCOMPLETE, PASS, PROMPTS, edit_labels, verdict


def test_prompts_are_the_locked_ones() -> None:
    assert dict(PROMPTS) == {
        "elderly_female": "75-year-old female lumbar spine radiograph",
        "elderly_male": "75-year-old male lumbar spine radiograph",
        "young_female": "25-year-old female lumbar spine radiograph",
        "young_male": "25-year-old male lumbar spine radiograph",
    }


def test_demographic_all_is_the_bundles_edits_and_unknown_names_are_refused() -> None:
    assert edit_labels("all") == EDIT_LABELS
    assert edit_labels("young_male") == ("young_male",)
    with pytest.raises(UsageError, match="middle_aged"):
        edit_labels("middle_aged")


values = st.one_of(st.none(), st.floats(allow_nan=True), st.floats(0, 1))


@given(values, values, values, st.sets(st.sampled_from(MEASURES)))
def test_verdict_passes_only_what_was_measured_and_holds(a: Any, b: Any, c: Any, required: set[str]) -> None:
    measured = {"ssim": a, "edge_preservation": b, "lpips": c}
    asked = tuple(name for name in MEASURES if name in required)
    result = verdict(measured, asked)
    holds = {
        "ssim": a is not None and 0.70 <= a <= 1,
        "edge_preservation": b is not None and 0.276 <= b <= 1,
        "lpips": c is not None and 0 <= c <= 0.40,
    }
    assert (result == PASS) == (bool(asked) and all(holds[name] for name in asked))
    if any(measured[name] is not None and not holds[name] for name in asked):
        assert result == FAIL
    elif not asked or any(measured[name] is None for name in asked):
        assert result == INCOMPLETE


def test_a_missing_measurement_is_never_a_pass() -> None:
    perfect = {"ssim": 1.0, "edge_preservation": 1.0, "lpips": None}
    assert verdict(perfect) == INCOMPLETE
    assert verdict(perfect, ("ssim", "edge_preservation")) == PASS
