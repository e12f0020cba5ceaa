"""The texts of the mitigation study, found in the bundle on whatever machine their paths were written."""

import os
import re
from typing import Any, Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.errors import BundleError
from spinefairbench.files.folder import relative_path_fault
from spinefairbench.files.reading import reason
from spinefairbench.problems import Problem, ProblemKind, shortened, unreadable

__all__ = ["MitigationTexts"]

_MAX_TEXT_BYTES: Final = 16 * 1024 * 1024
_Index = dict[str, list[str]]


class MitigationTexts:
    """Finds files of the mitigation panel by the last part of a path, and reads them; never outside the bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._indexes: dict[str, _Index] = {}
        self._panel = layout.panel_folder(layout.MITIGATION_PANEL)
        self._all_stage1 = f"{self._panel}/{layout.STAGE1_OUTPUTS}"

    def find_stage1(self, model: str, path: Any) -> str | None:
        """The stage-1 text that a row names, by its last part in the model's folder; None where it is not there.

        Raises BundleError for a path that is none or climbs, where two files fit, and where the record that the text
        was validated is there without the text.
        """
        name = _last_part(path)
        folder = layout.stage1_outputs(layout.MITIGATION_PANEL, model)
        index = self._index(folder)
        found = _only(name, index.get(name, []))
        if found is None and (record := layout.validation_record(name)) in index:
            raise BundleError(Problem(f"{folder}/{name}", f"missing, although {record} is there", ProblemKind.MISSING))
        return found

    def find(self, model: str, path: Any) -> str | None:
        """The file of a response or rewrite: at its path in the bundle, else by its last part in a folder of the model.

        None where it is not there. Raises BundleError for a path that is none or climbs, and where two files fit.
        """
        name = _last_part(path)
        if relative_path_fault(path) is None and self._bundle.exists(path):
            return str(path)
        within = f"/{model}/"
        fitting = [each for each in self._index(self._panel).get(name, []) if within in each]
        return _only(name, fitting)

    def read(self, relative: str) -> str:
        """The text of a file. Raises BundleError."""
        return self._bundle.read_text(relative, limit=_MAX_TEXT_BYTES)

    def read_rewrite(self, relative: str) -> str | None:
        """The `rewritten_output` of a rewrite, None where it has none. Raises BundleError."""
        output = self._bundle.json_object(relative).get("rewritten_output")
        if output is None or isinstance(output, str):
            return output
        raise BundleError(Problem(f"{relative}: rewritten_output", f"expected a text, found {shortened(output)}"))

    def _index(self, folder: str) -> _Index:
        """{file name: paths} of all files below a folder; links to folders are not followed."""
        if folder not in self._indexes:
            self._indexes[folder] = self._listed(folder)
        return self._indexes[folder]

    def _listed(self, folder: str) -> _Index:
        index: _Index = {}
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            try:
                with os.scandir(self._bundle.locate(current)) as entries:
                    for entry in entries:
                        path = f"{current}/{entry.name}"
                        if not entry.is_dir(follow_symlinks=False):
                            index.setdefault(entry.name, []).append(path)
                        elif path != self._all_stage1:  # the stage-1 texts have an index a model
                            waiting.append(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise BundleError(unreadable(current, reason(error))) from None
        return index


def _last_part(path: Any) -> str:
    if not isinstance(path, str):
        raise BundleError(f"expected a path, found {shortened(path)}")
    parts = re.split(r"[/\\]", path)
    if ".." in parts:
        raise BundleError(f"the path {shortened(path)} holds '..'")
    return parts[-1]


def _only(name: str, fitting: list[str]) -> str | None:
    if len(fitting) > 1:
        raise BundleError(f"{shortened(name)} fits {len(fitting)} files, {' and '.join(sorted(fitting)[:2])}")
    return fitting[0] if fitting else None
