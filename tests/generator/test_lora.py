"""LoRA checkpoints are loaded completely, with the scale that alpha and rank imply, or refused."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.generator.checkpoints import read_checkpoint
from spinefairbench.generator.failures import CheckpointError
from spinefairbench.generator.lora import _ADAPTER, _acting_scales, attach_lora

from .conftest import Tiny

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]


def new_unet(tiny: Tiny) -> Any:
    import diffusers

    return diffusers.UNet2DConditionModel.from_pretrained(str(tiny.base / "unet"), local_files_only=True).eval()


def output_of(unet: Any) -> Any:
    import torch

    draws = torch.Generator().manual_seed(7)
    latents = torch.randn(1, 4, 8, 8, generator=draws)
    text = torch.randn(1, 77, 32, generator=draws)
    with torch.inference_mode():
        return unet(latents, 21, encoder_hidden_states=text, return_dict=False)[0]


def tensors_of(path: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    tensors: dict[str, Any] = load_file(str(path))
    return tensors


def save(path: Path, tensors: dict[str, Any], metadata: dict[str, str]) -> Path:
    from safetensors.torch import save_file

    save_file(tensors, str(path), metadata=metadata)
    return path


PEFT_HEADER = {"format": "pt", "lora_rank": "4", "lora_alpha": "8"}


@pytest.mark.parametrize("layout", ["peft", "diffusers"])
def test_both_layouts_load_every_tensor_at_scale_alpha_over_rank(tiny: Tiny, layout: str) -> None:
    import torch

    path = getattr(tiny, layout)
    unet = new_unet(tiny)
    before = output_of(unet)
    attached = attach_lora(unet, read_checkpoint(path), tiny.config)
    assert (attached.scale, attached.alpha_from, attached.warnings) == (2.0, "file", ())
    assert attached.tensors == 2 * attached.modules == len(tensors_of(path))
    assert set(_acting_scales(unet).values()) == {2.0}
    assert not torch.equal(before, output_of(unet))


def test_the_layouts_give_the_same_model_and_the_librarys_own_loader_agrees(tiny: Tiny) -> None:
    import diffusers
    import torch

    outputs = []
    for path in (tiny.peft, tiny.diffusers):
        unet = new_unet(tiny)
        attach_lora(unet, read_checkpoint(path), tiny.config)
        outputs.append(output_of(unet))
    assert torch.equal(outputs[0], outputs[1])
    # With the adapter's metadata in the header, Diffusers applies alpha / rank too.
    unet = new_unet(tiny)
    state, alphas, metadata = diffusers.StableDiffusionImg2ImgPipeline.lora_state_dict(
        str(tiny.diffusers), return_lora_metadata=True
    )
    diffusers.StableDiffusionImg2ImgPipeline.load_lora_into_unet(state, alphas, unet, metadata=metadata)
    assert torch.allclose(outputs[1], output_of(unet), atol=1e-6)


def test_the_scale_multiplies_what_the_adapter_adds(tiny: Tiny, tmp_path: Path) -> None:
    import torch

    # Twice the alpha acts as twice every B.
    doubled = {key: value * 2 if "lora_B" in key else value for key, value in tensors_of(tiny.peft).items()}
    path = save(tmp_path / "doubled.safetensors", doubled, PEFT_HEADER)
    again = save(tmp_path / "alpha.safetensors", tensors_of(tiny.peft), {**PEFT_HEADER, "lora_alpha": "16"})
    first, second = new_unet(tiny), new_unet(tiny)
    attach_lora(first, read_checkpoint(path), tiny.config)
    attach_lora(second, read_checkpoint(again), dataclasses.replace(tiny.config, lora_alpha=16))
    assert set(_acting_scales(second).values()) == {4.0}
    assert torch.allclose(output_of(first), output_of(second), atol=1e-5)


def test_a_diffusers_file_without_alpha_takes_the_configurations_and_says_so(tiny: Tiny, tmp_path: Path) -> None:
    path = save(tmp_path / "x.safetensors", tensors_of(tiny.diffusers), {"format": "pt"})
    unet = new_unet(tiny)
    attached = attach_lora(unet, read_checkpoint(path), tiny.config)
    assert attached.alpha_from == "config" and set(_acting_scales(unet).values()) == {2.0}
    assert attached.warnings[0].startswith("lora-alpha-from-config")


def test_the_older_down_and_up_names_load_too(tiny: Tiny, tmp_path: Path) -> None:
    import torch

    renamed = {
        key.replace(".lora_A.", ".lora.down.").replace(".lora_B.", ".lora.up."): value
        for key, value in tensors_of(tiny.diffusers).items()
    }
    outputs = []
    for path in (tiny.diffusers, save(tmp_path / "x.safetensors", renamed, {"format": "pt"})):
        unet = new_unet(tiny)
        attach_lora(unet, read_checkpoint(path), tiny.config)
        outputs.append(output_of(unet))
    assert torch.equal(outputs[0], outputs[1])


def test_an_adapter_that_changes_nothing_is_named(tiny: Tiny, tmp_path: Path) -> None:
    inert = {key: value * 0 if "lora_B" in key else value for key, value in tensors_of(tiny.peft).items()}
    path = save(tmp_path / "x.safetensors", inert, PEFT_HEADER)
    assert attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config).warnings[0].startswith("lora-inert")


def _misshapen(tensors: dict[str, Any]) -> dict[str, Any]:
    key = next(key for key in tensors if "lora_B" in key)
    return {**tensors, key: tensors[key][:-1].clone()}


def _without_a_module(tensors: dict[str, Any]) -> dict[str, Any]:
    module = next(iter(tensors)).partition(".lora_")[0]
    return {key: value for key, value in tensors.items() if not key.startswith(module + ".lora_")}


def _other_block_layout(tensors: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("down_blocks.0", "down_blocks.7"): value for key, value in tensors.items()}


def _beside_the_targets(tensors: dict[str, Any]) -> dict[str, Any]:
    return {
        **tensors,
        **{
            key.replace("attn1.to_q", "ff.net.2"): value.clone()
            for key, value in list(tensors.items())
            if "mid_block.attentions.0.transformer_blocks.0.attn1.to_q" in key
        },
    }


def _not_a_number(tensors: dict[str, Any]) -> dict[str, Any]:
    key = next(iter(tensors))
    return {**tensors, key: tensors[key] * float("nan")}


def _infinite(tensors: dict[str, Any]) -> dict[str, Any]:
    key = next(iter(tensors))
    changed = tensors[key].clone()
    changed[0, 0] = float("inf")
    return {**tensors, key: changed}


def _too_large_for_float32(tensors: dict[str, Any]) -> dict[str, Any]:
    return {key: value.double() * 1e300 for key, value in tensors.items()}


def _integers(tensors: dict[str, Any]) -> dict[str, Any]:
    import torch

    return {key: (value * 100).to(torch.int8) for key, value in tensors.items()}


def _one_missing(tensors: dict[str, Any]) -> dict[str, Any]:
    return dict(list(tensors.items())[1:])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_misshapen, "of another shape"),
        (_without_a_module, "imply"),
        (_other_block_layout, "base model does not have"),
        (_beside_the_targets, r"the configuration's targets .* do not name: mid_block"),
        (_not_a_number, "not numbers"),
        (_infinite, "infinite"),
        (_too_large_for_float32, "infinite"),
        (_integers, "not 16- to 64-bit floats"),
        (_one_missing, "missing tensor"),
    ],
)
def test_what_does_not_fit_is_an_error_that_names_it(tiny: Tiny, tmp_path: Path, damage: Any, said: str) -> None:
    path = save(tmp_path / "x.safetensors", damage(tensors_of(tiny.peft)), PEFT_HEADER)
    with pytest.raises(CheckpointError, match=said):
        attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config)


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_halves_and_doubles_load_at_their_values(tiny: Tiny, tmp_path: Path, kind: str) -> None:
    import torch

    stored = {key: value.to(getattr(torch, kind)) for key, value in tensors_of(tiny.peft).items()}
    unet = new_unet(tiny)
    attach_lora(unet, read_checkpoint(save(tmp_path / "x.safetensors", stored, PEFT_HEADER)), tiny.config)
    key = next(key for key in stored if "lora_B" in key)
    module = key.removeprefix("base_model.model.").removesuffix(".lora_B.weight")
    loaded = unet.get_submodule(module).lora_B[_ADAPTER].weight
    assert torch.equal(loaded, stored[key].float())


@pytest.mark.parametrize("fused", [False, True])
def test_one_layer_gives_what_the_formula_gives_by_hand(tiny: Tiny, fused: bool) -> None:
    """y = W x + b + (alpha / rank) B A x."""
    import torch

    tensors = tensors_of(tiny.peft)
    down_key = next(key for key in tensors if "attn2.to_v.lora_A" in key)
    down, up = tensors[down_key], tensors[down_key.replace("lora_A", "lora_B")]
    module = down_key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
    unet = new_unet(tiny)
    weight = unet.get_submodule(module).weight.clone()
    attach_lora(unet, read_checkpoint(tiny.peft), tiny.config)
    if fused:
        unet.fuse_lora()
    values = torch.randn(3, down.shape[1], generator=torch.Generator().manual_seed(4))
    with torch.inference_mode():
        made = unet.get_submodule(module)(values)
    assert torch.allclose(made, values @ (weight + 8 / 4 * up @ down).T, atol=1e-5)


def test_a_plain_header_of_a_diffusers_file_is_held_to_and_not_passed_over(tiny: Tiny, tmp_path: Path) -> None:
    """The libraries' own loader ignores `lora_alpha` and `lora_rank` here, and acts with scale 1."""

    def attached(**header: str) -> Any:
        path = save(tmp_path / "x.safetensors", tensors_of(tiny.diffusers), {"format": "pt", **header})
        return attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config)

    result = attached(lora_rank="4", lora_alpha="8")
    assert (result.scale, result.alpha_from, result.warnings) == (2.0, "file", ())
    with pytest.raises(CheckpointError, match="has alpha 16"):
        attached(lora_rank="4", lora_alpha="16")
    with pytest.raises(CheckpointError, match="says rank 8, the tensors have 4"):
        attached(lora_rank="8")
    with pytest.raises(CheckpointError, match="alpha 8 and alpha 4"):
        attached(lora_alpha="4", lora_adapter_metadata='{"unet.r": 4, "unet.lora_alpha": 8}')


