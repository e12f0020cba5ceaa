"""The configuration of a run: a frozen dataclass, and the strict readers of its YAML form.

The shipped files are written in a small subset of YAML (one `"key": value` a line, values in JSON notation),
which `read_flat` understands with the standard library alone, so that a dry run can check the files against the
dataclass with nothing installed. A user's own file may be any YAML mapping; it is then read with PyYAML.
"""

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.bundle.qc_measures import MEASURES
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.reading import read_text_input
from spinefairbench.generator.failures import ConfigError, one_line
from spinefairbench.generator.libraries import library

__all__ = [
    "BLEND_SPACES",
    "FITS",
    "LATENT_FACTOR",
    "LEVELS",
    "TRAINING_PROVENANCE",
    "InferenceConfig",
    "config_from_mapping",
    "read_config",
    "read_flat",
]

BLEND_SPACES: Final = ("pixel", "latent")
FITS: Final = ("stretch", "pad")
LEVELS: Final = ("auto", "full", "percentile", "window", "voi-lut")
LATENT_FACTOR: Final = 8
"""How many pixels a side a latent of Stable Diffusion stands for."""

_MAX_CONFIG_BYTES: Final = 1 << 20
_MAX_SEED: Final = (1 << 63) - 1
_MAX_LABEL: Final = (1 << 16) - 1
_MAX_IMAGE_SIZE: Final = 2048

