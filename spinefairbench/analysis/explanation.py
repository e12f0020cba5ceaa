"""Why a report is parsed as it is: every term and cue in it, and the steps that lead to its class."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.result import CheckResult
from spinefairbench.metrics.features import ReportFeatures, label_names, recommendation_names
from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.mentions import Mention, read_mentions
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.parser_variants import variant_masks
from spinefairbench.metrics.refusal_detector import CueMatch, ResponseExplanation, explain_response
from spinefairbench.metrics.registry import (
    CLINICAL_CUES,
    HEDGED_CUES,
    HEDGING_TERMS,
    REFUSAL_CUES,
    SEVERITY_TERMS,
    Cue,
)
from spinefairbench.statistics.exact import UNITS

__all__ = ["CUE_KINDS", "ExplainedMatch", "ExplainedReport", "explain_one", "explain_pair", "explain_text"]

CUE_KINDS: Final = ("refusal", "clinical", "hedged")
_CUES: Final = {(cue.kind, cue.number): cue for cue in (*REFUSAL_CUES, *CLINICAL_CUES, *HEDGED_CUES)}
_LANGUAGE: Final = (("severity", TermMatcher(SEVERITY_TERMS)), ("hedging", TermMatcher(HEDGING_TERMS)))
_READINGS_NOTE: Final = "readings are those of the parser audit; scores do not use them and count every frozen term"


@dataclass(frozen=True)
class ExplainedMatch:
    """A term or cue at its place; `start` and `end` count characters from 0, `line` and `column` from 1.

    A byte order mark is a character of its file to the first two, but in no column, as in an editor.

    `kind` is diagnostic, recommendation, severity or hedging for a term, and refusal, clinical or hedged for a cue.
    `counted`: the frozen parser counts this term, or this cue was examined to find the report's class. `reading` is
    how the parser audit takes the term to be meant, `decided_by` the phrase that decided it.
    """

    report: str
    number: int
    kind: str
    category: str
    term: str
    start: int
    end: int
    line: int
    column: int
    text: str
    reading: str | None
    decided_by: str | None
    counted: bool


class ExplainedReport(NamedTuple):
    """One report with its matches, numbered in the order of the text, and the steps to its class, a sentence each.

    The places of the matches are those in the text; in its file, `offset` characters precede it.
    """

    report: str
    text: str
    features: ReportFeatures
    matches: tuple[ExplainedMatch, ...]
    steps: tuple[str, ...]
    summary: dict[str, Any]
    offset: int


class _Places:
    """The lines and columns of a text, counted from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def of(self, start: int) -> tuple[int, int]:
        line = bisect_right(self._starts, start)
        return line, start - self._starts[line - 1] + 1


def _definition(cue: Cue) -> str:
    """A cue's definition in one line: alternatives joined by bars, ` … ` for anything on the same line."""
    fragments = [
        "".join("|".join(group) if len(group) == 1 else f"({'|'.join(group)})" for group in fragment.groups)
        for fragment in cue.fragments
    ]
    words = " … ".join(fragments)
    if cue.then_text:
        words += " …" + (f" (not {', '.join(' '.join(words) for words in cue.unless)})" if cue.unless else "")
    return words


def _examined_kinds(explanation: ResponseExplanation) -> set[str]:
    """The kinds of cue that decided: a kind is examined only if the kinds before it left the class open."""
    found = {cue.kind for cue in explanation.cues}
    if "refusal" not in found:
        return {"refusal"}
    return {"refusal", "clinical"} if "clinical" in found else set(CUE_KINDS)


def _steps(explanation: ResponseExplanation, text: str, places: _Places) -> tuple[str, ...]:
    if explanation.blank:
        return ("the text is blank: a blank report is a full refusal",)
    examined = _examined_kinds(explanation)
    cues = {kind: [cue for cue in explanation.cues if cue.kind == kind] for kind in CUE_KINDS}
    endings = {
        "refusal": ("a report without one is genuine", "the report may be a refusal"),
        "clinical": ("the report is a refusal, full or partial", "a report with one is genuine, whatever it declines"),
        "hedged": ("a refusal without one is a full refusal", "a refusal with one is a partial refusal"),
    }
    steps = ["the text is not blank"]
    for kind in CUE_KINDS:
        if kind in examined:
            without, with_one = endings[kind]
            listed = _listed(cues[kind], text, places) if cues[kind] else "none"
            steps.append(f"{kind} cues: {listed}; {with_one if cues[kind] else without}")
        elif cues[kind]:
            steps.append(f"{kind} cues: {len(cues[kind])} in the text, not examined: the class was already decided")
    steps.append(f"the report is {explanation.response_class.value.replace('_', ' ')}")
    return tuple(steps)


_MOST_CUES_LISTED: Final = 3


