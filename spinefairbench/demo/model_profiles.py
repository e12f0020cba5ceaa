"""How each simulated model writes and how much it varies: data.

The names and panels are the release's; everything else is invented, and tuned only so that the change rates are
roughly those published. No profile describes the real model of that name.
"""

from typing import Final, Literal, NamedTuple

from spinefairbench.bundle.layout import BASELINE_PANEL, FULL_PANEL

__all__ = ["DIAGNOSTIC_EFFECTS", "PROFILES", "RECOMMENDATION_EFFECTS", "STRUCTURE", "Layout", "Profile"]


class Layout(NamedTuple):
    """The format of a report."""

    kind: Literal["sections", "table", "prose", "terse"]
    heading: str
    """How a heading is written; `{}` stands for its text."""
    bullet: str
    """What precedes an item; `{n}` stands for its number."""
    findings: str
    impression: str
    plan: str
    title: str = ""
    dash: str = "-"
    """What joins the two vertebrae of a level."""


class Profile(NamedTuple):
    """A simulated model."""

    name: str
    panel: str
    layout: Layout
    diagnostic_priors: tuple[float, ...]
    """How often it mentions each diagnostic category, in the order of `phrases.FINDINGS`."""
    recommendation_priors: tuple[float, ...]
    """How often it gives each recommendation, in the order of `phrases.RECOMMENDATIONS`."""
    diagnostic_noise: float
    """The share of categories that it decides anew in every call, even when nothing has changed."""
    recommendation_noise: float
    effect: float
    """How strongly the edited age and sex influence it; 0 for no demographic effect at all."""
    fillers: int
    repeats: float = 0.0
    """The share of repeated source reports with identical text; 1 for a deterministic model."""
    full_refusals: float = 0.0
    partial_refusals: float = 0.0
    refusal_period: int = 0
    """One report is refused in every so many sources; 0 for none."""
    disclaimers: float = 0.0
    silent: float = 0.0
    """The share of sources for which it names no diagnostic category at all."""


# Categories: Osteophytes, Foraminal stenosis, Disc space narrowing, Spondylolisthesis, Surgical implant,
# Vertebral collapse, Other lesions, No finding, Posterior osteophyte, Endplate sclerosis, Schmorl's node,
# Disc calcification, Fracture.
_THOROUGH: Final = (0.80, 0.45, 0.88, 0.60, 0.12, 0.45, 0.35, 0.85, 0.08, 0.45, 0.10, 0.06, 0.75)
_BRIEF: Final = (0.60, 0.25, 0.75, 0.40, 0.08, 0.25, 0.15, 0.60, 0.04, 0.20, 0.06, 0.04, 0.45)
_SPARSE: Final = (0.35, 0.12, 0.40, 0.20, 0.06, 0.15, 0.12, 0.30, 0.02, 0.06, 0.03, 0.03, 0.25)

# Recommendations: surgery, physical_therapy, imaging, medication, monitoring, referral, no_action.
_FULL_PLAN: Final = (0.35, 0.80, 0.85, 0.55, 0.60, 0.60, 0.30)
_SHORT_PLAN: Final = (0.15, 0.60, 0.70, 0.25, 0.35, 0.30, 0.20)
_SCANT_PLAN: Final = (0.08, 0.25, 0.35, 0.10, 0.12, 0.12, 0.10)

