"""The demo bundle, written file by file."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.demo import documents
from spinefairbench.demo.frozen import ModelTally, summary
from spinefairbench.demo.profiles import GATE_MODELS, PROFILES, STRUCTURE, Profile
from spinefairbench.demo.readers import PAIRS as READER_PAIRS
from spinefairbench.demo.readers import PER_REVIEWER_FILES, invented_pairs, reader_study
from spinefairbench.demo.reports import SimulatedModel
from spinefairbench.demo.sources import (
    Source,
    failed_only_sources,
    image,
    qc_row,
    source_row,
    sources,
)
from spinefairbench.demo.stage1 import (
    GATES,
    INCLUDED_MODELS,
    SAMPLE_SIZE,
    mitigation_table,
    passes,
    samples,
    validation_text,
)
from spinefairbench.demo.tree import Tree, new_tree
from spinefairbench.errors import UsageError
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.version import __version__

__all__ = ["FULL_SIZE_CORE", "FULL_SIZE_SOURCES", "write_demo_bundle"]

FULL_SIZE_CORE: Final = 1000
FULL_SIZE_SOURCES: Final = 2950
_FULL_SIZE_EVALUATION: Final = 2000

_FREEZE_TIME: Final = "2026-04-20T00:00:00Z"
_MITIGATION_SOURCES: Final = 10

_SUBMISSION_SCHEMA: Final = "metrics/submission_schema.json"
_SUBMISSION_TEMPLATE: Final = "metrics/submission_template.json"
_VALIDATION_README: Final = f"{layout.VALIDATION_PUBLIC}/README.md"
_VALIDATION_COLUMNS: Final = f"{layout.VALIDATION_PUBLIC}/columns.json"

_READER_FILES: Final = (
    layout.READER_SUBSET,
    layout.READER_EXCLUSIONS,
    layout.VALIDATION_REPORT,
    layout.READER_MANIFEST,
    layout.DETECTABILITY,
    layout.HIDDEN_REPEATS,
    layout.PAIR_RESULTS,
    *PER_REVIEWER_FILES,
    _VALIDATION_README,
    _VALIDATION_COLUMNS,
)
"""Twelve files, as many as the release's manifest of the reader study lists."""


class _Size(NamedTuple):
    """How many sources there are, and how many of the first are the evaluation subset and the common core."""

    sources: int
    evaluation: int
    core: int


def write_demo_bundle(
    root: Path,
    *,
    core_sources: int = 12,
    sources: int | None = None,
    seed: int = 7,
    bootstrap_iterations: int = 10_000,
    submission_schema: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
) -> None:
    """Writes a synthetic bundle in the released layout to `root`, a folder that must be new or empty.

    `core_sources` is the size of the common core (1,000 in the release) and `sources` the number of sources
    with at least one passed pair (2,950; by default in the same proportion). The same arguments and version
    write the same bytes, and a larger bundle with the same seed begins with the sources and reports of a
    smaller one. The frozen intervals take `bootstrap_iterations` resamples, which the summary records; only
    10,000 are the frozen setting. `submission_schema` is the JSON schema to put beside the toy submission,
    by default a plain one. `progress` is called with the name of each part before it is written.

    Raises UsageError for sizes or a seed that cannot be, OutputError when the bundle cannot be written; then,
    and when it is interrupted, nothing is left at `root`.
    """
    size = _size(core_sources, sources)
    _require(seed >= 0, f"the seed of a demo bundle must be a non-negative integer, got {seed}")
    _require(
        bootstrap_iterations >= 1,
        f"there must be at least one bootstrap iteration, got {bootstrap_iterations}",
    )
    with new_tree(Path(root)) as tree:
        writer = _Writer(tree, size, seed, progress or (lambda _: None))
        writer.write_all(bootstrap_iterations, submission_schema or documents.submission_schema())


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise UsageError(problem)


def _size(core: int, count: int | None) -> _Size:
    _require(core >= 2, f"a demo bundle needs at least 2 core sources, got {core}")
    if count is None:
        count = max(core, round(core * FULL_SIZE_SOURCES / FULL_SIZE_CORE))
    _require(count >= core, f"a demo bundle cannot have fewer sources ({count}) than core sources ({core})")
    evaluation = max(core, round(count * _FULL_SIZE_EVALUATION / FULL_SIZE_SOURCES))
    return _Size(count, evaluation, core)


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


