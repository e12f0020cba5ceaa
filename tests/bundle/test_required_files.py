"""The files that every bundle has are opened, and must hold what their names say."""

from pathlib import Path

import pytest

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.required_files import open_required, required_files
from spinefairbench.errors import BundleError
from tests.conftest import Tampering

REPORTS = layout.evaluation_results(layout.FULL_PANEL)


def test_every_required_file_of_a_bundle_can_be_opened(demo: Path) -> None:
    bundle = Bundle(demo)
    names = required_files(bundle)
    assert len(names) == len(set(names)) > 40
    for name in names:
        open_required(bundle, name)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (layout.README, " \n", "empty; expected a text"),
        (layout.GENERATOR_OVERLAP, "{", "not JSON"),
        (layout.PAIR_RESULTS, "pair_id,reviewer\n", "a header and no row"),
        (layout.QC_PASSED, "", "empty; expected JSON Lines"),
        (layout.QC_PASSED, "[]", "no JSON Lines: it begins with '[', not '{'"),
        (REPORTS, "[{}", "no JSON list of rows: it ends with '}', not ']'"),
        (REPORTS, " ", "empty; expected a JSON list of rows"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    name: str, content: str, said: str, tampering: Tampering
) -> None:
    tampering.text(name, lambda text: content)
    with pytest.raises(BundleError, match=f"^{name}: ") as refused:
        open_required(Bundle(tampering.root), name)
    assert said in str(refused.value)


def test_a_demo_may_have_no_mitigation_reports_and_another_bundle_may_not(tampering: Tampering) -> None:
    name = layout.evaluation_results(layout.MITIGATION_PANEL)
    tampering.text(name, lambda text: "[ ]\n")
    open_required(Bundle(tampering.root), name)
    tampering.path(layout.DEMO_MARKER).unlink()
    with pytest.raises(BundleError, match="a JSON list without a row"):
        open_required(Bundle(tampering.root), name)
