"""The functions that `import spinefairbench` offers; each asks what the command of its name asks."""

from collections.abc import Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Literal

from spinefairbench.analysis.compare import CompareRow
from spinefairbench.analysis.compare import compare as compare_models
from spinefairbench.analysis.disparity import DisparityRow
from spinefairbench.analysis.explanation import explain_one, explain_text
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.analysis.result import CheckResult
from spinefairbench.api.given_reports import ALL_MODELS, Reports, Rows, asked_of, submission_of
from spinefairbench.api.opened_bundle import OpenBundle
from spinefairbench.api.results import ParseResult, Result, ScoreResult
from spinefairbench.errors import UsageError
from spinefairbench.problems import shortened
from spinefairbench.release.audits import check_disparity, check_noise_floor
from spinefairbench.release.comparables import named_models
from spinefairbench.release.score_file import ScoreFile
from spinefairbench.release.scoring import floor_in_brief, score_submission
from spinefairbench.render.explanation import explanation_lines

__all__ = ["compare", "disparity", "noise_floor", "open_bundle", "parse", "score"]

_MOST_ITERATIONS: Final = 1_000_000
_MOST_JOBS: Final = 256


def open_bundle(path: str | PathLike[str] | None = None) -> OpenBundle:
    """The bundle at `path`, or `artifacts/` in the current folder, else beside the code.

    Raises BundleError where there is none, UsageError for what is no path.
    """
    if not isinstance(path, str | PathLike | None):
        raise UsageError(f"path: expected the folder of a bundle, found {shortened(path)}")
    inputs = Inputs(artifacts=None if path is None else Path(path))
    _ = inputs.bundle  # what is no bundle is an error here, and not at the first question
    return OpenBundle(inputs)


def score(
    reports: Rows | str | PathLike[str],
    bundle: OpenBundle | None = None,
    *,
    model: str | None = None,
    scope: str | None = None,
    allow_partial: bool = False,
    blank_as_refusal: bool = False,
    bootstrap_iterations: int = 10_000,
    seed: int = 42,
    jobs: int = 1,
) -> ScoreResult:
    """The score of rows of reports, or of the submission at a path.

    `model` names the model of rows. `scope` is, by default, common-core-1000 for rows and a submission's own. With
    `allow_partial`, pairs of the scope may be missing. With `blank_as_refusal`, a blank report is the full refusal that it
    is by definition, and no fault. `jobs` processes share the work.

    Raises SubmissionError with every problem, UsageError, BundleError.
    """
    inputs = _asked(bundle, jobs, bootstrap_iterations=bootstrap_iterations, seed=seed)
    submission = submission_of(
        reports, inputs, model=model, scope=scope, allow_partial=allow_partial, blank_as_refusal=blank_as_refusal
    )
    found = score_submission(submission, inputs.bootstrap)
    summary = {
        "scope": found.scope,
        "comparable_to_panel_scope": found.comparable_to_panel_scope,
        "not_comparable_because": found.not_comparable_because,
        "readable": found.reports.quality.readable,
        "signature": found.signature,
        "noise_floor": floor_in_brief(found.floor),
    }
    shown = CheckResult((found.table2_row(),), summary, notes=(*found.warnings, *found.notes))
    return ScoreResult("score", inputs.bundle_kind, inputs.bundle_variant, shown, found, submission)


def noise_floor(
    reports: Reports = ALL_MODELS,
    bundle: OpenBundle | None = None,
    *,
    model: str | None = None,
    scope: str | None = None,
    blank_as_refusal: bool = False,
    cluster: Literal["source", "patient"] = "source",
    bootstrap_iterations: int = 10_000,
    seed: int = 42,
    jobs: int = 1,
) -> Result[NoiseFloorRow]:
    """How often reports differ with nothing edited, beside how often they differ after an edit.

    `reports` are rows (`model`, `scope` and `blank_as_refusal` as for `score`), a result of `score`, the path of a submission or score
    file, or the name of a model of the panel; `all` is every model. Pairs may be missing.

    Raises SubmissionError with every problem, UsageError, BundleError.
    """
    if cluster not in ("source", "patient"):
        raise UsageError(f"cluster: expected source or patient, found {shortened(cluster)}")
    inputs = _asked(bundle, jobs, bootstrap_iterations=bootstrap_iterations, seed=seed, cluster=cluster)
    inputs = _about(reports, inputs, model, scope, blank_as_refusal)
    return _result("noise-floor", inputs, check_noise_floor(inputs))


