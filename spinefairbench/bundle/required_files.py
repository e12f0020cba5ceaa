"""The files that every bundle has, and whether each of them holds what its name says."""

import os
from typing import Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import stage1_manifest
from spinefairbench.errors import BundleError
from spinefairbench.files.csv_format import read_csv
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, unreadable

__all__ = ["open_required", "required_files"]

_MOST_TEXT: Final = 256 * 1024 * 1024
_EDGE_BYTES: Final = 4096
_REPORTS: Final = tuple(map(layout.evaluation_results, (*layout.MAIN_PANELS, layout.MITIGATION_PANEL)))
_LINES: Final = ".jsonl"


def required_files(bundle: Bundle) -> list[str]:
    """Every file that a bundle must have, except the per-reviewer ones; of two alternatives, the one that exists."""
    return [
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
        stage1_manifest(bundle) or layout.STAGE1_SAMPLE_MANIFESTS[0],
    ]  # fmt: skip


def open_required(bundle: Bundle, name: str) -> None:
    """Open a file and see that it is of the kind that its name says. Raises BundleError where it is not.

    JSON is parsed, CSV must have a row below its header, a text must be UTF-8 and no blank. Of the report files, which
    are longer than memory, and of JSON Lines only the ends are looked at: the checks that need their rows read them.
    """
    if name in _REPORTS:
        _require_list(bundle, name)
    elif name.endswith(_LINES):
        _require_edges(bundle, name, "JSON Lines", b"{", b"}")
    elif name.endswith(".json"):
        bundle.json(name)
    elif name.endswith(".csv"):
        if not read_csv(bundle, name).rows:
            raise BundleError(Problem(name, "a header and no row; expected at least one"))
    elif not bundle.read_text(name, limit=_MOST_TEXT).strip():
        raise BundleError(Problem(name, "empty; expected a text"))


def _require_list(bundle: Bundle, name: str) -> None:
    start, end = _require_edges(bundle, name, "a JSON list of rows", b"[", b"]")
    # A demo may have no report of the mitigation conditions.
    if bundle.held_to_release and (start[1:].lstrip().startswith(b"]") or b"}" not in end):
        raise BundleError(Problem(name, "a JSON list without a row; expected the reports of a panel"))


def _require_edges(bundle: Bundle, name: str, expected: str, opening: bytes, closing: bytes) -> tuple[bytes, bytes]:
    """The first and the last bytes of a file but for white space. Raises BundleError where they are not as they must be."""
    with bundle.open(name) as handle:
        try:
            start = handle.read(_EDGE_BYTES).lstrip()
            handle.seek(max(os.fstat(handle.fileno()).st_size - _EDGE_BYTES, 0))
            end = handle.read(_EDGE_BYTES).rstrip()
        except OSError as error:
            raise BundleError(unreadable(name, reason(error))) from None
    if not start:
        raise BundleError(Problem(name, f"empty; expected {expected}"))
    for edge, found, wanted in (("begins", start[:1], opening), ("ends", end[-1:], closing)):
        if found != wanted:
            raise BundleError(
                Problem(name, f"no {expected.removeprefix('a ')}: it {edge} with {_shown(found)}, not {_shown(wanted)}")
            )
    return start, end


def _shown(byte: bytes) -> str:
    return repr(byte.decode("ascii", "backslashreplace"))
