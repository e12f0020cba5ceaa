"""Optional libraries, imported when first used, so that a missing one is a sentence and not a traceback.

The arrays and tensors have names here too: a type checker sees the libraries' own types, and at run time
nothing is imported for the sake of an annotation.
"""

import importlib
import importlib.util
import os
from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from spinefairbench.generator.failures import MissingLibraryError, one_line

__all__ = [
    "INFERENCE",
    "QC",
    "BoolImage",
    "ByteImage",
    "FloatImage",
    "Module",
    "StoredImage",
    "Tensor",
    "library",
    "library_part",
    "numpy",
    "pillow",
    "require_libraries",
    "silence_model_libraries",
    "torch",
    "versions",
]

QC: Final = ("numpy", "PIL", "skimage")
INFERENCE: Final = ("torch", "diffusers", "transformers", "peft", "safetensors", "accelerate", *QC, "yaml")

_INSTALL: Final = "python3 -m pip install"
_REQUIREMENTS: Final = f"{_INSTALL} -r requirements-generator.txt"

# A library built for another version of a second one fails at import with more than ImportError.
_IMPORT_ERRORS: Final = (ImportError, RuntimeError, OSError, AttributeError, ValueError)

# What a module's distribution is called where the names differ.
_DISTRIBUTIONS: Final = {"PIL": "pillow", "skimage": "scikit-image", "yaml": "PyYAML"}


def _distribution(module: str) -> str:
    return _DISTRIBUTIONS.get(module, module)


def _quiet_environment() -> None:
    """Set no telemetry and no chatter before the model libraries are imported, never over the user's own choice."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def library(module: str) -> Any:
    """The imported module.

    Raises MissingLibraryError, with the command that installs it, if it cannot be imported.
    """
    _quiet_environment()
    try:
        return importlib.import_module(module)
    except _IMPORT_ERRORS as error:
        raise _missing(module, error) from None


def library_part(module: str, name: str) -> Any:
    """A class or function of a library that imports its own parts only when they are asked for.

    Raises MissingLibraryError as `library` does.
    """
    try:
        return getattr(library(module), name)
    except _IMPORT_ERRORS as error:
        raise _missing(module, error) from None


def _missing(module: str, error: BaseException) -> MissingLibraryError:
    name = _distribution(module.partition(".")[0])
    if "torchvision" in str(error) and name != "torchvision":
        return MissingLibraryError(
            f"{name} cannot be imported: the installed torchvision does not fit this torch ({one_line(error, 160)});"
            f" uninstall torchvision, which only LPIPS needs, or install the one that belongs to torch"
            f" {versions(['torch']).get('torch', '')}".rstrip()
        )
    absent = isinstance(error, ModuleNotFoundError)
    reason = "is not installed" if absent else f"cannot be imported ({one_line(error)})"
    # What few need, with what it needs itself.
    alone = {"lpips": "lpips torchvision", "pydicom": "pydicom"}
    command = f"{_INSTALL} {alone[name]}" if name in alone else _REQUIREMENTS
    return MissingLibraryError(f"{name} {reason}; install it with: {command}")


class _LateModule:
    """A module that is imported when one of its names is first used; raises MissingLibraryError then."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(library(self._name), attribute)


if TYPE_CHECKING:
    import numpy
    import numpy.typing
    import torch
    from PIL import Image as pillow  # noqa: N813 - the library's name says more than its class

    BoolImage = numpy.typing.NDArray[numpy.bool_]
    ByteImage = numpy.typing.NDArray[numpy.uint8]
    FloatImage = numpy.typing.NDArray[numpy.float64]
    StoredImage = numpy.typing.NDArray[numpy.unsignedinteger[Any]]
    Module = torch.nn.Module
    Tensor = torch.Tensor
else:
    numpy, torch, pillow = (_LateModule(name) for name in ("numpy", "torch", "PIL.Image"))
    BoolImage = ByteImage = FloatImage = StoredImage = Module = Tensor = Any


def require_libraries(modules: Iterable[str]) -> None:
    """Raise one MissingLibraryError that names every missing library, without importing any."""
    missing = [_distribution(module) for module in modules if importlib.util.find_spec(module) is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise MissingLibraryError(f"{', '.join(missing)} {verb} not installed; install with: {_REQUIREMENTS}")


def silence_model_libraries() -> None:
    """Turn off the warnings and progress bars of the libraries that load models."""
    for module in ("diffusers.utils.logging", "transformers.utils.logging"):
        logging = library(module)
        logging.set_verbosity_error()
        logging.disable_progress_bar()


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Distribution name -> installed version, for the modules that are installed."""
    found = {}
    for module in modules:
        try:
            found[_distribution(module)] = metadata.version(_distribution(module))
        except metadata.PackageNotFoundError:
            continue
    return dict(sorted(found.items()))
