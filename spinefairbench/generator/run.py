"""A run from its checked inputs to its manifests: preparing, batching, falling back, measuring, writing."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from spinefairbench.errors import SpineFairBenchError, UsageError
from spinefairbench.generator import radiographs
from spinefairbench.generator.base_model import BaseModel, find_base_model, load_pipeline
from spinefairbench.generator.checkpoints import Checkpoint, read_checkpoint
from spinefairbench.generator.config import InferenceConfig
from spinefairbench.generator.errors import DeviceError, InputError, LaunchError
from spinefairbench.generator.facts import base_model_note
from spinefairbench.generator.files import canonical_json, input_files, named_sources, sha256_of_bytes
from spinefairbench.generator.images import grayscale_png
from spinefairbench.generator.libraries import INFERENCE, library, versions
from spinefairbench.generator.lora import AttachedLora, attach_lora
from spinefairbench.generator.masks import Mask, blend, fit_mask, match_masks, read_mask
from spinefairbench.generator.measures import MODULES, Lpips, load_lpips, measure
from spinefairbench.generator.output import Pair, Store, fingerprint, manifest_row, sidecar
from spinefairbench.generator.prompts import PROMPTS, edit_labels
from spinefairbench.generator.radiographs import Array, Radiograph
from spinefairbench.generator.sampler import Calls, Job, Runtime, Sampler, choose_device, is_out_of_memory
from spinefairbench.generator.seeds import RULE, noise_seed
from spinefairbench.generator.team import Team, join_team
from spinefairbench.version import __version__

__all__ = ["Outcome", "Request", "Session", "prepare", "run"]

Say = Callable[[str], None]
_RECORDED_LIBRARIES: Final = (*INFERENCE, "tokenizers", "pydicom", "lpips")


class Request(NamedTuple):
    """What a run was asked for."""

    input: Path
    output: Path
    checkpoint: Path
    config: InferenceConfig
    demographic: str = "all"
    mask: Path | None = None
    lpips_trunk: Path | None = None
    checkpoint_sha256: str | None = None
    base_model_sha256: str | None = None
    runtime: Runtime = Runtime()
    processes: int = 1
    resume: bool = False


class Source(NamedTuple):
    """A source's file and mask, with what was read of them; the pixels are read again when they are needed."""

    path: Path
    record: dict[str, Any]
    mask_path: Path | None
    mask_record: dict[str, Any] | None


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
    team: Team


def _read_sources(request: Request, say: Say) -> dict[str, Source]:
    """Read every radiograph and mask once, so that all that is wrong with them is said before any work."""
    files, warnings = input_files(request.input, "--input")
    _refuse_inside_output(files, request.output)
    paths = named_sources(files)
    masks: dict[str, Path] = {}
    if request.mask is not None:
        mask_files, mask_warnings = input_files(request.mask, "--mask")
        warnings += mask_warnings
        masks = match_masks(paths, mask_files, single=request.mask.is_file())
    config = request.config
    problems: list[str] = []
    sources = {}
    for source_id, path in paths.items():
        try:
            radiograph = radiographs.read_radiograph(path, config.levels, config.level_percentiles)
            mask = _read_mask(masks.get(source_id), radiograph)
        except InputError as error:
            problems += map(str, error.problems)
            continue
        if mask is not None:
            warnings += _mask_warnings(mask, config)
        sources[source_id] = Source(path, _source_record(radiograph), masks.get(source_id), _mask_record(mask))
    if problems:
        raise InputError(problems)
    if request.mask is None:
        warnings.append("mask-none: without --mask nothing is blended toward the source")
    for warning in warnings:
        say(f"warning: {warning}")
    return sources


def _refuse_inside_output(files: Sequence[Path], output: Path) -> None:
    """Source radiographs inside the output's dataset would become part of what is handed on."""
    dataset = (output / "dataset").resolve()
    if inside := [path.name for path in files if dataset in path.resolve().parents]:
        raise InputError(f"--input: lies inside the dataset folder of --output: {', '.join(inside[:4])}")


def _mask_warnings(mask: Mask, config: InferenceConfig) -> list[str]:
    warnings = [mask.warning] if mask.warning else []
    if not fit_mask(mask, config.image_size, config.fit, 0.0).any():
        warnings.append(f"mask-lost: what {mask.file_name} marks is too thin for {config.image_size} pixels a side")
    return warnings


