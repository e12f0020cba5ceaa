"""A synthetic radiograph and models with random weights, to try the generator with: nothing is downloaded.

A synthetic radiograph needs the standard library alone. Stable Diffusion with random weights comes in two sizes:
`tiny` (a few megabytes) for tests and for trying the commands end to end, and `v1.5` with the real shapes, for
measuring speed. Images made with random weights are noise.
"""

import json
import math
from pathlib import Path
from typing import Any, Final

from spinefairbench.errors import UsageError
from spinefairbench.generator.checkpoints import KEY_PREFIXES, PEFT
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.libraries import library, silence_model_libraries, torch

__all__ = ["SIZES", "synthetic_radiograph", "write_base_model", "write_lora"]

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
# Like the scheduler file of v1.5, this one names a sampler other than the one that inference uses.
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


def synthetic_radiograph(width: int = 256, height: int = 384) -> bytes:
    """Pixels (8 bits, row by row) that look something like a frontal lumbar radiograph.

    Five bright vertebral bodies with pedicles lie on a darker column, with soft tissue that fades to the sides and
    a pelvis below.
    """
    pixels = bytearray()
    for row in range(height):
        y = row / height
        for column in range(width):
            x = column / width - 0.5
            pixels.append(max(0, min(255, round(255 * _density(x, y)))))
    return bytes(pixels)


def _density(x: float, y: float) -> float:
    """Brightness in 0..1 at x in -0.5..0.5 (0 is the midline), y in 0..1 (0 is the top)."""
    tissue = 0.42 * math.exp(-((x / 0.38) ** 4))
    spine_x = x - 0.012 * math.sin(3 * y)
    level = (y - 0.06) * 6.2
    in_body = math.cos(2 * math.pi * (level - 0.5)) if 0 <= level < 5 else -1.0
    half_width = 0.10 + 0.012 * max(level, 0.0) / 5
    body = _step((half_width - abs(spine_x)) * 60) * _step((in_body + 0.55) * 6)
    column = 0.12 * _step((half_width * 0.9 - abs(spine_x)) * 60) if y < 0.87 else 0.0
    pedicle = math.exp(-(((abs(spine_x) - 0.06) / 0.016) ** 2) - (((level % 1.0) - 0.38) / 0.1) ** 2)
    process = 0.10 * math.exp(-((spine_x / 0.018) ** 2)) * _step((in_body + 0.2) * 5)
    wing = _step((0.16 - abs(math.hypot((abs(x) - 0.3) / 1.1, y - 0.98) - 0.06)) * 30) * _step((y - 0.74) * 40)
    return tissue + 0.26 * body + column + (0.16 * pedicle if 0 <= level < 5 else 0.0) + process + 0.16 * wing


def _step(value: float) -> float:
    """A smooth step from 0 to 1."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))


def _byte_letters() -> list[str]:
    """The printable letter that stands for each byte in CLIP's vocabulary, in its order."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + index) for index, _ in enumerate(others)]


def _write_tokenizer(folder: Path) -> None:
    """Write a CLIP tokenizer without merges: every byte is a token, with and without the end-of-word mark."""
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
    """Write a base model with random weights, in Diffusers' folder layout. Raises UsageError for an unknown size."""
    if size not in SIZES:
        raise UsageError(f"unknown size {size!r}; expected {' or '.join(SIZES)}")
    diffusers, transformers = library("diffusers"), library("transformers")
    silence_model_libraries()
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
    """Write a random adapter for a base model's UNet, with the configuration's rank, alpha and targets."""
    unet = library("diffusers").UNet2DConditionModel.from_pretrained(str(base / "unet"), local_files_only=True)
    draws = torch.Generator().manual_seed(seed)
    tensors = {}
    for name, module in unet.named_modules():
        if any(name.endswith("." + target) for target in config.lora_targets):
            wide, high = module.in_features, module.out_features
            for side, shape in (("A", (config.lora_rank, wide)), ("B", (high, config.lora_rank))):
                tensors[f"{KEY_PREFIXES[layout]}{name}.lora_{side}.weight"] = torch.randn(shape, generator=draws) * 0.02
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
