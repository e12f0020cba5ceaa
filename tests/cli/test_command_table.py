"""The registry of commands: data that names what exists, and from which nothing is imported before it is needed."""

import inspect
import subprocess
import sys

import pytest

from spinefairbench.cli.commands import COMMANDS, GROUPS, Command
from spinefairbench.cli.late_imports import load
from spinefairbench.cli.options import SUBMITTED_FIELDS
from spinefairbench.release.schema import SUBMISSION_SCHEMAS
from spinefairbench.render.formats import FORMATS
from spinefairbench.render.views import VIEWS
from tests import ROOT

HEAVY = ("spinefairbench.analysis", "spinefairbench.bundle", "spinefairbench.metrics", "spinefairbench.release")


def imported(*arguments: str) -> set[str]:
    """The package's modules that a run of the program imports."""
    code = (
        "import sys; from spinefairbench.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('MODULES', *(name for name in sys.modules if name.startswith('spinefairbench')))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True)
    return set(done.stdout.rpartition("MODULES")[2].split())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_names_a_function_that_exists(command: Command) -> None:
    for place in filter(None, (command.answer, command.within_all and command.within_all.instead)):
        assert len(inspect.signature(load(place)).parameters) == 1
        assert load(place).__doc__
    for option in command.options:
        if isinstance(choices := option.settings.get("choices"), str):
            assert load(choices)


def test_the_options_of_a_model_are_the_fields_of_the_schema() -> None:
    for schema in SUBMISSION_SCHEMAS.values():
        assert tuple(schema["properties"]["model"]["properties"]) == ("name", *SUBMITTED_FIELDS)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.within_all], ids=lambda command: command.name)
def test_all_can_run_a_command_with_the_arguments_that_it_is_given(command: Command) -> None:
    assert command.within_all is not None
    if command.within_all.instead is None:
        command.parse(command.within_all.arguments)


def test_names_are_used_once_and_groups_are_described() -> None:
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))
    assert {group for command in COMMANDS if (group := command.name.rpartition(" ")[0])} == set(GROUPS)
    assert all(load(each.render) for each in FORMATS.values())
    assert {name.partition("/")[0] for name in VIEWS} <= {command.name for command in COMMANDS}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("table2", "--help"), ("score", "--help")])
def test_help_imports_no_analysis(arguments: tuple[str, ...]) -> None:
    modules = imported(*arguments)
    assert "spinefairbench.cli.commands" in modules
    assert not {name for name in modules if name.startswith("spinefairbench.analysis")}
    if arguments != ("score", "--help"):  # its scopes are those of the bundle
        assert not {name for name in modules if name.startswith(HEAVY)}


def test_only_the_module_of_a_command_is_imported() -> None:
    answers = {command.answer.partition(":")[0] for command in COMMANDS}
    modules = imported("diagnostic-scoring")
    assert modules & answers == {"spinefairbench.analysis.scoring_path"}
    assert not {name for name in modules if name.startswith(("spinefairbench.release", "spinefairbench.demo"))}
    assert not {"spinefairbench.bundle.artifacts", "spinefairbench.bundle.reports"} & modules
