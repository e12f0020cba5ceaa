"""Every command of the program, as data: nothing is imported before a command is chosen.

A command names the function that answers it. It takes an `Inputs` (spinefairbench/analysis/inputs.py) and returns a
`CheckResult`; the formats, `--quiet`, the exit status and the remarks about a demo bundle come with it.
"""

import argparse
from typing import Final, NamedTuple

from spinefairbench.cli.options import (
    ALLOW_PARTIAL,
    BLANK_AS_REFUSAL,
    BOOTSTRAP,
    CLUSTER,
    FIGURES,
    FORCE,
    MODEL,
    NAMES,
    OUTPUT,
    PAIRS,
    REQUIRE_READABLE,
    SCOPE,
    SUBMISSION,
    SUBMITTED_MODEL,
    Option,
    add_options,
    large_int,
    option,
    positive_int,
    repeats,
    seed,
    share,
    temperature,
)

__all__ = ["COMMANDS", "GROUPS", "Command", "WithinAll"]


class WithinAll(NamedTuple):
    """How `all` runs a command: with these arguments, or in its place another function that has no options.

    `asks` names what gives the command's `Request`, so that one pass over the draws answers several commands while
    others run.
    """

    arguments: tuple[str, ...] = ()
    instead: str | None = None
    asks: str | None = None


class Command(NamedTuple):
    """A command: its name, what its help says, an example of its arguments, and the function that answers it.

    `answer` is "module:function". `within_all` is None where `all` leaves the command out. With --require-release, a
    command is not started on a bundle that is not the release; one that `judges_bundle` runs, and fails.
    """

    name: str
    help: str
    example: str
    answer: str
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    within_all: WithinAll | None = None
    judges_bundle: bool = False

    def parse(self, arguments: tuple[str, ...]) -> argparse.Namespace:
        """The command's own options, from these arguments."""
        parser = argparse.ArgumentParser()
        add_options(parser, self.options)
        return parser.parse_args(arguments)


GROUPS: Final = {
    "submission": "prepare a submission: create a template, check, convert, merge",
    "leaderboard": "build a leaderboard from score files",
}
"""Commands of two words stand under the first one."""

