"""Functions of a text that remember what they returned, within limits."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast

__all__ = ["remembered"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def remembered(*, most: int, longest: int) -> Callable[[_Function], _Function]:
    """Remember what a function returned for the last `most` texts of at most `longest` characters.

    The text is its first argument, and all arguments are given by position. For longer texts it is called each time,
    which bounds the memory. `cache_clear` of the function forgets everything.
    """

    def decorate(function: _Function) -> _Function:
        cached = lru_cache(maxsize=most)(function)

        @wraps(function)
        def read(text: str, *rest: Hashable) -> Any:
            return cached(text, *rest) if len(text) <= longest else function(text, *rest)

        vars(read)["cache_clear"] = cached.cache_clear
        return cast("_Function", read)

    return decorate
