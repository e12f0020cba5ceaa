"""Images for the sources of the demo bundle, and Inspect where it is installed: tests marked `inspect` need it."""

import os
import shutil
from pathlib import Path

import pytest

from spinefairbench.bundle.layout import image_path
from spinefairbench.bundle.pair_ids import parts_of, source_of


@pytest.fixture(autouse=True)
def _inspect_where_needed(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Inspect keeps of its runs goes to the folder of the test."""
    if request.node.get_closest_marker("inspect"):
        pytest.importorskip("inspect_ai", reason="needs the library of requirements-inspect.txt")
        for name in [name for name in os.environ if name.startswith("INSPECT_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.setenv("INSPECT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def sources(demo: Path, core_pairs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images for the sources of the demo bundle's core: one of its edited images each."""
    folder = tmp_path_factory.mktemp("sources")
    for pair_id in core_pairs:
        shutil.copy(demo / image_path(*parts_of(pair_id)), folder / f"{source_of(pair_id)}.png")
    return folder
