"""The files of the mitigation study, as typed rows."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.json_values import (
    count_at,
    number_at,
    object_at,
    string_list,
    strings_at,
    text_at,
)
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.problems import Problem, missing

__all__ = [
    "FrozenGate",
    "MitigationPanel",
    "Stage1Output",
    "frozen_gates",
    "mitigation_panel",
    "read_stage1_outputs",
    "stage1_manifest",
    "stage1_samples",
]

_MAX_TEXT_BYTES: Final = 16 * 1024 * 1024


class FrozenGate(NamedTuple):
    """The frozen gate of one model; `pass_rate` is a share of the sample (0 to 1)."""

    sample_size: int
    pass_count: int
    pass_rate: float
    decision: str


class MitigationPanel(NamedTuple):
    """The models that the manifest of the mitigation panel includes and excludes."""

    included: tuple[str, ...]
    excluded: tuple[str, ...]


class Stage1Output(NamedTuple):
    """One sampled stage-1 text and its validation record, None where there is no such file."""

    name: str
    text: str
    validation: dict[str, Any] | None


def frozen_gates(bundle: Bundle) -> dict[str, FrozenGate]:
    """Read {model: its frozen gate}. Raises BundleError with everything that is wrong."""
    file = layout.PARSING_CONFIDENCE
    values = bundle.json_object(file)
    gates: dict[str, FrozenGate] = {}
    collector = ErrorCollector()
    for model in values:
        with collector:
            gates[model] = FrozenGate(
                count_at(values, (model, "sample_size"), file),
                count_at(values, (model, "stage1_diag_pass_count"), file),
                number_at(values, (model, "stage1_diag_pass_rate"), file),
                text_at(values, (model, "decision"), file),
            )
    collector.raise_if_any()
    return gates


def mitigation_panel(bundle: Bundle) -> MitigationPanel:
    """Read the models that the manifest of the mitigation panel includes and excludes. Raises BundleError."""
    place = layout.panel_manifest(layout.MITIGATION_PANEL)
    manifest = bundle.json(place)
    included, excluded = (tuple(strings_at(manifest, (key,), place)) for key in ("included_models", "excluded_models"))
    return MitigationPanel(included, excluded)


def stage1_manifest(bundle: Bundle) -> str | None:
    """The manifest of the stage-1 samples, whichever of its two places it is at; None where it is at neither."""
    return next((name for name in layout.STAGE1_SAMPLE_MANIFESTS if bundle.exists(name)), None)


def stage1_samples(bundle: Bundle) -> dict[str, list[str]]:
    """Read {model: file names of its sampled stage-1 texts}. Raises BundleError with everything that is wrong."""
    manifest = stage1_manifest(bundle)
    if manifest is None:
        raise BundleError(missing(" or ".join(layout.STAGE1_SAMPLE_MANIFESTS)))
    values = bundle.json(manifest)
    models = object_at(values, ("models",), manifest)
    samples: dict[str, list[str]] = {}
    collector = ErrorCollector()
    for model, listed in models.items():
        keys = ("models", model, "sample_files_first_200") if isinstance(listed, dict) else ("models", model)
        with collector:
            paths = strings_at(values, keys, manifest)
            # Only the last part is the name; the folder is the model's own, wherever the list was written.
            names = [re.split(r"[/\\]", path)[-1] for path in paths]
            samples[model] = string_list(names, f"{manifest}: {'.'.join(keys)}")
    collector.raise_if_any()
    return samples


def read_stage1_outputs(
    bundle: Bundle, model: str, names: list[str], problems: list[Problem]
) -> Iterator[Stage1Output]:
    """Read the listed texts of one model, one at a time; one that is missing or unreadable goes to `problems`."""
    folder = layout.stage1_outputs(layout.MITIGATION_PANEL, model)
    for name in names:
        try:
            text = bundle.read_text(f"{folder}/{name}", limit=_MAX_TEXT_BYTES)
            record = layout.validation_record(f"{folder}/{name}")
            validation = bundle.json_object(record) if bundle.lists(record) else None
            yield Stage1Output(name, text, validation)
        except BundleError as error:
            problems += error.problems
