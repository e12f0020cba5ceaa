"""A run, from its checked inputs to its manifests: preparing, batching, measuring, writing."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.files.png import grayscale_png
from spinefairbench.generator.base_model import BaseModel, find_base_model, load_pipeline
from spinefairbench.generator.checkpoints import Checkpoint, read_checkpoint
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.failures import DeviceError, LaunchError
from spinefairbench.generator.libraries import INFERENCE, FloatImage, library, torch, versions
from spinefairbench.generator.lora import AttachedLora, attach_lora
from spinefairbench.generator.output import OutputFolder, Pair, fingerprint, manifest_row, sidecar
from spinefairbench.generator.processes import ProcessGroup, join_processes
from spinefairbench.generator.qc import Lpips, import_modules, load_lpips, measure
from spinefairbench.generator.radiographs import inside, to_bytes
from spinefairbench.generator.released import FAIL, INCOMPLETE, PASS, PROMPTS, base_model_note
from spinefairbench.generator.sampler import (
    NOISE_RULE,
    BatchedSampler,
    EditJob,
    Runtime,
    Sampler,
    blend,
    choose_device,
    is_out_of_memory,
    noise_seed,
)
from spinefairbench.generator.source_images import ModelInput, Source, read_sources
from spinefairbench.version import __version__

__all__ = ["Outcome", "Request", "Session", "prepare", "run"]

_Log = Callable[[str], None]
_RECORDED_LIBRARIES: Final = (*INFERENCE, "tokenizers", "pydicom", "lpips")


class Request(NamedTuple):
    """What a run was asked for."""

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


class Outcome(NamedTuple):
    """What a finished run made."""

    pairs: int
    passed: int
    failed: int
    incomplete: int
    kept: int
    made: int
    seconds: float


class Session(NamedTuple):
    """A run whose inputs have all been checked and whose model is loaded."""

    request: Request
    sources: dict[str, Source]
    pairs: tuple[Pair, ...]
    batches: tuple[tuple[Pair, ...], ...]
    base: BaseModel
    checkpoint: Checkpoint
    lora: AttachedLora
    lpips: Lpips
    device: str
    sampler: Sampler
    processes: ProcessGroup


def prepare(request: Request, log: _Log) -> Session:
    """Check every input, then load and check the model. Raises the errors of each part."""
    # The writer checks again when it prepares the folder; checked here too, it is refused before minutes of loading.
    OutputFolder(request.output).refuse_unusable(resume=request.resume)
    sources = read_sources(request.input, request.mask, request.output / layout.DATASET, request.config, log)
    checkpoint = read_checkpoint(request.checkpoint, request.checkpoint_sha256)
    device = choose_device(request.runtime.device)
    lpips = load_lpips(request.lpips_trunk)
    processes = join_processes(request.processes, device)
    base = find_base_model(request.config.base_model, request.base_model_sha256)
    pipeline = load_pipeline(base, request.config)
    lora = attach_lora(pipeline.unet, checkpoint, request.config)
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
    pairs = tuple(Pair(source_id, label) for source_id in sources for label in request.edit_labels)
    # Batches are of the whole list, whatever is left to do, so that a resumed run groups as the first one did.
    size = request.runtime.batch_size
    batches = tuple(pairs[start : start + size] for start in range(0, len(pairs), size))
    return Session(request, sources, pairs, batches, base, checkpoint, lora, lpips, device, sampler, processes)


def _provenance(session: Session) -> dict[str, Any]:
    """Everything that the images of a run have in common."""
    request, config = session.request, session.request.config
    on_gpu = session.device.startswith("cuda")
    return {
        "generator_version": __version__,
        "config": {**config.as_json(), "base_model": session.base.name},
        "runtime": {
            **request.runtime._asdict(),
            "device": session.device.partition(":")[0],
            "device_name": torch.cuda.get_device_name(session.device) if on_gpu else session.device,
        },
        "base_model": {
            **base_model_note(session.base.name),
            "sha256": session.base.sha256,
            "files": session.base.files,
        },
        "checkpoint": {
            "file": session.checkpoint.path.name,
            "sha256": session.checkpoint.sha256,
            "format": session.checkpoint.layout,
            **{key: value for key, value in session.lora._asdict().items() if key != "warnings"},
        },
        "libraries": versions(_RECORDED_LIBRARIES),
        "noise_rule": NOISE_RULE,
        "quality_control": {
            "required": list(config.qc_require),
            "lpips_trunk_sha256": session.lpips.trunk_sha256,
        },
    }


class _PairMaker:
    """Makes, measures and writes batches of pairs."""

    def __init__(self, session: Session, log: _Log) -> None:
        self._session = session
        self.folder = OutputFolder(session.request.output)
        self.provenance = _provenance(session)
        self._sampler = BatchedSampler(session.sampler, session.request.runtime.batch_size, log)
        self._last: tuple[str, ModelInput] | None = None
        import_modules()

    def _noise_seed(self, pair: Pair) -> int:
        return noise_seed(self._session.request.config.seed, pair.source_id, pair.edit_label)

    def made_from(self, pair: Pair) -> dict[str, Any]:
        """Everything that determines a pair's image and verdict."""
        source = self._session.sources[pair.source_id]
        return {
            **self.provenance,
            "prompt": PROMPTS[pair.edit_label],
            "negative_prompt": "",
            "source_id": pair.source_id,
            "edit_label": pair.edit_label,
            "noise_seed": self._noise_seed(pair),
            "source": source.provenance,
            "mask": source.mask_provenance,
        }

    def _load(self, source_id: str) -> ModelInput:
        # The edits of one source follow each other, so the last source is the one most likely needed next.
        if self._last is None or self._last[0] != source_id:
            self._last = (source_id, self._session.sources[source_id].load(self._session.request.config))
        return self._last[1]

    def make(self, batch: Sequence[Pair]) -> list[dict[str, Any]]:
        """Make, measure and write a batch, and return its manifest rows."""
        loaded = [self._load(pair.source_id) for pair in batch]
        jobs = [
            EditJob(source.square, pair.edit_label, self._noise_seed(pair), source.mask)
            for pair, source in zip(batch, loaded, strict=True)
        ]
        edits = self._sampler.generate(jobs)
        made_together = [[batch[index].pair_id for index in indices] for _, indices in edits]
        # Measuring an image takes about as long as a GPU takes to make one in a batch, so it is done in parallel.
        with ThreadPoolExecutor(min(len(batch), os.cpu_count() or 1)) as pool:
            return list(pool.map(self._finish_pair, batch, loaded, [edit for edit, _ in edits], made_together))

    def _finish_pair(
        self, pair: Pair, source: ModelInput, edit: FloatImage | None, made_together: list[str]
    ) -> dict[str, Any]:
        config = self._session.request.config
        if edit is None:
            raise DeviceError(
                f"{pair.pair_id}: the model gave values that are not numbers; try --dtype float32 or bfloat16"
            )
        in_pixels = config.blend_space == "pixel" or config.composite_after_latent
        if source.mask is not None and in_pixels:
            edit = blend(edit, source.square, source.mask, config.tsxr_mask_blend)
        area = inside(source.box)
        pixels = to_bytes(edit[area])
        quality = measure(source.gray, pixels, self._session.lpips, config.qc_require)
        height, width = pixels.shape
        png = grayscale_png(width, height, pixels.tobytes())
        image = {
            "file": f"{pair.edit_label}.png",
            "sha256": sha256_of_bytes(png),
            # Another build of zlib packs the same pixels into other bytes.
            "pixels_sha256": sha256_of_bytes(pixels.tobytes()),
            "size_bytes": len(png),
            "width": width,
            "height": height,
            "box_in_square": list(source.box),
            "made_in_one_call": made_together,
        }
        row = manifest_row(pair, quality, image)
        self.folder.write_pair(pair, png, sidecar(pair, self.made_from(pair), image, quality, row))
        return row


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Key -> both values, for every value of two nested mappings that differs."""
    found: dict[str, str] = {}
    for key in sorted({*old, *new}):
        before, now = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(now, dict):
            found |= _differences(before, now, f"{path}{key}.")
        elif before != now:
            found[path + key] = f"{path}{key} {json.dumps(before)[:60]}, now {json.dumps(now)[:60]}"
    return found


def _whole_pairs(session: Session, maker: _PairMaker, recorded: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The pairs whose recorded row, image and sidecar agree with each other and with this run.

    Raises UsageError if the folder has images that this run would make differently: continuing would replace them,
    and a mistyped seed would cost a run of days.
    """
    whole: set[str] = set()
    found: dict[str, str] = {}
    count = 0
    # Both are decided of one sidecar at a time: those of a large run do not fit into memory together.
    for pair in session.pairs:
        written, made_from = maker.folder.written(pair), maker.made_from(pair)
        if written is None:
            continue
        if written.sidecar["fingerprint"] != fingerprint(made_from):
            count += 1
            found |= _differences(written.sidecar["made_from"], json.loads(json.dumps(made_from)))
        elif maker.folder.is_whole(pair, recorded.get(pair.pair_id), written):
            whole.add(pair.pair_id)
    if count:
        shown = "; ".join(list(found.values())[:6]) + ("; ..." if len(found) > 6 else "")
        raise UsageError(
            f"--resume: {session.request.output.name} has {count} image(s) that were made with other settings and"
            f" would be lost; use another folder (it has {shown})"
        )
    return whole


