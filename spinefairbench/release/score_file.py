"""A score file read back: its rows as reports, held to what the file says of itself.

Everything above its rows must follow from them, so a number that was changed by hand afterwards is found. Only its
intervals are taken on trust here; whoever uses a score file computes them anew from the rows.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.noise_floor import ENDPOINTS, FloorSubject, RepeatedReports, floor_endpoint, source_floors
from spinefairbench.analysis.outcomes import ModelOutcomes, pair_outcomes
from spinefairbench.bundle.pair_ids import source_of, split_pair_id
from spinefairbench.bundle.reports import PairReports
from spinefairbench.errors import SubmissionError
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import shortened
from spinefairbench.release.schema import REPEAT_ROLES
from spinefairbench.release.scoring import SCORE_SCHEMA, repeat_names
from spinefairbench.release.signature import score_signature, signature_parts
from spinefairbench.release.submission import load_submission
from spinefairbench.statistics.exact import UNITS

__all__ = ["ScoreFile", "read_score", "score_from_json"]

_SIDES: Final = ("source", "counterfactual")
_CLASSES: Final = {each.value: each for each in ResponseClass}
_EDITED: Final = "the file was changed after it was written, or not written by this project"
_MOST_TOLD: Final = 20
# A signature's parts that follow from the definitions of the version that wrote it.
_OF_ITS_VERSION: Final = ("registry", "v")


class ScoreFile(NamedTuple):
    """A score file whose figures follow from its rows; pairs sorted by `pair_id`. `content` is the file as read."""

    path: str
    model: str
    scope: str
    signature: str
    iterations: int
    seed: int
    comparable_to_panel_scope: bool
    pairs: tuple[PairReports, ...]
    repeats: tuple[RepeatedReports, ...]
    content: Mapping[str, Any]

    @property
    def subject(self) -> FloorSubject:
        """The score as the audits take it."""
        return FloorSubject(self.model, self.pairs, self.repeats)


def read_score(path: Path) -> ScoreFile:
    """Read and check a score file. Raises SubmissionError with everything that is wrong with it."""
    value = load_submission(path)
    try:
        return score_from_json(value, str(path))
    except SubmissionError as error:
        raise error.within(str(path)) from None


def score_from_json(value: Any, name: str) -> ScoreFile:
    """Check the JSON value of a score file; `name` stands for its path. Raises SubmissionError."""
    if not isinstance(value, dict):
        raise SubmissionError("$: expected a score file, one JSON object")
    version = value.get("schema_version")
    if version != SCORE_SCHEMA:
        found = "missing" if version is None else f"found {shortened(version)}"
        raise SubmissionError(f"$.schema_version: expected {SCORE_SCHEMA}, {found}")
    problems = _shape_problems(value)
    if problems:
        raise SubmissionError(problems)
    pairs = _pairs(value["per_pair_results"], problems)
    repeats = _repeats(value.get("repeated_results", []), {pair.pair_id for pair in pairs}, problems)
    if problems:
        more = len(problems) - _MOST_TOLD
        raise SubmissionError(problems[:_MOST_TOLD] + ([f"$: {more} more problems of this kind"] if more > 0 else []))
    outcome = pair_outcomes(pairs)
    if not outcome.usable:
        raise SubmissionError("$.per_pair_results: no usable pair")
    problems = _figure_problems(value, pairs, repeats, outcome)
    if problems:
        raise SubmissionError([*problems, f"$: {_EDITED}"])
    config = value["scoring_config"]
    return ScoreFile(
        name,
        value["model"]["name"],
        value["scope"],
        value["signature"],
        config["bootstrap_iterations"],
        config["recommendation_bootstrap_seed"],
        value["coverage"]["comparable_to_panel_scope"],
        tuple(pairs),
        tuple(repeats),
        value,
    )


# --- shape -----------------------------------------------------------------------------------------------------

_SHAPE: Final[Mapping[str, type]] = {
    "model": dict,
    "model.name": str,
    "scope": str,
    "signature": str,
    "scoring_config": dict,
    "scoring_config.bootstrap_iterations": int,
    "scoring_config.recommendation_bootstrap_seed": int,
    "scoring_config.diagnostic_bootstrap_seed": int,
    "coverage": dict,
    "coverage.expected_pairs": int,
    "coverage.missing_pairs": int,
    "coverage.comparable_to_panel_scope": bool,
    "data_quality": dict,
    "primary_endpoints": dict,
    "table2_row": dict,
    "per_pair_results": list,
}
_KINDS: Final = {dict: "an object", list: "a list", str: "a text", int: "a whole number", bool: "true or false"}


def _at(value: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, None where there is none."""
    found: Any = value
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _shape_problems(value: Mapping[str, Any]) -> list[str]:
    problems = []
    for path, kind in _SHAPE.items():
        found = _at(value, path)
        if not isinstance(found, kind) or (kind is int and not _is_count(found)):
            problems.append(f"$.{path}: expected {_KINDS[kind]}, found {shortened(found)}")
    repeated = value.get("repeated_results", [])
    if not isinstance(repeated, list):
        problems.append(f"$.repeated_results: expected a list, found {shortened(repeated)}")
    return problems


