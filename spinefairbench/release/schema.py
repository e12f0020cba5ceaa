"""The submission format: the JSON schema that is published is the one that validates.

The validator knows the few keywords of JSON Schema (draft 2020-12) that the formats here use and refuses others, so
that the two cannot drift apart.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Any, Final

from spinefairbench.bundle.scopes import SCOPES
from spinefairbench.errors import SubmissionError
from spinefairbench.metrics.model_reports import CONTROL_ARMS, ROLES
from spinefairbench.problems import Problem, counted, missing, shortened

__all__ = [
    "DECODING",
    "SCHEMA_V1",
    "SCHEMA_V2",
    "SUBMISSION_SCHEMAS",
    "TEXT",
    "list_of",
    "object_of",
    "one_of",
    "schema_problems",
    "stated_version",
    "submission_schema",
    "submission_value",
]

SCHEMA_V1: Final = "spinefairbench-submission-v1"
SCHEMA_V2: Final = "spinefairbench-submission-v2"


def object_of(
    required: Mapping[str, Any], optional: Mapping[str, Any] | None = None, *, closed: bool = False
) -> dict[str, Any]:
    """The schema of an object with these properties, given as {key: schema}; a `closed` one has no others."""
    return {
        "type": "object",
        "required": list(required),
        **({"additionalProperties": False} if closed else {}),
        "properties": {**required, **(optional or {})},
    }


def list_of(items: Mapping[str, Any], **limits: int) -> dict[str, Any]:
    """The schema of a list; `limits` are keywords of it."""
    return {"type": "array", **limits, "items": items}


def one_of(values: Iterable[str]) -> dict[str, Any]:
    """The schema of one of these texts."""
    return {"type": "string", "enum": list(values)}


TEXT: Final = {"type": "string"}
"""The schema of any text."""
_NOT_BLANK: Final = {**TEXT, "pattern": "\\S"}
_PAIR_ID: Final = {**_NOT_BLANK, "description": "source_id + '__' + edit_label"}
_MODEL: Final = object_of(
    {"name": _NOT_BLANK},
    dict.fromkeys(("version", "organization", "model_family", "prompt_id", "inference_date_utc"), TEXT),
    closed=True,
)


def _result(report: Mapping[str, Any]) -> dict[str, Any]:
    return object_of(
        {"pair_id": _PAIR_ID, "source_report": report, "counterfactual_report": report},
        {"source_id": TEXT, "metadata": {"type": "object"}},
        closed=True,
    )


def _repeated(report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": "further reports on one image of a pair, each from a separate call",
        **object_of({"pair_id": _PAIR_ID, "role": one_of(ROLES), "reports": list_of(report, minItems=1)}, closed=True),
    }


def _control(report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": "reports on a control image of a source, each from a separate call",
        **object_of(
            {"arm": one_of(CONTROL_ARMS), "source_id": _NOT_BLANK, "reports": list_of(report, minItems=1)}, closed=True
        ),
    }


_MOST: Final = 2**63 - 1
DECODING: Final = {
    "description": "settings of the sampling that the model was asked for; what is not given is the provider's default",
    **object_of(
        {},
        {
            "temperature": {"type": "number", "minimum": 0, "maximum": 100},
            "top_p": {"type": "number", "minimum": 0, "maximum": 1},
            "max_tokens": {"type": "integer", "minimum": 1, "maximum": _MOST},
            "seed": {"type": "integer", "minimum": 0, "maximum": _MOST},
        },
        closed=True,
    ),
}
"""The schema of decoding settings."""


def _submission(version: str, report: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    required = {
        "schema_version": one_of([version]),
        "model": _MODEL,
        "scope": one_of(SCOPES),
        "results": list_of(_result(report), minItems=1),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "SpineFairBench submission",
        **object_of(required, optional, closed=True),
    }


def _schemas(report: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    later = {
        "repeated_reports": list_of(_repeated(report)),
        "control_reports": list_of(_control(report)),
        "decoding": DECODING,
    }
    return {SCHEMA_V1: _submission(SCHEMA_V1, report), SCHEMA_V2: _submission(SCHEMA_V2, report, later)}


SUBMISSION_SCHEMAS: Final[Mapping[str, Mapping[str, Any]]] = _schemas(_NOT_BLANK)
"""{schema_version: JSON schema}."""
_WITH_BLANKS: Final[Mapping[str, Mapping[str, Any]]] = _schemas(TEXT)
"""The same, where a report may be blank."""

_TYPES: Final[Mapping[str, type | UnionType]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": int | float,
}  # fmt: skip
_WORDS: Final = {
    "object": "an object", "array": "a list", "string": "a text", "boolean": "true or false",
    "integer": "a whole number", "number": "a number",
}  # fmt: skip
_KEYWORDS: Final = frozenset(
    {"$schema", "title", "description", "type", "required", "additionalProperties", "properties", "enum", "pattern",
     "minItems", "items", "minimum", "maximum"}
)  # fmt: skip

_UNKNOWN_KEY: Final = "unknown key "


def submission_value(
    model: Mapping[str, str],
    scope: str,
    results: Sequence[Mapping[str, Any]],
    repeated_reports: Sequence[Mapping[str, Any]] = (),
    decoding: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A submission as a JSON value, of the first version wherever that has all that is given."""
    later = {"decoding": decoding, "repeated_reports": repeated_reports}
    added = {key: part for key, part in later.items() if part}
    version = SCHEMA_V2 if added else SCHEMA_V1
    return {"schema_version": version, "model": model, "scope": scope, **added, "results": results}


