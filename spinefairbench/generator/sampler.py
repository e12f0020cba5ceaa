"""Batches of edits from the pipeline: own noise for each image, blending at every step where asked."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.errors import DeviceError
from spinefairbench.generator.libraries import library
from spinefairbench.generator.masks import blend
from spinefairbench.generator.prompts import PROMPTS
from spinefairbench.generator.radiographs import Array

__all__ = ["DTYPES", "Calls", "Job", "Runtime", "Sampler", "choose_device", "is_out_of_memory"]

DTYPES: Final = ("float32", "bfloat16", "float16")
_VAE_FACTOR: Final = 8


class Runtime(NamedTuple):
    """How the computation is run: what may change last bits, but not what is computed."""

    device: str = "cpu"
    dtype: str = "float32"
    batch_size: int = 1
    channels_last: bool = False
    fuse_lora: bool = False
    compile: bool = False


class Job(NamedTuple):
    """One image to make: the source in the model's square (float64 in 0..1), its edit, noise seed and mask."""

    square: Array
    edit_label: str
    noise_seed: int
    mask: Array | None


def choose_device(name: str) -> str:
    """The device to use for `auto`, `cpu`, `cuda` or `mps`. Raises DeviceError for one that is not there."""
    torch = library("torch")
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, there in available.items() if there)
    if not available[name]:
        raise DeviceError(f"--device {name}: no such device is available here; use --device cpu or auto")
    return name


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on whatever device."""
    torch = library("torch")
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)


class Sampler:
    """A pipeline on its device, with the prompts encoded once."""

    def __init__(self, pipeline: Any, config: InferenceConfig, runtime: Runtime, device: str) -> None:
        self._torch = library("torch")
        self._randn = library("diffusers.utils.torch_utils").randn_tensor
        self._config = config
        self._device = device
        self._dtype = getattr(self._torch, runtime.dtype)
        self._pipeline = _prepared(pipeline, runtime, device, self._dtype)
        self._embeddings = {label: self._encode(prompt) for label, prompt in PROMPTS.items()}

    def _encode(self, prompt: str) -> tuple[Any, Any]:
        guided = self._config.guidance_scale > 1
        with self._torch.inference_mode():
            positive, negative = self._pipeline.encode_prompt(prompt, self._device, 1, guided, negative_prompt="")
        return positive, negative if guided else None

    def noise(self, seeds: Sequence[int], shape: tuple[int, ...]) -> tuple[list[Any], Any]:
        """Generators (one an image, on the CPU so that devices agree) and the noise each gives first."""
        generators = [self._torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        return generators, self._randn((len(seeds), *shape), generator=generators, dtype=self._torch.float32)

    def generate(self, jobs: Sequence[Job]) -> list[Array | None]:
        """The edits before any blending in pixels, float64 in 0..1, one a job; None where a value is no number.

        A job's noise comes from its own seed alone: first the draw from the VAE's posterior, then the noise of
        the first step. With latent blending the source's latents, noised with that same noise to the next
        step, replace the edit's inside the mask after every step; after the last step clean ones do.
        """
        with self._torch.inference_mode():
            clean, generators = self._source_latents(jobs)
            states = [generator.get_state() for generator in generators]
            extra: dict[str, Any] = {}
            if self._config.blend_space == "latent" and any(job.mask is not None for job in jobs):
                extra["callback_on_step_end"] = self._blending(jobs, clean, states)
            negative = None
            if self._embeddings[jobs[0].edit_label][1] is not None:
                negative = self._torch.cat([self._embeddings[job.edit_label][1] for job in jobs])
            images = self._pipeline(
                image=clean,
                prompt_embeds=self._torch.cat([self._embeddings[job.edit_label][0] for job in jobs]),
                negative_prompt_embeds=negative,
                strength=self._config.strength,
                num_inference_steps=self._config.steps,
                guidance_scale=self._config.guidance_scale,
                generator=generators,
                output_type="pt",
                **extra,
            ).images
            gray = images.float().mean(dim=1).cpu().numpy().astype("float64")
        numpy = library("numpy")
        return [image if numpy.isfinite(image).all() else None for image in gray]

    def _source_latents(self, jobs: Sequence[Job]) -> tuple[Any, list[Any]]:
        vae = self._pipeline.vae
        pixels = self._torch.stack([self._torch.from_numpy(job.square) for job in jobs])
        images = (pixels * 2 - 1).unsqueeze(1).expand(-1, 3, -1, -1).to(self._device, self._dtype)
        posterior = vae.encode(images).latent_dist
        generators, draw = self.noise([job.noise_seed for job in jobs], tuple(posterior.mean.shape[1:]))
        latents = posterior.mean + posterior.std * draw.to(self._device, self._dtype)
        return latents * vae.config.scaling_factor, generators

    def _blending(self, jobs: Sequence[Job], clean: Any, states: list[Any]) -> Callable[..., dict[str, Any]]:
        """The step-end callback that puts the source's latents back inside the masks."""
        torch = self._torch
        # The pipeline is about to draw this same noise from the generators; it is drawn here from copies.
        copies = [torch.Generator("cpu") for _ in states]
        for generator, state in zip(copies, states, strict=True):
            generator.set_state(state)
        noise = self._randn(tuple(clean.shape), generator=copies, device=clean.device, dtype=clean.dtype)
        square = [torch.zeros(job.square.shape) if job.mask is None else torch.from_numpy(job.mask) for job in jobs]
        masks = torch.stack([mask.double() for mask in square]).unsqueeze(1)
        weights = torch.nn.functional.avg_pool2d(masks, _VAE_FACTOR).to(clean.device, clean.dtype)

        def after_step(pipeline: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            # The scheduler's own list stays at full length; only its tail is walked at this strength.
            tail = pipeline.scheduler.timesteps[-self._config.denoising_steps :]
            if step + 1 < len(tail):
                next_step = tail[step + 1].repeat(len(jobs))
                source = pipeline.scheduler.add_noise(clean, noise, next_step)
            else:
                source = clean
            latents = blend(values["latents"], source, weights, self._config.tsxr_mask_blend)
            return {**values, "latents": latents.to(clean.dtype)}

        return after_step


class Calls:
    """Jobs made in as few calls as memory allows; a call that does not fit is halved from then on, and said."""

    def __init__(self, sampler: Sampler, largest: int, say: Callable[[str], None]) -> None:
        self.largest = largest
        self._sampler = sampler
        self._say = say

    def generate(self, jobs: Sequence[Job]) -> list[tuple[Array | None, range]]:
        """Each job's edit and the places, in `jobs`, of those that shared its call.

        Raises DeviceError where memory does not hold a single image.
        """
        edits: list[tuple[Array | None, range]] = []
        while len(edits) < len(jobs):
            places = range(len(edits), min(len(edits) + self.largest, len(jobs)))
            part = jobs[places.start : places.stop]
            try:
                edits += [(edit, places) for edit in self._sampler.generate(part)]
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            # Outside the handler, so that the failed call's tensors are no longer held by its traceback.
            if len(part) == 1:
                raise DeviceError("out of memory with one image; use a smaller image_size or --dtype bfloat16")
            self.largest = len(part) // 2
            self._say(f"out of memory with {len(part)} images a call: going on with {self.largest}")
            torch = library("torch")
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        return edits


def _prepared(pipeline: Any, runtime: Runtime, device: str, dtype: Any) -> Any:
    """The pipeline on its device and in its dtype, with the speed-ups that were asked for."""
    torch = library("torch")
    if runtime.fuse_lora:
        pipeline.unet.fuse_lora()
    pipeline.to(device, dtype)
    if device.startswith("cuda") and runtime.batch_size == 1 and not runtime.compile:
        # Autotuning may choose another kernel on another day.
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
    if runtime.channels_last:
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    if runtime.compile:
        pipeline.unet = torch.compile(pipeline.unet)
        pipeline.vae.decode = torch.compile(pipeline.vae.decode)
    return pipeline
