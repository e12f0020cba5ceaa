"""The released dataset, checked against its own manifests: rows, images, source lists, counts."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.quality_control import check_measures
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle, is_dataset_alone
from spinefairbench.bundle.dataset import QcRow, read_qc_rows
from spinefairbench.bundle.json_values import count_at
from spinefairbench.bundle.metadata_agreement import list_problems
from spinefairbench.bundle.published import Figures
from spinefairbench.errors import BundleError, ErrorCollector
from spinefairbench.files.hashing import is_sha256
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, Reference, counted, expect, missing, shortened, unreadable

__all__ = ["DatasetRow", "check"]

_MANIFEST_COUNTS: Final = (
    (("counterfactual_images", "included_png_count"), "released_pngs"),
    (("pair_manifests", "qc_passed_pair_rows"), "qc_passed_rows"),
    (("pair_manifests", "attempted_qc_rows"), "attempted_qc_rows"),
    (("pair_manifests", "source_level_rows"), "source_rows"),
    (("source_radiographs", "source_png_files_in_public_bundle"), "raw_source_pngs"),
)
_SHA256: Final = "counterfactual_image_sha256"
_PUBLISHED_COUNTS: Final = (
    ("released_png_count", "released_pngs"),
    ("qc_passed_pair_count", "qc_passed_rows"),
    ("attempted_qc_rows", "attempted_qc_rows"),
    ("source_png_count", "raw_source_pngs"),
)
_PUBLISHED_SOURCES: Final = (
    ("filtered_source_count", "attempted_sources"),
    ("qc_passed_source_count", "sources_with_qc_passed_pair"),
    ("failed_qc_only_source_count", "failed_qc_only_sources"),
)


@dataclass(frozen=True)
class DatasetRow:
    """Counts of what is on disk; `raw_source_pngs` are PNGs under dataset/ that are no pair's edited image."""

    released_pngs: int
    qc_passed_rows: int
    attempted_qc_rows: int
    source_rows: int
    raw_source_pngs: int


def check(inputs: Inputs) -> CheckResult:
    """Check the dataset's rows, images, source lists and counts against its manifests.

    A file that is missing or cannot be read is an error of the result.
    """
    if not is_dataset_alone(inputs.bundle.root):
        return _check_dataset(inputs.bundle, inputs.published("counts"))
    # A folder that holds a dataset and nothing else (a generator's output, say) claims no published count.
    result = _check_dataset(inputs.bundle, None)
    said = "the published counts: this is a dataset alone and no release; it was checked against its own manifest"
    return replace(result, not_checked=(*result.not_checked, said))


def _check_dataset(bundle: Bundle, published: Figures | None) -> CheckResult:
    collector = ErrorCollector()
    problems: list[Problem] = []
    attempted = collector.get(read_qc_rows, bundle, layout.QC_METADATA, problems)
    passed = collector.get(read_qc_rows, bundle, layout.QC_PASSED, problems)
    sources = {name: collector.get(bundle.json_list, name) for name in (layout.PAIRS, layout.SOURCE_METADATA)}
    manifest = collector.get(bundle.json_object, layout.RELEASE_MANIFEST)
    images = collector.get(_png_sizes, bundle, problems)

    attempted_passed = [row for row in (attempted or {}).values() if row.passed]
    with_passed = {row.source_id for row in attempted_passed}
    if attempted is not None and passed is not None:
        problems += _passed_problems(attempted, passed)
    if attempted is not None:
        for name, rows in sources.items():
            if rows is not None:
                problems += _source_problems(name, rows, attempted)
    problems += list_problems({name: rows for name, rows in reversed(sources.items()) if rows is not None})
    quality = check_measures((attempted or {}).values(), released=published is not None)
    problems += quality.problems
    raw_source_pngs = 0
    if images is not None and attempted is not None:
        extra = [path for path in images if not _is_pair_image(path)]
        raw_source_pngs = len(extra)
        problems += _image_problems(attempted_passed, images)
        problems += _content_problems(bundle, attempted_passed, images)
    counts = DatasetRow(
        released_pngs=len(images or {}) - raw_source_pngs,
        qc_passed_rows=len(passed or {}),
        attempted_qc_rows=len(attempted or {}),
        source_rows=len(sources[layout.SOURCE_METADATA] or []),
        raw_source_pngs=raw_source_pngs,
    )
    attempted_sources = {row.source_id for row in (attempted or {}).values()}
    summary = {
        "attempted_sources": len(attempted_sources),
        "sources_with_qc_passed_pair": len(with_passed),
        "failed_qc_only_sources": len(attempted_sources - with_passed),
    }
    if manifest is not None:
        problems += _count_problems(manifest, counts if not collector.errors else None)
        problems += _arm_problems(manifest)
    if published is not None and not collector.errors:
        for key, field in _PUBLISHED_COUNTS:
            problems += published.expect(key, getattr(counts, field), name=field)
        for key, name in _PUBLISHED_SOURCES:
            problems += published.expect(key, summary[name], name=name)
    unstated = sum(row.raw.get(_SHA256) is None for row in attempted_passed)
    of = "" if unstated == len(attempted_passed) else f" of {counted(unstated, 'image')} whose row states no SHA-256"
    contents = (
        (f"image contents{of}: only their sizes were compared (`checksums` establishes contents)",) if unstated else ()
    )
    return CheckResult(
        (counts,),
        summary | {"qc_rows_decided_by_measures": quality.decided},
        tuple(problems),
        tuple(collector.errors),
        notes=tuple(quality.notes),
        not_checked=(*contents, *(quality.not_checked if attempted is not None else ())),
    )