COMMANDS: Final = (
    Command(
        "all",
        "run every check, one line each, and end with a verdict",
        "--artifacts artifacts",
        "spinefairbench.cli.all_checks:check",
        (
            option("--record", metavar="FILE", help="also write the outcome as an in-toto statement, for signing"),
            FORCE.but(help="overwrite an existing record"),
        ),
        judges_bundle=True,
    ),
    Command(
        "inspect",
        "check the required files, frozen prompts, counts and freeze time",
        "--artifacts artifacts",
        "spinefairbench.analysis.inspection:check",
        within_all=WithinAll(),
    ),
    Command(
        "dataset",
        "check the dataset's rows, images and source lists against its manifests",
        "--artifacts artifacts --format json",
        "spinefairbench.analysis.dataset_check:check",
        within_all=WithinAll(),
    ),
    Command(
        "demographics",
        "count the sources of the common core by collection, sex, age and labelled findings",
        "--artifacts artifacts",
        "spinefairbench.analysis.demographics_check:check",
        within_all=WithinAll(),
    ),
    Command(
        "checksums",
        "check every file listed in the SHA-256 manifests",
        "--artifacts artifacts --unlisted",
        "spinefairbench.analysis.checksums:check",
        (
            option("manifests", nargs="*", metavar="MANIFEST", help="manifests to check instead of the default three"),
            option("--unlisted", action="store_true", help="also report files that no manifest lists"),
        ),
        within_all=WithinAll(),
    ),
    Command(
        "release-identity",
        "check the files that identify the release, and which of its two archives this is",
        "--artifacts artifacts",
        "spinefairbench.analysis.release_identity:check",
        within_all=WithinAll(),
    ),
    Command(
        "diagnostic-scoring",
        "show the frozen scoring path, its categories and registry hashes",
        "--format json",
        "spinefairbench.analysis.scoring_path:check",
        within_all=WithinAll(),
    ),
    Command(
        "parse-sample",
        "show how one pair is parsed: labels, categories and the place of each match",
        "--artifacts artifacts --model radfm",
        "spinefairbench.analysis.parse_sample:check",
        (
            MODEL.but(default=None, help="default: the first model of the panels"),
            option("--pair", metavar="ID", help="default: the model's first usable pair"),
        ),
        within_all=WithinAll(),
    ),
    Command(
        "table2",
        "compare both endpoints of every model, and their intervals, with the frozen and published figures",
        "--artifacts artifacts --recompute-ci",
        "spinefairbench.analysis.table2:check",
        (
            MODEL,
            option("--recompute-ci", action="store_true", help="recompute the intervals and compare them"),
            option(
                "--published-seed",
                action="store_true",
                help="also compute the intervals with the second pair of published seeds, under `published_seed`",
            ),
            BOOTSTRAP[0].but(help="recompute with N resamples (frozen: 10,000)"),
            BOOTSTRAP[1].but(help="recompute with this seed (frozen: 42)"),
            CLUSTER,
        ),
        aliases=("table3",),
        within_all=WithinAll(("--recompute-ci", "--published-seed"), asks="spinefairbench.analysis.table2:ask"),
    ),
    Command(
        "gap-sensitivity",
        "measure the gap between diagnostic and recommendation consistency",
        "--artifacts artifacts",
        "spinefairbench.analysis.gap_sensitivity:check",
        (MODEL,),
        within_all=WithinAll(),
    ),
    Command(
        "both-empty-diagnostic",
        "count the pairs in which neither report has a diagnostic label",
        "--artifacts artifacts",
        "spinefairbench.analysis.both_empty:check",
        (MODEL,),
        within_all=WithinAll(),
    ),
    Command(
        "noise-floor",
        "compare each change rate with the variation between reports on the same image",
        "--artifacts artifacts --model gpt-5.4",
        "spinefairbench.release.audits:check_noise_floor",
        (MODEL, SUBMISSION, BLANK_AS_REFUSAL, *BOOTSTRAP, CLUSTER),
        within_all=WithinAll(asks="spinefairbench.analysis.noise_floor:ask"),
    ),
    Command(
        "transitions",
        "count the recommendations that an edit adds, removes or switches",
        "--artifacts artifacts --model gpt-5.4",
        "spinefairbench.release.audits:check_transitions",
        (MODEL, SUBMISSION, BLANK_AS_REFUSAL, *BOOTSTRAP),
        within_all=WithinAll(instead="spinefairbench.analysis.transitions:check_counts"),
    ),
    Command(
        "secondary",
        "recompute the secondary endpoints: severity language, hedging, unmatched predictions",
        "--artifacts artifacts --model gpt-5.4",
        "spinefairbench.analysis.secondary:check",
        (MODEL, *BOOTSTRAP),
        within_all=WithinAll(asks="spinefairbench.analysis.secondary:ask"),
    ),
    Command(
        "disparity",
        "compare reports on edited images of one source: elderly with young, female with male",
        "--artifacts artifacts --model gpt-5.4",
        "spinefairbench.release.audits:check_disparity",
        (MODEL, SUBMISSION, BLANK_AS_REFUSAL, *BOOTSTRAP),
        within_all=WithinAll(instead="spinefairbench.release.audits:check_disparity_untested"),
    ),
    Command(
        "stage1-confidence",
        "recompute the stage-1 gate from its sampled texts",
        "--artifacts artifacts",
        "spinefairbench.analysis.mitigation:check_stage1_confidence",
        within_all=WithinAll(),
    ),
    Command(
        "mitigation",
        "check the mitigation table's arithmetic, its binding rule and its gate, and recompute its rates",
        "--artifacts artifacts --recompute",
        "spinefairbench.analysis.mitigation_recompute:check",
        (option("--recompute", action="store_true", help="recompute the table from the reports and compare"),),
        within_all=WithinAll(("--recompute",)),
    ),
    Command(
        "radiologist",
        "recompute the reader study: passing pairs, detectability, agreement, hidden repeats",
        "--artifacts artifacts",
        "spinefairbench.analysis.radiologist:check",
        within_all=WithinAll(),
    ),
    Command(
        "breakdown",
        "compare both endpoints and the noise floor between groups of pairs",
        "--artifacts artifacts --by sex --model gpt-5.4",
        "spinefairbench.release.audits:check_breakdown",
        (
            option(
                "--by",
                required=True,
                choices="spinefairbench.analysis.strata:BREAKDOWNS_OF_PANEL",
                help="how to group the pairs",
            ),
            MODEL,
            SUBMISSION,
            BLANK_AS_REFUSAL,
            *BOOTSTRAP,
        ),
        within_all=WithinAll(("--by", "finding"), asks="spinefairbench.analysis.breakdown_check:ask"),
    ),
    Command(
        "refusals",
        "count refused reports by edit, and bound both endpoints over all expected pairs",
        "--artifacts artifacts --model gemma-4",
        "spinefairbench.release.audits:check_refusals",
        (MODEL, SUBMISSION, BLANK_AS_REFUSAL, *BOOTSTRAP),
    ),
    Command(
        "compare",
        "compare models or score files on their common pairs: differences, ranks, equivalence",
        "--artifacts artifacts gpt-5.4 radfm",
        "spinefairbench.release.comparables:check_compare",
        (
            NAMES,
            option("--margin", type=share, metavar="D", help="also test whether models are equivalent, within D"),
            *BOOTSTRAP,
        ),
    ),
    Command(
        "power",
        "estimate standard errors, design effects and minimum detectable effects",
        "--artifacts artifacts gpt-5.4 --effect 0.05",
        "spinefairbench.release.comparables:check_power",
        (
            NAMES,
            option(
                "--effect",
                type=share,
                default=0.05,
                metavar="E",
                help="the effect for which to compute the required number of sources (default: 0.05)",
            ),
        ),
    ),
    Command(
        "parser-audit",
        "recompute the endpoints with parsers that know plurals and negation; an audit, not a score",
        "--artifacts artifacts --model gpt-5.4",
        "spinefairbench.release.audits:check_parser_audit",
        (
            option("--text", metavar="FILE", help="list the mentions in one report instead, and how each is meant"),
            SUBMISSION.but(help="read the reports of this submission instead of the panel's"),
            BLANK_AS_REFUSAL,
            MODEL,
            *BOOTSTRAP,
        ),
    ),
    Command(
        "audit",
        "run all audits of one model or score file, and write a paragraph to quote",
        "--artifacts artifacts gpt-5.4",
        "spinefairbench.release.audits:check_audit",
        (
            option(
                "name",
                metavar="MODEL|SCORE",
                help="a model of the panel, or a score file (- is standard input); a model of that name goes first",
            ),
            option("--alone", action="store_true", help="do not compare with the other models of the panel"),
            SUBMISSION.but(help="the score file's submission, whose texts the parser audit reads"),
            *BOOTSTRAP,
            CLUSTER,
        ),
    ),
    Command(
        "score",
        "score a submission",
        "--submission submission.json --output score.json --artifacts artifacts",
        "spinefairbench.cli.score:check",
        (
            SUBMISSION.but(required=True, help="the submission, a JSON file"),
            OUTPUT.but(help="the score file to write"),
            FORCE.but(help="overwrite existing output files"),
            option("--report", metavar="F", help="also write an HTML page about this submission"),
            option("--export", metavar="F", help="also write the score as Every Eval Ever 0.3.0 JSON"),
            PAIRS,
            FIGURES,
            SCOPE.but(help="score for this scope instead of the submission's own"),
            ALLOW_PARTIAL.but(help="score even if pairs of the scope are missing"),
            BLANK_AS_REFUSAL,
            REQUIRE_READABLE,
            BOOTSTRAP[0],
            BOOTSTRAP[1].but(help="seed of the resamples, for both endpoints (default: 42)"),
        ),
        within_all=WithinAll(instead="spinefairbench.release.toy:check"),
    ),
    Command(
        "submission init",
        "create a submission template with every pair of a scope, its image and the prompts",
        "--scope common-core-1000 --model-name my-model --output todo.jsonl",
        "spinefairbench.cli.submission_files:init",
        (
            SCOPE.but(required=True),
            *SUBMITTED_MODEL,
            OUTPUT.but(help="the template to write"),
            FORCE,
            option(
                "--as",
                dest="template_format",
                choices="spinefairbench.release.templates:TEMPLATE_FORMATS",
                help="the template's format (default: by the name of the output file)",
            ),
        ),
    ),
    Command(
        "submission requests",
        "write request files for batch interfaces: every image of a scope with the prompts",
        "--scope common-core-1000 --model-name my-model --sources sources --for openai --output requests",
        "spinefairbench.cli.submission_requests:check",
        (
            SCOPE.but(required=True),
            *SUBMITTED_MODEL,
            option("--sources", required=True, metavar="DIR", help="the folder of source images, which a bundle lacks"),
            OUTPUT.but(metavar="DIR", help="the folder to write to, new or empty, or one to continue"),
            option(
                "--for",
                dest="request_format",
                required=True,
                choices="spinefairbench.release.request_manifest:REQUEST_FORMATS",
                help="whose batch interface; that of openai is read by vLLM, LiteLLM and Together too",
            ),
            option("--request-model", metavar="ID", help="the model's name with its provider (default: --model-name)"),
            option("--temperature", type=temperature, metavar="T", help="default: not stated"),
            option("--top-p", type=share, metavar="P", help="default: not stated"),
            option("--max-tokens", type=large_int, metavar="N", help="of an answer; anthropic requires it"),
            option("--seed", type=seed, metavar="S", help="each request gets a seed of its own from it"),
            option(
                "--images",
                default="base64",
                metavar="base64|PREFIX",
                help="within the requests (default), or by a URL or file:// prefix",
            ),
            option(
                "--repeats",
                type=repeats,
                default=1,
                metavar="N",
                help="reports on each image of a pair (default: 1)",
            ),
            option(
                "--max-requests",
                type=large_int,
                default=50_000,
                metavar="N",
                help="requests of a part at most (default: 50,000)",
            ),
            option(
                "--max-bytes",
                type=large_int,
                default=100_000_000,
                metavar="N",
                help="bytes of a part at most (default: 100,000,000)",
            ),
            ALLOW_PARTIAL.but(help="leave out the pairs of sources without an image"),
            FORCE.but(help="start anew where the folder holds something else; other files stay"),
        ),
    ),
    Command(
        "submission check",
        "list every problem of a submission with its place, and what it covers, without scoring it",
        "submission.json",
        "spinefairbench.release.checking:check",
        (
            option("submission", metavar="F", help="a submission, or rows of reports; - is standard input"),
            SCOPE.but(help="check for this scope instead of the submission's own"),
            ALLOW_PARTIAL.but(help="do not report missing pairs as problems"),
            BLANK_AS_REFUSAL,
            REQUIRE_READABLE,
        ),
    ),
    Command(
        "submission convert",
        "convert batch results, evaluation logs or rows of reports into a submission",
        "reports.jsonl --scope common-core-1000 --model-name my-model --output submission.json",
        "spinefairbench.cli.submission_files:convert",
        (
            option(
                "inputs",
                nargs="*",
                metavar="F",
                help="results of a batch or an evaluation program, or rows of reports (JSON Lines, a JSON list, CSV or TSV), "
                "plain or gzip, joined by pair; - (default) is standard input",
            ),
            SCOPE.but(required=True),
            *SUBMITTED_MODEL,
            OUTPUT.but(help="the submission to write"),
            FORCE,
            option("--ignore-extra", action="store_true", help="drop columns that a submission does not have"),
            option(
                "--requests", metavar="DIR", help="the folder of `submission requests`, whose map says what was asked"
            ),
            option("--map", metavar="NAME=FIELD,...", help="read rows of any other program: report=text,pair_id=id"),
            option("--missing", metavar="F", help="also write the requests that are still to be made"),
            ALLOW_PARTIAL.but(help="leave out the pairs of failed or truncated answers"),
            BLANK_AS_REFUSAL,
        ),
    ),
    Command(
        "submission merge",
        "merge the submissions of a run that was made in parts",
        "part1.json part2.json --output submission.json",
        "spinefairbench.cli.submission_files:merge",
        (
            option("parts", nargs="+", metavar="F", help="submissions of one model and scope"),
            OUTPUT.but(help="the submission to write"),
            FORCE,
            BLANK_AS_REFUSAL,
        ),
    ),
    Command(
        "submission schema",
        "write the JSON schema of submissions",
        "--output submission_schema.json",
        "spinefairbench.cli.submission_files:schema",
        (
            option("--version", metavar="V", help="the submission's schema_version (default: the first)"),
            OUTPUT.but(help="the JSON schema to write"),
            FORCE,
        ),
    ),
    Command(
        "explain",
        "show every term and cue of a report in place, and why it is genuine or a refusal",
        "report.txt",
        "spinefairbench.cli.explain:check",
        (
            option("text", nargs="?", metavar="F", help="a file with one report; - is standard input"),
            option("--pair", metavar="ID", help="explain both reports of this pair of the bundle, or of --submission"),
            option("--model", metavar="M", help="the model that wrote them (default: the first of the panels)"),
            SUBMISSION.but(help="the submission that holds them"),
            BLANK_AS_REFUSAL,
        ),
    ),
    Command(
        "report",
        "write an HTML page with all results of the panel, and its pairs to browse",
        "--artifacts artifacts --output report.html",
        "spinefairbench.cli.report:check",
        (
            OUTPUT.but(help="the HTML file to write"),
            FORCE,
            PAIRS,
            FIGURES,
        ),
    ),
    Command(
        "leaderboard build",
        "rank score files side by side, as a page, CSV and JSON",
        "mine.json theirs.json --panel --output leaderboard",
        "spinefairbench.cli.leaderboard_build:check",
        (
            option(
                "scores", nargs="*", metavar="SCORE", help="score files, as `score` writes them; - is standard input"
            ),
            OUTPUT.but(metavar="DIR", help="the folder to write to, new or empty"),
            option("--panel", action="store_true", help="add the models of the bundle's panel"),
            FORCE.but(help="overwrite an existing leaderboard"),
        ),
    ),
    Command(
        "claims",
        "list what was published, and for each statement the command that checks it",
        "--format markdown",
        "spinefairbench.analysis.claims:check",
    ),
    Command(
        "demo-bundle",
        "write a synthetic bundle of any size in the released layout",
        "--output demo --core-sources 1000 --sources 2950",
        "spinefairbench.cli.demo_bundle:check",
        (
            OUTPUT.but(metavar="DIR", help="a new or empty folder"),
            option(
                "--core-sources",
                type=positive_int,
                default=12,
                metavar="N",
                help="number of sources with reports (default: 12; the release has 1000)",
            ),
            option(
                "--sources",
                type=positive_int,
                metavar="N",
                help="number of sources in the dataset (default: in proportion; the release has 2950)",
            ),
            option(
                "--seed",
                type=seed,
                default=7,
                metavar="S",
                help="random seed (default: 7); the same seed writes the same bytes",
            ),
        ),
    ),
)
"""In the order of the help, and of `all`."""
