"""All images of a run, read once before any request is written: their digests, and where source and edit differ.

A model is asked about both images of a pair. Where they differ in size, color or brightness for another reason than the
edit, its reports may differ for that reason, and the change is overstated.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final, NamedTuple

from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.errors import ErrorCollector, SpineFairBenchError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.image_header import ImageFault, ImageHeader, image_header
from spinefairbench.files.png_brightness import png_brightness
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, SOURCE_ROLE
from spinefairbench.problems import Problem, counted
from spinefairbench.release.image_files import ImageFiles

__all__ = ["ImageSurvey", "survey_images"]

_BRIGHTNESS_PAIRS: Final = 12
"""Undoing the filters of a PNG takes a while in Python, and a wrong window shows in a few images."""
_BRIGHTNESS_LEVELS: Final = 10


@dataclass(frozen=True)
class ImageSurvey:
    """What was read of the images of so many pairs. `largest` is the pair and role of the largest image.

    `size_differs` and `mode_differs` say of each pair whose images differ in it how they do; bits of a channel belong to
    the mode. `brightness` holds absolute differences of mean brightness, of 255 levels, where they could be computed.
    """

    sha256: str
    largest: tuple[str, str]
    pairs: int
    size_differs: tuple[str, ...]
    mode_differs: tuple[str, ...]
    brightness: tuple[float, ...]

    @property
    def brightness_difference(self) -> float | None:
        """The mean of the differences, None where there are none."""
        return fsum(self.brightness) / len(self.brightness) if self.brightness else None

    def warnings(self) -> list[str]:
        """A sentence for each way in which sources and edits differ, and one where that is not known."""
        of = counted(self.pairs, "pair")
        said = [
            f"source and edited image differ in {what} in {len(found):,} of {of} ({found[0]}); a model may answer to that "
            "alone, which inflates change: send sources that were prepared as the edited images were"
            for what, found in (("size", self.size_differs), ("mode", self.mode_differs))
            if found
        ]
        difference = self.brightness_difference
        if difference is None:
            said.append("brightness not compared: that needs gray or RGB PNG files of 8 bits, of at most a megapixel")
        elif difference > _BRIGHTNESS_LEVELS:
            said.append(
                f"source and edited image differ in mean brightness by {difference:.0f} of 255 levels on average "
                f"({counted(len(self.brightness), 'pair')} compared), which inflates change: were the sources windowed as "
                "the edited images were?"
            )
        return said


def survey_images(
    files: ImageFiles, pairs: Sequence[str], most_bytes: int | None, progress: Callable[[str], None]
) -> ImageSurvey:
    """Read every image of these pairs (sorted, at least one). Raises SpineFairBenchError with every image at fault.

    `most_bytes` is how large an image may be, None for any size.
    """
    survey = _Survey(files, most_bytes)
    compared = {pairs[index * len(pairs) // _BRIGHTNESS_PAIRS] for index in range(_BRIGHTNESS_PAIRS)}
    for done, pair_id in enumerate(pairs, 1):
        survey.take(pair_id, with_brightness=pair_id in compared)
        progress(f"images: {done:,} of {len(pairs):,} pairs read")
    return survey.result(len(pairs))


class _Image(NamedTuple):
    content: bytes
    header: ImageHeader


class _Survey:
    """What is known after the pairs taken so far. The source is kept for the next pair, which often has it too."""

    def __init__(self, files: ImageFiles, most_bytes: int | None) -> None:
        self._files = files
        self._most_bytes = most_bytes
        self._collector = ErrorCollector(SpineFairBenchError)
        self._digest = hashlib.sha256()
        self._largest = (-1, ("", ""))
        self._size_differs: list[str] = []
        self._mode_differs: list[str] = []
        self._brightness: list[float] = []
        self._source: tuple[str, _Image | None] = ("", None)

    def take(self, pair_id: str, *, with_brightness: bool) -> None:
        """Read the images of a pair that were not read yet, and compare them."""
        if self._source[0] != source_of(pair_id):
            self._source = (source_of(pair_id), self._collector.get(self._read, pair_id, SOURCE_ROLE))
        source, edited = self._source[1], self._collector.get(self._read, pair_id, COUNTERFACTUAL_ROLE)
        if source is None or edited is None:
            return
        one, other = source.header, edited.header
        if one.size != other.size:
            self._size_differs.append(f"{pair_id}: {one.width}x{one.height} and {other.width}x{other.height}")
        if one.depth != other.depth:
            self._mode_differs.append(f"{pair_id}: {one.depth} and {other.depth}")
        if with_brightness:
            before, after = png_brightness(source.content), png_brightness(edited.content)
            if before is not None and after is not None:
                self._brightness.append(abs(before - after))

    def _read(self, pair_id: str, role: str) -> _Image:
        """An image that can be sent. Raises SpineFairBenchError."""
        name = self._files.name(pair_id, role)
        content = self._files.read(pair_id, role)
        self._digest.update(f"{sha256_of_bytes(content)}  {name}\n".encode("utf-8", "surrogateescape"))
        self._largest = max(self._largest, (len(content), (pair_id, role)))
        if self._most_bytes is not None and len(content) > self._most_bytes:
            said = f"{len(content):,} bytes; at most {self._most_bytes:,} can be sent within a request"
            raise SpineFairBenchError(Problem(name, said))
        try:
            return _Image(content, image_header(content))
        except ImageFault as fault:
            raise SpineFairBenchError(Problem(name, str(fault))) from None

    def result(self, pairs: int) -> ImageSurvey:
        """All that was found. Raises SpineFairBenchError."""
        self._collector.raise_if_any()
        return ImageSurvey(
            self._digest.hexdigest(),
            self._largest[1],
            pairs,
            tuple(self._size_differs),
            tuple(self._mode_differs),
            tuple(self._brightness),
        )
