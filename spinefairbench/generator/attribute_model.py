"""An estimator of age, sex or anything else that the user has: a function of one image that is named on the command line.

It is the user's own code and is run as such. It is given the image as it is written (uint8, height x width) and returns
a number, or numbers by their names; `age` is read as years and `female` as a probability.
"""

import importlib
import math
import re
import sys
from collections.abc import Callable, Mapping
from numbers import Real
from pathlib import Path
from typing import Any, Final

from spinefairbench.errors import UsageError
from spinefairbench.generator.failures import InputError, one_line
from spinefairbench.generator.libraries import ByteImage

__all__ = ["AttributeModel", "attribute_model"]

AttributeModel = Callable[[str, ByteImage], dict[str, float]]
"""The attributes of an image, called by a name that problems have: name -> value. Raises InputError."""

_MAX_NAMES: Final = 16


def attribute_model(place: str) -> AttributeModel:
    """The function `module:function`; the module is found as Python finds it, and in the current folder.

    Raises UsageError if there is no such function.
    """
    match = re.fullmatch(r"([A-Za-z_][\w.]*):([A-Za-z_]\w*)", place, re.ASCII)
    if match is None:
        raise UsageError(f"--attribute-model: expected module:function, found {place[:80]!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        function = getattr(importlib.import_module(match[1]), match[2])
    # The module is the user's: whatever it raises is told.
    except Exception as error:
        raise UsageError(f"--attribute-model {place}: cannot be imported: {one_line(error)}") from None
    if not callable(function):
        raise UsageError(f"--attribute-model {place}: is not a function")

    def estimate(name: str, image: ByteImage) -> dict[str, float]:
        try:
            found = function(image.copy())
        except Exception as error:
            raise InputError(f"--attribute-model {place}: {name}: {type(error).__name__}: {one_line(error)}") from None
        return _checked(found, f"--attribute-model {place}: {name}")

    return estimate


def _checked(found: Any, where: str) -> dict[str, float]:
    values = found if isinstance(found, Mapping) else {"value": found}
    if not values or len(values) > _MAX_NAMES:
        raise InputError(f"{where}: expected 1 to {_MAX_NAMES} numbers, found {len(values)}")
    checked = {}
    for key, value in values.items():
        number = float(value) if isinstance(value, Real) or hasattr(value, "__float__") else math.nan
        if not isinstance(key, str) or not math.isfinite(number):
            raise InputError(
                f"{where}: expected finite numbers by their names, found {str(key)[:40]}: {str(value)[:40]}"
            )
        checked[key] = number
    return checked
