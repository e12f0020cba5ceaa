"""Which fields of a command's rows a reader sees in text and Markdown, and how far they are rounded.

JSON and CSV always have every field at full precision. A command without a view shows all fields to three decimals.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from spinefairbench.metrics.endpoint import DIAGNOSTIC_CONSISTENCY, ENDPOINTS, RECOMMENDATION_CHANGE, Endpoint

__all__ = ["VIEWS", "View"]


class View(NamedTuple):
    """`columns` empty: all fields; a dot leads into a nested one. `decimals`: of every number shown.

    `details_first`: in text, before the table. `headings`: shorter names for columns. `hidden`: what of the
    summary only JSON has. `further`: more tables of the same rows, {title: columns}. `smallest`: of more than `most`
    rows, those with the smallest value of the first of these columns are shown, in its order and that of the next; the
    text says how many are left out.
    """

    columns: tuple[str, ...] = ()
    decimals: int = 3
    details_first: bool = False
    headings: Mapping[str, str] = MappingProxyType({})
    hidden: tuple[str, ...] = ()
    further: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    smallest: tuple[str, ...] = ()
    most: int = 20


_SHORTER: Final = {"recommendation": "rec", "diagnostic": "diag"}


def _filled(pattern: str, endpoint: Endpoint) -> str:
    """The column of one endpoint; in a pattern, NAME is an endpoint's name and SHORT its short name."""
    return pattern.replace("NAME", endpoint.name).replace("SHORT", endpoint.short_name)


def _of(endpoint: Endpoint, *patterns: str) -> tuple[str, ...]:
    return tuple(_filled(pattern, endpoint) for pattern in patterns)


def _of_endpoints(*patterns: str) -> tuple[str, ...]:
    """The columns of both endpoints, one after the other."""
    return tuple(column for endpoint in ENDPOINTS for column in _of(endpoint, *patterns))


def _headings(headings: Mapping[str, str]) -> dict[str, str]:
    """Headings of the columns of both endpoints; in a heading, NAME and SHORT are those of a narrow column."""
    return {
        _filled(pattern, endpoint): heading.replace("NAME", endpoint.name.replace("_", " ")).replace(
            "SHORT", _SHORTER[endpoint.short_name]
        )
        for endpoint in ENDPOINTS
        for pattern, heading in headings.items()
    }


_ESTIMATES: Final = ("NAME", "SHORT_ci95", "SHORT_adjusted_ci95")
_PAIR_COUNTS: Final = ("usable_pairs", "full_refusal_pairs", "partial_refusal_pairs")
_FLOOR: Final = ("SHORT.T", "SHORT.F", "SHORT.excess", "SHORT.normalized_excess", "SHORT.ci95", "SHORT.adjusted_ci95")
_VARIANT_FLOOR: Final = ("SHORT.T", "SHORT.F", "SHORT.excess", "SHORT.ci95", "SHORT.adjusted_ci95")
_SUPPLEMENT: Final = (
    "SHORT.T_other_pairs", "SHORT.excess_other_pairs", "SHORT.excess_other_pairs_ci95",
    "SHORT.normalized_excess_ci95",
)  # fmt: skip
_EXCESS: Final = ("floor.SHORT.excess", "floor.SHORT.ci95", "floor.SHORT.adjusted_ci95")
_SHIFT: Final = ("NAME", "SHORT_shift", "SHORT_shift_ci95", "adjusted_ci95.SHORT", "SHORT_rank")
_CONTRAST: Final = ("difference", "ci95", "adjusted_ci95", "p_value", "p_holm")

