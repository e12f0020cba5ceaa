"""The plan of the house: imports go one way, the core needs nothing installed, what is generated is fresh."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.compare_outputs import RENAMED
from scripts.write_checksums import tracked_names
from scripts.write_module_table import LAYERS, OPTIONAL, with_table
from spinefairbench.inspect_eval.inspect_library import PLACES
from tests import ROOT

PACKAGE = ROOT / "spinefairbench"
BESIDE = {"cli": {"api"}}
"""Two ways in: neither imports the other, although one of them stands first in the list."""
OPTIONAL_MAY_IMPORT = {
    # Of render/ only how a page is built: its policy and its escapes are written once.
    "generator": {"generator", "render", "bundle", "files", "errors", "parallel", "problems", "version"},
    # What is read, asked for and computed is the core's; only what Inspect calls stands here.
    "inspect_eval": {"inspect_eval", "release", "analysis", "bundle", "metrics", "errors", "problems", "version"},
    "inspect_task": {"inspect_eval"},
}
"""{what needs libraries of its own: what it may import of the package}; no layer may import any of these."""


def _modules(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def _layer(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def _imports(path: Path) -> list[str]:
    """The modules that a file imports, at any depth."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: a relative import"
            found.append(node.module or "")
    return found


@pytest.mark.parametrize("path", _modules(PACKAGE), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down_the_layers_only(path: Path) -> None:
    layer = _layer(path)
    own = [name.split(".")[1] for name in _imports(path) if name.startswith("spinefairbench.")]
    if layer in ("__init__", "__main__"):
        return
    if layer in OPTIONAL:
        assert set(own) <= OPTIONAL_MAY_IMPORT[layer]
        return
    allowed = set(LAYERS[LAYERS.index(layer) :]) - BESIDE.get(layer, set())
    assert set(own) <= allowed, f"{layer} imports {sorted(set(own) - allowed)}"


@pytest.mark.parametrize(
    "path", [p for p in _modules(PACKAGE) if _layer(p) not in OPTIONAL] + [ROOT / "reviewer_verify.py"], ids=str
)
def test_the_core_imports_the_standard_library_only(path: Path) -> None:
    foreign = {name.split(".")[0] for name in _imports(path)} - set(sys.stdlib_module_names) - {"spinefairbench"}
    assert not foreign


def test_the_evaluation_with_inspect_imports_inspect_late_and_nothing_else_that_is_foreign() -> None:
    known = set(sys.stdlib_module_names) | {"spinefairbench"}
    of_inspect = [path for path in _modules(PACKAGE) if _layer(path).startswith("inspect_")]
    foreign = {path.name: {name.split(".")[0] for name in _imports(path)} - known for path in of_inspect}
    assert len(foreign) > 4
    assert not set().union(*foreign.values())
    late = [path.name for path in of_inspect if "import_module" in path.read_text(encoding="utf-8")]
    assert late == ["inspect_library.py"]
    assert {place.split(".")[0] for place in PLACES.values()} == {"inspect_ai"}
    plan = _imports(PACKAGE / "inspect_eval" / "plan.py")
    assert "spinefairbench.inspect_eval.inspect_library" not in plan, "what a run asks for is tested without Inspect"


@pytest.mark.parametrize("layer", ["metrics", "statistics"])
def test_metrics_and_statistics_are_pure(layer: str) -> None:
    unpure = {"os", "io", "pathlib", "time", "datetime", "subprocess", "tempfile", "random", "socket", "urllib"}
    for path in _modules(PACKAGE / layer):
        assert not {name.split(".")[0] for name in _imports(path)} & unpure, path.name
        calls = [node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                 if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]  # fmt: skip
        assert not {"open", "print", "input"} & set(calls), path.name


def test_no_network_in_the_core() -> None:
    network = {"socket", "urllib", "http", "ssl", "ftplib", "smtplib", "asyncio"}
    for path in _modules(PACKAGE):
        if _layer(path) not in OPTIONAL:
            assert not {name.split(".")[0] for name in _imports(path)} & network, path.name


def test_the_canonical_definitions_are_those_of_the_code() -> None:
    command = [sys.executable, "scripts/write_canonical_definitions.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_table_of_modules_in_contributing_is_fresh() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert with_table(text) == text, "the table of modules is stale; run python3 scripts/write_module_table.py"


def test_the_changelog_names_every_renamed_key() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = [f"{old} -> {new}" for old, new in RENAMED.items() if f"| `{old}` | `{new}` |" not in text]
    assert not missing


def test_no_local_path_or_registry_host_in_a_tracked_file() -> None:
    word = re.compile(r"/(?:work|home|root|Users)/\w|\bpypi\.|pythonhosted|npmjs|deb\.debian")
    for path in map(ROOT.joinpath, tracked_names()):
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".yaml", ".js", ".css"} and path != Path(__file__):
            assert not word.search(path.read_text(encoding="utf-8")), path.name


def test_every_module_declares_its_public_names() -> None:
    for path in _modules(PACKAGE):
        if path.name not in ("__init__.py", "__main__.py") and _layer(path) != "__main__":
            assert "__all__" in path.read_text(encoding="utf-8"), path.name


def test_entry_points_are_one_program() -> None:
    ways = (["reviewer_verify.py"], ["-m", "spinefairbench"], ["-m", "spinefairbench.release.scoring"])
    outputs = [
        subprocess.run([sys.executable, "-S", *way, "score", "--help"], cwd=ROOT, capture_output=True, text=True)
        for way in ways
    ]
    assert all(done.returncode == 0 for done in outputs)
    assert len({done.stdout for done in outputs}) == 1


def test_published_registry_hashes_are_those_of_the_code() -> None:
    """The frozen registries: a change to any term changes these, and every published number."""
    from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, registry_sha256

    assert registry_sha256(DIAGNOSTIC_TERMS)[:16] == DIAGNOSTIC_HASH
    assert registry_sha256(RECOMMENDATION_TERMS)[:16] == RECOMMENDATION_HASH


DIAGNOSTIC_HASH = "349ca6c0280234a6"
RECOMMENDATION_HASH = "327bc7cebf31e8a0"
