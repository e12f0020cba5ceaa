"""Check a submission before it is scored: every fault with its place, what it covers, and what looks odd."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.scopes import SCOPES, scope_pairs
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.refusal_detector import is_blank
from spinefairbench.problems import Problem, counted
from spinefairbench.release.blank_reports import blank_reports_of, blanks_kept
from spinefairbench.release.conversion import convert_rows
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import RowFile, open_rows
from spinefairbench.release.runners.recognition import RUNNER_HEADERS, recognized
from spinefairbench.release.scoring import NO_USABLE_PAIR
from spinefairbench.release.submission import SubmittedPair, doubts, missing_pairs, submission_from_json

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Check a submission, or rows that could be converted into one (which need `--scope`), without scoring it.

    Raises SubmissionError where the file cannot be read at all, BundleError, and UsageError for rows without a scope.
    """
    bundle = inputs.bundle
    scope: str | None = inputs.options.scope
    allow_partial: bool = inputs.options.allow_partial
    blank_as_refusal: bool = inputs.options.blank_as_refusal
    problems: list[Problem] = []
    with open_rows(inputs.options.submission, problems, inputs.standard_input, RUNNER_HEADERS) as opened:
        file, runner = recognized(opened, None, FaultTally(problems))
        if runner is not None:
            said = f"{runner.format}, no submission; `submission convert` makes one of it"
            raise SubmissionError(Problem(file.name, said))
        if file.document is not None:
            return _check_document(file, file.document, inputs)
        if scope is None:
            raise UsageError(
                Problem(file.name, f"rows of reports do not name a scope; give --scope, one of {', '.join(SCOPES)}")
            )
        try:
            conversion = convert_rows(file, bundle, scope, problems, blank_as_refusal=blank_as_refusal)
        except SubmissionError as error:
            return CheckResult(problems=tuple(dict.fromkeys((*problems, *error.problems))))
    missing = conversion.missing_pairs
    pairs = _distinct(conversion.results, blank_as_refusal=blank_as_refusal)
    reports = _reports(None, pairs)
    found = conversion.problems or _nothing_to_score(reports, file)
    found = [*found, *_unreadable(reports, file, inputs)]
    if not allow_partial:
        found += [Problem(file.name, f"pair {pair_id} of {scope} is missing, or lacks a report") for pair_id in missing]
    row = _overview(reports, scope, file, conversion.expected_pairs, conversion.results, pairs, len(missing))
    kept = _blanks({"results": conversion.results}, inputs)
    notes = (*conversion.notes, *blanks_kept(sum(kept.values())), *_notes(reports, pairs, len(missing)))
    return CheckResult((row | kept,), {}, tuple(found), notes=notes)


def _check_document(file: RowFile, value: dict[str, Any], inputs: Inputs) -> CheckResult:
    bundle, scope, allow_partial = inputs.bundle, inputs.options.scope, inputs.options.allow_partial
    blank_as_refusal = inputs.options.blank_as_refusal
    problems: tuple[Problem, ...] = ()
    try:
        submission_from_json(value, bundle, scope=scope, allow_partial=allow_partial, blank_as_refusal=blank_as_refusal)
    except SubmissionError as error:
        problems = error.within(file.name).problems
    results = value.get("results")
    rows = results if isinstance(results, list) else []
    asked = scope if scope is not None else _text(value.get("scope"))
    expected = scope_pairs(bundle, asked) if asked in SCOPES else None
    pairs = _distinct(rows, blank_as_refusal=blank_as_refusal)
    model = value.get("model")
    name = _text(model.get("name")) if isinstance(model, dict) else None
    missing = len(missing_pairs(expected, (pair.pair_id for pair in pairs)))
    reports = _reports(name, pairs)
    row = _overview(reports, asked, file, expected, rows, pairs, missing)
    kept = _blanks(value, inputs)
    notes = (*blanks_kept(sum(kept.values())), *_notes(reports, pairs, missing))
    found = problems or _nothing_to_score(reports, file)
    return CheckResult((row | kept,), {}, (*found, *_unreadable(reports, file, inputs)), notes=notes)


