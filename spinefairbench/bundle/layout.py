"""Every path of the artifact bundle, in one place: relative to its root, with forward slashes."""

from typing import Final

__all__ = [
    "BASELINE_PANEL",
    "BENCHMARK_CARD",
    "BINDING_RULE",
    "CANONICAL_DEFINITIONS",
    "COMMON_CORE_SUBSET",
    "COUNTERFACTUAL_IMAGES",
    "CROISSANT",
    "DATASET",
    "DATASET_README",
    "DATASET_SUMS",
    "DATA_LICENSE",
    "DEMO_MARKER",
    "DETECTABILITY",
    "EDIT_LABELS",
    "EVALUATION_SUBSET",
    "EXCLUSION_EVIDENCE",
    "FREEZE_MANIFEST",
    "FULL_PANEL",
    "GENERATOR_CONTROLS",
    "GENERATOR_OVERLAP",
    "HIDDEN_REPEATS",
    "INTERSECTION_MANIFEST",
    "MAIN_PANELS",
    "MITIGATION_CONDITIONS",
    "MITIGATION_PANEL",
    "MITIGATION_SUMMARY",
    "MITIGATION_TABLE",
    "PAIRS",
    "PAIR_RESULTS",
    "PARSING_CONFIDENCE",
    "QC_METADATA",
    "QC_PASSED",
    "READER_EXCLUSIONS",
    "READER_MANIFEST",
    "READER_SUBSET",
    "READER_SUMS",
    "README",
    "RELEASE_MANIFEST",
    "SHA256SUMS",
    "SOURCE_METADATA",
    "STAGE1_OUTPUTS",
    "STAGE1_SAMPLE_MANIFESTS",
    "SUMMARY",
    "TOY_SUBMISSION",
    "VALIDATION_PUBLIC",
    "VALIDATION_REPORT",
    "evaluation_results",
    "image_path",
    "panel_folder",
    "panel_manifest",
    "panel_pairs",
    "stage1_outputs",
    "validation_record",
]  # fmt: skip

EDIT_LABELS: Final = ("elderly_female", "elderly_male", "young_female", "young_male")

README: Final = "README.md"
DATA_LICENSE: Final = "DATA_LICENSE.md"
BENCHMARK_CARD: Final = "benchmark_card.md"
CROISSANT: Final = "croissant.json"
SHA256SUMS: Final = "SHA256SUMS.txt"
READER_SUMS: Final = "radiologist_validation_SHA256SUMS.txt"
DEMO_MARKER: Final = "DEMO_BUNDLE.json"

DATASET: Final = "dataset"
DATASET_README: Final = "dataset/README.md"
DATASET_SUMS: Final = "dataset/SHA256SUMS.txt"
"""The hashes of what else is in dataset/, which the generator writes into its own output."""
RELEASE_MANIFEST: Final = "dataset/release_manifest.json"
QC_METADATA: Final = "dataset/qc_metadata.jsonl"
QC_PASSED: Final = "dataset/qc_passed_pair_manifest.jsonl"
PAIRS: Final = "dataset/pairs.json"
SOURCE_METADATA: Final = "dataset/source_metadata.json"
COUNTERFACTUAL_IMAGES: Final = "dataset/counterfactual_images"

_FREEZE = "artifacts/freeze_runs/2026-04-09"
CANONICAL_DEFINITIONS: Final = f"{_FREEZE}/canonical_definitions.json"
EVALUATION_SUBSET: Final = f"{_FREEZE}/evaluation_source_subset.json"
COMMON_CORE_SUBSET: Final = f"{_FREEZE}/evaluation_source_subset_core1000.json"
EXCLUSION_EVIDENCE: Final = (
    f"{_FREEZE}/exclusion_evidence/gemini_baseline_backfill_canonical_2026-04-16.json",
    f"{_FREEZE}/exclusion_evidence/medgemma_baseline_canary_canonical.json",
)

_INPUTS = "artifacts/Results/final_inputs"
FULL_PANEL: Final = "full_pipeline_retained"
BASELINE_PANEL: Final = "baseline_only_retained"
MAIN_PANELS: Final = (FULL_PANEL, BASELINE_PANEL)
MITIGATION_PANEL: Final = "full_pipeline_mitigation_retained"
STAGE1_OUTPUTS: Final = "stage1_outputs"
"""The folder of a panel that holds the stage-1 texts, in a folder for each model."""
INTERSECTION_MANIFEST: Final = f"{_INPUTS}/all_model_intersection_2166_manifest.json"
FREEZE_MANIFEST: Final = f"{_INPUTS}/final_panel_freeze_manifest.json"

_ANALYSIS: Final = "artifacts/Results/analysis"
SUMMARY: Final = f"{_ANALYSIS}/common_core_1000_summary.json"
PARSING_CONFIDENCE: Final = f"{_ANALYSIS}/mitigation_parsing_confidence.json"
STAGE1_SAMPLE_MANIFESTS: Final = (
    f"{_ANALYSIS}/mitigation_stage1_confidence_sample_manifest.json",
    f"{_ANALYSIS}/mitigation_stage1_trace_manifest.json",
)
MITIGATION_TABLE: Final = f"{_ANALYSIS}/mitigation_table.csv"
MITIGATION_SUMMARY: Final = f"{_ANALYSIS}/mitigation_summary.json"
MITIGATION_CONDITIONS: Final = f"{_ANALYSIS}/mitigation_conditions_manifest.json"
GENERATOR_OVERLAP: Final = f"{_ANALYSIS}/generator_evaluation_overlap.json"

BINDING_RULE: Final = "protocol/binding_rule_2026-04-08.md"
GENERATOR_CONTROLS: Final = "protocol/generator_artifact_controls_c1_c4_registration.json"

VALIDATION_REPORT: Final = "validation_report_public_final_2026-04-28.json"
READER_SUBSET: Final = "radiologist_validated_subset.json"
READER_EXCLUSIONS: Final = "radiologist_exclusion_list.json"
VALIDATION_PUBLIC: Final = "validation_public"
READER_MANIFEST: Final = "validation_public/validation_public_manifest.json"
DETECTABILITY: Final = "validation_public/detectability_responses_public_2026-04-28.csv"
HIDDEN_REPEATS: Final = "validation_public/hidden_repeat_records_public_2026-04-28.csv"
PAIR_RESULTS: Final = "validation_public/validation_pair_results_public_2026-04-28.csv"

TOY_SUBMISSION: Final = "metrics/toy_submission.json"


def image_path(source_id: str, edit_label: str) -> str:
    """The path of a pair's edited image."""
    return f"{COUNTERFACTUAL_IMAGES}/{source_id}/{edit_label}.png"


def panel_folder(panel: str) -> str:
    """The folder of a panel."""
    return f"{_INPUTS}/panels/{panel}"


def panel_manifest(panel: str) -> str:
    """The path of the list of a panel's models."""
    return f"{panel_folder(panel)}/panel_manifest.json"


def panel_pairs(panel: str) -> str:
    """The path of the list of a panel's pairs."""
    return f"{panel_folder(panel)}/pairs.json"


def evaluation_results(panel: str) -> str:
    """The path of the saved reports of a panel's models."""
    return f"{panel_folder(panel)}/evaluation_results.json"


def stage1_outputs(panel: str, model: str) -> str:
    """The folder of one model's stage-1 texts."""
    return f"{panel_folder(panel)}/{STAGE1_OUTPUTS}/{model}"


def validation_record(text_path: str) -> str:
    """The path of the validation record beside a stage-1 text."""
    return f"{text_path.removesuffix('.txt')}.validation.json"
