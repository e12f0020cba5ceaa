"""A library that cannot be imported is a sentence."""

import sys
from pathlib import Path

import pytest

from spinefairbench.generator.failures import MissingLibraryError
from spinefairbench.generator.libraries import library, library_part


def test_a_library_that_fails_while_it_is_imported_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mismatched_library.py").write_text("raise RuntimeError('operator nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingLibraryError, match=r"cannot be imported .operator nms does not exist"):
        library("mismatched_library")


@pytest.mark.parametrize(("module", "name"), [("diffusers", "UNet2DConditionModel"), ("lpips", None)])
def test_a_torchvision_that_does_not_fit_the_torch_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str | None
) -> None:
    """The libraries import their parts when they are first asked for, and fail then as torchvision does."""
    fitting = "operator torchvision::nms does not exist"
    (tmp_path / f"{module}.py").write_text(
        f"raise RuntimeError({fitting!r})"
        if name is None
        else f"def __getattr__(name): raise RuntimeError({fitting!r})"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, module, raising=False)
    with pytest.raises(MissingLibraryError) as caught:
        library(module) if name is None else library_part(module, name)
    monkeypatch.delitem(sys.modules, module, raising=False)
    assert str(caught.value).startswith(
        f"{module} cannot be imported: the installed torchvision does not fit this torch"
    )
