"""The request for one report in each of the three formats, and the settings that a format has no place for."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.release.decoding import Decoding
from spinefairbench.release.request_manifest import REQUEST_FORMATS
from spinefairbench.release.requests import ID_KEYS, MOST_IMAGE_BYTES, Ask, ImageToSend, request, setting_faults
from spinefairbench.release.templates import Prompts

PROMPTS = Prompts("You are a radiologist.", "Describe the film.")
PIXELS = b"\x89PNG pixels"
ENCODED = base64.b64encode(PIXELS).decode()
HERE = ImageToSend("image/png", PIXELS)
THERE = ImageToSend("image/jpeg", PIXELS, "https://a.example/1.jpg")
ALL = Decoding(temperature=0.5, top_p=0.9, max_tokens=100)


def ask(name: str, decoding: Decoding = ALL) -> Ask:
    return Ask(name, "m-1", PROMPTS, decoding)


def test_a_request_for_openai() -> None:
    assert request(ask("openai"), "id-1", HERE) == {
        "custom_id": "id-1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "m-1",
            "messages": [
                {"role": "system", "content": "You are a radiologist."},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "Describe the film."},
                        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ENCODED}"}},
                    ],
                },
            ],
            "temperature": 0.5,
            "top_p": 0.9,
            "max_completion_tokens": 100,
        },
    }


def test_a_request_for_anthropic() -> None:
    assert request(ask("anthropic"), "id-1", HERE) == {
        "custom_id": "id-1",
        "params": {
            "model": "m-1",
            "system": "You are a radiologist.",
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ENCODED}},
                        {"type": "text", "text": "Describe the film."},
                    ],
                }
            ],
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 100,
        },
    }


def test_a_request_for_gemini() -> None:
    assert request(ask("gemini"), "id-1", HERE) == {
        "key": "id-1",
        "request": {
            "systemInstruction": {"parts": [{"text": "You are a radiologist."}]},
            "contents": [
                {
                    "role": "user",
                    "parts": [
                        {"inlineData": {"mimeType": "image/png", "data": ENCODED}},
                        {"text": "Describe the film."},
                    ],
                }
            ],
            "generationConfig": {"temperature": 0.5, "topP": 0.9, "maxOutputTokens": 100},
        },
    }


def test_an_image_by_address() -> None:
    openai = request(ask("openai"), "id", THERE)["body"]["messages"][1]["content"][1]
    assert openai == {"type": "image_url", "image_url": {"url": THERE.url}}
    anthropic = request(ask("anthropic"), "id", THERE)["params"]["messages"][0]["content"][0]
    assert anthropic == {"type": "image", "source": {"type": "url", "url": THERE.url}}
    gemini = request(ask("gemini"), "id", THERE)["request"]["contents"][0]["parts"][0]
    assert gemini == {"fileData": {"mimeType": "image/jpeg", "fileUri": THERE.url}}


def test_only_settings_that_were_given_are_written() -> None:
    assert request(ask("openai", Decoding()), "id", HERE)["body"].keys() == {"model", "messages"}
    assert request(ask("gemini", Decoding()), "id", HERE)["request"].keys() == {"systemInstruction", "contents"}


@given(st.integers(0, 2**63 - 1), st.lists(st.text(max_size=5), min_size=2, max_size=2, unique=True))
def test_each_request_has_a_seed_of_its_own_that_is_the_same_in_every_run(seed: int, ids: list[str]) -> None:
    seeds = [request(ask("openai", Decoding(seed=seed)), custom_id, THERE)["body"]["seed"] for custom_id in ids]
    assert all(0 <= each < 2**31 for each in seeds)
    assert seeds[0] != seeds[1]
    assert seeds[0] == request(ask("gemini", Decoding(seed=seed)), ids[0], THERE)["request"]["generationConfig"]["seed"]


def test_every_format_is_known_by_all_tables() -> None:
    assert tuple(ID_KEYS) == tuple(MOST_IMAGE_BYTES) == REQUEST_FORMATS


@pytest.mark.parametrize(
    ("name", "decoding", "images", "faults"),
    [
        ("openai", Decoding(2, 1, 5, 7), "base64", []),
        ("openai", Decoding(), "file://", []),
        ("openai", Decoding(), "file:///", []),
        ("openai", Decoding(), "https://", ["--images: requests for openai have base64, or a prefix"]),
        ("openai", Decoding(), "https://a b", ["--images: requests for openai have base64, or a prefix"]),
        ("gemini", Decoding(2, 1, 5, 7), "gs://bucket", []),
        ("anthropic", Decoding(1, 1, 5), "https://a.example", []),
        ("openai", Decoding(2.5), "ftp://a", ["--temperature 2.5: requests for openai have at most 2", "--images: "]),
        (
            "gemini",
            Decoding(),
            "file:///data",
            ["--images: requests for gemini have base64, or a prefix that starts with "],
        ),
        (
            "anthropic",
            Decoding(1.5, seed=3),
            "http://a.example",
            [
                "--seed: requests for anthropic have no such setting",
                "--max-tokens is missing; requests for anthropic must have it",
                "--temperature 1.5: requests for anthropic have at most 1",
                "--images: requests for anthropic have base64, or a prefix that starts with https://",
            ],
        ),
    ],
)
def test_what_a_format_has_no_place_for_is_named(name: str, decoding: Decoding, images: str, faults: list[str]) -> None:
    found = setting_faults(name, decoding, images)
    assert len(found) == len(faults)
    assert all(said.startswith(words) for said, words in zip(found, faults, strict=True))
