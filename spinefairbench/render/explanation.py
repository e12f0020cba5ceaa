"""A report with its matches marked in place, for a terminal or a pipe."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from spinefairbench.analysis.explanation import CUE_KINDS, ExplainedMatch, ExplainedReport
from spinefairbench.render.values import Printable, printable

__all__ = ["explanation_lines"]

_RESET: Final = "\x1b[0m"
_BOLD: Final = "1"
_COLOURS: Final = {"affirmed": "32", "negated": "31", "uncertain": "33", "recommended": "36", "descriptive": "34"}
_CUE_COLOUR: Final = "35"
_OTHER_COLOUR: Final = "2"
_RESULTS: Final = {
    "diagnostic_labels": "diagnostic labels, as scored",
    "diagnostic_labels_as_read": "diagnostic labels, as the parser audit reads them",
    "recommendations": "recommendations, as scored",
    "recommendations_as_read": "recommendations, as the parser audit reads them",
}


def explanation_lines(report: ExplainedReport, *, colour: bool) -> list[str]:
    """The text with `[number:` before and `]` after each match, then the steps to the report's class.

    Numbers are those of the rows. With `colour`, matches are also coloured by their reading. Control characters of
    the text are escaped, so it cannot control a terminal.
    """
    paint = _coloured if colour else _plain
    lines = [paint(f"--- {report.report} ---", _BOLD), *_marked(report.text, report.matches, paint), ""]
    lines.append(f"why it is {report.features.response_class.value.replace('_', ' ')}:")
    lines += [f"  {number}. {printable(step)}" for number, step in enumerate(report.steps, 1)]
    lines += [f"{title}: {', '.join(report.summary[key]) or 'none'}" for key, title in _RESULTS.items()]
    if colour:
        legend = [paint(name, code) for name, code in _COLOURS.items()] + [paint("cue", _CUE_COLOUR)]
        lines.append("colours: " + ", ".join(legend))
    return [Printable(line) for line in lines]


def _plain(text: str, code: str) -> str:
    return text


def _coloured(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}{_RESET}" if text and code else text


def _style(match: ExplainedMatch) -> str:
    if match.kind in CUE_KINDS:
        return _CUE_COLOUR
    return _COLOURS.get(match.reading or "", _OTHER_COLOUR)


def _marked(text: str, matches: Sequence[ExplainedMatch], paint: Callable[[str, str], str]) -> Iterable[str]:
    """The lines of the text with marks; where matches overlap, the innermost gives the colour."""
    opening: dict[int, list[ExplainedMatch]] = {}
    closing: dict[int, list[ExplainedMatch]] = {}
    for match in matches:
        opening.setdefault(match.start, []).append(match)
        closing.setdefault(match.end, []).append(match)
    cuts = sorted({0, len(text), *opening, *closing})
    inside: dict[int, ExplainedMatch] = {}
    pieces: list[str] = []
    for place, following in zip(cuts, [*cuts[1:], len(text)], strict=True):
        for match in closing.get(place, ()):
            pieces.append(paint("]", _style(match)))
            inside.pop(match.number, None)
        for match in opening.get(place, ()):
            pieces.append(paint(f"[{match.number}:", _style(match)))
            inside[match.number] = match
        segment = printable(text[place:following], keep_newlines=True)
        style = _style(inside[next(reversed(inside))]) if inside else ""
        # A colour ends with its line, so that any part of the lines is shown correctly.
        pieces.append("\n".join(paint(part, style) for part in segment.split("\n")))
    return "".join(pieces).split("\n")
