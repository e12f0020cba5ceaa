"""The contact sheet as a page: a source's square, its edit, their difference and the mask, those that failed first.

The page shows the files that lie beside it. With the images inside it, a run over 3,000 radiographs would be a page of
more than a gigabyte, and no browser opens that; so it has their places only, and each is read when it comes into view.
It has no script: the choice of one edit is a rule of its style.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.qc_measures import THRESHOLDS
from spinefairbench.files.package_data import read_data
from spinefairbench.generator.failed_pairs import Failure
from spinefairbench.generator.released import FAIL, INCOMPLETE, PASS, VERDICTS, notice
from spinefairbench.problems import counted
from spinefairbench.render.html import Column, Markup, TableCell, details, element, table
from spinefairbench.render.whole_page import page

__all__ = ["SheetPair", "contact_page"]

_TITLE: Final = "Contact sheet of a run"
_ALL: Final = "all"
_HEADINGS: Final = {FAIL: "Did not pass", INCOMPLETE: "Not judged", PASS: "Passed"}
_BOUNDS: Final = {
    each.measure: f"\u2264 {each.maximum}" if each.is_upper_bound else f"\u2265 {each.minimum}" for each in THRESHOLDS
}
_COPIES: Final = (
    "squares/ holds copies of radiographs, under the licenses of their collections. Neither it nor this page is part of"
    " the dataset."
)


class SheetPair(NamedTuple):
    """A pair of the sheet: its row in quality control, and its images' places as the page names them."""

    source_id: str
    edit_label: str
    row: Mapping[str, Any]
    square: str | None
    edit: str | None
    mask: str | None


def contact_page(pairs: Sequence[SheetPair], failures: Sequence[Failure]) -> str:
    """The whole page, the same text for the same pairs: what could not be made, what did not pass, then the rest."""
    labels = list(dict.fromkeys(pair.edit_label for pair in pairs))
    style = read_data(__package__, "data/contact_sheet.css").decode("utf-8") + _choice_rules(labels)
    by_verdict = {
        verdict: sorted((pair for pair in pairs if pair.row["qc_verdict"] == verdict), key=_order)
        for verdict in VERDICTS
    }
    parts = [
        _not_made(failures),
        _choices(labels),
        *(_section(verdict, found) for verdict, found in by_verdict.items() if found),
    ]
    counts = [f"{len(found)} {_HEADINGS[verdict].lower()}" for verdict, found in by_verdict.items() if found]
    counts += [f"{len(failures)} could not be made (an edit, or all of a source)"] if failures else []
    header = [
        element("h1", None, _TITLE),
        element(
            "p", None, f"{counted(len(pairs), 'pair')}: {', '.join(counts) or 'nothing was made'}. {_judged_by(pairs)}"
        ),
        element("p", None, "The difference is that of the gray levels, shown four times as bright."),
    ]
    footer = [element("p", None, notice()), element("p", None, _COPIES)]
    main = [part for part in parts if part is not None]
    return page(_TITLE, main, header=header, footer=footer, styles=[style], images_beside=True)


def _order(pair: SheetPair) -> tuple[Any, ...]:
    """Of those that failed, what misses most thresholds comes first, then what is least similar."""
    row = pair.row
    if row["qc_verdict"] != FAIL:
        return ()
    similarity = row["ssim"]
    return (-len(_missed(row)), similarity is None, similarity or 0.0)


def _missed(row: Mapping[str, Any]) -> set[str]:
    """The required measures whose threshold a pair does not meet."""
    values = ((each, row[each.measure]) for each in THRESHOLDS if each.measure in row["qc_required"])
    return {each.measure for each, value in values if value is not None and not each.is_met(value)}


def _judged_by(pairs: Sequence[SheetPair]) -> str:
    required = list(dict.fromkeys(", ".join(pair.row["qc_required"]) for pair in pairs))
    bounds = [f"{measure} {bound}" for measure, bound in _BOUNDS.items()]
    return f"Judged by {'; '.join(required) or 'nothing'}; the thresholds are {', '.join(bounds)}."


def _not_made(failures: Sequence[Failure]) -> Markup | None:
    if not failures:
        return None
    columns: list[Column[Failure]] = [
        Column("source", lambda failure: failure.source_id),
        Column("edit", lambda failure: failure.edit_label or _ALL),
        Column("reason", lambda failure: TableCell(failure.reason)),
    ]
    return element(
        "section",
        {"id": "not-made"},
        element("h2", None, "Could not be made"),
        table("What, and why", columns, failures),
    )


def _choice_rules(labels: Sequence[str]) -> str:
    """The rules that hide the other edits where one is chosen."""
    return "".join(
        f"body:has(#only-{label}:checked) .pair:not(.{label}) {{\n  display: none;\n}}\n" for label in labels
    )


def _choices(labels: Sequence[str]) -> Markup | None:
    if len(labels) < 2:
        return None
    choices = [
        element(
            "label",
            None,
            element("input", {"type": "radio", "name": "edit", "id": f"only-{label}", "checked": label == _ALL}),
            " " + label.replace("_", " "),
        )
        for label in (_ALL, *labels)
    ]
    return element("fieldset", {"class": "choices"}, element("legend", None, "Show"), *choices)


def _section(verdict: str, pairs: Sequence[SheetPair]) -> Markup:
    shown = element("ul", {"class": "pairs"}, *map(_pair, pairs))
    heading = element("h2", None, f"{_HEADINGS[verdict]} ({len(pairs)})")
    # What passed is for a second look, and is folded away until then.
    content = details(f"Show {counted(len(pairs), 'pair')}", shown) if verdict == PASS else shown
    return element("section", {"id": verdict}, heading, content)


def _pair(pair: SheetPair) -> Markup:
    row = pair.row
    both = pair.square is not None and pair.edit is not None
    difference = element("div", {"class": "difference"}, _image(pair.square), _image(pair.edit))
    images = (
        _figure("square", _image(pair.square)),
        _figure("edit", _image(pair.edit)),
        _figure("difference \u00d7 4", difference if both else _image(None)),
        _figure("mask", _image(pair.mask)),
    )
    return element(
        "li",
        {"class": f"pair {pair.edit_label}"},
        element("h3", None, f"{pair.source_id}: {pair.edit_label.replace('_', ' ')}"),
        element("div", {"class": "images"}, *images),
        element("dl", None, *(_value(row, measure) for measure in _BOUNDS)),
    )


def _image(place: str | None) -> Markup:
    """An image, read when it comes into view; an empty frame where there is none."""
    if place is None:
        return element("div", {"class": "absent"})
    return element("img", {"src": place, "alt": "", "loading": "lazy", "decoding": "async"})


def _figure(caption: str, image: Markup) -> Markup:
    return element("figure", None, image, element("figcaption", None, caption))


def _value(row: Mapping[str, Any], measure: str) -> Markup:
    value = row[measure]
    if value is not None:
        is_wrong = measure in _missed(row)
        shown = f"{value:.3f}" + (f", not {_BOUNDS[measure]}" if is_wrong else "")
    else:
        is_wrong = measure in row["qc_required"]
        shown = "not measured" + (f": {row['qc_not_measured'].get(measure, '')}" if is_wrong else "")
    shown_value = element("dd", {"class": "missed" if is_wrong else None}, shown)
    return element("div", None, element("dt", None, measure), shown_value)
