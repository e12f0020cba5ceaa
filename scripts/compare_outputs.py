#!/usr/bin/env python3
"""Compare every number that the commands print with those of an earlier revision, to the last bit.

usage: python3 scripts/compare_outputs.py REVISION [--bundle DIR ...] [--cache DIR] [--quick]

Both revisions write demo bundles of several seeds, which must be the same bytes, and then run every command on them,
on the bundles of --bundle too, with --format json. Keys, numbers, names and counts must agree; sentences may be
reworded. Keys that were renamed since are listed in RENAMED. Exit status 1 where anything differs.
"""

import argparse
import hashlib
import json
import math
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT = Path(__file__).resolve().parent.parent

RENAMED: Final = {
    "companion_ci95": "adjusted_ci95",
    "companion_reason": "adjustment_reason",
    "recommendation_companion_ci95": "recommendation_adjusted_ci95",
    "diagnostic_companion_ci95": "diagnostic_adjusted_ci95",
    "excess_companion_ci95": "excess_adjusted_ci95",
    "smallest_detectable_effect": "minimum_detectable_effect",
    "smallest_detectable_excess": "minimum_detectable_excess",
    "sources_needed": "required_sources",
    "lowest_rank": "best_rank",
    "highest_rank": "worst_rank",
    "rank_lowest": "rank_best",
    "rank_highest": "rank_worst",
    "only_here": "due_to_this_model_alone",
}
"""Keys of the JSON output as they were, and as they are."""

PROSE: Final = frozenset(
    {
        "adjustment_reason", "closing", "detail", "family", "not_checked", "no_ranks_because", "not_comparable", "notes",
        "p_values", "intervals", "paragraph", "problems", "reason", "steps", "decided_by", "warnings", "why",
        "full_refusal_policy", "partial_refusal_policy", "description",
        "no_interval_reason", "evaluation_description", "interval_reason", "statement", "does_not_establish",
        "not_checked_because",
    }
)  # fmt: skip
"""Keys of sentences."""
VARYING: Final = frozenset({"seconds", "output", "origin", "bytes", "manifest"})
"""Keys of times, places and sizes, and of hashes of files that the run wrote itself."""

SOURCES: Final = ((7, 12, None), (8, 30, 40), (9, 60, 70))
"""Seed, sources with reports, sources in the dataset of each demo bundle."""
EPOCH: Final = "1760000000"

