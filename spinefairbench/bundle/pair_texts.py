"""The texts of chosen pairs, for what needs more than features; one pass over the saved reports."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.files.json_input import iter_json_array

__all__ = ["PairTexts", "read_pair_texts"]

_SIDES = {"source": 0, "generated": 1}


class PairTexts(NamedTuple):
    """Both reports of a pair, as written."""

    source: str
    counterfactual: str


def read_pair_texts(
    bundle: Bundle, wanted: Iterable[tuple[str, str]], *, progress: Callable[[str, int], None] | None = None
) -> dict[tuple[str, str], PairTexts]:
    """Read {(model, pair_id): its texts} for the `wanted` pairs, of which `read_panels` has found both reports.

    `progress` is told the panel and the number of rows read. Raises BundleError.
    """
    found: dict[tuple[str, str], list[str | None]] = {key: [None, None] for key in wanted}
    for panel in layout.MAIN_PANELS:
        for number, row in iter_json_array(bundle, layout.evaluation_results(panel)):
            if progress is not None and number % 500 == 0:
                progress(panel, number)
            model, pair_id, role, response = (row.get(k) for k in ("model", "pair_id", "image_role", "response"))
            if not (isinstance(model, str) and isinstance(pair_id, str) and isinstance(role, str)):
                continue
            texts = found.get((model, pair_id))
            side = _SIDES.get(role)
            # Where a report is repeated, the first one is the one that was scored.
            if texts is not None and side is not None and texts[side] is None and isinstance(response, str):
                texts[side] = response
    return {
        key: PairTexts(source, counterfactual)
        for key, (source, counterfactual) in found.items()
        if source is not None and counterfactual is not None
    }
