"""A submission template: every pair of a scope, with the image to show and the prompts to use."""

import json
from collections.abc import Sequence
from typing import IO, Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.json_values import text_at
from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.errors import ErrorCollector
from spinefairbench.files.csv_format import csv_text
from spinefairbench.release.schema import submission_value

__all__ = [
    "GIVEN_COLUMNS",
    "TEMPLATE_FORMATS",
    "Prompts",
    "evaluation_prompts",
    "template_pairs",
    "write_template",
]

GIVEN_COLUMNS: Final = ("source_id", "edit_label", "counterfactual_image", "system_prompt", "user_prompt")
"""What a template says about a pair beside its id; rows of reports may keep these columns."""
TEMPLATE_FORMATS: Final = ("json", "jsonl", "csv")
"""A submission, or rows that can be converted into one; also the suffixes of their files."""
_TO_FILL: Final = ("source_report", "counterfactual_report")
_TOY_PAIRS: Final = 5


class Prompts(NamedTuple):
    """The prompts with which the published reports were generated."""

    system: str
    primary: str


def evaluation_prompts(bundle: Bundle) -> Prompts:
    """Read the bundle's prompts. Raises BundleError with each that is missing."""
    definitions = bundle.json_object(layout.CANONICAL_DEFINITIONS)
    collector = ErrorCollector()
    texts = []
    for name in Prompts._fields:
        with collector:
            texts.append(text_at(definitions, ("prompt_registry", name), layout.CANONICAL_DEFINITIONS))
    collector.raise_if_any()
    return Prompts(*texts)


def template_pairs(bundle: Bundle, scope: str) -> list[str]:
    """The pairs of a scope, sorted; the first few of the bundle for a scope without fixed pairs.

    Raises BundleError.
    """
    asked = scope_pairs(bundle, scope)
    return sorted(passed_pairs(bundle))[:_TOY_PAIRS] if asked is None else sorted(asked)


def _rows(pairs: Sequence[str], prompts: Prompts) -> list[dict[str, str]]:
    rows = []
    for pair_id in pairs:
        parts = parts_of(pair_id)
        given = (*parts, layout.image_path(*parts), *prompts)
        rows.append({"pair_id": pair_id, **dict(zip(GIVEN_COLUMNS, given, strict=True)), **dict.fromkeys(_TO_FILL, "")})
    return rows


def _template(pairs: Sequence[str], prompts: Prompts, model: dict[str, str], scope: str) -> dict[str, Any]:
    """A submission of these pairs with blank reports; each result's metadata holds its image and prompts."""
    results = []
    for row in _rows(pairs, prompts):
        metadata = {name: row.pop(name) for name in GIVEN_COLUMNS if name != "source_id"}
        results.append({**row, "metadata": metadata})
    return submission_value(model, scope, results)


def write_template(
    handle: IO[str], output_format: str, pairs: Sequence[str], prompts: Prompts, model: dict[str, str], scope: str
) -> None:
    """Write a template: a submission (`json`), or rows that can be converted into one (`jsonl`, `csv`)."""
    if output_format == "json":
        json.dump(_template(pairs, prompts, model, scope), handle, indent=1)
        handle.write("\n")
        return
    rows = _rows(pairs, prompts)
    if output_format == "jsonl":
        handle.writelines(json.dumps(row) + "\n" for row in rows)
        return
    handle.write(csv_text(("pair_id", *GIVEN_COLUMNS, *_TO_FILL), (tuple(row.values()) for row in rows)))
