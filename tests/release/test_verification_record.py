"""The record of `all`: an in-toto statement with the test results, the same bytes every time, and never overwritten."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.cli.commands import COMMANDS
from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.release.schema import TEXT, list_of, object_of, one_of, schema_problems
from spinefairbench.release.verification_record import Outcome, package_digest, verification_record
from tests import ROOT
from tests.conftest import Run, Tampering

_DIGEST: Final = object_of({"sha256": {**TEXT, "pattern": "^[0-9a-f]{64}$"}}, closed=True)
_DESCRIPTOR: Final = object_of(
    {"name": TEXT, "digest": _DIGEST},
    {"uri": TEXT, "content": TEXT, "downloadLocation": TEXT, "mediaType": TEXT, "annotations": {"type": "object"}},
    closed=True,
)
STATEMENT: Final = object_of(
    {
        "_type": one_of(["https://in-toto.io/Statement/v1"]),
        "subject": list_of(_DESCRIPTOR, minItems=1),
        "predicateType": one_of(["https://in-toto.io/attestation/test-result/v0.1"]),
        "predicate": object_of(
            {
                "result": one_of(["PASSED", "WARNED", "FAILED"]),
                "configuration": list_of(_DESCRIPTOR),
                "passedTests": list_of(TEXT),
                "warnedTests": list_of(TEXT),
                "failedTests": list_of(TEXT),
            },
            {"url": TEXT},
            closed=True,
        ),
    },
    closed=True,
)
"""The in-toto Statement v1 with the predicate Test Result v0.1, as far as a record uses them."""

FEW: Final = ("release-identity", "diagnostic-scoring", "mitigation", "radiologist")
"""Quick checks; on the demo bundle two of them leave something unchecked."""


@pytest.fixture(autouse=True)
def few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [command for command in COMMANDS if command.name in FEW]
    monkeypatch.setattr("spinefairbench.cli.all_checks.COMMANDS", few)


def read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_bytes())
    assert schema_problems(value, STATEMENT) == []
    names = [subject["name"] for subject in value["subject"]]
    assert len(set(names)) == len(names)
    return value


def test_a_record_names_the_bytes_and_every_check(run: Run, demo: Path, tmp_path: Path) -> None:
    done = run("all", "--artifacts", demo, "--record", tmp_path / "record.json", "--format", "json")
    assert (done.status, done.json["summary"]["result"]) == (0, "WARNED")
    assert done.json["summary"]["record"] == str(tmp_path / "record.json")
    record = read(tmp_path / "record.json")
    assert {subject["name"]: subject["digest"]["sha256"] for subject in record["subject"]} == {
        "synthetic-demo-bundle/SHA256SUMS.txt": sha256_of_file(demo / layout.SHA256SUMS),
        "synthetic-demo-bundle/radiologist_validation_SHA256SUMS.txt": sha256_of_file(demo / layout.READER_SUMS),
        "code/SHA256SUMS.txt": sha256_of_file(ROOT / "SHA256SUMS.txt"),
    }
    predicate = record["predicate"]
    assert predicate["result"] == "WARNED"
    assert predicate["passedTests"] == ["diagnostic-scoring", "radiologist"]
    assert predicate["warnedTests"] == ["release-identity", "mitigation"]
    assert predicate["failedTests"] == []
    settings, *expectations = predicate["configuration"]
    assert (settings["annotations"]["bundle"], settings["annotations"]["synthetic"]) == ("demo", True)
    assert "nothing about the release was verified" in settings["annotations"]["bundleMeaning"]
    assert set(settings["annotations"]["notChecked"]) == {"release-identity", "mitigation"}
    data = ROOT / "spinefairbench" / "bundle"
    assert {each["name"]: each["digest"]["sha256"] for each in expectations} == {
        f"code/spinefairbench/bundle/{path.name}": sha256_of_file(path) for path in data.glob("published*.json")
    }


def test_a_record_has_the_same_bytes_again_and_names_no_place(run: Run, demo: Path, tmp_path: Path) -> None:
    moved = tmp_path / "another place"
    moved.symlink_to(demo, target_is_directory=True)
    for bundle, name in ((demo, "one.json"), (moved, "two.json")):
        assert run("all", "--artifacts", bundle, "--record", tmp_path / name).status == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert str(tmp_path).encode() not in (tmp_path / "two.json").read_bytes()


def test_a_record_is_written_where_checks_fail_or_cannot_be_made(
    run: Run, tampering: Tampering, tmp_path: Path
) -> None:
    tampering.text(layout.PAIR_RESULTS, lambda text: text.rsplit("\n", 2)[0] + "\n")
    tampering.path(layout.MITIGATION_TABLE).unlink()
    tampering.path(layout.READER_SUMS).unlink()
    done = run("all", "--artifacts", tampering.root, "--record", tmp_path / "record.json")
    record = read(tmp_path / "record.json")
    assert done.status == 2
    assert record["predicate"]["result"] == "FAILED"
    assert set(record["predicate"]["failedTests"]) == {"mitigation", "radiologist"}
    assert [subject["name"].partition("/")[2] for subject in record["subject"]] == ["SHA256SUMS.txt", "SHA256SUMS.txt"]


def test_a_bundle_that_is_not_the_release_fails_where_the_release_is_required(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    done = run("all", "--artifacts", demo, "--require-release", "--record", tmp_path / "record.json")
    record = read(tmp_path / "record.json")
    assert (done.status, "synthetic demo bundle; expected the release" in done.err) == (1, True)
    assert (record["predicate"]["result"], record["predicate"]["failedTests"]) == ("FAILED", ["--require-release"])


def test_an_unidentified_bundle_is_called_that(tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    record = verification_record(open_bundle(tampering.root), [])
    assert record["subject"][0]["name"] == "unidentified-bundle/SHA256SUMS.txt"
    annotations = record["predicate"]["configuration"][0]["annotations"]
    assert (annotations["bundle"], annotations["synthetic"]) == ("other", False)


@pytest.mark.parametrize(
    ("outcomes", "result"),
    [
        ([Outcome("a", "ok")], "PASSED"),
        ([Outcome("a", "ok"), Outcome("b", "ok", ("a part",))], "WARNED"),
        ([Outcome("a", "ok", ("a part",)), Outcome("b", "failed", ("a part",))], "FAILED"),
        ([Outcome("a", "error")], "FAILED"),
    ],
)
def test_one_check_decides_the_result(outcomes: list[Outcome], result: str, demo: Path) -> None:
    assert verification_record(open_bundle(demo), outcomes)["predicate"]["result"] == result


def test_a_record_is_not_overwritten_without_force(run: Run, demo: Path, tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text("mine")
    refused = run("all", "--artifacts", demo, "--record", record)
    assert (refused.status, record.read_text()) == (2, "mine")
    assert "already exists" in refused.err
    assert run("all", "--artifacts", demo, "--record", record, "--force").status == 0
    read(record)


def test_a_record_does_not_lie_in_the_bundle(run: Run, demo: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(demo, target_is_directory=True)
    for place in (demo / "record.json", link / "dataset" / "record.json", demo / "new" / "record.json"):
        refused = run("all", "--artifacts", demo, "--record", place, "--force")
        assert (refused.status, "lies inside the bundle" in refused.err, place.exists()) == (2, True, False)


@pytest.mark.parametrize("name", ["a/record.json", "\0"])
def test_a_record_that_cannot_be_written_is_told_beside_the_checks(
    name: str, run: Run, demo: Path, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("no folder")
    done = run("all", "--artifacts", demo, "--record", f"{tmp_path}/{name}", "--format", "json")
    assert (done.status, len(done.json["results"]), len(done.json["problems"])) == (2, len(FEW), 1)
    assert "cannot be written" in done.err


def test_an_installed_package_is_named_by_the_digest_of_its_files(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "spinefairbench"
    (package / "b" / "__pycache__").mkdir(parents=True)
    (package / "b" / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    (package / "b" / "x.py").write_bytes(b"1")
    (package / "a.json").write_bytes(b"2")
    listed = f"{sha256_of_bytes(b'2')}  spinefairbench/a.json\n{sha256_of_bytes(b'1')}  spinefairbench/b/x.py\n"
    assert package_digest(package) == sha256_of_bytes(listed.encode())
    monkeypatch.setattr("spinefairbench.release.verification_record.CODE_ROOT", tmp_path)
    code = verification_record(open_bundle(demo), [])["subject"][-1]
    assert code["name"] == "code/spinefairbench (installed package)"
    assert code["digest"]["sha256"] == package_digest(ROOT / "spinefairbench")


def test_the_documented_signature_verifies_and_that_of_a_changed_record_does_not(
    run: Run, demo: Path, tmp_path: Path
) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed, so no record can be signed here")
    record = tmp_path / "verification.intoto.json"
    assert run("all", "--artifacts", demo, "--record", record).status == 0
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    blocks = [
        block for block in re.findall(r"^```bash\n(.*?)^```", page, re.MULTILINE | re.DOTALL) if "ssh-keygen" in block
    ]
    assert len(blocks) == 1
    commands = ["bash", "-ec", blocks[0]]
    signed = subprocess.run(commands, cwd=tmp_path, capture_output=True, text=True)
    assert signed.returncode == 0, signed.stderr
    assert 'Good "file" signature for reviewer@example.org' in signed.stdout
    verify = blocks[0].rstrip().splitlines()[-1]
    assert verify.startswith("ssh-keygen -Y verify")
    record.write_bytes(record.read_bytes().replace(b"WARNED", b"PASSED"))
    changed = subprocess.run(["bash", "-ec", verify], cwd=tmp_path, capture_output=True, text=True)
    assert changed.returncode != 0
