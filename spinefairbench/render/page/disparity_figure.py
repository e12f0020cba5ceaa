"""The figure of fairness: by category, how far reports on the edits of one source differ by age and by sex."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from spinefairbench.analysis.disparity import DisparityRow
from spinefairbench.analysis.edit_contrasts import CATEGORY_KINDS
from spinefairbench.render.html import Markup, element
from spinefairbench.render.page.axes import Scale, symmetric_scale
from spinefairbench.render.page.charts import figure
from spinefairbench.render.page.drawing import (
    AGE,
    ANYWAY,
    BOTH,
    GRID,
    MUTED,
    SEX,
    dots,
    drawing,
    group,
    label,
    segment,
    segments,
)
from spinefairbench.render.page.text_fit import fitted
from spinefairbench.render.page.words import clipped, spaced

__all__ = ["disparity_figures"]


class _Contrast(NamedTuple):
    """A column of the figure: its heading in two lines, and the colour of what excludes zero."""

    heading: str
    less: str
    colour: str


_CONTRASTS: Final = {
    "age": _Contrast("by age", "elderly \u2212 young", AGE),
    "sex": _Contrast("by sex", "female \u2212 male", SEX),
    "age_x_sex": _Contrast("age by sex", "interaction", BOTH),
}
_WIDTH: Final = 380
_FIRST: Final = 122
_COLUMN: Final = 78
_GAP: Final = 10
_HEAD: Final = 46
_ROW: Final = 14
_BETWEEN: Final = 6
_LEAST: Final = 5.0
_NAME_ROOM: Final = 116
_HELD: Final = 0.8
_STEPS: Final = 5


def disparity_figures(rows: Sequence[DisparityRow]) -> Markup | None:
    """A small figure for each model, in the order of the rows, all on the same axes; None without an estimate."""
    shown = [row for row in rows if row.kind in CATEGORY_KINDS and row.estimate is not None]
    if not shown:
        return None
    scales = {
        contrast: symmetric_scale(_reaches(shown, contrast), least=_LEAST, steps=_STEPS) for contrast in _CONTRASTS
    }
    models = dict.fromkeys(row.model for row in shown)
    figures = [
        _figure(number, model, [row for row in shown if row.model == model], scales)
        for number, model in enumerate(models, 1)
    ]
    return element("div", {"class": "multiples"}, *figures)


def _reaches(rows: Sequence[DisparityRow], contrast: str) -> list[float]:
    """What the axis of a contrast must hold: all estimates, what excludes zero, and most bounds of the others.

    A model with few usable sources would otherwise set an axis on which those of all others are points.
    """
    of_contrast = [row for row in rows if row.contrast == contrast]
    bounds = sorted(abs(bound) for row in of_contrast for bound in row.simultaneous_ci95 or ())
    apart = [bound for row in of_contrast if row.excludes_zero for bound in row.simultaneous_ci95 or ()]
    held = [*apart, *bounds[: int(_HELD * len(bounds))], *(row.estimate or 0.0 for row in of_contrast)]
    return [100 * value for value in held]


def _figure(number: int, model: str, rows: Sequence[DisparityRow], scales: Mapping[str, Scale]) -> Markup:
    places, bottom = _places(rows)
    parts: list[Markup | None] = [
        label(0, 14, fitted(clipped(model), _WIDTH, 13), size=13, bold=True, whole=clipped(model))
    ]
    names = [label(0, y, fitted(spaced(category), _NAME_ROOM, 10)) for (_, category), y in places.items()]
    parts.append(group(*names, x=_FIRST - 6, y=3.5, size=10, anchor="end"))
    for column, (contrast, scale) in enumerate(scales.items()):
        left = _FIRST + column * (_COLUMN + _GAP)
        parts += _column(left, contrast, scale, [row for row in rows if row.contrast == contrast], places, bottom)
    says = f"{clipped(model)}: difference by age and sex of how many of 100 reports name each category"
    return figure(
        f"{clipped(model)}, by age and sex", drawing(f"age-and-sex-{number}", says, (_WIDTH, bottom + 30), parts)
    )


def _places(rows: Sequence[DisparityRow]) -> tuple[dict[tuple[str, str], float], float]:
    """Where each category's row is, and where the last one ends; the kinds stand apart."""
    places: dict[tuple[str, str], float] = {}
    y, kind = float(_HEAD + _ROW / 2), rows[0].kind
    for of_kind, category in dict.fromkeys((row.kind, row.category) for row in rows):
        if of_kind != kind:
            y, kind = y + _BETWEEN, of_kind
        places[of_kind, category] = y
        y += _ROW
    return places, y - _ROW / 2


def _column(
    left: float,
    contrast: str,
    scale: Scale,
    rows: Sequence[DisparityRow],
    places: Mapping[tuple[str, str], float],
    bottom: float,
) -> Iterator[Markup | None]:
    shown = _CONTRASTS[contrast]

    def at(value: float) -> float:
        return left + scale.share(100 * value) * _COLUMN

    middle = left + _COLUMN / 2
    yield label(middle, 29, shown.heading, size=10, anchor="middle", colour=shown.colour, bold=True)
    yield label(middle, 40, shown.less, size=9, anchor="middle", colour=MUTED)
    ends = [left + scale.share(tick) * _COLUMN for tick in (scale.low, scale.high)]
    yield segments(((x, _HEAD, x, bottom) for x in ends), GRID)
    yield segment(middle, _HEAD, middle, bottom + 3, MUTED, 2)
    for tick, anchor in ((scale.low, None), (0.0, "middle"), (scale.high, "end")):
        x = left + scale.share(tick) * _COLUMN
        yield label(x, bottom + 13, scale.tick_label(tick), size=9, anchor=anchor, colour=MUTED)
    yield label(middle, bottom + 25, "of 100", size=9, anchor="middle", colour=MUTED)
    for colour, width, some in (
        (ANYWAY, 1.2, [row for row in rows if not row.excludes_zero]),
        (shown.colour, 2.5, [row for row in rows if row.excludes_zero]),
    ):
        lines = [
            (at(row.simultaneous_ci95[0]), y, at(row.simultaneous_ci95[1]), y)
            for row in some
            if row.simultaneous_ci95 is not None
            for y in [places[row.kind, row.category]]
        ]
        yield segments(lines, colour, width)
        points = [(at(row.estimate or 0.0), places[row.kind, row.category]) for row in some]
        yield dots(points, colour, 3 * width if width < 2 else 2.4 * width)
