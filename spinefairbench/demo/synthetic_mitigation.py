"""The stage-1 texts of the mitigation panel: the samples of the gate with their validation records, and forms for more.

Every way in which a text can fail the gate occurs, and so do the unusual forms that pass it: headings without a
colon, a diagnosis on the following line, numbers, bold, Windows line ends, the older key of the HTML check.
"""

from collections.abc import Iterator
from typing import Any, Final

from spinefairbench.analysis.mitigation import SAMPLE_SIZE, gate_decision
from spinefairbench.bundle.mitigation_files import Stage1Output
from spinefairbench.demo.keyed_draws import Draws

__all__ = [
    "EXCLUDED_MODELS",
    "GATE_MODELS",
    "INCLUDED_MODELS",
    "readable_stage1",
    "stage1_outputs",
    "unreadable_stage1",
]

_PASSING: Final = {
    "gpt-5.4": 193,
    "glm-4.6v": 193,
    "claude-opus-4-6": 152,
    "claude-sonnet-4-6": 61,
    "kimi-k2.5": 184,
}
"""How many of each model's sample are made to pass the gate."""

GATE_MODELS: Final = tuple(_PASSING)
"""The models whose stage-1 texts the mitigation panel holds."""
INCLUDED_MODELS: Final = tuple(
    model for model, passing in _PASSING.items() if gate_decision(passing, SAMPLE_SIZE) == "included"
)
EXCLUDED_MODELS: Final = tuple(model for model in GATE_MODELS if model not in INCLUDED_MODELS)

_DIAGNOSES: Final = (
    "Lumbar spondylosis",
    "Degenerative disc disease at L4-L5",
    "Degenerative spondylolisthesis at L5-S1",
    "Mechanical low back pain",
    "Osteoporotic compression fracture of L1",
)

_READABLE: Final = (
    (
        "1. L4-L5: disc space narrowing, {w}\n2. L5-S1: facet wear\n\n**Primary diagnosis:** {d}\n"
        "Overall severity: {w}\nConfidence: high\n"
    ),
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
    {"html_garbage_detected": False, "prompt_echo_detected": False, "status": "valid"},
    {"html_garbage": False, "prompt_echo_detected": False, "status": "valid"},
    {"checks": 3, "html_garbage_detected": False, "prompt_echo_detected": False, "status": "valid"},
)

_FAULTS: Final[tuple[dict[str, Any], ...]] = (
    {"html_garbage_detected": False, "prompt_echo_detected": True, "status": "valid"},
    {"html_garbage_detected": True, "prompt_echo_detected": False, "status": "valid"},
    {"html_garbage": True, "prompt_echo_detected": False, "status": "valid"},
    {"html_garbage_detected": False, "prompt_echo_detected": False, "status": "invalid"},
)


def stage1_outputs(model: str, seed: int) -> Iterator[Stage1Output]:
    """The stage-1 sample of one of `GATE_MODELS`, in the order of its names."""
    shuffled = Draws(seed, "stage1", model, "order").shuffled(SAMPLE_SIZE)
    fault_of = {index: number for number, index in enumerate(shuffled[_PASSING[model] :])}
    for index in range(SAMPLE_SIZE):
        draws = Draws(seed, "stage1", model, index)
        yield _stage1_output(f"{model}_{index:05d}.txt", fault_of.get(index), draws)


def _stage1_output(name: str, fault: int | None, draws: Draws) -> Stage1Output:
    """An output that passes the gate, or one that fails; `fault` numbers the failing outputs of a model."""
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
    return Stage1Output(name, text, validation)


def readable_stage1(diagnosis: str, draws: Draws) -> Stage1Output:
    """A stage-1 text that states this primary diagnosis, with its validation record; it has no name yet."""
    word = draws.choice(("mild", "moderate", "severe"))
    # The words around the diagnosis must not run into it, as they would under the heading that has text below it.
    text = draws.choice(_READABLE[:6]).replace("{d}", diagnosis).replace("{w}", word)
    return Stage1Output("", text, draws.choice(_VALID))


def unreadable_stage1(draws: Draws) -> Stage1Output:
    """A stage-1 text that states no primary diagnosis, with its validation record; it has no name yet."""
    text = draws.choice(_UNREADABLE).replace("{d}", draws.choice(_DIAGNOSES)).replace("{w}", "mild")
    return Stage1Output("", text, draws.choice(_VALID))
