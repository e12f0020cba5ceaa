"""Commands that say what a score is worth: noise-floor, transitions, breakdown, compare, power, parser-audit, audit."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from spinefairbench.cli.command import Command, Run, positive_int, read_report, seed
from spinefairbench.cli.panels import add_model_option
from spinefairbench.errors import BundleError, SubmissionError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.analysis.result import CheckResult
    from spinefairbench.bundle.reports import PanelReports, RetainedRow
    from spinefairbench.problems import ProblemLike
    from spinefairbench.release.score_file import ScoreFile

__all__ = ["CHECKS", "COMMANDS"]


def _drawing(run: Run) -> "Callable[[int, int], None]":
    return lambda done, of: run.progress.show(f"bootstrap: {done:,} of {of:,} resamples")


def _settings(run: Run) -> dict[str, Any]:
    """Iterations and seed: those asked for, else the frozen ones."""
    from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED

    iterations, its_seed = run.args.bootstrap_iterations, run.args.seed
    return {
        "iterations": FROZEN_ITERATIONS if iterations is None else iterations,
        "seed": FROZEN_SEED if its_seed is None else its_seed,
    }


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
        progress=_drawing(run),
        **_settings(run),
    )


def _transitions(run: Run) -> "CheckResult":
    from spinefairbench.analysis.transitions import transitions

    return transitions(run.panels(), progress=_drawing(run), **_settings(run))


def _breakdown(run: Run) -> "CheckResult":
    from spinefairbench.analysis.breakdown import breakdown
    from spinefairbench.bundle.source_metadata import read_source_metadata

    metadata = read_source_metadata(run.bundle)
    return breakdown(run.panels(), run.args.by, metadata, progress=_drawing(run), jobs=run.jobs, **_settings(run))


class _Compared(NamedTuple):
    """What was asked to be compared, in the order asked, and the problems of the panel's rows."""

    subjects: "list[FloorSubject]"
    problems: "tuple[ProblemLike, ...]"


def _subjects(run: Run, names: "Sequence[str]") -> _Compared:
    """Models of the panel (all where none is named) and score files. Raises UsageError, BundleError, SubmissionError.

    A name that is a model's is that model; anything else is the path of a score file. Score files must have a
    signature that allows comparison with one another and with the panel.
    """
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.bundle.reports import panel_models
    from spinefairbench.release.score_file import read_score

    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError([f"{name}: named twice" for name in twice])
    scores: dict[str, ScoreFile] = {}
    errors: list[ProblemLike] = []
    try:
        known = panel_models(run.bundle)
    except BundleError:
        if not names or not all(_is_file(name) for name in names):
            raise
        known = {}  # score files need no panel
    for name in names:
        if name in known:
            continue
        if not _is_file(name):
            errors.append(f"{name}: neither a model of the panel ({', '.join(known) or 'none'}) nor a score file")
            continue
        try:
            scores[name] = read_score(Path(name))
        except SubmissionError as error:
            errors += error.problems
    if errors:
        raise SubmissionError(errors)
    wanted = [name for name in names if name in known] if names else list(known)
    panels = run.panels_of(wanted) if wanted else None
    _check_comparable(run, scores, wanted, panels)
    by_name = {
        name: score.subject._replace(model=_shown_name(name, score, scores, wanted)) for name, score in scores.items()
    }
    if panels is not None:
        by_name |= {model.model: FloorSubject.of(model) for model in panels.models}
    order = names or wanted
    return _Compared([by_name[name] for name in order], panels.problems if panels is not None else ())


def _is_file(name: str) -> bool:
    return Path(name).suffix == ".json" or "/" in name or Path(name).is_file()


def _shown_name(path: str, score: "ScoreFile", scores: "Mapping[str, ScoreFile]", models: "Sequence[str]") -> str:
    """A score's model name, or its path where another has that name too."""
    alike = sum(other.model == score.model for other in scores.values())
    return path if alike > 1 or score.model in models else score.model


def _check_comparable(
    run: Run, scores: "Mapping[str, ScoreFile]", models: "Sequence[str]", panels: "PanelReports | None"
) -> None:
    """Raises SubmissionError where the signatures, or the bundles scored on, do not allow comparison."""
    from spinefairbench.bundle.scopes import PANEL_SCOPES
    from spinefairbench.release.signature import comparison_problems, panel_signature

    signatures = {name: score.signature for name, score in scores.items()}
    scopes = {score.scope for score in scores.values()}
    if models and panels is not None and scores:
        # The panel has every pair of both of its scopes: it stands in the scope of the scores.
        scope = min(scopes) if scopes <= set(PANEL_SCOPES) else PANEL_SCOPES[0]
        pair_ids = [pair.pair_id for pair in panels.models[0].pairs]
        signatures["the panel"] = panel_signature(scope, pair_ids, 1, 0)
    problems = comparison_problems(signatures)
    kinds = {name: score.content["bundle"] for name, score in scores.items() if "bundle" in score.content}
    if models and run.bundle_kind is not None and kinds:
        kinds["the panel"] = run.bundle_kind
    if len(set(map(str, kinds.values()))) > 1:
        told = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        problems.append(f"these are of different bundles and cannot be compared ({told})")
    if problems:
        raise SubmissionError(problems)


