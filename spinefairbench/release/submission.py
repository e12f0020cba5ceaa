"""Read a submission and check it against its schema, the pairs of its scope and itself; refuse it with every reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.bundle.artifacts import Bundle, BundleKind
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import parts_of, source_of
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.errors import SubmissionError
from spinefairbench.files.reading import input_name
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports, RepeatedReports
from spinefairbench.metrics.readability import read_report
from spinefairbench.metrics.refusal_detector import is_blank
from spinefairbench.problems import Problem, ProblemKind, counted, shortened
from spinefairbench.release.blank_reports import blank_advice, blank_reports_of
from spinefairbench.release.schema import schema_problems, submission_schema
from spinefairbench.release.submission_input import load_submission
from spinefairbench.release.submitted_controls import SubmittedControls, control_problems, controls_of

__all__ = [
    "Submission",
    "SubmittedPair",
    "SubmittedRepeats",
    "doubts",
    "missing_pairs",
    "missing_words",
    "pair_fault",
    "read_submission",
    "submission_from_json",
]

# Of one image: a floor needs two, and every two are compared.
_MOST_REPEATS: Final = 1000


class SubmittedPair(NamedTuple):
    """One result of a submission, as written."""

    pair_id: str
    source_report: str
    counterfactual_report: str

    @property
    def is_identical(self) -> bool:
        """Whether the two reports are the same, word for word; blank ones have none."""
        return self.source_report == self.counterfactual_report and not is_blank(self.source_report)

    def features(self) -> PairReports:
        """The pair as features; both texts are read."""
        source, counterfactual = read_report(self.source_report), read_report(self.counterfactual_report)
        features = source.features, counterfactual.features
        return PairReports(self.pair_id, *parts_of(self.pair_id), *features, source.marks, counterfactual.marks)


class SubmittedRepeats(NamedTuple):
    """Further reports on one image of a pair, as written; `role` is `source` or `counterfactual`."""

    pair_id: str
    role: str
    reports: tuple[str, ...]

    def features(self) -> RepeatedReports:
        """The reports as features; all texts are read."""
        read = [read_report(text) for text in self.reports]
        return RepeatedReports(
            self.pair_id,
            source_of(self.pair_id),
            self.role,
            tuple(each.features for each in read),
            tuple(each.marks for each in read),
        )


@dataclass(frozen=True)
class Submission:
    """A submission that may be scored; pairs sorted by `pair_id`, repeats and controls by their own two keys.

    `expected_pairs` is None where the scope has no fixed pairs. `bundle` is the kind of bundle whose
    pairs these are. `decoding` holds the settings of the sampling, as far as they are stated. `blank_reports`
    counts the blank ones, of all that it holds.
    """

    model: dict[str, str]
    scope: str
    pairs: tuple[SubmittedPair, ...]
    expected_pairs: frozenset[str] | None
    bundle: BundleKind
    repeated: tuple[SubmittedRepeats, ...] = ()
    controls: tuple[SubmittedControls, ...] = ()
    decoding: Mapping[str, float] = field(default_factory=dict)
    blank_reports: int = 0

    def mentions(self, jobs: int = 1) -> MentionCollector:
        """Its reports as the parser audit reads them, in `jobs` processes."""
        name = self.model["name"]
        with MentionCollector(jobs) as collector:
            for pair in self.pairs:
                collector.add(name, pair.pair_id, SOURCE_ROLE, pair.source_report)
                collector.add(name, pair.pair_id, GENERATED_ROLE, pair.counterfactual_report)
        return collector

    @cached_property
    def reports(self) -> ModelReports:
        """The submission as features; each text is read once."""
        repeats = tuple(entry.features() for entry in self.repeated)
        return ModelReports(
            self.model["name"],
            tuple(pair.features() for pair in self.pairs),
            repeats,
            controls=tuple(entry.features() for entry in self.controls),
        )


def missing_pairs(expected: frozenset[str] | None, submitted: Iterable[str]) -> list[str]:
    """The pairs of a scope that were not submitted, sorted; none where the scope has no fixed pairs."""
    return sorted((expected or frozenset()).difference(submitted))


def pair_fault(pair_id: Any, known: frozenset[str], expected: frozenset[str] | None, scope: str) -> str | None:
    """Why a pair cannot be submitted for a scope, None where it can.

    `known` are the pairs that can be scored, `expected` those of the scope (None where it has no fixed pairs).
    """
    if not isinstance(pair_id, str) or pair_id not in known:
        return f"unknown pair {shortened(pair_id)}; expected a QC-passed pair of this bundle"
    if expected is not None and pair_id not in expected:
        return f"{pair_id} is outside the scope {scope}"
    return None


def missing_words(missing: int, said: str) -> list[str]:
    """A sentence that says something of the `missing` pairs of a scope; none where no pair is missing."""
    verb = "is" if missing == 1 else "are"
    return [f"{counted(missing, 'pair')} of the scope {verb} {said}"] if missing else []


def doubts(pairs: Sequence[SubmittedPair], missing: int) -> list[str]:
    """What is no fault of a submission but worth a second look: `missing` pairs of its scope, and identical reports."""
    found = missing_words(missing, "missing: not comparable with the published panel")
    identical = [pair.pair_id for pair in pairs if pair.is_identical]
    if identical:
        found.append(
            f"in {len(identical):,} of {counted(len(pairs), 'pair')} both reports are identical, word for word "
            f"(first: {identical[0]})"
        )
    return found


def read_submission(
    path: Path,
    bundle: Bundle,
    *,
    scope: str | None = None,
    allow_partial: bool = False,
    blank_as_refusal: bool = False,
    standard_input: BinaryIO | None = None,
) -> Submission:
    """Read and check a submission file, or `standard_input` where it is `-`; `scope` overrides the one in the file.

    `blank_as_refusal`: a blank report is the full refusal that the classifier makes of it, and no fault.

    Raises SubmissionError with every reason for refusal, BundleError where the bundle's lists cannot be read.
    """
    value = load_submission(path, standard_input)
    try:
        return submission_from_json(
            value, bundle, scope=scope, allow_partial=allow_partial, blank_as_refusal=blank_as_refusal
        )
    except SubmissionError as error:
        raise error.within(input_name(str(path))) from None


def submission_from_json(
    value: Any,
    bundle: Bundle,
    *,
    scope: str | None = None,
    allow_partial: bool = False,
    blank_as_refusal: bool = False,
) -> Submission:
    """Check a submission's JSON value; the options are those of `read_submission`.

    Raises SubmissionError with every reason, BundleError.
    """
    problems = schema_problems(value, submission_schema(value, blank_as_refusal=blank_as_refusal))
    blank = blank_reports_of(value)
    if blank and not blank_as_refusal:
        problems.append(Problem("$", blank_advice(blank)))
    results = value.get("results")
    stated = value.get("scope")
    asked = scope if scope is not None else stated
    expected = known = None
    if not any(problem.place.startswith("$.scope") for problem in problems):
        known = passed_pairs(bundle)
        expected = scope_pairs(bundle, asked)
    if isinstance(results, list):
        problems += _pair_problems(results, known, expected, asked)
        if expected is not None and not allow_partial:
            problems += _missing_problems(expected, _pair_ids(results), asked)
    repeated = value.get("repeated_reports")
    if isinstance(results, list) and isinstance(repeated, list):
        problems += _repeat_problems(repeated, results)
    controls = value.get("control_reports")
    if isinstance(results, list) and isinstance(controls, list):
        problems += control_problems(controls, set(map(source_of, _pair_ids(results))))
    if problems:
        raise SubmissionError(problems)
    pairs = [
        SubmittedPair(row["pair_id"], row["source_report"], row["counterfactual_report"]) for row in value["results"]
    ]
    pairs.sort(key=lambda pair: pair.pair_id)
    repeats = [
        SubmittedRepeats(row["pair_id"], row["role"], tuple(row["reports"]))
        for row in value.get("repeated_reports", ())
    ]
    repeats.sort(key=lambda entry: (entry.pair_id, entry.role))
    return Submission(
        dict(value["model"]),
        asked,
        tuple(pairs),
        expected,
        bundle.kind,
        tuple(repeats),
        controls_of(value.get("control_reports", ())),
        dict(value.get("decoding", {})),
        blank,
    )


def _pair_ids(results: Sequence[Any]) -> set[str]:
    ids = [row.get("pair_id") for row in results if isinstance(row, dict)]
    return {pair_id for pair_id in ids if isinstance(pair_id, str)}


def _repeat_problems(repeated: Sequence[Any], results: Sequence[Any]) -> list[Problem]:
    """Entries of pairs that were not submitted, duplicate entries, and more repeats than can be compared."""
    submitted = _pair_ids(results)
    problems = []
    first: dict[tuple[str, str], int] = {}
    for index, row in enumerate(repeated):
        if not isinstance(row, dict):
            continue
        pair_id, role, reports = row.get("pair_id"), row.get("role"), row.get("reports")
        place = f"$.repeated_reports[{index}]"
        if isinstance(reports, list) and len(reports) > _MOST_REPEATS:
            problems.append(
                Problem(f"{place}.reports", f"{len(reports):,} reports; at most {_MOST_REPEATS:,} are read")
            )
        if not isinstance(pair_id, str):
            continue
        if pair_id not in submitted:
            problems.append(Problem(f"{place}.pair_id", f"unknown pair {pair_id}; expected a pair of $.results"))
        if isinstance(role, str):
            if (pair_id, role) in first:
                where = f"$.repeated_reports[{first[pair_id, role]}]"
                problems.append(Problem(place, f"duplicate entry for {pair_id}, {role}; first at {where}"))
            first.setdefault((pair_id, role), index)
    return problems


def _missing_problems(expected: frozenset[str], submitted: set[str], scope: str) -> list[Problem]:
    absent = missing_pairs(expected, submitted)
    if not absent:
        return []
    told = f"{len(absent)} of the {len(expected)} pairs of {scope} are missing (--allow-partial scores without them)"
    messages = [told, *(f"missing pair {pair_id}" for pair_id in absent)]
    return [Problem("$.results", message, ProblemKind.MISSING) for message in messages]


def _pair_problems(
    results: Sequence[Any], known: frozenset[str] | None, expected: frozenset[str] | None, scope: str
) -> list[Problem]:
    """Duplicate, unknown and out-of-scope pairs, and a source that is not the pair's."""
    problems = []
    first: dict[str, int] = {}
    for index, row in enumerate(results):
        pair_id = row.get("pair_id") if isinstance(row, dict) else None
        if not isinstance(pair_id, str):
            continue
        place = f"$.results[{index}]"
        if pair_id in first:
            problems.append(
                Problem(f"{place}.pair_id", f"duplicate pair {pair_id}; first at $.results[{first[pair_id]}]")
            )
        first.setdefault(pair_id, index)
        source_id = row.get("source_id")
        if isinstance(source_id, str) and source_id != source_of(pair_id):
            problems.append(Problem(f"{place}.source_id", f"{source_id!r} is not the source of {pair_id}"))
        fault = None if known is None else pair_fault(pair_id, known, expected, scope)
        if fault is not None:
            problems.append(Problem(f"{place}.pair_id", fault))
    return problems
