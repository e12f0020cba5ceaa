"""Values as a file stores them, and the levels by which they become 0..1."""

import math
from typing import Any, Final, NamedTuple

from spinefairbench.generator.failures import InputError
from spinefairbench.generator.libraries import BoolImage, FloatImage, numpy

__all__ = ["MAX_PIXELS", "LookedUp", "StoredValues", "check_size", "levelled"]

MAX_PIXELS: Final = 100_000_000
_MIN_SIDE: Final = 16


class LookedUp(NamedTuple):
    """Values after a DICOM VOI lookup table, the range that its entries can express, and what it says of itself."""

    values: FloatImage
    full: tuple[float, float]
    explanation: str


class StoredValues(NamedTuple):
    """Values as stored, after any rescaling; `full` is the range that the bits can express, rescaled too.

    `window` is a DICOM window (center, width, function), `padding` marks the pixels that are no part of the image.
    """

    values: FloatImage
    record: dict[str, Any]
    full: tuple[float, float]
    window: tuple[float, float, str] | None = None
    looked_up: LookedUp | None = None
    padding: BoolImage | None = None

    @property
    def seen(self) -> FloatImage:
        """The values of the pixels that are part of the image, in one row."""
        return self.values.ravel() if self.padding is None else self.values[~self.padding]


def check_size(where: str, width: int, height: int) -> None:
    """Raise InputError for an image that is too large to be read, or too small to be a radiograph."""
    if width * height > MAX_PIXELS:
        raise InputError(f"{where}: {width}x{height} pixels are more than the {MAX_PIXELS} that are read")
    if min(width, height) < _MIN_SIDE:
        raise InputError(f"{where}: {width}x{height} pixels; each side must have at least {_MIN_SIDE}")


def _window(values: FloatImage, centre: float, width: float, function: str, where: str) -> FloatImage:
    """The windowing functions of DICOM PS3.3 C.11.2, scaled to 0..1."""
    finite = math.isfinite(centre) and math.isfinite(width)
    if function == "LINEAR" and finite and width > 1:
        return (values - (centre - 0.5)) / (width - 1) + 0.5
    if function == "LINEAR_EXACT" and finite and width > 0:
        return (values - centre) / width + 0.5
    if function == "SIGMOID" and finite and width > 0:
        return 1 / (1 + numpy.exp(numpy.clip(-4 * (values - centre) / width, -700, 700)))
    raise InputError(f"{where}: has no usable window: {function[:40]!r}, centre {centre}, width {width}")


def levelled(
    stored: StoredValues, levels: str, percentiles: tuple[float, ...], where: str
) -> tuple[FloatImage, dict[str, Any]]:
    """Values in 0..1 before clipping, and the levels that were used. Raises InputError for levels that are not there."""
    chosen = levels
    if levels == "auto":
        eight_bit = stored.record["format"] != "DICOM" and stored.record["bits"] == 8
        chosen = "full" if eight_bit else "percentile"
        if stored.looked_up is not None or stored.window is not None:
            chosen = "window" if stored.looked_up is None else "voi-lut"
    if chosen == "voi-lut":
        if stored.looked_up is None:
            raise InputError(f"{where}: has no VOI lookup table; use --levels auto")
        values, (low, high), explanation = stored.looked_up
        said = {"explanation": explanation} if explanation else {}
        return (values - low) / (high - low), {"levels": chosen, **said, "low": low, "high": high}
    if chosen == "window":
        if stored.window is None:
            raise InputError(f"{where}: has no window; use --levels percentile or full")
        centre, width, function = stored.window
        used: dict[str, Any] = {"window_centre": centre, "window_width": width, "window_function": function}
        return _window(stored.values, centre, width, function, where), {"levels": "window", **used}
    seen = stored.seen
    if chosen == "full":
        low, high = stored.full
        if seen.min() < low or seen.max() > high:
            raise InputError(f"{where}: has values outside {low:g}..{high:g}; use --levels percentile or window")
        used = {}
    else:
        low, high = (float(level) for level in numpy.percentile(seen, percentiles))
        used = {"percentiles": list(percentiles)}
        if high <= low:
            first, last = percentiles
            raise InputError(
                f"{where}: its percentiles {first:g} and {last:g} are the same gray value ({low:g}); use --levels full"
            )
    return (stored.values - low) / (high - low), {"levels": chosen, **used, "low": low, "high": high}
