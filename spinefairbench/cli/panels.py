"""Commands that read the saved reports: parse-sample, table2, gap-sensitivity, both-empty-diagnostic."""

import argparse
from typing import TYPE_CHECKING, Final

from spinefairbench.cli.command import Command, Run, positive_int, seed

if TYPE_CHECKING:
    from spinefairbench.analysis.result import CheckResult

__all__ = ["COMMANDS", "add_model_option"]


def add_model_option(parser: argparse.ArgumentParser) -> None:
    """--model M, with `all` as the default."""
    parser.add_argument("--model", default="all", metavar="M", help="one model, or all (default)")


def _parse_sample(run: Run) -> "CheckResult":
    from spinefairbench.analysis.parse_sample import parse_sample
    from spinefairbench.bundle.reports import panel_models

    model = run.args.model if run.args.model is not None else next(iter(panel_models(run.bundle)))
    # Within `all`, the reports of all models are read anyway, and once.
    panels = run.panels_of(None if run.args.with_whole_panel else (model,))
    return parse_sample(run.bundle, panels, model, run.args.pair)


def _configure_parse_sample(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="M", help="default: the first model of the panels")
    parser.add_argument("--pair", metavar="ID", help="default: the model's first usable pair")
    parser.set_defaults(with_whole_panel=False)


def _table2(run: Run) -> "CheckResult":
    from dataclasses import replace

    from spinefairbench.analysis.table2 import table2
    from spinefairbench.bundle import layout
    from spinefairbench.bundle.frozen_table import frozen_iterations, frozen_models, frozen_table
    from spinefairbench.bundle.reports import panel_models, select_models
    from spinefairbench.errors import ErrorCollector
    from spinefairbench.statistics.bootstrap import FROZEN

    collector = ErrorCollector()
    models = collector.get(lambda: select_models(panel_models(run.bundle), run.selected_models))
    panels = collector.get(run.panels)
    frozen = collector.get(frozen_table, run.bundle, models or {})
    iterations_stated = collector.get(frozen_iterations, run.bundle)
    in_summary = collector.get(frozen_models, run.bundle)
    collector.raise_if_any()
    assert panels is not None and frozen is not None
    other_settings = run.args.bootstrap_iterations is not None or run.args.seed is not None
    result = table2(
        panels,
        frozen,
        run.published("table2"),
        whole_panel=run.selected_models is None,
        recompute=run.args.recompute_ci or other_settings,
        bootstrap=run.bootstrap,
    )
    problems = []
    if iterations_stated != FROZEN.iterations:
        problems.append(
            f"{layout.SUMMARY}: source_clustered_bootstrap.iterations is {iterations_stated}; frozen is {FROZEN.iterations}"
        )
    if run.selected_models is None and not run.bundle.held_to_release:
        # Of the release, its published models must be there; the summary may well hold models that were dropped.
        problems += [
            f"{model}: frozen in {layout.SUMMARY}, but in no panel manifest"
            for model in in_summary or {}
            if model not in frozen
        ]
    return replace(result, problems=(*result.problems, *problems))


def _configure_table2(parser: argparse.ArgumentParser) -> None:
    add_model_option(parser)
    parser.add_argument("--recompute-ci", action="store_true", help="recompute the intervals and compare them")
    parser.add_argument(
        "--bootstrap-iterations", type=positive_int, metavar="N", help="recompute with N resamples (frozen: 10,000)"
    )
    parser.add_argument("--seed", type=seed, metavar="S", help="recompute with this seed (frozen: 42)")


def _gap_sensitivity(run: Run) -> "CheckResult":
    from spinefairbench.analysis.gap_sensitivity import gap_sensitivity

    return gap_sensitivity(run.panels(), run.published("gap_sensitivity"), whole_panel=run.selected_models is None)


def _both_empty(run: Run) -> "CheckResult":
    from spinefairbench.analysis.both_empty import both_empty_diagnostic

    return both_empty_diagnostic(
        run.panels(), run.published("both_empty_diagnostic"), whole_panel=run.selected_models is None
    )


COMMANDS: Final = (
    Command(
        "parse-sample",
        "parse one pair in the open: labels, categories, every match with its place",
        "parse-sample --artifacts artifacts --model radfm",
        _parse_sample,
        _configure_parse_sample,
    ),
    Command(
        "table2",
        "both endpoints of every model with intervals, against the frozen and published figures",
        "table2 --artifacts artifacts --recompute-ci",
        _table2,
        _configure_table2,
        aliases=("table3",),
    ),
    Command(
        "gap-sensitivity",
        "how far diagnostic and recommendation consistency lie apart",
        "gap-sensitivity --artifacts artifacts",
        _gap_sensitivity,
        add_model_option,
    ),
    Command(
        "both-empty-diagnostic",
        "pairs of which neither report has a diagnostic label",
        "both-empty-diagnostic --artifacts artifacts",
        _both_empty,
        add_model_option,
    ),
)
