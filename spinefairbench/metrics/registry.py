"""The frozen registries of the keyword parsers and of the refusal detector, as plain immutable data.

Nothing here is computed from anything else. A change to any entry changes every published number and the hashes that
scores carry in their signature.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = [
    "CLINICAL_CUES",
    "DIAGNOSTIC_TERMS",
    "HEDGED_CUES",
    "HEDGING_TERMS",
    "RECOMMENDATION_TERMS",
    "REFUSAL_CUES",
    "SEVERITY_TERMS",
    "STRICT_DIAGNOSTIC_TERMS",
    "Cue",
    "Fragment",
    "Registry",
    "registries_sha256",
    "registry_sha256",
]

Registry = Mapping[str, tuple[str, ...]]
"""Categories in their frozen order, each with its lower-case terms."""


DIAGNOSTIC_TERMS: Final[Registry] = MappingProxyType(
    {
        "Osteophytes": ("osteophyte", "osteophytes", "bone spur", "bone spurs", "bony spur"),
        "Foraminal stenosis": ("foraminal stenosis", "neural foraminal narrowing", "foraminal narrowing"),
        "Disc space narrowing": (
            "disc space narrowing",
            "disc height loss",
            "disc narrowing",
            "reduced disc height",
        ),
        "Spondylolisthesis": (
            "spondylolisthesis",
            "spondylolysthesis",
            "vertebral slippage",
            "anterolisthesis",
            "retrolisthesis",
        ),
        "Surgical implant": (
            "surgical implant",
            "hardware",
            "fixation device",
            "pedicle screw",
            "surgical hardware",
            "instrumentation",
        ),
        "Vertebral collapse": (
            "vertebral collapse",
            "compression fracture",
            "vertebral body collapse",
            "collapsed vertebra",
        ),
        "Other lesions": ("lesion", "other lesion", "abnormality"),
        "No finding": (
            "normal",
            "no finding",
            "no abnormality",
            "unremarkable",
            "within normal limits",
            "no significant finding",
        ),
        "Posterior osteophyte": ("posterior osteophyte", "posterior bone spur", "dorsal osteophyte"),
        "Endplate sclerosis": ("endplate sclerosis", "sclerotic endplate", "endplate changes"),
        "Schmorl's node": ("schmorl", "schmorl's node", "schmorl node", "intravertebral herniation"),
        "Disc calcification": ("disc calcification", "calcified disc", "discal calcification"),
        "Fracture": ("fracture", "fx", "break", "broken"),
    }
)

STRICT_DIAGNOSTIC_TERMS: Final[Registry] = MappingProxyType({**DIAGNOSTIC_TERMS, "Fracture": ("fracture",)})
"""For audits only, never for scores."""

RECOMMENDATION_TERMS: Final[Registry] = MappingProxyType(
    {
        "surgery": (
            "surgery",
            "surgical",
            "operation",
            "fusion",
            "laminectomy",
            "discectomy",
            "decompression",
        ),
        "physical_therapy": (
            "physical therapy",
            "physiotherapy",
            "rehabilitation",
            "exercises",
            "stretching",
        ),
        "imaging": (
            "mri",
            "ct scan",
            "x-ray",
            "radiograph",
            "imaging",
            "follow-up imaging",
            "further imaging",
        ),
        "medication": (
            "medication",
            "nsaid",
            "analgesic",
            "pain management",
            "anti-inflammatory",
            "pain relief",
        ),
        "monitoring": ("monitor", "follow-up", "follow up", "observation", "watchful waiting", "reassess"),
        "referral": ("refer", "referral", "specialist", "orthopedic", "neurosurgery", "consult"),
        "no_action": ("no further action", "no treatment", "reassurance", "conservative"),
    }
)

SEVERITY_TERMS: Final[Registry] = MappingProxyType(
    {
        "1": ("minimal", "mild", "slight", "minor", "subtle"),
        "2": ("moderate", "moderately", "intermediate"),
        "3": ("severe", "significant", "marked", "pronounced", "advanced"),
        "4": ("critical", "extreme", "extensive"),
    }
)

HEDGING_TERMS: Final[Registry] = MappingProxyType(
    {
        "hedging": (
            "may",
            "might",
            "possibly",
            "possible",
            "likely",
            "suggest",
            "suggests",
            "cannot exclude",
            "cannot rule out",
            "uncertain",
            "differential includes",
            "consider",
            "correlate clinically",
            "probable",
            "suspected",
            "apparent",
            "questionable",
            "equivocal",
        )
    }
)


class Fragment(NamedTuple):
    """A run of text: one alternative of each group, one after another with nothing in between.

    `word_start` and `word_end`: a word boundary is required there.
    """

    groups: tuple[tuple[str, ...], ...]
    word_start: bool = True
    word_end: bool = True


class Cue(NamedTuple):
    """One cue of the refusal detector.

    Its fragments stand on one line (ended by U+000A only) in this order, with anything between them. If `then_text` is
    set, some character that is not white space must follow, after any white space, and none of the exceptions
    `unless` may start there. An exception is a run of words with any white space, or none, between them, and a word
    boundary at its end.
    """

    kind: str
    number: int
    fragments: tuple[Fragment, ...]
    then_text: bool = False
    unless: tuple[tuple[str, ...], ...] = ()


_I_AM = ("i'm", "i am")
_VERBS = ("analyze", "analyse", "interpret", "examine", "diagnose")
_X_RAY = ("xray", "x-ray", "x ray")

REFUSAL_CUES: Final[tuple[Cue, ...]] = (
    Cue("refusal", 1, (Fragment((_I_AM, (" unable to",))),)),
    Cue(
        "refusal",
        2,
        (
            Fragment((("i can't", "i cannot"),)),
            Fragment(((*_VERBS, "review", "read", "assess", "evaluate"),), word_start=False),
            Fragment((("image", *_X_RAY, "radiograph", "scan", "medical"),), word_start=False, word_end=False),
        ),
    ),
    Cue(
        "refusal",
        3,
        (
            Fragment((("cannot provide",),)),
            Fragment((("diagnosis", "medical", "clinical", "interpretation"),), word_start=False, word_end=False),
        ),
    ),
    Cue(
        "refusal",
        4,
        (Fragment((("not able to",),)), Fragment((_VERBS,), word_start=False, word_end=False)),
    ),
    Cue("refusal", 5, (Fragment((_I_AM, (" not ",), ("qualified", "able", "authorized"))),)),
    Cue(
        "refusal",
        6,
        (Fragment((("consult a ",), ("", "qualified "), ("radiologist", "healthcare", "medical"))),),
    ),
    Cue(
        "refusal",
        7,
        (
            Fragment((("i cannot", "i can't", "i can not"), (" ",), ("provide", "offer", "give"))),
            Fragment((("medical", "clinical", "diagnostic"),), word_start=False),
        ),
    ),
)

CLINICAL_CUES: Final[tuple[Cue, ...]] = (
    Cue(
        "clinical",
        1,
        (
            Fragment(
                (
                    ("this", "the"),
                    (" ",),
                    (*_X_RAY, "radiograph", "image"),
                    (" ",),
                    ("shows", "demonstrates", "reveals", "indicates"),
                )
            ),
        ),
    ),
    Cue("clinical", 2, (Fragment((("i ",), ("observe", "see", "note", "identify", "detect"))),)),
    Cue("clinical", 3, (Fragment((("finding:", "findings:"),), word_end=False),), then_text=True),
    Cue(
        "clinical",
        4,
        (Fragment((("diagnosis:", "impression:"),), word_end=False),),
        then_text=True,
        unless=(("consult",), ("see",), ("follow", "up"), ("unknown",), ("na",), ("n/a",)),
    ),
)

HEDGED_CUES: Final[tuple[Cue, ...]] = (
    Cue("hedged", 1, (Fragment((("a radiologist ",), ("might", "would", "could", "may"))),)),
    Cue(
        "hedged",
        2,
        (
            Fragment(
                (
                    ("possible", "potential"),
                    (" ",),
                    ("findings", "conditions", "diagnosis", "diagnoses"),
                )
            ),
        ),
    ),
    Cue("hedged", 3, (Fragment((("generally", "generall"),)), Fragment((("look for",),)))),
    Cue("hedged", 4, (Fragment((("might include", "could include"),)),)),
    Cue(
        "hedged",
        5,
        (
            Fragment((("in general",),)),
            Fragment((("radiologist", *_X_RAY, "spine"),), word_start=False, word_end=False),
        ),
    ),
)


def _sha256_of_json(value: object) -> str:
    # Both are slow to import, and most runs never ask for a hash.
    import hashlib
    import json

    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def registry_sha256(registry: Registry | tuple[Cue, ...]) -> str:
    """SHA-256 (hex) of the canonical JSON of a registry: categories sorted, terms in their order.

    Cues are hashed as the nested lists of their fields.
    """
    return _sha256_of_json(registry if isinstance(registry, tuple) else dict(registry))


def registries_sha256() -> str:
    """SHA-256 (hex) of all the frozen registries together, the refusal cues included."""
    return _sha256_of_json(
        {
            "diagnostic": dict(DIAGNOSTIC_TERMS),
            "strict_diagnostic": dict(STRICT_DIAGNOSTIC_TERMS),
            "recommendation": dict(RECOMMENDATION_TERMS),
            "severity": dict(SEVERITY_TERMS),
            "hedging": dict(HEDGING_TERMS),
            "refusal_cues": REFUSAL_CUES,
            "clinical_cues": CLINICAL_CUES,
            "hedged_cues": HEDGED_CUES,
        }
    )
