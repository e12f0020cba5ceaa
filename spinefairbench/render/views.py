"""Which fields of a command's rows a reader sees in text and Markdown, and how far they are rounded.

JSON and CSV always have every field at full precision.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["VIEWS", "View"]


class View(NamedTuple):
    """`columns` empty: all fields; a dot leads into a nested one. `decimals`: of every number shown.

    `details_first`: in text, before the table. `headings`: shorter names for columns. `hidden`: what of the
    summary only JSON has.
    """

    columns: tuple[str, ...] = ()
    decimals: int = 3
    details_first: bool = False
    headings: Mapping[str, str] = MappingProxyType({})
    hidden: tuple[str, ...] = ()


_SHORT: Final = MappingProxyType(
    {
        "n_sources": "sources",
        "dropped_no_usable_edited_comparison": "no pair",
        "dropped_fewer_than_two_usable_source_reports": "under 2 reports",
        **{
            f"{prefix}{endpoint}.{field}": f"{short} {name}"
            for prefix in ("", "floor.")
            for endpoint, short in (("recommendation", "rec"), ("diagnostic", "diag"))
            for field, name in (
                ("T", "T"), ("F", "F"), ("excess", "excess"), ("normalized_excess", "normalized"),
                ("ci95", "excess ci95"), ("adjusted_ci95", "excess adjusted"),
            )
        },
        "recommendation_change": "rec change",
        "recommendation_ci95": "rec ci95",
        "diagnostic_consistency": "diag",
        "diagnostic_ci95": "diag ci95",
        "recommendation_adjusted_ci95": "rec adjusted",
        "diagnostic_adjusted_ci95": "diag adjusted",
    }
)  # fmt: skip

# Of a leaderboard both endpoints have the same columns, the second after the first.
_BOARD_HEADINGS: Final = {
    f"{endpoint}.{field}": heading.replace("point", endpoint.replace("_", " "))
    for endpoint in ("recommendation_change", "diagnostic_consistency")
    for field, heading in {
        "point_estimate": "point", "ci95": "ci95", "noise_floor.excess": "excess",
        "rank": "rank", "rank_best": "from", "rank_worst": "to",
    }.items()
}  # fmt: skip

VIEWS: Final = {
    "all": View(("command", "status", "seconds"), 2),
    "inspect": View(("status", "kind", "name", "value")),
    "release-identity": View(("path", "actual")),
    "diagnostic-scoring": View(("category", "terms"), 1),
    "parse-sample": View(("role", "response_class", "diagnostic_labels", "recommendations")),
    "table2": View(
        (
            "model", "panel", "usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
            "recommendation_ci95", "recommendation_adjusted_ci95", "diagnostic_consistency", "diagnostic_ci95",
            "diagnostic_adjusted_ci95", "ci_source",
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
    "leaderboard build": View(
        ("model", "usable_pairs", *_BOARD_HEADINGS),
        headings=_BOARD_HEADINGS,
    ),
    "explain/reports": View(("report", "response_class", "severity", "hedging")),
    "explain": View(
        ("report", "number", "kind", "category", "text", "line", "column", "reading", "counted", "decided_by"),
        details_first=True,
    ),
    "score": View(
        (
            "model", "usable_pairs", "full_refusal_pairs", "partial_refusal_pairs", "recommendation_change",
            "recommendation_ci95", "recommendation_adjusted_ci95", "diagnostic_consistency", "diagnostic_ci95",
            "diagnostic_adjusted_ci95",
        )
    ),
    "noise-floor": View(
        (
            "model", "n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports",
            "recommendation.T", "recommendation.F", "recommendation.excess", "recommendation.normalized_excess",
            "recommendation.ci95", "recommendation.adjusted_ci95", "diagnostic.T", "diagnostic.F", "diagnostic.excess",
            "diagnostic.normalized_excess", "diagnostic.ci95", "diagnostic.adjusted_ci95",
        ),
        headings=_SHORT,
    ),
    "transitions/flows": View(("model", "asked", "category", "usable_pairs", "net_events", "net_rate", "ci95")),
    "breakdown": View(
        (
            "model", "of", "stratum", "usable_pairs", "n_sources", "recommendation_change", "recommendation_ci95",
            "recommendation_adjusted_ci95", "diagnostic_consistency", "diagnostic_ci95", "diagnostic_adjusted_ci95",
            "floor.recommendation.F", "floor.recommendation.excess", "floor.recommendation.ci95",
            "floor.recommendation.adjusted_ci95", "floor.diagnostic.F", "floor.diagnostic.excess",
            "floor.diagnostic.ci95", "floor.diagnostic.adjusted_ci95",
        ),
        headings=_SHORT,
    ),
    "breakdown/contrasts": View(
        (
            "model", "of", "endpoint", "a", "b", "paired", "n_sources", "difference", "ci95", "adjusted_ci95",
            "p_value", "p_holm",
        )
    ),
    "compare": View(
        (
            "model", "common_pairs", "n_sources", "recommendation_change", "recommendation_ci95",
            "recommendation_adjusted_ci95", "recommendation_rank",
            "recommendation_rank_interval", "recommendation_not_separated_from_best", "diagnostic_consistency",
            "diagnostic_ci95", "diagnostic_adjusted_ci95", "diagnostic_rank", "diagnostic_rank_interval", "diagnostic_not_separated_from_best",
        ),
        headings={
            **_SHORT,
            "recommendation_rank": "rank", "recommendation_rank_interval": "may be",
            "recommendation_not_separated_from_best": "not separated from best",
            "diagnostic_rank": "rank", "diagnostic_rank_interval": "may be",
            "diagnostic_not_separated_from_best": "not separated from best",
        },
    ),
    "compare/differences": View(
        ("endpoint", "a", "b", "difference", "ci95", "adjusted_ci95", "p_value", "p_holm", "equivalent"), 4
    ),
    "power": View(
        (
            "model", "quantity", "estimate", "n_sources", "n_values", "standard_error", "design_effect",
            "minimum_detectable_effect", "effect", "required_sources",
        ),
        4,
    ),
    "power/paired": View(
        (
            "model", "compared_with", "quantity", "estimate", "n_sources", "standard_error", "design_effect",
            "minimum_detectable_effect", "required_sources",
        ),
        4,
    ),
    "parser-audit": View(
        (
            "model", "reading", "usable_pairs", "recommendation_change", "recommendation_shift",
            "recommendation_shift_ci95", "recommendation_rank", "pairs_recommendation_verdict_changed",
            "diagnostic_consistency", "diagnostic_shift", "diagnostic_shift_ci95", "diagnostic_rank",
            "pairs_diagnostic_value_changed", "kind", "category", "term", "start", "end", "cue",
        ),
        headings={
            **_SHORT,
            "recommendation_shift": "shift", "recommendation_shift_ci95": "shift ci95", "recommendation_rank": "rank",
            "pairs_recommendation_verdict_changed": "pairs changed", "diagnostic_shift": "shift",
            "diagnostic_shift_ci95": "shift ci95", "diagnostic_rank": "rank",
            "pairs_diagnostic_value_changed": "pairs changed",
        },
    ),
    "audit": View(
        (
            "endpoint", "usable_pairs", "n_sources", "estimate", "ci95", "adjusted_ci95", "T", "F", "excess",
            "excess_ci95", "excess_adjusted_ci95", "design_effect", "minimum_detectable_excess", "parser_estimate", "parser_shift_ci95",
        ),
        headings={
            "n_sources": "sources", "adjusted_ci95": "adjusted",
            "excess_adjusted_ci95": "excess adjusted", "minimum_detectable_excess": "smallest detectable excess",
            "parser_estimate": "parser audit", "parser_shift_ci95": "its shift ci95",
        },
        hidden=("noise_floor", "switches", "flows", "lost", "categories", "power", "parser_audit"),
    ),
    "audit/breakdown": View(
        (
            "by", "of", "stratum", "usable_pairs", "n_sources", "recommendation_change", "recommendation_ci95",
            "recommendation_adjusted_ci95", "diagnostic_consistency", "diagnostic_ci95", "diagnostic_adjusted_ci95",
            "floor.recommendation.excess", "floor.recommendation.ci95", "floor.recommendation.adjusted_ci95",
        ),
        headings=_SHORT,
    ),
    "audit/contrasts": View(
        ("by", "of", "endpoint", "a", "b", "n_sources", "difference", "ci95", "adjusted_ci95", "p_value", "p_holm")
    ),
    "audit/differences": View(("endpoint", "a", "b", "difference", "ci95", "adjusted_ci95", "p_value", "p_holm")),
}  # fmt: skip