# --- rows ------------------------------------------------------------------------------------------------------


def _features(row: Mapping[str, Any], prefix: str, place: str, problems: list[str]) -> ReportFeatures:
    """A report from its class and the names of its categories."""
    response_class = row.get(f"{prefix}response_class")
    known = _CLASSES.get(response_class) if isinstance(response_class, str) else None
    if known is None:
        problems.append(
            f"{place}.{prefix}response_class: expected {' or '.join(_CLASSES)}, found {shortened(response_class)}"
        )
    return ReportFeatures(
        known or ResponseClass.GENUINE,
        _mask(
            row.get(f"{prefix}diagnostic_labels"), DIAGNOSTIC_CATEGORIES, f"{place}.{prefix}diagnostic_labels", problems
        ),
        _mask(
            row.get(f"{prefix}recommendations"), RECOMMENDATION_CATEGORIES, f"{place}.{prefix}recommendations", problems
        ),
    )


def _mask(names: Any, categories: Sequence[str], place: str, problems: list[str]) -> int:
    if not isinstance(names, list) or not all(isinstance(item, str) for item in names):
        problems.append(f"{place}: expected a list of categories, found {shortened(names)}")
        return 0
    unknown = [item for item in names if item not in categories]
    if unknown:
        problems.append(f"{place}: unknown category {shortened(unknown[0])}")
    elif names != [category for category in categories if category in names]:
        problems.append(f"{place}: expected each category once, in the frozen order")
    return sum(1 << bit for bit, category in enumerate(categories) if category in names)


def _pairs(rows: Sequence[Any], problems: list[str]) -> list[PairReports]:
    pairs: list[PairReports] = []
    last = ""
    for index, row in enumerate(rows):
        place = f"$.per_pair_results[{index}]"
        pair_id = row.get("pair_id") if isinstance(row, dict) else None
        parts = split_pair_id(pair_id) if isinstance(pair_id, str) else None
        if not isinstance(row, dict) or not isinstance(pair_id, str) or parts is None:
            problems.append(f"{place}: expected an object whose pair_id is source_id__edit_label")
            continue
        if pair_id <= last:
            problems.append(f"{place}: {shortened(pair_id)} stands twice or out of order; rows are sorted by pair_id")
        last = pair_id
        if row.get("source_id") != parts[0]:
            problems.append(
                f"{place}.source_id: {shortened(row.get('source_id'))} is not the source of {shortened(pair_id)}"
            )
        source, counterfactual = (_features(row, f"{side}_", place, problems) for side in _SIDES)
        pair = PairReports(pair_id, *parts, source, counterfactual)
        problems += _row_problems(row, pair, place)
        pairs.append(pair)
    return pairs


def _row_problems(row: Mapping[str, Any], pair: PairReports, place: str) -> list[str]:
    """Where the values of a row do not follow from its own categories and classes."""
    outcome = pair_outcome(pair.source, pair.counterfactual)
    expected = {
        "usable": outcome.usable,
        "recommendation_changed": outcome.recommendation_changed if outcome.usable else None,
        "diagnostic_label_consistency": outcome.diagnostic_jaccard / UNITS if outcome.usable else None,
    }
    return [
        f"{place}.{key} is {shortened(row.get(key))}; its own categories give {wanted}: {_EDITED}"
        for key, wanted in expected.items()
        if not _same(row.get(key), wanted)
    ]


def _same(found: Any, wanted: Any) -> bool:
    """Equal, and of the same kind: True is not 1; a whole number may stand for a float."""
    if isinstance(wanted, bool) or isinstance(found, bool) or found is None or wanted is None:
        return found is wanted
    return isinstance(found, int | float | str) and bool(found == wanted)


