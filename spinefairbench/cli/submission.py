"""submission init, check, convert, merge, schema: what a model author needs before `score`."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS"]

_SCOPES: Final = ("common-core-1000", "all-model-intersection-2166", "qc-passed", "toy")
_MODEL_FIELDS: Final = ("version", "organization", "model_family", "prompt_id", "inference_date_utc")
_FORMAT_OF_SUFFIX: Final = {".json": "json", ".jsonl": "jsonl", ".csv": "csv"}


def _new_file(run: Run) -> Path:
    """The file of --output. Raises OutputError where it is there already and --force was not given."""
    from spinefairbench.errors import OutputError

    path = Path(run.args.output)
    if not run.args.force and os.path.lexists(path):
        raise OutputError(f"{path}: is there already; --force replaces it")
    return path


def _add_output(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--output", required=True, metavar="F", help=what)
    parser.add_argument("--force", action="store_true", help="replace an output file that is there already")


def _add_model(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--scope", required=required, choices=_SCOPES, help="the pairs to report on")
    parser.add_argument("--model-name", required=required, metavar="N", help="the model's name, as it shall be shown")
    for field in _MODEL_FIELDS:
        option = field.replace("_", "-").removeprefix("model-")
        parser.add_argument(f"--model-{option}", dest=field, metavar="TEXT", help=f"the submission's model.{field}")


def _model(run: Run) -> dict[str, str]:
    """The model of the options. Raises UsageError for a blank name."""
    from spinefairbench.errors import UsageError

    name = run.args.model_name
    if not name.strip():
        raise UsageError("--model-name is blank; expected a name")
    given = {field: getattr(run.args, field) for field in _MODEL_FIELDS}
    return {"name": name, **{field: text for field, text in given.items() if text is not None}}


def _init(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.pair_ids import source_of
    from spinefairbench.errors import UsageError
    from spinefairbench.files.writing import write_whole
    from spinefairbench.release.templates import evaluation_prompts, skeleton_pairs, write_skeleton

    args = run.args
    output_format = args.skeleton_format or _FORMAT_OF_SUFFIX.get(Path(args.output).suffix.lower())
    if output_format is None:
        raise UsageError(f"{args.output}: which format? end the name in .json, .jsonl or .csv, or give --as")
    model = _model(run)
    path = _new_file(run)
    pairs = skeleton_pairs(run.bundle, args.scope)
    prompts = evaluation_prompts(run.bundle)
    with write_whole(path) as handle:
        write_skeleton(handle, output_format, pairs, prompts, model, args.scope)
    sources = len({source_of(pair_id) for pair_id in pairs})
    row = {
        "output": str(path),
        "skeleton_format": output_format,
        "model": model["name"],
        "scope": args.scope,
        "pairs": len(pairs),
        "sources": sources,
        "reports_to_write": 2 * len(pairs),
    }
    notes = [
        "write the report on the source image anew for each pair: the repeats show how much a model varies by itself"
    ]
    if args.scope == "toy":
        notes.append("the scope toy asks for no pairs in particular: these are the first of the bundle")
    return CheckResult((row,), notes=tuple(notes))


def _configure_init(parser: argparse.ArgumentParser) -> None:
    _add_model(parser, required=True)
    _add_output(parser, "the skeleton to write")
    parser.add_argument(
        "--as", dest="skeleton_format", choices=tuple(_FORMAT_OF_SUFFIX.values()), help="default: by name"
    )


def _check(run: Run) -> "CheckResult":
    from spinefairbench.release.checking import check_submission

    args = run.args
    return check_submission(
        args.submission,
        run.bundle,
        scope=args.scope,
        allow_partial=args.allow_partial,
        standard_input=getattr(sys.stdin, "buffer", None),
    )


def _configure_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("submission", metavar="F", help="a submission, or the rows of one; - is standard input")
    parser.add_argument("--scope", choices=_SCOPES, help="check for this scope instead of the submission's own")
    parser.add_argument("--allow-partial", action="store_true", help="missing pairs are no problem")


def _convert(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.scopes import scope_pairs
    from spinefairbench.errors import SubmissionError
    from spinefairbench.files.writing import write_json
    from spinefairbench.release.conversion import convert_files
    from spinefairbench.release.schema import SCHEMA_V1

    args = run.args
    model = _model(run)
    path = _new_file(run)
    conversion = convert_files(
        args.inputs or ["-"],
        run.bundle,
        args.scope,
        ignore_extra=args.ignore_extra,
        standard_input=getattr(sys.stdin, "buffer", None),
    )
    if conversion.problems:
        raise SubmissionError(conversion.problems)
    results = list(conversion.results)
    write_json(path, {"schema_version": SCHEMA_V1, "model": model, "scope": args.scope, "results": results})
    expected = scope_pairs(run.bundle, args.scope)
    missing = 0 if expected is None else len(expected) - len(results)
    row = {
        "output": str(path),
        "model": model["name"],
        "scope": args.scope,
        "pairs": len(results),
        "missing_pairs": missing,
    }
    notes = list(conversion.notes)
    if missing:
        notes.append(f"{missing:,} pairs of the scope are still missing; `submission merge` joins parts")
    return CheckResult((row,), notes=tuple(notes))


def _configure_convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="F",
        help="JSON Lines, a JSON list, CSV or TSV, plain or gzip, joined by pair; - (default) is standard input",
    )
    _add_model(parser, required=True)
    _add_output(parser, "the submission to write")
    parser.add_argument("--ignore-extra", action="store_true", help="leave out columns that a submission does not have")


def _merge(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.files.writing import write_json
    from spinefairbench.release.merging import Part, merge_submissions
    from spinefairbench.release.submission import load_submission

    path = _new_file(run)
    parts = [Part(name, load_submission(Path(name))) for name in run.args.parts]
    merged = merge_submissions(parts)
    write_json(path, merged.value)
    row = {
        "output": str(path),
        "model": merged.value["model"]["name"],
        "scope": merged.value["scope"],
        "parts": len(parts),
        "pairs": len(merged.value["results"]),
        "in_several_parts": merged.repeated_results,
    }
    return CheckResult((row,), notes=("not held to a bundle; `submission check` does that",))


def _configure_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("parts", nargs="+", metavar="F", help="submissions of one model and scope")
    _add_output(parser, "the submission to write")


def _schema(run: Run) -> "CheckResult":
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.errors import UsageError
    from spinefairbench.files.writing import write_json
    from spinefairbench.release.schema import SUBMISSION_SCHEMAS

    args = run.args
    version = next(iter(SUBMISSION_SCHEMAS)) if args.version is None else args.version
    if version not in SUBMISSION_SCHEMAS:
        raise UsageError(f"--version {version}: expected one of {', '.join(SUBMISSION_SCHEMAS)}")
    path = _new_file(run)
    write_json(path, SUBMISSION_SCHEMAS[version])
    return CheckResult(({"output": str(path), "schema_version": version},))


def _configure_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--version", metavar="V", help="the submission's schema_version (default: the first)")
    _add_output(parser, "the JSON schema to write")


COMMANDS: Final = (
    Command(
        "submission init",
        "write a skeleton with every pair of a scope, its image and the prompts",
        "submission init --scope common-core-1000 --model-name my-model --output todo.jsonl",
        _init,
        _configure_init,
    ),
    Command(
        "submission check",
        "list every fault of a submission with its place, and what it covers, without scoring it",
        "submission check submission.json",
        _check,
        _configure_check,
    ),
    Command(
        "submission convert",
        "make a submission of rows of reports, in JSON Lines, CSV or TSV",
        "submission convert reports.jsonl --scope common-core-1000 --model-name my-model --output submission.json",
        _convert,
        _configure_convert,
    ),
    Command(
        "submission merge",
        "join the submissions of a run that was made in parts",
        "submission merge part1.json part2.json --output submission.json",
        _merge,
        _configure_merge,
    ),
    Command(
        "submission schema",
        "write the JSON schema that submissions are held to",
        "submission schema --output submission_schema.json",
        _schema,
        _configure_schema,
    ),
)
