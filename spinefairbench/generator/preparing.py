"""What must hold before a run samples anything: cheap checks first, each done once and not in every process."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from spinefairbench.bundle import layout
from spinefairbench.errors import SpineFairBenchError
from spinefairbench.generator.arms import RECONSTRUCTION, Arm
from spinefairbench.generator.base_model import BaseModel, find_base_model, load_pipeline
from spinefairbench.generator.batching import EditSampler
from spinefairbench.generator.checkpoints import Checkpoint, read_checkpoint
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.devices import Runtime, choose_device, is_out_of_memory, tf32_in_use
from spinefairbench.generator.failed_pairs import UNREADABLE, Failure
from spinefairbench.generator.failures import DeviceError, InputError, LaunchError, short_list
from spinefairbench.generator.found_sources import FoundSource, find_sources
from spinefairbench.generator.libraries import INFERENCE, library, torch, versions
from spinefairbench.generator.lora import AttachedLora, attach_lora
from spinefairbench.generator.lpips_network import Lpips, load_lpips
from spinefairbench.generator.output import OutputFolder
from spinefairbench.generator.processes import ProcessGroup, join_processes
from spinefairbench.generator.quality import to_require
from spinefairbench.generator.released import base_model_note
from spinefairbench.generator.sampler import NOISE_RULE, Sampler
from spinefairbench.generator.source_images import Source, read_source
from spinefairbench.version import __version__

__all__ = ["Log", "Request", "Session", "on_every_process", "prepare"]

Log = Callable[[str], None]
_Result = TypeVar("_Result")

_RECORDED_LIBRARIES: Final = (*INFERENCE, "tokenizers", "pydicom", "lpips")


class Request(NamedTuple):
    """What a run was asked for; a `strict` run stops at the first thing that it cannot make.

    `overlap` is how many batches are read ahead of the one being made, and how many may wait to be written.
    """

    input: Path
    output: Path
    checkpoint: Path
    config: InferenceConfig
    edit_labels: tuple[str, ...] = layout.EDIT_LABELS
    mask: Path | None = None
    lpips_trunk: Path | None = None
    checkpoint_sha256: str | None = None
    base_model_sha256: str | None = None
    runtime: Runtime = Runtime()
    processes: int = 1
    resume: bool = False
    strict: bool = False
    arm: Arm = Arm()
    overlap: int = 2
    save_squares: bool = False
    contact_sheet: bool = False


class Session(NamedTuple):
    """A run whose inputs have all been checked and whose model is loaded; `failures` are radiographs of no use."""

    request: Request
    sources: Mapping[str, Source]
    failures: tuple[Failure, ...]
    lpips: Lpips
    required: tuple[str, ...]
    sampler: EditSampler
    provenance: Mapping[str, Any]
    processes: ProcessGroup


class _Model(NamedTuple):
    base: BaseModel
    checkpoint: Checkpoint
    lora: AttachedLora
    sampler: Sampler
    device: str


def on_every_process(processes: ProcessGroup, work: Callable[[], _Result]) -> list[_Result]:
    """Every process's result of its work; if one of them fails, all stop with its problems. Raises LaunchError then."""
    if processes.size == 1:
        return [work()]
    result: _Result | None = None
    problems: list[str] = []
    try:
        result = work()
    except SpineFairBenchError as error:
        problems += map(str, error.problems)
    gathered = processes.gather((result, problems))
    if failed := [problem for _, found in gathered for problem in found]:
        raise LaunchError(failed)
    return [result for result, _ in gathered]


def _once(processes: ProcessGroup, work: Callable[[], _Result]) -> _Result:
    """What the writing process alone finds out, in every process."""
    found = on_every_process(processes, lambda: work() if processes.is_writer else None)[0]
    assert found is not None
    return found


def prepare(request: Request, log: Log) -> Session:
    """Check every input and load the model; what takes long comes last. Raises the errors of each part."""
    device = choose_device(request.runtime.device)
    processes = join_processes(request.processes, device)
    config = request.config

    def look() -> tuple[list[FoundSource], Checkpoint, BaseModel]:
        # The writer checks again when it prepares the folder; checked here too, it is refused before minutes of loading.
        OutputFolder(request.output).refuse_unusable(resume=request.resume)
        found = find_sources(request.input, request.mask, request.output / layout.DATASET, log)
        known = [source.problem for source in found if source.problem is not None]
        if known and (request.strict or len(known) == len(found)):
            raise InputError(known)
        _refuse_unknown_cells(found, request.arm)
        checkpoint = read_checkpoint(request.checkpoint, request.checkpoint_sha256)
        to_require(config.qc_require, load_lpips(request.lpips_trunk))
        base = find_base_model(config.base_model, request.base_model_sha256, config.base_model_revision)
        return found, checkpoint, base

    found, checkpoint, base = _once(processes, look)
    lpips = load_lpips(request.lpips_trunk)
    required = to_require(config.qc_require, lpips)
    unmeasured = "" if lpips.network is not None else f"; lpips is not measured: {lpips.reason}"
    log(f"note: edits are judged by {', '.join(required)}{unmeasured}")
    model = _load_model(request, base, checkpoint, device, processes, log)
    sources, failures = _read_sources(found, request, processes, log)
    provenance = _provenance(request, model, lpips, required)
    return Session(request, sources, failures, lpips, required, model.sampler, provenance, processes)


