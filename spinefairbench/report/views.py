"""Which fields of a command's rows a reader sees in text and Markdown, and how far they are rounded.

JSON and CSV always have every field at full precision.
"""

from typing import Final, NamedTuple

__all__ = ["VIEWS", "View"]


class View(NamedTuple):
    """`columns` empty: all fields. `decimals`: of every number shown. `details_first`: in text, before the table."""

    columns: tuple[str, ...] = ()
    decimals: int = 3
    details_first: bool = False


VIEWS: Final = {
    "all": View(("command", "status", "seconds"), 2),
    "inspect": View(("status", "kind", "name", "value")),
    "release-identity": View(("path", "actual")),
    "diagnostic-scoring": View(("category", "terms"), 1),
    "parse-sample": View(("role", "response_class", "diagnostic_labels", "recommendations")),
    "table2": View(
        (
            "model", "panel", "usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
            "recommendation_ci95", "diagnostic_consistency", "diagnostic_ci95", "ci_source",
        )
    ),
    "gap-sensitivity": View(decimals=6),
    "both-empty-diagnostic": View(decimals=6),
    "stage1-confidence": View(("model", "sample_size", "pass_count", "pass_rate", "decision")),
    "mitigation": View(decimals=4),
    "radiologist": View(decimals=4),
    "submission check": View(
        (
            "model", "scope", "expected_pairs", "submitted_results", "missing_pairs", "full_refusal_pairs",
            "partial_refusal_pairs", "usable_pairs", "identical_pairs",
        )
    ),
    "score": View(
        (
            "model", "usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
            "recommendation_ci95", "diagnostic_consistency", "diagnostic_ci95",
        )
    ),
}  # fmt: skip