def _read_mask(path: Path | None, radiograph: Radiograph) -> Mask | None:
    if path is None:
        return None
    return read_mask(path, radiograph.record["width"], radiograph.record["height"])


def _source_record(radiograph: Radiograph) -> dict[str, Any]:
    return {"file": radiograph.file_name, "sha256": radiograph.sha256, **radiograph.record}


def _mask_record(mask: Mask | None) -> dict[str, Any] | None:
    if mask is None:
        return None
    return {"file": mask.file_name, "sha256": mask.sha256, "share_marked": mask.share}


def _batched(pairs: Sequence[Pair], size: int) -> tuple[tuple[Pair, ...], ...]:
    """Batches over the whole list, the same whatever is left to do: a resumed run groups as the first did."""
    return tuple(tuple(pairs[start : start + size]) for start in range(0, len(pairs), size))


def prepare(request: Request, say: Say) -> Session:
    """Check every input, then load and check the model. Raises the errors of each part."""
    labels = edit_labels(request.demographic)
    # The writer asks again when it opens the folder; asked here too, a run is not refused after minutes of loading.
    Store(request.output).refuse_unusable(resume=request.resume)
    sources = _read_sources(request, say)
    checkpoint = read_checkpoint(request.checkpoint, request.checkpoint_sha256)
    device = choose_device(request.runtime.device)
    lpips = load_lpips(request.lpips_trunk)
    team = join_team(request.processes, device)
    base = find_base_model(request.config.base_model, request.base_model_sha256)
    pipeline = load_pipeline(base, request.config)
    lora = attach_lora(pipeline.unet, checkpoint, request.config)
    for warning in lora.warnings:
        say(f"warning: {warning}")
    if device == "cuda" and team.size > 1:
        device = f"cuda:{library('accelerate').PartialState().local_process_index}"
    try:
        sampler = Sampler(pipeline, request.config, request.runtime, device)
    except Exception as error:
        if is_out_of_memory(error):
            raise DeviceError(f"--device {device}: too little memory for the model") from None
        raise
    pairs = tuple(Pair(source_id, label) for source_id in sources for label in labels)
    batches = _batched(pairs, request.runtime.batch_size)
    return Session(request, sources, pairs, batches, base, checkpoint, lora, lpips, device, sampler, team)


def _device_name(device: str) -> str:
    if device.startswith("cuda"):
        name: str = library("torch").cuda.get_device_name(device)
        return name
    return device


def _provenance(session: Session) -> dict[str, Any]:
    """All that the images of a run have in common."""
    request, config = session.request, session.request.config
    runtime = request.runtime._replace(device=session.device.partition(":")[0])
    return {
        "generator_version": __version__,
        "config": {**config.as_json(), "base_model": session.base.name},
        "runtime": {**runtime._asdict(), "device_name": _device_name(session.device)},
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
        "noise_rule": RULE,
        "quality_control": {
            "required": list(config.qc_require),
            "lpips_trunk_sha256": session.lpips.trunk_sha256,
        },
    }


