"""The measures of quality control: where a row has them, what values they can take, and the frozen thresholds."""

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.json_values import finite_number
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem

__all__ = ["MEASURES", "THRESHOLDS", "QcMeasurements", "read_measurements"]


class _Threshold(NamedTuple):
    """A measurement meets its threshold if it is finite and minimum <= value <= maximum."""

    measure: str
    minimum: float
    maximum: float

    def is_met(self, value: float) -> bool:
        return math.isfinite(value) and self.minimum <= value <= self.maximum

    @property
    def is_upper_bound(self) -> bool:
        """Whether only the maximum can be missed, because no measurement is below 0."""
        return self.minimum == 0


THRESHOLDS: Final = (
    _Threshold("ssim", 0.70, 1.0),
    _Threshold("edge_preservation", 0.276, 1.0),
    _Threshold("lpips", 0.0, 0.40),
)
MEASURES: Final = tuple(threshold.measure for threshold in THRESHOLDS)

_RANGES: Final = {"ssim": (-1.0, 1.0), "edge_preservation": (0.0, 1.0), "lpips": (0.0, math.inf)}
"""The least and the greatest value that each measure can take, by its definition."""

_NO_MEASURES: Final = frozenset({"counterfactual_image_size_bytes"})


class QcMeasurements(NamedTuple):
    """What a row measured, `problems` of values that are none, and the names of numbers that nothing is known of."""

    values: dict[str, float]
    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]


def read_measurements(row: Mapping[str, Any], place: str) -> QcMeasurements:
    """Read the measures of a QC row; one that is null was not measured.

    That the measures are called `ssim`, `edge_preservation` and `lpips` is inferred: any other number of the row is
    named as unknown.
    """
    values: dict[str, float] = {}
    problems: list[Problem] = []
    unknown = []
    for name, value in row.items():
        if name in MEASURES:
            if value is None:
                continue
            try:
                number = finite_number(value, f"{place}: {name}")
            except BundleError as error:
                problems += error.problems
                continue
            least, greatest = _RANGES[name]
            if least <= number <= greatest:
                values[name] = number
            else:
                said = f"{number}; expected {f'{least:g} to {greatest:g}' if math.isfinite(greatest) else 'no less than 0'}"
                problems.append(Problem(f"{place}: {name}", said))
        elif isinstance(value, int | float) and not isinstance(value, bool) and name not in _NO_MEASURES:
            unknown.append(name)
    return QcMeasurements(values, tuple(problems), tuple(unknown))
