"""The demo bundle, written file by file."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.mitigation import SAMPLE_SIZE, gate_decision, stage1_passes
from spinefairbench.bundle import layout
from spinefairbench.demo import bundle_texts
from spinefairbench.demo.dataset_description import dataset_description
from spinefairbench.demo.earlier_bundle import is_there
from spinefairbench.demo.file_tree import FileTree, new_tree
from spinefairbench.demo.frozen_summary import PairLanguages, frozen_summary
from spinefairbench.demo.model_profiles import PROFILES, STRUCTURE, Profile
from spinefairbench.demo.simulated_model import SimulatedModel, SimulatedPair
from spinefairbench.demo.synthetic_conditions import conditions_of, conditions_table, conditions_with
from spinefairbench.demo.synthetic_mitigation import (
    EXCLUDED_MODELS,
    GATE_MODELS,
    INCLUDED_MODELS,
    stage1_outputs,
)
from spinefairbench.demo.synthetic_readers import PAIRS as READER_PAIRS
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES, invented_pairs, reader_study
from spinefairbench.demo.synthetic_sources import (
    Source,
    failed_only_sources,
    image,
    pathology_labels,
    qc_row,
    source_row,
    sources,
)
from spinefairbench.errors import UsageError
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import ModelReports, PairReports
from spinefairbench.metrics.report_language import read_language
from spinefairbench.release.schema import SCHEMA_V1, SUBMISSION_SCHEMAS
from spinefairbench.statistics.bootstrap import FROZEN
from spinefairbench.version import __version__

__all__ = ["FULL_SIZE_CORE", "write_demo_bundle"]

FULL_SIZE_CORE: Final = 1000
"""The number of sources in the release's common core."""
_FULL_SIZE_SOURCES: Final = 2950
"""The number of sources in the release's dataset."""
_FULL_SIZE_EVALUATION: Final = 2000

_FREEZE_TIME: Final = "2026-04-20T00:00:00Z"
_MITIGATION_SOURCES: Final = 24

_SUBMISSION_SCHEMA: Final = "metrics/submission_schema.json"
_SUBMISSION_TEMPLATE: Final = "metrics/submission_template.json"
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
    bundle_texts.VALIDATION_README,
    _VALIDATION_COLUMNS,
)
"""Twelve files, as many as the release's manifest of the reader study lists."""


class _Size(NamedTuple):
    """The number of sources, and how many of the first are the evaluation subset and the common core."""

    sources: int
    evaluation: int
    core: int


def write_demo_bundle(
    root: Path,
    *,
    core_sources: int = 12,
    sources: int | None = None,
    seed: int = 7,
    bootstrap_iterations: int = FROZEN.iterations,
    progress: Callable[[str], None] = lambda part: None,
) -> bool:
    """Write a synthetic bundle in the released layout to `root`, a folder that must be new or empty.

    Where that very bundle is there already, every file as it would be written, nothing is done. Returns whether the
    bundle was written.

    `core_sources` is the size of the common core (1,000 in the release) and `sources` the number of sources with at
    least one passed pair (2,950; the default keeps that proportion). The same arguments and version write the same
    bytes, and a larger bundle with the same seed begins with the sources and reports of a smaller one. The frozen
    intervals use `bootstrap_iterations` resamples, a number that the summary records; the frozen setting is 10,000.
    `progress` is called with the name of each part before it is written.

    Raises UsageError for impossible sizes or seeds and OutputError if the bundle cannot be written. In both cases, and
    when interrupted, it leaves nothing at `root`.
    """
    size = _size(core_sources, sources)
    _require(seed >= 0, f"the seed of a demo bundle must be a non-negative integer, got {seed}")
    _require(bootstrap_iterations >= 1, f"there must be at least one bootstrap iteration, got {bootstrap_iterations}")
    marker = _marker(size, seed, bootstrap_iterations)
    if is_there(Path(root), marker):
        return False
    with new_tree(Path(root)) as tree:
        _Writer(tree, size, seed, marker, progress).write_all(bootstrap_iterations)
    return True