class _JsonList:
    """A JSON list written row by row."""

    def __init__(self, append: Callable[[bytes], None]) -> None:
        self._append = append
        self._separator = b"[\n"

    def add(self, row: bytes) -> None:
        self._append(self._separator + row)
        self._separator = b",\n"

    def close(self) -> None:
        self._append(b"[]\n" if self._separator == b"[\n" else b"\n]\n")


class _Writer:
    def __init__(self, tree: Tree, size: _Size, seed: int, progress: Callable[[str], None]) -> None:
        self._tree = tree
        self._size = size
        self._seed = seed
        self._progress = progress
        self._core: list[Source] = []

    def write_all(self, iterations: int, schema: Mapping[str, Any]) -> None:
        self._progress("dataset")
        core_rows, passed = self._dataset()
        tallies, usable_everywhere = self._panels(core_rows)
        self._progress("mitigation panel")
        self._mitigation(tallies)
        self._progress("frozen intervals")
        self._json(layout.SUMMARY, summary(tallies, len(usable_everywhere), iterations))
        self._intersection(usable_everywhere)
        self._progress("reader study")
        self._readers(passed)
        self._progress("documents and checksums")
        self._provenance()
        self._documents(schema, len(passed))
        self._tree.checksums(layout.READER_SUMS, _READER_FILES)
        self._tree.checksums(layout.SHA256SUMS, list(self._tree.digests))

    def _json(self, relative: str, value: object) -> None:
        self._tree.text(relative, _json(value))

    def _dataset(self) -> tuple[list[bytes], list[str]]:
        """Writes what `dataset/` lists; the rows of the core's pairs, and the ids of all passed pairs."""
        core_rows: list[bytes] = []
        passed: list[str] = []
        evaluation: list[str] = []
        attempted = 0
        with ExitStack() as stack:
            attempt = stack.enter_context(self._tree.stream(layout.QC_METADATA))
            accept = stack.enter_context(self._tree.stream(layout.QC_PASSED))
            lists = [
                _JsonList(stack.enter_context(self._tree.stream(path)))
                for path in (layout.PAIRS, layout.SOURCE_METADATA)
            ]
            for source in sources(self._size.sources, self._seed):
                if source.place < self._size.evaluation:
                    evaluation.append(source.source_id)
                in_core = source.place < self._size.core
                if in_core:
                    self._core.append(source)
                for edit in layout.EDIT_LABELS:
                    attempted += 1
                    if edit not in source.passed:
                        attempt(_line(qc_row(source, edit, self._seed, None)) + b"\n")
                        continue
                    png = image(source.source_id, edit, self._seed)
                    self._tree.write(layout.image_path(source.source_id, edit), png)
                    row = _line(qc_row(source, edit, self._seed, len(png)))
                    attempt(row + b"\n")
                    accept(row + b"\n")
                    passed.append(f"{source.source_id}__{edit}")
                    if in_core:
                        core_rows.append(row)
                for sources_list in lists:
                    sources_list.add(_line(source_row(source)))
            for source in failed_only_sources(self._size.sources, self._seed):
                for edit in layout.EDIT_LABELS:
                    attempted += 1
                    attempt(_line(qc_row(source, edit, self._seed, None)) + b"\n")
            for sources_list in lists:
                sources_list.close()
        self._json(layout.RELEASE_MANIFEST, self._release_manifest(len(passed), attempted))
        self._json(layout.EVALUATION_SUBSET, {"source_ids": evaluation})
        self._json(layout.COMMON_CORE_SUBSET, {"source_ids": [source.source_id for source in self._core]})
        return core_rows, passed

    def _release_manifest(self, passed: int, attempted: int) -> dict[str, Any]:
        return {
            "synthetic": True,
            "counterfactual_images": {"included_png_count": passed},
            "pair_manifests": {
                "qc_passed_pair_rows": passed,
                "attempted_qc_rows": attempted,
                "source_level_rows": self._size.sources,
            },
            "source_radiographs": {
                "source_png_files_in_public_bundle": 0,
                "release_status": "not_redistributed",
            },
        }

    def _panels(self, core_rows: Sequence[bytes]) -> tuple[list[ModelTally], list[str]]:
        """Writes the two main panels; the tally of each model, and the pairs usable in all of them."""
        tallies = []
        refused: set[str] = set()
        for panel in layout.MAIN_PANELS:
            profiles = [profile for profile in PROFILES if profile.panel == panel]
            models = [profile.name for profile in profiles]
            self._json(layout.panel_manifest(panel), {"panel": panel, "synthetic": True, "models": models})
            with self._tree.stream(layout.panel_pairs(panel)) as append:
                pairs = _JsonList(append)
                for row in core_rows:
                    pairs.add(row)
                pairs.close()
            with self._tree.stream(layout.evaluation_results(panel)) as append:
                rows = _JsonList(append)
                for profile in profiles:
                    self._progress(f"reports of {profile.name}")
                    tallies.append(self._model_reports(profile, rows, refused))
                rows.close()
        usable = [
            pair_id
            for source in self._core
            for pair_id in (f"{source.source_id}__{edit}" for edit in source.passed)
            if pair_id not in refused
        ]
        return tallies, usable

    def _model_reports(self, profile: Profile, rows: _JsonList, refused: set[str]) -> ModelTally:
        """Writes one model's reports; adds the pairs that are unusable to `refused`."""
        tally = ModelTally(profile.name, profile.panel)
        model = SimulatedModel(profile, self._seed)
        # One panel is written in plain ASCII and the other in UTF-8, as JSON files are found in both ways.
        ascii_only = profile.panel == layout.FULL_PANEL
        for source in self._core:
            for edit, on_source, on_edited in model.pairs(source.source_id, source.place, source.passed):
                outcome = pair_outcome(extract_features(on_source), extract_features(on_edited))
                tally.add(source.source_id, outcome)
                if not outcome.usable:
                    refused.add(f"{source.source_id}__{edit}")
                for role, text in (("source", on_source), ("generated", on_edited)):
                    row = _report_row(profile.name, source.source_id, edit, role, "counterfactual", text)
                    rows.add(json.dumps(row, ensure_ascii=ascii_only).encode())
        return tally

    def _mitigation(self, tallies: Sequence[ModelTally]) -> None:
        panel = layout.MITIGATION_PANEL
        excluded = [model for model in GATE_MODELS if model not in INCLUDED_MODELS]
        manifest = {"panel": panel, "included_models": INCLUDED_MODELS, "excluded_models": excluded}
        self._json(layout.panel_manifest(panel), manifest)
        names: dict[str, list[str]] = {}
        confidence = {}
        for model in GATE_MODELS:
            names[model], confidence[model] = self._stage1(model)
        self._json(layout.PARSING_CONFIDENCE, confidence)
        self._json(layout.STAGE1_SAMPLE_MANIFESTS[0], {"synthetic": True, "models": names})
        by_name = {tally.name: tally.condition_a() for tally in tallies if tally.name in INCLUDED_MODELS}
        self._tree.text(layout.MITIGATION_TABLE, mitigation_table(by_name))
        with self._tree.stream(layout.evaluation_results(panel)) as append:
            rows = _JsonList(append)
            for profile in PROFILES:
                if profile.name in INCLUDED_MODELS:
                    self._mitigation_reports(profile, rows)
            rows.close()
        self._json(layout.MITIGATION_SUMMARY, {"synthetic": True, "models": INCLUDED_MODELS})
        conditions = {
            "condition_a": "counterfactual",
            "condition_b": "two-stage",
            "condition_bprime": "deterministic projection",
            "condition_d": "evidence-constrained rewrite",
        }
        self._json(layout.MITIGATION_CONDITIONS, {"synthetic": True, "conditions": conditions})

    def _stage1(self, model: str) -> tuple[list[str], dict[str, Any]]:
        """Writes a model's stage-1 sample; its names, and the model's entry in the frozen gate."""
        folder = layout.stage1_outputs(layout.MITIGATION_PANEL, model)
        names = []
        passed = 0
        for sample in samples(model, self._seed):
            names.append(sample.name)
            passed += passes(sample)
            self._tree.text(f"{folder}/{sample.name}", sample.text)
            if sample.validation is not None:
                self._tree.text(f"{folder}/{sample.validation_name}", validation_text(sample.validation))
        return names, {
            "sample_size": SAMPLE_SIZE,
            "stage1_diag_pass_count": passed,
            "stage1_diag_pass_rate": passed / SAMPLE_SIZE,
            "decision": GATES[model].decision,
        }

    def _mitigation_reports(self, profile: Profile, rows: _JsonList) -> None:
        model = SimulatedModel(profile, self._seed)
        for source in self._core[:_MITIGATION_SOURCES]:
            for edit, on_source, on_edited in model.pairs(source.source_id, source.place, source.passed):
                for role, text in (("source", on_source), ("counterfactual", on_edited)):
                    rows.add(_line(_report_row(profile.name, source.source_id, edit, role, "two_stage", text)))

    def _intersection(self, pair_ids: Sequence[str]) -> None:
        records = [{"pair_id": pair_id} for pair_id in pair_ids]
        self._json(layout.INTERSECTION_MANIFEST, {"pair_count": len(records), "records": records})

    def _readers(self, passed: Sequence[str]) -> None:
        if len(passed) >= READER_PAIRS:
            chosen = [passed[place * len(passed) // READER_PAIRS] for place in range(READER_PAIRS)]
        else:
            chosen = invented_pairs()
        study = reader_study(chosen, self._seed)
        for path, content in study.files.items():
            self._tree.text(path, content)
        self._json(layout.READER_SUBSET, {"synthetic": True, "pair_ids": study.passing})
        excluded = [{"pair_id": pair_id, "reason": "majority rule not met"} for pair_id in study.failing]
        self._json(layout.READER_EXCLUSIONS, {"synthetic": True, "excluded_pairs": excluded})
        self._json(layout.VALIDATION_REPORT, {"report_schema_version": "1.0", "synthetic": True})
        self._json(
            layout.READER_MANIFEST,
            {"synthetic": True, "files": {"per_reviewer_files": list(PER_REVIEWER_FILES)}},
        )
        self._tree.text(_VALIDATION_README, documents.VALIDATION_README_TEXT)
        columns = {path: content.partition("\n")[0].split(",") for path, content in study.files.items()}
        self._json(_VALIDATION_COLUMNS, columns)

    def _provenance(self) -> None:
        """The files that the release keeps as evidence, each with no more than what it must hold."""
        self._json(layout.CANONICAL_DEFINITIONS, {"synthetic": True, "prompt_registry": documents.PROMPTS})
        for path in layout.EXCLUSION_EVIDENCE:
            self._json(path, {"synthetic": True, "note": documents.SYNTHETIC})
        self._json(layout.FREEZE_MANIFEST, {"synthetic": True, "prepared_at_utc": _FREEZE_TIME})
        self._json(layout.GENERATOR_OVERLAP, {"synthetic": True, "overlapping_sources": 0})
        self._json(layout.GENERATOR_CONTROLS, {"synthetic": True, "controls": ["C1", "C2", "C3", "C4"]})
        self._tree.text(layout.BINDING_RULE, documents.BINDING_RULE_TEXT)

    def _documents(self, schema: Mapping[str, Any], passed: int) -> None:
        self._tree.text(layout.README, documents.README_TEXT)
        self._tree.text(layout.DATA_LICENSE, documents.DATA_LICENSE_TEXT)
        self._tree.text(layout.BENCHMARK_CARD, documents.BENCHMARK_CARD_TEXT)
        self._tree.text(layout.DATASET_README, documents.DATASET_README_TEXT)
        self._json(layout.CROISSANT, documents.croissant(self._size.sources, passed))
        first = next(source for source in self._core if len(source.passed) == len(layout.EDIT_LABELS))
        other = next(source for source in self._core if source is not first)
        first_pairs = [f"{first.source_id}__{edit}" for edit in first.passed]
        other_pair = f"{other.source_id}__{other.passed[0]}"
        self._json(layout.TOY_SUBMISSION, documents.toy_submission(first_pairs, other_pair))
        self._json(_SUBMISSION_TEMPLATE, documents.submission_template([*first_pairs, other_pair]))
        self._json(_SUBMISSION_SCHEMA, schema)
        marker = {
            "synthetic": True,
            "made_by": f"spinefairbench {__version__}",
            "seed": self._seed,
            "core_sources": self._size.core,
            "sources": self._size.sources,
            "structure": STRUCTURE,
        }
        self._json(layout.DEMO_MARKER, marker)


def _report_row(model: str, source_id: str, edit: str, role: str, step: str, text: str) -> dict[str, Any]:
    return {
        "model": model,
        "pair_id": f"{source_id}__{edit}",
        "pair_source_id": source_id,
        "source_id": source_id,
        "edit_label": edit,
        "image_role": role,
        "experiment_step": step,
        "response": text,
        "error": None,
    }