def _made_from(session: Session, pair: Pair, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """All that decides one pair's image and verdict."""
    source = session.sources[pair.source_id]
    return {
        **provenance,
        "prompt": PROMPTS[pair.edit_label],
        "negative_prompt": "",
        "source_id": pair.source_id,
        "edit_label": pair.edit_label,
        "noise_seed": noise_seed(session.request.config.seed, pair.source_id, pair.edit_label),
        "source": source.record,
        "mask": source.mask_record,
    }


class _Loaded(NamedTuple):
    """A pair's source and mask in the model's square, and where in it the radiograph lies."""

    square: Array
    box: tuple[int, int, int, int]
    mask: Array | None


def _load_source(session: Session, source_id: str) -> _Loaded:
    config, source = session.request.config, session.sources[source_id]
    radiograph = radiographs.read_radiograph(source.path, config.levels, config.level_percentiles)
    if radiograph.sha256 != source.record["sha256"]:
        raise InputError(f"{source.path.name}: changed while the run was going on")
    fitted = radiographs.fit(radiograph.pixels, config.image_size, config.fit)
    mask = None
    if source.mask_path is not None:
        read = _read_mask(source.mask_path, radiograph)
        if read is not None and _mask_record(read) != source.mask_record:
            raise InputError(f"{source.mask_path.name}: changed while the run was going on")
        if read is not None:
            mask = fit_mask(read, config.image_size, config.fit, config.mask_feather)
    return _Loaded(fitted.pixels, fitted.box, mask)


class _Maker:
    """Makes, measures and writes batches of pairs."""

    def __init__(self, session: Session, say: Say) -> None:
        self._session = session
        self.provenance = _provenance(session)
        self._calls = Calls(session.sampler, session.request.runtime.batch_size, say)
        self._source: tuple[str, _Loaded] | None = None
        for module in MODULES:
            library(module)  # before there are threads that would all import it at once

    def made_from(self, pair: Pair) -> dict[str, Any]:
        return _made_from(self._session, pair, self.provenance)

    def _loaded(self, source_id: str) -> _Loaded:
        # The edits of one source follow each other, so the last source is the one most likely wanted.
        if self._source is None or self._source[0] != source_id:
            self._source = (source_id, _load_source(self._session, source_id))
        return self._source[1]

    def make(self, batch: Sequence[Pair], store: Store) -> list[dict[str, Any]]:
        """Make, measure and write a batch; its manifest rows."""
        seed = self._session.request.config.seed
        loaded = [self._loaded(pair.source_id) for pair in batch]
        jobs = [
            Job(source.square, pair.edit_label, noise_seed(seed, pair.source_id, pair.edit_label), source.mask)
            for pair, source in zip(batch, loaded, strict=True)
        ]
        edits = self._calls.generate(jobs)
        # Measuring an image takes about as long as a GPU takes to make one in a batch, so it is spread out.
        finish = partial(self._finish_pair, store=store)
        calls = [[batch[place].pair_id for place in places] for _, places in edits]
        with ThreadPoolExecutor(min(len(batch), os.cpu_count() or 1)) as pool:
            return list(pool.map(finish, batch, loaded, [edit for edit, _ in edits], calls))

    def _finish_pair(
        self, pair: Pair, source: _Loaded, edit: Array | None, call: list[str], store: Store
    ) -> dict[str, Any]:
        config = self._session.request.config
        if edit is None:
            raise DeviceError(
                f"{pair.pair_id}: the model gave values that are not numbers; try --dtype float32 or bfloat16"
            )
        in_pixels = config.blend_space == "pixel" or config.composite_after_latent
        if source.mask is not None and in_pixels:
            edit = blend(edit, source.square, source.mask, config.tsxr_mask_blend)
        left, top, width, height = source.box
        inside = (slice(top, top + height), slice(left, left + width))
        pixels = radiographs.to_bytes(edit[inside])
        quality = measure(radiographs.to_bytes(source.square[inside]), pixels, self._session.lpips, config.qc_require)
        png = grayscale_png(width, height, pixels.tobytes())
        row = manifest_row(pair, quality, png)
        image = {
            "file": f"{pair.edit_label}.png",
            "sha256": sha256_of_bytes(png),
            # Another build of zlib packs the same pixels into other bytes.
            "pixels_sha256": sha256_of_bytes(pixels.tobytes()),
            "size_bytes": len(png),
            "width": width,
            "height": height,
            "box_in_square": list(source.box),
            "made_in_one_call": call,
        }
        store.write_pair(pair, png, sidecar(pair, self.made_from(pair), image, quality, row))
        return row


def _differences(there: Mapping[str, Any], here: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """Key -> both values, for every value of two nested mappings that differs."""
    found: dict[str, str] = {}
    for key in sorted({*there, *here}):
        one, other = there.get(key), here.get(key)
        if isinstance(one, dict) and isinstance(other, dict):
            found |= _differences(one, other, f"{path}{key}.")
        elif one != other:
            found[path + key] = f"{path}{key} {json.dumps(one)[:60]}, now {json.dumps(other)[:60]}"
    return found


def _refuse_other_settings(session: Session, store: Store, maker: "_Maker") -> None:
    """Raise UsageError where the folder holds whole images that this run would make otherwise.

    To go on would replace them, and a mistyped seed would cost a run of days.
    """
    found: dict[str, str] = {}
    count = 0
    for pair in session.pairs:
        there, here = store.made_from(pair), maker.made_from(pair)
        if there is not None and fingerprint(there) != fingerprint(here):
            count += 1
            found |= _differences(there, json.loads(canonical_json(here)))
    if count:
        shown = "; ".join(list(found.values())[:6]) + ("; ..." if len(found) > 6 else "")
        raise UsageError(
            f"--resume: {session.request.output.name} holds {count} image(s) that were made otherwise and would be"
            f" lost; use another folder (there {shown})"
        )


def _plan(session: Session, store: Store, maker: _Maker) -> tuple[list[int], dict[str, dict[str, Any]]]:
    """Which batches are left to make, and the rows of those that are not; for the writing process alone."""
    recorded = store.open(session.pairs, resume=session.request.resume)
    _refuse_other_settings(session, store, maker)
    todo = []
    rows: dict[str, dict[str, Any]] = {}
    for index, batch in enumerate(session.batches):
        found = {pair.pair_id: recorded.get(pair.pair_id) for pair in batch}
        # A batch is kept whole or made again whole: its members share a call, and so their last bits.
        if all(store.kept(pair, found[pair.pair_id], fingerprint(maker.made_from(pair))) for pair in batch):
            rows.update({pair_id: row for pair_id, row in found.items() if row is not None})
        else:
            todo.append(index)
    store.start([rows[pair.pair_id] for pair in session.pairs if pair.pair_id in rows])
    return todo, rows


def _together(team: Team, work: Callable[[], Any]) -> list[Any]:
    """Every process's result of its work; where one failed, all stop with its problems."""
    if team.size == 1:
        return [work()]
    result: Any = None
    problems: tuple[str, ...] = ()
    try:
        result = work()
    except SpineFairBenchError as error:
        problems = tuple(map(str, error.problems))
    gathered = team.gather((result, problems))
    if failed := [problem for _, found in gathered for problem in found]:
        raise LaunchError(failed)
    return [result for result, _ in gathered]


def run(session: Session, say: Say, progress: Say | None = None) -> Outcome:
    """Make every pair that is not there yet and write the manifests.

    Each process makes its own batches and writes their images; after each round the writing process alone
    appends the rows. Raises OutputError, DeviceError, InputError or LaunchError; what was written stays whole.
    """
    started = time.monotonic()
    team, store = session.team, Store(session.request.output)
    # What another process has to say comes back with its rows.
    notes: list[str] = []
    maker = _Maker(session, say if team.is_writer else notes.append)

    def turn_of(batch: Sequence[Pair]) -> tuple[list[dict[str, Any]], list[str]]:
        made = maker.make(batch, store) if batch else []
        said = notes.copy()
        notes.clear()
        return made, said

    todo, rows = _together(team, lambda: _plan(session, store, maker) if team.is_writer else None)[0]
    kept = len(rows)
    if kept:
        say(f"resuming: {kept} of {len(session.pairs)} pairs are whole and are kept")
    mine = [session.batches[index] for index in team.share(todo)]
    rounds = max(_together(team, lambda: len(mine)))
    for turn in range(rounds):
        batch = mine[turn] if turn < len(mine) else ()
        made = _together(team, partial(turn_of, batch))
        new = [row for part, _ in made for row in part]
        for note in (note for _, said in made for note in said):
            say(note)
        if team.is_writer:
            store.record(new)
        rows.update({row["pair_id"]: row for row in new})
        if progress is not None:
            done, elapsed = len(rows) - kept, time.monotonic() - started
            rate = done / max(elapsed, 1e-9)
            left = (len(session.pairs) - len(rows)) / max(rate, 1e-9)
            progress(f"{len(rows)}/{len(session.pairs)} pairs, {rate:.2f} images/s, {left:.0f} s left")
    _together(team, lambda: _finish(session, store, maker, rows) if team.is_writer else None)
    verdicts = [row["qc_verdict"] for row in rows.values()]
    return Outcome(
        pairs=len(rows),
        passed=verdicts.count("pass"),
        failed=verdicts.count("fail"),
        incomplete=verdicts.count("incomplete"),
        kept=kept,
        made=len(rows) - kept,
        seconds=time.monotonic() - started,
    )


def _finish(session: Session, store: Store, maker: _Maker, rows: Mapping[str, Mapping[str, Any]]) -> None:
    store.finish(session.pairs, rows, maker.provenance)