def _refuse_unknown_cells(found: Sequence[FoundSource], arm: Arm) -> None:
    """Raise InputError if a source has no prompt of its own, and the arm needs one."""
    unknown = [source.source_id for source in found if source.source_id not in arm.own_prompts]
    if arm.name == RECONSTRUCTION and unknown:
        raise InputError(
            f"--source-metadata: says of {len(unknown)} source(s) neither age and sex nor a cell ({short_list(unknown, 4)})"
        )


def _load_model(
    request: Request, base: BaseModel, checkpoint: Checkpoint, device: str, processes: ProcessGroup, log: Log
) -> _Model:
    pipeline = load_pipeline(base, request.config)
    lora = attach_lora(pipeline.unet, checkpoint, request.config, pipeline.text_encoder)
    for warning in lora.warnings:
        log(f"warning: {warning}")
    if device == "cuda" and processes.size > 1:
        device = f"cuda:{library('accelerate').PartialState().local_process_index}"
    try:
        sampler = Sampler(pipeline, request.config, request.runtime, device)
    except Exception as error:
        if is_out_of_memory(error):
            raise DeviceError(f"--device {device}: too little memory for the model") from None
        raise
    return _Model(base, checkpoint, lora, sampler, device)


class _Read(NamedTuple):
    """What came of reading one radiograph and its mask, in whichever process."""

    place: int
    source: Source | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def _read(place: int, found: FoundSource, config: InferenceConfig) -> _Read:
    try:
        source, warnings = read_source(found, config)
    except InputError as error:
        return _Read(place, None, tuple(map(str, error.problems)), ())
    return _Read(place, source, (), tuple(warnings))


def _read_sources(
    found: Sequence[FoundSource], request: Request, processes: ProcessGroup, log: Log
) -> tuple[dict[str, Source], tuple[Failure, ...]]:
    """Every radiograph, read once by one of the processes, and those that cannot be used.

    Raises InputError with every problem if the run is strict or no radiograph can be used.
    """
    mine = processes.split(range(len(found)))
    shares = on_every_process(processes, lambda: [_read(place, found[place], request.config) for place in mine])
    sources: dict[str, Source] = {}
    failures = []
    for place, source, problems, warnings in sorted(read for share in shares for read in share):
        for warning in warnings:
            log(f"warning: {warning}")
        if source is not None:
            sources[found[place].source_id] = source
        else:
            failures.append(Failure(found[place].source_id, None, UNREADABLE, "; ".join(problems)))
    if failures and (request.strict or not sources):
        raise InputError([failure.reason for failure in failures])
    for failure in failures:
        log(f"failed: {failure}")
    return sources, tuple(failures)


def _provenance(request: Request, model: _Model, lpips: Lpips, required: tuple[str, ...]) -> dict[str, Any]:
    """Everything that the images of a run have in common."""
    base, checkpoint = model.base, model.checkpoint
    on_gpu = model.device.startswith("cuda")
    adapter_config = {} if checkpoint.config_sha256 is None else {"adapter_config_sha256": checkpoint.config_sha256}
    return {
        "generator_version": __version__,
        "arm": request.arm.name,
        # The commit that was found, so that the sidecar names it whatever the configuration asked for.
        "config": {**request.config.as_json(), "base_model": base.name, "base_model_revision": base.revision},
        "runtime": {
            **request.runtime._asdict(),
            "device": model.device.partition(":")[0],
            # Beside what was asked for, what else changes last bits: what this device does with float32.
            "tf32": tf32_in_use(request.runtime, model.device),
            "device_name": torch.cuda.get_device_name(model.device) if on_gpu else model.device,
        },
        "base_model": {
            **base_model_note(base.name),
            "revision": base.revision,
            "sha256": base.sha256,
            "files": base.files,
        },
        "checkpoint": {
            "file": checkpoint.path.name,
            "sha256": checkpoint.sha256,
            **adapter_config,
            "format": checkpoint.layout,
            **{key: value for key, value in model.lora._asdict().items() if key != "warnings"},
        },
        "libraries": versions(_RECORDED_LIBRARIES),
        "noise_rule": NOISE_RULE,
        "quality_control": {"required": list(required), "lpips_trunk_sha256": lpips.trunk_sha256},
    }
