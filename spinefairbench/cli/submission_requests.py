"""submission requests: what batch interfaces are to be asked, in files; nothing is sent."""

from pathlib import Path
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.cli.output_files import new_folder, outside_bundle
from spinefairbench.cli.submission_files import submitted_model
from spinefairbench.errors import UsageError
from spinefairbench.files.hashing import sha256_of_bytes
from spinefairbench.metrics.model_reports import ROLES
from spinefairbench.problems import counted
from spinefairbench.release.decoding import Decoding
from spinefairbench.release.image_checks import survey_images
from spinefairbench.release.image_files import ImageFiles
from spinefairbench.release.request_folder import earlier_manifest, start_folder
from spinefairbench.release.request_lines import line_maker
from spinefairbench.release.request_manifest import MANIFEST, RequestManifest, RequestSettings
from spinefairbench.release.request_map import MAP, Report, map_bytes
from spinefairbench.release.request_parts import require_fit, write_parts
from spinefairbench.release.requests import BASE64, MOST_IMAGE_BYTES, setting_faults
from spinefairbench.release.source_files import find_sources
from spinefairbench.release.templates import evaluation_prompts, template_pairs

__all__ = ["check"]


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `submission requests`. Raises UsageError, SubmissionError, BundleError or OutputError."""
    options = inputs.options
    model, decoding = submitted_model(options), _decoding(options)
    folder = new_folder(options.output)
    outside_bundle(inputs, options.output)
    earlier = None if options.force else earlier_manifest(folder)
    wanted = template_pairs(inputs.bundle, options.scope)
    prompts = evaluation_prompts(inputs.bundle)
    found = find_sources(Path(options.sources), map(source_of, wanted))
    pairs = [pair_id for pair_id in wanted if source_of(pair_id) in found.files]
    row = {
        "output": str(folder),
        "format": options.request_format,
        "model": model["name"],
        "scope": options.scope,
        "sources_found": len(found.files),
        "sources_missing": len(set(map(source_of, wanted))) - len(found.files),
        "pairs": len(pairs),
    }
    if found.problems and not (pairs and options.allow_partial):
        return CheckResult((row,), errors=found.problems)
    images = ImageFiles(inputs.bundle, Path(options.sources), found.files)
    within = options.images == BASE64
    survey = survey_images(images, pairs, MOST_IMAGE_BYTES[options.request_format] if within else None, inputs.progress)
    settings = RequestSettings(
        format=options.request_format,
        scope=options.scope,
        model=model,
        request_model=options.request_model or model["name"],
        decoding=decoding,
        prompt_sha256={name: sha256_of_bytes(text.encode()) for name, text in prompts._asdict().items()},
        repeats=options.repeats,
        images=options.images,
        images_sha256=survey.sha256,
        max_requests=options.max_requests,
        max_bytes=options.max_bytes,
    )
    reports = [Report(pair, image, n) for pair in pairs for image in ROLES for n in range(1, options.repeats + 1)]
    line_of = line_maker(settings, prompts, images)
    largest = Report(*survey.largest, 1)
    require_fit(largest, line_of(largest), settings)
    content = map_bytes(reports)
    fresh = RequestManifest(settings, inputs.bundle.kind == "demo", len(reports), sha256_of_bytes(content))
    started = start_folder(folder, fresh, content, earlier)
    manifest = write_parts(folder, started, reports, line_of, inputs.progress)
    row |= {
        "repeats": options.repeats,
        "requests": len(reports),
        "parts": len(manifest.parts),
        "kept_parts": len(started.parts),
        "bytes": sum(part.bytes for part in manifest.parts),
        "size_differs_pairs": len(survey.size_differs),
        "mode_differs_pairs": len(survey.mode_differs),
        "brightness_pairs": len(survey.brightness),
        "brightness_difference": survey.brightness_difference,
    }
    notes = _notes(manifest, [str(problem) for problem in found.problems])
    return CheckResult((row,), notes=(*notes, *survey.warnings()))


def _notes(manifest: RequestManifest, left_out: list[str]) -> list[str]:
    settings = manifest.settings
    notes = [
        f"nothing was sent: give each part to the batch interface; {MANIFEST} and {MAP} tell which answer is which"
    ]
    if left_out:
        notes.append(f"{counted(len(left_out), 'source')} left out because of --allow-partial (first: {left_out[0]})")
    if settings.format == "gemini":
        notes.append(f"these requests do not name the model: create each batch for {settings.request_model}")
    if settings.decoding.seed is not None:
        notes.append("each request has a seed of its own: with one for all, reports on the same image would not vary")
    return notes


def _decoding(options: Any) -> Decoding:
    """The settings that were given. Raises UsageError with each that the format has no place for."""
    decoding = Decoding(options.temperature, options.top_p, options.max_tokens, options.seed)
    if faults := setting_faults(options.request_format, decoding, options.images):
        raise UsageError(faults)
    return decoding
