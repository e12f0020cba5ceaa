"""The mitigation panel: stage-1 texts with their validation, the gate, and the table of conditions.

Every way in which a text can fail the gate occurs, and so do the odd forms that pass it: headings without a
colon, a diagnosis on the following line, numbers, bold, Windows line ends, the older key of the HTML check.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from spinefairbench.demo.draws import Draws
from spinefairbench.demo.profiles import GATE_MODELS
from spinefairbench.metrics.primary_diagnosis import extract_stage1_primary_diagnosis

__all__ = [
    "GATES", "INCLUDED_MODELS", "SAMPLE_SIZE", "ConditionA", "Gate", "Sample", "mitigation_table", "passes",
    "samples", "validation_text",
]  # fmt: skip

SAMPLE_SIZE: Final = 200


class Gate(NamedTuple):
    """How many of the sample are made to pass, and the decision that follows from the frozen thresholds."""

    passing: int
    decision: str


GATES: Final = {
    "gpt-5.4": Gate(193, "included"),
    "glm-4.6v": Gate(193, "included"),
    "claude-opus-4-6": Gate(152, "excluded_full"),
    "claude-sonnet-4-6": Gate(61, "excluded_full"),
    "kimi-k2.5": Gate(184, "excluded_diag_only"),
}

INCLUDED_MODELS: Final = tuple(model for model in GATE_MODELS if GATES[model].decision == "included")


class Sample(NamedTuple):
    """A stage-1 text; `validation` is None where its file is missing."""

    name: str
    text: str
    validation: dict[str, Any] | None

    @property
    def validation_name(self) -> str:
        return self.name.removesuffix(".txt") + ".validation.json"


_DIAGNOSES: Final = (
    "Lumbar spondylosis",
    "Degenerative disc disease at L4-L5",
    "Degenerative spondylolisthesis at L5-S1",
    "Mechanical low back pain",
    "Osteoporotic compression fracture of L1",
)

_READABLE: Final = (
    "1. L4-L5: disc space narrowing, {w}\n2. L5-S1: facet wear\n\n**Primary diagnosis:** {d}\n"
    "Overall severity: {w}\nConfidence: high\n",
    "1. Alignment: preserved\n2. Discs: {w} narrowing at L4-L5\n3. Primary diagnosis: {d}\n4. Overall severity: {w}\n",
    "Levels reviewed: T12 to S1.\n\n4. **Primary diagnosis**\n{d}\n\n5. Overall severity: {w}\n6. Confidence: low\n",
    "Levels reviewed: L1 to S1.\n\nPrimary diagnosis - {d}\nConfidence: moderate\n",
    "PRIMARY DIAGNOSIS:\n   {d}\n\n**Overall severity:** {w}\n",
    "  **Primary diagnosis**: `{d}`\n**Confidence**: high\n",
    "primary diagnosis\n- {d}\n  with facet wear of {w} degree\n**Overall severity**: {w}\n",
    "1. L3-L4: {w} osteophytes\r\n\r\n**Primary diagnosis:** {d}\r\nConfidence: high\r\n",
)

_UNREADABLE: Final = (
    "1. L4-L5: disc space narrowing, {w}\nOverall severity: {w}\n",
    "The primary diagnosis is {d}, most likely.\nConfidence: low\n",
    "4. Primary diagnosis\n5. Overall severity: {w}\n",
    "**Primary diagnosis:** ***\n",
    "Diagnosis: {d}\nConfidence: moderate\n",
)

_VALID: Final[tuple[dict[str, Any], ...]] = (
    {"status": "valid", "prompt_echo_detected": False, "html_garbage_detected": False},
    {"status": "valid", "prompt_echo_detected": False, "html_garbage": False},
    {"status": "valid", "prompt_echo_detected": False, "html_garbage_detected": False, "checks": 3},
)

_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"status": "valid", "prompt_echo_detected": True, "html_garbage_detected": False},
    {"status": "valid", "prompt_echo_detected": False, "html_garbage_detected": True},
    {"status": "valid", "prompt_echo_detected": False, "html_garbage": True},
    {"status": "invalid", "prompt_echo_detected": False, "html_garbage_detected": False},
)


def samples(model: str, seed: int) -> Iterator[Sample]:
    """The stage-1 sample of a model, in the order of its names."""
    order = Draws(seed, "stage1", model, "order")
    shuffled = sorted(range(SAMPLE_SIZE), key=lambda _: order.below())
    fault_of = {place: number for number, place in enumerate(shuffled[GATES[model].passing :])}
    for place in range(SAMPLE_SIZE):
        draws = Draws(seed, "stage1", model, place)
        name = f"{model}_{place:05d}.txt"
        yield _sample(name, fault_of.get(place), draws)


def _sample(name: str, fault: int | None, draws: Draws) -> Sample:
    """A sample that passes, or, where `fault` numbers it among those that do not, one that fails."""
    validation: dict[str, Any] | None = draws.choice(_VALID)
    forms: tuple[str, ...] = _READABLE
    if fault is not None:
        # In turn, so that every fault occurs in each model: a flag, an unreadable text, a missing file.
        kind = fault % (len(_FAULTS) + 2)
        if kind < len(_FAULTS):
            validation = _FAULTS[kind]
        elif kind == len(_FAULTS):
            forms = _UNREADABLE
        else:
            validation = None
    word = draws.choice(("mild", "moderate", "severe"))
    text = draws.choice(forms).replace("{d}", draws.choice(_DIAGNOSES)).replace("{w}", word)
    return Sample(name, text, validation)


def passes(sample: Sample) -> bool:
    """Whether a sample passes the gate: valid, no echo, no garbage under either key, a readable diagnosis."""
    validation = sample.validation
    return (
        validation is not None
        and validation["status"] == "valid"
        and not validation["prompt_echo_detected"]
        and not validation.get("html_garbage_detected", validation.get("html_garbage"))
        and extract_stage1_primary_diagnosis(sample.text) is not None
    )


class ConditionA(NamedTuple):
    """The counterfactual condition of a model: its own figures on the common core."""

    pairs: int
    sources: int
    changed: int
    consistency: float


_COLUMNS: Final = (
    "model", "condition", "n_pairs", "n_sources", "rec_change", "diag_consistency", "delta_rec", "delta_diag",
    "b_rule_pass",
)  # fmt: skip

# What a condition does to the count of changed pairs (as a share of the pairs) and to the consistency. Both
# models fail the binding rule in condition B: one changes more, the other loses too much consistency.
_CONDITIONS: Final = {
    "gpt-5.4": {"condition_b": (0.06, 0.95), "condition_bprime": (-0.06, 0.8), "condition_d": (0.06, 0.8)},
    "glm-4.6v": {"condition_b": (-0.06, 0.8), "condition_bprime": (-0.12, 0.75), "condition_d": (0.03, 0.9)},
}


def mitigation_table(baselines: dict[str, ConditionA]) -> str:
    """The table of conditions as CSV; every delta is the very difference of the two printed numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for model in INCLUDED_MODELS:
        a = baselines[model]
        change_a = a.changed / a.pairs
        size = (a.pairs, a.sources)
        writer.writerow((model, "condition_a", *size, repr(change_a), repr(a.consistency), "", "", ""))
        for condition, (more, factor) in _CONDITIONS[model].items():
            changed = min(a.pairs, max(0, a.changed + round(more * a.pairs)))
            change, consistency = changed / a.pairs, a.consistency * factor
            deltas = (repr(change - change_a), repr(consistency - a.consistency))
            verdict = "False" if condition == "condition_b" else ""
            writer.writerow((model, condition, *size, repr(change), repr(consistency), *deltas, verdict))
    return out.getvalue()


def validation_text(validation: dict[str, Any]) -> str:
    """A validation file's content."""
    return json.dumps(validation, indent=1, sort_keys=True) + "\n"
