"""Noise, batches, blending at every step, memory: what the sampler promises, on real libraries."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest

from spinefairbench.generator.base_model import find_base_model, load_pipeline
from spinefairbench.generator.batching import BatchedSampler
from spinefairbench.generator.checkpoints import read_checkpoint
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.devices import Runtime, choose_device
from spinefairbench.generator.failures import DeviceError
from spinefairbench.generator.lora import attach_lora
from spinefairbench.generator.released import PROMPTS
from spinefairbench.generator.sampler import EditJob, Sampler, blend, noise_seed

from .conftest import Tiny

pytestmark = [pytest.mark.generator, pytest.mark.filterwarnings("default")]

SIZE = 64
# In one process on the CPU, float32: what sharing a call may change of a value in 0..1.
BATCH_BOUND = 2e-5


def new_pipeline(tiny: Tiny, config: InferenceConfig) -> Any:
    pipeline = load_pipeline(find_base_model(str(tiny.base)), config)
    attach_lora(pipeline.unet, read_checkpoint(tiny.peft), config)
    return pipeline


def new_sampler(tiny: Tiny, runtime: Runtime | None = None, **changes: Any) -> Sampler:
    config = dataclasses.replace(tiny.config, **changes)
    return Sampler(new_pipeline(tiny, config), config, runtime or Runtime(), "cpu")


@pytest.fixture(scope="module")
def sampler(tiny: Tiny) -> Sampler:
    return new_sampler(tiny)


def jobs_of(count: int, mask: Any = None) -> list[EditJob]:
    import numpy

    labels = list(PROMPTS)
    draws = numpy.random.default_rng(5)
    return [
        EditJob(draws.random((SIZE, SIZE)), labels[index % 4], noise_seed(42, f"s{index}", labels[index % 4]), mask)
        for index in range(count)
    ]


def test_one_image_a_call_repeats_bit_for_bit(tiny: Tiny, sampler: Sampler) -> None:
    (job,) = jobs_of(1)
    first, second, elsewhere = (maker.generate([job])[0] for maker in (sampler, sampler, new_sampler(tiny)))
    assert first is not None and (first == second).all() and (first == elsewhere).all()


def test_a_batch_changes_last_bits_only_and_order_nothing(sampler: Sampler) -> None:
    import numpy

    jobs = jobs_of(5)
    single = [sampler.generate([job])[0] for job in jobs]
    together = sampler.generate(jobs)
    for alone, shared in zip(single, together, strict=True):
        assert alone is not None and shared is not None
        assert numpy.abs(alone - shared).max() < BATCH_BOUND
    turned = sampler.generate(jobs[::-1])[::-1]
    for one, other in zip(together, turned, strict=True):
        assert one is not None and other is not None
        assert numpy.abs(one - other).max() < BATCH_BOUND


def test_an_images_noise_is_its_own_whatever_shares_the_batch(sampler: Sampler) -> None:
    import torch

    _, alone = sampler.noise([11], (4, 8, 8))
    _, shared = sampler.noise([10, 11, 12], (4, 8, 8))
    assert torch.equal(alone[0], shared[1])
    assert not torch.equal(shared[0], shared[1])


def test_another_seed_gives_another_image(sampler: Sampler) -> None:
    (job,) = jobs_of(1)
    first, second = sampler.generate([job])[0], sampler.generate([job._replace(noise_seed=1)])[0]
    assert first is not None and second is not None and (first != second).any()


def test_the_edit_is_what_the_pipeline_gives_by_itself(tiny: Tiny, sampler: Sampler) -> None:
    """Bit for bit: nothing differs from Diffusers' own pipeline, loaders and plain call, one image at a time."""
    import diffusers
    import torch
    import transformers

    (job,) = jobs_of(1)
    schedule = json.loads((tiny.base / "scheduler/scheduler_config.json").read_text())
    # Values that 32 bits hold exactly: Diffusers scales them in 32 bits, and here it is done in 64.
    job = job._replace(square=(job.square * 256).round() / 256)
    pipeline = diffusers.StableDiffusionImg2ImgPipeline(
        vae=diffusers.AutoencoderKL.from_pretrained(str(tiny.base / "vae")),
        unet=diffusers.UNet2DConditionModel.from_pretrained(str(tiny.base / "unet")),
        text_encoder=transformers.CLIPTextModel.from_pretrained(str(tiny.base / "text_encoder")),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(str(tiny.base / "tokenizer")),
        scheduler=diffusers.DDIMScheduler.from_config({**schedule, "clip_sample": False}),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.load_lora_weights(str(tiny.diffusers))
    pipeline.set_progress_bar_config(disable=True)
    image = torch.from_numpy(job.square).float().expand(1, 3, SIZE, SIZE)
    plain = pipeline(
        prompt=[PROMPTS[job.edit_label]],
        image=image,
        strength=0.15,
        num_inference_steps=50,
        guidance_scale=5.0,
        generator=[torch.Generator("cpu").manual_seed(job.noise_seed)],
        output_type="pt",
    ).images
    ours = sampler.generate([job])[0]
    assert ours is not None
    assert torch.equal(plain[0].mean(dim=0).double(), torch.from_numpy(ours))


@pytest.mark.parametrize("batch", [1, 4, 3])
def test_a_source_is_encoded_once_for_its_edits_and_each_draws_its_own_noise(tiny: Tiny, batch: int) -> None:
    """Eight images of two sources; encoding anew for each gives the same bits."""
    first, second = (job.square for job in jobs_of(2))
    jobs = [
        EditJob(square, label, noise_seed(42, name, label), None)
        for name, square in (("a", first), ("b", second))
        for label in PROMPTS
    ]
    shared = new_sampler(tiny)
    encode, calls = shared._pipeline.vae.encode, list[int]()

    def counted(images: Any) -> Any:
        calls.append(len(images))
        return encode(images)

    shared._pipeline.vae.encode = counted
    made = [image for start in range(0, 8, batch) for image in shared.generate(jobs[start : start + batch])]
    assert calls == [1, 1]
    anew = new_sampler(tiny)
    for start in range(0, 8, batch):
        copies = [job._replace(square=job.square.copy()) for job in jobs[start : start + batch]]
        for one, other in zip(made[start : start + batch], anew.generate(copies), strict=True):
            assert one is not None and other is not None and (one == other).all()
    drawn = [image for image in made[:4] if image is not None]
    assert len(drawn) == 4 and all((drawn[0] != other).any() for other in drawn[1:])


def vae_of_source(tiny: Tiny, job: EditJob) -> Any:
    """The source encoded and decoded, without any denoising."""
    import torch

    pipeline = new_pipeline(tiny, tiny.config)
    with torch.inference_mode():
        image = (torch.from_numpy(job.square) * 2 - 1).float().expand(1, 3, SIZE, SIZE)
        posterior = pipeline.vae.encode(image).latent_dist
        draw = torch.randn(posterior.mean.shape, generator=torch.Generator("cpu").manual_seed(job.noise_seed))
        scaling = pipeline.vae.config.scaling_factor
        latents = (posterior.mean + posterior.std * draw) * scaling
        decoded = pipeline.vae.decode(latents / scaling).sample
        return ((decoded / 2 + 0.5).clamp(0, 1)).mean(dim=1)[0].numpy().astype("float64")


def test_a_latent_mask_of_ones_gives_the_source_as_the_vae_sees_it_bit_for_bit(tiny: Tiny) -> None:
    import numpy

    (job,) = jobs_of(1, numpy.ones((SIZE, SIZE)))
    made = new_sampler(tiny, blend_space="latent", tsxr_mask_blend=1.0).generate([job])[0]
    assert made is not None and (made == vae_of_source(tiny, job)).all()


def test_a_latent_mask_of_zeros_changes_nothing(tiny: Tiny, sampler: Sampler) -> None:
    import numpy

    (job,) = jobs_of(1, numpy.zeros((SIZE, SIZE)))
    made = new_sampler(tiny, blend_space="latent").generate([job])[0]
    plain = sampler.generate([job._replace(mask=None)])[0]
    assert made is not None and plain is not None and (made == plain).all()


def test_latent_blending_pulls_toward_the_source_with_its_strength(tiny: Tiny) -> None:
    import numpy

    (job,) = jobs_of(1, numpy.ones((SIZE, SIZE)))
    target = vae_of_source(tiny, job)
    gaps = []
    for strength in (0.0, 0.7, 1.0):
        made = new_sampler(tiny, blend_space="latent", tsxr_mask_blend=strength).generate([job])[0]
        assert made is not None
        gaps.append(float(numpy.abs(made - target).mean()))
    assert gaps[0] > gaps[1] > gaps[2] == 0.0


def test_a_mask_over_half_of_a_latent_pulls_it_half_as_far(tiny: Tiny) -> None:
    """A latent stands for 8x8 pixels; the pull is the share of them that is marked, times the blend."""
    import numpy
    import torch

    mask = numpy.zeros((SIZE, SIZE))
    mask[:4, :8] = 1
    maker = new_sampler(tiny, blend_space="latent")
    maker._pipeline.scheduler.set_timesteps(50)
    clean = torch.ones((1, 4, 8, 8))
    state = torch.Generator("cpu").manual_seed(3).get_state()
    after_step = maker._blending([EditJob(mask, "young_male", 3, mask)], clean, [state])
    latents = after_step(maker._pipeline, 6, None, {"latents": torch.zeros_like(clean)})["latents"]
    expected = torch.zeros_like(clean)
    expected[:, :, 0, 0] = 0.5 * 0.7
    assert torch.allclose(latents, expected)


def test_one_masked_image_in_a_batch_leaves_the_others_as_they_were(tiny: Tiny, sampler: Sampler) -> None:
    import numpy

    first, second = jobs_of(2)
    masked = first._replace(mask=numpy.ones((SIZE, SIZE)))
    made = new_sampler(tiny, blend_space="latent").generate([masked, second])[1]
    plain = sampler.generate([second])[0]
    assert made is not None and plain is not None and numpy.abs(made - plain).max() < BATCH_BOUND


def test_blending_follows_the_scheduler_to_the_next_step_and_ends_clean(tiny: Tiny) -> None:
    """Latents that stay on the source's own noised path come back clean; a wrong timestep would not."""
    import torch

    maker = new_sampler(tiny, blend_space="latent", tsxr_mask_blend=1.0)
    pipeline = maker._pipeline
    pipeline.scheduler.set_timesteps(50)
    clean = torch.full((1, 4, 8, 8), 0.5)
    state = torch.Generator("cpu").manual_seed(3).get_state()
    mask = torch.ones((SIZE, SIZE)).numpy()
    after_step = maker._blending([EditJob(mask, "young_male", 3, mask)], clean, [state])
    noise = torch.randn(clean.shape, generator=torch.Generator("cpu").manual_seed(3))
    tail = pipeline.scheduler.timesteps[-7:]
    for step in range(7):
        latents = after_step(pipeline, step, tail[step], {"latents": torch.zeros_like(clean)})["latents"]
        if step < 6:
            assert torch.equal(latents, pipeline.scheduler.add_noise(clean, noise, tail[step + 1].reshape(1)))
        else:
            assert torch.equal(latents, clean)


@pytest.mark.parametrize(
    "runtime", [Runtime(channels_last=True), Runtime(fuse_lora=True), Runtime(dtype="bfloat16", fuse_lora=True)]
)
def test_faster_ways_stay_near_the_plain_one(tiny: Tiny, sampler: Sampler, runtime: Runtime) -> None:
    import numpy

    (job,) = jobs_of(1)
    made, plain = new_sampler(tiny, runtime).generate([job])[0], sampler.generate([job])[0]
    assert made is not None and plain is not None
    assert numpy.abs(made - plain).mean() < (0.02 if runtime.dtype == "bfloat16" else 1e-4)


def test_without_guidance_only_the_prompt_counts(tiny: Tiny) -> None:
    (job,) = jobs_of(1)
    assert new_sampler(tiny, guidance_scale=1.0).generate([job])[0] is not None


class Crowded:
    """A sampler that has memory for two images a call."""

    def __init__(self, sampler: Sampler, room: int, error: Exception | None = None) -> None:
        self._sampler, self._room, self._error = sampler, room, error
        self.calls: list[int] = []

    def generate(self, jobs: Sequence[EditJob]) -> list[Any]:
        import torch

        self.calls.append(len(jobs))
        if len(jobs) > self._room:
            raise self._error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 1 GiB")
        return self._sampler.generate(jobs)


def test_out_of_memory_halves_the_batch_and_says_so(sampler: Sampler) -> None:
    crowded, said = Crowded(sampler, 2), list[str]()
    batched = BatchedSampler(crowded, 5, said.append)
    made = batched.generate(jobs_of(5))
    assert [list(places) for _, places in made] == [[0, 1], [0, 1], [2, 3], [2, 3], [4]]
    assert crowded.calls == [5, 2, 2, 1] and batched.batch_size == 2
    assert said == ["out of memory with 5 images in a batch; continuing with 2"]


@pytest.mark.parametrize(
    "said",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a non-contiguous input.",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "MPS backend out of memory (MPS allocated: 17.00 GB, other allocations: 1.00 GB, max allowed: 18.13 GB).",
        "Invalid buffer size: 24.00 GB",
        "[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 9",
    ],
)
def test_what_every_device_says_of_too_little_memory_halves_the_batch(sampler: Sampler, said: str) -> None:
    crowded = Crowded(sampler, 2, RuntimeError(said))
    assert len(BatchedSampler(crowded, 4, lambda _: None).generate(jobs_of(4))) == 4
    assert crowded.calls == [4, 2, 2]