def _blanks(value: Mapping[str, Any], inputs: Inputs) -> dict[str, int]:
    """What the row says of blank reports that are kept, nothing where they are faults."""
    return {"blank_reports": blank_reports_of(value)} if inputs.options.blank_as_refusal else {}


def _reports(name: str | None, pairs: Sequence[SubmittedPair]) -> ModelReports:
    return ModelReports(name or "", tuple(pair.features() for pair in pairs))


def _nothing_to_score(reports: ModelReports, file: RowFile) -> list[Problem]:
    """Why `score` would refuse what holds no other fault: it has no pair, or none that is usable."""
    if not reports.pairs:
        return [Problem(file.name, "no pair has both reports")]
    return [] if reports.usable else [Problem(file.name, NO_USABLE_PAIR)]


def _unreadable(reports: ModelReports, file: RowFile, inputs: Inputs) -> list[Problem]:
    """Why the reports cannot be read, where that is to fail the check."""
    if not inputs.options.require_readable:
        return []
    return [Problem(file.name, reason) for reason in reports.quality.not_readable_because]


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _distinct(rows: Iterable[Any], *, blank_as_refusal: bool) -> list[SubmittedPair]:
    """The results with an id and two reports, the first of each pair, sorted by pair."""
    pairs: dict[str, SubmittedPair] = {}
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        fields = [row.get(name) for name in SubmittedPair._fields]
        if not all(isinstance(field, str) for field in fields):
            continue
        pair = SubmittedPair(*map(str, fields))
        if not any(map(is_blank, pair[:1] if blank_as_refusal else pair)):
            pairs.setdefault(pair.pair_id, pair)
    return [pairs[pair_id] for pair_id in sorted(pairs)]


def _overview(
    reports: ModelReports,
    scope: str | None,
    file: RowFile,
    expected: frozenset[str] | None,
    rows: Sequence[Any],
    pairs: Sequence[SubmittedPair],
    missing: int,
) -> dict[str, Any]:
    """What a submission holds; `rows` are all its results, `pairs` the distinct pairs, over which all else is counted."""
    return {
        "model": reports.model or None,
        "scope": scope,
        "read_as": file.description,
        "expected_pairs": None if expected is None else len(expected),
        "submitted_results": len(rows),
        "distinct_pairs": len(pairs),
        "missing_pairs": missing,
        "source_full_refusals": reports.source_full_refusals,
        "counterfactual_full_refusals": reports.counterfactual_full_refusals,
        "full_refusal_pairs": reports.full_refusal_pairs,
        "partial_refusal_pairs": reports.partial_refusal_pairs,
        "usable_pairs": reports.usable_pairs,
        "identical_pairs": sum(pair.is_identical for pair in pairs),
        "readable": reports.quality.readable,
        "report_quality": reports.quality.to_json(),
    }


def _notes(reports: ModelReports, pairs: Sequence[SubmittedPair], missing: int) -> tuple[str, ...]:
    """What is not a fault but worth a second look."""
    return (
        *reports.quality.doubts,
        *doubts(pairs, missing),
        *_pasted_over_sources(pairs),
        *_pasted_within_sources(pairs),
    )


def _pasted_over_sources(pairs: Sequence[SubmittedPair]) -> list[str]:
    sources_of: dict[str, set[str]] = {}
    for pair in pairs:
        for text in filter(str.strip, (pair.source_report, pair.counterfactual_report)):
            sources_of.setdefault(text, set()).add(source_of(pair.pair_id))
    shared = [len(sources) for sources in sources_of.values() if len(sources) > 1]
    if not shared:
        return []
    texts = f"{counted(len(shared), 'text')} {'is' if len(shared) == 1 else 'are'}"
    return [f"{texts} given for more than one source, word for word (one of them for {max(shared):,} sources)"]


def _pasted_within_sources(pairs: Sequence[SubmittedPair]) -> list[str]:
    texts_of: dict[str, list[str]] = {}
    for pair in pairs:
        if is_blank(pair.source_report):
            continue
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