def _arm_problems(manifest: Mapping[str, Any]) -> list[Problem]:
    """The images of a control arm of the generator have the names of edits and are none."""
    made_by = manifest.get("generator")
    arm = made_by.get("arm", "edit") if isinstance(made_by, dict) else "edit"
    if arm == "edit":
        return []
    said = f"the images are of the control arm {shortened(arm)}: made with the prompts of no edit"
    return [Problem(layout.RELEASE_MANIFEST, said)]


def _passed_problems(attempted: Mapping[str, QcRow], passed: Mapping[str, QcRow]) -> list[Problem]:
    """The passed manifest must hold exactly the passed rows."""
    problems = []
    for pair_id, row in passed.items():
        own = attempted.get(pair_id)
        if own is None:
            problems.append(Problem(layout.QC_PASSED, f"{pair_id} is not in {layout.QC_METADATA}"))
        elif not own.passed:
            problems.append(Problem(layout.QC_PASSED, f"{pair_id} did not pass in {layout.QC_METADATA}"))
        elif row.raw != own.raw:
            keys = sorted(k for k in {*row.raw, *own.raw} if row.raw.get(k) != own.raw.get(k))
            problems.append(
                Problem(
                    layout.QC_PASSED,
                    f"{pair_id} differs from its row in {layout.QC_METADATA}: {', '.join(keys) or 'a null value'}",
                )
            )
    problems += [
        Problem(layout.QC_PASSED, f"{pair_id} passed in {layout.QC_METADATA}, but is missing here")
        for pair_id, row in attempted.items()
        if row.passed and pair_id not in passed
    ]
    return problems


def _image_problems(passed: Sequence[QcRow], images: Mapping[str, int]) -> list[Problem]:
    problems = []
    expected = set()
    for row in passed:
        path = layout.image_path(row.source_id, row.edit_label)
        expected.add(path)
        stated = row.raw.get("counterfactual_image_path")
        if stated != path:
            problems.append(
                Problem(
                    f"{layout.QC_METADATA}: {row.pair_id}",
                    f"counterfactual_image_path is {shortened(stated)}; expected {path!r}",
                )
            )
        size = row.raw.get("counterfactual_image_size_bytes")
        if isinstance(size, bool) or not isinstance(size, int):
            problems.append(
                Problem(
                    f"{layout.QC_METADATA}: {row.pair_id}",
                    f"counterfactual_image_size_bytes: expected a whole number, found {shortened(size)}",
                )
            )
        if path not in images:
            problems.append(missing(path))
        elif size != images[path]:
            problems.append(Problem(path, f"{images[path]} bytes; {layout.QC_METADATA} says {shortened(size)}"))
    for path in sorted(images.keys() - expected):
        what = (
            "an edited image of no QC-passed pair"
            if _is_pair_image(path)
            else "must not be here: no pair's edited image"
        )
        problems.append(Problem(path, what))
    return problems


