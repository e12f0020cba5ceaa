"""The tests mirror the package: each module has a test module of its own name, or stands here with the one it has."""

from pathlib import Path
from typing import Final

import pytest

from tests import ROOT

PACKAGE: Final = ROOT / "spinefairbench"
TESTS: Final = ROOT / "tests"

APART: Final = ("browser", "cli", "project", "property")
"""Folders of tests that mirror nothing: pages in a browser, commands as a user runs them, house rules, any input."""

_WHOLE_COMMANDS: Final = "the command line is tested as a user runs it"
_WHOLE_PAGES: Final = "a section is tested on the page that it is part of"
_WHOLE_RUNS: Final = "what needs the generator's libraries is tested in runs, several parts at once"

FOLDERS_TESTED_TOGETHER: Final = {
    "cli": _WHOLE_COMMANDS,
    "generator": _WHOLE_RUNS,
    "render/page": _WHOLE_PAGES,
}
"""Folders whose modules are tested together, and why."""

_INSPECT_RUNS: Final = ("inspect_eval/test_evaluation.py", "tested in runs of Inspect")
_AUDIT_COMMANDS: Final = ("cli/test_audit_commands.py", "tested through the commands that show it")
_BUNDLE_WRITER: Final = ("demo/test_bundle_writer.py", "tested on the bundle that it is a part of")
_DAMAGE: Final = ("property/test_tampering.py", "every kind of damage to a bundle's files is found and named there")
_DOCUMENTS: Final = ("render/test_document.py", "every format is shown there, and what it must carry")
_READERS: Final = ("analysis/test_radiologist.py", "a part of the reader study, tested on its files")
_REQUESTS: Final = ("cli/test_submission_requests.py", "tested through `submission requests`")
_SUBMISSIONS: Final = ("cli/test_submission_commands.py", "tested through the submission commands, fault by fault")
_VECTORS: Final = ("metrics/test_vectors.py", "all keyword parsers are held to the same vectors")
_VALUES: Final = ("cli/test_commands.py", "holds values and no logic")

TESTED_BY: Final = {
    "version.py": _VALUES,
    "bundle/croissant_files.py": ("bundle/test_croissant.py", "a part of the description's check"),
    "bundle/layout.py": _VALUES,
    "bundle/reader_records.py": _READERS,
    "demo/bundle_texts.py": _BUNDLE_WRITER,
    "demo/dataset_description.py": ("bundle/test_croissant.py", "the description that all its checks are tried on"),
    "demo/file_tree.py": _BUNDLE_WRITER,
    "demo/frozen_summary.py": _BUNDLE_WRITER,
    "demo/model_profiles.py": ("demo/test_simulated_model.py", "holds values and no logic"),
    "demo/synthetic_mitigation.py": _BUNDLE_WRITER,
    "demo/synthetic_readers.py": _BUNDLE_WRITER,
    "files/json_window.py": ("files/test_json_members.py", "pieces of any size are read through it there"),
    "inspect_eval/report_scorer.py": _INSPECT_RUNS,
    "inspect_eval/report_solver.py": _INSPECT_RUNS,
    "inspect_task.py": ("inspect_eval/test_inspect_command.py", "tested as a user runs it"),
    "metrics/advice.py": (
        "metrics/test_mentions.py",
        "one sentence tests how a mention is meant, whatever rule decides",
    ),
    "metrics/advice_lexicon.py": ("metrics/test_lexicon.py", "all word lists are held to the same rules"),
    "metrics/confidence.py": _VECTORS,
    "metrics/diagnostic_label.py": _VECTORS,
    "metrics/endpoint.py": ("metrics/test_model_reports.py", "endpoints are tested on a model's reports"),
    "metrics/letters.py": ("metrics/test_matcher.py", "letters and word ends are the matcher's"),
    "metrics/recommendation.py": _VECTORS,
    "metrics/registry.py": ("project/test_house.py", "frozen: the hashes of the registries stand there"),
    "metrics/severity_language.py": _VECTORS,
    "release/audits.py": _AUDIT_COMMANDS,
    "release/conversion.py": _SUBMISSIONS,
    "release/report_rows.py": _SUBMISSIONS,
    "release/request_folder.py": _REQUESTS,
    "release/request_lines.py": _REQUESTS,
    "release/schema.py": _SUBMISSIONS,
    "release/submission.py": ("release/test_scoring.py", "submissions are read there, refused ones too"),
    "render/formats.py": _DOCUMENTS,
    "render/explanation.py": ("analysis/test_explanation.py", "tested through `explain`"),
    "render/leaderboard_files.py": ("release/test_leaderboard.py", "tested with the leaderboard that they show"),
    "render/leaderboard_endpoint.py": ("release/test_leaderboard.py", "tested with the leaderboard that they show"),
    "render/leaderboard_page.py": ("release/test_leaderboard.py", "tested with the leaderboard that they show"),
    "render/values.py": _DOCUMENTS,
    "render/views.py": _DOCUMENTS,
}
"""A module without a test module of its own: the one that tests it, and why."""

