"""Batches of edits from the pipeline: each image has its own noise, and masks may be blended in at every step."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from spinefairbench.generator.base_model import Pipeline
from spinefairbench.generator.config import LATENT_FACTOR, InferenceConfig
from spinefairbench.generator.devices import Runtime, prepared_pipeline
from spinefairbench.generator.libraries import FloatImage, Tensor, library, numpy, torch
from spinefairbench.generator.released import PROMPTS

__all__ = ["NOISE_RULE", "EditJob", "Sampler", "blend", "noise_seed"]

NOISE_RULE: Final = "spinefairbench-noise-v1"
"""The name of the rule in `noise_seed`; give the rule another name whenever it changes."""

_Values = TypeVar("_Values", FloatImage, Tensor)


class EditJob(NamedTuple):
    """One image to make: the source in the model's square (float64 in 0..1), its edit, noise seed and mask.

    `prompt` None is the locked prompt of the edit.
    """

    square: FloatImage
    edit_label: str
    noise_seed: int
    mask: FloatImage | None
    prompt: str | None = None


def noise_seed(seed: int, source_id: str, edit_label: str) -> int:
    """The seed of an image's own noise, 0 <= seed < 2**63.

    It is the first eight bytes (big-endian, top bit dropped) of the SHA-256 of the ASCII JSON array
    [NOISE_RULE, seed, source_id, edit_label] written without spaces. So the noise depends on the run's seed, the
    source and the edit alone, and not on the rest of the batch, the order of the inputs or the number of processes.
    """
    text = json.dumps([NOISE_RULE, seed, source_id, edit_label], separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode("ascii")).digest()[:8], "big") >> 1


def blend(edit: _Values, source: _Values, mask: _Values, strength: float) -> _Values:
    """The edit, pulled toward the source by `strength` where the mask is 1; arrays or tensors of one shape."""
    weight = mask * strength
    return edit * (1 - weight) + source * weight


class Sampler:
    """A pipeline on its device, with the prompts encoded once."""

    def __init__(self, pipeline: Pipeline, config: InferenceConfig, runtime: Runtime, device: str) -> None:
        self._randn = library("diffusers.utils.torch_utils").randn_tensor
        self._config = config
        self._device = device
        self._dtype = getattr(torch, runtime.dtype)
        self._pipeline = prepared_pipeline(pipeline, runtime, device, self._dtype)
        self._last: tuple[FloatImage, Tensor, Tensor] | None = None
        self._embeddings = {prompt: self._encode(prompt) for prompt in PROMPTS.values()}

    def _embedding(self, job: EditJob) -> tuple[Tensor, Tensor | None]:
        prompt = PROMPTS[job.edit_label] if job.prompt is None else job.prompt
        if prompt not in self._embeddings:
            self._embeddings[prompt] = self._encode(prompt)
        return self._embeddings[prompt]

    def _encode(self, prompt: str) -> tuple[Tensor, Tensor | None]:
        guided = self._config.guidance_scale > 1
        with torch.inference_mode():
            positive, negative = self._pipeline.encode_prompt(
                prompt,
                self._device,
                num_images_per_prompt=1,
                do_classifier_free_guidance=guided,
                negative_prompt="",
            )
        return positive, negative if guided else None

    def noise(self, seeds: Sequence[int], shape: tuple[int, ...]) -> tuple[list[Any], Tensor]:
        """One generator per image, on the CPU so that devices agree, and the noise that each of them gives first."""
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]
        return generators, self._randn((len(seeds), *shape), generator=generators, dtype=torch.float32)

    def generate(self, jobs: Sequence[EditJob]) -> list[FloatImage | None]:
        """The edits before any blending in pixels, float64 in 0..1, one a job; None if a value is not a number.

        A job's noise comes from its own seed alone: first the draw from the VAE's posterior, then the noise of
        the first step. With latent blending the source's latents, noised with that same noise to the next step,
        replace the edit's inside the mask after every step; after the last step the clean ones do.
        """
        with torch.inference_mode():
            clean, generators = self._source_latents(jobs)
            states = [generator.get_state() for generator in generators]
            extra: dict[str, Any] = {}
            if self._config.blend_space == "latent" and any(job.mask is not None for job in jobs):
                extra["callback_on_step_end"] = self._blending(jobs, clean, states)
            embeddings = [self._embedding(job) for job in jobs]
            negatives = [negative for _, negative in embeddings if negative is not None]
            images = self._pipeline(
                image=clean,
                prompt_embeds=torch.cat([positive for positive, _ in embeddings]),
                negative_prompt_embeds=torch.cat(negatives) if negatives else None,
                strength=self._config.strength,
                num_inference_steps=self._config.steps,
                guidance_scale=self._config.guidance_scale,
                generator=generators,
                output_type="pt",
                **extra,
            ).images
            gray = images.float().mean(dim=1).cpu().numpy().astype("float64")
        return [image if numpy.isfinite(image).all() else None for image in gray]

    def _source_latents(self, jobs: Sequence[EditJob]) -> tuple[Tensor, list[Any]]:
        moments = [self._moments(job.square) for job in jobs]
        mean, deviation = (torch.cat(parts) for parts in zip(*moments, strict=True))
        generators, draw = self.noise([job.noise_seed for job in jobs], tuple(mean.shape[1:]))
        latents: Tensor = mean + deviation * draw.to(self._device, self._dtype)
        return latents * self._pipeline.vae.config.scaling_factor, generators

    def _moments(self, square: FloatImage) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of a source's posterior, encoded alone: once for all of its edits in a row.

        So they do not depend on the batch. What each edit draws from the posterior is its own.
        """
        if self._last is None or self._last[0] is not square:
            image = (torch.from_numpy(square) * 2 - 1).expand(1, 3, -1, -1).to(self._device, self._dtype)
            posterior = self._pipeline.vae.encode(image).latent_dist
            self._last = (square, posterior.mean, posterior.std)
        return self._last[1:]

    def _blending(self, jobs: Sequence[EditJob], clean: Tensor, states: list[Tensor]) -> Callable[..., dict[str, Any]]:
        """The step-end callback that puts the source's latents back inside the masks."""
        # The pipeline is about to draw this same noise from the generators; here it is drawn from copies.
        copies = [torch.Generator("cpu") for _ in states]
        for generator, state in zip(copies, states, strict=True):
            generator.set_state(state)
        noise = self._randn(tuple(clean.shape), generator=copies, device=clean.device, dtype=clean.dtype)
        square = [torch.zeros(job.square.shape) if job.mask is None else torch.from_numpy(job.mask) for job in jobs]
        masks = torch.stack([mask.double() for mask in square]).unsqueeze(1)
        weights = torch.nn.functional.avg_pool2d(masks, LATENT_FACTOR).to(clean.device, clean.dtype)

        def after_step(pipeline: Pipeline, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            # The scheduler's list keeps its full length; only its tail is used at this strength.
            tail = pipeline.scheduler.timesteps[-self._config.denoising_steps :]
            if step + 1 < len(tail):
                next_step = tail[step + 1].repeat(len(jobs))
                source = pipeline.scheduler.add_noise(clean, noise, next_step)
            else:
                source = clean
            latents = blend(values["latents"], source, weights, self._config.tsxr_mask_blend)
            return {**values, "latents": latents.to(clean.dtype)}

        return after_step