def _marker(size: _Size, seed: int, iterations: int) -> dict[str, Any]:
    """What `DEMO_BUNDLE.json` holds: all that the bytes of the bundle depend on."""
    return {
        "synthetic": True,
        "made_by": f"spinefairbench {__version__}",
        "seed": seed,
        "core_sources": size.core,
        "sources": size.sources,
        **({} if iterations == FROZEN.iterations else {"bootstrap_iterations": iterations}),
        "structure": STRUCTURE,
    }


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise UsageError(problem)


def _size(core: int, count: int | None) -> _Size:
    _require(core >= 2, f"a demo bundle needs at least 2 core sources, got {core}")
    if count is None:
        count = max(core, round(core * _FULL_SIZE_SOURCES / FULL_SIZE_CORE))
    _require(count >= core, f"a demo bundle cannot have fewer sources ({count}) than core sources ({core})")
    evaluation = max(core, round(count * _FULL_SIZE_EVALUATION / _FULL_SIZE_SOURCES))
    return _Size(count, evaluation, core)


class _Writer:
    def __init__(
        self, tree: FileTree, size: _Size, seed: int, marker: dict[str, Any], progress: Callable[[str], None]
    ) -> None:
        self._tree = tree
        self._size = size
        self._seed = seed
        self._marker = marker
        self._progress = progress
        self._core: list[Source] = []
        self._labels: dict[str, list[int]] = {}
        self._languages: dict[str, PairLanguages] = {}

    def write_all(self, iterations: int) -> None:
        self._progress("dataset")
        core_rows, passed = self._dataset()
        panels = {panel: self._panel(panel, core_rows) for panel in layout.MAIN_PANELS}
        outcomes = {model: found for models in panels.values() for model, found in models.items()}
        self._progress("mitigation panel")
        self._mitigation(outcomes)
        self._progress("frozen intervals")
        usable = [{pair.pair_id for pair in found.usable} for found in outcomes.values()]
        common = [
            pair_id for source in self._core for pair_id in source.passed_pairs if all(pair_id in u for u in usable)
        ]
        self._tree.json(layout.SUMMARY, frozen_summary(panels, self._languages, self._labels, len(common), iterations))
        records = [{"pair_id": pair_id} for pair_id in common]
        self._tree.json(layout.INTERSECTION_MANIFEST, {"pair_count": len(records), "records": records})
        self._progress("reader study")
        self._readers(passed)
        self._progress("documents and checksums")
        self._provenance()
        self._documents(len(passed))
        self._tree.checksums(layout.READER_SUMS, _READER_FILES)
        self._tree.checksums(layout.SHA256SUMS, self._tree.digests)

    def _dataset(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Write what is in `dataset/`; return the rows of the core's pairs, and the ids of all passed pairs."""
        core_rows: list[dict[str, Any]] = []
        passed: list[str] = []
        evaluation: list[str] = []
        attempted = 0
        with ExitStack() as stack:
            attempt = stack.enter_context(self._tree.json_lines(layout.QC_METADATA))
            accept = stack.enter_context(self._tree.json_lines(layout.QC_PASSED))
            list_pair = stack.enter_context(self._tree.json_list(layout.PAIRS))
            list_metadata = stack.enter_context(self._tree.json_list(layout.SOURCE_METADATA))
            for source in sources(self._size.sources, self._seed):
                if source.number < self._size.evaluation:
                    evaluation.append(source.source_id)
                if source.number < self._size.core:
                    self._core.append(source)
                for edit in layout.EDIT_LABELS:
                    attempted += 1
                    if edit not in source.passed:
                        attempt(qc_row(source, edit, self._seed, None))
                        continue
                    png = image(source.source_id, edit, self._seed)
                    self._tree.write(layout.image_path(source.source_id, edit), png)
                    row = qc_row(source, edit, self._seed, len(png))
                    attempt(row)
                    accept(row)
                    passed.append(row["pair_id"])
                    if source.number < self._size.core:
                        core_rows.append(row)
                listed = source_row(source)
                list_pair(listed)
                list_metadata(listed)
            for source in failed_only_sources(self._size.sources, self._seed):
                for edit in layout.EDIT_LABELS:
                    attempted += 1
                    attempt(qc_row(source, edit, self._seed, None))
        manifest = {
            "synthetic": True,
            "counterfactual_images": {"included_png_count": len(passed)},
            "pair_manifests": {
                "qc_passed_pair_rows": len(passed),
                "attempted_qc_rows": attempted,
                "source_level_rows": self._size.sources,
            },
            "source_radiographs": {"source_png_files_in_public_bundle": 0, "release_status": "not_redistributed"},
        }
        self._tree.json(layout.RELEASE_MANIFEST, manifest)
        self._tree.json(layout.EVALUATION_SUBSET, {"source_ids": evaluation})
        self._tree.json(layout.COMMON_CORE_SUBSET, {"source_ids": [source.source_id for source in self._core]})
        return core_rows, passed

    def _panel(self, panel: str, core_rows: Sequence[dict[str, Any]]) -> dict[str, ModelReports]:
        """Write a main panel; return the reports of each of its models."""
        profiles = [profile for profile in PROFILES if profile.panel == panel]
        models = [profile.name for profile in profiles]
        self._tree.json(layout.panel_manifest(panel), {"panel": panel, "synthetic": True, "models": models})
        self._labels = {source.source_id: pathology_labels(source, self._seed) for source in self._core}
        with self._tree.json_list(layout.panel_pairs(panel)) as add:
            for row in core_rows:
                add({**row, "pathology_labels": self._labels[row["source_id"]]})
        outcomes = {}
        # One panel is written in plain ASCII and the other in UTF-8, since JSON files come in both forms.
        ascii_only = panel == layout.FULL_PANEL
        with self._tree.json_list(layout.evaluation_results(panel), ascii_only=ascii_only) as add:
            for profile in profiles:
                self._progress(f"reports of {profile.name}")
                pairs = []
                languages = {}
                for texts in self._texts(profile, self._core):
                    _add_report_rows(add, profile.name, texts, "generated", "counterfactual")
                    features = (extract_features(texts.on_source), extract_features(texts.on_edited))
                    pairs.append(PairReports(texts.pair_id, texts.source_id, texts.edit, *features))
                    languages[texts.pair_id] = (read_language(texts.on_source), read_language(texts.on_edited))
                pairs.sort(key=lambda pair: pair.pair_id)
                self._languages[profile.name] = languages
                outcomes[profile.name] = ModelReports(profile.name, tuple(pairs), panel=panel)
        return outcomes

    def _texts(self, profile: Profile, of: Sequence[Source]) -> Iterator[SimulatedPair]:
        model = SimulatedModel(profile, self._seed)
        return chain.from_iterable(map(model.pairs, of))

    def _mitigation(self, outcomes: dict[str, ModelReports]) -> None:
        panel = layout.MITIGATION_PANEL
        manifest = {"panel": panel, "included_models": INCLUDED_MODELS, "excluded_models": EXCLUDED_MODELS}
        self._tree.json(layout.panel_manifest(panel), manifest)
        names: dict[str, list[str]] = {}
        gates = {}
        for model in GATE_MODELS:
            names[model], gates[model] = self._stage1(model)
        self._tree.json(layout.PARSING_CONFIDENCE, gates)
        self._tree.json(layout.STAGE1_SAMPLE_MANIFESTS[0], {"synthetic": True, "models": names})
        tabled: dict[str, Any] = {}
        with self._tree.json_list(layout.evaluation_results(panel)) as add:
            for profile in (profile for profile in PROFILES if profile.name in INCLUDED_MODELS):
                # The first one has everything; of the others, some files are left out.
                made = conditions_of(profile, self._core[:_MITIGATION_SOURCES], self._seed, whole=not tabled)
                for row in made.rows:
                    add(row)
                for path, content in made.files.items():
                    self._tree.text(path, content)
                tabled[profile.name] = conditions_with(outcomes[profile.name], made)
        self._tree.text(layout.MITIGATION_TABLE, conditions_table(tabled))
        self._tree.json(layout.MITIGATION_SUMMARY, {"synthetic": True, "models": INCLUDED_MODELS})
        conditions = {
            "condition_a": "counterfactual",
            "condition_b": "two-stage",
            "condition_bprime": "deterministic projection",
            "condition_d": "evidence-constrained rewrite",
        }
        self._tree.json(layout.MITIGATION_CONDITIONS, {"synthetic": True, "conditions": conditions})

    def _stage1(self, model: str) -> tuple[list[str], dict[str, Any]]:
        """Write a model's stage-1 sample; return its file names, and the model's entry in the frozen gate."""
        folder = layout.stage1_outputs(layout.MITIGATION_PANEL, model)
        names = []
        passed = 0
        for output in stage1_outputs(model, self._seed):
            names.append(output.name)
            passed += stage1_passes(output)
            self._tree.text(f"{folder}/{output.name}", output.text)
            if output.validation is not None:
                self._tree.json(f"{folder}/{layout.validation_record(output.name)}", output.validation)
        return names, {
            "sample_size": SAMPLE_SIZE,
            "stage1_diag_pass_count": passed,
            "stage1_diag_pass_rate": passed / SAMPLE_SIZE,
            "decision": gate_decision(passed, SAMPLE_SIZE),
        }

    def _readers(self, passed: Sequence[str]) -> None:
        if len(passed) >= READER_PAIRS:
            chosen = [passed[number * len(passed) // READER_PAIRS] for number in range(READER_PAIRS)]
        else:
            chosen = invented_pairs()
        study = reader_study(chosen, self._seed)
        for path, content in study.files.items():
            self._tree.text(path, content)
        self._tree.json(layout.READER_SUBSET, {"synthetic": True, "pair_ids": study.passing})
        excluded = [{"pair_id": pair_id, "reason": "majority rule not met"} for pair_id in study.failing]
        self._tree.json(layout.READER_EXCLUSIONS, {"synthetic": True, "excluded_pairs": excluded})
        # As in the release, the report says what the rows no longer give.
        stale = {"q2_pathology_preservation": {"gwet_ac1": 0.9804}}
        report = {"report_schema_version": "1.0", "synthetic": True, "agreement": stale}
        self._tree.json(layout.VALIDATION_REPORT, report)
        files = {"per_reviewer_files": list(PER_REVIEWER_FILES)}
        self._tree.json(layout.READER_MANIFEST, {"synthetic": True, "files": files, "counts": study.counts})
        columns = {path: content.partition("\n")[0].split(",") for path, content in study.files.items()}
        self._tree.json(_VALIDATION_COLUMNS, columns)

    def _provenance(self) -> None:
        """Write the files that the release keeps as evidence, each with only what it must contain."""
        self._tree.json(layout.CANONICAL_DEFINITIONS, {"synthetic": True, "prompt_registry": bundle_texts.PROMPTS})
        for path in layout.EXCLUSION_EVIDENCE:
            self._tree.json(path, {"synthetic": True, "note": bundle_texts.SYNTHETIC})
        self._tree.json(layout.FREEZE_MANIFEST, {"synthetic": True, "prepared_at_utc": _FREEZE_TIME})
        self._tree.json(layout.GENERATOR_OVERLAP, {"synthetic": True, "overlapping_sources": 0})
        self._tree.json(layout.GENERATOR_CONTROLS, {"synthetic": True, "controls": ["C1", "C2", "C3", "C4"]})

    def _documents(self, passed: int) -> None:
        for path, text in bundle_texts.DOCUMENTS.items():
            self._tree.text(path, text)
        self._tree.json(layout.CROISSANT, dataset_description(self._size.sources, passed, self._tree.digests))
        first = next(source for source in self._core if len(source.passed) == len(layout.EDIT_LABELS))
        other = next(source for source in self._core if source is not first)
        first_pairs, other_pair = first.passed_pairs, other.passed_pairs[0]
        self._tree.json(layout.TOY_SUBMISSION, bundle_texts.toy_submission(first_pairs, other_pair))
        self._tree.json(_SUBMISSION_TEMPLATE, bundle_texts.submission_template([*first_pairs, other_pair]))
        self._tree.json(_SUBMISSION_SCHEMA, SUBMISSION_SCHEMAS[SCHEMA_V1])
        self._tree.json(layout.DEMO_MARKER, self._marker)


def _add_report_rows(
    add: Callable[[object], None], model: str, texts: SimulatedPair, edited_role: str, experiment_step: str
) -> None:
    for role, text in (("source", texts.on_source), (edited_role, texts.on_edited)):
        add(
            {
                "model": model,
                "pair_id": texts.pair_id,
                "pair_source_id": texts.source_id,
                "source_id": texts.source_id,
                "edit_label": texts.edit,
                "image_role": role,
                "experiment_step": experiment_step,
                "response": text,
                "error": None,
            }
        )
