"""What a check is given: the bundle, its reports read once, the models and the resampling asked for."""

import io
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap

if TYPE_CHECKING:
    from spinefairbench.bundle.reports import RetainedRow


def test_options_that_a_command_lacks_stand_for_the_whole_panel_and_the_frozen_settings() -> None:
    for options in (None, Namespace(model="all"), Namespace(model=None, bootstrap_iterations=None, seed=None)):
        inputs = Inputs(options)
        assert (inputs.models, inputs.whole_panel, inputs.bootstrap) == (None, True, FROZEN)
    inputs = Inputs(Namespace(model="radfm", bootstrap_iterations=50, seed=0), jobs=3)
    assert (inputs.models, inputs.whole_panel) == (("radfm",), False)
    assert (inputs.bootstrap, inputs.bootstrap.jobs) == (Bootstrap(50, 0), 3)


def test_reports_are_read_once_for_all_checks_of_a_run(demo: Path) -> None:
    inputs = Inputs(artifacts=demo)
    another = inputs.for_check(Namespace(model="all"))
    assert (inputs.bundle_kind, another.part_of_all) == (None, True)
    assert inputs.panels() is another.panels()
    assert inputs.bundle_kind == another.bundle_kind == "demo"
    assert inputs.panels_of(["radfm"]).models[0].model == "radfm"


def test_the_rows_of_the_selected_models_can_be_observed(demo: Path) -> None:
    rows: list[RetainedRow] = []
    inputs = Inputs(Namespace(model="radfm"), artifacts=demo)
    panels = inputs.panels_of(inputs.models, rows.append)
    assert {row.model for row in rows} == {"radfm"}
    assert len(rows) == 2 * len(panels.models[0].pairs)
    assert all(row.response for row in rows)


def test_the_resampling_tells_its_progress() -> None:
    told: list[str] = []
    progress = Inputs(progress=told.append).bootstrap.progress
    assert progress is not None
    progress(1000, 20000)
    assert told == ["bootstrap: 1,000 of 20,000 resamples"]


def test_a_demo_bundle_is_held_to_no_published_figures(demo: Path, tmp_path: Path) -> None:
    assert Inputs(artifacts=demo).published("counts") is None
    with pytest.raises(BundleError, match="no such folder"):
        Inputs(artifacts=tmp_path / "none").published("counts")


def test_one_report_is_read_from_a_file_or_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_bytes("\ufeffno fracture".encode())
    inputs = Inputs(standard_input=io.BytesIO(b"a fracture"))
    assert inputs.read_report(str(tmp_path / "report.txt")) == ("no fracture", 1)
    assert inputs.read_report("-") == ("a fracture", 0)
    with pytest.raises(UsageError, match="not available"):
        Inputs().read_report("-")
