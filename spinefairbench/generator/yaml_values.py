"""The keys and values of a configuration file, read strictly.

The shipped files are written in a small subset of YAML (one `"key": value` a line, values in JSON notation),
which `read_flat` understands with the standard library alone, so that a dry run can check them with nothing installed.
A user's own file may be any YAML mapping; it is then read with PyYAML.
"""

import re
from pathlib import Path
from typing import Any, Final

from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.reading import read_text_input
from spinefairbench.generator.failures import ConfigError, one_line
from spinefairbench.generator.libraries import library

__all__ = ["read_flat", "read_values"]

_MAX_CONFIG_BYTES: Final = 1 << 20
_YAML_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z", re.ASCII)
_YAML_FLOAT: Final = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z",
    re.ASCII,
)


def read_flat(text: str, where: str) -> dict[str, Any]:
    """The keys and values of a file in the flat subset: blank lines, `#` lines and `"key": JSON value` lines.

    Raises ConfigError naming each line that is something else, and each key that appears twice.
    """
    values: dict[str, Any] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            found = parse_json(f"{{{line}}}".encode())
        except JsonFault:
            found = {}
        if len(found) != 1:
            problems.append(f'{where}, line {number}: expected one "key": value in JSON notation')
            continue
        ((key, value),) = found.items()
        if key in values:
            problems.append(f"{where}, line {number}: key {key!r} appears twice")
        values[key] = value
    if problems:
        raise ConfigError(problems)
    return values


def _strict_loader(yaml: Any) -> Any:
    """PyYAML's safe loader without its silent misreadings.

    A key that appears twice is an error. Numbers are those of JSON, as in YAML 1.2: PyYAML follows 1.1, where
    1e-7 is text, 042 is 34 and 1:30 is 90.
    """

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise ConfigError(f"key {', '.join(twice)} appears twice")
        found: dict[Any, Any] = loader.construct_mapping(node, deep=True)
        return found

    numbers = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
    loader: Any = type("StrictLoader", (yaml.SafeLoader,), {})
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in numbers]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    for tag, pattern in zip(numbers, (_YAML_INTEGER, _YAML_FLOAT), strict=True):
        loader.add_implicit_resolver(tag, pattern, list("-+.0123456789"))
    loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return loader


def read_values(path: Path) -> dict[str, Any]:
    """The keys and values of a YAML file, none of them checked.

    Raises ConfigError for an unreadable file, MissingLibraryError if the file is not in the flat subset and PyYAML is
    not installed.
    """
    text = read_text_input(str(path), limit=_MAX_CONFIG_BYTES, error=ConfigError, expected="a configuration file").text
    try:
        return read_flat(text, path.name)
    except ConfigError:
        # It may be YAML of another form; if it is not, PyYAML says why.
        return _read_yaml(text, path.name)


def _read_yaml(text: str, where: str) -> dict[str, Any]:
    yaml = library("yaml")
    try:
        values = yaml.load(text, Loader=_strict_loader(yaml))
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise ConfigError(f"{where}: is not YAML: {one_line(error)}") from None
    except RecursionError:
        raise ConfigError(f"{where}: is nested too deeply") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: expected a mapping of keys to values")
    return values