def _repeats(rows: Sequence[Any], submitted: set[str], problems: list[str]) -> list[RepeatedReports]:
    repeats: list[RepeatedReports] = []
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        place = f"$.repeated_results[{index}]"
        pair_id, role, reports = (row.get(k) if isinstance(row, dict) else None for k in ("pair_id", "role", "reports"))
        if not isinstance(pair_id, str) or pair_id not in submitted:
            problems.append(f"{place}.pair_id: expected a pair of $.per_pair_results, found {shortened(pair_id)}")
        elif role not in REPEAT_ROLES:
            problems.append(f"{place}.role: expected {' or '.join(REPEAT_ROLES)}, found {shortened(role)}")
        elif not isinstance(reports, list) or not all(isinstance(report, dict) for report in reports):
            problems.append(f"{place}.reports: expected a list of objects, found {shortened(reports)}")
        elif (pair_id, role) in seen:
            problems.append(f"{place}: duplicate entry for {pair_id}, {role}")
        else:
            seen.add((pair_id, role))
            features = tuple(
                _features(report, "", f"{place}.reports[{number}]", problems) for number, report in enumerate(reports)
            )
            repeats.append(RepeatedReports(pair_id, source_of(pair_id), role, features))
    return repeats


# --- figures ---------------------------------------------------------------------------------------------------


def _figure_problems(
    value: Mapping[str, Any],
    pairs: Sequence[PairReports],
    repeats: Sequence[RepeatedReports],
    outcome: ModelOutcomes,
) -> list[str]:
    """Where a figure of the file is not the one that its rows give."""
    return [
        f"$.{path} is {shortened(_at(value, path))}; its rows give {wanted}"
        for path, wanted in _expected_figures(value, pairs, repeats, outcome).items()
        if not _same(_at(value, path), wanted)
    ]


def _expected_figures(
    value: Mapping[str, Any],
    pairs: Sequence[PairReports],
    repeats: Sequence[RepeatedReports],
    outcome: ModelOutcomes,
) -> dict[str, Any]:
    usable = len(outcome.usable)
    rate, consistency = outcome.recommendation_change, outcome.diagnostic_consistency
    missing = value["coverage"]["missing_pairs"]
    figures = {
        "coverage.submitted_pairs": len(pairs),
        "coverage.expected_pairs": len(pairs) + missing,
        "coverage.usable_pairs": usable,
        "coverage.unique_sources_usable": len({pair.source_id for pair in outcome.usable}),
        "data_quality.submitted_pairs": len(pairs),
        "data_quality.source_full_refusals": outcome.source_full_refusals,
        "data_quality.counterfactual_full_refusals": outcome.counterfactual_full_refusals,
        "data_quality.pair_full_refusals": outcome.full_refusal_pairs,
        "data_quality.pair_partial_refusals": outcome.partial_refusal_pairs,
        "data_quality.usable_pairs": usable,
        "primary_endpoints.recommendation_change_rate.point_estimate": rate,
        "primary_endpoints.recommendation_change_rate.n_pairs": usable,
        "primary_endpoints.diagnostic_label_consistency.point_estimate": consistency,
        "primary_endpoints.diagnostic_label_consistency.n_pairs": usable,
        "table2_row.model": value["model"]["name"],
        "table2_row.usable_pairs": usable,
        "table2_row.full_refusal_pairs": outcome.full_refusal_pairs,
        "table2_row.partial_refusal_pairs": outcome.partial_refusal_pairs,
        "table2_row.recommendation_change": rate,
        "table2_row.diagnostic_consistency": consistency,
        "signature": _expected_signature(value, pairs, repeats),
    }
    if "noise_floor" in value:
        figures |= _expected_floor(pairs, repeats)
    return figures


def _expected_signature(
    value: Mapping[str, Any], pairs: Sequence[PairReports], repeats: Sequence[RepeatedReports]
) -> str:
    config = value["scoring_config"]
    computed = score_signature(
        value["scope"],
        (pair.pair_id for pair in pairs),
        len(pairs) + value["coverage"]["missing_pairs"],
        config["bootstrap_iterations"],
        config["recommendation_bootstrap_seed"],
        repeat_names((entry.pair_id, entry.role, len(entry.reports)) for entry in repeats),
    )
    stated = signature_parts(value["signature"])
    parts = {
        key: stated.get(key, part) if key in _OF_ITS_VERSION else part
        for key, part in signature_parts(computed).items()
    }
    return "|".join(f"{key}:{part}" for key, part in parts.items())


def _expected_floor(pairs: Sequence[PairReports], repeats: Sequence[RepeatedReports]) -> dict[str, Any]:
    floors = source_floors(pairs, repeats)
    figures: dict[str, Any] = {
        "noise_floor.n_sources": len(floors.used),
        "noise_floor.dropped_no_usable_edited_comparison": floors.dropped_no_usable_edited_comparison,
        "noise_floor.dropped_fewer_than_two_usable_source_reports": floors.dropped_fewer_than_two_usable_source_reports,
    }
    nothing = Estimate(None, None, None, None, 0, 0)
    for at, name in enumerate(ENDPOINTS):
        endpoint = floor_endpoint(floors.used, at, nothing)
        for key in ("T", "F", "excess", "normalized_excess"):
            figures[f"noise_floor.{name}.{key}"] = getattr(endpoint, key)
    return figures
