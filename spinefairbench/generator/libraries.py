"""Optional libraries, imported late and by name, so that a missing one is a sentence and not a traceback."""

import importlib
import importlib.util
import os
from collections.abc import Iterable
from importlib import metadata
from typing import Any, Final

from spinefairbench.generator.errors import MissingLibraryError

__all__ = ["INFERENCE", "INSTALL_LINE", "QC", "library", "require_libraries", "versions"]

INSTALL_LINE: Final = "python3 -m pip install -r requirements-generator.txt"

QC: Final = ("numpy", "PIL", "skimage")
INFERENCE: Final = ("torch", "diffusers", "transformers", "peft", "safetensors", "accelerate", *QC, "yaml")

# What a module's distribution is called where the names differ.
_DISTRIBUTIONS: Final = {"PIL": "pillow", "skimage": "scikit-image", "yaml": "PyYAML"}


def _distribution(module: str) -> str:
    return _DISTRIBUTIONS.get(module, module)


def _install_line(module: str) -> str:
    if module in ("pydicom", "lpips"):
        return f"python3 -m pip install {module}"
    return INSTALL_LINE


def _quiet_environment() -> None:
    """No telemetry and no chatter from the model libraries; set before their import, never over the user's own."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def library(module: str) -> Any:
    """The imported module.

    Raises MissingLibraryError, with the install line, where it cannot be imported.
    """
    _quiet_environment()
    try:
        return importlib.import_module(module)
    # A library built for another version of a second one fails at import with more than ImportError.
    except (ImportError, RuntimeError, OSError, AttributeError) as error:
        name = _distribution(module.partition(".")[0])
        reason = "is not installed" if isinstance(error, ModuleNotFoundError) else f"cannot be imported ({error})"
        raise MissingLibraryError(f"{name} {reason}; install it with: {_install_line(name)}") from None


def require_libraries(modules: Iterable[str]) -> None:
    """Raise one MissingLibraryError that names every library that is absent; imports none of them."""
    absent = [_distribution(module) for module in modules if importlib.util.find_spec(module) is None]
    if absent:
        verb = "is" if len(absent) == 1 else "are"
        raise MissingLibraryError(f"{', '.join(absent)} {verb} not installed; install with: {INSTALL_LINE}")


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Distribution name -> installed version, for the modules that are installed."""
    found = {}
    for module in modules:
        try:
            found[_distribution(module)] = metadata.version(_distribution(module))
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items()))