_YAML_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z", re.ASCII)
_YAML_FLOAT: Final = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z|[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True, slots=True)
class InferenceConfig:
    """The settings in a configuration file that determine an image; the defaults are the released settings.

    `base_model_revision` is the commit that a hub id is fetched at (None: whatever is current). `mask_labels` are the
    values of a mask that are marked (empty: the one that is not zero). `qc_require` None requires every measure that
    can be made.
    """

    base_model: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    base_model_revision: str | None = "451f4fe16113bff5a5d2269ed5ad43b0592e9a14"
    scheduler: str = "ddim"
    steps: int = 50
    guidance_scale: float = 5.0
    strength: float = 0.15
    seed: int = 42
    image_size: int = 512
    lora_rank: int = 64
    lora_alpha: int = 128
    lora_targets: tuple[str, ...] = ("to_k", "to_out.0", "to_q", "to_v")
    tsxr_mask_blend: float = 0.7
    blend_space: str = "pixel"
    mask_feather: float = 0.0
    composite_after_latent: bool = False
    fit: str = "stretch"
    levels: str = "auto"
    level_percentiles: tuple[float, ...] = (0.5, 99.5)
    mask_labels: tuple[int, ...] = ()
    qc_require: tuple[str, ...] | None = None

    @property
    def lora_scale(self) -> float:
        """The scale with which the adapter must act: alpha / rank."""
        return self.lora_alpha / self.lora_rank

    @property
    def denoising_steps(self) -> int:
        """How many of the scheduler's steps are actually taken at this strength."""
        return min(int(self.steps * self.strength), self.steps)

    def as_json(self) -> dict[str, Any]:
        """The configuration as JSON values, in the order of the fields."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}


TRAINING_PROVENANCE: Final[Mapping[str, Any]] = {
    "provenance_only": True,
    "runnable": False,
    "base_model": "runwayml/stable-diffusion-v1-5",
    "training_radiographs": 9024,
    "hardware": "one NVIDIA H200",
    "image_size": 512,
    "lora_rank": 64,
    "lora_alpha": 128,
    "loss_reconstruction_l1": 1.0,
    "loss_patchgan": 0.005,
    "loss_kl": 1e-7,
    "stage2_loss_latent_cycle_l1": 1.0,
}


# A check returns the value as the dataclass holds it, or raises ValueError saying what was expected.
_Check = Callable[[object], Any]


def _integer(minimum: int, maximum: int, multiple: int = 1) -> _Check:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError("expected an integer")
        if not minimum <= value <= maximum or value % multiple:
            divisible = f", a multiple of {multiple}" if multiple > 1 else ""
            raise ValueError(f"expected {minimum} to {maximum}{divisible}")
        return value

    return check


def _number(minimum: float, maximum: float, *, above: bool = False) -> _Check:
    def check(value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise ValueError("expected a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number) or not minimum <= number <= maximum or (above and number == minimum):
            bound = "above" if above else "from"
            raise ValueError(f"expected a number {bound} {minimum} to {maximum}")
        return number

    return check


def _one_of(*names: str) -> _Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"expected one of {', '.join(names)}")
        return value

    return check


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 4096 or not value.isprintable():
        raise ValueError("expected a non-empty line of text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")
    return value


def _names(allowed: tuple[str, ...] | None = None) -> _Check:
    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not value:
            raise ValueError("expected a non-empty list of names")
        names = tuple(_text(name) for name in value)
        if len(set(names)) != len(names):
            raise ValueError("expected no name twice")
        if allowed is None:
            return tuple(sorted(names))
        if unknown := [name for name in names if name not in allowed]:
            raise ValueError(f"unknown {', '.join(unknown)}; expected names from {', '.join(allowed)}")
        return tuple(name for name in allowed if name in names)

    return check


def _or_null(check: _Check) -> _Check:
    return lambda value: None if value is None else check(value)


def _revision(value: object) -> str:
    text = _text(value)
    # It becomes part of a URL and of a path in the cache.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}", text, re.ASCII) or ".." in text:
        raise ValueError("expected a commit, a tag or a branch")
    return text


def _labels(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError("expected a list of labels")
    return tuple(sorted({_integer(1, _MAX_LABEL)(label) for label in value}))


def _percentiles(value: object) -> tuple[float, ...]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueError("expected two percentiles, [low, high]")
    low, high = (_number(0.0, 100.0)(part) for part in value)
    if low >= high:
        raise ValueError("expected the low percentile to be below the high one")
    return (low, high)


_CHECKS: Final[Mapping[str, _Check]] = {
    "base_model": _text,
    "base_model_revision": _or_null(_revision),
    "scheduler": _one_of("ddim"),
    "steps": _integer(1, 1000),
    "guidance_scale": _number(0.0, 50.0),
    "strength": _number(0.0, 1.0, above=True),
    "seed": _integer(0, _MAX_SEED),
    "image_size": _integer(LATENT_FACTOR * 2, _MAX_IMAGE_SIZE, LATENT_FACTOR),
    "lora_rank": _integer(1, 4096),
    "lora_alpha": _integer(1, 65536),
    "lora_targets": _names(),
    "tsxr_mask_blend": _number(0.0, 1.0),
    "blend_space": _one_of(*BLEND_SPACES),
    "mask_feather": _number(0.0, 256.0),
    "composite_after_latent": _flag,
    "fit": _one_of(*FITS),
    "levels": _one_of(*LEVELS),
    "level_percentiles": _percentiles,
    "mask_labels": _labels,
    "qc_require": _or_null(_names(MEASURES)),
}


def config_from_mapping(values: Mapping[Any, Any], where: str = "config") -> InferenceConfig:
    """A checked configuration; a key that is left out takes its default.

    Raises ConfigError with every problem: an unknown key, a wrong type, a value out of range, or a strength
    so small that no denoising step would be taken.
    """
    checked: dict[str, Any] = {}
    problems = []
    for key, value in values.items():
        check = _CHECKS.get(key) if isinstance(key, str) else None
        if check is None:
            problems.append(f"{where}: unknown key {str(key)[:80]!r}")
            continue
        try:
            checked[key] = check(value)
        except ValueError as error:
            problems.append(f"{where}: {key}: {error}, found {str(value)[:80]!r}")
    if problems:
        raise ConfigError(problems)
    default = InferenceConfig()
    if checked.get("base_model", default.base_model) != default.base_model:
        # The default commit is none of another model.
        checked.setdefault("base_model_revision", None)
    config = InferenceConfig(**checked)
    # Otherwise the pipeline would fail with an error about reshaping an empty tensor.
    if config.denoising_steps < 1:
        product = config.steps * config.strength
        raise ConfigError(f"{where}: strength: steps x strength is {product:g}, expected at least 1 denoising step")
    return config


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


def read_config(path: Path) -> InferenceConfig:
    """The checked configuration of a YAML file.

    Raises ConfigError for an unreadable file or a wrong value, MissingLibraryError if the file is not in the flat
    subset and PyYAML is not installed.
    """
    text = read_text_input(str(path), limit=_MAX_CONFIG_BYTES, error=ConfigError, expected="a configuration file").text
    try:
        return config_from_mapping(read_flat(text, path.name), path.name)
    except ConfigError:
        # The file is not flat, or it is flat and wrong; either way PyYAML's values say which.
        values = _read_yaml(text, path.name)
    if values.get("provenance_only") is True:
        raise ConfigError(f"{path.name}: records how the checkpoint was trained and is not runnable")
    return config_from_mapping(values, path.name)


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