@pytest.mark.parametrize("field", ["use_rslora", "use_dora", "rank_pattern", "alpha_pattern"])
def test_a_header_that_asks_for_another_scale_is_refused(tiny: Tiny, tmp_path: Path, field: str) -> None:
    def header(value: Any) -> dict[str, str]:
        adapter = {"unet.r": 4, "unet.lora_alpha": 8, f"unet.{field}": value}
        return {"format": "pt", "lora_adapter_metadata": json.dumps(adapter)}

    path = save(tmp_path / "x.safetensors", tensors_of(tiny.diffusers), header(False))
    assert read_checkpoint(path).alpha == 8
    save(path, tensors_of(tiny.diffusers), header({"to_q": 2} if "pattern" in field else True))
    with pytest.raises(CheckpointError, match=field):
        read_checkpoint(path)


@pytest.mark.parametrize(("key", "value"), [("lora_rank", 8), ("lora_alpha", 4)])
def test_a_rank_or_alpha_that_is_not_the_configurations_is_an_error(tiny: Tiny, key: str, value: int) -> None:
    config = dataclasses.replace(tiny.config, **{key: value})  # type: ignore[arg-type]
    with pytest.raises(CheckpointError, match=key):
        attach_lora(new_unet(tiny), read_checkpoint(tiny.peft), config)


