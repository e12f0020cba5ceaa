"""The manifest of a folder of request files: the settings of all requests, and the parts that are written.

It is not trusted when it is read back.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.scopes import SCOPES
from spinefairbench.errors import ErrorCollector, SubmissionError
from spinefairbench.files.hashing import is_sha256
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.reading import read_input
from spinefairbench.files.writing import write_json
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.decoding import Decoding, decoding_from_json
from spinefairbench.release.schema import (
    SCHEMA_V1,
    SUBMISSION_SCHEMAS,
    TEXT,
    list_of,
    object_of,
    one_of,
    schema_problems,
    stated_version,
)

__all__ = [
    "MANIFEST",
    "REQUEST_FORMATS",
    "PartFile",
    "RequestManifest",
    "RequestSettings",
    "part_name",
    "read_request_manifest",
    "write_request_manifest",
]

MANIFEST: Final = "manifest.json"
REQUEST_FORMATS: Final = ("openai", "anthropic", "gemini")
"""The batch interfaces for which requests can be written."""
_SCHEMA: Final = "spinefairbench-requests-v1"
_MAX_BYTES: Final = 16 * 1024 * 1024
_COUNT: Final = {"type": "integer", "minimum": 0}
_POSITIVE: Final = {"type": "integer", "minimum": 1}
_BOOLEAN: Final = {"type": "boolean"}
_MANIFEST_SCHEMA: Final = object_of(
    {
        "schema_version": TEXT,
        "synthetic": _BOOLEAN,
        "format": one_of(REQUEST_FORMATS),
        "scope": one_of(SCOPES),
        "model": SUBMISSION_SCHEMAS[SCHEMA_V1]["properties"]["model"],
        "request_model": TEXT,
        "decoding": {"type": "object"},
        "prompt_sha256": object_of({"system": TEXT, "primary": TEXT}, closed=True),
        "repeats": _POSITIVE,
        "images": TEXT,
        "images_sha256": TEXT,
        "max_requests": _POSITIVE,
        "max_bytes": _POSITIVE,
        "requests": _COUNT,
        "complete": _BOOLEAN,
        "map_sha256": TEXT,
        "parts": list_of(
            object_of({"file": TEXT, "requests": _POSITIVE, "bytes": _POSITIVE, "sha256": TEXT}, closed=True)
        ),
    },
    closed=True,
)


class PartFile(NamedTuple):
    """A file of requests that is complete."""

    file: str
    requests: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class RequestSettings:
    """All that the bytes of the requests depend on.

    `request_model` is the model's name with its provider. `images` is `base64`, or the prefix of the images' URLs;
    `images_sha256` the SHA-256 of a list of all images with their own SHA-256.
    """

    format: str
    scope: str
    model: Mapping[str, str]
    request_model: str
    decoding: Decoding
    prompt_sha256: Mapping[str, str]
    repeats: int
    images: str
    images_sha256: str
    max_requests: int
    max_bytes: int

    def to_json(self) -> dict[str, Any]:
        """The settings as the manifest has them."""
        return {**asdict(self), "decoding": self.decoding.to_json()}


@dataclass(frozen=True)
class RequestManifest:
    """The settings of a run, the number of its requests, and the parts that are written."""

    settings: RequestSettings
    synthetic: bool
    requests: int
    map_sha256: str
    parts: tuple[PartFile, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all requests are written."""
        return sum(part.requests for part in self.parts) == self.requests

    def to_json(self) -> dict[str, Any]:
        """The content of the manifest."""
        return {
            "schema_version": _SCHEMA,
            "synthetic": self.synthetic,
            **self.settings.to_json(),
            "requests": self.requests,
            "complete": self.is_complete,
            "map_sha256": self.map_sha256,
            "parts": [part._asdict() for part in self.parts],
        }


def write_request_manifest(folder: Path, manifest: RequestManifest) -> None:
    """Write the manifest, whole or not at all. Raises OutputError."""
    write_json(folder / MANIFEST, manifest.to_json())


def read_request_manifest(folder: Path) -> RequestManifest:
    """Read the manifest of a folder of requests. Raises SubmissionError with every fault."""
    name = str(folder / MANIFEST)
    data = read_input(name, limit=_MAX_BYTES, error=SubmissionError, expected="a manifest of requests")
    try:
        value = parse_json(data)
    except JsonFault as fault:
        raise SubmissionError(Problem(name, str(fault))) from None
    if not isinstance(value, dict):
        raise SubmissionError(Problem(name, "expected a JSON object"))
    try:
        stated_version(value, (_SCHEMA,))
        return _manifest(value)
    except SubmissionError as error:
        raise error.within(name) from None


def _manifest(value: Mapping[str, Any]) -> RequestManifest:
    collector = ErrorCollector(SubmissionError)
    collector.add(schema_problems(value, _MANIFEST_SCHEMA))
    collector.raise_if_any()
    decoding = collector.get(decoding_from_json, value["decoding"], "$.decoding")
    parts = [PartFile(**part) for part in value["parts"]]
    digests = {f"$.{key}": value[key] for key in ("map_sha256", "images_sha256")}
    digests |= {f"$.prompt_sha256.{name}": digest for name, digest in value["prompt_sha256"].items()}
    digests |= {f"$.parts[{index}].sha256": part.sha256 for index, part in enumerate(parts)}
    collector.add(
        Problem(place, f"expected 64 hexadecimal digits, found {shortened(digest)}")
        for place, digest in digests.items()
        if not is_sha256(digest)
    )
    collector.add(
        Problem(f"$.parts[{index}].file", f"expected {part_name(index)}, found {shortened(part.file)}")
        for index, part in enumerate(parts)
        if part.file != part_name(index)
    )
    written = sum(part.requests for part in parts)
    if written > value["requests"] or value["complete"] != (written == value["requests"]):
        collector.add(
            [Problem("$.parts", f"hold {written:,} of {value['requests']:,} requests, which `complete` denies")]
        )
    collector.raise_if_any()
    assert decoding is not None
    settings = {key: value[key] for key in RequestSettings.__dataclass_fields__}
    return RequestManifest(
        RequestSettings(**{**settings, "decoding": decoding}),
        value["synthetic"],
        value["requests"],
        value["map_sha256"],
        tuple(parts),
    )


def part_name(index: int) -> str:
    """The file of a part; `index` counts from 0, names from 1."""
    return f"part-{index + 1:04d}.jsonl"
