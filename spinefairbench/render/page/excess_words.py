"""What may be said of an excess: what it is, of which models it is shown, and what that leaves open."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.metrics.endpoint import ByEndpoint, Endpoint
from spinefairbench.render.page.words import clipped, listed

__all__ = ["EXCESS_MEANS", "excess_words"]

EXCESS_MEANS: Final = (
    "The excess, T \u2212 F, is how much more often original and edit differ than two reports on the original; it is not the "
    "size of the edit\u2019s effect, and can be 0 or negative although the edit changed what is said."
)
_SUBJECTS: Final = ByEndpoint(("Recommendations", " often"), ("Diagnostic labels", ""))


def excess_words(endpoint: Endpoint, found: Sequence[tuple[str, Estimate]]) -> str:
    """A sentence on the excess of each model, by the interval that is judged by; `found` has at least one."""
    subject, often = _SUBJECTS.at(endpoint)
    said = []
    for side, words in (
        (1, f"original and edit differ more{often} than two reports on the original for {{}} (interval above zero)"),
        (-1, f"original and edit differ less{often} than two reports on the original for {{}} (interval below zero)"),
        (
            0,
            "no excess is shown for {} (the interval includes zero), which does not show that the edit changed nothing",
        ),
        (None, "no interval can be given for {}"),
    ):
        models = [clipped(model) for model, excess in found if excess.value is not None and excess.side == side]
        if models:
            said.append(words.format(listed(models)))
    return f"{subject}: {'; '.join(said)}."
