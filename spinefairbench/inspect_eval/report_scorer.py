"""What is seen of a run in Inspect's viewer: what the parsers find in each report, and the figures of a score."""

import math
from typing import Any, Final

from spinefairbench.inspect_eval.inspect_library import (
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    TaskState,
    metric,
    scorer,
)
from spinefairbench.metrics.features import extract_features, label_names, recommendation_names
from spinefairbench.release.report_rows import Row
from spinefairbench.release.request_map import Report
from spinefairbench.release.run_figures import run_figures
from spinefairbench.release.runners.answer_joining import judged
from spinefairbench.release.runners.inspect_log import reports

__all__ = ["figures", "spine_report"]

_NONE: Final = "none"


@metric(scores="unreduced")
def figures(expected_pairs: int | None = None) -> Metric:
    """The figures over all samples and epochs; `expected_pairs` counts the pairs of the scope, where that is known.

    A figure that nothing can tell yet is not a number.
    """

    def compute(scores: list[SampleScore]) -> dict[str, float]:
        texts = {
            Report(place["pair_id"], place["image"], place["repeat"]): scored.score.answer
            for scored in scores
            if (place := scored.score.metadata) and scored.score.answer is not None
        }
        figures = run_figures(texts, expected_pairs)
        return {name: math.nan if value is None else value for name, value in figures.items()}

    return compute


@scorer(metrics=[figures()])
def spine_report() -> Scorer:
    """What the parsers find in a report.

    It is read as `submission convert` will read it from the log: what that calls no report is left unscored here, with
    the same reason.
    """
    return _score


async def _score(state: TaskState, target: Target) -> Score:
    answer = judged(_answer(state))
    place = {"pair_id": state.metadata["pair_id"], "image": state.metadata["image"], "repeat": state.epoch}
    if answer.text is None:
        assert answer.failure is not None
        return Score.unscored(
            reason=answer.failure.kind.name.lower(),
            explanation=f"no report: {answer.failure.kind.value} ({answer.failure.detail})",
            metadata=place,
        )
    found = extract_features(answer.text)
    value = {
        "response": found.response_class.value,
        "recommendations": ", ".join(recommendation_names(found.recommendations)) or _NONE,
        "diagnostic_labels": ", ".join(label_names(found.labels)) or _NONE,
    }
    return Score(value=value, answer=answer.text, metadata=place)


def _answer(state: TaskState) -> Any:
    sample = {"id": state.sample_id, "epoch": state.epoch, "output": state.output.model_dump(mode="json")}
    [answer] = reports([Row(str(state.sample_id), sample)])
    return answer
