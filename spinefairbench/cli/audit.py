"""Commands that say what a score is worth: noise-floor, transitions, breakdown, compare, power, parser-audit, audit."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, positive_int, read_report, seed
from spinefairbench.cli.panels import add_model_option
from spinefairbench.errors import BundleError, SubmissionError, UsageError

if TYPE_CHECKING:
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.reports import RetainedRow
    from spinefairbench.metrics.model_reports import ModelReports
    from spinefairbench.problems import ProblemLike
    from spinefairbench.release.comparables import Comparables
    from spinefairbench.release.score_file import ScoreFile
    from spinefairbench.release.submission import Submission

__all__ = ["CHECKS", "COMMANDS"]


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bootstrap-iterations", type=positive_int, metavar="N", help="default 10,000")
    parser.add_argument("--seed", type=seed, metavar="S", help="default 42")


def _add_model_and_settings(parser: argparse.ArgumentParser) -> None:
    add_model_option(parser)
    _add_settings(parser)


def _noise_floor(run: Run) -> "CheckResult":
    from spinefairbench.analysis.noise_floor import noise_floor

    published = run.published("noise_floor")
    return noise_floor(
        run.panels(),
        None if published is None else published["models"],
        whole_panel=run.selected_models is None,
        bootstrap=run.bootstrap,
    )


def _transitions(run: Run) -> "CheckResult":
    from spinefairbench.analysis.transitions import transitions

    return transitions(run.panels(), bootstrap=run.bootstrap)


def _breakdown(run: Run) -> "CheckResult":
    from spinefairbench.analysis.breakdown import breakdown
    from spinefairbench.bundle.source_metadata import read_source_metadata

    metadata = read_source_metadata(run.bundle)
    return breakdown(run.panels(), run.args.by, metadata, bootstrap=run.bootstrap)


def _named(run: Run) -> "Comparables":
    from spinefairbench.release.comparables import named_comparables

    return named_comparables(run.args.names, lambda: run.bundle, run.panels_of)


def _compare(run: Run) -> "CheckResult":
    from spinefairbench.analysis.compare import compare

    if len(run.args.names) == 1:
        raise UsageError("a comparison needs at least two models or score files")
    models, problems = _named(run)
    return compare(models, margin=run.args.margin, problems=problems, bootstrap=run.bootstrap)


def _configure_compare(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument(
        "--margin", type=_share, metavar="D", help="also test whether models are equivalent, within D of one another"
    )
    _add_settings(parser)


def _power(run: Run) -> "CheckResult":
    from spinefairbench.analysis.power import power

    models, problems = _named(run)
    return power(models, effect=run.args.effect, problems=problems)


def _parser_audit(run: Run) -> "CheckResult":
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit

    given = [option for option in ("text", "submission") if getattr(run.args, option) is not None]
    if len(given) + (run.args.model != "all") > 1:
        raise UsageError("--text, --submission and --model: give one of them")
    if run.args.text is not None:
        return mentions_of_text(read_report(run.args.text))
    if run.args.submission is not None:
        submission = _submission(run)
        return parser_audit([submission.reports], submission.mentions(run.jobs), bootstrap=run.bootstrap)
    with MentionCollector(run.jobs) as collector:
        panels = run.panels_of(
            run.selected_models,
            lambda row: collector.add(row.model, row.pair_id, row.role, row.response),
        )
    return parser_audit(panels.models, collector, problems=panels.problems, bootstrap=run.bootstrap)


def _submission(run: Run) -> "Submission":
    """The submission of --submission. Raises SubmissionError."""
    from spinefairbench.release.submission import read_submission

    return read_submission(Path(run.args.submission), run.bundle, allow_partial=True)


def _mentions_of_score(run: Run, file: "ScoreFile") -> "MentionCollector | None":
    """The mentions of the submission that a score was made from, where --submission names it. Raises UsageError."""
    if run.args.submission is None:
        return None
    submission = _submission(run)
    scored = file.score.reports
    if (submission.reports.model, submission.reports.pairs) != (scored.model, scored.pairs):
        raise UsageError(
            f"{run.args.submission}: its reports do not give the rows of {file.path}; expected its submission"
        )
    return submission.mentions(run.jobs)


def _audit(run: Run) -> "CheckResult":
    from spinefairbench.release.comparables import looks_like_file

    return _audit_score(run) if looks_like_file(run.args.name) else _audit_model(run)


def _audit_model(run: Run) -> "CheckResult":
    from spinefairbench.analysis.audit import audit
    from spinefairbench.analysis.full_audit import AuditRequest
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.strata import BREAKDOWNS
    from spinefairbench.bundle.reports import panel_models, select_models
    from spinefairbench.bundle.scopes import COMMON_CORE
    from spinefairbench.bundle.source_metadata import read_source_metadata

    name = run.args.name
    if run.args.submission is not None:
        raise UsageError("--submission goes with a score file; a model of the panel has its texts in the bundle")
    select_models(panel_models(run.bundle), [name])
    metadata = read_source_metadata(run.bundle)
    with MentionCollector(run.jobs) as collector:

        def observe(row: "RetainedRow") -> None:
            if row.model == name:
                collector.add(row.model, row.pair_id, row.role, row.response)

        panels = run.panels_of([name] if run.args.alone else None, observe)
    request = AuditRequest(
        [model for model in panels.models if model.model == name],
        BREAKDOWNS,
        metadata,
        collector,
        [model for model in panels.models if model.model != name],
        bootstrap=run.bootstrap,
    )
    return audit(request, scope=_said_scope(run.bundle_kind, COMMON_CORE), problems=panels.problems)


def _audit_score(run: Run) -> "CheckResult":
    """A score file; the bundle adds what it can: metadata of the sources, and the panel where it is comparable."""
    from spinefairbench.analysis.audit import audit
    from spinefairbench.analysis.full_audit import AuditRequest
    from spinefairbench.analysis.strata import BREAKDOWNS
    from spinefairbench.bundle.source_metadata import read_source_metadata
    from spinefairbench.release.comparables import check_comparable
    from spinefairbench.release.score_file import read_score

    name = run.args.name
    file = read_score(Path(name))
    score = file.score
    notes: list[str] = []
    others: list[ModelReports] = []
    problems: tuple[ProblemLike, ...] = ()
    metadata = None
    try:
        metadata = read_source_metadata(run.bundle)
        if score.comparable_to_panel_scope and not run.args.alone:
            panels = run.panels_of(None)
            check_comparable({name: file}, panels.models, run.bundle_kind)
            others = [model for model in panels.models if model.model != score.reports.model]
            problems = panels.problems
    except (BundleError, SubmissionError) as error:
        notes.append(f"no bundle was used: {error.problems[0]}")
    request = AuditRequest(
        [score.reports],
        BREAKDOWNS if metadata is not None else ("edit", "dataset"),
        metadata or {},
        _mentions_of_score(run, file),
        others,
        bootstrap=run.bootstrap,
    )
    scope = _said_scope(file.content.get("bundle"), score.scope)
    return audit(request, scope=scope, problems=problems, notes=notes)


def _said_scope(bundle: object, scope: str) -> str:
    return f"{scope}, synthetic demo data" if bundle == "demo" else scope


def _configure_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="MODEL|SCORE", help="a model of the panel, or a score file")
    parser.add_argument("--alone", action="store_true", help="do not compare it with the other models of the panel")
    parser.add_argument(
        "--submission", metavar="F", help="a score file's submission, whose texts the parser audit reads"
    )
    _add_settings(parser)


def _configure_parser_audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--text", metavar="FILE", help="read one report instead: its mentions and how each is meant")
    parser.add_argument("--submission", metavar="F", help="read a submission's reports instead of a panel's")
    _add_model_and_settings(parser)


def _configure_power(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument(
        "--effect",
        type=_share,
        default=0.05,
        metavar="E",
        help="the effect to tell the number of sources for (default 0.05)",
    )


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", metavar="MODEL|SCORE", help="models of the panel or score files (default: all models)"
    )


def _share(text: str) -> float:
    """A number above 0 and at most 1, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number above 0 and at most 1, found {text[:40]!r}")
    return value