def _plan(session: Session, maker: _PairMaker) -> tuple[list[int], dict[str, dict[str, Any]]]:
    """The batches that are left to make, and the rows of the others; for the writing process alone."""
    recorded = maker.folder.recorded_rows(session.pairs, resume=session.request.resume)
    whole = _whole_pairs(session, maker, recorded)
    to_make = []
    rows: dict[str, dict[str, Any]] = {}
    for index, batch in enumerate(session.batches):
        # A batch is kept whole or made again whole: its members share a call, and so their last bits.
        if all(pair.pair_id in whole for pair in batch):
            rows.update({pair.pair_id: recorded[pair.pair_id] for pair in batch})
        else:
            to_make.append(index)
    maker.folder.start_manifests([rows[pair.pair_id] for pair in session.pairs if pair.pair_id in rows])
    return to_make, rows


def _on_every_process(processes: ProcessGroup, work: Callable[[], Any]) -> list[Any]:
    """Every process's result of its work; if one of them fails, all stop with its problems."""
    if processes.size == 1:
        return [work()]
    result: Any = None
    problems: list[str] = []
    try:
        result = work()
    except SpineFairBenchError as error:
        problems += map(str, error.problems)
    gathered = processes.gather((result, problems))
    if failed := [problem for _, found in gathered for problem in found]:
        raise LaunchError(failed)
    return [result for result, _ in gathered]


