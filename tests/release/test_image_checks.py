"""What source and edited images are compared by, and what is said where they differ."""

from collections.abc import Callable
from pathlib import Path

import pytest

from spinefairbench.bundle.artifacts import Bundle, open_bundle
from spinefairbench.bundle.layout import image_path
from spinefairbench.errors import SpineFairBenchError
from spinefairbench.files.png import grayscale_png
from spinefairbench.release.image_checks import ImageSurvey, survey_images
from spinefairbench.release.image_files import ImageFiles
from tests.images import jpeg, png

PAIRS = ["buu_1__elderly_male", "buu_1__young_male", "buu_2__young_male"]


def flat(value: int, width: int = 4, height: int = 4) -> bytes:
    return grayscale_png(width, height, bytes([value]) * (width * height))


Look = Callable[..., ImageSurvey]
"""What the fixture `look` gives."""


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Surveys a made-up bundle of three pairs: images by the name of the pair or source, gray 100 where not given."""

    def survey(most_bytes: int | None = None, **given: bytes) -> ImageSurvey:
        root = tmp_path / "bundle"
        for pair in PAIRS:
            path = root / image_path(*pair.split("__"))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(given.get(pair, flat(100)))
        for source in ("buu_1", "buu_2"):
            (tmp_path / f"{source}.png").write_bytes(given.get(source, flat(100)))
        bundle: Bundle = open_bundle(root)
        files = ImageFiles(bundle, tmp_path, {source: f"{source}.png" for source in ("buu_1", "buu_2")})
        return survey_images(files, PAIRS, most_bytes, lambda _: None)

    return survey


def test_images_that_are_alike_give_no_warning(look: Look) -> None:
    survey = look()
    assert (survey.size_differs, survey.mode_differs, survey.brightness_difference) == ((), (), 0)
    assert survey.warnings() == []


def test_the_digest_is_that_of_all_images(look: Look) -> None:
    digests = {look(**{name: flat(101)}).sha256 for name in ("buu_1", "buu_2", *PAIRS)} | {look().sha256}
    assert len(digests) == 6
    assert look().sha256 in digests


def test_other_sizes_and_modes_are_counted_by_pair(look: Look) -> None:
    survey = look(buu_1=flat(100, 5, 7), buu_2=png(4, 4, (b"\0" + b"\x64" * 12) * 4, color=2))
    assert survey.size_differs == ("buu_1__elderly_male: 5x7 and 4x4", "buu_1__young_male: 5x7 and 4x4")
    assert survey.mode_differs == ("buu_2__young_male: RGB and grayscale",)
    first, second = survey.warnings()
    assert first.startswith("source and edited image differ in size in 2 of 3 pairs (buu_1__elderly_male: 5x7 and 4x4)")
    assert second.startswith("source and edited image differ in mode in 1 of 3 pairs (buu_2__young_male: RGB and gray")


@pytest.mark.parametrize(("level", "warned"), [(110, False), (130, True), (70, True)])
def test_brightness_is_compared_where_it_differs_by_much(look: Look, level: int, warned: bool) -> None:
    survey = look(**dict.fromkeys(PAIRS, flat(level)))
    assert survey.brightness_difference == abs(level - 100)
    assert len(survey.brightness) == 3
    assert ["mean brightness by 30 of 255 levels on average (3 pairs" in said for said in survey.warnings()] == [
        True
    ] * warned


def test_differences_of_opposite_sign_do_not_cancel(look: Look) -> None:
    survey = look(buu_1__elderly_male=flat(160), buu_1__young_male=flat(40))
    assert survey.brightness_difference == 40


def test_it_is_said_where_brightness_is_not_compared(look: Look) -> None:
    survey = look(buu_1=jpeg(4, 4, components=1), buu_2=jpeg(4, 4, components=1))
    assert survey.brightness_difference is None
    assert [said[:24] for said in survey.warnings()] == ["brightness not compared:"]


def test_the_largest_image_is_named(look: Look) -> None:
    assert look(buu_2=flat(9, 90, 90)).largest == ("buu_2__young_male", "source")
    assert look(buu_1__young_male=flat(9, 90, 90)).largest == ("buu_1__young_male", "counterfactual")


def test_every_image_that_cannot_be_sent_is_named_once(look: Look) -> None:
    with pytest.raises(SpineFairBenchError) as caught:
        look(most_bytes=200, buu_1=b"GIF89a", buu_2__young_male=grayscale_png(30, 30, bytes(900), compress=False))
    assert [str(problem) for problem in caught.value.problems] == [
        "buu_1.png: neither PNG nor JPEG",
        "dataset/counterfactual_images/buu_2/young_male.png: 998 bytes; at most 200 can be sent within a request",
    ]
