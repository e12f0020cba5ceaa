"""What a call is given as reports: rows, a file, a result of `score`, or the name of a model of the panel."""

from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeAlias

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.api.results import ScoreResult
from spinefairbench.bundle.reports import panel_models
from spinefairbench.bundle.scopes import COMMON_CORE
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.conversion import convert_rows
from spinefairbench.release.report_rows import MAX_PROBLEMS, Row, RowFile
from spinefairbench.release.schema import submission_value
from spinefairbench.release.submission import Submission, read_submission, submission_from_json
from spinefairbench.release.submitted_reports import reports_of_submission

__all__ = ["ALL_MODELS", "Reports", "Rows", "asked_of", "submission_of"]

Rows: TypeAlias = Iterable[Mapping[str, Any]]
"""Mappings with `pair_id`, `source_report` and `counterfactual_report`, or with `pair_id`, `role` and `report`."""
Reports: TypeAlias = Rows | str | PathLike[str] | ScoreResult
"""Rows, the path of a submission or score file, a result of `score`, or the name of a model of the panel."""

ALL_MODELS: Final = "all"
"""Stands for every model of the panel."""
_PLACE: Final = "reports"
_MODEL: Final = "model"


def submission_of(
    reports: Rows | str | PathLike[str],
    inputs: Inputs,
    *,
    model: str | None,
    scope: str | None,
    allow_partial: bool,
    blank_as_refusal: bool,
) -> Submission:
    """The submission at a path, or one of these rows. Raises SubmissionError with every problem, UsageError, BundleError."""
    if isinstance(reports, str | PathLike):
        if model is not None:
            raise UsageError("model: a submission names its model; expected none")
        return read_submission(
            Path(reports),
            inputs.bundle,
            scope=scope,
            allow_partial=allow_partial,
            blank_as_refusal=blank_as_refusal,
        )
    if not isinstance(model, str | None):
        raise UsageError(f"model: expected a name, found {shortened(model)}")
    asked = COMMON_CORE if scope is None else scope
    problems: list[Problem] = []
    file = RowFile(_PLACE, _PLACE, None, _rows(reports, problems))
    conversion = convert_rows(file, inputs.bundle, asked, problems, blank_as_refusal=blank_as_refusal)
    if conversion.problems:
        raise SubmissionError(conversion.problems)
    value = submission_value({"name": _MODEL if model is None else model}, asked, list(conversion.results))
    try:
        return submission_from_json(
            value, inputs.bundle, allow_partial=allow_partial, blank_as_refusal=blank_as_refusal
        )
    except SubmissionError as error:
        raise error.within(_PLACE) from None


def _rows(reports: object, problems: list[Problem]) -> Iterator[Row]:
    """The mappings among the rows; everything else goes to `problems`."""
    if isinstance(reports, Mapping) or not isinstance(reports, Iterable):
        raise UsageError(
            f"{_PLACE}: expected rows, the path of a submission or a result of score, found {shortened(reports)}"
        )
    for index, row in enumerate(reports):
        place = f"{_PLACE}[{index}]"
        if len(problems) > MAX_PROBLEMS:
            raise SubmissionError(Problem(place, f"more than {MAX_PROBLEMS:,} problems; not read further"))
        if isinstance(row, Mapping) and all(isinstance(name, str) for name in row):
            yield Row(place, row)
            continue
        hint = "; of a data frame, give its to_dict('records')" if hasattr(reports, "to_dict") else ""
        problems.append(Problem(place, f"expected a mapping of names to values, found {shortened(row)}{hint}"))


def asked_of(
    reports: Reports, inputs: Inputs, *, model: str | None, scope: str | None, blank_as_refusal: bool
) -> dict[str, object]:
    """The options `model`, `submission` and `blank_as_refusal` with which a command is asked about these reports.

    A text that is exactly the name of a model of the panel, or `all`, is that; any other is a path. `model` and `scope`
    are of rows alone. Raises SubmissionError, UsageError, BundleError.
    """
    asked = {"model": None, "submission": None, "blank_as_refusal": blank_as_refusal}
    if isinstance(reports, ScoreResult | str | PathLike) and not (model is scope is None):
        raise UsageError("model and scope are those of rows; a file or a score states its own")
    if isinstance(reports, ScoreResult):
        return asked | {"submission": reports_of_submission(reports.submission, "a result of score")}
    if isinstance(reports, str) and (reports == ALL_MODELS or _is_model(reports, inputs)):
        return asked | {"model": reports}
    if isinstance(reports, str | PathLike):
        return asked | {"submission": str(reports)}
    submission = submission_of(
        reports, inputs, model=model, scope=scope, allow_partial=True, blank_as_refusal=blank_as_refusal
    )
    return asked | {"submission": reports_of_submission(submission, "rows of reports")}


def _is_model(name: str, inputs: Inputs) -> bool:
    """Whether this is a model of the panel; without a bundle, nothing is. Raises UsageError for what is no file either."""
    models = panel_models(inputs.bundle) if inputs.has_bundle else {}
    if name not in models and not _is_there(name):
        known = ", ".join(models) or "none"
        raise UsageError(f"{shortened(name)}: neither a model of the panel ({known}) nor a file")
    return name in models


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # a text that is too long for a name, for one
        return False
