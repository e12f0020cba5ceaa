#!/usr/bin/env python3
"""Measure the speed and memory use of the core on a full-size demo bundle.

usage: python3 scripts/benchmark.py [--bundle DIR] [--core-sources N] [--json] [--only NAME ...]

Without --bundle, it first writes a synthetic bundle to a temporary folder. Some tasks are also timed the
straightforward way: a regular expression per term, whole files loaded once per model, and NumPy, if installed, for the
intervals. The run fails if the results differ. The README shows the printed table.
"""

import argparse
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.reports import panel_models, read_pair_texts, read_panels
from spinefairbench.bundle.scopes import COMMON_CORE, scope_pairs
from spinefairbench.demo import FULL_SIZE_CORE, write_demo_bundle
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, Registry
from spinefairbench.release.schema import SCHEMA_V1
from spinefairbench.statistics.bootstrap import percentile_intervals
from tests.metrics.plain_parsers import CLINICAL_CUES, HEDGED_CUES, REFUSAL_CUES

ROOT = Path(__file__).resolve().parent.parent
CHECKSUM_FILES = 20_000
CHECKSUM_BYTES = 500_000_000
STARTS = 15
AUDIT_COMMANDS = (
    ("noise-floor",),
    ("transitions",),
    ("secondary",),
    ("disparity",),
    ("breakdown", "--by", "edit"),
    ("breakdown", "--by", "finding"),
    ("demographics",),
    ("table2", "--published-seed"),
    ("compare", "gpt-5.4", "radfm"),
    ("power",),
    ("parser-audit",),
    ("mitigation", "--recompute"),
    ("audit", "gpt-5.4"),
)
PANEL_COMMANDS = (("all",), ("parser-audit",), ("table2",))


class Figure(NamedTuple):
    """One line of the table; `met` is None if there is no target."""

    what: str
    measured: str
    plain: str = "-"
    ratio: str = "-"
    aim: str = "-"
    met: bool | None = None


# --- the straightforward way ------------------------------------------------------------------------------------


def _compiled(registry: Registry) -> dict[str, list[re.Pattern[str]]]:
    return {name: [re.compile(rf"\b{re.escape(t)}\b") for t in terms] for name, terms in registry.items()}


_LABELS, _RECOMMENDATIONS = _compiled(DIAGNOSTIC_TERMS), _compiled(RECOMMENDATION_TERMS)
_CUES = [[re.compile(cue, re.IGNORECASE) for cue in cues] for cues in (REFUSAL_CUES, CLINICAL_CUES, HEDGED_CUES)]


def _plain_categories(text: str, registry: dict[str, list[re.Pattern[str]]]) -> frozenset[str]:
    lowered = text.lower()
    return frozenset(name for name, terms in registry.items() if any(t.search(lowered) for t in terms))


def _plain_is_full_refusal(text: str) -> bool:
    refusal, clinical, hedged = ([cue.search(text) is not None for cue in cues] for cues in _CUES)
    return not text.strip() or (any(refusal) and not any(clinical) and not any(hedged))


def _plain_model(root: Path, panel: str, model: str) -> tuple[int, float, float]:
    """(usable pairs, recommendation change, diagnostic consistency) of one model."""
    rows = json.loads((root / layout.evaluation_results(panel)).read_text(encoding="utf-8"))
    sides: dict[str, dict[str, tuple[bool, frozenset[str], frozenset[str]]]] = {}
    for row in rows:
        if row["model"] == model:
            text = row["response"]
            sides.setdefault(row["pair_id"], {})[row["image_role"]] = (
                _plain_is_full_refusal(text),
                _plain_categories(text, _LABELS),
                _plain_categories(text, _RECOMMENDATIONS),
            )
    changed, consistent = [], []
    for pair in sides.values():
        (refused_a, labels_a, recommended_a), (refused_b, labels_b, recommended_b) = pair["source"], pair["generated"]
        if not (refused_a or refused_b):
            changed.append(recommended_a != recommended_b)
            union = labels_a | labels_b
            consistent.append(len(labels_a & labels_b) / len(union) if union else 1.0)
    return len(changed), sum(changed) / len(changed), sum(consistent) / len(consistent)


