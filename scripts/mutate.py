#!/usr/bin/env python3
"""Mutation testing of one package: change its code in one place at a time, and see whether a test fails.

usage: .venv-mutation/bin/python scripts/mutate.py PACKAGE [--sample N] [--seed N] [--module NAME]

mutmut makes the mutants and chooses the tests of each: those of the package's test files (`TESTED_BY`) that call the
changed function. Two sorts of mutants are left out: of wording, texts with a space in them, since tests hold what a
message says and not how; and of what the code asserts about itself (`assert`, `zip(strict=True)`). Without --sample all mutants are tried; with it, a sample that --seed decides.
Everything happens in a copy under build/mutation/, which also keeps what was found.
"""

import argparse
import ast
import functools
import gc
import json
import os
import random
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.write_checksums import tracked_names  # noqa: E402
from spinefairbench.statistics.wilson import wilson_bounds  # noqa: E402

TESTED_BY: Final = {
    "metrics": ["tests/metrics"],
    "statistics": ["tests/statistics"],
    "analysis": [
        "tests/analysis",
        "tests/cli/test_audit_commands.py",
        "tests/cli/test_kept_results.py",
        "tests/cli/test_published_figures.py",
    ],
    "bundle": ["tests/bundle", "tests/analysis/test_radiologist.py"],
    "release": [
        "tests/release",
        "tests/cli/test_submission_commands.py",
        "tests/cli/test_submission_requests.py",
        "tests/cli/test_control_arms.py",
        "tests/cli/test_audit_commands.py",
        "tests/cli/test_audit_submission.py",
        "tests/cli/test_all_checks.py",
    ],
}
"""The tests that are run against the mutants of each package.

Without those that run every command on a damaged bundle, which would take hours: the figure is what the package's own
tests notice.
"""

_CONFIG: Final = """
[tool.mutmut]
source_paths = ["spinefairbench"]
only_mutate = ["spinefairbench/{package}/{module}.py"]
also_copy = [{others}]
timeout_constant = 12.0
timeout_multiplier = 5.0
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:cov"]
pytest_add_cli_args_test_selection = {tests}
"""
_UNNOTICED: Final = ("survived", "no tests")


def _copy(package: str, module: str) -> Path:
    """A copy of the tracked files, configured for mutmut."""
    copy = ROOT / "build" / "mutation" / package
    shutil.rmtree(copy, ignore_errors=True)
    names = tracked_names(ROOT)
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    tops = sorted({name.split("/")[0] for name in names} - {"spinefairbench", "tests", "pyproject.toml"})
    others = ", ".join(f'"{name}{"/" if (ROOT / name).is_dir() else ""}"' for name in tops)
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as config:
        config.write(
            _CONFIG.format(package=package, module=module, others=others, tests=json.dumps(TESTED_BY[package]))
        )
    return copy


class _Meaning(ast.NodeTransformer):
    """Leaves of code what a test can hold."""

    def visit_Assert(self, node: ast.Assert) -> ast.Pass:
        return ast.Pass()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != "strict"]
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) and " " in node.value else node


def meaning(code: str) -> str:
    """What code does, apart from wording and from what it asserts about itself."""
    return ast.dump(_Meaning().visit(ast.parse(code)))


