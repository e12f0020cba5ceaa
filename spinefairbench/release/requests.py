"""One request for one report, as the batch interfaces of OpenAI, Anthropic and Gemini expect it. Nothing is sent.

Sources of the formats: the providers' documentation of their batch interfaces (2026). That of OpenAI is read by vLLM's
`run-batch`, LiteLLM and Together too.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from spinefairbench.release.decoding import Decoding
from spinefairbench.release.templates import Prompts

__all__ = ["BASE64", "ID_KEYS", "MOST_IMAGE_BYTES", "Ask", "ImageToSend", "own_seed", "request", "setting_faults"]


class ImageToSend(NamedTuple):
    """An image: its bytes, or else the address that the provider reads it from."""

    media_type: str
    content: bytes
    url: str | None = None

    @property
    def base64(self) -> str:
        """The bytes as text."""
        return base64.b64encode(self.content).decode("ascii")


class Ask(NamedTuple):
    """What all requests of a run have in common; `model` is the model's name with its provider."""

    format: str
    model: str
    prompts: Prompts
    decoding: Decoding


class _Format(NamedTuple):
    body: Callable[[Ask, ImageToSend, Mapping[str, Any]], dict[str, Any]]
    id_key: str
    names: Mapping[str, str]
    """{setting: what the format calls it}; a setting that is not here has no place in the format."""
    needs: tuple[str, ...]
    most_temperature: float
    schemes: tuple[str, ...]
    most_image_bytes: int


def request(ask: Ask, custom_id: str, image: ImageToSend) -> dict[str, Any]:
    """The line of a batch file that asks for one report; its id comes first.

    A seed is turned into one for each request: the same seed would give the same report on the same image, and
    reports on the same image are repeated to see how they vary.
    """
    form = _FORMATS[ask.format]
    given = ask.decoding.to_json()
    if "seed" in given:
        given["seed"] = own_seed(int(given["seed"]), custom_id)
    settings = {form.names[name]: value for name, value in given.items()}
    return {form.id_key: custom_id, **form.body(ask, image, settings)}


def own_seed(seed: int, custom_id: str) -> int:
    """The seed of one request of a run with this seed: of 31 bits, which every provider takes."""
    digest = hashlib.sha256(f"{seed}\n{custom_id}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1


def _openai(ask: Ask, image: ImageToSend, settings: Mapping[str, Any]) -> dict[str, Any]:
    url = image.url or f"data:{image.media_type};base64,{image.base64}"
    content = [{"type": "text", "text": ask.prompts.primary}, {"type": "image_url", "image_url": {"url": url}}]
    messages = [{"role": "system", "content": ask.prompts.system}, {"role": "user", "content": content}]
    body = {"model": ask.model, "messages": messages, **settings}
    return {"method": "POST", "url": "/v1/chat/completions", "body": body}


def _anthropic(ask: Ask, image: ImageToSend, settings: Mapping[str, Any]) -> dict[str, Any]:
    source = (
        {"type": "url", "url": image.url}
        if image.url
        else {"type": "base64", "media_type": image.media_type, "data": image.base64}
    )
    content = [{"type": "image", "source": source}, {"type": "text", "text": ask.prompts.primary}]
    messages = [{"role": "user", "content": content}]
    return {"params": {"model": ask.model, "system": ask.prompts.system, "messages": messages, **settings}}


def _gemini(ask: Ask, image: ImageToSend, settings: Mapping[str, Any]) -> dict[str, Any]:
    part = (
        {"fileData": {"mimeType": image.media_type, "fileUri": image.url}}
        if image.url
        else {"inlineData": {"mimeType": image.media_type, "data": image.base64}}
    )
    asked = {
        "systemInstruction": {"parts": [{"text": ask.prompts.system}]},
        "contents": [{"role": "user", "parts": [part, {"text": ask.prompts.primary}]}],
    }
    return {"request": {**asked, **({"generationConfig": dict(settings)} if settings else {})}}


_FORMATS: Final[Mapping[str, _Format]] = {
    "openai": _Format(
        _openai,
        "custom_id",
        {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_completion_tokens", "seed": "seed"},
        (),
        2,
        ("https://", "http://", "file://"),
        20_000_000,
    ),
    "anthropic": _Format(
        _anthropic,
        "custom_id",
        {"temperature": "temperature", "top_p": "top_p", "max_tokens": "max_tokens"},
        ("max_tokens",),
        1,
        ("https://",),
        5_000_000,
    ),
    "gemini": _Format(
        _gemini,
        "key",
        {"temperature": "temperature", "top_p": "topP", "max_tokens": "maxOutputTokens", "seed": "seed"},
        (),
        2,
        ("https://", "gs://"),
        20_000_000,
    ),
}
ID_KEYS: Final = {name: form.id_key for name, form in _FORMATS.items()}
"""{format: the key of a request's id}."""
MOST_IMAGE_BYTES: Final = {name: form.most_image_bytes for name, form in _FORMATS.items()}
"""{format: how large an image may be that is sent within a request}."""
BASE64: Final = "base64"
"""What stands for images within the requests, where else the prefix of their URLs stands."""


def setting_faults(name: str, decoding: Decoding, images: str) -> list[str]:
    """Why requests of a format cannot have these settings, a sentence for each reason; none where they can."""
    form, given = _FORMATS[name], decoding.to_json()
    faults = [
        f"--{_option(setting)}: requests for {name} have no such setting" for setting in given.keys() - form.names
    ]
    faults += [
        f"--{_option(setting)} is missing; requests for {name} must have it"
        for setting in form.needs
        if setting not in given
    ]
    if decoding.temperature is not None and decoding.temperature > form.most_temperature:
        faults.append(
            f"--temperature {decoding.temperature:g}: requests for {name} have at most {form.most_temperature:g}"
        )
    if images != BASE64 and not _is_prefix(images, form.schemes):
        schemes = " or ".join(form.schemes)
        faults.append(f"--images: requests for {name} have base64, or a prefix that starts with {schemes}")
    return faults


def _is_prefix(text: str, schemes: tuple[str, ...]) -> bool:
    # file:// alone stands for this machine; what else is a prefix names at least a host or folder.
    found = next((scheme for scheme in schemes if text.startswith(scheme)), None)
    return found is not None and (text not in schemes or found == "file://") and not re.search(r"\s", text)


def _option(setting: str) -> str:
    return setting.replace("_", "-")
