"""What a bundle contains: required files, frozen prompts, and the counts that other checks rely on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.panel_lists import intersection_problems, pair_problems, row_problems
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.croissant import check_croissant
from spinefairbench.bundle.dataset import passed_pairs, read_qc_rows
from spinefairbench.bundle.frozen_table import frozen_intersection_count
from spinefairbench.bundle.json_values import text_at, value_at
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.panel_pairs import listed_pairs, panel_rows
from spinefairbench.bundle.published import published
from spinefairbench.bundle.reader_study import reviewer_files
from spinefairbench.bundle.reports import common_core_sources
from spinefairbench.bundle.required_files import open_required, required_files
from spinefairbench.bundle.scopes import intersection_pairs, unpassed_problems
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.problems import Problem, ProblemKind, Reference, expect, missing

__all__ = ["InspectionRow", "check"]

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
    """One item inspected. `kind` is file, prompt, count or text; `status` is ok, missing, unusable, differs or not compared.

    A file is unusable where it is not what its name says. For a prompt, `value` and `expected` are SHA-256 (hexadecimal) and `text` is the prompt itself.
    """

    kind: str
    name: str
    value: Any
    expected: Any
    status: str
    text: str | None = None


def check(inputs: Inputs) -> CheckResult:
    """List required files, prompts, counts and versions, and compare them with those of the release.

    Nothing of a demo bundle is compared. Whatever is missing or cannot be read is an error of the result.
    """
    bundle = inputs.bundle
    released = inputs.published("counts")
    collector = ErrorCollector()
    problems: list[Problem] = []
    rows: list[InspectionRow] = []
    required = required_files(bundle)
    if bundle.exists(layout.READER_MANIFEST):
        required += collector.get(reviewer_files, bundle) or []
    for name in required:
        status = "ok"
        if not bundle.exists(name):
            status = "missing"
            said = "missing, or not a regular file of the bundle; every bundle has it"
            collector.add([Problem(name, said, ProblemKind.MISSING)])
        else:
            try:
                open_required(bundle, name)
            except BundleError as error:
                status = "unusable"
                collector.add(error.problems)
        rows.append(InspectionRow("file", name, None, None, status))
    prompts = collector.get(_prompt_rows, bundle, published("frozen_prompt_sha256"), compare=released is not None)
    rows += prompts or []
    for row in prompts or []:
        if row.status == "differs":
            problems += expect(
                row.value,
                row.expected,
                name=f"the SHA-256 of the prompt {row.name}",
                place=layout.CANONICAL_DEFINITIONS,
                reference=Reference.FROZEN,
            )
    counts = _counts(bundle, collector, problems)
    published_key = {} if released is None else {field: key for key, field in _PUBLISHED_COUNTS}
    for name, value in counts.items():
        if released is None or name not in published_key:
            rows.append(InspectionRow("count", name, value, None, "not compared"))
            continue
        key = published_key[name]
        found = released.expect(key, value, name=name)
        rows.append(InspectionRow("count", name, value, released[key], "differs" if found else "ok"))
        problems += found
    for key, file in (
        ("prepared_at_utc", layout.FREEZE_MANIFEST),
        ("report_schema_version", layout.VALIDATION_REPORT),
    ):
        text = collector.get(_text, bundle, file, key)
        if text is not None:
            rows.append(InspectionRow("text", key, text, None, "not compared"))
    described = collector.get(check_croissant, bundle)
    if described is not None:
        problems += described.problems
    errors = tuple(_without_repeats(collector.errors))
    not_checked: tuple[str, ...] = (
        () if released is not None else ("prompts and counts against the release's: this is a demo bundle",)
    )
    details = [line for row in prompts or [] for line in _prompt_lines(row)]
    if described is not None:
        not_checked = (*not_checked, *described.not_checked)
    return CheckResult(
        tuple(rows),
        {} if described is None else described.counts,
        tuple(problems),
        errors,
        details=tuple(details),
        not_checked=not_checked,
    )


_PROMPT_WORDS: Final = {
    "ok": "agrees with the frozen one",
    "differs": "DIFFERS from the frozen one",
    "not compared": "not compared",
}


def _prompt_lines(row: InspectionRow) -> list[str]:
    """A prompt for a reader, indented, with what its hash says."""
    text = row.text or ""
    return [f"prompt {row.name} (SHA-256 {_PROMPT_WORDS[row.status]}):", *(f"    {line}" for line in text.splitlines())]


def _without_repeats(errors: list[Problem]) -> list[Problem]:
    """Name a missing file once, in the words that came first, and not again for each reader that wanted it."""
    told: set[str] = set()
    kept = []
    for error in errors:
        if error.kind is not ProblemKind.MISSING or error.place not in told:
            kept.append(error)
        if error.kind is ProblemKind.MISSING:
            told.add(error.place)
    return kept


def _text(bundle: Bundle, file: str, key: str) -> str:
    text = text_at(bundle.json(file), (key,), file)
    if not text.strip():
        raise BundleError(Problem(f"{file}: {key}", "empty; expected a text"))
    return text


def _prompt_rows(bundle: Bundle, hashes: Mapping[str, str], *, compare: bool) -> list[InspectionRow]:
    """Every prompt of the registry with its hash; those with a frozen hash are compared."""
    registry = value_at(bundle.json(layout.CANONICAL_DEFINITIONS), ("prompt_registry",), layout.CANONICAL_DEFINITIONS)
    place = f"{layout.CANONICAL_DEFINITIONS}: prompt_registry"
    if not isinstance(registry, dict) or not all(isinstance(text, str) for text in registry.values()):
        raise BundleError(Problem(place, "expected an object of texts"))
    absent = [name for name in hashes if name not in registry]
    if absent:
        raise BundleError([missing(f"{place}.{name}") for name in absent])
    rows = []
    for name, text in registry.items():
        if not text.strip():
            raise BundleError(Problem(f"{place}.{name}", "empty; expected a prompt"))
        actual = sha256_of_bytes(text.encode("utf-8", "surrogatepass"))
        expected = hashes.get(name)
        status = "not compared" if expected is None or not compare else "ok" if actual == expected else "differs"
        rows.append(InspectionRow("prompt", name, actual, expected, status, text))
    return rows


def _counts(bundle: Bundle, collector: ErrorCollector, problems: list[Problem]) -> dict[str, int]:
    """Counts of sources, pairs and rows; where two files state the same thing, they must agree."""
    counts: dict[str, int] = {}
    core = collector.get(common_core_sources, bundle)
    evaluated = collector.get(bundle.strings, layout.EVALUATION_SUBSET, "source_ids")
    passed = collector.get(passed_pairs, bundle)
    if core is not None and evaluated is not None:
        problems += [
            Problem(layout.COMMON_CORE_SUBSET, f"the source {source_id} is not in {layout.EVALUATION_SUBSET}")
            for source_id in sorted(core - set(evaluated))
        ]
    if passed is not None:
        counts["qc_passed_pairs"] = len(passed)
        for label, sources in (("evaluation", evaluated), ("common_core", core)):
            if sources is not None:
                held = frozenset(sources)
                counts[f"{label}_sources"] = len(held)
                counts[f"{label}_pairs"] = sum(source_of(pair_id) in held for pair_id in passed)
    attempted = collector.get(read_qc_rows, bundle, layout.QC_METADATA, problems)
    if attempted is not None:
        counts["attempted_qc_rows"] = len(attempted)
    core_pairs = None if passed is None or core is None else {p for p in passed if source_of(p) in core}
    passed_rows = collector.get(read_qc_rows, bundle, layout.QC_PASSED, [])
    metadata = _metadata_rows(collector.get(bundle.json_list, layout.SOURCE_METADATA) or [])
    for panel in layout.MAIN_PANELS:
        rows = collector.get(panel_rows, bundle, panel, problems)
        listed = None if rows is None else collector.get(listed_pairs, bundle, rows)
        if listed is not None and core_pairs is not None:
            problems += pair_problems(layout.panel_pairs(panel), listed, core_pairs)
        problems += row_problems(rows or [], passed_rows or {}, metadata)
    intersection = collector.get(intersection_pairs, bundle)
    if intersection is not None:
        counts["all_model_intersection_pairs"] = len(intersection)
        if passed is not None:
            problems += unpassed_problems(intersection, passed)
        if core_pairs is not None and passed is not None:
            problems += intersection_problems(intersection, core_pairs, passed)
        stated = collector.get(frozen_intersection_count, bundle)
        if stated is not None and stated != len(intersection):
            problems.append(
                Problem(
                    layout.SUMMARY,
                    f"all-model intersection of {stated} pairs; {layout.INTERSECTION_MANIFEST} lists {len(intersection)}",
                )
            )
    return counts


def _metadata_rows(rows: Sequence[Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """{source_id: (place, row)} of the source metadata, the first row of each; what is wrong with one is told elsewhere."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for index, row in enumerate(rows):
        if isinstance(row, dict) and isinstance(row.get("source_id"), str):
            found.setdefault(row["source_id"], (f"{layout.SOURCE_METADATA}: [{index}]", row))
    return found
