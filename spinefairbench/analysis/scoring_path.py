"""The frozen scoring path: what is matched, how a pair is scored, and the hashes that pin the term registries."""

from dataclasses import dataclass

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.metrics.diagnostic_label import compute_jaccard
from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    HEDGING_TERMS,
    RECOMMENDATION_TERMS,
    SEVERITY_TERMS,
    STRICT_DIAGNOSTIC_TERMS,
    Registry,
    registries_sha256,
    registry_sha256,
)

__all__ = ["CategoryRow", "check"]

_REGISTRIES: dict[str, Registry] = {
    "diagnostic": DIAGNOSTIC_TERMS,
    "diagnostic_strict": STRICT_DIAGNOSTIC_TERMS,
    "recommendation": RECOMMENDATION_TERMS,
    "severity": SEVERITY_TERMS,
    "hedging": HEDGING_TERMS,
}


@dataclass(frozen=True)
class CategoryRow:
    """One diagnostic category and its terms."""

    category: str
    terms: tuple[str, ...]


def check(inputs: Inputs) -> CheckResult:
    """List the categories, the value of a pair without labels, and the SHA-256 (hexadecimal) of each registry."""
    rows = tuple(CategoryRow(category, terms) for category, terms in DIAGNOSTIC_TERMS.items())
    summary = {
        "categories": len(rows),
        "scoring_path": "lower-case, whole-word keyword match, label sets, Jaccard per pair, mean over usable pairs",
        "negation_aware": False,
        "both_empty_jaccard": compute_jaccard(set(), set()),
        "registry_sha256": {name: registry_sha256(registry) for name, registry in _REGISTRIES.items()},
        "combined_sha256": registries_sha256(),
    }
    notes = ("these are the code's own frozen definitions; no bundle was read",)
    return CheckResult(rows, summary, notes=notes)