WITHOUT_EXCEPTION: Final = ("analysis", "api", "statistics")
"""Folders each module of which has a test module of its own: what they compute is worked by hand there."""

_SUBJECTS: Final = {
    "generator": _WHOLE_RUNS,
    "inspect_eval/test_inspect_command.py": "the task file, as a user runs it",
    "inspect_eval/test_served_model.py": "a run against a real server of a real model",
    "metrics/test_linear_time.py": "growth of work with the length of a text, for every parser",
    "metrics/test_vectors.py": "the vectors of real texts, for every parser",
}
"""Test modules outside the folders of APART that mirror no module, and what they test."""


def _modules() -> list[str]:
    skipped = {"__init__.py", "__main__.py"}
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if path.name not in skipped)


def _mirror(module: str) -> Path:
    path = Path(module)
    return TESTS / path.parent / f"test_{path.name}"


@pytest.mark.parametrize(
    "module", [name for name in _modules() if Path(name).parent.as_posix() not in FOLDERS_TESTED_TOGETHER]
)
def test_a_module_has_a_test_module(module: str) -> None:
    if module in TESTED_BY:
        assert not _mirror(module).exists(), f"{module} has a test module now: remove its row in TESTED_BY"
        other, _ = TESTED_BY[module]
        assert (TESTS / other).is_file(), f"{module}: TESTED_BY names tests/{other}, which does not exist"
    else:
        expected = _mirror(module).relative_to(ROOT).as_posix()
        assert _mirror(module).exists(), f"{module} has no test module: expected {expected}, or a reason in TESTED_BY"


def test_what_computes_is_tested_by_itself() -> None:
    folders = {name: Path(name).parent.as_posix() for name in (*TESTED_BY, *FOLDERS_TESTED_TOGETHER)}
    assert [name for name, folder in folders.items() if folder in WITHOUT_EXCEPTION or name in WITHOUT_EXCEPTION] == []


def test_every_row_is_of_a_module_that_exists() -> None:
    assert set(TESTED_BY) <= set(_modules())
    assert all((PACKAGE / folder).is_dir() for folder in (*FOLDERS_TESTED_TOGETHER, *WITHOUT_EXCEPTION))
    assert [name for name in (*_SUBJECTS, *APART) if not (TESTS / name).exists()] == []


def _mirrors(path: Path) -> bool:
    relative = path.relative_to(TESTS)
    return not (relative.parts[0] in APART or {relative.as_posix(), relative.parts[0]} & set(_SUBJECTS))


@pytest.mark.parametrize(
    "path", sorted(filter(_mirrors, TESTS.rglob("test_*.py"))), ids=lambda path: path.relative_to(TESTS).as_posix()
)
def test_a_test_module_mirrors_a_module(path: Path) -> None:
    relative = path.relative_to(TESTS)
    module = PACKAGE / relative.parent / relative.name.removeprefix("test_")
    assert module.exists(), (
        f"tests/{relative.as_posix()} mirrors no module: expected {module.relative_to(ROOT).as_posix()}"
    )
