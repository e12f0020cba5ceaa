"""The Stable Diffusion v1.5 base model: found or fetched, hashed, and loaded with nothing left random.

If a folder lacks weights, the libraries only warn and leave the parameter at its random start. So the keys are
compared here, both by what the libraries report and by name with the file.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from spinefairbench.files.hashing import sha256_of_bytes, sha256_of_file
from spinefairbench.generator.config import LATENT_FACTOR, InferenceConfig
from spinefairbench.generator.failures import CheckpointError, fault_sentences, one_line, unreadable
from spinefairbench.generator.libraries import Module, Tensor, library, library_part, silence_model_libraries
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.safetensors_files import require_sha256, tensor_shapes

__all__ = ["BaseModel", "Pipeline", "find_base_model", "load_pipeline"]

_UNET: Final = "unet/diffusion_pytorch_model.safetensors"
_VAE: Final = "vae/diffusion_pytorch_model.safetensors"
_TEXT: Final = "text_encoder/model.safetensors"
_WEIGHTS: Final = (_TEXT, _UNET, _VAE)
_CONFIGS: Final = (
    "scheduler/scheduler_config.json", "text_encoder/config.json", "unet/config.json", "vae/config.json",
)  # fmt: skip
_HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_LATENT_CHANNELS: Final = 4

# Older names that a file may use; the libraries convert them while loading.
_RENAMED: Final = (
    (re.compile(r"^text_model\."), ""),
    (re.compile(r"(attentions\.\d+\.)query\."), r"\1to_q."),
    (re.compile(r"(attentions\.\d+\.)key\."), r"\1to_k."),
    (re.compile(r"(attentions\.\d+\.)value\."), r"\1to_v."),
    (re.compile(r"(attentions\.\d+\.)proj_attn\."), r"\1to_out.0."),
)


class BaseModel(NamedTuple):
    """A base model's folder, the name that provenance records, and a hash over every file that is read.

    `revision` is the hub's commit, None for a local folder.
    """

    folder: Path
    name: str
    sha256: str
    files: dict[str, str]
    revision: str | None


class Pipeline(Protocol):
    """The parts of Diffusers' image-to-image pipeline that are used here."""

    unet: Any
    vae: Any
    text_encoder: Any
    tokenizer: Any
    scheduler: Any

    def __call__(self, **options: Any) -> Any:
        """The images of one batch."""

    def encode_prompt(self, prompt: str, device: str, **options: Any) -> tuple[Tensor, Tensor]:
        """The embeddings of a prompt and of the negative prompt."""

    def to(self, device: str, dtype: Any) -> object:
        """Move every part to a device and a dtype."""


def _fetched(hub_id: str, revision: str | None) -> Path:
    hub = library("huggingface_hub")
    patterns = [*_WEIGHTS, *_CONFIGS, "tokenizer/*"]
    try:
        return Path(hub.snapshot_download(hub_id, revision=revision, allow_patterns=patterns))
    # Anything between the network and the cache can fail here, each with its own class.
    except Exception as error:
        pinned = f" at revision {revision} (--base-model-revision names another)" if revision else ""
        raise CheckpointError(
            f"--base-model: {hub_id} could not be fetched{pinned} and is not in the local cache: {one_line(error)}"
        ) from None


def find_base_model(base_model: str, required_sha256: str | None = None, revision: str | None = None) -> BaseModel:
    """A base model in a local folder, or fetched by its hub id; a local folder is read without using the network.

    `revision` is the commit at which a hub id is fetched; the one that was found is recorded. `sha256` is over the sorted lines "<file hash>  <relative path>". Raises CheckpointError for a base model that
    does not exist, lacks a file, holds its weights as a pickle only, or has a hash other than the required one.
    """
    path = Path(base_model).expanduser()
    if path.is_dir():
        folder, name, found = path, path.resolve().name, None
    elif path.exists() or not _HUB_ID.fullmatch(base_model):
        raise CheckpointError(f"--base-model: {path.name or base_model} is neither a folder nor a hub id (owner/name)")
    else:
        folder, name = _fetched(base_model, revision), base_model
        # The hub's cache calls the folder of a snapshot by its commit.
        found = folder.name
    files = _hashed_files(folder, name)
    listing = "".join(f"{digest}  {relative}\n" for relative, digest in files.items())
    sha256 = sha256_of_bytes(listing.encode())
    require_sha256(f"base model {name}", sha256, required_sha256)
    return BaseModel(folder, name, sha256, files, found)


def _hashed_files(folder: Path, name: str) -> dict[str, str]:
    problems = []
    for relative in (*_CONFIGS, *_WEIGHTS):
        if (folder / relative).is_file():
            continue
        pickled = list((folder / relative).parent.glob("*.bin")) if relative in _WEIGHTS else []
        reason = "; its weights are a pickle, which is never opened" if pickled else ""
        problems.append(f"base model {name}: lacks {relative}{reason}")
    tokenizer = sorted(entry for entry in folder.glob("tokenizer/*") if entry.is_file())
    if not tokenizer:
        problems.append(f"base model {name}: lacks the tokenizer folder")
    if problems:
        raise CheckpointError(problems)
    names = sorted([*_CONFIGS, *_WEIGHTS, *(f"tokenizer/{entry.name}" for entry in tokenizer)])
    try:
        return {relative: sha256_of_file(folder / relative) for relative in names}
    except OSError as error:
        raise CheckpointError(unreadable(f"base model {name}", error)) from None