def disparity(
    reports: Reports = ALL_MODELS,
    bundle: OpenBundle | None = None,
    *,
    model: str | None = None,
    scope: str | None = None,
    blank_as_refusal: bool = False,
    bootstrap_iterations: int = 10_000,
    seed: int = 42,
    jobs: int = 1,
) -> Result[DisparityRow]:
    """Reports on edited images of one source: elderly less young, female less male; arguments as for `noise_floor`.

    Raises SubmissionError with every problem, UsageError, BundleError.
    """
    inputs = _asked(bundle, jobs, bootstrap_iterations=bootstrap_iterations, seed=seed)
    inputs = _about(reports, inputs, model, scope, blank_as_refusal)
    return _result("disparity", inputs, check_disparity(inputs))


def compare(
    models: Iterable[ScoreResult | str | PathLike[str]],
    bundle: OpenBundle | None = None,
    *,
    margin: float | None = None,
    bootstrap_iterations: int = 10_000,
    seed: int = 42,
    jobs: int = 1,
) -> Result[CompareRow]:
    """Two or more models on the pairs that all of them have usable: results of `score`, score files, panel models.

    With `margin`, it is also tested whether they are equivalent within it.

    Raises SubmissionError where their settings do not allow comparison, UsageError, BundleError.
    """
    if margin is not None and not _is_share(margin):
        raise UsageError(f"margin: expected a number above 0 and at most 1, found {shortened(margin)}")
    if isinstance(models, str | PathLike | ScoreResult) or not isinstance(models, Iterable):
        raise UsageError(f"models: expected a list of at least two, found {shortened(models)}")
    inputs = _asked(bundle, jobs, bootstrap_iterations=bootstrap_iterations, seed=seed)
    names: list[str] = []
    scores: dict[str, ScoreFile] = {}
    for position, each in enumerate(models, 1):
        if isinstance(each, ScoreResult):
            name = f"{each.score.reports.model} ({position})"
            scores[name] = ScoreFile(name, each.score, each.score.to_json())
        elif isinstance(each, str | PathLike):
            name = str(each)
        else:
            raise UsageError(f"models: expected a result of score, a path or a model's name, found {shortened(each)}")
        names.append(name)
    if len(names) < 2:
        raise UsageError("a comparison needs at least two models or score files")
    found, problems = named_models(names, inputs, scores)
    result = compare_models(found, margin=margin, problems=problems, bootstrap=inputs.bootstrap)
    return _result("compare", inputs, result)


def parse(report: str) -> ParseResult:
    """How one report is parsed: its class, labels and recommendations, and every term and cue. Raises UsageError."""
    if not isinstance(report, str):
        raise UsageError(f"report: expected a text, found {shortened(report)}")
    explained = explain_text(report)
    result = explain_one(explained)
    lines = tuple(explanation_lines(explained, colour=False))
    shown = CheckResult(result.rows, result.summary, notes=result.notes, details=lines)
    return ParseResult("explain", None, None, shown, explained)


def _asked(bundle: OpenBundle | None, jobs: int, *, bootstrap_iterations: int, seed: int, **options: object) -> Inputs:
    """The inputs of a check. Raises UsageError for every setting that cannot be used."""
    faults = [
        *_whole_number("bootstrap_iterations", bootstrap_iterations, 1, _MOST_ITERATIONS),
        *_whole_number("seed", seed, 0),
        *_whole_number("jobs", jobs, 1, _MOST_JOBS),
    ]
    if not isinstance(bundle, OpenBundle | None):
        faults.append(f"bundle: expected what open_bundle returns, found {shortened(bundle)}")
    if faults:
        raise UsageError(faults)
    opened = OpenBundle(Inputs()) if bundle is None else bundle
    return opened.asked(jobs, bootstrap_iterations=bootstrap_iterations, seed=seed, **options)


def _whole_number(name: str, value: object, least: int, most: int | None = None) -> list[str]:
    """A problem where a setting is no whole number within its limits."""
    if isinstance(value, int) and not isinstance(value, bool) and least <= value and (most is None or value <= most):
        return []
    limits = f"from {least}" if most is None else f"from {least} to {most:,}"
    return [f"{name}: expected a whole number {limits}, found {shortened(value)}"]


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 < value <= 1


def _result(command: str, inputs: Inputs, found: CheckResult) -> Result[Any]:
    """What a check of these inputs found, and on which bundle."""
    return Result(command, inputs.bundle_kind, inputs.bundle_variant, found)


def _about(reports: Reports, inputs: Inputs, model: str | None, scope: str | None, blank_as_refusal: bool) -> Inputs:
    """The same inputs, asked about these reports."""
    asked = asked_of(reports, inputs, model=model, scope=scope, blank_as_refusal=blank_as_refusal)
    return replace(inputs, options=SimpleNamespace(**vars(inputs.options), **asked))
