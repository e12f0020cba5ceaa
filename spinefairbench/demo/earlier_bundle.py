"""A demo bundle that is there already: whether it is the one that would be written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.checksum_manifest import check_manifest
from spinefairbench.errors import BundleError, OutputError
from spinefairbench.problems import Problem, shortened

__all__ = ["is_there"]

_OTHER_FOLDER: Final = "give a new or empty folder"


def is_there(root: Path, marker: Mapping[str, Any]) -> bool:
    """Whether `root` holds the demo bundle with this marker, every file as it was written; False where it holds none.

    Raises OutputError where it holds another demo bundle, or one that was changed.
    """
    try:
        found = Bundle(root).demo_marker
    except (BundleError, OSError, ValueError):
        return False  # no demo bundle: whoever writes there says what is in the way
    if found is None:
        return False
    differing = [key for key in marker if found.get(key) != marker[key]]
    if differing:
        said = ", ".join(
            f"{key} is {shortened(found.get(key))}, asked for is {shortened(marker[key])}" for key in differing
        )
        raise OutputError(Problem(str(root), f"holds another demo bundle ({said}); {_OTHER_FOLDER}"))
    try:
        check = check_manifest(root / layout.SHA256SUMS, jobs=1, progress=lambda done, of: None)
    except BundleError as error:
        faults = [str(error.problems[0])]
    else:
        faults = [*check.missing, *check.changed, *map(str, (*check.unreadable, *check.malformed))]
    if faults:
        said = f"holds a demo bundle that was changed after it was written (first: {faults[0]}); {_OTHER_FOLDER}"
        raise OutputError(Problem(str(root), said))
    return True