CASES: Final = """\
checksums: checksums {bundle}/SHA256SUMS.txt --unlisted
score toy: score --submission {bundle}/metrics/toy_submission.json --output toy.json > toy.json
inspect
dataset
demographics
release-identity
diagnostic-scoring
parse-sample
gap-sensitivity
both-empty-diagnostic
stage1-confidence
mitigation
mitigation recomputed: mitigation --recompute
radiologist
table2
table2 recomputed: table2 --recompute-ci
table2 published seeds: table2 --published-seed
table2 other settings: table2 RESAMPLES
table2 one model: table2 --model {last}
parse-sample one model: parse-sample --model {last}
noise-floor
noise-floor other settings: noise-floor --model {first} RESAMPLES
noise-floor submission: noise-floor --submission submission1.json --cluster patient RESAMPLES
transitions: transitions RESAMPLES
transitions submission: transitions --submission submission1.json RESAMPLES
secondary
secondary other settings: secondary --model {first} RESAMPLES
breakdown edit: breakdown --by edit RESAMPLES
breakdown age: breakdown --by age RESAMPLES
breakdown sex: breakdown --by sex RESAMPLES
breakdown dataset: breakdown --by dataset RESAMPLES
breakdown same-or-cross: breakdown --by same-or-cross RESAMPLES
breakdown finding: breakdown --by finding RESAMPLES
breakdown submission: breakdown --by age --submission submission1.json RESAMPLES
refusals: refusals RESAMPLES
refusals submission: refusals --submission submission0.json RESAMPLES
compare: compare RESAMPLES
compare margin: compare {first} {last} --margin 0.1
power: power --effect 0.04
disparity: disparity RESAMPLES
disparity submission: disparity --submission submission0.json RESAMPLES
parser-audit: parser-audit RESAMPLES
parser-audit text: parser-audit --text report.txt
parser-audit submission: parser-audit --submission submission0.json RESAMPLES
explain: explain report.txt
explain submission: explain --submission submission0.json
claims
audit: audit {first}
audit alone: audit {last} --alone RESAMPLES
submission check: submission check submission1.json
submission check rows: submission check rows2.jsonl --scope common-core-1000
submission convert: submission convert rows2.jsonl --scope common-core-1000 --model-name m --output c.json > c.json
submission init: submission init --scope qc-passed --model-name m --output init.json > init.json
submission requests: submission requests --scope common-core-1000 --model-name m --sources sources --for openai --output requests --max-requests 30 > requests/manifest.json
submission schema: submission schema --output schema.json > schema.json
submission merge: submission merge submission0.json --output merged.json > merged.json
score 0: score --submission submission0.json --output score0.json > score0.json
score 1: score --submission submission1.json --output score1.json > score1.json
score 2: score --submission submission2.json --output score2.json RESAMPLES > score2.json
score export: score --submission submission0.json --output score4.json --export export.json > export.json
score page: score --submission submission0.json --output score3.json --report page.html --pairs 4 > score3.json
report: report --output panel.html --pairs 6
audit score: audit score1.json RESAMPLES
audit score with texts: audit score0.json --submission submission0.json
noise-floor score: noise-floor --submission score1.json RESAMPLES
transitions score: transitions --submission score1.json RESAMPLES
breakdown score: breakdown --by same-or-cross --submission score1.json RESAMPLES
disparity score: disparity --submission score1.json RESAMPLES
refusals score: refusals --submission score1.json RESAMPLES
compare scores: compare score0.json score1.json {last} RESAMPLES
power scores: power score0.json {last}
leaderboard: leaderboard build score0.json score1.json --panel --output board --force > board/leaderboard.json
"""
"""A case a line: its name, its command (where that is not the name) and the JSON file that the command writes.

Commands that write files come before those that read them. `{first}` and `{last}` are two models of the panel, and the
submissions and rows are those of `write_inputs`.
"""
RESAMPLES: Final = "--bootstrap-iterations 700 --seed 11"


class Case(NamedTuple):
    """One command on one bundle; `file` is what it writes, compared as JSON too."""

    name: str
    arguments: list[str]
    file: str | None


