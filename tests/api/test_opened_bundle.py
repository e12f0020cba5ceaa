"""An open bundle says what it is, and gives the panel's reports as rows."""

from pathlib import Path

import pytest

import spinefairbench as sfb
from tests.submissions import panel_submission


def test_a_bundle_says_what_it_is(demo: Path, core_pairs: list[str]) -> None:
    bundle = sfb.open_bundle(demo)
    assert (bundle.kind, bundle.path, len(bundle.models)) == ("demo", demo.absolute(), 9)
    assert repr(bundle) == f"OpenBundle({str(demo)!r}, kind='demo')"
    assert bundle.pairs() == core_pairs
    assert set(core_pairs) < set(bundle.pairs("qc-passed"))


def test_the_reports_of_the_panel_come_as_rows(demo: Path) -> None:
    bundle = sfb.open_bundle(demo)
    assert bundle.reports("gpt-5.4") == panel_submission(demo, "mine")["results"]
    with pytest.raises(sfb.UsageError, match="gpt"):
        bundle.reports("gpt")
    with pytest.raises(sfb.UsageError, match="unknown scope"):
        bundle.pairs("none")


def test_the_panel_is_read_once(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = sfb.open_bundle(demo)
    first = sfb.noise_floor("radfm", bundle, bootstrap_iterations=20)
    monkeypatch.setattr("spinefairbench.bundle.reports.read_panels", lambda *_, **__: pytest.fail("read again"))
    assert sfb.noise_floor("radfm", bundle, bootstrap_iterations=20).rows == first.rows
