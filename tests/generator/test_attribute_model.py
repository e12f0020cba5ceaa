"""The slot for an estimator of the user's own: found, called, and its faults told in sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from spinefairbench.errors import SpineFairBenchError
from spinefairbench.generator.attribute_model import attribute_model

from .conftest import needs_libraries

ESTIMATORS = """
import numpy
def brightness(image):
    return {"age": image.mean(), "female": 1}
def one(image): return numpy.float32(image.max())
def spoils(image):
    image[:] = 0
    return 0.0
def fails(image): raise KeyError("weights")
def no_number(image): return {"age": float("nan")}
def words(image): return {"age": "old"}
def nothing(image): return {}
text = "not a function"
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "my_estimators.py").write_text(ESTIMATORS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", __import__("sys").path.copy())
    yield
    __import__("sys").modules.pop("my_estimators", None)


@needs_libraries
@pytest.mark.usefixtures("here")
def test_a_function_gives_numbers_and_cannot_change_the_image() -> None:
    import numpy

    image = numpy.full((4, 4), 7, dtype=numpy.uint8)
    assert attribute_model("my_estimators:brightness")("a", image) == {"age": 7.0, "female": 1.0}
    assert attribute_model("my_estimators:one")("a", image) == {"value": 7.0}
    assert attribute_model("my_estimators:spoils")("a", image) == {"value": 0.0} and image.min() == 7


@needs_libraries
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("my_estimators", "expected module:function"), ("my_estimators:text", "is not a function"),
        ("my_estimators:absent", "cannot be imported: .*absent"), ("no_such_module:f", "No module named"),
        ("my_estimators:fails", "a, the source: KeyError: .*weights"), ("my_estimators:no_number", "finite numbers"),
        ("my_estimators:words", "finite numbers .* age: old"), ("my_estimators:nothing", "expected 1 to 16 numbers"),
    ],
)  # fmt: skip
def test_what_it_cannot_be_used_for_is_a_sentence(place: str, said: str) -> None:
    import numpy

    with pytest.raises(SpineFairBenchError, match=said):
        attribute_model(place)("a, the source", numpy.zeros((2, 2), dtype=numpy.uint8))