def submission_schema(value: Any, *, blank_as_refusal: bool = False) -> Mapping[str, Any]:
    """The schema that a submission claims to follow; `blank_as_refusal`: a report may be blank.

    Raises SubmissionError where it names none that is known.
    """
    if not isinstance(value, dict):
        raise SubmissionError(Problem("$", f"expected one JSON object, found {_kind(value)}"))
    schemas = _WITH_BLANKS if blank_as_refusal else SUBMISSION_SCHEMAS
    return schemas[stated_version(value, tuple(schemas))]


def stated_version(value: Mapping[str, Any], known: Sequence[str]) -> str:
    """The version that a file states. Raises SubmissionError where it is not among those known."""
    version = value.get("schema_version")
    if not isinstance(version, str) or version not in known:
        found = "missing" if version is None else f"found {shortened(version)}"
        raise SubmissionError(Problem("$.schema_version", f"expected {_either(known)}, {found}"))
    return version


def schema_problems(value: Any, schema: Mapping[str, Any], place: str = "$") -> list[Problem]:
    """Every way in which `value` departs from `schema`; the place of each is its JSON path, which starts with `place`.

    Raises NotImplementedError where the schema has a keyword that this validator does not know.
    """
    unknown = schema.keys() - _KEYWORDS
    if unknown:
        raise NotImplementedError(f"schema keywords {sorted(unknown)}")
    # In Python true is a whole number, in JSON it is not.
    if not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool) != (schema["type"] == "boolean"):
        return [Problem(place, f"expected {_WORDS[schema['type']]}, found {_kind(value)}")]
    if "enum" in schema and value not in schema["enum"]:
        return [Problem(place, f"expected {_either(schema['enum'])}, found {shortened(value)}")]
    if isinstance(value, list):
        return _array_problems(value, schema, place)
    if isinstance(value, dict):
        return _object_problems(value, schema, place)
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        return [Problem(place, "blank; expected a text")]
    if "minimum" in schema and value < schema["minimum"]:
        return [Problem(place, f"expected at least {schema['minimum']}, found {shortened(value)}")]
    if "maximum" in schema and value > schema["maximum"]:
        return [Problem(place, f"expected at most {schema['maximum']}, found {shortened(value)}")]
    return []


def _array_problems(value: list[Any], schema: Mapping[str, Any], place: str) -> list[Problem]:
    problems = []
    if len(value) < schema.get("minItems", 0):
        problems.append(Problem(place, f"empty; expected at least {schema['minItems']} item"))
    unknown: dict[str, list[Problem]] = {}
    for index, item in enumerate(value):
        for problem in schema_problems(item, schema["items"], f"{place}[{index}]"):
            if problem.message.startswith(_UNKNOWN_KEY):
                unknown.setdefault(problem.message, []).append(problem)
            else:
                problems.append(problem)
    for same in unknown.values():
        more = f" (and in {counted(len(same) - 1, 'more item')} of {place})" if len(same) > 1 else ""
        problems.append(Problem(same[0].place, same[0].message + more))
    return problems


def _object_problems(value: dict[str, Any], schema: Mapping[str, Any], place: str) -> list[Problem]:
    properties = schema.get("properties", {})
    problems = [missing(f"{place}.{key}") for key in schema.get("required", ()) if key not in value]
    for key, item in value.items():
        if key in properties:
            problems += schema_problems(item, properties[key], f"{place}.{key}")
        elif schema.get("additionalProperties") is False:
            problems.append(Problem(place, f"{_UNKNOWN_KEY}{shortened(key)}; expected {', '.join(properties)}"))
    return problems


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    return next(_WORDS[name] for name, kind in _TYPES.items() if isinstance(value, kind))


def _either(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else "one of " + ", ".join(values)
