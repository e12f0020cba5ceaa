"""Compare models of the panel and score files; refuse those whose settings differ."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from spinefairbench.analysis.compare import compare
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.power import power
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.reports import PanelReports, panel_models
from spinefairbench.bundle.scopes import PANEL_SCOPES
from spinefairbench.errors import BundleError, ErrorCollector, SubmissionError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT, input_name
from spinefairbench.release.score_file import ScoreFile, read_score
from spinefairbench.release.signature import comparison_problems, panel_signature

__all__ = ["check_comparable", "check_compare", "check_power", "named_models", "names_score_file"]

_MOST_COMPARED: Final = 60
"""Each two have differences with intervals of their own: of as many there are thousands."""


def check_compare(inputs: Inputs) -> CheckResult:
    """Answer the command `compare`. Raises UsageError, BundleError or SubmissionError."""
    options = inputs.options
    if len(options.names) == 1:
        raise UsageError("a comparison needs at least two models or score files")
    _require_few(options.names)
    models, problems = named_models(options.names, inputs)
    return compare(models, margin=options.margin, problems=problems, bootstrap=inputs.bootstrap)


def check_power(inputs: Inputs) -> CheckResult:
    """Answer the command `power`. Raises UsageError, BundleError or SubmissionError."""
    _require_few(inputs.options.names)
    models, problems = named_models(inputs.options.names, inputs)
    return power(models, effect=inputs.options.effect, problems=problems)


def _require_few(names: Sequence[str]) -> None:
    """Raise UsageError for more names: every two of them have a row, and none of the files is read for nothing."""
    if len(names) > _MOST_COMPARED:
        said = f"{len(names):,} models or score files; at most {_MOST_COMPARED} are compared, each two of them"
        raise UsageError(said)


def named_models(
    names: Sequence[str], inputs: Inputs, given: Mapping[str, ScoreFile] = MappingProxyType({})
) -> PanelReports:
    """Models of the panel (all where none is named) and score files, in the order named, as one panel.

    A name that is exactly a model's is that model; anything else is the path of a score file, unless it is that of a
    score in `given`. Scores must have a signature that allows comparison with one another and with the panel. The
    bundle may be missing where only scores are named. Raises UsageError, BundleError, SubmissionError.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError([f"{name}: named twice" for name in twice])
    others = [name for name in names if name not in given]
    known = _models_of_panel(others, inputs) if others or not names else {}
    kind = inputs.bundle_kind
    scores = {**given, **_scores([name for name in others if name not in known], known, inputs)}
    wanted = [name for name in others if name in known] if names else list(known)
    panels = inputs.panels_of(wanted, marks=False) if wanted else None
    check_comparable(scores, kind if panels is not None and panels.models else None)
    by_name = {
        name: replace(file.score.reports, model=_label(name, file, scores, wanted)) for name, file in scores.items()
    }
    if panels is not None:
        by_name |= {model.model: model for model in panels.models}
    return PanelReports(tuple(by_name[name] for name in names or wanted), () if panels is None else panels.problems)


def names_score_file(name: str, inputs: Inputs) -> bool:
    """Whether a name stands for a score file: one that is exactly a model's is that model, whatever files there are.

    Raises BundleError where there is no bundle and the name does not look like a file's.
    """
    return name not in _models_of_panel([name], inputs) and _looks_like_file(name)


def _looks_like_file(name: str) -> bool:
    """Whether a name is meant as the path of a score file."""
    return name == STANDARD_INPUT or Path(name).suffix == ".json" or "/" in name or Path(name).is_file()


def _models_of_panel(names: Sequence[str], inputs: Inputs) -> Mapping[str, str]:
    """The panel's models, none where there is no bundle and every name can only be a score file's.

    Raises BundleError.
    """
    try:
        return panel_models(inputs.bundle)
    except BundleError:
        if not names or not all(map(_looks_like_file, names)):
            raise
        return {}


def _scores(names: Sequence[str], known: Mapping[str, str], inputs: Inputs) -> dict[str, ScoreFile]:
    scores: dict[str, ScoreFile] = {}
    collector = ErrorCollector(SubmissionError)
    for name in names:
        with collector:
            if not _looks_like_file(name):
                models = ", ".join(known) or "none"
                raise SubmissionError(f"{name}: neither a model of the panel ({models}) nor a score file")
            scores[name] = read_score(Path(name), inputs.standard_input)
    collector.raise_if_any()
    return scores


def _label(path: str, file: ScoreFile, scores: Mapping[str, ScoreFile], models: Sequence[str]) -> str:
    """A score's model name, or its path where another has that name too."""
    name = file.score.reports.model
    alike = sum(other.score.reports.model == name for other in scores.values())
    return input_name(path) if alike > 1 or name in models else name


def check_comparable(scores: Mapping[str, ScoreFile], panel: str | None) -> None:
    """Raise SubmissionError where the signatures, or the bundles scored on, do not allow comparison.

    `panel` is the kind of bundle whose models the scores are compared with too, None where there are none.
    """
    signatures = {name: str(file.content["signature"]) for name, file in scores.items()}
    kinds = {name: file.content["bundle"] for name, file in scores.items() if "bundle" in file.content}
    if panel is not None and scores:
        # The panel has every pair of both of its scopes: it is compared in the scope of the scores.
        scopes = {file.score.scope for file in scores.values()}
        scope = min(scopes) if scopes <= set(PANEL_SCOPES) else PANEL_SCOPES[0]
        signatures["the panel"] = panel_signature(scope, ())
    if panel is not None and kinds:
        kinds["the panel"] = panel
    problems = comparison_problems(signatures.items())
    if len(set(map(str, kinds.values()))) > 1:
        told = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        problems.append(f"these are of different bundles and cannot be compared ({told})")
    if problems:
        raise SubmissionError(problems)
