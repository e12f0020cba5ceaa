"""submission requests as a user runs it: every report is asked for once, runs are continued, mistakes are named."""

import base64
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.layout import image_path
from spinefairbench.bundle.pair_ids import parts_of, source_of
from spinefairbench.release.request_map import read_request_map
from tests.conftest import Ran, Run
from tests.images import jpeg

Make = Callable[..., Ran]
"""What the fixture `make` gives."""


@pytest.fixture(scope="module")
def sources(demo: Path, core_pairs: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images for the sources of the demo bundle's core: one of its edited images each, one a JPEG."""
    folder = tmp_path_factory.mktemp("sources")
    for pair in core_pairs:
        source = source_of(pair)
        (folder / source[:3]).mkdir(exist_ok=True)
        shutil.copy(demo / image_path(*parts_of(pair)), folder / source[:3] / f"{source.partition('_')[2]}.png")
    first = source_of(core_pairs[0])
    (folder / f"{first}.jpg").write_bytes(jpeg(18, 14, components=1))
    (folder / first[:3] / f"{first.partition('_')[2]}.png").unlink()
    return folder


@pytest.fixture
def make(run: Run, demo: Path, sources: Path, tmp_path: Path) -> Make:
    """Writes requests to the folder `out`, or to `to`; its JSON."""

    def call(*more: object, to: Path | None = None, form: str = "openai", images: Path | None = None) -> Ran:
        arguments = ("--scope", "common-core-1000", "--model-name", "a model", "--for", form, "--format", "json")
        places = ("--sources", images or sources, "--output", to or tmp_path / "out", "--artifacts", demo)
        return run("submission", "requests", *arguments, *places, *more)

    return call


def row_of(ran: Ran) -> dict[str, Any]:
    assert ran.status == 0, ran.err
    row: dict[str, Any] = ran.json["results"][0]
    return row


def requests(folder: Path) -> list[dict[str, Any]]:
    """All requests of a folder, in the order of its parts."""
    parts = json.loads((folder / "manifest.json").read_bytes())["parts"]
    return [json.loads(line) for part in parts for line in (folder / part["file"]).read_text("utf-8").splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("form", "key"), [("openai", "custom_id"), ("anthropic", "custom_id"), ("gemini", "key")])
def test_every_report_is_asked_for_once_with_its_own_image(
    make: Make, form: str, key: str, tmp_path: Path, core_pairs: list[str], demo: Path
) -> None:
    row = row_of(make("--repeats", 2, "--max-tokens", 64, "--max-requests", 50, form=form))
    asked = requests(tmp_path / "out")
    assert row["requests"] == len(asked) == 4 * len(core_pairs)
    assert row["parts"] == -(-len(asked) // 50)
    assert (row["sources_found"], row["sources_missing"], row["pairs"]) == (8, 0, len(core_pairs))
    known = read_request_map(tmp_path / "out")
    assert [request[key] for request in asked] == list(known.by_custom_id)
    count = Counter((report.pair_id, report.image) for report in known.by_custom_id.values())
    assert count == dict.fromkeys(((pair, image) for pair in core_pairs for image in ("source", "counterfactual")), 2)
    for request in asked:
        report = known.by_custom_id[request[key]]
        text = json.dumps(request)
        assert parts_of(report.pair_id)[1] not in text, "the request names the edit"
        assert source_of(report.pair_id) not in text
        if report.image == "counterfactual":
            image = base64.b64encode((demo / image_path(*parts_of(report.pair_id))).read_bytes()).decode()
            assert image in text


def test_the_same_command_writes_the_same_bytes_and_keeps_what_is_there(make: Make, tmp_path: Path) -> None:
    limits = ("--max-requests", 20, "--seed", 5)
    assert row_of(make(*limits))["kept_parts"] == 0
    before = contents(tmp_path / "out")
    assert len(before) > 4
    (tmp_path / "out" / "part-0003.jsonl").write_bytes(b"half a li")
    (tmp_path / "out" / "part-0099.jsonl").write_bytes(b"left over")
    (tmp_path / "out" / ".0123.part").write_bytes(b"of a process that was killed")
    assert row_of(make(*limits))["kept_parts"] == 2
    assert contents(tmp_path / "out") == before
    assert row_of(make(*limits))["kept_parts"] == len(before) - 2
    row_of(make(*limits, to=tmp_path / "other"))
    assert contents(tmp_path / "other") == before


def test_other_settings_are_refused_each_with_both_values_and_force_starts_anew(make: Make, tmp_path: Path) -> None:
    row_of(make("--max-requests", 20))
    ran = make("--max-requests", 30, "--temperature", 0.5)
    assert ran.status == 2
    assert [line.partition("manifest.json: ")[2] for line in ran.err.splitlines()[:2]] == [
        "decoding is {}; asked for now is {'temperature': 0.5}",
        "max_requests is 20; asked for now is 30",
    ]
    assert "--force to start anew" in ran.err
    (tmp_path / "out" / "mine.txt").touch()
    row = row_of(make("--max-requests", 100, "--force"))
    assert row["parts"] == 1
    assert sorted(contents(tmp_path / "out")) == ["manifest.json", "map.jsonl", "mine.txt", "part-0001.jsonl"]


def test_a_folder_that_is_not_one_of_requests_is_left_alone(make: Make, tmp_path: Path, demo: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    assert "not empty (mine.txt); give a new or empty folder, or --force to start anew" in make().err
    (tmp_path / "out" / "manifest.json").write_text('{"schema_version": "another"}', encoding="utf-8")
    ran = make()
    assert (ran.status, "cannot be continued" in ran.err) == (2, True)
    assert sorted(contents(tmp_path / "out")) == ["manifest.json", "mine.txt"]
    (tmp_path / "link").symlink_to(demo)
    for inside in (demo, demo / "dataset" / "new", tmp_path / "link" / "new"):
        ran = make("--force", to=inside)
        assert (ran.status, "lies inside the bundle" in ran.err) == (2, True)
    assert make(to=tmp_path / "out" / "mine.txt").status == 2


def test_sources_that_are_missing_are_all_named_or_left_out(
    make: Make, sources: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    some = tmp_path / "some"
    shutil.copytree(sources, some)
    gone = sorted(some.rglob("*.png"))[:2]
    gone[0].unlink()
    gone[1].rename(gone[1].with_suffix(".dicom"))
    ran = make(images=some)
    assert ran.status == 2
    assert len(ran.json["problems"]) == 2
    assert not (tmp_path / "out").exists()
    row = ran.json["results"][0]
    assert (row["sources_found"], row["sources_missing"]) == (6, 2)
    row = row_of(make("--allow-partial", images=some))
    left = [pair for pair in core_pairs if not any(path.stem in pair for path in gone)]
    assert (row["pairs"], row["sources_missing"]) == (len(left), 2)
    assert {report.pair_id for report in read_request_map(tmp_path / "out").by_custom_id.values()} == set(left)
    ran = make("--allow-partial", images=tmp_path / "out", to=tmp_path / "none")
    assert (ran.status, "no image of any of the 8 sources" in ran.err) == (2, True)


def test_settings_are_written_into_requests_and_manifest(make: Make, tmp_path: Path) -> None:
    settings = ("--temperature", 0.25, "--top-p", 0.5, "--max-tokens", 7, "--seed", 11)
    ran = make(*settings, "--request-model", "org/m-1", "--model-version", "3", "--images", "https://a.example/x")
    row_of(ran)
    known = read_request_map(tmp_path / "out")
    assert known.decoding.to_json() == {"temperature": 0.25, "top_p": 0.5, "max_tokens": 7, "seed": 11}
    assert known.model == {"name": "a model", "version": "3"}
    bodies = [request["body"] for request in requests(tmp_path / "out")]
    assert {body["model"] for body in bodies} == {"org/m-1"}
    assert {body["max_completion_tokens"] for body in bodies} == {7}
    assert len({body["seed"] for body in bodies}) == len(bodies)
    addresses = {body["messages"][1]["content"][1]["image_url"]["url"] for body in bodies}
    assert all(address.startswith("https://a.example/x/") for address in addresses)
    assert len(addresses) == 8 + len(bodies) // 2
    assert any("a seed of its own" in note for note in ran.json["notes"])


def test_a_gemini_batch_is_told_its_model(make: Make) -> None:
    assert any("create each batch for a model" in note for note in make(form="gemini").json["notes"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--seed", "1"), "--max-tokens is missing; requests for anthropic must have it"),
        (("--temperature", "-1"), "expected a number from 0, found '-1'"),
        (("--temperature", "nan"), "expected a number from 0, found 'nan'"),
        (("--repeats", "101"), "expected a whole number from 1 to 100, found '101'"),
        (("--top-p", "0"), "expected a number above 0 and at most 1"),
        (("--max-bytes", "0"), "expected a whole number from 1 to 1,000,000,000,000"),
        (("--max-tokens", "5", "--max-bytes", "100"), "--max-bytes 100: the request for the"),
        (("--model-name", " ", "--max-tokens", "5"), "--model-name is blank"),
    ],
)
def test_mistakes_are_named_and_nothing_is_written(
    make: Make, arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    ran = make(*arguments, form="anthropic")
    assert ran.status == 2
    assert words in ran.err
    assert not (tmp_path / "out").exists()


def test_what_differs_between_source_and_edit_is_counted_and_warned_of(make: Make) -> None:
    ran = make("--images", "file://")
    row = row_of(ran)
    assert row["size_differs_pairs"] > 0 == row["mode_differs_pairs"]
    assert 0 < row["brightness_pairs"] <= 12
    assert any(f"differ in size in {row['size_differs_pairs']} of" in note for note in ran.json["notes"])
