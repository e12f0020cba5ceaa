"""A base model is complete, hashed, local where it is said to be local, and sampled with DDIM."""

import json
import shutil
import socket
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import base_model
from spinefairbench.generator.base_model import find_base_model, load_pipeline
from spinefairbench.generator.failures import CheckpointError

from .conftest import Tiny

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


@pytest.fixture
def copy(tiny: Tiny, tmp_path: Path) -> Path:
    shutil.copytree(tiny.base, tmp_path / "base")
    return tmp_path / "base"


def change_weights(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrite a weights file."""
    from safetensors.torch import load_file, save_file

    tensors = load_file(str(path))
    change(tensors)
    save_file(tensors, str(path), metadata={"format": "pt"})


def load(tiny: Tiny, folder: Path) -> Any:
    return load_pipeline(find_base_model(str(folder)), tiny.config)


def test_the_pipeline_takes_the_ddim_steps_that_strength_implies(tiny: Tiny) -> None:
    pipeline = load(tiny, tiny.base)
    # The folder's own scheduler file names PNDM, as v1.5's does.
    assert type(pipeline.scheduler).__name__ == "DDIMScheduler"
    assert pipeline.scheduler.config.clip_sample is False
    assert [int(step) for step in pipeline.scheduler.timesteps[-7:]] == [121, 101, 81, 61, 41, 21, 1]
    assert pipeline.safety_checker is None


def test_samples_are_not_clipped_even_where_the_file_does_not_say(tiny: Tiny, copy: Path) -> None:
    """DDIM's own default is to clip, which latents are not meant for; the pipeline mends it with a warning."""
    path = copy / "scheduler/scheduler_config.json"
    values = json.loads(path.read_text(encoding="utf-8")) | {"_class_name": "DDIMScheduler"}
    assert "clip_sample" not in values
    path.write_text(json.dumps(values), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        assert load(tiny, copy).scheduler.config.clip_sample is False


@pytest.mark.parametrize(
    "weights",
    [
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/model.safetensors",
    ],
)
def test_a_missing_weight_is_an_error_and_never_random(tiny: Tiny, copy: Path, weights: str) -> None:
    removed = []

    def drop(tensors: dict[str, Any]) -> None:
        removed.append(sorted(tensors)[len(tensors) // 2])
        del tensors[removed[0]]

    change_weights(copy / weights, drop)
    with pytest.raises(CheckpointError, match="would be random") as caught:
        load(tiny, copy)
    assert removed[0] in str(caught.value)


def test_weights_of_another_shape_are_an_error(tiny: Tiny, copy: Path) -> None:
    def shorten(tensors: dict[str, Any]) -> None:
        tensors["conv_in.weight"] = tensors["conv_in.weight"][:-1].clone()

    change_weights(copy / "unet/diffusion_pytorch_model.safetensors", shorten)
    with pytest.raises(CheckpointError, match="unet"):
        load(tiny, copy)


def test_the_older_names_of_v15_files_load(tiny: Tiny, copy: Path) -> None:
    import torch

    def rename_vae(tensors: dict[str, Any]) -> None:
        for new, old in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
            for key in [key for key in tensors if f".attentions.0.{new}." in key]:
                tensors[key.replace(f".{new}.", f".{old}.")] = tensors.pop(key)

    def rename_text(tensors: dict[str, Any]) -> None:
        for key in list(tensors):
            tensors[f"text_model.{key}"] = tensors.pop(key)
        tensors["text_model.embeddings.position_ids"] = torch.arange(77).unsqueeze(0)

    change_weights(copy / "vae/diffusion_pytorch_model.safetensors", rename_vae)
    change_weights(copy / "text_encoder/model.safetensors", rename_text)
    old, new = load(tiny, copy), load(tiny, tiny.base)
    for part in ("vae", "text_encoder"):
        ours, theirs = getattr(old, part).state_dict(), getattr(new, part).state_dict()
        assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_a_truncated_weights_file_is_a_sentence(tiny: Tiny, copy: Path) -> None:
    path = copy / "unet/diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="truncated"):
        load(tiny, copy)


def test_a_folder_with_pickled_weights_only_is_refused(copy: Path) -> None:
    path = copy / "unet/diffusion_pytorch_model.safetensors"
    path.rename(path.with_suffix(".bin"))
    with pytest.raises(CheckpointError, match="pickle, which is never opened"):
        find_base_model(str(copy))


def test_everything_that_a_folder_lacks_is_listed(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as caught:
        find_base_model(str(tmp_path))
    assert len(caught.value.problems) == 8


@pytest.mark.parametrize("name", ["./absent", "/absent/folder", "absent", "a/b/c"])
def test_what_is_neither_folder_nor_hub_id_is_refused_without_looking_further(name: str) -> None:
    with pytest.raises(CheckpointError, match="neither a folder nor a hub id"):
        find_base_model(name)


def test_a_hub_id_that_cannot_be_fetched_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise ConnectionError("no route to host")

    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(CheckpointError, match="could not be fetched"):
        find_base_model("stable-diffusion-v1-5/stable-diffusion-v1-5")


def test_a_hub_id_is_fetched_at_its_commit_and_the_commit_that_was_found_is_recorded(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "snapshots/0123abc"
    shutil.copytree(tiny.base, snapshot)
    asked: list[str | None] = []

    def fetch(_: str, *, revision: str | None, **__: Any) -> str:
        asked.append(revision)
        return str(snapshot)

    pytest.importorskip("huggingface_hub")
    monkeypatch.setattr("huggingface_hub.snapshot_download", fetch)
    found = find_base_model("owner/name", None, "0123abc")
    assert (found.name, found.revision, asked) == ("owner/name", "0123abc", ["0123abc"])
    assert find_base_model("owner/name").revision == "0123abc" and asked[1:] == [None]
    assert find_base_model(str(tiny.base), None, "0123abc").revision is None

    def refuse(*_: Any, **__: Any) -> str:
        raise LookupError("no such revision")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    with pytest.raises(CheckpointError, match=r"at revision beef \(--base-model-revision names another\)"):
        find_base_model("owner/name", None, "beef")


def test_a_local_folder_is_read_without_any_network(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert load(tiny, tiny.base) is not None


def test_the_hash_covers_every_file_and_can_be_required(tiny: Tiny, copy: Path) -> None:
    digest = find_base_model(str(tiny.base)).sha256
    assert find_base_model(str(copy), digest).sha256 == digest
    (copy / "tokenizer/merges.txt").write_text("#version: 0.3\n", encoding="utf-8")
    with pytest.raises(CheckpointError, match="required"):
        find_base_model(str(copy), digest)


def test_a_tokenizer_that_loses_letters_is_refused(tiny: Tiny, copy: Path) -> None:
    path = copy / "tokenizer/vocab.json"
    vocabulary = json.loads(path.read_text(encoding="utf-8"))
    del vocabulary["5</w>"]
    path.write_text(json.dumps(vocabulary), encoding="utf-8")
    with pytest.raises(CheckpointError, match="does not keep the prompt"):
        load(tiny, copy)


def test_parts_of_different_models_are_refused(tiny: Tiny, copy: Path) -> None:
    import diffusers

    # Whole by itself, but with one halving less: latents would be of another size than the UNet's.
    shutil.rmtree(copy / "vae")
    blocks = {"down_block_types": ("DownEncoderBlock2D",) * 3, "up_block_types": ("UpDecoderBlock2D",) * 3}
    vae = diffusers.AutoencoderKL(latent_channels=4, block_out_channels=(8, 8, 16), norm_num_groups=4, **blocks)
    vae.save_pretrained(copy / "vae")
    with pytest.raises(CheckpointError, match="VAE factor is 4, expected 8"):
        load(tiny, copy)


def test_a_scheduler_that_takes_other_steps_is_refused(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    import diffusers

    def another(folder: Path) -> Any:
        return diffusers.PNDMScheduler.from_pretrained(str(folder / "scheduler"))

    monkeypatch.setattr(base_model, "_scheduler", another)
    with pytest.raises(CheckpointError, match="takes 8 steps, strength implies 7"):
        load(tiny, tiny.base)


def test_a_prompt_longer_than_the_text_encoder_is_refused(tiny: Tiny) -> None:
    tokenizer = load(tiny, tiny.base).tokenizer
    with pytest.raises(CheckpointError, match="tokens, at most 10"):
        base_model._check_prompts(tokenizer, 10)


def test_a_scheduler_file_that_is_no_object_is_refused(tiny: Tiny, copy: Path) -> None:
    path = copy / "scheduler/scheduler_config.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(CheckpointError, match="scheduler"):
        load(tiny, copy)