_DISPARITY: Final = (
    "model", "kind", "category", "contrast", "n_sources", "estimate", "ci95", "simultaneous_ci95", "p_value", "p_adjusted",
)  # fmt: skip
_CONTROL: Final = View(
    (
        "arm", "n_sources", "n_reports", "dropped_no_usable_edited_comparison", "dropped_no_usable_control_report",
        *_of_endpoints("SHORT.D_edit", "SHORT.D_control", "SHORT.contrast", "SHORT.ci95", "SHORT.p_value"),
    ),
    headings={
        "n_sources": "sources",
        "n_reports": "reports",
        "dropped_no_usable_edited_comparison": "no pair",
        "dropped_no_usable_control_report": "no report",
        **_headings({f"SHORT.{field}": f"SHORT {field}" for field in ("D_edit", "D_control", "contrast", "ci95")}),
        **_headings({"SHORT.p_value": "SHORT p"}),
    },
)  # fmt: skip
_SHORT: Final = MappingProxyType(
    {
        "n_sources": "sources",
        "dropped_no_usable_edited_comparison": "no pair",
        "dropped_fewer_than_two_usable_source_reports": "under 2 reports",
        "recommendation_change": "rec change",
        "diagnostic_consistency": "diag",
        **_headings({"SHORT_ci95": "SHORT ci95", "SHORT_adjusted_ci95": "SHORT adjusted"}),
        **_headings(
            {
                f"{prefix}SHORT.{field}": f"SHORT {heading}"
                for prefix in ("", "floor.")
                for field, heading in (
                    ("T", "T"), ("F", "F"), ("excess", "excess"), ("normalized_excess", "normalized"),
                    ("ci95", "excess ci95"), ("adjusted_ci95", "excess adjusted"),
                    ("T_other_pairs", "T other pairs"), ("excess_other_pairs", "excess other pairs"),
                    ("excess_other_pairs_ci95", "other pairs ci95"),
                    ("normalized_excess_ci95", "normalized ci95"),
                )
            }
        ),
    }
)  # fmt: skip

_BOARD: Final = _headings(
    {
        "NAME.point_estimate": "NAME", "NAME.ci95": "ci95", "NAME.adjusted_ci95": "adjusted", "NAME.rank": "rank",
        "NAME.rank_best": "from", "NAME.rank_worst": "to", "NAME.noise_floor.excess": "excess",
        "NAME.excess_rank": "order by excess",
    }
)  # fmt: skip
_AGE_BINS: Final = {
    f"age_measured_years.bins.{each}": each
    for each in ("[0,18)", "[18,30)", "[30,45)", "[45,60)", "[60,75)", "[75,91)")
}

