"""The frozen statistics of the secondary endpoints: what `common_core_1000_summary.json` says of them, if anything."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.frozen_table import PANEL_KEYS
from spinefairbench.bundle.json_values import finite_number, value_at
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem

__all__ = ["FROZEN_ENDPOINTS", "FrozenSecondary", "frozen_secondary"]


class _FrozenEndpoint(NamedTuple):
    """What the summary calls an endpoint, and its mean."""

    name: str
    mean: str


FROZEN_ENDPOINTS: Final = {
    "severity_language": _FrozenEndpoint("severity_language", "mean_abs_difference"),
    "confidence": _FrozenEndpoint("confidence", "mean_abs_difference"),
    "unmatched_predictions": _FrozenEndpoint("hallucination", "mean_disparity"),
}
_KEYS: Final = (
    "n_pairs", "bootstrap_ci.lower", "bootstrap_ci.upper", "wilcoxon.statistic", "wilcoxon.p_value", "cohens_d_z",
)  # fmt: skip


class FrozenSecondary(NamedTuple):
    """{(model, endpoint): {key, with dots: number}} of what is there; None where a value is null.

    `problems` names what is there and is no number.
    """

    values: Mapping[tuple[str, str], Mapping[str, float | None]]
    problems: tuple[Problem, ...]


def frozen_secondary(bundle: Bundle, models: Mapping[str, str]) -> FrozenSecondary:
    """Read the statistics of the models of {model: panel}. Raises BundleError where there is no summary to read."""
    summary = bundle.json_object(layout.SUMMARY)
    problems: list[Problem] = []
    values = {}
    for model, panel in models.items():
        for endpoint, frozen in FROZEN_ENDPOINTS.items():
            keys = ("panels", PANEL_KEYS[panel], "models", model, "primary_secondary_stats", frozen.name)
            values[model, endpoint] = _numbers(summary, keys, frozen.mean, problems)
    return FrozenSecondary(values, tuple(problems))


def _numbers(
    summary: Mapping[str, Any], entry: Sequence[str], mean: str, problems: list[Problem]
) -> dict[str, float | None]:
    """The numbers of one entry of the summary; what is there and is none goes to `problems`."""
    found: dict[str, float | None] = {}
    for key in (mean, *_KEYS):
        path = (*entry, *key.split("."))
        try:
            value = value_at(summary, path, layout.SUMMARY)
        except BundleError:
            continue  # a summary need not have it
        try:
            found[key] = None if value is None else finite_number(value, f"{layout.SUMMARY}: {'.'.join(path)}")
        except BundleError as error:
            problems += error.problems
    return found
