"""A radiograph and its mask are read together, and what does not agree between them is told."""

from pathlib import Path

from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.found_sources import FoundSource
from spinefairbench.generator.source_images import read_source

from .conftest import needs_libraries, save


@needs_libraries
def test_a_mask_that_is_turned_otherwise_than_its_radiograph_is_told(tmp_path: Path) -> None:
    import numpy
    from PIL import Image

    exif = Image.Exif()
    exif[274] = 3
    values = numpy.arange(48 * 64, dtype=numpy.uint16).reshape(48, 64)
    source = save(tmp_path / "a.png", values, exif=exif)
    mask = save(tmp_path / "m.png", values > 9)
    _, warnings = read_source(FoundSource("a", source, mask), InferenceConfig())
    assert warnings == [
        "mask-orientation: the orientation tags of a.png and m.png differ; each was turned as its own says"
    ]