PROFILES: Final = (
    Profile(
        "gpt-5.4", FULL_PANEL,
        Layout("sections", "## {}", "- ", "Findings", "Impression", "Recommended next steps"),
        _THOROUGH, _FULL_PLAN, diagnostic_noise=0.3, recommendation_noise=0.18, effect=0.4, fillers=9,
    ),
    Profile(
        "claude-sonnet-4-6", FULL_PANEL,
        Layout("sections", "### {}", "{n}. ", "Observed features", "Summary", "Plan",
               title="# Lumbar spine: structured reading", dash="\u2013"),
        _THOROUGH, _FULL_PLAN, diagnostic_noise=0.5, recommendation_noise=0.41, effect=0.7, fillers=9,
    ),
    Profile(
        "claude-opus-4-6", FULL_PANEL,
        Layout("prose", "**{}.**", "", "Findings", "Impression", "Recommendations",
               title="**Lumbar spine radiograph**", dash="\u2013"),
        _THOROUGH, _FULL_PLAN, diagnostic_noise=0.31, recommendation_noise=0.31, effect=0.65, fillers=9,
    ),
    Profile(
        "glm-4.6v", FULL_PANEL,
        Layout("sections", "{}:", "{n}) ", "Detailed findings", "Conclusion", "Suggested plan", dash="/"),
        _THOROUGH, _FULL_PLAN, diagnostic_noise=0.36, recommendation_noise=0.157, effect=1.0, fillers=9,
        refusal_period=100, disclaimers=0.02,
    ),
    Profile(
        "kimi-k2.5", FULL_PANEL,
        Layout("table", "**{}**", "- ", "Reading by structure", "Bottom line", "What to do next",
               dash="\u2011"),
        _THOROUGH, _FULL_PLAN, diagnostic_noise=0.56, recommendation_noise=0.5, effect=0.0, fillers=8,
        refusal_period=250, disclaimers=0.03,
    ),
    Profile(
        "gemma-4", FULL_PANEL,
        Layout("sections", "**{}:**", "*   ", "Main features", "Overall", "Possible steps"),
        _SPARSE, _SHORT_PLAN, diagnostic_noise=0.65, recommendation_noise=0.18, effect=0.0, fillers=10,
        full_refusals=0.262, partial_refusals=0.044, disclaimers=0.05, silent=0.05,
    ),
    Profile(
        "llama-4-scout", BASELINE_PANEL,
        Layout("sections", "**{}**", "* ", "Findings", "Assessment", "Recommendations"),
        _BRIEF, _SHORT_PLAN, diagnostic_noise=0.29, recommendation_noise=0.15, effect=0.2, fillers=11,
    ),
    Profile(
        "qwen2.5-vl", BASELINE_PANEL,
        Layout("sections", "#### {}", "- ", "Image review", "Impression", "Advice"),
        _BRIEF, _SCANT_PLAN, diagnostic_noise=0.35, recommendation_noise=0.05, effect=0.5, fillers=11,
        repeats=0.9,
    ),
    Profile(
        "radfm", BASELINE_PANEL,
        Layout("terse", "", "", "", "", ""),
        _SPARSE, _SCANT_PLAN, diagnostic_noise=0.7, recommendation_noise=0.06, effect=0.5, fillers=5,
        repeats=1.0, silent=0.08,
    ),
)  # fmt: skip

# What the requested age and sex add to the share of reports that mention a category, at effect 1.
DIAGNOSTIC_EFFECTS: Final = {
    "elderly": {
        "Osteophytes": 0.12, "Disc space narrowing": 0.08, "Vertebral collapse": 0.15, "No finding": -0.15,
        "Endplate sclerosis": 0.08, "Foraminal stenosis": 0.08,
    },
    "young": {
        "Osteophytes": -0.15, "Disc space narrowing": -0.10, "Vertebral collapse": -0.12, "No finding": 0.10,
        "Spondylolisthesis": 0.10, "Foraminal stenosis": -0.08,
    },
    "female": {"Vertebral collapse": 0.05},
    "male": {"Schmorl's node": 0.05},
}  # fmt: skip

RECOMMENDATION_EFFECTS: Final = {
    "elderly": {
        "surgery": 0.12, "monitoring": 0.15, "referral": 0.10, "medication": 0.05, "physical_therapy": -0.08,
    },
    "young": {"surgery": -0.12, "monitoring": -0.08, "physical_therapy": 0.10, "no_action": 0.12},
    "female": {"medication": 0.05},
    "male": {"referral": 0.04},
}  # fmt: skip

STRUCTURE: Final = {
    "deterministic_models": [profile.name for profile in PROFILES if profile.repeats == 1.0],
    "mostly_repeating_models": [profile.name for profile in PROFILES if 0.0 < profile.repeats < 1.0],
    "no_effect_models": [profile.name for profile in PROFILES if profile.effect == 0.0],
    "effect_models": [profile.name for profile in PROFILES if profile.effect > 0.0],
    "refusing_models": [
        profile.name for profile in PROFILES if profile.full_refusals > 0.0 or profile.refusal_period > 0
    ],
    "diagnostic_effects": DIAGNOSTIC_EFFECTS,
    "recommendation_effects": RECOMMENDATION_EFFECTS,
}
"""The effects that the simulation contains and an analysis should recover; written to the bundle's marker."""
