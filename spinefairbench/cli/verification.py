"""Commands about the bundle as files: inspect, dataset, checksums, release-identity, diagnostic-scoring."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import CODE_ROOT, Command, Run

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS"]


def _inspect(run: Run) -> "CheckResult":
    from spinefairbench.analysis.inspection import inspect_bundle
    from spinefairbench.bundle.published import published

    return inspect_bundle(run.bundle, published()["frozen_prompt_sha256"], run.published("counts"))


def _dataset(run: Run) -> "CheckResult":
    from dataclasses import replace

    from spinefairbench.analysis.dataset_check import dataset_check
    from spinefairbench.bundle.artifacts import is_dataset_alone

    # A folder that holds a dataset and nothing else (a generator's output, say) claims no published count.
    alone = is_dataset_alone(run.bundle.root)
    result = dataset_check(run.bundle, None if alone else run.published("counts"))
    if alone:
        said = "the published counts: this is a dataset alone and no release, held to its own release manifest"
        result = replace(result, not_checked=(*result.not_checked, said))
    return result


def _checksums(run: Run) -> "CheckResult":
    from spinefairbench.analysis.checksums import ManifestRequest, checksums
    from spinefairbench.bundle import layout

    requests = [ManifestRequest(Path(name), name) for name in run.args.manifests]
    not_checked = []
    if not requests:
        own = CODE_ROOT / layout.SHA256SUMS
        if own.exists():
            requests.append(ManifestRequest(own, f"code: {layout.SHA256SUMS}", "release", own_code=True))
        else:
            not_checked.append("the code's own files: an installed package has no manifest")
        root = run.bundle.root
        requests += [
            ManifestRequest(root / layout.SHA256SUMS, f"bundle: {layout.SHA256SUMS}", "bundle"),
            ManifestRequest(root / layout.READER_SUMS, f"bundle: {layout.READER_SUMS}", "bundle"),
        ]
    return checksums(
        requests,
        list_unlisted=run.args.unlisted,
        jobs=run.jobs,
        progress=lambda name, done, of: run.progress.show(f"{name}: {done:,} of {of:,} files"),
        not_checked=not_checked,
        edits_fail=run.args.edits_fail,
    )


def _configure_checksums(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "manifests", nargs="*", metavar="MANIFEST", help="manifests to check instead of the default three"
    )
    parser.add_argument("--unlisted", action="store_true", help="also name files that no manifest lists")
    parser.set_defaults(edits_fail=True)


def _release_identity(run: Run) -> "CheckResult":
    from spinefairbench.analysis.release_identity import release_identity
    from spinefairbench.bundle.published import published

    return release_identity(run.bundle, published()["release"]["anchors"])


def _diagnostic_scoring(run: Run) -> "CheckResult":
    from spinefairbench.analysis.scoring_path import diagnostic_scoring

    return diagnostic_scoring()


COMMANDS: Final = (
    Command(
        "inspect",
        "required files, frozen prompts, counts, freeze time",
        "inspect --artifacts artifacts",
        _inspect,
    ),
    Command(
        "dataset",
        "hold the dataset's rows, images and source lists to its manifests",
        "dataset --artifacts artifacts --format json",
        _dataset,
    ),
    Command(
        "checksums",
        "check every file that the SHA-256 manifests list",
        "checksums --artifacts artifacts --unlisted",
        _checksums,
        _configure_checksums,
    ),
    Command(
        "release-identity",
        "compare the seven files that pin the release",
        "release-identity --artifacts artifacts",
        _release_identity,
    ),
    Command(
        "diagnostic-scoring",
        "the frozen scoring path, its categories and registry hashes",
        "diagnostic-scoring --format json",
        _diagnostic_scoring,
    ),
)
