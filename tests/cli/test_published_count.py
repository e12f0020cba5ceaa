"""Every published number is compared by a command of `all`, or listed as quoted with the reason."""

import argparse
import shutil
from pathlib import Path
from typing import Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.bundle.layout import DEMO_MARKER
from spinefairbench.bundle.published import is_quoted, published_numbers
from spinefairbench.cli.all_checks import check

OTHER_ARCHIVE: Final = ("release", "variants", "public", "manifest_entries")
"""A bundle comes out of one of the two archives; the number of files of the other cannot be compared with it."""


def test_all_compares_every_published_number_that_is_not_quoted(demo: Path, tmp_path: Path) -> None:
    unmarked = tmp_path / "unmarked"
    shutil.copytree(demo, unmarked)
    # Without its marker the bundle claims to be the release, so that everything is compared; most of it differs.
    (unmarked / DEMO_MARKER).unlink()
    options = argparse.Namespace(quiet=True, format="json", record=None, require_release=False)
    inputs = Inputs(options, artifacts=unmarked)
    result = check(inputs)
    unread = published_numbers() - inputs.ledger.compared
    assert {path for path in unread if not is_quoted(path)} == {OTHER_ARCHIVE}
    assert not [path for path in inputs.ledger.compared if is_quoted(path)], "quoted figures are not compared"
    assert inputs.ledger.compared <= published_numbers()
    tally = result.summary["published_numbers"]
    assert tally["not_checked"] == 1
    assert tally["held"] + tally["differed"] + tally["quoted"] == tally["numbers"] - 1
    assert tally["differed"] > tally["held"] > 0
