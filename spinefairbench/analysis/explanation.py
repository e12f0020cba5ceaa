"""Why a report is read as it is: every term and cue in it, and the steps to its class."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.result import CheckResult
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.metrics.matcher import TermMatcher
from spinefairbench.metrics.mentions import features_of_mentions, read_mentions
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.refusal_detector import CueMatch, ResponseClass, ResponseExplanation, explain_response
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
_READINGS_NOTE: Final = "readings are those of the parser audit; scores do not use them: every frozen term counts"


@dataclass(frozen=True)
class ExplainedMatch:
    """A term or cue at its place; `start` and `end` count characters from 0, `line` and `column` from 1.

    `kind` is diagnostic, recommendation, severity or hedging of a term, and refusal, clinical or hedged of a cue.
    `counted`: the frozen parser counts this term; or this cue was looked at on the way to the report's class.
    `reading` and `decided_by` (the phrase that decided on it) are those of the parser audit.
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
    """One report, its matches numbered in the order of the text, and the steps to its class, a sentence each."""

    report: str
    text: str
    response_class: str
    matches: tuple[ExplainedMatch, ...]
    steps: tuple[str, ...]
    summary: dict[str, Any]


class _Places:
    """Lines and columns of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        position = text.find("\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = text.find("\n", position + 1)

    def of(self, start: int) -> tuple[int, int]:
        line = bisect_right(self._starts, start)
        return line, start - self._starts[line - 1] + 1


def _cue_words(cue: Cue) -> str:
    """A cue's definition in one line: alternatives joined by bars, ` … ` for anything on the same line."""
    fragments = [
        "".join("|".join(group) if len(group) == 1 else f"({'|'.join(group)})" for group in fragment.groups)
        for fragment in cue.fragments
    ]
    words = " … ".join(fragments)
    if cue.then_text:
        words += " …" + (f" (not {', '.join(' '.join(words) for words in cue.unless)})" if cue.unless else "")
    return words


def _looked_at(explanation: ResponseExplanation) -> set[str]:
    """The kinds of cue that had a say: the next kind is looked for only where the one before left it open."""
    found = {cue.kind for cue in explanation.cues}
    if "refusal" not in found:
        return {"refusal"}
    return {"refusal", "clinical"} if "clinical" in found else set(CUE_KINDS)


def _steps(explanation: ResponseExplanation, text: str, places: _Places) -> tuple[str, ...]:
    if explanation.blank:
        return ("the text is blank: a blank report is a full refusal",)
    looked_at = _looked_at(explanation)
    cues = {kind: [cue for cue in explanation.cues if cue.kind == kind] for kind in CUE_KINDS}
    endings = {
        "refusal": ("a report without one is genuine", "so it may be a refusal"),
        "clinical": ("so it is a refusal, full or partial", "a report with one is genuine, whatever it declines"),
        "hedged": ("a refusal without one is a full refusal", "a refusal with one is a partial refusal"),
    }
    steps = ["the text is not blank"]
    for kind in CUE_KINDS:
        if kind in looked_at:
            without, with_one = endings[kind]
            said = _told(cues[kind], text, places) if cues[kind] else "none"
            steps.append(f"{kind} cues: {said}; {with_one if cues[kind] else without}")
        elif cues[kind]:
            steps.append(f"{kind} cues: {len(cues[kind])} in the text, not looked at: it was decided before")
    steps.append(f"the report is {explanation.response_class.value.replace('_', ' ')}")
    return tuple(steps)


_CUES_TOLD: Final = 3


def _told(cues: Sequence[CueMatch], text: str, places: _Places) -> str:
    parts = []
    for cue in cues[:_CUES_TOLD]:
        line, column = places.of(cue.start)
        parts.append(f"no. {cue.number} at line {line}, column {column} ({_excerpt(text[cue.start : cue.end])})")
    more = f" and {len(cues) - _CUES_TOLD} more" if len(cues) > _CUES_TOLD else ""
    return ", ".join(parts) + more


def _excerpt(text: str) -> str:
    return f'"{text}"' if len(text) <= 80 else f'"{text[:38]} … {text[-38:]}"'


def explain_text(text: str, report: str = "text") -> ExplainedReport:
    """Every term and cue of a report, in time linear in its length; `report` names it where there are several."""
    places = _Places(text)
    explanation = explain_response(text)
    mentions = read_mentions(text)
    looked_at = _looked_at(explanation)
    found: list[tuple[int, int, str, str, str, str | None, str | None, bool]] = [
        (
            mention.start,
            mention.end,
            mention.kind,
            mention.category,
            mention.term,
            mention.reading,
            mention.cue.text if mention.cue else None,
            not mention.plural,
        )
        for mention in mentions
    ]
    for kind, matcher in _LANGUAGE:
        found += [
            (match.start, match.end, kind, match.category, match.term, None, None, True)
            for match in matcher.matches(text)
        ]
    for cue in explanation.cues:
        words = _cue_words(_CUES[cue.kind, cue.number])
        found.append((cue.start, cue.end, cue.kind, f"cue {cue.number}", words, None, None, cue.kind in looked_at))
    # An outer match before those within it, so that its number is the lower one.
    found.sort(key=lambda match: (match[0], -match[1], match[2:5]))
    matches = tuple(
        ExplainedMatch(
            report, number, kind, category, term, start, end, *places.of(start), text[start:end], reading, by, counted
        )
        for number, (start, end, kind, category, term, reading, by, counted) in enumerate(found, 1)
    )
    features = extract_features(text)
    audited = features_of_mentions(mentions).both
    summary: dict[str, Any] = {
        "report": report,
        "response_class": features.response_class.value,
        "diagnostic_labels": list(label_names(features.labels)),
        "recommendations": list(recommendation_names(features.recommendations)),
        "diagnostic_labels_as_read": list(label_names(audited.labels)),
        "recommendations_as_read": list(recommendation_names(audited.recommendations)),
        "severity": max((int(match.category) for match in matches if match.kind == "severity"), default=0),
        "hedging": sum(match.kind == "hedging" for match in matches),
    }
    steps = _steps(explanation, text, places)
    summary["steps"] = list(steps)
    return ExplainedReport(report, text, features.response_class.value, matches, steps, summary)


def _result(reports: Sequence[ExplainedReport], changes: dict[str, Any]) -> CheckResult:
    rows = tuple(match for each in reports for match in each.matches)
    summary = {"reports": [each.summary for each in reports], **changes}
    return CheckResult(rows, summary, notes=(_READINGS_NOTE,))


def explain_one(report: ExplainedReport) -> CheckResult:
    """The matches as rows; the steps and what is read of the report, under `summary`."""
    return _result([report], {})


def explain_pair(source: ExplainedReport, counterfactual: ExplainedReport) -> CheckResult:
    """As `explain_one`, of both reports of a pair, with what changed from one to the other."""
    both = (source, counterfactual)
    features = [extract_features(each.text) for each in both]
    outcome = pair_outcome(*features)
    masks = {
        "diagnostic_labels": (label_names, features[0].labels, features[1].labels),
        "recommendations": (recommendation_names, features[0].recommendations, features[1].recommendations),
    }
    changes: dict[str, Any] = {}
    for name, (names, before, after) in masks.items():
        changes[f"{name}_added"] = list(names(after & ~before))
        changes[f"{name}_lost"] = list(names(before & ~after))
    changes["usable"] = ResponseClass.FULL_REFUSAL.value not in [each.response_class for each in both]
    changes["recommendation_changed"] = outcome.recommendation_changed
    changes["diagnostic_jaccard"] = outcome.diagnostic_jaccard / UNITS
    return _result(both, changes)