def _outcome(rows: Iterable[Mapping[str, Any]], kept: int, seconds: float) -> Outcome:
    verdicts = [row["qc_verdict"] for row in rows]
    return Outcome(
        pairs=len(verdicts),
        passed=verdicts.count(PASS),
        failed=verdicts.count(FAIL),
        incomplete=verdicts.count(INCOMPLETE),
        kept=kept,
        made=len(verdicts) - kept,
        seconds=seconds,
    )


def run(session: Session, log: _Log, progress: _Log | None = None) -> Outcome:
    """Make every pair that is not there yet, and write the manifests.

    Each process makes its own batches and writes their images; after each round the writing process alone appends
    the rows. Raises OutputError, DeviceError, InputError or LaunchError; files already written stay whole.
    """
    started = time.monotonic()
    processes = session.processes
    # The messages of other processes come back with their rows.
    messages: list[str] = []
    maker = _PairMaker(session, log if processes.is_writer else messages.append)

    def make_round(batch: Sequence[Pair]) -> tuple[list[dict[str, Any]], list[str]]:
        made = maker.make(batch) if batch else []
        logged = messages.copy()
        messages.clear()
        return made, logged

    def finish() -> None:
        if processes.is_writer:
            maker.folder.finish_manifests(session.pairs, rows, maker.provenance)

    to_make, rows = _on_every_process(processes, lambda: _plan(session, maker) if processes.is_writer else None)[0]
    kept = len(rows)
    if kept:
        log(f"resuming: keeping {kept} of {len(session.pairs)} pairs, which are whole")
    mine = [session.batches[index] for index in processes.split(to_make)]
    rounds = max(_on_every_process(processes, lambda: len(mine)))
    for number in range(rounds):
        batch = mine[number] if number < len(mine) else ()
        made = _on_every_process(processes, partial(make_round, batch))
        new = [row for part, _ in made for row in part]
        for message in (message for _, logged in made for message in logged):
            log(message)
        if processes.is_writer:
            maker.folder.append_rows(new)
        rows.update({row["pair_id"]: row for row in new})
        if progress is not None:
            done, elapsed = len(rows) - kept, time.monotonic() - started
            rate = done / max(elapsed, 1e-9)
            left = (len(session.pairs) - len(rows)) / max(rate, 1e-9)
            progress(f"{len(rows)}/{len(session.pairs)} pairs, {rate:.2f} images/s, {left:.0f} s left")
    _on_every_process(processes, finish)
    return _outcome(rows.values(), kept, time.monotonic() - started)
