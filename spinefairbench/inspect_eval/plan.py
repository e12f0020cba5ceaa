"""What a run asks for: both images of every pair of a scope, found and read before any model is called."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from spinefairbench.analysis.inputs import default_artifacts
from spinefairbench.bundle.artifacts import Bundle, open_bundle
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.scopes import TOY
from spinefairbench.errors import UsageError
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.problems import counted
from spinefairbench.release.image_checks import ImageSurvey, survey_images
from spinefairbench.release.image_files import ImageFiles
from spinefairbench.release.source_files import find_sources
from spinefairbench.release.templates import Prompts, evaluation_prompts, template_pairs

__all__ = ["Plan", "PlannedReport", "plan_run", "start_folder"]

_ARTIFACTS: Final = "artifacts"
_TASK_FOLDER: Final = Path(__file__).resolve().parent.parent


class PlannedReport(NamedTuple):
    """A report to ask for: of a pair, on one of its images, which lies in this file."""

    pair_id: str
    image: str
    path: Path

    @property
    def id(self) -> str:
        """What `submission convert` reads the pair and the image from."""
        return f"{self.pair_id}|{self.image}"


@dataclass(frozen=True)
class Plan:
    """A run: its pairs, sorted, of which both images were read; `expected_pairs` counts those of the scope.

    `warnings` say in which ways sources and edited images differ, and what was left out.
    """

    bundle: Bundle
    scope: str
    prompts: Prompts
    pairs: tuple[str, ...]
    expected_pairs: int
    images: ImageFiles
    survey: ImageSurvey
    warnings: tuple[str, ...]

    def reports(self) -> Iterator[PlannedReport]:
        """One report an image, pair by pair: each pair has a report on the source of its own, for the noise floor."""
        for pair_id in self.pairs:
            for image in ROLES:
                yield PlannedReport(pair_id, image, self.images.path(pair_id, image))


def plan_run(start: Path, sources: object, scope: object, artifacts: object, *, allow_partial: bool) -> Plan:
    """Find and read all that a run needs; relative paths begin at `start`.

    `sources` and `artifacts` are folders, or None: of the latter, the bundle that other commands would find is taken.
    Raises SpineFairBenchError with every source that has no image, unless `allow_partial` leaves their pairs out.
    """
    if sources is None:
        raise UsageError("sources: missing; give the folder of the source images with -T sources=FOLDER")
    bundle = open_bundle(_bundle_folder(start, artifacts))
    scope = str(scope)
    wanted = template_pairs(bundle, scope)
    prompts = evaluation_prompts(bundle)
    folder = start / str(sources)
    found = find_sources(folder, map(source_of, wanted))
    pairs = tuple(pair_id for pair_id in wanted if source_of(pair_id) in found.files)
    if found.problems and not (pairs and allow_partial):
        raise UsageError(found.problems)
    images = ImageFiles(bundle, folder, found.files)
    survey = survey_images(images, pairs, None, _no_progress)
    left_out = counted(len(found.problems), "source")
    said = [f"{left_out} left out because of allow_partial (first: {found.problems[0]})"] if found.problems else []
    if scope == TOY:
        said.append(f"the scope {TOY} has no pairs of its own: these are the first of the bundle")
    return Plan(bundle, scope, prompts, pairs, len(wanted), images, survey, (*said, *survey.warnings()))


def start_folder() -> Path:
    """The folder in which the user gave the command.

    Inspect changes to the folder of a task's file before it makes the task, so that only the shell's own word is left.
    """
    here = Path.cwd()
    if here.resolve() != _TASK_FOLDER:
        return here
    stated = Path(os.environ.get("PWD", ""))
    return stated if stated.is_absolute() else here


def _bundle_folder(start: Path, artifacts: object) -> Path:
    """The bundle that is named, or else `artifacts` where the user is, or beside the code. Raises UsageError."""
    if artifacts is not None:
        return start / str(artifacts)
    if os.path.lexists(start / _ARTIFACTS):
        return start / _ARTIFACTS
    found = default_artifacts()
    if found is None:
        raise UsageError(
            f"artifacts: no bundle in {start}, nor beside the code; name its folder with -T artifacts=FOLDER"
        )
    return found


def _no_progress(text: str) -> None:
    """Inspect has no place to show how far the making of a task is."""
