"""Adapters of other programs act as the libraries' own loaders make them act, or are refused with the reason."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator import infer
from spinefairbench.generator.checkpoints import read_checkpoint
from spinefairbench.generator.failures import CheckpointError
from spinefairbench.generator.lora import attach_lora

from .conftest import Tiny
from .test_infer import options, refused
from .test_lora import new_unet, output_of, save, tensors_of

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

PREFIX = "base_model.model."
TEXT_MODULES = ("text_model.encoder.layers.0.self_attn.q_proj", "text_model.encoder.layers.1.self_attn.out_proj")


def plain(tiny: Tiny) -> dict[str, Any]:
    """The tensors of the tiny adapter, by module and side."""
    return {key.removeprefix(PREFIX): value for key, value in tensors_of(tiny.peft).items()}


def attached(tiny: Tiny, path: Path, **settings: Any) -> tuple[Any, Any]:
    """What was attached from a file, and what the UNet then gives."""
    unet = new_unet(tiny)
    result = attach_lora(unet, read_checkpoint(path), dataclasses.replace(tiny.config, **settings))
    return result, output_of(unet)


def kohya(tensors: dict[str, Any], alpha: float | None = 8.0) -> dict[str, Any]:
    import torch

    found = {}
    for key, value in tensors.items():
        module, _, side = key.removesuffix(".weight").rpartition(".lora_")
        name = "lora_unet_" + module.replace(".", "_")
        found[f"{name}.lora_{'down' if side == 'A' else 'up'}.weight"] = value
        if alpha is not None:
            found[f"{name}.alpha"] = torch.tensor(alpha)
    return found


def processors(tensors: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key, value in tensors.items():
        module, _, side = key.removesuffix(".weight").rpartition(".lora_")
        block, _, target = module.replace("to_out.0", "to_out").rpartition(".")
        found[f"{block}.processor.{target}_lora.{'down' if side == 'A' else 'up'}.weight"] = value
    return found


def peft_folder(folder: Path, tensors: dict[str, Any], **changes: Any) -> Path:
    folder.mkdir()
    save(
        folder / "adapter_model.safetensors", {PREFIX + key: value for key, value in tensors.items()}, {"format": "pt"}
    )
    config = {
        "peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "none", "init_lora_weights": True, "lora_dropout": 0.1,
        "target_modules": ["to_q", "to_k", "to_v", "to_out.0"], "task_type": None, "peft_version": "0.21.2", **changes,
    }  # fmt: skip
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    ("layout", "write"),
    [
        ("kohya", lambda path, found: save(path, kohya(found), {})),
        ("attention-processors", lambda path, found: save(path, processors(found), {})),
        ("attention-processors", lambda path, found: save(path, {f"unet.{k}": v for k, v in processors(found).items()}, {})),
        ("peft", lambda path, found: peft_folder(path.with_suffix(""), found)),
        ("peft", lambda path, found: peft_folder(path.with_suffix(""), found) / "adapter_model.safetensors"),
    ],
)  # fmt: skip
def test_every_format_of_the_same_tensors_gives_the_same_model(
    tiny: Tiny, tmp_path: Path, layout: str, write: Callable[[Path, dict[str, Any]], Path]
) -> None:
    import torch

    path = write(tmp_path / "x.safetensors", plain(tiny))
    checkpoint = read_checkpoint(path)
    assert (checkpoint.layout, checkpoint.rank) == (layout, 4)
    _, expected = attached(tiny, tiny.peft)
    result, made = attached(tiny, path)
    assert torch.equal(made, expected)
    assert (result.scale, result.tensors, result.targets) == (2.0, 64, ("to_k", "to_out.0", "to_q", "to_v"))
    assert result.alpha_from == ("config" if layout == "attention-processors" else "file")


def test_an_adapter_that_peft_itself_has_written_is_read(tiny: Tiny, tmp_path: Path) -> None:
    import torch

    peft = pytest.importorskip("peft")

    settings = peft.LoraConfig(
        r=4, lora_alpha=8, target_modules=list(tiny.config.lora_targets), init_lora_weights=False
    )
    model = peft.get_peft_model(new_unet(tiny), settings)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model.save_pretrained(str(tmp_path / "adapter"))
    expected = output_of(model.eval())
    result, made = attached(tiny, tmp_path / "adapter")
    assert torch.allclose(made, expected, atol=1e-6) and result.alpha_from == "file"


@pytest.mark.parametrize("header", [True, False])
def test_a_dora_acts_as_in_the_librarys_own_loader(tiny: Tiny, tmp_path: Path, header: bool) -> None:
    import torch

    peft = pytest.importorskip("peft")

    settings = peft.LoraConfig(
        r=4, lora_alpha=8, target_modules=list(tiny.config.lora_targets), init_lora_weights=False, use_dora=True
    )
    model = peft.get_peft_model(new_unet(tiny), settings)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "magnitude" in name:
                parameter.mul_(1.3)
    model.save_pretrained(str(tmp_path / "adapter"))
    expected = output_of(model.eval())
    path = tmp_path / "adapter"
    if not header:
        stored = tensors_of(path / "adapter_model.safetensors")
        adapter = {"unet.r": 4, "unet.lora_alpha": 8, "unet.use_dora": True}
        path = save(
            tmp_path / "x.safetensors",
            {key.replace(PREFIX, "unet."): value for key, value in stored.items()},
            {"lora_adapter_metadata": json.dumps(adapter)},
        )
    result, made = attached(tiny, path)
    assert torch.allclose(made, expected, atol=1e-5) and result.dora and result.tensors == 96
    lora, _ = attached(tiny, tiny.peft)
    assert not lora.dora


def with_text(tiny: Tiny, names: str) -> dict[str, Any]:
    import torch

    draws = torch.Generator().manual_seed(5)
    found = {f"unet.{key}": value for key, value in plain(tiny).items()}
    for module in TEXT_MODULES:
        for side in ("A", "B"):
            value = torch.randn((4, 32) if side == "A" else (32, 4), generator=draws)
            old = f"lora_linear_layer.{'down' if side == 'A' else 'up'}"
            found[f"text_encoder.{module}.{old if names == 'old' else f'lora_{side}'}.weight"] = value
    return found


@pytest.mark.parametrize("names", ["old", "new"])
def test_an_adapter_of_the_text_encoder_changes_the_prompt_as_the_librarys_own_loader_does(
    tiny: Tiny, tmp_path: Path, names: str
) -> None:
    import diffusers
    import torch
    import transformers

    def encoder() -> Any:
        return transformers.CLIPTextModel.from_pretrained(str(tiny.base / "text_encoder")).eval()

    def encoded(model: Any) -> Any:
        with torch.inference_mode():
            return model(torch.arange(77)[None] % 500).last_hidden_state

    adapter: dict[str, Any] = {
        f"{part}.{key}": value for part in ("unet", "text_encoder") for key, value in (("r", 4), ("lora_alpha", 8))
    }
    # Diffusers' loader wants them; those of them that the file does not have change nothing.
    adapter["text_encoder.target_modules"] = ["q_proj", "out_proj"]
    header = {"lora_adapter_metadata": json.dumps(adapter)}
    path = save(tmp_path / "x.safetensors", with_text(tiny, names), header)
    ours, theirs = encoder(), encoder()
    result = attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config, ours)
    assert result.text_encoder_modules == 2 and any(said.startswith("lora-text-encoder") for said in result.warnings)
    current = save(tmp_path / "current.safetensors", with_text(tiny, "new"), header)
    loader = diffusers.StableDiffusionImg2ImgPipeline
    state, alphas, metadata = loader.lora_state_dict(str(current), return_lora_metadata=True)
    text_state = {key: value for key, value in state.items() if key.startswith("text_encoder.")}
    loader.load_lora_into_text_encoder(text_state, alphas, theirs, metadata=metadata)
    assert not torch.equal(encoded(ours), encoded(encoder()))
    assert torch.allclose(encoded(ours), encoded(theirs), atol=1e-5)
    with pytest.raises(CheckpointError, match="has weights of the text encoder, and there is none"):
        attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config)


def test_targets_that_are_not_the_configurations_are_refused(
    tiny: Tiny, radiographs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the file itself names them: two of four would act, and nothing else would say so."""
    two = {key: value for key, value in plain(tiny).items() if ".to_k." in key or ".to_q." in key}
    folder = peft_folder(tmp_path / "two", two, target_modules=["to_k", "to_q"])
    arguments = options(tiny, radiographs, tmp_path / "out", "--checkpoint", folder)
    said = refused(arguments, capsys)
    assert "16 missing module(s) that the configuration's targets to_k, to_out.0, to_q, to_v imply" in said
    result, _ = attached(tiny, folder, lora_targets=("to_k", "to_q"))
    assert (result.modules, result.targets) == (16, ("to_k", "to_q"))
    full = peft_folder(tmp_path / "full", plain(tiny), target_modules=["to_k", "to_q"])
    with pytest.raises(CheckpointError, match="that the file's own targets to_k, to_q do not name"):
        attached(tiny, full)