def _configure_breakdown(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--by",
        required=True,
        choices=("edit", "age", "sex", "dataset", "same-or-cross"),
        help="what to part the pairs by",
    )
    _add_model_and_settings(parser)


CHECKS: Final = (
    Command(
        "noise-floor",
        "how much of each change rate is the model changing its mind on the same image",
        "noise-floor --artifacts artifacts --model gpt-5.4",
        _noise_floor,
        _add_model_and_settings,
    ),
    Command(
        "transitions",
        "which recommendations come and go when a source is edited, and which way more often",
        "transitions --artifacts artifacts --model gpt-5.4",
        _transitions,
        _add_model_and_settings,
    ),
)
"""Those that `all` runs too."""

COMMANDS: Final = (
    Command(
        "breakdown",
        "both endpoints and the floor for parts of the pairs, and how the parts differ",
        "breakdown --artifacts artifacts --by sex --model gpt-5.4",
        _breakdown,
        _configure_breakdown,
    ),
    Command(
        "compare",
        "models or score files on the pairs all of them have: differences, ranking, equivalence",
        "compare --artifacts artifacts gpt-5.4 radfm",
        _compare,
        _configure_compare,
    ),
    Command(
        "power",
        "standard errors, design effects, and the smallest effects that would be found",
        "power --artifacts artifacts gpt-5.4 --effect 0.05",
        _power,
        _configure_power,
    ),
    Command(
        "parser-audit",
        "the endpoints under readings that know plurals and negation; an audit, not a score",
        "parser-audit --artifacts artifacts --model gpt-5.4",
        _parser_audit,
        _configure_parser_audit,
    ),
    Command(
        "audit",
        "all audits of one model or score file, and a paragraph to quote",
        "audit --artifacts artifacts gpt-5.4",
        _audit,
        _configure_audit,
    ),
)