def commit_of(revision: str) -> str:
    """The full hash of a revision's commit."""
    command = ["git", "rev-parse", "--verify", f"{revision}^{{commit}}"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def cache_name(commit: str) -> str:
    """The folder of the cache for a commit: what it printed is of use only while the same commands are run."""
    runs = repr((CASES, RESAMPLES, SOURCES, EPOCH)).encode()
    return f"{commit}-{hashlib.sha256(runs).hexdigest()[:16]}"


def checkout(commit: str, folder: Path) -> Path:
    """The tracked files of a commit, in `folder`."""
    if not (folder / "reviewer_verify.py").exists():
        folder.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
    return folder


def run(project: Path, arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command of a checkout in `folder`, with a fixed time stamp."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-S", str(project / "reviewer_verify.py"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        timeout=900,
        check=False,
    )


def tree_digest(root: Path) -> dict[str, str]:
    """{relative path: SHA-256} of every file."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


# --- bundles ---------------------------------------------------------------------------------------------------

Roots = tuple[Path, Path]
"""One bundle as the earlier revision and as the working tree is given it; both are absolute."""


def given_bundles(folders: Sequence[str]) -> dict[str, Roots]:
    """{name: roots} of the bundles of --bundle. Raises ValueError for no folder and for two of one name."""
    bundles: dict[str, Roots] = {}
    taken = {_demo_name(seed) for seed, _, _ in SOURCES}
    for folder in folders:
        # Commands run in folders of their own, where a relative path would name nothing.
        root = Path(folder).resolve()
        if not root.is_dir():
            raise ValueError(f"--bundle: there is no folder {folder}")
        if root.name in taken:
            raise ValueError(f"--bundle: there are two bundles with the name {root.name}")
        taken.add(root.name)
        bundles[root.name] = (root, root)
    return bundles


def demo_bundles(before: Path, work: Path, cache: Path, *, quick: bool) -> dict[str, Roots]:
    """{name: roots} of the demo bundles, written by both revisions. Exits where one cannot be written."""
    bundles: dict[str, Roots] = {}
    for seed, core, sources in SOURCES[:1] if quick else SOURCES:
        name = _demo_name(seed)
        size = ["--core-sources", str(core), "--seed", str(seed), *(["--sources", str(sources)] if sources else [])]
        roots = (cache / name, work / name)
        for project, root in zip((before, ROOT), roots, strict=True):
            if not root.exists():
                done = run(project, ["demo-bundle", "--output", str(root), *size], work)
                if done.returncode:
                    sys.exit(done.stderr)
        bundles[name] = roots
    return bundles


def _demo_name(seed: int) -> str:
    return f"demo{seed}"


def changed_files(name: str, roots: Roots) -> list[str]:
    """The files of a demo bundle that the two revisions write differently, in words."""
    one, other = map(tree_digest, roots)
    return [
        f"{name}: file {file} differs" for file in sorted(one.keys() | other.keys()) if one.get(file) != other.get(file)
    ]


# --- inputs ----------------------------------------------------------------------------------------------------


def _panel_texts(bundle: Path) -> dict[str, dict[tuple[str, str], str]]:
    """{model: {(pair_id, role): text}} of both panels."""
    texts: dict[str, dict[tuple[str, str], str]] = {}
    for path in sorted(bundle.glob("artifacts/Results/final_inputs/panels/*_retained/evaluation_results.json")):
        if "mitigation" in path.parent.name:
            continue
        for row in json.loads(path.read_text(encoding="utf-8")):
            role = "source" if row["image_role"] == "source" else "counterfactual"
            texts.setdefault(row["model"], {})[row["pair_id"], role] = row["response"]
    return texts


def write_inputs(bundle: Path, folder: Path) -> tuple[str, str]:
    """Submissions of two models, one with repeated reports; rows of a third; source images. Returns two names of panel models."""
    texts = _panel_texts(bundle)
    names = list(texts)
    for number, model in enumerate(names[:3]):
        own = texts[model]
        pairs = sorted({pair_id for pair_id, _ in own})
        results = [
            {
                "pair_id": pair_id,
                "source_report": own[pair_id, "source"],
                "counterfactual_report": own[pair_id, "counterfactual"],
            }
            for pair_id in pairs
        ]
        submission: dict[str, Any] = {
            "schema_version": "spinefairbench-submission-v1",
            "model": {"name": f"submitted {number}", "version": "1"},
            "scope": "common-core-1000",
            "results": results,
        }
        if number == 1:
            other = texts[names[-1]]
            submission["schema_version"] = "spinefairbench-submission-v2"
            submission["repeated_reports"] = [
                {"pair_id": pair_id, "role": role, "reports": [other[pair_id, role], own[pair_id, role]]}
                for pair_id in pairs[::2]
                for role in ("source", "counterfactual")
                if other.get((pair_id, role), "").strip()
            ]
        (folder / f"submission{number}.json").write_text(json.dumps(submission), encoding="utf-8")
        rows = [json.dumps({**row, "source_id": row["pair_id"].rpartition("__")[0]}) for row in results]
        (folder / f"rows{number}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    first = next(iter(texts[names[0]].values()))
    (folder / "report.txt").write_text(first, encoding="utf-8")
    (folder / "sources").mkdir()
    for edited in bundle.glob("dataset/counterfactual_images/*/young_female.png"):
        (folder / "sources" / f"{edited.parent.name}.png").symlink_to(edited.absolute())
    return names[0], names[-1]


def cases(bundle: Path, first: str, last: str) -> Iterator[Case]:
    """Every case of `CASES` on one bundle, in order."""
    for line in CASES.splitlines():
        name, _, rest = line.partition(": ")
        command, _, file = (rest or name).partition(" > ")
        words = command.replace("RESAMPLES", RESAMPLES).split()
        yield Case(name, [word.format(bundle=bundle, first=first, last=last) for word in words], file or None)


# --- comparison ------------------------------------------------------------------------------------------------


def differences(before: Any, after: Any, place: str = "$") -> Iterator[str]:
    """Where two JSON values differ in more than wording."""
    key = place.rpartition(".")[2].partition("[")[0]
    if key in PROSE:
        if isinstance(before, list) and isinstance(after, list) and key == "problems" and len(before) != len(after):
            yield f"{place}: {len(before)} and {len(after)} problems"
        return
    if key in VARYING:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        old = {RENAMED.get(name, name): value for name, value in before.items()}
        for name in old.keys() ^ after.keys():
            yield f"{place}.{name}: {'gone' if name in old else 'new'}"
        for name in old.keys() & after.keys():
            yield from differences(old[name], after[name], f"{place}.{name}")
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{place}: {len(before)} and {len(after)} items"
        for index, (one, other) in enumerate(zip(before, after, strict=False)):
            yield from differences(one, other, f"{place}[{index}]")
    elif type(before) is not type(after) or not _same(before, after):
        yield f"{place}: {before!r} and {after!r}"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return bool(one == other)


def outcome(project: Path, case: Case, bundle: Path, folder: Path) -> dict[str, Any]:
    """What a command printed and wrote, as one JSON value."""
    done = run(project, [*case.arguments, "--artifacts", str(bundle), "--format", "json"], folder)
    try:
        printed = json.loads(done.stdout)
    except ValueError:
        printed = {"not JSON": done.stdout[-400:] + done.stderr[-400:]}
    files = {}
    if case.file is not None:
        path = folder / case.file
        files[case.file] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return {"exit": done.returncode, "printed": printed, "files": files}


def outcomes(project: Path, bundle: Path, folder: Path) -> dict[str, Any]:
    """{case: outcome} of all cases, in a new folder."""
    folder.mkdir(parents=True)
    first, last = write_inputs(bundle, folder)
    return {case.name: outcome(project, case, bundle, folder) for case in cases(bundle, first, last)}


class Compared(NamedTuple):
    """A bundle's name, and what differs on it."""

    name: str
    commands: int
    found: list[str]


def compare(name: str, before: Path, roots: Roots, work: Path, cache: Path) -> Compared:
    """Run everything on one bundle in both revisions; what the earlier one printed is kept in `cache`."""
    place = hashlib.sha256(os.fsencode(roots[0])).hexdigest()[:16]
    kept = cache / f"{name}-{place}.json"
    if kept.exists():
        old = json.loads(kept.read_text(encoding="utf-8"))
    else:
        old = outcomes(before, roots[0], work / "before" / name)
        kept.write_text(json.dumps(old), encoding="utf-8")
    new = outcomes(ROOT, roots[1], work / "after" / name)
    return Compared(name, len(new), list(case_differences(old, new)))


def case_differences(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Where the outcomes of all cases differ, those of one side only included."""
    for case in dict.fromkeys([*old, *new]):
        if case in old and case in new:
            for line in differences(old[case], new[case]):
                yield f"{case}: {line}"
        else:
            yield f"{case}: {'gone' if case in old else 'new'}"


def main() -> int:
    """Compare on every bundle; 1 where anything differs."""
    parser = argparse.ArgumentParser(description="Compare the numbers of all commands with an earlier revision's.")
    parser.add_argument("revision", help="the git revision to compare the working tree with")
    parser.add_argument("--bundle", action="append", default=[], metavar="DIR", help="another bundle to run on")
    parser.add_argument("--cache", metavar="DIR", help="keep what the earlier revision printed here, for the next run")
    parser.add_argument("--quick", action="store_true", help="the smallest demo bundle only")
    args = parser.parse_args()
    try:
        bundles = given_bundles(args.bundle)
    except ValueError as error:
        parser.error(str(error))
    with tempfile.TemporaryDirectory(prefix="spinefairbench-compare-") as folder:
        work = Path(folder)
        commit = commit_of(args.revision)
        cache = (work / "cache" if args.cache is None else Path(args.cache).resolve()) / cache_name(commit)
        cache.mkdir(parents=True, exist_ok=True)
        before = checkout(commit, cache / "checkout")
        demos = demo_bundles(before, work, cache, quick=args.quick)
        problems = [line for name, roots in demos.items() for line in changed_files(name, roots)]
        bundles.update(demos)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            done_all = list(pool.map(lambda item: compare(item[0], before, item[1], work, cache), bundles.items()))
        for compared in done_all:
            problems += [f"{compared.name}: {line}" for line in compared.found]
            print(f"{compared.name}: {compared.commands} commands, {len(compared.found)} differences")
    for line in problems[:200]:
        print(line)
    print(f"{len(problems)} differences")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
