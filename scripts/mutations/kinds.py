"""Changes to a parsed JSON or CSV file: one at a time, of every kind that its value can suffer, at every distinct key.

A key path names the keys down to a value. `[]` stands for any item of a list and `*` for a key that is data, such as a
model's name: what differs only there is one place. Of each place the first value is changed.
"""

import copy
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, NamedTuple

__all__ = ["Mutation", "mutations_of"]

_OTHER: Final = "other"
_LARGE: Final = 1_000_003

_Keys = tuple[str | int, ...]


class Mutation(NamedTuple):
    """One change: the key path, its name, and what makes the changed value out of the whole one."""

    path: str
    change: str
    apply: Callable[[Any], Any]


def mutations_of(value: Any, data_keys: Collection[str]) -> Iterator[Mutation]:
    """Every change of a parsed file. `data_keys` are keys that are data."""
    places: dict[str, list[_Keys]] = {}
    _find(value, (), "", data_keys, places)
    for path, all_keys in places.items():
        keys = all_keys[0]
        own = _at(value, keys)
        others = [other for each in all_keys[1:] if (other := _at(value, each)) != own and type(other) is type(own)]
        for change, changed in _changes(own, others[:1]):
            yield Mutation(path or "(whole)", change, _putting(keys, changed))
        if keys and isinstance(keys[-1], str):
            yield Mutation(path, "removed", _removing(keys))


def _find(value: Any, keys: _Keys, path: str, data_keys: Collection[str], places: dict[str, list[_Keys]]) -> None:
    places.setdefault(path, []).append(keys)
    if isinstance(value, dict):
        for key, item in value.items():
            name = "*" if key in data_keys else key
            _find(item, (*keys, key), f"{path}.{name}" if path else name, data_keys, places)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _find(item, (*keys, index), f"{path}[]", data_keys, places)


def _at(value: Any, keys: _Keys) -> Any:
    for key in keys:
        value = value[key]
    return value


def _putting(keys: _Keys, changed: Any) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        if not keys:
            return copy.deepcopy(changed)
        whole = copy.deepcopy(value)
        _at(whole, keys[:-1])[keys[-1]] = copy.deepcopy(changed)
        return whole

    return apply


def _removing(keys: _Keys) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        whole = copy.deepcopy(value)
        del _at(whole, keys[:-1])[keys[-1]]
        return whole

    return apply


def _changes(own: Any, others: list[Any]) -> Iterator[tuple[str, Any]]:
    """(name, changed value) of every change of one value; `others` may hold a value that stands elsewhere at the place."""
    for other in others:
        yield "value of another row", other
    if isinstance(own, bool):
        yield "flipped", not own
    elif isinstance(own, int | float):
        yield "a little more", own + (1 if isinstance(own, int) else 1e-6)
        yield "much more", own + _LARGE
        yield "negative", -own - 1
    elif isinstance(own, str):
        yield "another text", _other_text(own)
        yield "emptied", ""
    elif isinstance(own, list):
        yield from _list_changes(own)
    elif isinstance(own, dict):
        yield "emptied", {}
    if own is not None:
        yield "null", None
    yield "another type", 7 if isinstance(own, str | dict | list) or own is None else str(own)


def _other_text(text: str) -> str:
    """Another number where the text is one, another answer where it is Yes or No, else another word."""
    try:
        return repr(float(text) + 1e-6)
    except ValueError:
        return {"Yes": "No", "No": "Yes", "True": "False", "False": "True"}.get(text, _OTHER)


def _list_changes(own: list[Any]) -> Iterator[tuple[str, Any]]:
    if own:
        yield "emptied", []
        yield "last dropped", own[:-1]
        yield "first dropped", own[1:]
        yield "first doubled", [own[0], *own]
    if len(own) > 1:
        yield "reordered", own[::-1]
