"""The outcome of `all` as an in-toto statement: what was checked, on which bytes, and how it ended.

The form is that of the in-toto Attestation Framework: Statement v1 with the predicate Test Result v0.1. A record holds
no time and no path of a machine, so that the same bundle and code give the same bytes, and it is not signed.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.inputs import CODE_ROOT
from spinefairbench.bundle import layout, published
from spinefairbench.bundle.artifacts import Bundle, BundleKind
from spinefairbench.errors import BundleError
from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.files.package_data import data_names, files_below, package_folder, read_data
from spinefairbench.version import __version__

__all__ = ["Outcome", "package_digest", "verification_record"]

_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
_BUNDLE_NAMES: Final[Mapping[BundleKind, str]] = {
    "release": "release-bundle",
    "demo": "synthetic-demo-bundle",
    "other": "unidentified-bundle",
}
_BUNDLE_WORDS: Final[Mapping[BundleKind, str]] = {
    "release": "the release: all seven anchors agree",
    "demo": "DEMO: synthetic data; nothing about the release was verified",
    "other": "neither the release nor a demo bundle",
}


class Outcome(NamedTuple):
    """How one check ended (`ok`, `failed` or `error`), and what it says that it left unchecked."""

    name: str
    status: str
    not_checked: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`failed` unless the check held; `warned` where it held and left something unchecked, or does not apply."""
        if self.status != "ok":
            return "failed"
        return "warned" if self.not_checked else "passed"


def verification_record(bundle: Bundle, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The statement on these outcomes of checks of `bundle`, as a JSON value.

    Its subjects are the bundle's two manifests, of which one that cannot be read is left out, and the code.
    """
    tests = {
        verdict: [each.name for each in outcomes if each.verdict == verdict]
        for verdict in ("passed", "warned", "failed")
    }
    code = _code_subject(CODE_ROOT)
    annotations = {
        "version": __version__,
        "bundle": bundle.kind,
        "bundleMeaning": _BUNDLE_WORDS[bundle.kind],
        "synthetic": bundle.kind == "demo",
        "notChecked": {each.name: list(each.not_checked) for each in outcomes if each.not_checked},
    }
    return {
        "_type": _STATEMENT,
        "subject": [*_bundle_subjects(bundle), code],
        "predicateType": _TEST_RESULT,
        "predicate": {
            "result": "FAILED" if tests["failed"] else "WARNED" if tests["warned"] else "PASSED",
            "configuration": [
                _descriptor("spinefairbench all", code["digest"]["sha256"], annotations),
                *_expectations(),
            ],
            **{f"{verdict}Tests": names for verdict, names in tests.items()},
        },
    }


def package_digest(folder: Traversable) -> str:
    """The SHA-256 that stands for a package without a manifest: of the manifest that `sha256sum` would write for it.

    That is a line for each file below `folder` but those in a `__pycache__`: its SHA-256, two spaces and its path from
    the parent of `folder`, in the order of the paths' bytes. Raises OSError.
    """
    files = dict(files_below(folder))
    lines = [f"{sha256_of_bytes(files[path].read_bytes())}  {path}\n" for path in sorted(files, key=str.encode)]
    return sha256_of_bytes("".join(lines).encode())


def _descriptor(name: str, sha256: str, annotations: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A ResourceDescriptor of in-toto."""
    return {"name": name, "digest": {"sha256": sha256}, **({"annotations": annotations} if annotations else {})}


def _bundle_subjects(bundle: Bundle) -> Iterator[dict[str, Any]]:
    for manifest in (layout.SHA256SUMS, layout.READER_SUMS):
        try:
            yield _descriptor(f"{_BUNDLE_NAMES[bundle.kind]}/{manifest}", bundle.sha256(manifest))
        except BundleError:
            continue  # `checksums` has failed, and says why


def _code_subject(root: Path) -> dict[str, Any]:
    """The code's own manifest, or where it is installed the digest of the package."""
    manifest = root / layout.SHA256SUMS
    if manifest.is_file():
        return _descriptor(f"code/{layout.SHA256SUMS}", sha256_of_file(manifest))
    return _descriptor("code/spinefairbench (installed package)", package_digest(package_folder("spinefairbench")))


def _expectations() -> list[dict[str, Any]]:
    """The files of published figures that the checks compare with."""
    package = published.__package__
    return [
        _descriptor(f"code/{package.replace('.', '/')}/{name}", sha256_of_bytes(read_data(package, name)))
        for name in data_names(package, ".json")
        if name.startswith("published")
    ]
