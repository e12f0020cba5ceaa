"""What the frozen parsers do not see: plurals, negation, and whether a recommendation is one.

The endpoints are computed again under variants of the parser that see plurals, negation or both, and under the strict
registry. This is an audit of the parser, never a score: only the frozen variant is published.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import Interval, adjustment_notes
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.analysis.variant_endpoints import ParserVariantRow, changed_pairs, variant_rows
from spinefairbench.metrics.features import label_names, recommendation_names
from spinefairbench.metrics.lexicon import RULES_VERSION, rules_sha256
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, variant_masks
from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.problems import ProblemLike
from spinefairbench.version import __version__

__all__ = ["NOT_A_SCORE", "MentionRow", "audit_signature", "mentions_of_text", "parser_audit"]

NOT_A_SCORE: Final = "this audits the parser and is not a score: only the frozen reading is published and compared"
_PLURALS_ALONE: Final = (
    "the plural-aware reading alone can be less accurate than the frozen one: it finds negated plurals too"
)
_UNADJUSTED: Final = "intervals of shifts are not adjusted for multiple comparisons: each holds at 95 % on its own"


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


def parser_audit(
    subjects: Sequence[FloorSubject],
    collector: MentionCollector,
    *,
    problems: Iterable[ProblemLike] = (),
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Each model under each variant of the parser, as rows.

    The summary has the mentions by category and, for several models, whether their ranking changes; for one model,
    the pairs whose verdict changes.
    """
    rows = variant_rows(subjects, collector, iterations=iterations, seed=seed, progress=progress)
    found = list(problems)
    found += [f"{row.model}: no usable pair" for row in rows if row.reading == "frozen" and not row.usable_pairs]
    summary: dict[str, Any] = {
        "signature": audit_signature(),
        "rules_version": RULES_VERSION,
        "rules_sha256": rules_sha256(),
        "categories": [asdict(row) for subject in subjects for row in category_rows(subject.model, collector)],
    }
    if len(subjects) > 1:
        summary["ranking_changes"] = _ranking_changes(rows)
    elif subjects:
        summary["changed_pairs"] = [pair._asdict() for pair in changed_pairs(subjects[0], collector)]
    notes = (NOT_A_SCORE, _PLURALS_ALONE, _UNADJUSTED, *adjustment_notes(_shift_intervals(rows)))
    return CheckResult(tuple(rows), summary, tuple(found), notes=notes)


class _ShiftInterval(NamedTuple):
    adjusted_ci95: Interval | None
    adjustment_reason: str | None


def _shift_intervals(rows: Sequence[ParserVariantRow]) -> list[_ShiftInterval]:
    return [
        _ShiftInterval((row.adjusted_ci95 or {}).get(endpoint), row.adjustment_reason)
        for row in rows
        if row.reading != "frozen"
        for endpoint in ("recommendation", "diagnostic")
    ]


def _ranking_changes(rows: Sequence[ParserVariantRow]) -> dict[str, dict[str, list[str]]]:
    """For each variant but the frozen one, the models whose ranks are not those that they have under the frozen one."""
    frozen = {row.model: row for row in rows if row.reading == "frozen"}
    changes: dict[str, dict[str, list[str]]] = {
        variant: {"recommendation_change": [], "diagnostic_consistency": []} for variant in PARSER_VARIANTS[1:]
    }
    for row in rows:
        if row.reading == "frozen":
            continue
        if row.recommendation_rank != frozen[row.model].recommendation_rank:
            changes[row.reading]["recommendation_change"].append(row.model)
        if row.diagnostic_rank != frozen[row.model].diagnostic_rank:
            changes[row.reading]["diagnostic_consistency"].append(row.model)
    return changes


# --- one text --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MentionRow:
    """One mention at its place in a text: `reading` is how it is meant, `cue` the phrase that decided it."""

    kind: str
    category: str
    term: str
    start: int
    end: int
    reading: str
    plural: bool
    cue: str | None


def mentions_of_text(text: str) -> CheckResult:
    """The mentions of one text as rows; its categories under each variant of the parser in the summary."""
    mentions = read_mentions(text)
    summary: dict[str, Any] = {"signature": audit_signature()}
    for variant, masks in zip(PARSER_VARIANTS, variant_masks(mentions), strict=True):
        summary[variant] = {
            "diagnostic_labels": list(label_names(masks.labels)),
            "recommendations": list(recommendation_names(masks.recommendations)),
        }
    rows = tuple(MentionRow(*mention[:-1], mention.cue.text if mention.cue else None) for mention in mentions)
    return CheckResult(rows, summary, notes=(NOT_A_SCORE,))
