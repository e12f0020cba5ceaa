"""The names of Inspect, imported when first asked for, so that a missing Inspect is a sentence and not a traceback.

A type checker reads them, with the library's own types, in `inspect_library.pyi` beside this file.
"""

import importlib
import importlib.util
from typing import Any, Final

from spinefairbench.errors import SpineFairBenchError

__all__ = ["PLACES", "MissingInspectError"]

_INSTALL: Final = "install it with: python3 -m pip install -r requirements-inspect.txt"

PLACES: Final = {
    "CachePolicy": "inspect_ai.model",
    "ChatMessageSystem": "inspect_ai.model",
    "ChatMessageUser": "inspect_ai.model",
    "Content": "inspect_ai.model",
    "ContentImage": "inspect_ai.model",
    "ContentText": "inspect_ai.model",
    "Generate": "inspect_ai.solver",
    "MemoryDataset": "inspect_ai.dataset",
    "Metric": "inspect_ai.scorer",
    "PrerequisiteError": "inspect_ai._util.error",
    "Sample": "inspect_ai.dataset",
    "SampleScore": "inspect_ai.scorer",
    "Score": "inspect_ai.scorer",
    "Scorer": "inspect_ai.scorer",
    "Solver": "inspect_ai.solver",
    "Target": "inspect_ai.scorer",
    "Task": "inspect_ai",
    "TaskState": "inspect_ai.solver",
    # Nothing public tells the options of the run.
    "active_generate_config": "inspect_ai.model._generate_config",
    "get_model": "inspect_ai.model",
    "metric": "inspect_ai.scorer",
    "scorer": "inspect_ai.scorer",
    "solver": "inspect_ai.solver",
    "task": "inspect_ai",
}
"""{a name: the module of Inspect that has it}; each of them can be imported from here."""


class MissingInspectError(SpineFairBenchError, ImportError):
    """Inspect is not installed, or in a version that lacks what is used here; the problem says how to install it."""


def __getattr__(name: str) -> Any:
    """What Inspect calls by this name. Raises MissingInspectError where Inspect cannot give it."""
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if importlib.util.find_spec("inspect_ai") is None:
        raise MissingInspectError(f"inspect_ai is not installed; {_INSTALL}")
    try:
        return getattr(importlib.import_module(PLACES[name]), name)
    except (ImportError, AttributeError) as error:
        raise MissingInspectError(f"inspect_ai cannot be used as it is installed ({error}); {_INSTALL}") from None