def _content_problems(bundle: Bundle, passed: Sequence[QcRow], images: Mapping[str, int]) -> list[Problem]:
    """What differs from the SHA-256 that its row states: another image may have the same size."""
    problems = []
    for row in passed:
        stated, path = row.raw.get(_SHA256), layout.image_path(row.source_id, row.edit_label)
        if stated is None:
            continue
        if not isinstance(stated, str) or not is_sha256(stated):
            said = f"{_SHA256}: expected 64 hexadecimal digits, found {shortened(stated)}"
            problems.append(Problem(f"{layout.QC_METADATA}: {row.pair_id}", said))
        elif path in images:
            try:
                found = bundle.sha256(path)
            except BundleError as error:
                problems += error.problems
                continue
            if found != stated:
                problems.append(Problem(path, f"SHA-256 is {found}; {layout.QC_METADATA} says {stated}"))
    return problems


def _is_pair_image(path: str) -> bool:
    parts = path.removeprefix(layout.COUNTERFACTUAL_IMAGES + "/").split("/")
    return (
        path.startswith(layout.COUNTERFACTUAL_IMAGES + "/")
        and len(parts) == 2
        and parts[1].removesuffix(".png") in layout.EDIT_LABELS
        and parts[1].endswith(".png")
    )


def _png_sizes(bundle: Bundle, problems: list[Problem]) -> dict[str, int]:
    """{path: bytes} of every PNG below dataset/; links are faults and not followed. Raises BundleError."""
    sizes: dict[str, int] = {}
    bundle.locate(f"{layout.DATASET}/any")  # links on the way there are refused; further down, none is followed
    folders = [layout.DATASET]
    while folders:
        folder = folders.pop()
        try:
            # Names that no manifest may hold are looked at too: what lies there is what must be told.
            entries = sorted(os.scandir(os.path.join(bundle.root, folder)), key=lambda entry: entry.name)
        except OSError as error:
            raise BundleError(unreadable(folder, reason(error))) from None
        for entry in entries:
            path = f"{folder}/{entry.name}"
            if entry.is_symlink():
                problems.append(Problem(path, f"is a link; expected plain files and folders below {layout.DATASET}/"))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif entry.name.lower().endswith(".png"):
                sizes[path] = entry.stat(follow_symlinks=False).st_size
    return sizes


def _source_problems(name: str, rows: list[Any], attempted: Mapping[str, QcRow]) -> list[Problem]:
    """A source list must map each source to exactly its passed edits and their images."""
    expected: dict[str, dict[str, str]] = {}
    for row in attempted.values():
        edits = expected.setdefault(row.source_id, {})
        if row.passed:
            edits[row.edit_label] = layout.image_path(row.source_id, row.edit_label)
    problems = []
    listed: set[str] = set()
    for index, row in enumerate(rows):
        place = f"{name}: [{index}]"
        source_id = row.get("source_id") if isinstance(row, dict) else None
        if not isinstance(source_id, str):
            problems.append(Problem(place, "expected an object with a source_id"))
            continue
        if source_id in listed:
            problems.append(Problem(place, f"duplicate source_id {source_id}"))
        listed.add(source_id)
        if source_id not in expected:
            problems.append(Problem(place, f"the source {source_id} has no row in {layout.QC_METADATA}"))
            continue
        own = expected[source_id]
        if row.get("counterfactual_images") != own:
            problems.append(
                Problem(place, f"counterfactual_images of {source_id} are not its passed edits ({_listing(own)})")
            )
        edits = row.get("qc_passed_counterfactuals")
        if not isinstance(edits, list) or sorted(map(shortened, edits)) != sorted(map(shortened, own)):
            problems.append(
                Problem(place, f"qc_passed_counterfactuals of {source_id} are not its passed edits ({_listing(own)})")
            )
    problems += [
        Problem(name, f"the source {source_id} is missing; it has passed edits ({_listing(edits)})")
        for source_id, edits in expected.items()
        if edits and source_id not in listed
    ]
    return problems


def _listing(edits: Mapping[str, str]) -> str:
    return ", ".join(sorted(edits)) or "none"


def _count_problems(manifest: Mapping[str, Any], counts: DatasetRow | None) -> list[Problem]:
    """Counts that are missing or no counts, and those that differ from `counts`, if all could be counted."""
    problems: list[Problem] = []
    collector = ErrorCollector()
    for keys, field in _MANIFEST_COUNTS:
        stated = collector.get(count_at, manifest, keys, layout.RELEASE_MANIFEST)
        if stated is not None and counts is not None:
            problems += expect(
                stated,
                getattr(counts, field),
                name=".".join(keys),
                place=layout.RELEASE_MANIFEST,
                reference=Reference.COUNTED,
            )
    return [*collector.errors, *problems]