def _current_name(name: str) -> str:
    for pattern, replacement in _RENAMED:
        name = pattern.sub(replacement, name)
    return name


def _check_complete(component: str, model: Module, stored: Iterable[str], report: dict[str, Any]) -> None:
    """Raise CheckpointError for every parameter of a model that its file did not fill; `stored` are the file's names."""
    named = {_current_name(name) for name in stored}
    parameters = {name for name, _ in model.named_parameters()}
    missing = {name for name in parameters if _current_name(name) not in named}
    missing |= {str(name) for name in report["missing_keys"]}
    wrong = {str(entry[0] if isinstance(entry, tuple) else entry) for entry in report["mismatched_keys"]}
    unfilled = {name for name, parameter in model.named_parameters() if parameter.is_meta}
    problems = fault_sentences(
        f"base model: {component}",
        {
            "weight(s) missing from the file, which would be random": missing,
            "weight(s) of another shape in the file, which would be random": wrong,
            "weight(s) left without values": unfilled - missing,
        },
    )
    if problems:
        raise CheckpointError(problems)


def _load(component: str, model_class: Any, folder: Path, weights: Path) -> Any:
    shapes, _ = tensor_shapes(weights)  # reports a truncated file in a sentence, where the library would raise anything
    try:
        model, report = model_class.from_pretrained(
            str(folder / component), output_loading_info=True, local_files_only=True, use_safetensors=True
        )
    except Exception as error:
        raise CheckpointError(f"base model: {component} cannot be loaded: {one_line(error)}") from None
    _check_complete(component, model, shapes, report)
    return model.eval()


def _scheduler(folder: Path) -> Any:
    """DDIM on the base model's own noise schedule, whichever sampler its file names."""
    scheduler_class = library_part("diffusers", "DDIMScheduler")
    try:
        values = json.loads((folder / "scheduler/scheduler_config.json").read_text(encoding="utf-8"))
        # By default DDIM would clip samples, which is wrong for latents; older files do not say.
        values["clip_sample"] = False
        return scheduler_class.from_config(values)
    except (OSError, ValueError, TypeError, NotImplementedError, RecursionError) as error:
        raise CheckpointError(f"base model: the scheduler's configuration cannot be used: {error}") from None


def _check_prompts(tokenizer: Any, longest: int) -> None:
    """Raise CheckpointError for a prompt that the tokenizer does not keep: it drops unknown characters silently."""
    problems = []
    for label, prompt in PROMPTS.items():
        tokens = tokenizer(prompt)["input_ids"]
        back = tokenizer.decode(tokens, skip_special_tokens=True)
        if back.replace(" ", "").lower() != prompt.replace(" ", "").lower():
            problems.append(f"base model: the tokenizer does not keep the prompt of {label}: {back[:80]!r}")
        if len(tokens) > longest:
            problems.append(f"base model: the prompt of {label} has {len(tokens)} tokens, at most {longest} fit")
    if problems:
        raise CheckpointError(problems)


def _check_parts(unet: Any, vae: Any, text_encoder: Any) -> None:
    found = {
        "UNet input channels": (unet.config.in_channels, _LATENT_CHANNELS),
        "UNet output channels": (unet.config.out_channels, _LATENT_CHANNELS),
        "VAE latent channels": (vae.config.latent_channels, _LATENT_CHANNELS),
        "VAE factor": (2 ** (len(vae.config.block_out_channels) - 1), LATENT_FACTOR),
        "text width": (text_encoder.config.hidden_size, unet.config.cross_attention_dim),
    }
    problems = [
        f"base model: {name} is {value}, expected {wanted}"
        for name, (value, wanted) in found.items()
        if value != wanted
    ]
    if problems:
        raise CheckpointError(problems)


def load_pipeline(base: BaseModel, config: InferenceConfig) -> Pipeline:
    """Diffusers' image-to-image pipeline with DDIM on the CPU in float32, with every weight read from the files.

    Raises CheckpointError for missing weights, parts that do not fit each other, a tokenizer that loses part of a
    prompt, and a schedule that does not give the denoising steps that the strength implies.
    """
    silence_model_libraries()
    pipeline_class = library_part("diffusers", "StableDiffusionImg2ImgPipeline")
    folder = base.folder
    unet = _load("unet", library_part("diffusers", "UNet2DConditionModel"), folder, folder / _UNET)
    vae = _load("vae", library_part("diffusers", "AutoencoderKL"), folder, folder / _VAE)
    text_encoder = _load("text_encoder", library_part("transformers", "CLIPTextModel"), folder, folder / _TEXT)
    _check_parts(unet, vae, text_encoder)
    try:
        tokenizer = library_part("transformers", "CLIPTokenizer").from_pretrained(
            str(folder / "tokenizer"), local_files_only=True
        )
    except Exception as error:
        raise CheckpointError(f"base model: the tokenizer cannot be loaded: {one_line(error)}") from None
    _check_prompts(tokenizer, text_encoder.config.max_position_embeddings)
    pipeline = pipeline_class(
        vae=vae, text_encoder=text_encoder, tokenizer=tokenizer, unet=unet, scheduler=_scheduler(folder),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler.set_timesteps(config.steps)
    taken, _ = pipeline.get_timesteps(config.steps, config.strength, "cpu")
    if len(taken) != config.denoising_steps:
        raise CheckpointError(
            f"base model: the scheduler takes {len(taken)} steps, strength implies {config.denoising_steps}"
        )
    loaded: Pipeline = pipeline
    return loaded