def _forget() -> None:
    """Empty every cache of the package: what the tests made it remember before was found by unchanged code."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).startswith("spinefairbench."):
            each.cache_clear()
        elif type(each).__name__ == "RememberedSentences":
            vars(each).update(_found={}, _seen=set())
        elif type(each).__name__ == "RememberedTexts":
            each.clear()


def _write_demo_bundles_once() -> None:
    """Let the tests of one process, and those of its forks, copy a demo bundle that was written before."""
    from spinefairbench import demo

    write = demo.write_demo_bundle
    written: dict[object, Path] = {}
    place = Path("mutants", "demo_bundles").resolve()

    def write_or_copy(root: Path, **settings: Any) -> Any:
        if root.exists() or "progress" in settings:
            return write(root, **settings)
        key = tuple(sorted(settings.items()))
        if key not in written:
            written[key] = place / str(len(written))
            write(written[key], **settings)
        return shutil.copytree(written[key], root)

    demo.write_demo_bundle = write_or_copy


class Mutants:
    """The mutants of the copy in the working directory."""

    def __init__(self) -> None:
        from mutmut import __main__ as mutmut  # the command's own steps: it has none that takes a sample
        from mutmut.runners.harness import PytestRunner

        self._mutmut = mutmut
        # Tests are named without their parameters: pytest does not find all of those names a second time in a process.
        arguments = PytestRunner._pytest_args_regular_run

        def arguments_of_functions(runner: Any, tests: Sequence[str]) -> Any:
            _forget()
            return arguments(runner, sorted({test.partition("[")[0] for test in tests}))

        PytestRunner._pytest_args_regular_run = arguments_of_functions
        mutmut.set_mutant_under_test("mutant_generation")
        Path("mutants").mkdir(exist_ok=True)
        mutmut.copy_src_dir()
        mutmut.copy_also_copy_files()
        mutmut.setup_source_paths()
        mutmut.create_mutants(1)
        _write_demo_bundles_once()

    def names(self) -> list[str]:
        """Every mutant but those of wording and of assertions, sorted."""
        mutants, _ = self._mutmut.collect_source_file_mutation_data(mutant_names=())
        return sorted(name for data, name, _ in mutants if self._has_meaning(name, data.path))

    def _has_meaning(self, name: str, path: Path) -> bool:
        import libcst
        from mutmut.mutation.diff_apply import read_functions_from_index

        functions = read_functions_from_index(name, path)
        assert functions is not None
        before, after = (meaning(libcst.Module([function]).code) for function in functions)
        return before != after

    def run(self, names: Sequence[str]) -> dict[str, str]:
        """What became of each named mutant."""
        self._mutmut._run(list(names), 1)
        mutants, _ = self._mutmut.collect_source_file_mutation_data(mutant_names=list(names))
        return {name: self._mutmut.status_by_exit_code[data.exit_code_by_key[name]] for data, name, _ in mutants}

    def difference(self, name: str) -> str:
        """What a mutant changes, as a unified diff."""
        found = self._mutmut.find_mutant(name)
        return str(self._mutmut.get_diff_for_mutant(name, path=found.path))


def main() -> int:
    """Try the mutants of a package; print how many are noticed, and each that is not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", choices=TESTED_BY)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants to try (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (default: 1)")
    parser.add_argument("--module", default="*", help="only the mutants of this module of the package")
    options = parser.parse_args()
    os.chdir(_copy(options.package, options.module))
    # mutmut imports the tests in this very process, and they must be those of the copy, like the mutants.
    sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != ROOT]
    for name in [name for name in sys.modules if name.split(".")[0] in {"scripts", "spinefairbench", "tests"}]:
        del sys.modules[name]
    mutants = Mutants()
    names = mutants.names()
    tried, which = names, "all that there are"
    if 0 < options.sample < len(names):
        generator = random.Random(options.seed)  # noqa: S311 (a sample, no secret)
        tried, which = generator.sample(names, options.sample), f"a sample of {len(names)}, seed {options.seed}"
    found = mutants.run(tried)
    survivors = sorted(name for name, status in found.items() if status in _UNNOTICED)
    noticed = len(found) - len(survivors)
    low, high = wilson_bounds(noticed / len(found), len(found), 1.96)
    said = (
        f"{options.package}: {noticed} of {len(found)} mutants noticed ({noticed / len(found):.1%}; "
        f"95% interval {low:.1%} to {high:.1%}); {which}"
    )
    lines = [said, ", ".join(f"{status}: {number}" for status, number in sorted(Counter(found.values()).items()))]
    lines += [f"\n{name}: {found[name]}\n{mutants.difference(name)}" for name in survivors]
    (ROOT / "build" / "mutation" / f"{options.package}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
