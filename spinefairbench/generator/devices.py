"""The device that a run computes on: which one, how, what it says when its memory ends, and the pipeline put on it."""

from typing import Any, Final, NamedTuple

from spinefairbench.generator.base_model import Pipeline
from spinefairbench.generator.failures import DeviceError
from spinefairbench.generator.libraries import library, torch

__all__ = [
    "DTYPES",
    "Runtime",
    "choose_device",
    "free_memory",
    "is_out_of_memory",
    "prepared_pipeline",
    "tf32_in_use",
]

DTYPES: Final = ("float32", "bfloat16", "float16")


class Runtime(NamedTuple):
    """How the computation is run: what may change last bits, but not what is computed."""

    device: str = "cpu"
    dtype: str = "float32"
    batch_size: int = 1
    channels_last: bool = False
    fuse_lora: bool = False
    compile: bool = False
    compile_blocks: bool = False
    strict_float32: bool = False


def choose_device(name: str) -> str:
    """The device to use for `auto`, `cpu`, `cuda` or `mps`. Raises DeviceError if it is not available."""
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, there in available.items() if there)
    if not available[name]:
        raise DeviceError(f"--device {name}: no such device is available; use --device cpu or auto")
    return name


_NO_MEMORY: Final = (
    "out of memory",
    "can't allocate memory",
    # What the libraries of a GPU say where PyTorch itself has not noticed.
    "cublas_status_alloc_failed",
    "cublas_status_not_initialized",
    "cudnn_status_alloc_failed",
    "cudnn_status_internal_error_host_allocation_failed",
    "cudnn_status_not_supported",
    "cusolver_status_alloc_failed",
    "cuda error: memory allocation",
    "invalid buffer size",  # MPS
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, on whatever device."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    if not isinstance(error, RuntimeError):
        return False
    text = str(error).lower()
    return any(said in text for said in _NO_MEMORY) or bool(
        library("accelerate.utils.memory").should_reduce_batch_size(error)
    )


def free_memory() -> None:
    """Give what the libraries hold of a device's memory back to it."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


def tf32_in_use(runtime: Runtime, device: str) -> list[str] | None:
    """What is computed in TF32, ten bits of mantissa, where float32 was asked for; None on a device without it."""
    if not device.startswith("cuda") or runtime.dtype != "float32":
        return None
    allowed = {
        "matrix-products": torch.backends.cuda.matmul.allow_tf32,
        "convolutions": torch.backends.cudnn.allow_tf32,
    }
    return [name for name, is_allowed in allowed.items() if is_allowed]


def prepared_pipeline(pipeline: Pipeline, runtime: Runtime, device: str, dtype: Any) -> Pipeline:
    """The pipeline on its device and in its dtype, with the speed-ups that were asked for."""
    if runtime.strict_float32:
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
    if runtime.fuse_lora:
        pipeline.unet.fuse_lora()
    pipeline.to(device, dtype)
    if device.startswith("cuda") and runtime.batch_size == 1 and not (runtime.compile or runtime.compile_blocks):
        # Autotuning may choose another kernel on another day.
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
    if runtime.channels_last:
        pipeline.unet.to(memory_format=torch.channels_last)
        pipeline.vae.to(memory_format=torch.channels_last)
    if runtime.compile_blocks:
        # One small graph for all blocks of a kind, which is compiled once.
        pipeline.unet.compile_repeated_blocks()
    if runtime.compile:
        pipeline.unet = torch.compile(pipeline.unet)
        pipeline.vae.decode = torch.compile(pipeline.vae.decode)
    return pipeline
