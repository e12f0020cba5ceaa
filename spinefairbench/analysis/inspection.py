"""What a bundle holds: required files, frozen prompts, the counts that other checks rest on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.result import CheckResult, Gatherer
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs, read_qc_rows
from spinefairbench.bundle.frozen_table import frozen_intersection_count
from spinefairbench.bundle.json_values import dig
from spinefairbench.bundle.reports import common_core_sources, string_list
from spinefairbench.bundle.scopes import intersection_pairs
from spinefairbench.errors import BundleError

__all__ = ["InspectionRow", "inspect_bundle", "required_files"]

_PUBLISHED_COUNTS: Final = (
    ("evaluation_source_count", "evaluation_sources"),
    ("evaluation_pair_count", "evaluation_pairs"),
    ("common_core_source_count", "common_core_sources"),
    ("common_core_pair_count", "common_core_pairs"),
    ("all_model_intersection_pair_count", "all_model_intersection_pairs"),
    ("qc_passed_pair_count", "qc_passed_pairs"),
    ("attempted_qc_rows", "attempted_qc_rows"),
)


@dataclass(frozen=True)
class InspectionRow:
    """One thing looked at. `kind` is file, prompt, count or text; `status` is ok, missing, differs or not compared.

    Of a prompt, `value` and `expected` are SHA-256 and `text` is the prompt itself.
    """

    kind: str
    name: str
    value: Any
    expected: Any
    status: str
    text: str | None = None


def required_files(bundle: Bundle) -> list[str]:
    """Every file that a bundle must have; of two alternatives, the one that is there. Raises BundleError."""
    files = [
        layout.README, layout.DATA_LICENSE, layout.BENCHMARK_CARD, layout.CROISSANT, layout.DATASET_README,
        layout.SHA256SUMS, layout.READER_SUMS,
        layout.RELEASE_MANIFEST, layout.QC_METADATA, layout.QC_PASSED, layout.PAIRS, layout.SOURCE_METADATA,
        layout.CANONICAL_DEFINITIONS, layout.EVALUATION_SUBSET, layout.COMMON_CORE_SUBSET, *layout.EXCLUSION_EVIDENCE,
        *(f(panel) for panel in layout.MAIN_PANELS for f in (layout.panel_manifest, layout.panel_pairs, layout.evaluation_results)),
        layout.panel_manifest(layout.MITIGATION_PANEL), layout.evaluation_results(layout.MITIGATION_PANEL),
        layout.INTERSECTION_MANIFEST, layout.FREEZE_MANIFEST,
        layout.SUMMARY, layout.PARSING_CONFIDENCE, layout.MITIGATION_TABLE, layout.MITIGATION_SUMMARY,
        layout.MITIGATION_CONDITIONS, layout.GENERATOR_OVERLAP, layout.BINDING_RULE, layout.GENERATOR_CONTROLS,
        layout.VALIDATION_REPORT, layout.READER_SUBSET, layout.READER_EXCLUSIONS,
        layout.READER_MANIFEST, layout.DETECTABILITY, layout.HIDDEN_REPEATS, layout.PAIR_RESULTS,
    ]  # fmt: skip
    present = [name for name in layout.STAGE1_SAMPLE_MANIFESTS if bundle.exists(name)]
    files.append(present[0] if present else layout.STAGE1_SAMPLE_MANIFESTS[0])
    if bundle.exists(layout.READER_MANIFEST):
        listed = dig(bundle.json(layout.READER_MANIFEST), ("files", "per_reviewer_files"), layout.READER_MANIFEST)
        files += string_list(listed, f"{layout.READER_MANIFEST}: files.per_reviewer_files")
    return files


def inspect_bundle(
    bundle: Bundle, prompt_hashes: Mapping[str, str], published: Mapping[str, Any] | None
) -> CheckResult:
    """Look at everything once. `published` holds the release's counts, None for a demo bundle."""
    gather = Gatherer()
    problems: list[str] = []
    rows: list[InspectionRow] = []
    for name in gather.get(lambda: required_files(bundle)) or []:
        there = bundle.exists(name)
        rows.append(InspectionRow("file", name, None, None, "ok" if there else "missing"))
        if not there:
            gather.errors.append(f"{name}: missing, or not a regular file of the bundle; every bundle has it")
    prompts = gather.get(lambda: _prompt_rows(bundle, prompt_hashes, compare=published is not None))
    rows += prompts or []
    problems += [
        f"{layout.CANONICAL_DEFINITIONS}: the prompt {row.name} has the SHA-256 {row.value}; frozen is {row.expected}"
        for row in prompts or []
        if row.status == "differs"
    ]
    counts = _counts(bundle, gather, problems)
    expected_counts = {} if published is None else {field: published[key] for key, field in _PUBLISHED_COUNTS}
    for name, value in counts.items():
        expected = expected_counts.get(name)
        status = "not compared" if expected is None else "ok" if expected == value else "differs"
        rows.append(InspectionRow("count", name, value, expected, status))
        if status == "differs":
            problems.append(f"{name} is {value}; published is {expected}")
    for label, file, key in (
        ("prepared_at_utc", layout.FREEZE_MANIFEST, "prepared_at_utc"),
        ("report_schema_version", layout.VALIDATION_REPORT, "report_schema_version"),
    ):
        text = gather.get(lambda file=file, key=key: _text(bundle, file, key))  # type: ignore[misc]
        if text is not None:
            rows.append(InspectionRow("text", label, text, None, "not compared"))
    errors = tuple(_without_repeats(gather.errors))
    not_checked = () if published is not None else ("prompts and counts against the release's: this is a demo bundle",)
    details = [line for row in prompts or [] for line in _prompt_lines(row)]
    return CheckResult(tuple(rows), {}, tuple(problems), errors, details=tuple(details), not_checked=not_checked)