def test_a_run_records_the_format_and_the_hash_of_the_adapters_configuration(
    tiny: Tiny, radiographs: Path, tmp_path: Path
) -> None:
    folder = peft_folder(tmp_path / "adapter", plain(tiny))
    out = tmp_path / "out"
    arguments = options(tiny, radiographs / "a.png", out, "--demographic", "young_male")
    assert infer.main([*arguments, "--checkpoint", str(folder)]) == 0
    found = json.loads((out / "rejected/a/young_male.json").read_text())["made_from"]["checkpoint"]
    assert (found["format"], found["modules"], found["text_encoder_modules"]) == ("peft", 32, 0)
    assert len(found["adapter_config_sha256"]) == 64 and found["targets"] == list(tiny.config.lora_targets)


def _two_alphas(tensors: dict[str, Any]) -> dict[str, Any]:
    found = kohya(tensors)
    key = next(key for key in found if key.endswith(".alpha"))
    return {**found, key: found[key] * 2}


def _half_the_alphas(tensors: dict[str, Any]) -> dict[str, Any]:
    found = kohya(tensors)
    return {key: value for key, value in found.items() if not key.endswith("to_q.alpha")}


def _with(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def added(tensors: dict[str, Any]) -> dict[str, Any]:
        import torch

        return {**kohya(tensors), name: torch.ones(4, 4)}

    return added


def _without_an_up(tensors: dict[str, Any]) -> dict[str, Any]:
    found = kohya(tensors)
    return {key: value for key, value in found.items() if key != next(k for k in found if "lora_up" in k)}


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_two_alphas, "alpha differs between its modules"),
        (_half_the_alphas, "alpha differs between its modules"),
        (_with("lora_unet_mid.hada_w1_a"), "LoHa, LoKr, OFT, GLoRA and IA3 are no LoRA"),
        (_with("lora_unet_mid.dora_scale"), "Diffusers drops the scales"),
        (_with("lora_te2_x.lora_up.weight"), "Stable Diffusion XL"),
        (_with("lora_unet_mid.lora_mid.weight"), "third factor"),
        (_with("lora_unet_mid.diff_b"), "weights or biases themselves"),
        (_with("stranger.weight"), "cannot be converted from kohya|no LoRA weights|drops"),
        (_without_an_up, "cannot be converted from kohya"),
        (lambda tensors: kohya(tensors, -1.0), "alpha is -1"),
    ],
)
def test_what_stays_refused_says_why(tiny: Tiny, tmp_path: Path, write: Any, said: str) -> None:
    path = save(tmp_path / "x.safetensors", write(plain(tiny)), {})
    with pytest.raises(CheckpointError, match=said):
        read_checkpoint(path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"peft_type": "IA3"}, "not the configuration of a LoRA"),
        ({"use_rslora": True}, "use_rslora: refused, as the scale would not be alpha / rank"),
        ({"rank_pattern": {"to_q": 8}}, "rank_pattern: refused"),
        ({"modules_to_save": ["conv_in"]}, "modules_to_save: refused"),
        ({"bias": "all"}, "bias is 'all': refused"),
        ({"init_lora_weights": "pissa"}, "init_lora_weights is 'pissa': refused, it changes the base model"),
        ({"lora_alpha": None}, "lora_alpha: expected a number above 0"),
        ({"r": 8}, "the header says rank 8, the tensors have 4"),
        ({"use_dora": True}, "says use_dora, but has no magnitude"),
    ],
)
def test_an_adapter_configuration_that_asks_for_more_is_refused(
    tiny: Tiny, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(CheckpointError, match=said):
        read_checkpoint(peft_folder(tmp_path / "x", plain(tiny), **changes))


def test_a_folder_or_configuration_that_is_none_is_a_sentence(tiny: Tiny, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"is a folder without adapter_config\.json"):
        read_checkpoint(tmp_path)
    folder = peft_folder(tmp_path / "x", plain(tiny))
    (folder / "adapter_config.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"adapter_config\.json: is not JSON"):
        read_checkpoint(folder)
    peft_folder(tmp_path / "y", plain(tiny))
    (tmp_path / "y/adapter_model.safetensors").rename(tmp_path / "y/adapter_model.bin")
    with pytest.raises(CheckpointError, match=r"adapter_model\.safetensors: cannot be read: no such file"):
        read_checkpoint(tmp_path / "y")
