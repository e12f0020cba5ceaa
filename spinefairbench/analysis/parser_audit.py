"""What the frozen parsers do not see: plurals, negation, and whether a recommendation is one.

The endpoints are computed again under variants of the parser that see plurals, negation or both, and under the strict
registry. This is an audit of the parser, never a score: only the frozen variant is published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.estimates import SharedPass, adjustment_notes
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.model_variants import begun_variants, variant_floor_request, variant_request
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.analysis.variant_endpoints import ParserVariantRow, changed_pairs
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.metrics.features import label_names, recommendation_names
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, variant_masks
from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.metrics.rules import RULES_VERSION, rules_sha256
from spinefairbench.problems import ProblemLike, no_usable_pair
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from spinefairbench.version import __version__

__all__ = ["NOT_A_SCORE", "MentionRow", "audit_signature", "mentions_of_text", "parser_audit"]

NOT_A_SCORE: Final = "this audits the parser and is not a score: only the frozen reading is published and compared"
_PLURALS_ALONE: Final = (
    "the plural-aware reading alone can be less accurate than the frozen one: it finds negated plurals too"
)
_UNADJUSTED: Final = "intervals of shifts are not adjusted for multiple comparisons: each holds at 95% on its own"


def audit_signature() -> str:
    """One line that names everything that the figures of a parser audit depend on but the reports."""
    parts = {
        "audit": "spinefairbench-parser",
        "rules": f"{RULES_VERSION}#{rules_sha256()[:8]}",
        "registry": registries_sha256()[:8],
        "v": __version__,
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())


# --- models ----------------------------------------------------------------------------------------------------


def _unrecognized_refusals(model: ModelReports) -> int | None:
    """How many reports read as refusals that the frozen classifier takes as genuine; None where texts are not held."""
    texts = model.quality.texts
    return None if texts is None else texts.unrecognized_refusals


def parser_audit(
    models: Sequence[ModelReports],
    collector: MentionCollector,
    *,
    problems: Iterable[ProblemLike] = (),
    bootstrap: Bootstrap = FROZEN,
) -> CheckResult:
    """Each model under each variant of the parser, as rows.

    The summary has the noise floor under each variant, the mentions by category and, for several models, whether their ranking changes; for one model,
    the pairs whose verdict changes.
    """
    reading = begun_variants(models, collector, jobs=bootstrap.jobs)
    categories = [row for model in models for row in category_rows(model.model, collector)]
    variants = reading()
    shared = SharedPass(bootstrap)
    asked = shared.add(variant_request(variants))
    asked_floors = shared.add(variant_floor_request(variants))
    shared.run()
    rows, floors = asked.result, asked_floors.result
    found = [*problems, *(no_usable_pair(model.model) for model in models if not model.usable)]
    summary: dict[str, Any] = {
        "signature": audit_signature(),
        "rules_version": RULES_VERSION,
        "rules_sha256": rules_sha256(),
        "noise_floor": plain(floors),
        "unrecognized_refusals": {model.model: _unrecognized_refusals(model) for model in models},
        "categories": plain(categories),
    }
    if len(models) > 1:
        summary["ranking_changes"] = _ranking_changes(rows)
    elif models:
        summary["changed_pairs"] = plain(changed_pairs(models[0], collector))
    notes = (
        NOT_A_SCORE,
        _PLURALS_ALONE,
        _UNADJUSTED,
        *adjustment_notes(
            [shift for row in rows for shift in row.shifts or ()]
            + [floor.excess for row in floors for floor in row.floor.endpoints]
        ),
    )
    return CheckResult(tuple(rows), summary, tuple(found), notes=notes)


def _ranking_changes(rows: Sequence[ParserVariantRow]) -> dict[str, dict[str, list[str]]]:
    """For each variant but the frozen one, the models whose ranks are not those that they have under the frozen one."""
    frozen = {row.model: row.ranks for row in rows if row.variant == "frozen"}
    return {
        variant: {
            endpoint.name: [
                row.model for row in rows if row.variant == variant and row.ranks[at] != frozen[row.model][at]
            ]
            for at, endpoint in enumerate(ENDPOINTS)
        }
        for variant in PARSER_VARIANTS[1:]
    }


# --- one text --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MentionRow(Row):
    """One mention at its place in a text: `reading` is how it is meant, `cue` the phrase that decided it."""

    kind: str
    category: str
    term: str
    start: int
    end: int
    reading: str
    plural: bool
    cue: str | None


def mentions_of_text(text: str, offset: int = 0) -> CheckResult:
    """The mentions of one text as rows; its categories under each variant of the parser in the summary.

    Places are those in a file in which `offset` characters precede the text.
    """
    mentions = read_mentions(text)
    summary: dict[str, Any] = {"signature": audit_signature()}
    for variant, masks in zip(PARSER_VARIANTS, variant_masks(mentions), strict=True):
        summary[variant] = {
            "diagnostic_labels": list(label_names(masks.labels)),
            "recommendations": list(recommendation_names(masks.recommendations)),
        }
    rows = tuple(
        MentionRow(kind, category, term, start + offset, end + offset, status, plural, cue.text if cue else None)
        for kind, category, term, start, end, status, plural, cue in mentions
    )
    return CheckResult(rows, summary, notes=(NOT_A_SCORE,))
