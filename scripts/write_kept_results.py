#!/usr/bin/env python3
"""Write tests/data/kept_results.json: what the commands find in a small demo bundle, as a digest for each key.

usage: python3 scripts/write_kept_results.py [--check]

A change of a number, a name or a count changes the digest of its key; wording may change, and keys may be added.
Run it where results change on purpose, after `scripts/compare_outputs.py` has shown which. With --check nothing is
written; the exit status is 1 where a result is not the one kept.
"""

import argparse
import contextlib
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from scripts.compare_outputs import PROSE, VARYING  # noqa: E402
from spinefairbench.cli import main as spinefairbench  # noqa: E402
from spinefairbench.demo import write_demo_bundle  # noqa: E402

__all__ = ["CASES", "KEPT", "differences", "digests"]

KEPT: Final = ROOT / "tests" / "data" / "kept_results.json"
_FEW: Final = ("--bootstrap-iterations", "60")

CASES: Final = {
    "inspect": ("inspect",),
    "dataset": ("dataset",),
    "demographics": ("demographics",),
    "parse-sample": ("parse-sample", "--model", "radfm"),
    "gap-sensitivity": ("gap-sensitivity",),
    "both-empty-diagnostic": ("both-empty-diagnostic",),
    "stage1-confidence": ("stage1-confidence",),
    "mitigation": ("mitigation",),
    "mitigation recomputed": ("mitigation", "--recompute"),
    "radiologist": ("radiologist",),
    "table2": ("table2", *_FEW),
    "noise-floor": ("noise-floor", *_FEW, "--cluster", "patient"),
    "transitions": ("transitions", *_FEW),
    "secondary": ("secondary", *_FEW),
    "breakdown by age": ("breakdown", "--by", "age", *_FEW),
    "breakdown by dataset": ("breakdown", "--by", "dataset", *_FEW),
    "breakdown by same or cross": ("breakdown", "--by", "same-or-cross", "--model", "gemma-4", *_FEW),
    "breakdown by finding": ("breakdown", "--by", "finding", *_FEW),
    "refusals": ("refusals", *_FEW),
    "compare": ("compare", "gpt-5.4", "radfm", "gemma-4", "--margin", "0.2", *_FEW),
    "power": ("power", "--effect", "0.04"),
    "power of a difference": ("power", "gpt-5.4", "radfm"),
    "disparity": ("disparity", *_FEW),
    "parser-audit": ("parser-audit", "--jobs", "1", *_FEW),
    "audit": ("audit", "kimi-k2.5", "--jobs", "1", *_FEW),
    "claims": ("claims",),
}
"""Commands by name; of a bundle, so that `--artifacts` is added."""


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number, name and truth value with its keys, items of lists not told apart; sentences are left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in PROSE and key not in VARYING:
                yield from _leaves(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        yield path, len(value)
        for item in value:
            yield from _leaves(item, f"{path}[]")
    elif isinstance(value, float):
        # The last digits depend on the system's mathematical functions.
        yield path, float(f"{round(value, 12):.9g}")
    elif not (isinstance(value, str) and " " in value):
        yield path, value


def digests(document: dict[str, Any]) -> dict[str, str]:
    """What a command printed as JSON, as {key path: digest of all values there, in their order}."""
    found: dict[str, list[Any]] = {}
    for path, value in _leaves({key: document[key] for key in ("results", "summary")}):
        found.setdefault(path, []).append(value)
    return {path: hashlib.sha256(json.dumps(values).encode()).hexdigest()[:8] for path, values in sorted(found.items())}


def differences(kept: dict[str, str], document: dict[str, Any]) -> list[str]:
    """The key paths at which a command's results are not those kept; what is new is none."""
    found = digests(document)
    return [path for path, digest in kept.items() if found.get(path) != digest]


def _results(root: Path, command: Sequence[str]) -> dict[str, Any]:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        spinefairbench([*command, "--artifacts", str(root), "--format", "json"])
    document: dict[str, Any] = json.loads(output.getvalue())
    return document


def _of_all(made: Callable[[Path, Sequence[str]], dict[str, Any]]) -> dict[str, dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "artifacts"
        write_demo_bundle(root, core_sources=8, sources=24)
        return {name: digests(made(root, command)) for name, command in CASES.items()}


def main() -> int:
    """Write the digests, or say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 where a result differs")
    options = parser.parse_args()
    found = _of_all(_results)
    if not options.check:
        KEPT.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")
        return 0
    kept = json.loads(KEPT.read_bytes())
    stale = [f"{name}: {path}" for name in CASES for path in found[name] if kept[name].get(path) != found[name][path]]
    print("\n".join(stale) or "every result is the one kept")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
