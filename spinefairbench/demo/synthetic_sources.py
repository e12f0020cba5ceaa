"""The synthetic sources: their ids, metadata, quality-control rows and edited images.

A source depends only on the seed and its index, so a larger bundle starts with the sources of a smaller one. The few
edits that fail quality control are at fixed indexes, which give the release's own counts at the release's size: 2,987
sources attempted, 2,950 with a passed pair, and 11,795 passed pairs of 11,948, of which 7,996 are in an evaluation
subset of 2,000 sources and 3,998 in a common core of 1,000.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from spinefairbench.bundle.layout import EDIT_LABELS, image_path
from spinefairbench.bundle.pair_ids import pair_id_of
from spinefairbench.bundle.pathology import NO_FINDING_INDEX
from spinefairbench.bundle.source_ids import VINDR, dataset_of
from spinefairbench.demo.keyed_draws import Draws
from spinefairbench.files.png import grayscale_png
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES

__all__ = ["Source", "failed_only_sources", "image", "pathology_labels", "qc_row", "source_row", "sources"]

_FAILED_EDITS: Final = {
    4: "young_male", 511: "elderly_female", 1203: "young_female", 1717: "elderly_male", 2468: "young_male",
}  # fmt: skip
"""{index of a source: the one edit that fails for it}."""

_FAILED_ONLY_PERIOD: Final = 79
_FAILED_ONLY_FIRST: Final = 30

_WIDTH: Final = 18
_HEIGHTS: Final = (11, 16)

_SSIM_FLOOR: Final = 0.70
_EDGE_FLOOR: Final = 0.276
_LPIPS_CEILING: Final = 0.40


_ANY_FINDING: Final = 94 / 181
_FINDING: Final = 0.15
_SPONDYLOLISTHESIS: Final = DIAGNOSTIC_CATEGORIES.index("Spondylolisthesis")
_FINDING_CHANCES: Final = {_SPONDYLOLISTHESIS: 0.4}
"""Often enough that a small bundle has it: what was published of it has a misspelling to find."""


class Source(NamedTuple):
    """A source; `passed` are those of its four edits that passed quality control."""

    number: int
    source_id: str
    age: float
    sex: str
    passed: tuple[str, ...]

    def pair_id(self, edit: str) -> str:
        """The id of the pair with this edit."""
        return pair_id_of(self.source_id, edit)

    @property
    def passed_pairs(self) -> list[str]:
        """The ids of the passed pairs."""
        return [self.pair_id(edit) for edit in self.passed]


def sources(count: int, seed: int) -> Iterator[Source]:
    """`count` sources, each with at least one passed pair."""
    for index in range(count):
        failed = _FAILED_EDITS.get(index)
        yield _source(index, seed, "source", tuple(edit for edit in EDIT_LABELS if edit != failed))


def failed_only_sources(count: int, seed: int) -> Iterator[Source]:
    """The sources that were attempted alongside `count` good ones and have no passed pair."""
    for index in range(_FAILED_ONLY_FIRST, count, _FAILED_ONLY_PERIOD):
        yield _source(index, seed, "failed", ())


def _source(index: int, seed: int, kind: str, passed: tuple[str, ...]) -> Source:
    draws = Draws(seed, kind, index)
    female = draws.chance(0.55)
    age = draws.between(18, 88)
    if draws.chance(0.3):
        source_id = "vindr_" + "".join(f"{draws.next():04x}" for _ in range(8))
        # The files of this collection often lack both fields; 45.0 and 0 may stand for an unknown age.
        known_age = float(draws.choice((age, age, 45, 0)))
        return Source(index, source_id, known_age, "F" if female else draws.choice(("M", "O", "")), passed)
    if draws.chance(0.02):
        age = 0
    # The two kinds of source get even and odd numbers, so that no id occurs twice.
    number = 2 * index + (kind == "failed")
    source_id = f"buu_{number:04d}-{'F' if female else 'M'}-{age:03d}Y0"
    return Source(index, source_id, float(age), "F" if female else "M", passed)


def qc_row(source: Source, edit: str, seed: int, size: int | None) -> dict[str, Any]:
    """The quality-control row of one attempted pair; `size` is its image's size in bytes, None if it did not pass."""
    draws = Draws(seed, "qc", source.source_id, edit)
    ssim = draws.decimal(_SSIM_FLOOR + 0.02, 0.995)
    edges = draws.decimal(_EDGE_FLOOR + 0.01, 0.95)
    lpips = draws.decimal(0.02, _LPIPS_CEILING - 0.01)
    if size is None:
        # At least one of the three misses its threshold.
        fault = draws.choice(("ssim", "edges", "both"))
        if fault != "edges":
            ssim = draws.decimal(0.35, _SSIM_FLOOR - 0.01)
        if fault != "ssim":
            edges = draws.decimal(0.05, _EDGE_FLOOR - 0.01)
        lpips = draws.decimal(_LPIPS_CEILING - 0.1, _LPIPS_CEILING + 0.2)
    row: dict[str, Any] = {
        "pair_id": source.pair_id(edit),
        "source_id": source.source_id,
        "edit_label": edit,
        "passed_qc": size is not None,
        "ssim": ssim,
        "edge_preservation": edges,
        "lpips": lpips,
    }
    if size is not None:
        row["counterfactual_image_path"] = image_path(source.source_id, edit)
        row["counterfactual_image_size_bytes"] = size
    return row


def pathology_labels(source: Source, seed: int) -> list[int]:
    """The findings that somebody labelled in a source, as indexes of categories; none where nobody looked at it.

    Only one of the two collections was labelled: about 52% of its sources have a finding, as in the release.
    """
    if dataset_of(source.source_id) != VINDR:
        return []
    draws = Draws(seed, "original labels", source.source_id)
    if not draws.chance(_ANY_FINDING):
        return [NO_FINDING_INDEX]
    findings = [index for index in range(len(DIAGNOSTIC_CATEGORIES)) if index != NO_FINDING_INDEX]
    return [index for index in findings if draws.chance(_FINDING_CHANCES.get(index, _FINDING))] or [_SPONDYLOLISTHESIS]


def source_row(source: Source) -> dict[str, Any]:
    """A source's row in the source lists."""
    return {
        "source_id": source.source_id,
        "dataset": source.source_id.partition("_")[0],
        "source_age": source.age,
        "source_sex": source.sex,
        "qc_passed_counterfactuals": list(source.passed),
        "counterfactual_images": {edit: image_path(source.source_id, edit) for edit in source.passed},
    }


def image(source_id: str, edit: str, seed: int) -> bytes:
    """A small gray PNG: a pale column of blocks on a dark, grainy background.

    The pixels are stored, not compressed, because compressed bytes differ between builds of zlib.
    """
    draws = Draws(seed, "image", source_id, edit)
    height = draws.between(*_HEIGHTS)
    pixels = bytearray()
    for y in range(height):
        body = 168 if y % 5 else 60
        left = 4 + draws.next() % 3
        row = bytearray([24 + draws.next() % 32] * _WIDTH)
        row[left : left + 8] = bytes([body + draws.next() % 64]) * 8
        pixels += row
    return grayscale_png(_WIDTH, height, bytes(pixels), compress=False)
