"""The submission format: the JSON schema that is published is the one that validates.

The validator knows the few keywords of JSON Schema (draft 2020-12) that the formats here use and refuses others, so
that the two cannot drift apart.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from spinefairbench.bundle.scopes import SCOPES
from spinefairbench.errors import SubmissionError
from spinefairbench.problems import Problem, missing, shortened

__all__ = ["SCHEMA_V1", "SCHEMA_V2", "SUBMISSION_SCHEMAS", "schema_problems", "submission_schema"]

SCHEMA_V1: Final = "spinefairbench-submission-v1"
SCHEMA_V2: Final = "spinefairbench-submission-v2"
_REPEAT_ROLES: Final = ("source", "counterfactual")
"""Which image of a pair a repeated report is about."""

_NOT_BLANK: Final = {"type": "string", "pattern": "\\S"}
_PAIR_ID: Final = {**_NOT_BLANK, "description": "source_id + '__' + edit_label"}
_MODEL: Final = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": _NOT_BLANK,
        **{
            key: {"type": "string"}
            for key in ("version", "organization", "model_family", "prompt_id", "inference_date_utc")
        },
    },
}
_RESULT: Final = {
    "type": "object",
    "required": ["pair_id", "source_report", "counterfactual_report"],
    "additionalProperties": False,
    "properties": {
        "pair_id": _PAIR_ID,
        "source_report": _NOT_BLANK,
        "counterfactual_report": _NOT_BLANK,
        "source_id": {"type": "string"},
        "metadata": {"type": "object"},
    },
}
_V1: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "SpineFairBench submission",
    "type": "object",
    "required": ["schema_version", "model", "scope", "results"],
    "additionalProperties": False,
    "properties": {
        "schema_version": {"type": "string", "enum": [SCHEMA_V1]},
        "model": _MODEL,
        "scope": {"type": "string", "enum": list(SCOPES)},
        "results": {"type": "array", "minItems": 1, "items": _RESULT},
    },
}
_REPEATED: Final = {
    "type": "object",
    "description": "further reports on one image of a pair, each from a call of its own",
    "required": ["pair_id", "role", "reports"],
    "additionalProperties": False,
    "properties": {
        "pair_id": _PAIR_ID,
        "role": {"type": "string", "enum": list(_REPEAT_ROLES)},
        "reports": {"type": "array", "minItems": 1, "items": _NOT_BLANK},
    },
}
_V1_PROPERTIES: Final[Mapping[str, Any]] = _V1["properties"]  # type: ignore[assignment]
_V2: Final = {
    **_V1,
    "properties": {
        **_V1_PROPERTIES,
        "schema_version": {"type": "string", "enum": [SCHEMA_V2]},
        "repeated_reports": {"type": "array", "items": _REPEATED},
    },
}
SUBMISSION_SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = {SCHEMA_V1: _V1, SCHEMA_V2: _V2}
"""{schema_version: JSON schema}."""

_TYPES: Final[Mapping[str, type]] = {"object": dict, "array": list, "string": str, "integer": int}
_WORDS: Final = {"object": "an object", "array": "a list", "string": "a text", "integer": "a whole number"}
_KEYWORDS: Final = frozenset(
    {"$schema", "title", "description", "type", "required", "additionalProperties", "properties", "enum", "pattern",
     "minItems", "items", "minimum"}
)  # fmt: skip


def submission_schema(value: Any) -> Mapping[str, Any]:
    """The schema that a submission claims to follow. Raises SubmissionError where it names none that is known."""
    if not isinstance(value, dict):
        raise SubmissionError(Problem("$", f"expected one JSON object, found {_kind(value)}"))
    version = value.get("schema_version")
    if not isinstance(version, str) or version not in SUBMISSION_SCHEMAS:
        found = "missing" if version is None else f"found {shortened(version)}"
        raise SubmissionError(Problem("$.schema_version", f"expected {_one_of(list(SUBMISSION_SCHEMAS))}, {found}"))
    return SUBMISSION_SCHEMAS[version]


def schema_problems(value: Any, schema: Mapping[str, Any], place: str = "$") -> list[Problem]:
    """Every way in which `value` departs from `schema`; the place of each is its JSON path, which starts with `place`.

    Raises NotImplementedError where the schema has a keyword that this validator does not know.
    """
    unknown = schema.keys() - _KEYWORDS
    if unknown:
        raise NotImplementedError(f"schema keywords {sorted(unknown)}")
    # In Python true is a whole number, in JSON it is not.
    if not isinstance(value, _TYPES[schema["type"]]) or (schema["type"] == "integer" and isinstance(value, bool)):
        return [Problem(place, f"expected {_WORDS[schema['type']]}, found {_kind(value)}")]
    if "enum" in schema and value not in schema["enum"]:
        return [Problem(place, f"expected {_one_of(schema['enum'])}, found {shortened(value)}")]
    if isinstance(value, list):
        return _array_problems(value, schema, place)
    if isinstance(value, dict):
        return _object_problems(value, schema, place)
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return [Problem(place, "blank; expected a text")]
    if "minimum" in schema and value < schema["minimum"]:
        return [Problem(place, f"expected at least {schema['minimum']}, found {shortened(value)}")]
    return []


def _array_problems(value: list[Any], schema: Mapping[str, Any], place: str) -> list[Problem]:
    problems = []
    if len(value) < schema.get("minItems", 0):
        problems.append(Problem(place, f"empty; expected at least {schema['minItems']} item"))
    for index, item in enumerate(value):
        problems += schema_problems(item, schema["items"], f"{place}[{index}]")
    return problems


def _object_problems(value: dict[str, Any], schema: Mapping[str, Any], place: str) -> list[Problem]:
    properties = schema.get("properties", {})
    problems = [missing(f"{place}.{key}") for key in schema.get("required", ()) if key not in value]
    for key, item in value.items():
        if key in properties:
            problems += schema_problems(item, properties[key], f"{place}.{key}")
        elif schema.get("additionalProperties") is False:
            problems.append(Problem(place, f"unknown key {shortened(key)}; expected {', '.join(properties)}"))
    return problems


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    return next(_WORDS[name] for name, kind in _TYPES.items() if isinstance(value, kind))


def _one_of(values: list[str]) -> str:
    return values[0] if len(values) == 1 else "one of " + ", ".join(values)
