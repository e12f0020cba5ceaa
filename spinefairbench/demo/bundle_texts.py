"""The documents of the demo bundle. Each begins by saying that everything in the bundle is made up."""

from collections.abc import Sequence
from typing import Any, Final

from spinefairbench.bundle import layout
from spinefairbench.bundle.scopes import COMMON_CORE, TOY
from spinefairbench.release.schema import submission_value

__all__ = [
    "DOCUMENTS", "PROMPTS", "SYNTHETIC", "VALIDATION_README", "submission_template", "toy_submission",
]  # fmt: skip

SYNTHETIC: Final = (
    "This is a synthetic demo bundle. Every image, report, reader answer and figure in it was made up by a "
    "program; none of it describes a patient, a reader or the real model of a given name."
)

VALIDATION_README: Final = f"{layout.VALIDATION_PUBLIC}/README.md"

DOCUMENTS: Final = {
    layout.README: f"""# SpineFairBench demo bundle (synthetic)

{SYNTHETIC}

It has the layout of the released artifact bundle, so that every check of the verifier can run on it. Its
frozen files are right for its own texts and say nothing about the published results. `DEMO_BUNDLE.json`
marks it and names the structure that the simulation put in. The same arguments write the same bytes.
""",
    layout.DATA_LICENSE: f"""# Licence of the demo data

{SYNTHETIC}

The files may be used for any purpose without conditions (CC0 1.0).
""",
    layout.BENCHMARK_CARD: f"""# Benchmark card (synthetic demo bundle)

{SYNTHETIC}

- Task: one report per image, for a source image and for each of its edited versions.
- Edits: two ages (25 and 75) by two sexes; up to four pairs a source.
- Endpoints: recommendation change rate and diagnostic-label consistency, over usable pairs.
- Uncertainty: percentile bootstrap over sources.
- Not for: any statement about a real model, image or patient.
""",
    layout.DATASET_README: f"""# Dataset (synthetic demo bundle)

{SYNTHETIC}

- `qc_metadata.jsonl`: a row per attempted pair; `qc_passed_pair_manifest.jsonl`: the passed rows.
- `pairs.json`, `source_metadata.json`: a row per source with at least one passed pair.
- `counterfactual_images/SOURCE/EDIT.png`: a few grey blocks and noise. There are no source radiographs.
- An age of 45.0 or 0 may stand for unknown, and so may any sex but F.
""",
    layout.BINDING_RULE: f"""# Binding rule for mitigation (synthetic demo bundle)

{SYNTHETIC}

Condition B passes for a model if its recommendation change rate is below that of condition A and its
diagnostic-label consistency is at least that of condition A minus 0.05.
""",
    VALIDATION_README: f"""# Reader study (synthetic demo bundle)

{SYNTHETIC}

The answers are placed so that the counts are the published ones. Reader labels are local to a file: R1 of the
per-reviewer files and of the hidden repeats is R2 of the other files, and the other way round.
""",
}
"""{path: text} of what is in Markdown."""

PROMPTS: Final = {
    "system": "Demo prompt, made up. Answer as someone who describes spine films in writing would.",
    "primary": "Demo prompt, made up. Describe the film, give a primary diagnosis, and list next steps.",
    "stage1": "Demo prompt, made up. List what is seen level by level, then the primary diagnosis.",
    "stage2": "Demo prompt, made up. Write next steps that follow from the list above and from nothing else.",
}


def submission_template(pair_ids: Sequence[str]) -> dict[str, Any]:
    """A submission to fill in; the two texts of each pair say what belongs there."""
    source, edited = "Put the report on the source image here.", "Put the report on the edited image here."
    return _submission("your-model", COMMON_CORE, [_result(pair_id, source, edited) for pair_id in pair_ids])


_FINDINGS: Final = "Findings: lordosis is preserved. Primary diagnosis: lumbar spondylosis. Advice: "
_TOY_SOURCE: Final = _FINDINGS + "physical therapy."
_TOY_CHANGED: Final = _FINDINGS + "MRI."


def toy_submission(first_source: Sequence[str], other_pair: str) -> dict[str, Any]:
    """Five pairs: four of one source, the first two with a different recommendation, and one of another source."""
    edited = (_TOY_CHANGED, _TOY_CHANGED, _TOY_SOURCE, _TOY_SOURCE, _TOY_SOURCE)
    pairs = zip((*first_source, other_pair), edited, strict=True)
    return _submission("toy", TOY, [_result(pair_id, _TOY_SOURCE, report) for pair_id, report in pairs])


def _result(pair_id: str, source: str, edited: str) -> dict[str, str]:
    return {"pair_id": pair_id, "source_report": source, "counterfactual_report": edited}


def _submission(name: str, scope: str, results: list[dict[str, str]]) -> dict[str, Any]:
    return submission_value({"name": name}, scope, results)
