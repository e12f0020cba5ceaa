"""The task file for Inspect: `inspect eval spinefairbench/inspect_task.py --model … -T sources=FOLDER`."""

import importlib.util
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.exit(
        "this file is run by Inspect (install it with: python3 -m pip install -r requirements-inspect.txt): "
        "inspect eval spinefairbench/inspect_task.py --model MODEL -T sources=FOLDER"
    )

# In a checkout nothing need be installed but Inspect, which puts the folder of this file on the path and no other.
if importlib.util.find_spec("spinefairbench") is None:
    sys.path.append(str(Path(__file__).resolve().parent.parent))

from spinefairbench.inspect_eval.evaluation import evaluation
from spinefairbench.inspect_eval.inspect_library import Task, task

__all__ = ["spine_reports"]


@task
def spine_reports(
    *,
    sources: str | None = None,
    scope: str = "common-core-1000",
    artifacts: str | None = None,
    allow_partial: bool = False,
) -> Task:
    """Ask a model for a report on both images of every pair of a scope.

    Args:
        sources: The folder of the source images, in folders of any depth.
        scope: The scope whose pairs are asked for.
        artifacts: The bundle; by default `artifacts` in the current folder, else beside the code.
        allow_partial: Leave out the pairs whose source has no image.
    """
    return evaluation(sources, scope, artifacts, allow_partial=allow_partial)