_PROMPT_WORDS: Final = {
    "ok": "agrees with the frozen one",
    "differs": "DIFFERS from the frozen one",
    "not compared": "not compared",
}


def _prompt_lines(row: InspectionRow) -> list[str]:
    """A prompt for a reader, indented, with what its hash says."""
    text = row.text or ""
    return [f"prompt {row.name} (SHA-256 {_PROMPT_WORDS[row.status]}):", *(f"    {line}" for line in text.splitlines())]


def _without_repeats(errors: list[str]) -> list[str]:
    """A missing file is said once, not again by each reader that wanted it."""
    said = {error.split(": ")[0] for error in errors if ": missing, or not" in error}
    return [error for error in errors if not (error.endswith(": missing") and error.removesuffix(": missing") in said)]


def _text(bundle: Bundle, file: str, key: str) -> str:
    value = dig(bundle.json(file), (key,), file)
    if not isinstance(value, str):
        raise BundleError(f"{file}: {key}: expected a text")
    return value


def _prompt_rows(bundle: Bundle, hashes: Mapping[str, str], *, compare: bool) -> list[InspectionRow]:
    """Every prompt of the registry with its hash; those with a frozen hash are compared."""
    registry = dig(bundle.json(layout.CANONICAL_DEFINITIONS), ("prompt_registry",), layout.CANONICAL_DEFINITIONS)
    place = f"{layout.CANONICAL_DEFINITIONS}: prompt_registry"
    if not isinstance(registry, dict) or not all(isinstance(text, str) for text in registry.values()):
        raise BundleError(f"{place}: expected an object of texts")
    missing = [name for name in hashes if name not in registry]
    if missing:
        raise BundleError([f"{place}.{name}: missing" for name in missing])
    rows = []
    for name, text in registry.items():
        actual = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        expected = hashes.get(name)
        status = "not compared" if expected is None or not compare else "ok" if actual == expected else "differs"
        rows.append(InspectionRow("prompt", name, actual, expected, status, text))
    return rows


def _counts(bundle: Bundle, gather: Gatherer, problems: list[str]) -> dict[str, int]:
    """Counts of sources, pairs and rows; where two files state the same thing, they must agree."""
    counts: dict[str, int] = {}
    core = gather.get(lambda: common_core_sources(bundle))
    evaluated = gather.get(
        lambda: string_list(
            bundle.json_object(layout.EVALUATION_SUBSET).get("source_ids"), f"{layout.EVALUATION_SUBSET}: source_ids"
        )
    )
    passed = gather.get(lambda: passed_pairs(bundle))
    if core is not None and evaluated is not None:
        problems += [
            f"{layout.COMMON_CORE_SUBSET}: the source {source_id} is not in {layout.EVALUATION_SUBSET}"
            for source_id in sorted(core - set(evaluated))
        ]
    if passed is not None:
        counts["qc_passed_pairs"] = len(passed)
        for label, sources in (("evaluation", evaluated), ("common_core", core)):
            if sources is not None:
                held = frozenset(sources)
                counts[f"{label}_sources"] = len(held)
                counts[f"{label}_pairs"] = sum(pair_id.rpartition("__")[0] in held for pair_id in passed)
    attempted = gather.get(lambda: read_qc_rows(bundle, layout.QC_METADATA, problems))
    if attempted is not None:
        counts["attempted_qc_rows"] = len(attempted)
    for panel in layout.MAIN_PANELS:
        listed = gather.get(lambda panel=panel: bundle.json_list(layout.panel_pairs(panel)))  # type: ignore[misc]
        if listed is not None and passed is not None and core is not None:
            problems += _panel_pair_problems(
                layout.panel_pairs(panel), listed, {p for p in passed if p.rpartition("__")[0] in core}
            )
    intersection = gather.get(lambda: intersection_pairs(bundle))
    if intersection is not None:
        counts["all_model_intersection_pairs"] = len(intersection)
        if passed is not None:
            problems += [
                f"{layout.INTERSECTION_MANIFEST}: {pair_id} is not QC-passed"
                for pair_id in sorted(intersection - passed)
            ]
        stated = gather.get(lambda: frozen_intersection_count(bundle))
        if stated is not None and stated != len(intersection):
            problems.append(
                f"{layout.SUMMARY}: all-model intersection of {stated} pairs; {layout.INTERSECTION_MANIFEST} lists {len(intersection)}"
            )
    return counts


def _panel_pair_problems(name: str, rows: list[Any], core_pairs: set[str]) -> list[str]:
    """A panel must list the QC-passed pairs of the common core and nothing else."""
    listed = [row.get("pair_id") if isinstance(row, dict) else None for row in rows]
    ids = {pair_id for pair_id in listed if isinstance(pair_id, str)}
    problems = []
    if len(listed) != len(core_pairs):
        problems.append(f"{name}: {len(listed)} pairs; the common core has {len(core_pairs)}")
    problems += [f"{name}: {pair_id} is no QC-passed pair of the common core" for pair_id in sorted(ids - core_pairs)]
    problems += [f"{name}: {pair_id} of the common core is missing" for pair_id in sorted(core_pairs - ids)]
    return problems
