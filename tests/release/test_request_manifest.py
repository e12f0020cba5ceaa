"""The manifest of a folder of requests: every fault is named with its place."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.errors import SubmissionError
from spinefairbench.release.request_manifest import (
    MANIFEST,
    PartFile,
    RequestManifest,
    part_name,
    read_request_manifest,
)
from tests.release.test_request_map import DIGEST, settings, write


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """What is said of a manifest that was changed."""
    write(folder)
    value = json.loads((folder / MANIFEST).read_bytes())
    change(value)
    (folder / MANIFEST).write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(SubmissionError) as caught:
        read_request_manifest(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda value: value.pop("scope"), "$.scope: missing"),
        (lambda value: value.update(more=1), "$: unknown key 'more'"),
        (lambda value: value.update(schema_version="v0"), "$.schema_version: expected spinefairbench-requests-v1"),
        (lambda value: value.update(format="other"), "$.format: expected one of openai, anthropic, gemini"),
        (lambda value: value.update(synthetic=1), "$.synthetic: expected true or false, found a number"),
        (lambda value: value.update(repeats=True), "$.repeats: expected a whole number, found true"),
        (lambda value: value.update(repeats=0), "$.repeats: expected at least 1, found 0"),
        (lambda value: value["decoding"].update(temperature="hot"), "$.decoding.temperature: expected a number from 0"),
        (lambda value: value["prompt_sha256"].update(system="x"), "$.prompt_sha256.system: expected 64 hexadecimal"),
        (
            lambda value: value["parts"][0].update(file="../up"),
            "$.parts[0].file: expected part-0001.jsonl, found '../up'",
        ),
        (lambda value: value["parts"][0].update(sha256="x"), "$.parts[0].sha256: expected 64 hexadecimal digits"),
        (lambda value: value.update(complete=False), "$.parts: hold 8 of 8 requests, which `complete` denies"),
        (lambda value: value["parts"].clear(), "$.parts: hold 0 of 8 requests, which `complete` denies"),
    ],
)
def test_every_fault_is_named_with_its_place(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    said = changed(tmp_path, change)
    assert said.startswith(f"{tmp_path / MANIFEST}: {words}")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "words"), [("[]", "expected a JSON object"), ("{", "not JSON"), ('{"a": NaN}', "NaN")]
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(SubmissionError, match=words):
        read_request_manifest(tmp_path)


def test_a_run_is_complete_when_all_its_requests_are_in_parts(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    assert manifest.is_complete
    assert manifest.settings == settings()
    assert read_request_manifest(tmp_path) == manifest


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(data=st.data())
def test_no_value_in_the_place_of_another_ends_in_anything_but_a_refusal(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    part = PartFile(part_name(0), 8, 17, DIGEST)
    value = RequestManifest(settings(), synthetic=True, requests=8, map_sha256=DIGEST, parts=(part,)).to_json()
    holder = data.draw(
        st.sampled_from((value, value["decoding"], value["model"], value["prompt_sha256"], value["parts"][0]))
    )
    holder[data.draw(st.sampled_from(sorted(holder)))] = data.draw(ANY)
    (folder / MANIFEST).write_text(json.dumps(value), encoding="utf-8")
    with suppress(SubmissionError):
        assert read_request_manifest(folder).to_json() == value


@given(st.integers(0, 20_000))
def test_names_of_parts_sort_as_their_numbers_up_to_the_9999th(index: int) -> None:
    assert part_name(index) == f"part-{index + 1:04d}.jsonl"
    assert (part_name(index) < part_name(index + 1)) == (index + 1 != 9999)