def _listed(cues: Sequence[CueMatch], text: str, places: _Places) -> str:
    parts = []
    for cue in cues[:_MOST_CUES_LISTED]:
        line, column = places.of(cue.start)
        parts.append(f"no. {cue.number} at line {line}, column {column} ({_excerpt(text[cue.start : cue.end])})")
    more = f" and {len(cues) - _MOST_CUES_LISTED} more" if len(cues) > _MOST_CUES_LISTED else ""
    return ", ".join(parts) + more


def _excerpt(text: str) -> str:
    return f'"{text}"' if len(text) <= 80 else f'"{text[:38]} … {text[-38:]}"'


class _Found(NamedTuple):
    """A match without its number and its text."""

    start: int
    end: int
    kind: str
    category: str
    term: str
    reading: str | None = None
    decided_by: str | None = None
    counted: bool = True


def _find(text: str, mentions: Sequence[Mention], explanation: ResponseExplanation) -> list[_Found]:
    """Every term and cue in a text; an outer match comes before those within it."""
    examined = _examined_kinds(explanation)
    found = [
        _Found(
            mention.start,
            mention.end,
            mention.kind,
            mention.category,
            mention.term,
            mention.assertion_status,
            mention.cue.text if mention.cue else None,
            not mention.plural,
        )
        for mention in mentions
    ]
    for kind, matcher in _LANGUAGE:
        found += [_Found(match.start, match.end, kind, match.category, match.term) for match in matcher.matches(text)]
    for cue in explanation.cues:
        definition = _definition(_CUES[cue.kind, cue.number])
        found.append(
            _Found(cue.start, cue.end, cue.kind, f"cue {cue.number}", definition, counted=cue.kind in examined)
        )
    found.sort(key=lambda match: (match.start, -match.end, match.kind, match.category, match.term))
    return found


def explain_text(text: str, report: str = "text", offset: int = 0) -> ExplainedReport:
    """Find every term and cue of a report, in time linear in its length.

    `report` names the report where there are several; `offset` characters precede it in its file.
    """
    places = _Places(text)
    explanation = explain_response(text)
    mentions = read_mentions(text)
    masks = variant_masks(mentions)
    matches = tuple(
        ExplainedMatch(
            report, number, kind, category, term, start, end, *places.of(start), text[start:end], reading, by, counted
        )
        for number, (start, end, kind, category, term, reading, by, counted) in enumerate(
            _find(text, mentions, explanation), 1
        )
    )
    steps = _steps(explanation, text, places)
    summary: dict[str, Any] = {
        "report": report,
        "response_class": explanation.response_class.value,
        "diagnostic_labels": list(label_names(masks.frozen.labels)),
        "recommendations": list(recommendation_names(masks.frozen.recommendations)),
        "diagnostic_labels_as_read": list(label_names(masks.both.labels)),
        "recommendations_as_read": list(recommendation_names(masks.both.recommendations)),
        "severity": max((int(match.category) for match in matches if match.kind == "severity"), default=0),
        "hedging": sum(match.kind == "hedging" for match in matches),
        "steps": list(steps),
    }
    # The frozen variant of the mentions is what is scored, so the text need not be searched again.
    features = ReportFeatures(explanation.response_class, *masks.frozen)
    return ExplainedReport(report, text, features, matches, steps, summary, offset)


def _result(reports: Sequence[ExplainedReport], changes: dict[str, Any]) -> CheckResult:
    rows = tuple(
        replace(match, start=match.start + each.offset, end=match.end + each.offset) if each.offset else match
        for each in reports
        for match in each.matches
    )
    summary = {"reports": [each.summary for each in reports], **changes}
    return CheckResult(rows, summary, notes=(_READINGS_NOTE,))


def explain_one(report: ExplainedReport) -> CheckResult:
    """The matches of a report as rows; its class, categories and steps in the summary."""
    return _result([report], {})


def explain_pair(source: ExplainedReport, counterfactual: ExplainedReport) -> CheckResult:
    """As `explain_one` for both reports of a pair, with what changed from one to the other."""
    both = (source, counterfactual)
    features = [each.features for each in both]
    outcome = pair_outcome(*features)
    masks = {
        "diagnostic_labels": (label_names, features[0].labels, features[1].labels),
        "recommendations": (recommendation_names, features[0].recommendations, features[1].recommendations),
    }
    changes: dict[str, Any] = {}
    for name, (names, before, after) in masks.items():
        changes[f"{name}_added"] = list(names(after & ~before))
        changes[f"{name}_lost"] = list(names(before & ~after))
    changes["usable"] = outcome.usable
    changes["recommendation_changed"] = outcome.recommendation_changed
    changes["diagnostic_jaccard"] = outcome.diagnostic_jaccard / UNITS
    return _result(both, changes)
