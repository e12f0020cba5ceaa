"""submission init, convert, merge and schema: the files that a model author needs before `score`."""

import os
from pathlib import Path
from typing import Any

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.bundle.scopes import TOY
from spinefairbench.cli.options import SUBMITTED_FIELDS
from spinefairbench.cli.output_files import require_writable
from spinefairbench.errors import SubmissionError, UsageError
from spinefairbench.files.reading import STANDARD_INPUT, input_name
from spinefairbench.files.writing import write_json, write_whole
from spinefairbench.problems import Problem
from spinefairbench.release.blank_reports import blank_reports_of, blanks_kept
from spinefairbench.release.conversion import Reading, convert_files
from spinefairbench.release.merging import Part, merge_submissions
from spinefairbench.release.missing_requests import write_missing_requests
from spinefairbench.release.request_map import read_request_map
from spinefairbench.release.runners.mapped_rows import FieldMap
from spinefairbench.release.schema import SUBMISSION_SCHEMAS, submission_value
from spinefairbench.release.submission import missing_words
from spinefairbench.release.submission_input import load_submission
from spinefairbench.release.templates import TEMPLATE_FORMATS, evaluation_prompts, template_pairs, write_template

__all__ = ["convert", "init", "merge", "schema", "submitted_model"]


def init(inputs: Inputs) -> CheckResult:
    """Answer the command `submission init`. Raises UsageError, BundleError or OutputError."""
    options = inputs.options
    template_format = options.template_format or Path(options.output).suffix.lower().removeprefix(".")
    if template_format not in TEMPLATE_FORMATS:
        raise UsageError(Problem(options.output, "which format? end the name in .json, .jsonl or .csv, or give --as"))
    model = submitted_model(options)
    require_writable(inputs, {"output": options.output})
    path = Path(options.output)
    pairs = template_pairs(inputs.bundle, options.scope)
    prompts = evaluation_prompts(inputs.bundle)
    with write_whole(path) as handle:
        write_template(handle, template_format, pairs, prompts, model, options.scope)
    row = {
        "output": str(path),
        "skeleton_format": template_format,
        "model": model["name"],
        "scope": options.scope,
        "pairs": len(pairs),
        "sources": len({source_of(pair_id) for pair_id in pairs}),
        "reports_to_write": 2 * len(pairs),
    }
    notes = ["generate a new report on the source image for each pair: the repeats measure run-to-run variation"]
    if options.scope == TOY:
        notes.append("the scope toy prescribes no pairs: these are the first of the bundle")
    return CheckResult((row,), notes=tuple(notes))


def convert(inputs: Inputs) -> CheckResult:
    """Answer the command `submission convert`. Raises UsageError, SubmissionError, BundleError or OutputError."""
    options = inputs.options
    model = submitted_model(options)
    reading = Reading(
        options.ignore_extra,
        None if options.map is None else FieldMap(options.map),
        None if options.requests is None else read_request_map(Path(options.requests)),
        options.allow_partial,
        options.missing,
        options.blank_as_refusal,
    )
    read = [("a file that is read", name) for name in (*options.inputs, *_files_in(options.requests))]
    require_writable(inputs, {"output": options.output, "missing": options.missing}, reads=read)
    path = Path(options.output)
    to_ask = None if options.missing is None else Path(options.missing)
    conversion = convert_files(
        options.inputs or [STANDARD_INPUT], inputs.bundle, options.scope, reading, standard_input=inputs.standard_input
    )
    if to_ask is not None:
        write_missing_requests(to_ask, conversion.to_ask, reading.requests)
    if conversion.problems:
        raise SubmissionError(conversion.problems)
    results = list(conversion.results)
    if not results:
        raise SubmissionError("no pair has both reports; nothing is written")
    value = submission_value(
        model, options.scope, results, list(conversion.repeated_reports), conversion.decoding.to_json()
    )
    write_json(path, value)
    missing = len(conversion.missing_pairs)
    row = {
        "output": str(path),
        "model": model["name"],
        "scope": options.scope,
        "pairs": len(results),
        "missing_pairs": missing,
        **({"blank_reports": blank_reports_of(value)} if options.blank_as_refusal else {}),
        **({} if to_ask is None else {"requests_to_make": len(conversion.to_ask), "missing": str(to_ask)}),
    }
    still_missing = missing_words(missing, "still missing; `submission merge` joins parts")
    return CheckResult((row,), notes=(*conversion.notes, *still_missing))


def merge(inputs: Inputs) -> CheckResult:
    """Answer the command `submission merge`. Raises SubmissionError or OutputError."""
    options = inputs.options
    require_writable(
        inputs, {"output": options.output}, reads=[("a file that is read", name) for name in options.parts]
    )
    path = Path(options.output)
    parts = [Part(input_name(name), load_submission(Path(name), inputs.standard_input)) for name in options.parts]
    merged = merge_submissions(parts, blank_as_refusal=options.blank_as_refusal)
    write_json(path, merged.value)
    row = {
        "output": str(path),
        "model": merged.value["model"]["name"],
        "scope": merged.value["scope"],
        "parts": len(parts),
        "pairs": len(merged.value["results"]),
        "in_several_parts": merged.repeated_results,
    }
    blank = blanks_kept(blank_reports_of(merged.value))
    return CheckResult((row,), notes=(*blank, "not compared with a bundle; `submission check` does that"))


def schema(inputs: Inputs) -> CheckResult:
    """Answer the command `submission schema`. Raises UsageError or OutputError."""
    options = inputs.options
    version = next(iter(SUBMISSION_SCHEMAS)) if options.version is None else options.version
    if version not in SUBMISSION_SCHEMAS:
        raise UsageError(f"--version {version}: expected one of {', '.join(SUBMISSION_SCHEMAS)}")
    require_writable(inputs, {"output": options.output})
    path = Path(options.output)
    write_json(path, SUBMISSION_SCHEMAS[version])
    return CheckResult(({"output": str(path), "schema_version": version},))


def _files_in(folder: str | None) -> list[str]:
    """The files of a folder that is read; none where it cannot be listed, which whoever reads it says."""
    try:
        return [] if folder is None else [entry.path for entry in os.scandir(folder)]
    except (OSError, ValueError):
        return []


def submitted_model(options: Any) -> dict[str, str]:
    """The model of the options, as a submission has it. Raises UsageError for a blank name."""
    if not options.model_name.strip():
        raise UsageError("--model-name is blank; expected a name")
    given = {field: getattr(options, field) for field in SUBMITTED_FIELDS}
    return {"name": options.model_name, **{field: text for field, text in given.items() if text is not None}}
