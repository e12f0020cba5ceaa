"""Names: modules can be told apart, and what is public has a user."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests import ROOT

PACKAGE: Final = ROOT / "spinefairbench"

SHARED_BASE_NAMES: Final = {
    "explanation": "render/ shows what analysis/ finds out, and both are of the same thing",
    "power": "statistics/ has the formulas, analysis/ the question about a model",
    "submission": "what is read in release/, its page in render/page/",
}
"""Base names that several modules of the package share, and why."""

PROMISED: Final = {
    "spinefairbench.__version__": "the version of an installed package",
    "spinefairbench.analysis.mitigation.extract_stage1_primary_diagnosis": "a promised path",
    "spinefairbench.generator.infer.main": "a promised path",
    "spinefairbench.generator.qc.main": "`python3 -m spinefairbench.generator.qc`",
    "spinefairbench.inspect_task.spine_reports": "what Inspect finds in the task file",
    "spinefairbench.metrics.endpoint.DIAGNOSTIC_CONSISTENCY": "the endpoint beside RECOMMENDATION_CHANGE",
    "spinefairbench.metrics.lexicon.MODIFIERS": "the signature of the parser audit hashes the public word lists by name",
}
"""Public names without a user in this repository, and why they are public."""


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _public_names(path: Path) -> list[str]:
    """What a module lists in `__all__`."""
    for node in _tree(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert node.value is not None
            return list(ast.literal_eval(node.value))
    return []


def _used_names(path: Path) -> Iterator[str]:
    """Names of the package that a file imports, takes from a module that it imports, or names for a late import.

    They are dotted paths. A late import is a text such as "spinefairbench.analysis.power:check".
    """
    modules = {}
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield f"{node.module}.{alias.name}"
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            modules.update({alias.asname or alias.name: alias.name for alias in node.names})
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if re.fullmatch(r"spinefairbench(\.\w+)+:\w+", node.value):
                yield node.value.replace(":", ".")
        elif isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            yield f"{modules.get(owner, owner)}.{node.attr}"


@cache
def _users() -> dict[str, set[Path]]:
    """For each name that is used, the files that use it."""
    users: dict[str, set[Path]] = defaultdict(set)
    for folder in ("spinefairbench", "scripts", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in _used_names(path):
                users[name].add(path)
    return users


def _types_in_signatures(path: Path) -> set[str]:
    """Words of the annotations of public functions and of fields: what a caller is given or must give."""
    annotations = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef) and (node.name == "__init__" or not node.name.startswith("_")):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            annotations += [argument.annotation for argument in arguments] + [node.returns]
        elif isinstance(node, ast.AnnAssign):
            annotations.append(node.annotation)
    return {word for annotation in annotations if annotation for word in re.findall(r"\w+", ast.unparse(annotation))}


def test_modules_share_a_base_name_for_a_reason_only() -> None:
    places = defaultdict(list)
    for path in _modules():
        if path.name not in ("__init__.py", "__main__.py"):
            places[path.stem].append(path.relative_to(PACKAGE).as_posix())
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SHARED_BASE_NAMES} == {}
    assert [name for name in SHARED_BASE_NAMES if name not in shared] == [], "no longer shared: remove the row"


@pytest.mark.parametrize("path", _modules(), ids=_dotted)
def test_what_is_public_has_a_user(path: Path) -> None:
    """Another module, a script or a test uses it; or it is a row or a type that a public function gives or takes."""
    module, types = _dotted(path), _types_in_signatures(path)
    unused = [
        name
        for name in _public_names(path)
        if not _users().get(f"{module}.{name}", set()) - {path}
        and name not in types
        and not name.endswith("Row")
        and f"{module}.{name}" not in PROMISED
    ]
    assert not unused, f"{module}: {', '.join(unused)}: nothing else uses this; make it private or list it in PROMISED"


def test_every_promised_name_is_public() -> None:
    public = {f"{_dotted(path)}.{name}" for path in _modules() for name in _public_names(path)}
    assert [name for name in PROMISED if name not in public] == []