def _compare(run: Run) -> "CheckResult":
    from spinefairbench.analysis.compare import compare

    if len(run.args.names) == 1:
        raise UsageError("a comparison needs at least two models or score files")
    subjects, problems = _subjects(run, run.args.names)
    return compare(subjects, margin=run.args.margin, problems=problems, progress=_drawing(run), **_settings(run))


def _configure_compare(parser: argparse.ArgumentParser) -> None:
    _add_names(parser)
    parser.add_argument(
        "--margin", type=_share, metavar="D", help="also test whether models are equivalent, within D of one another"
    )
    _add_settings(parser)


def _power(run: Run) -> "CheckResult":
    from spinefairbench.analysis.power import power

    subjects, problems = _subjects(run, run.args.names)
    return power(subjects, effect=run.args.effect, problems=problems)


def _parser_audit(run: Run) -> "CheckResult":
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit

    given = [option for option in ("text", "submission") if getattr(run.args, option) is not None]
    if len(given) + (run.args.model != "all") > 1:
        raise UsageError("--text, --submission and --model: give one of them")
    if run.args.text is not None:
        return mentions_of_text(read_report(run.args.text))
    if run.args.submission is not None:
        subject, collector = _read_submission(run, run.args.submission)
        return parser_audit([subject], collector, progress=_drawing(run), **_settings(run))
    with MentionCollector(run.jobs) as collector:
        panels = run.panels_of(
            run.selected_models,
            lambda row: collector.add(row.model, row.pair_id, row.role, row.response),
        )
    return parser_audit(
        [FloorSubject.of(model) for model in panels.models],
        collector,
        problems=panels.problems,
        progress=_drawing(run),
        **_settings(run),
    )


def _read_submission(run: Run, name: str) -> "tuple[FloorSubject, MentionCollector]":
    """A submission's pairs, and its texts as the parser audit reads them. Raises SubmissionError."""
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.release.submission import read_submission

    submission = read_submission(Path(name), run.bundle, allow_partial=True)
    model = submission.model["name"]
    with MentionCollector(run.jobs) as collector:
        for pair in submission.pairs:
            collector.add(model, pair.pair_id, "source", pair.source_report)
            collector.add(model, pair.pair_id, "generated", pair.counterfactual_report)
    return FloorSubject(model, tuple(submission.reports()), submission.repeated_features()), collector


def _texts_of_score(run: Run, score: "ScoreFile") -> "MentionCollector | None":
    """The mentions of the submission that a score was made from, where --submission names it. Raises UsageError."""
    if run.args.submission is None:
        return None
    subject, collector = _read_submission(run, run.args.submission)
    if (subject.model, subject.pairs) != (score.model, score.pairs):
        raise UsageError(
            f"{run.args.submission}: its reports do not give the rows of {score.path}; expected its submission"
        )
    return collector


def _audit(run: Run) -> "CheckResult":
    if _is_file(run.args.name):
        return _audit_score(run, run.args.name)
    return _audit_model(run, run.args.name)


def _audit_model(run: Run, name: str) -> "CheckResult":
    from spinefairbench.analysis.audit import audit
    from spinefairbench.analysis.mention_collector import MentionCollector
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.bundle.reports import panel_models, select_models
    from spinefairbench.bundle.scopes import COMMON_CORE
    from spinefairbench.bundle.source_metadata import read_source_metadata

    if run.args.submission is not None:
        raise UsageError("--submission goes with a score file; a model of the panel has its texts in the bundle")
    select_models(panel_models(run.bundle), [name])
    metadata = read_source_metadata(run.bundle)
    with MentionCollector(run.jobs) as collector:

        def observe(row: "RetainedRow") -> None:
            if row.model == name:
                collector.add(row.model, row.pair_id, row.role, row.response)

        panels = run.panels_of([name] if run.args.alone else None, observe)
    subjects = {model.model: FloorSubject.of(model) for model in panels.models}
    return audit(
        subjects.pop(name),
        scope=_said_scope(run.bundle_kind, COMMON_CORE),
        others=list(subjects.values()),
        metadata=metadata,
        collector=collector,
        problems=panels.problems,
        progress=_drawing(run),
        jobs=run.jobs,
        **_settings(run),
    )


def _audit_score(run: Run, name: str) -> "CheckResult":
    """A score file; the bundle adds what it can: metadata of the sources, and the panel where it is comparable."""
    from spinefairbench.analysis.audit import audit
    from spinefairbench.analysis.noise_floor import FloorSubject
    from spinefairbench.bundle.source_metadata import read_source_metadata
    from spinefairbench.release.score_file import read_score

    score = read_score(Path(name))
    notes: list[str] = []
    others: list[FloorSubject] = []
    problems: tuple[ProblemLike, ...] = ()
    metadata = None
    try:
        metadata = read_source_metadata(run.bundle)
        if score.comparable_to_panel_scope and not run.args.alone:
            panels = run.panels_of(None)
            _check_comparable(run, {name: score}, [model.model for model in panels.models], panels)
            others = [FloorSubject.of(model) for model in panels.models if model.model != score.model]
            problems = panels.problems
    except (BundleError, SubmissionError) as error:
        notes.append(f"nothing of a bundle was used: {error.problems[0]}")
    return audit(
        score.subject,
        scope=_said_scope(score.content.get("bundle"), score.scope),
        others=others,
        metadata=metadata,
        collector=_texts_of_score(run, score),
        problems=problems,
        notes=notes,
        progress=_drawing(run),
        jobs=run.jobs,
        **_settings(run),
    )


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