def test_another_error_is_none_of_memory(sampler: Sampler) -> None:
    wrong = RuntimeError("CUDA error: an illegal memory access was encountered")
    with pytest.raises(RuntimeError, match="illegal memory access"):
        BatchedSampler(Crowded(sampler, 0, wrong), 2, lambda _: None).generate(jobs_of(2))


def test_out_of_memory_with_one_image_is_a_sentence(sampler: Sampler) -> None:
    with pytest.raises(DeviceError, match="out of memory with one image"):
        BatchedSampler(Crowded(sampler, 0), 2, lambda _: None).generate(jobs_of(2))


def test_values_that_are_no_numbers_are_reported_for_their_image_alone(tiny: Tiny) -> None:
    import torch

    maker = new_sampler(tiny)
    decode = maker._pipeline.vae.decode

    def damaged(latents: Any, *arguments: Any, **options: Any) -> Any:
        image = decode(latents, *arguments, **options)[0].clone()
        image[0, 0, 0, 0] = torch.nan
        return (image,)

    maker._pipeline.vae.decode = damaged
    made = maker.generate(jobs_of(2))
    assert made[0] is None and made[1] is not None


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_an_error_and_no_fall_back(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(DeviceError, match=f"--device {device}"):
        choose_device(device)
    assert choose_device("auto") == "cpu"


def test_a_mask_of_ones_gives_the_source_back_and_0_7_is_seven_tenths() -> None:
    import numpy

    edit, source = numpy.full((4, 4), 0.2), numpy.full((4, 4), 0.6)
    ones = numpy.ones((4, 4))
    assert (blend(edit, source, ones, 1.0) == source).all()
    assert (blend(edit, source, ones * 0, 1.0) == edit).all()
    assert numpy.allclose(blend(edit, source, ones, 0.7), 0.48)
