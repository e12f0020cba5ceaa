"""Check a submission before it is scored: every fault with its place, what it covers, and what looks odd."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.scopes import SCOPES, scope_pairs
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import Problem, counted
from spinefairbench.release.conversion import convert_rows
from spinefairbench.release.report_rows import open_rows
from spinefairbench.release.submission import SubmittedPair, submission_from_json

__all__ = ["check"]


@dataclass(frozen=True)
class _SubmissionOverview:
    """What a submission holds.

    `submitted_results` counts every result, `distinct_pairs` the pairs with an id and two texts. Refusals and
    `identical_pairs` (the same report twice, word for word) are counted over distinct pairs.
    """

    model: str | None
    scope: str | None
    read_as: str
    expected_pairs: int | None
    submitted_results: int
    distinct_pairs: int
    missing_pairs: int
    source_full_refusals: int
    counterfactual_full_refusals: int
    full_refusal_pairs: int
    partial_refusal_pairs: int
    usable_pairs: int
    identical_pairs: int


def check(inputs: Inputs) -> CheckResult:
    """Check a submission, or rows that could be converted into one (which need `--scope`), without scoring it.

    Raises SubmissionError where the file cannot be read at all, BundleError, and UsageError for rows without a scope.
    """
    bundle = inputs.bundle
    scope: str | None = inputs.options.scope
    allow_partial: bool = inputs.options.allow_partial
    problems: list[Problem] = []
    with open_rows(inputs.options.submission, problems, inputs.standard_input) as file:
        if file.document is not None:
            return _check_document(file.name, file.description, file.document, bundle, scope, allow_partial)
        if scope is None:
            raise UsageError(
                Problem(file.name, f"rows of reports do not name a scope; give --scope, one of {', '.join(SCOPES)}")
            )
        try:
            conversion = convert_rows(file, bundle, scope, problems)
        except SubmissionError as error:
            return CheckResult(problems=tuple(dict.fromkeys((*problems, *error.problems))))
    found = list(conversion.problems)
    expected = scope_pairs(bundle, scope)
    pairs = _distinct(conversion.results)
    missing = sorted((expected or frozenset()) - {pair.pair_id for pair in pairs})
    if missing and not allow_partial:
        found += [Problem(file.name, f"pair {pair_id} of {scope} is missing, or lacks a report") for pair_id in missing]
    row = _overview(None, scope, file.description, expected, len(conversion.results), pairs)
    return CheckResult((row,), {}, tuple(found), notes=(*conversion.notes, *_notes(pairs, len(missing))))


def _check_document(
    name: str, description: str, value: dict[str, Any], bundle: Bundle, scope: str | None, allow_partial: bool
) -> CheckResult:
    problems: tuple[Problem, ...] = ()
    try:
        submission_from_json(value, bundle, scope=scope, allow_partial=allow_partial)
    except SubmissionError as error:
        problems = tuple(Problem(name, f"{problem}") for problem in error.problems)
    results = value.get("results")
    rows = results if isinstance(results, list) else []
    asked = scope if scope is not None else value.get("scope")
    expected = scope_pairs(bundle, asked) if isinstance(asked, str) and asked in SCOPES else None
    pairs = _distinct(rows)
    missing = len((expected or frozenset()) - {pair.pair_id for pair in pairs})
    model = value.get("model")
    named = model.get("name") if isinstance(model, dict) else None
    row = _overview(
        named if isinstance(named, str) else None,
        asked if isinstance(asked, str) else None,
        description,
        expected,
        len(rows),
        pairs,
    )
    return CheckResult((row,), {}, problems, notes=_notes(pairs, missing))


def _distinct(rows: Iterable[Any]) -> list[SubmittedPair]:
    """The results with an id and two texts, the first of each pair, sorted by pair."""
    pairs: dict[str, SubmittedPair] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        fields = [row.get(name) for name in SubmittedPair._fields]
        if all(isinstance(field, str) and field and not field.isspace() for field in fields):
            pair = SubmittedPair(*map(str, fields))
            pairs.setdefault(pair.pair_id, pair)
    return [pairs[pair_id] for pair_id in sorted(pairs)]


def _overview(
    model: str | None,
    scope: str | None,
    read_as: str,
    expected: frozenset[str] | None,
    submitted: int,
    pairs: Sequence[SubmittedPair],
) -> _SubmissionOverview:
    source_refusals = counterfactual_refusals = full = partial = 0
    for pair in pairs:
        source, counterfactual = extract_features(pair.source_report), extract_features(pair.counterfactual_report)
        outcome = pair_outcome(source, counterfactual)
        source_refusals += source.response_class is ResponseClass.FULL_REFUSAL
        counterfactual_refusals += counterfactual.response_class is ResponseClass.FULL_REFUSAL
        full += not outcome.usable
        partial += outcome.partial_refusal
    return _SubmissionOverview(
        model=model,
        scope=scope,
        read_as=read_as,
        expected_pairs=None if expected is None else len(expected),
        submitted_results=submitted,
        distinct_pairs=len(pairs),
        missing_pairs=len((expected or frozenset()) - {pair.pair_id for pair in pairs}),
        source_full_refusals=source_refusals,
        counterfactual_full_refusals=counterfactual_refusals,
        full_refusal_pairs=full,
        partial_refusal_pairs=partial,
        usable_pairs=len(pairs) - full,
        identical_pairs=sum(pair.source_report == pair.counterfactual_report for pair in pairs),
    )


def _notes(pairs: Sequence[SubmittedPair], missing: int) -> tuple[str, ...]:
    """What is not a fault but worth a second look."""
    notes = []
    if missing:
        notes.append(
            f"{counted(missing, 'pair')} of the scope {'is' if missing == 1 else 'are'} missing: not comparable with the "
            "published panel"
        )
    identical = [pair.pair_id for pair in pairs if pair.source_report == pair.counterfactual_report]
    if identical:
        notes.append(
            f"in {len(identical):,} of {counted(len(pairs), 'pair')} both reports are identical, word for word "
            f"(first: {identical[0]})"
        )
    notes += _pasted_over_sources(pairs)
    notes += _pasted_within_sources(pairs)
    return tuple(notes)


def _pasted_over_sources(pairs: Sequence[SubmittedPair]) -> list[str]:
    sources_of: dict[str, set[str]] = {}
    for pair in pairs:
        for text in (pair.source_report, pair.counterfactual_report):
            sources_of.setdefault(text, set()).add(source_of(pair.pair_id))
    shared = [len(sources) for sources in sources_of.values() if len(sources) > 1]
    if not shared:
        return []
    texts = f"{counted(len(shared), 'text')} {'is' if len(shared) == 1 else 'are'}"
    return [f"{texts} given for more than one source, word for word (one of them for {max(shared):,} sources)"]


def _pasted_within_sources(pairs: Sequence[SubmittedPair]) -> list[str]:
    texts_of: dict[str, list[str]] = {}
    for pair in pairs:
        texts_of.setdefault(source_of(pair.pair_id), []).append(pair.source_report)
    several = [texts for texts in texts_of.values() if len(texts) > 1]
    same = sum(len(set(texts)) == 1 for texts in several)
    if not several or same < len(several):
        return []
    return [
        (
            f"the source reports of each of the {same:,} sources with several pairs are identical; if they were copied, "
            "not generated anew for each pair, they cannot show the model's run-to-run variation"
        )
    ]
