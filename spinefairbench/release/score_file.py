"""A score file read back: the score that its rows give, and the file checked against it.

Everything above the rows must follow from them, so a number that was changed by hand afterwards is found. Only
intervals are taken on trust here; whoever uses a score file computes them anew from the rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any, BinaryIO, Final, NamedTuple

from spinefairbench.analysis.estimates import answer_without_intervals
from spinefairbench.analysis.noise_floor import noise_floor_request
from spinefairbench.analysis.symmetric_form import symmetric_forms
from spinefairbench.analysis.table2 import endpoints_request
from spinefairbench.bundle.pair_ids import source_of, split_pair_id
from spinefairbench.errors import SubmissionError
from spinefairbench.files.reading import input_name
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.matcher import mask_of, names_of
from spinefairbench.metrics.model_reports import (
    CONTROL_ARMS,
    ROLES,
    ControlReports,
    ModelReports,
    PairReports,
    RepeatedReports,
)
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.report_quality import TextCounts
from spinefairbench.problems import Problem, ProblemKind, shortened
from spinefairbench.release.schema import DECODING, TEXT, list_of, object_of, one_of, schema_problems, stated_version
from spinefairbench.release.scoring import SCORE_SCHEMA, Score
from spinefairbench.release.signature import signature_of, signature_parts
from spinefairbench.release.submission_input import load_submission
from spinefairbench.statistics.bootstrap import Bootstrap

__all__ = ["ScoreFile", "read_score", "score_from_json"]

_EDITED: Final = "the file was changed after it was written, or not written by this project"
_MOST_TOLD: Final = 20
# A signature's parts that follow from the definitions of the version that wrote it.
_OF_ITS_VERSION: Final = ("registry", "v")
_NOT_COMPARED: Final = frozenset(
    {
        "scored_at_utc",
        "signature",
        "notes",
        "warnings",
        "repeated_results",
        "control_results",
        "adjustment_reason",
        "p_value",
        "readable",
        "doubts",
    }
)
"""Besides intervals and p values: times and sentences, what the score is computed from, what is compared separately, and
what a version makes of the counts of reports."""
_ADDED_LATER: Final = frozenset({"noise_floor", "comparable_index", "report_quality"})
"""What files of an earlier version do not have; a file that has it is held to it."""


class ScoreFile(NamedTuple):
    """A score whose figures follow from its rows, without intervals; `content` is the file as read."""

    path: str
    score: Score
    content: Mapping[str, Any]


def read_score(path: Path, standard_input: BinaryIO | None = None) -> ScoreFile:
    """Read and check a score file, or `standard_input` where the path is `-`.

    Raises SubmissionError with everything that is wrong with it.
    """
    value = load_submission(path, standard_input)
    name = input_name(str(path))
    try:
        return score_from_json(value, name)
    except SubmissionError as error:
        raise error.within(name) from None


def score_from_json(value: Any, name: str) -> ScoreFile:
    """Check the JSON value of a score file; `name` stands for its path. Raises SubmissionError."""
    if not isinstance(value, dict):
        raise SubmissionError(Problem("$", "expected a score file, one JSON object"))
    stated_version(value, [SCORE_SCHEMA])
    problems = schema_problems(value, _SCHEMA)
    if problems:
        raise SubmissionError(_clipped(problems))
    pairs = _pairs(value["per_pair_results"], problems)
    repeats = _repeats(value.get("repeated_results", []), {pair.pair_id for pair in pairs}, problems)
    controls = _controls(value.get("control_results", []), {pair.source_id for pair in pairs}, problems)
    if problems:
        raise SubmissionError(_clipped(problems))
    texts = _texts(value)
    reports = ModelReports(
        value["model"]["name"], tuple(pairs), tuple(repeats), controls=tuple(controls), stated_texts=texts
    )
    if not reports.usable:
        raise SubmissionError(Problem("$.per_pair_results", "no usable pair"))
    if _blank_reports(value) > _full_refusals(reports):
        said = "more than there are full refusals in the rows"
        raise SubmissionError([Problem("$.data_quality.blank_reports", said), Problem("$", _EDITED)])
    if texts is not None and not texts.agrees_with(reports.quality):
        raise SubmissionError([Problem("$.report_quality", "its counts cannot all be true"), Problem("$", _EDITED)])
    score = _score_of_rows(value, reports)
    problems = [*_signature_problems(value["signature"], score.signature), *_differences(value, score)]
    if problems:
        raise SubmissionError([*_clipped(problems), Problem("$", _EDITED)])
    return ScoreFile(name, score, value)


def _clipped(problems: Sequence[Problem]) -> list[Problem]:
    more = len(problems) - _MOST_TOLD
    return [*problems[:_MOST_TOLD], *([Problem("$", f"{more} more problems of this kind")] if more > 0 else [])]


def _score_of_rows(value: Mapping[str, Any], reports: ModelReports) -> Score:
    """What the rows give, with the settings and the coverage that the file states."""
    config = value["scoring_config"]
    [endpoints] = answer_without_intervals(endpoints_request([reports]))
    [floor] = answer_without_intervals(noise_floor_request([reports]))
    symmetric = symmetric_forms([reports])
    return Score(
        value["model"],
        value["scope"],
        value.get("bundle"),
        reports,
        len(reports.pairs) + value["coverage"]["missing_pairs"],
        Bootstrap(config["bootstrap_iterations"], config["recommendation_bootstrap_seed"]),
        endpoints,
        floor,
        symmetric[0] if symmetric else None,
        decoding=value.get("decoding", {}),
        blank_reports=_blank_reports(value),
    )


def _blank_reports(value: Mapping[str, Any]) -> int:
    """How many reports were blank, which the file says where there are any, and its rows do not."""
    stated: int = value.get("data_quality", {}).get("blank_reports", 0)
    return stated


def _full_refusals(reports: ModelReports) -> int:
    groups = [
        *((pair.source, pair.counterfactual) for pair in reports.pairs),
        *(entry.reports for entry in reports.repeats),
        *(entry.reports for entry in reports.controls),
    ]
    return sum(not report.usable for group in groups for report in group)


# --- shape -----------------------------------------------------------------------------------------------------


def _report(prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}response_class": one_of(each.value for each in ResponseClass),
        f"{prefix}diagnostic_labels": list_of(one_of(DIAGNOSTIC_CATEGORIES)),
        f"{prefix}recommendations": list_of(one_of(RECOMMENDATION_CATEGORIES)),
    }


_COUNT: Final = {"type": "integer", "minimum": 0}
_PAIR: Final = object_of({"pair_id": TEXT, **_report("source_"), **_report("counterfactual_")})
_REPEATS: Final = object_of({"pair_id": TEXT, "role": one_of(ROLES), "reports": list_of(object_of(_report()))})
_QUALITY: Final = object_of({each.name: _COUNT for each in fields(TextCounts)})
_CONTROLS: Final = object_of({"arm": one_of(CONTROL_ARMS), "source_id": TEXT, "reports": list_of(object_of(_report()))})
_SCHEMA: Final = object_of(
    {
        "model": object_of({"name": TEXT}),
        "scope": TEXT,
        "signature": TEXT,
        "scoring_config": object_of(
            {
                "bootstrap_iterations": {"type": "integer", "minimum": 1},
                "recommendation_bootstrap_seed": _COUNT,
            }
        ),
        "coverage": object_of({"missing_pairs": _COUNT}),
        "primary_endpoints": {"type": "object"},
        "table2_row": {"type": "object"},
        "per_pair_results": list_of(_PAIR),
    },
    {
        "repeated_results": list_of(_REPEATS),
        "control_results": list_of(_CONTROLS),
        "report_quality": _QUALITY,
        "decoding": DECODING,
        "data_quality": object_of({}, {"blank_reports": _COUNT}),
    },
)
"""What the score is computed from, and what others look into; all else is compared with the result."""


def _texts(value: Mapping[str, Any]) -> TextCounts | None:
    """What the file says of its texts; files of an earlier version say nothing."""
    stated = value.get("report_quality")
    return None if stated is None else TextCounts(**{each.name: stated[each.name] for each in fields(TextCounts)})


# --- rows ------------------------------------------------------------------------------------------------------


def _features(row: Mapping[str, Any], prefix: str, place: str, problems: list[Problem]) -> ReportFeatures:
    """A report from its class and the names of its categories."""
    return _same_features(
        ResponseClass(row[f"{prefix}response_class"]),
        _mask(row, f"{prefix}diagnostic_labels", DIAGNOSTIC_CATEGORIES, place, problems),
        _mask(row, f"{prefix}recommendations", RECOMMENDATION_CATEGORIES, place, problems),
    )


# A thousand files name the same pairs, and have few different reports: each is kept once.
@lru_cache(maxsize=1 << 14)
def _same_features(response_class: ResponseClass, labels: int, recommendations: int) -> ReportFeatures:
    return ReportFeatures(response_class, labels, recommendations)


def _mask(row: Mapping[str, Any], key: str, categories: Sequence[str], place: str, problems: list[Problem]) -> int:
    mask = mask_of(row[key], categories)
    if row[key] != list(names_of(mask, categories)):
        problems.append(Problem(f"{place}.{key}", "expected each category once, in the frozen order"))
    return mask


def _pairs(rows: Sequence[Mapping[str, Any]], problems: list[Problem]) -> list[PairReports]:
    pairs: list[PairReports] = []
    last = ""
    for index, row in enumerate(rows):
        place = f"$.per_pair_results[{index}]"
        pair_id = row["pair_id"]
        parts = split_pair_id(pair_id)
        if parts is None:
            problems.append(Problem(f"{place}.pair_id", f"expected source_id__edit_label, found {shortened(pair_id)}"))
            continue
        if pair_id <= last:
            problems.append(
                Problem(place, f"{shortened(pair_id)} is a duplicate or out of order; rows are sorted by pair_id")
            )
        last = pair_id
        source, counterfactual = (_features(row, f"{role}_", place, problems) for role in ROLES)
        source_id, edit_label = map(intern, parts)
        pairs.append(PairReports(intern(pair_id), source_id, edit_label, source, counterfactual))
    return pairs


def _repeats(rows: Sequence[Mapping[str, Any]], submitted: set[str], problems: list[Problem]) -> list[RepeatedReports]:
    repeats: list[RepeatedReports] = []
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(rows):
        place = f"$.repeated_results[{index}]"
        pair_id, role = row["pair_id"], row["role"]
        if pair_id not in submitted:
            problems.append(
                Problem(f"{place}.pair_id", f"expected a pair of $.per_pair_results, found {shortened(pair_id)}")
            )
        elif (pair_id, role) in seen:
            problems.append(Problem(place, f"duplicate entry for {pair_id}, {role}"))
        seen.add((pair_id, role))
        repeats.append(RepeatedReports(pair_id, source_of(pair_id), role, _reports(row["reports"], place, problems)))
    return repeats


def _reports(rows: Sequence[Mapping[str, Any]], place: str, problems: list[Problem]) -> tuple[ReportFeatures, ...]:
    return tuple(_features(report, "", f"{place}.reports[{number}]", problems) for number, report in enumerate(rows))


def _controls(rows: Sequence[Mapping[str, Any]], sources: set[str], problems: list[Problem]) -> list[ControlReports]:
    controls: list[ControlReports] = []
    last = ("", "")
    for index, row in enumerate(rows):
        place = f"$.control_results[{index}]"
        arm, source_id = row["arm"], row["source_id"]
        if source_id not in sources:
            said = f"expected the source of a pair of $.per_pair_results, found {shortened(source_id)}"
            problems.append(Problem(f"{place}.source_id", said))
        if (arm, source_id) <= last:
            said = f"{arm}, {shortened(source_id)} is a duplicate or out of order; rows are sorted by arm and source_id"
            problems.append(Problem(place, said))
        last = (arm, source_id)
        controls.append(ControlReports(arm, source_id, _reports(row["reports"], place, problems)))
    return controls


# --- comparison ------------------------------------------------------------------------------------------------


def _signature_problems(stated: str, computed: str) -> list[Problem]:
    own = signature_parts(stated)
    parts = {
        key: own.get(key, part) if key in _OF_ITS_VERSION else part for key, part in signature_parts(computed).items()
    }
    wanted = signature_of(parts)
    return [] if stated == wanted else [_differs("$.signature", stated, wanted)]


def _differences(value: Mapping[str, Any], score: Score) -> list[Problem]:
    """Where a figure of the file is not the one that its rows give."""
    expected = score.to_json()
    if "control_arms" in value:
        expected.setdefault("control_arms", [])  # without reports on control images, there are no arms
    return list(_compared(value, expected, "$"))


def _compared(found: Any, wanted: Any, place: str) -> Iterator[Problem]:
    if isinstance(wanted, dict) and isinstance(found, Mapping):
        for key, item in wanted.items():
            missing = key in _ADDED_LATER and key not in found
            if key not in _NOT_COMPARED and not key.endswith("ci95") and not missing:
                yield from _compared(found.get(key), item, f"{place}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        for index, (one, other) in enumerate(zip(found, wanted, strict=True)):
            yield from _compared(one, other, f"{place}[{index}]")
    elif not _same(found, wanted):
        yield _differs(place, found, wanted)


def _differs(place: str, found: Any, wanted: Any) -> Problem:
    return Problem(place, f"found {shortened(found)}; its rows give {shortened(wanted)}", ProblemKind.MISMATCH)


def _same(found: Any, wanted: Any) -> bool:
    """Equal, and of the same kind: True is not 1; a whole number may stand for a float."""
    if isinstance(wanted, bool) or isinstance(found, bool) or found is None or wanted is None:
        return found is wanted
    return isinstance(found, int | float | str) and bool(found == wanted)
