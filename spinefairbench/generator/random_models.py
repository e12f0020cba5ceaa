"""Stable Diffusion of any size with random weights, made from configurations: no download, no picture in it.

`tiny` (a few megabytes) is for tests and for trying the commands end to end; `v1.5` has the real shapes, for
measuring speed. Images made with these are noise.
"""

import json
from pathlib import Path
from typing import Any, Final

from spinefairbench.errors import UsageError
from spinefairbench.generator.checkpoints import DIFFUSERS, PEFT
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.libraries import library

__all__ = ["SIZES", "write_base_model", "write_lora"]

SIZES: Final = ("tiny", "v1.5")

_UNET: Final[dict[str, dict[str, Any]]] = {
    "tiny": {
        "sample_size": 8,
        "layers_per_block": 1,
        "block_out_channels": (32, 64),
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
        "cross_attention_dim": 32,
        "attention_head_dim": 4,
        "norm_num_groups": 8,
    },
    "v1.5": {"sample_size": 64, "cross_attention_dim": 768, "attention_head_dim": 8},
}
_VAE: Final[dict[str, dict[str, Any]]] = {
    "tiny": {"block_out_channels": (8, 8, 8, 16), "layers_per_block": 1, "norm_num_groups": 4, "sample_size": 64},
    "v1.5": {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "sample_size": 512},
}
_TEXT: Final[dict[str, dict[str, Any]]] = {
    "tiny": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4},
    "v1.5": {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12},
}
# The scheduler file of v1.5 names another sampler than the one that inference uses, so this one does too.
_SCHEDULER: Final = {
    "_class_name": "PNDMScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}
_START: Final = "<|startoftext|>"
_END: Final = "<|endoftext|>"


def _byte_letters() -> list[str]:
    """The printable letter that stands for each byte in CLIP's vocabulary, in its order."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + index) for index, _ in enumerate(others)]


def _write_tokenizer(folder: Path) -> None:
    """A CLIP tokenizer without merges: every byte is a token, with and without the end-of-word mark."""
    letters = _byte_letters()
    vocabulary = [*letters, *(letter + "</w>" for letter in letters), _START, _END]
    folder.mkdir(parents=True)
    numbered = {token: index for index, token in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(numbered), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    settings = {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "bos_token": _START, "eos_token": _END,
        "unk_token": _END, "pad_token": _END,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")


def write_base_model(folder: Path, size: str = "tiny", seed: int = 0) -> None:
    """Write a base model in Diffusers' folder layout. Raises UsageError for an unknown size."""
    if size not in SIZES:
        raise UsageError(f"unknown size {size!r}; one of {', '.join(SIZES)}")
    torch, diffusers, transformers = library("torch"), library("diffusers"), library("transformers")
    for module in (diffusers.utils.logging, transformers.utils.logging):
        module.set_verbosity_error()
        module.disable_progress_bar()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        diffusers.UNet2DConditionModel(in_channels=4, out_channels=4, **_UNET[size]).save_pretrained(folder / "unet")
        blocks = len(_VAE[size]["block_out_channels"])
        vae = diffusers.AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * blocks, up_block_types=("UpDecoderBlock2D",) * blocks,
            latent_channels=4, **_VAE[size],
        )  # fmt: skip
        vae.save_pretrained(folder / "vae")
        text = transformers.CLIPTextConfig(
            vocab_size=514, max_position_embeddings=77, bos_token_id=512, eos_token_id=513, **_TEXT[size]
        )
        transformers.CLIPTextModel(text).save_pretrained(folder / "text_encoder")
    _write_tokenizer(folder / "tokenizer")
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(_SCHEDULER), encoding="utf-8")


def write_lora(path: Path, base: Path, config: InferenceConfig, layout: str = PEFT, seed: int = 1) -> None:
    """Write a random adapter for a base model's UNet, of the configuration's rank, alpha and targets."""
    torch, diffusers = library("torch"), library("diffusers")
    unet = diffusers.UNet2DConditionModel.from_pretrained(str(base / "unet"), local_files_only=True)
    draws = torch.Generator().manual_seed(seed)
    prefix = {PEFT: "base_model.model.", DIFFUSERS: "unet."}[layout]
    tensors = {}
    for name, module in unet.named_modules():
        if any(name.endswith("." + target) for target in config.lora_targets):
            wide, high = module.in_features, module.out_features
            for side, shape in (("A", (config.lora_rank, wide)), ("B", (high, config.lora_rank))):
                tensors[f"{prefix}{name}.lora_{side}.weight"] = torch.randn(shape, generator=draws) * 0.02
    if layout == PEFT:
        metadata = {"format": "pt", "lora_rank": str(config.lora_rank), "lora_alpha": str(config.lora_alpha)}
    else:
        adapter = {
            "unet.r": config.lora_rank, "unet.lora_alpha": config.lora_alpha,
            "unet.target_modules": list(config.lora_targets),
        }  # fmt: skip
        metadata = {"format": "pt", "lora_adapter_metadata": json.dumps(adapter)}
    path.parent.mkdir(parents=True, exist_ok=True)
    library("safetensors.torch").save_file(tensors, str(path), metadata=metadata)