def _numpy_intervals(clusters: list[tuple[list[float], list[int]]]) -> list[tuple[float, float]] | None:
    """Percentile intervals with NumPy, endpoint by endpoint; None if it is not installed."""
    try:
        import numpy as np
    except ImportError:
        return None
    bounds = []
    for sums, counts in clusters:
        total, count = np.array(sums), np.array(counts)
        draws = np.random.default_rng(42).integers(0, len(sums), size=(10_000, len(sums)))
        replicates = total[draws].sum(axis=1) / count[draws].sum(axis=1)
        lower, upper = np.percentile(replicates, [2.5, 97.5])
        bounds.append((float(lower), float(upper)))
    return bounds


# --- measuring --------------------------------------------------------------------------------------------


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _command(*arguments: str) -> tuple[float, float]:
    """(seconds, peak MB) of one run of the command line. Raises SystemExit unless its exit status is 0."""
    code = (
        "import resource, subprocess, sys\n"
        "p = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(p.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    wrapped = [sys.executable, "-c", code, sys.executable, str(ROOT / "reviewer_verify.py"), *arguments]
    seconds, done = _timed(lambda: subprocess.run(wrapped, capture_output=True, text=True, check=True))
    status, kilobytes = map(int, done.stdout.split())
    if status != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with status {status}: {done.stderr[-400:]}")
    return seconds, kilobytes / 1024


def _command_figure(
    what: str, arguments: Sequence[str], root: Path, most_seconds: float | None = None, most_mb: float | None = None
) -> Figure:
    """One run of a command on the bundle, against limits of seconds and of memory."""
    seconds, peak = _command(*arguments, "--artifacts", str(root))
    limits = [(seconds, most_seconds, "s"), (peak, most_mb, "MB")]
    wanted = [(value, most, unit) for value, most, unit in limits if most is not None]
    return Figure(
        what,
        f"{seconds:.2f} s, {peak:.0f} MB peak",
        aim=", ".join(f"<= {most} {unit}" for _, most, unit in wanted) or "-",
        met=all(value <= most for value, most, _ in wanted) if wanted else None,
    )


def point_estimates(root: Path) -> Iterator[Figure]:
    """Reading, parsing and estimating all nine models."""

    def ours() -> dict[str, tuple[float | None, ...]]:
        panels = read_panels(open_bundle(root))
        return {model.model: (len(model.usable), *model.means) for model in panels.models}

    seconds, estimates = min((_timed(ours) for _ in range(3)), key=lambda pair: pair[0])
    panels = panel_models(open_bundle(root))
    plain_seconds, plain = _timed(lambda: {m: _plain_model(root, panel, m) for m, panel in panels.items()})
    for model, values in plain.items():
        if any(b is None or abs(a - b) > 1e-12 for a, b in zip(values, estimates[model], strict=True)):
            raise SystemExit(f"{model}: the straightforward way gives {values}, the project {estimates[model]}")
    ratio = plain_seconds / seconds
    yield Figure(
        "point estimates of all nine models", f"{seconds:.2f} s", f"{plain_seconds:.1f} s", f"{ratio:.0f} times as fast",
        ">= 20 times", ratio >= 20,
    )  # fmt: skip


def intervals(root: Path) -> Iterator[Figure]:
    """The 18 intervals of Table 2 at the frozen settings."""
    models = read_panels(open_bundle(root)).models
    samples = [totals for model in models for totals in model.totals if totals is not None]
    seconds, ours = _timed(lambda: percentile_intervals(samples))
    clusters = [([total / s.scale for total in s.sums], list(s.counts)) for s in samples]
    numpy_seconds, bounds = _timed(lambda: _numpy_intervals(clusters))
    plain, ratio = "NumPy is not installed", "-"
    if bounds is not None:
        if any(abs(a - b) > 1e-12 for x, y in zip(ours, bounds, strict=True) for a, b in zip(x, y, strict=True)):
            raise SystemExit("the intervals differ from NumPy's")
        plain, ratio = f"{numpy_seconds:.2f} s (NumPy)", f"{numpy_seconds / seconds:.2f} times as fast"
    yield Figure(f"{len(samples)} intervals recomputed", f"{seconds:.2f} s", plain, ratio, "<= 10 s", seconds <= 10)
    yield _command_figure("table2 --recompute-ci, whole command", ["table2", "--recompute-ci"], root, most_mb=100)


@contextmanager
def _many_files() -> Iterator[Path]:
    """20,000 files with a total of 500 MB and their manifest; sizes vary, contents are random."""
    with tempfile.TemporaryDirectory(prefix="spinefairbench-sums-") as folder:
        root = Path(folder)
        source = random.Random(1)  # noqa: S311 (contents of a benchmark, no secret)
        pool = source.randbytes(4 * CHECKSUM_BYTES // CHECKSUM_FILES)
        lines = []
        for index in range(CHECKSUM_FILES):
            size = CHECKSUM_BYTES // CHECKSUM_FILES + source.randrange(-20_000, 20_001)
            start = source.randrange(len(pool) - size)
            path = root / f"{index % 200:03}" / f"{index:05}.png"
            path.parent.mkdir(exist_ok=True)
            data = pool[start : start + size]
            path.write_bytes(data)
            lines.append(f"{hashlib.sha256(data).hexdigest()}  {path.relative_to(root).as_posix()}\n")
        (root / "SHA256SUMS.txt").write_text("".join(lines), encoding="utf-8")
        yield root


def checksum_speed(root: Path) -> Iterator[Figure]:
    """`checksums` and coreutils on the same files, both with a warm cache, best of three."""
    if shutil.which("sha256sum") is None:
        yield Figure("checksums", "-", "sha256sum is not installed", aim=">= as fast")
        return
    with _many_files() as folder:
        manifest = str(folder / "SHA256SUMS.txt")
        check = ["sha256sum", "--quiet", "-c", "SHA256SUMS.txt"]
        subprocess.run(check, cwd=folder, check=True)
        theirs = min(_timed(lambda: subprocess.run(check, cwd=folder, check=True))[0] for _ in range(3))
        ours = min(_command("checksums", manifest)[0] for _ in range(3))
    yield Figure(
        f"checksums, {CHECKSUM_FILES:,} files, 500 MB", f"{ours:.2f} s", f"{theirs:.2f} s (sha256sum -c)",
        f"{theirs / ours:.2f} times as fast", ">= as fast", ours <= theirs,
    )  # fmt: skip


def start_up(root: Path) -> Iterator[Figure]:
    """The time from start to exit of the shortest command."""
    command = [sys.executable, str(ROOT / "reviewer_verify.py"), "diagnostic-scoring"]
    seconds = sorted(
        _timed(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))[0] for _ in range(STARTS)
    )[STARTS // 2]
    bare = sorted(_timed(lambda: subprocess.run([sys.executable, "-c", ""], check=True))[0] for _ in range(STARTS))
    yield Figure(
        "diagnostic-scoring, start to exit (median)", f"{seconds:.3f} s", f"{bare[STARTS // 2]:.3f} s (python3 -c '')",
        aim="<= 0.15 s", met=seconds <= 0.15,
    )  # fmt: skip


def importing(root: Path) -> Iterator[Figure]:
    """The time that importing the package takes beside starting Python, in a process of its own each time."""
    code = "import time; s = time.perf_counter(); import spinefairbench; print(time.perf_counter() - s)"
    command = [sys.executable, "-c", code]
    seconds = sorted(
        float(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
        for _ in range(STARTS)
    )[STARTS // 2]
    yield Figure("import spinefairbench (median)", f"{seconds:.4f} s", aim="<= 0.05 s", met=seconds <= 0.05)


def audits(root: Path) -> Iterator[Figure]:
    """Each audit command from start to exit."""
    for arguments in AUDIT_COMMANDS:
        yield _command_figure(" ".join(arguments), arguments, root, most_seconds=15, most_mb=150)


def processes(root: Path) -> Iterator[Figure]:
    """The commands about the whole panel in one process and in two, one after the other: compare them in one run."""
    for arguments in PANEL_COMMANDS:
        alone, _ = _command(*arguments, "--artifacts", str(root), "--jobs", "1")
        together, peak = _command(*arguments, "--artifacts", str(root), "--jobs", "2")
        yield Figure(
            f"{' '.join(arguments)}, two processes", f"{together:.2f} s, {peak:.0f} MB peak",
            f"{alone:.2f} s (one process)", f"{alone / together:.2f} times as fast",
        )  # fmt: skip


def _write_submission(root: Path, model: str, path: Path) -> int:
    """Write one panel model's reports as a submission of the common core; returns the number of pairs."""
    bundle = open_bundle(root)
    pairs = sorted(scope_pairs(bundle, COMMON_CORE) or ())
    texts = read_pair_texts(bundle, [(model, pair_id) for pair_id in pairs])
    results = [
        {"pair_id": pair_id, "source_report": source, "counterfactual_report": counterfactual}
        for (_, pair_id), (source, counterfactual) in texts.items()
    ]
    submission = {
        "schema_version": SCHEMA_V1,
        "model": {"name": model},
        "scope": COMMON_CORE,
        "results": results,
    }
    path.write_text(json.dumps(submission), encoding="utf-8")
    return len(results)


def authors(root: Path) -> Iterator[Figure]:
    """The commands that a model author waits for: checking and scoring a submission, and the page about the panel."""
    with tempfile.TemporaryDirectory(prefix="spinefairbench-authors-") as folder:
        submission, page = Path(folder) / "submission.json", Path(folder) / "report.html"
        pairs = _write_submission(root, "gpt-5.4", submission)
        check = ["submission", "check", str(submission)]
        score = ["score", "--submission", str(submission), "--output", f"{folder}/score.json", "--force"]
        report = ["report", "--output", str(page), "--force"]
        yield _command_figure(f"submission check, {pairs:,} pairs", check, root, most_seconds=3)
        yield _command_figure(f"score, {pairs:,} pairs", score, root)
        figure = _command_figure("report, nine models", report, root, most_seconds=12, most_mb=150)
        size = page.stat().st_size / 1e6
        yield figure._replace(
            measured=f"{figure.measured}, a page of {size:.1f} MB",
            aim=f"{figure.aim}, <= 1.8 MB",
            met=figure.met and size <= 1.8,
        )


MEASUREMENTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "points": point_estimates,
    "intervals": intervals,
    "checksums": checksum_speed,
    "start": start_up,
    "import": importing,
    "audits": audits,
    "processes": processes,
    "authors": authors,
}


def _table(figures: list[Figure]) -> str:
    lines = ["| task | measured | straightforward way | ratio | target | met |", "|:--|:--|:--|:--|:--|:--|"]
    for f in figures:
        met = "-" if f.met is None else "yes" if f.met else "NO"
        lines.append(f"| {f.what} | {f.measured} | {f.plain} | {f.ratio} | {f.aim} | {met} |")
    return "\n".join(lines)


def main() -> int:
    """Take the measurements; 1 where a target was missed."""
    parser = argparse.ArgumentParser(
        description="Measure the speed and memory use of the core on a full-size demo bundle."
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="DIR", help="the bundle to measure on (default: write a demo bundle)"
    )
    parser.add_argument("--core-sources", type=int, default=FULL_SIZE_CORE, metavar="N", help="size of the demo bundle")
    parser.add_argument("--only", nargs="*", choices=sorted(MEASUREMENTS), help="run only these measurements")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spinefairbench-benchmark-") as folder:
        root = args.bundle
        if root is None:
            root = Path(folder) / "artifacts"
            write_demo_bundle(root, core_sources=args.core_sources)
        figures = [
            f for name, measure in MEASUREMENTS.items() if not args.only or name in args.only for f in measure(root)
        ]
    if args.json:
        print(json.dumps([f._asdict() for f in figures], indent=1))
    else:
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, a synthetic full-size bundle\n")
        print(_table(figures))
    return int(any(f.met is False for f in figures))


if __name__ == "__main__":
    sys.exit(main())
