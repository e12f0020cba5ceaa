"""What a check is given: the bundle, its reports read once, the models and the resampling asked for."""

import io
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.mention_collector import EDITED_MENTIONS, MentionReader
from spinefairbench.bundle import layout, reports
from spinefairbench.bundle.reports import PanelReports
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import categories_under
from spinefairbench.statistics.bootstrap import FROZEN, Bootstrap
from tests.conftest import Tampering


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


def test_other_reports_stand_in_place_of_the_panels_and_nothing_was_published_of_them(
    demo: Path, tampering: Tampering
) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    inputs = Inputs(artifacts=demo)
    given = PanelReports((ModelReports("mine", ()),), ())
    about = inputs.about(given, None)
    assert inputs.published("noise_floor") is not None
    assert about.published("noise_floor") is None
    assert about.panels() is about.panels(marks=False) is given
    assert [model.model for model in about.panels_of(["radfm"]).models] == ["radfm"], "the panel is there"


def test_a_bundle_is_there_where_it_is_named_or_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not Inputs().has_bundle
    assert Inputs(artifacts=tmp_path / "nowhere").has_bundle
    (tmp_path / "artifacts").mkdir()
    assert Inputs().has_bundle


def test_mentions_come_with_the_reports_of_the_selected_models(demo: Path) -> None:
    inputs = Inputs(Namespace(model="radfm"), artifacts=demo)
    panels, collector = inputs.panels_with_mentions(inputs.models, MentionReader())
    assert [model.model for model in panels.models] == ["radfm"]
    for pair in panels.models[0].pairs:
        assert (
            categories_under("frozen", *collector.bits("radfm", "source", [pair.pair_id])).labels == pair.source.labels
        )
    assert collector.counts_of("radfm") and not collector.counts_of("gpt-5.4")


def test_what_was_read_ahead_serves_every_check_that_needs_less(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bool] = []
    read_panels = reports.read_panels

    def counted(*arguments: Any, **options: Any) -> Any:
        read.append(options["marks"])
        return read_panels(*arguments, **options)

    monkeypatch.setattr(reports, "read_panels", counted)
    inputs = Inputs(Namespace(), artifacts=demo, read_ahead=EDITED_MENTIONS)
    panels = inputs.panels(marks=False)
    assert inputs.panels() is panels is inputs.panels_with_mentions(None, EDITED_MENTIONS)[0]
    assert read == [True]
    # Without it, marks are read when they are asked for.
    inputs = Inputs(Namespace(), artifacts=demo)
    assert inputs.panels(marks=False).models[0].quality.texts is None
    assert inputs.panels().models[0].quality.texts is not None
    assert inputs.panels(marks=False).models[0].quality.texts is not None
    assert read == [True, False, True]


def test_reports_that_cannot_be_read_are_not_read_again(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        read.append(1)
        raise BundleError(["one fault", "another"])

    read: list[int] = []
    monkeypatch.setattr(reports, "read_panels", refuse)
    inputs = Inputs(Namespace(), artifacts=demo)
    for _ in range(2):
        with pytest.raises(BundleError) as caught:
            inputs.panels()
        assert str(caught.value) == str(BundleError(["one fault", "another"]))
    assert read == [1]


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
