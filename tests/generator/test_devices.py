"""What the device is told: the precision of float32, and which parts are compiled."""

from collections.abc import Iterator

import pytest

from spinefairbench.generator.devices import Runtime, prepared_pipeline, tf32_in_use

from .conftest import Tiny

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture
def allowed() -> Iterator[None]:
    """TF32 as PyTorch starts: in convolutions alone."""
    import torch

    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = False, True
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = False, True


@pytest.mark.usefixtures("allowed")
def test_what_is_computed_in_tf32_is_recorded_where_it_can_be() -> None:
    assert tf32_in_use(Runtime(), "cuda:1") == ["convolutions"]
    assert tf32_in_use(Runtime(dtype="bfloat16"), "cuda") is None
    assert tf32_in_use(Runtime(), "cpu") is None


@pytest.mark.usefixtures("allowed")
def test_strict_float32_leaves_none(tiny: Tiny) -> None:
    import torch

    from .test_sampler import new_pipeline

    runtime = Runtime(strict_float32=True)
    prepared_pipeline(new_pipeline(tiny, tiny.config), runtime, "cpu", torch.float32)
    assert tf32_in_use(runtime, "cuda") == []


def test_the_repeated_blocks_alone_are_compiled(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from .test_sampler import new_pipeline

    compiled: list[str] = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda module: compiled.append(type(module).__name__))
    monkeypatch.setattr(torch, "compile", lambda _: pytest.fail("the whole model was compiled"))
    prepared_pipeline(new_pipeline(tiny, tiny.config), Runtime(compile_blocks=True), "cpu", torch.float32)
    assert compiled and set(compiled) == {"BasicTransformerBlock"}