def test_a_scale_that_does_not_act_is_caught(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    import diffusers

    add_adapter = diffusers.UNet2DConditionModel.add_adapter

    def unscaled(unet: Any, config: Any, adapter_name: str) -> None:
        add_adapter(unet, config, adapter_name=adapter_name)
        for module in unet.modules():
            if _ADAPTER in (getattr(module, "scaling", None) or {}):
                module.scaling[_ADAPTER] = 1.0

    monkeypatch.setattr(diffusers.UNet2DConditionModel, "add_adapter", unscaled)
    with pytest.raises(CheckpointError, match="has scale 1 in effect, expected alpha / rank = 2"):
        attach_lora(new_unet(tiny), read_checkpoint(tiny.peft), tiny.config)


def test_an_adapter_that_is_switched_off_is_caught(tiny: Tiny) -> None:
    unet = new_unet(tiny)
    attach_lora(unet, read_checkpoint(tiny.peft), tiny.config)
    unet.disable_adapters()
    assert set(_acting_scales(unet).values()) == {0.0}


def test_a_header_with_more_modules_than_the_file_is_an_error(tiny: Tiny, tmp_path: Path) -> None:
    adapter = {
        "unet.r": 4,
        "unet.lora_alpha": 8,
        "unet.target_modules": ["to_q", "to_k", "to_v", "to_out.0", "proj_in"],
    }
    header = {"format": "pt", "lora_adapter_metadata": json.dumps(adapter)}
    path = save(tmp_path / "x.safetensors", tensors_of(tiny.diffusers), header)
    with pytest.raises(CheckpointError, match="proj_in"):
        attach_lora(new_unet(tiny), read_checkpoint(path), tiny.config)