VIEWS: Final = {
    "all": View(("command", "status", "seconds"), 2, hidden=("files",)),
    "inspect": View(("status", "kind", "name", "value")),
    "release-identity": View(("path", "actual")),
    "demographics": View(
        (
            "dataset", "n_sources", "female", "male_or_unknown", "age_measured_n",
            "age_availability.unavailable_sentinel_45", "age_availability.unavailable_zero",
            *(f"age_measured_years.{each}" for each in ("mean", "sd", "median", "min", "max")),
            "finding_stratum.any_finding", "finding_stratum.no_finding_label_or_unascertained", "finding_stratum.unlabelled",
        ),
        2,
        headings={
            "n_sources": "sources", "age_measured_n": "age known", "age_availability.unavailable_sentinel_45": "age 45.0",
            "age_availability.unavailable_zero": "age 0",
            **{f"age_measured_years.{each}": f"age {each}" for each in ("mean", "sd", "median", "min", "max")},
            "finding_stratum.any_finding": "any finding",
            "finding_stratum.no_finding_label_or_unascertained": "no finding label",
            "finding_stratum.unlabelled": "not labelled", **_AGE_BINS,
        },
        further={"known ages in years": ("dataset", *_AGE_BINS)},
    ),
    "diagnostic-scoring": View(("category", "terms"), 1),
    "parse-sample": View(("role", "response_class", "diagnostic_labels", "recommendations")),
    "table2": View(("model", "panel", *_PAIR_COUNTS, *_of_endpoints(*_ESTIMATES), "ci_source")),
    "gap-sensitivity": View(decimals=6),
    "both-empty-diagnostic": View(decimals=6),
    "stage1-confidence": View(("model", "sample_size", "pass_count", "pass_rate", "decision")),
    "mitigation": View(decimals=4),
    "mitigation/census": View(
        headings={"experiment_step": "step", "with_stage1_text": "with stage-1", "with_rewrite": "with rewrite"}
    ),
    "mitigation/differences": View(
        ("model", "endpoint", "difference", "ci95", "adjusted_ci95", "requirement", "interval_says"), 4
    ),
    "mitigation/recomputed": View(
        (
            "model", "condition", "state", "missing", "n_pairs", "recommendation_change", "recommendation_ci95",
            "diagnostic_consistency", "diagnostic_ci95", "wilcoxon.recommendation.p_value", "wilcoxon.diagnostic.p_value",
            "cohens_d_z.recommendation", "cohens_d_z.diagnostic", "binding_rule_pass",
        ),
        4,
        headings={
            **_SHORT,
            "recommendation_ci95": "rec ci95",
            "diagnostic_ci95": "diag ci95",
            "wilcoxon.recommendation.p_value": "rec p",
            "wilcoxon.diagnostic.p_value": "diag p",
            "cohens_d_z.recommendation": "rec d_z",
            "cohens_d_z.diagnostic": "diag d_z",
            "binding_rule_pass": "rule",
        },
    ),
    "radiologist": View(
        (
            "question", "pairs", "pairwise_agreements", "pairwise_comparisons", "raw_agreement", "fleiss_kappa",
            "fleiss_kappa_ci95", "gwet_ac1", "gwet_ac1_ci95",
        ),
        4,
        hidden=("reader_labels", "stated_q2_gwet_ac1"),
    ),
    "submission requests": View(
        ("output", "format", "model", "pairs", "sources_found", "sources_missing", "requests", "parts", "kept_parts", "bytes")
    ),
    "submission check": View(
        (
            "model", "scope", "expected_pairs", "submitted_results", "missing_pairs", "full_refusal_pairs",
            "partial_refusal_pairs", "blank_reports", "usable_pairs", "identical_pairs", "readable",
        )
    ),
    "leaderboard build": View(("model", "usable_pairs", *_BOARD), headings=_BOARD),
    "explain/reports": View(("report", "response_class", "severity", "hedging")),
    "explain": View(
        ("report", "number", "kind", "category", "text", "line", "column", "reading", "counted", "decided_by"),
        details_first=True,
    ),
    "score": View(("model", *_PAIR_COUNTS, *_of_endpoints(*_ESTIMATES)), hidden=("report_quality", "disparity")),
    "score/control_arms": _CONTROL,
    "noise-floor": View(
        (
            "model", "n_sources", "dropped_no_usable_edited_comparison", "dropped_fewer_than_two_usable_source_reports",
            *_of_endpoints(*_FLOOR),
        ),
        headings=_SHORT,
        further={"additional estimates": ("model", *_of_endpoints(*_SUPPLEMENT))},
    ),
    "transitions/flows": View(("model", "asked", "category", "usable_pairs", "net_events", "net_rate", "ci95", "adjusted_ci95")),
    "secondary": View(
        (
            "model", "endpoint", "n_pairs", "mean_abs_difference", "ci95", "adjusted_ci95", "mean_difference",
            "sign_flip.p_value", "sign_flip.p_holm",
        ),
        headings={
            "sign_flip.p_value": "p", "sign_flip.p_holm": "p holm", "wilcoxon.statistic": "wilcoxon W",
            "wilcoxon.p_value": "wilcoxon p",
        },
        further={
            "as frozen, no evidence": (
                "model", "endpoint", "wilcoxon.statistic", "wilcoxon.p_value", "cohens_d_z",
            )
        },
    ),
    "disparity": View(_DISPARITY, 4, hidden=("readings",), smallest=("p_adjusted", "p_value")),
    "audit/disparity": View(_DISPARITY[1:], 4, smallest=("p_adjusted", "p_value"), most=10),
    "breakdown": View(
        (
            "model", "of", "stratum", "expected_pairs", "usable_pairs", "full_refusal_pairs", "expected_sources", "n_sources",
            *_of_endpoints(*_ESTIMATES), *_of_endpoints("floor.SHORT.F", *_EXCESS),
        ),
        headings=_SHORT,
        hidden=("no_finding_label",),
    ),
    "breakdown/contrasts": View(("model", "of", "endpoint", "a", "b", "paired", "n_sources", *_CONTRAST)),
    "refusals": View(
        (
            "model", "expected_pairs", "usable_pairs", "full_refusal_pairs",
            *_of_endpoints("NAME_bounds", "SHORT_bounds_ci95"), "refused_edited_reports",
        ),
        headings=_headings({"NAME_bounds": "NAME bounds", "SHORT_bounds_ci95": "their ci95"}),
    ),
    "refusals/contrasts": View(("model", "quantity", "a", "b", "n_sources", *_CONTRAST)),
    "refusals/bounded_contrasts": View(("model", "endpoint", "a", "b", "n_sources", "bounds", "ci95")),
    "compare": View(
        (
            "model", "common_pairs", "n_sources",
            *_of_endpoints(*_ESTIMATES, "SHORT_rank", "SHORT_rank_interval", "SHORT_excess", "SHORT_excess_rank"),
        ),
        headings={
            **_SHORT,
            **_headings(
                {
                    "SHORT_rank": "rank", "SHORT_rank_interval": "may be", "SHORT_excess": "excess",
                    "SHORT_excess_rank": "order by excess",
                }
            ),
        },
        hidden=("not_separated_from_best",),
    ),
    "compare/differences": View(("endpoint", "a", "b", *_CONTRAST, "equivalent"), 4),
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
            "model", "reading", "usable_pairs",
            *_of(RECOMMENDATION_CHANGE, *_SHIFT), "pairs_recommendation_verdict_changed",
            *_of(DIAGNOSTIC_CONSISTENCY, *_SHIFT), "pairs_diagnostic_value_changed",
            "kind", "category", "term", "start", "end", "cue",
        ),
        headings={
            **_SHORT,
            **_headings(
                {
                    "SHORT_shift": "shift", "SHORT_shift_ci95": "shift ci95", "adjusted_ci95.SHORT": "shift adjusted",
                    "SHORT_rank": "rank",
                }
            ),
            "pairs_recommendation_verdict_changed": "pairs changed",
            "pairs_diagnostic_value_changed": "pairs changed",
        },
    ),
    "parser-audit/noise_floor": View(("model", "reading", "n_sources", *_of_endpoints(*_VARIANT_FLOOR)), headings=_SHORT),
    "audit": View(
        (
            "endpoint", "usable_pairs", "n_sources", "estimate", "ci95", "adjusted_ci95", "T", "F", "excess",
            "excess_ci95", "excess_adjusted_ci95", "excess_other_pairs", "excess_other_pairs_ci95",
            "design_effect", "minimum_detectable_excess", "parser_estimate",
            "parser_shift_ci95", "parser_shift_adjusted_ci95",
        ),
        headings={
            "n_sources": "sources", "adjusted_ci95": "adjusted",
            "excess_adjusted_ci95": "excess adjusted", "excess_other_pairs": "excess other pairs",
            "excess_other_pairs_ci95": "its ci95",
            "minimum_detectable_excess": "minimum detectable excess",
            "parser_estimate": "parser audit", "parser_shift_ci95": "its shift ci95",
            "parser_shift_adjusted_ci95": "its shift adjusted",
        },
        hidden=(
            "report_quality", "noise_floor", "refusals", "switches", "flows", "lost", "categories", "power",
            "parser_audit", "disparity_readings",
        ),
    ),
    "audit/parser_noise_floor": View(("reading", "n_sources", *_of_endpoints(*_VARIANT_FLOOR)), headings=_SHORT),
    "audit/control_arms": _CONTROL,
    "audit/breakdown": View(
        (
            "by", "of", "stratum", "usable_pairs", "n_sources", *_of_endpoints(*_ESTIMATES),
            *_of(RECOMMENDATION_CHANGE, *_EXCESS),
        ),
        headings=_SHORT,
    ),
    "audit/contrasts": View(("by", "of", "endpoint", "a", "b", "n_sources", *_CONTRAST)),
    "claims": View(
        ("claim", "command", "needs", "statement"),
        headings={"command": "checked by"},
        further={"what that does not establish": ("claim", "does_not_establish")},
    ),
    "audit/differences": View(("endpoint", "a", "b", *_CONTRAST)),
}  # fmt: skip
