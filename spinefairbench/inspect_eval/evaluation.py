"""The task as Inspect runs it: its samples, the call of the model and the scorer."""

from logging import getLogger
from typing import Final

from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.errors import SpineFairBenchError
from spinefairbench.inspect_eval.inspect_library import (
    ChatMessageSystem,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentText,
    MemoryDataset,
    PrerequisiteError,
    Sample,
    Task,
)
from spinefairbench.inspect_eval.plan import Plan, PlannedReport, plan_run, start_folder
from spinefairbench.inspect_eval.report_scorer import figures, spine_report
from spinefairbench.inspect_eval.report_solver import one_report
from spinefairbench.release.templates import Prompts
from spinefairbench.version import __version__

__all__ = ["evaluation"]

_LOGGER: Final = getLogger(__name__)


def evaluation(sources: object, scope: object, artifacts: object, *, allow_partial: bool) -> Task:
    """The task of a run (see `plan_run`). Raises Inspect's PrerequisiteError, which it shows without a traceback."""
    try:
        plan = plan_run(start_folder(), sources, scope, artifacts, allow_partial=allow_partial)
    except SpineFairBenchError as error:
        # Inspect shows it with markup.
        raise PrerequisiteError(str(error).replace("[", r"\[")) from None
    for warning in plan.warnings:
        _LOGGER.warning(warning)
    return Task(
        dataset=MemoryDataset([_sample(report, plan.prompts) for report in plan.reports()], name=plan.scope),
        solver=one_report(),
        scorer=spine_report(),
        metrics=[figures(plan.expected_pairs)],
        version=__version__,
        metadata=_facts(plan),
    )


def _sample(report: PlannedReport, prompts: Prompts) -> Sample:
    """The same messages for every pair of a source; the image is sent as bytes, so no name tells a model of the edit."""
    source_id, edit_label = parts_of(report.pair_id)
    content: list[Content] = [ContentText(text=prompts.primary), ContentImage(image=str(report.path))]
    return Sample(
        id=report.id,
        input=[ChatMessageSystem(content=prompts.system), ChatMessageUser(content=content)],
        metadata={
            "pair_id": report.pair_id,
            "image": report.image,
            "source_id": source_id,
            "edit_label": edit_label,
        },
    )


def _facts(plan: Plan) -> dict[str, object]:
    """What a reader of the log must know of its reports."""
    return {
        "scope": plan.scope,
        "bundle": plan.bundle.kind,
        "pairs": len(plan.pairs),
        "missing_pairs": plan.expected_pairs - len(plan.pairs),
        "images_sha256": plan.survey.sha256,
        "warnings": list(plan.warnings),
    }
