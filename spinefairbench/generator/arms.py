"""What is asked of the model: the edits, or one of two control arms that tell an attribute from an artefact.

An arm gives the images of each source the noise, strength, mask and settings of its edits, and another prompt alone:
that of what the source already shows (`reconstruction`), or none (`null`).
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from spinefairbench.errors import UsageError
from spinefairbench.files.csv_format import read_csv
from spinefairbench.files.folder import Folder
from spinefairbench.files.json_input import JsonFault, parse_json
from spinefairbench.files.reading import read_text_input
from spinefairbench.generator.failures import short_list
from spinefairbench.generator.released import PROMPTS
from spinefairbench.problems import Problem

__all__ = ["ARMS", "EDIT", "NULL", "RECONSTRUCTION", "Arm", "own_prompts"]

EDIT: Final = "edit"
RECONSTRUCTION: Final = "reconstruction"
NULL: Final = "null"
ARMS: Final = (EDIT, RECONSTRUCTION, NULL)

_MAX_BYTES: Final = 1 << 26
_SEXES: Final = {"f": "female", "female": "female", "m": "male", "male": "male"}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Arm(NamedTuple):
    """An arm, and for `reconstruction` the prompt of what each source shows: source_id -> prompt."""

    name: str = EDIT
    own_prompts: Mapping[str, str] = _NONE

    def prompt(self, source_id: str, edit_label: str) -> str:
        """The prompt of a pair's image."""
        if self.name == EDIT:
            return PROMPTS[edit_label]
        return "" if self.name == NULL else self.own_prompts[source_id]


def own_prompts(path: Path) -> dict[str, str]:
    """source_id -> the prompt of what the source shows, from a file of sources.

    The file is CSV with the columns source_id, age and sex, or JSON, a list of such objects (`source_age` and
    `source_sex` are read too, as in a bundle's source_metadata.json). Age and sex are put into the words of the locked
    prompts. In place of both, `cell` names one of those. A source without either is left out. Raises UsageError with
    every row that cannot be read.
    """
    found: dict[str, str] = {}
    problems = []
    for place, row in _rows(path):
        source_id = row.get("source_id")
        try:
            prompt = _prompt(row)
        except ValueError as error:
            problems.append(Problem(place, str(error)))
            continue
        if not isinstance(source_id, str) or not source_id:
            problems.append(Problem(place, "has no source_id"))
        elif found.get(source_id, prompt) != prompt:
            problems.append(Problem(place, f"{source_id} is there twice, and differs"))
        elif prompt is not None:
            found[source_id] = prompt
    if problems:
        raise UsageError(problems)
    return found


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if path.suffix.lower() == ".csv":
        real = path.resolve()
        table = read_csv(Folder(real.parent), real.name, required=("source_id",))
        yield from ((f"{path.name}: line {number}", row) for number, row in table.rows)
        return
    text = read_text_input(str(path), limit=_MAX_BYTES, error=UsageError).text
    try:
        rows = parse_json(text.encode())
    except JsonFault as fault:
        raise UsageError(Problem(path.name, f"is neither CSV by its name nor JSON: {fault}")) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(Problem(path.name, "expected a list of objects, one for each source"))
    yield from ((f"{path.name}: entry {number}", row) for number, row in enumerate(rows, 1))


def _prompt(row: Mapping[str, Any]) -> str | None:
    """The prompt of a row, None if it says neither age and sex nor a cell. Raises ValueError."""
    cell, age, sex = row.get("cell"), row.get("age", row.get("source_age")), row.get("sex", row.get("source_sex"))
    if cell not in (None, ""):
        if cell not in PROMPTS:
            raise ValueError(f"cell is {str(cell)[:40]!r}; expected one of {', '.join(PROMPTS)}")
        return PROMPTS[str(cell)]
    if age in (None, "") and sex in (None, ""):
        return None
    if not re.fullmatch(r"[0-9]{1,3}(?:\.0*)?", str(age).strip(), re.ASCII) or not float(age) <= 120:
        raise ValueError(f"age is {str(age)[:40]!r}; expected whole years from 0 to 120")
    known = _SEXES.get(str(sex).strip().lower())
    if known is None:
        raise ValueError(f"sex is {str(sex)[:40]!r}; expected {short_list(_SEXES, 4)}")
    return f"{int(float(age))}-year-old {known} lumbar spine radiograph"
