"""Commands about the mitigation and the reader study: stage1-confidence, mitigation, radiologist."""

from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS"]


def _stage1_confidence(run: Run) -> "CheckResult":
    from spinefairbench.analysis.mitigation import stage1_confidence

    return stage1_confidence(run.bundle, run.published("mitigation"))


def _mitigation(run: Run) -> "CheckResult":
    from spinefairbench.analysis.mitigation import mitigation

    return mitigation(run.bundle, run.published("mitigation"))


def _radiologist(run: Run) -> "CheckResult":
    from spinefairbench.analysis.radiologist import radiologist

    return radiologist(run.bundle, run.published("radiologist"))


COMMANDS: Final = (
    Command(
        "stage1-confidence",
        "recompute the stage-1 gate from its sampled texts",
        "stage1-confidence --artifacts artifacts",
        _stage1_confidence,
    ),
    Command(
        "mitigation",
        "hold the mitigation table to its arithmetic, the binding rule and the gate",
        "mitigation --artifacts artifacts --format markdown",
        _mitigation,
    ),
    Command(
        "radiologist",
        "the reader study: passing pairs, detectability, agreement, hidden repeats",
        "radiologist --artifacts artifacts",
        _radiologist,
    ),
)
