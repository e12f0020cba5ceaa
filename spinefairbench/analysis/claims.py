"""What was published, statement by statement: which command checks it, what that needs, what it does not establish."""

from dataclasses import dataclass
from typing import Final

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.published import QUOTED, published, published_evidence

__all__ = ["CLAIMS", "ClaimRow", "check"]

_RELEASE: Final = "the release"
_TOY: Final = "any bundle, a demo too"
_NOTHING: Final = "-"
_NOT_YET: Final = "no command compares these figures yet"


@dataclass(frozen=True)
class ClaimRow:
    """One published statement.

    `section` is that of the published figures; those of `statement` are taken from it. `command` are the arguments of
    the command that checks the statement, None where none does, for the reason in `not_checked_because`.
    """

    claim: str
    section: str
    statement: str
    command: str | None
    needs: str
    does_not_establish: str
    not_checked_because: str | None = None


def _checked(
    claim: str, section: str, statement: str, command: str, does_not_establish: str, *, needs: str = _RELEASE
) -> ClaimRow:
    """A statement that a command checks; in the texts, {0[key]} is a figure of the section."""
    said, limits = _filled(section, statement, does_not_establish)
    return ClaimRow(claim, section, said, command, needs, limits)


def _quoted(claim: str, place: tuple[str, ...], statement: str, does_not_establish: str) -> ClaimRow:
    """A statement on the figures at `place`, which are quoted only."""
    section = place[0]
    said, limits = _filled(section, statement, does_not_establish)
    return ClaimRow(claim, section, said, None, _NOTHING, limits, f"quoted: {QUOTED[place]}")


def _filled(section: str, *texts: str) -> list[str]:
    """The texts with the figures of the section filled in."""
    evidence = published_evidence()
    figures = evidence[section] if section in evidence else published(section)
    return [text.format(figures) for text in texts]


CLAIMS: Final = (
    _checked(
        "files",
        "counts",
        "The manifest of the anonymous archive lists {0[artifact_manifest_entries]:,} files, that of the reader study "
        "{0[reader_manifest_entries]}, and none has changed.",
        "checksums",
        "where the files come from; `release-identity` ties the manifests to the release",
    ),
    _checked(
        "dataset",
        "counts",
        "{0[qc_passed_pair_count]:,} edited images of {0[qc_passed_source_count]:,} sources passed quality control; no source "
        "radiograph is in the bundle.",
        "dataset",
        "that an edit changes only the apparent age or sex, or that it is visible",
    ),
    _checked(
        "panel",
        "counts",
        "Models are compared on {0[common_core_pair_count]:,} pairs of {0[common_core_source_count]:,} sources; "
        "{0[all_model_intersection_pair_count]:,} pairs form the all-model intersection.",
        "inspect",
        "that these sources stand for the patients of any clinic",
    ),
    _checked(
        "demographics",
        "demographics",
        "Of the {0[n_sources]:,} core sources, {0[stated_core_composition][buu]} are from BUU and "
        "{0[stated_core_composition][vindr]} from VinDr; {0[stated_core_composition][finding]} have a labelled finding.",
        "demographics",
        "that the other {0[stated_core_composition][no_finding_or_unascertained]} have none: nobody labelled BUU; and how "
        "many sources are of unknown sex, which has the code of male",
    ),
    _checked(
        "prompts",
        "frozen_prompt_sha256",
        "The bundle's system prompt and primary prompt are the frozen ones.",
        "inspect",
        "that a provider passed them on to its model unchanged",
    ),
    _checked(
        "identity",
        "release",
        "Seven files that pin all the others have the published SHA-256.",
        "release-identity",
        "that the numbers in the release are right; the other commands recompute those",
    ),
    _quoted(
        "archive",
        ("release", "variants", "anonymous", "archive"),
        "The bundle was released as an archive of {0[variants][anonymous][archive][size_bytes]:,} bytes.",
        "that the bundle at hand came out of it; `sha256sum` of the archive does",
    ),
    _quoted(
        "generator",
        ("release", "generator_checkpoint"),
        "The generator's checkpoint is a LoRA adapter of rank {0[generator_checkpoint][rank]} in "
        "{0[generator_checkpoint][modules]} modules.",
        "that the images were made with it: neither its weights nor the pipeline that made them are released",
    ),
    _checked(
        "change",
        "table2",
        "Recommendations differ in {0[qwen2.5-vl][recommendation_change]:.3f} (qwen2.5-vl) to "
        "{0[kimi-k2.5][recommendation_change]:.3f} (kimi-k2.5) of the usable pairs of a model.",
        "table2",
        "an effect of the edit: reports on one image differ, too (`noise-floor`)",
    ),
    _checked(
        "consistency",
        "table2",
        "Diagnostic labels agree to {0[radfm][diagnostic_consistency]:.3f} (radfm) to "
        "{0[gpt-5.4][diagnostic_consistency]:.3f} (gpt-5.4) of a full match.",
        "table2",
        "that the labels are right: negation is not read (`parser-audit`), and no report is compared with a diagnosis",
    ),
    _checked(
        "intervals",
        "table2",
        "Each of the 18 values of Table 2 has a 95% percentile interval over sources.",
        "table2 --recompute-ci",
        "that the interval covers the true value where few sources differ from the others (docs/intervals.md)",
    ),
    _checked(
        "second-seeds",
        "table2_published_seed",
        "With the seeds {0[recommendation_seed]} and {0[diagnostic_seed]}, the 18 intervals are those published at full "
        "precision.",
        "table2 --published-seed",
        "a second sample: only the draws differ",
    ),
    _checked(
        "gap",
        "gap_sensitivity",
        "Diagnostic labels agree by a median {0[median_gap_exact]:.3f} more than recommendations if those must be equal, by "
        "{0[median_gap_graded]:.3f} if partial agreement counts.",
        "gap-sensitivity",
        "which of the two is more sensitive: the sign depends on how agreement is counted",
    ),
    _checked(
        "both-empty",
        "both_empty_diagnostic",
        "In {0[pairs]:,} of {0[usable_pairs]:,} usable pairs neither report has a diagnostic label, which counts as full "
        "agreement.",
        "both-empty-diagnostic",
        "that the two reports of such a pair say the same",
    ),
    _checked(
        "noise-floor",
        "noise_floor",
        "Recommendations differ after an edit by {0[models][gemma-4][recommendation][excess]:.3f} (gemma-4) to "
        "{0[models][radfm][recommendation][excess]:.3f} (radfm) more often than between two reports on the original.",
        "noise-floor",
        "what age or sex causes: the edit also renders the image anew, and a model that decodes deterministically has no "
        "floor",
    ),
    _checked(
        "transitions",
        "transitions",
        "Each of 7 recommendations is added and removed, and replaced by another, in a counted number of pairs of each model.",
        "transitions",
        "that care would escalate or be withheld: categories overlap, and mentions are not read for negation",
    ),
    _checked(
        "finding-strata",
        "finding_strata",
        "Sources with a labelled finding and those without are compared, pooled and within VinDr.",
        "breakdown --by finding",
        "a difference between health and disease: most sources without a label were never labelled",
    ),
    _checked(
        "unmatched-predictions",
        "unmatched_predictions",
        "The share of predicted findings that the labels of a source lack differs between the two reports of a pair.",
        "secondary",
        "hallucination: a finding of an unlabelled source always counts, and one label is misspelled in the published figure",
    ),
    _checked(
        "stage-1-gate",
        "mitigation",
        "The primary diagnosis can be read in {0[stage1_gate][included][gpt-5.4]} sampled stage-1 texts of gpt-5.4 and "
        "{0[stage1_gate][included][glm-4.6v]} of glm-4.6v; three models fall short.",
        "stage1-confidence",
        "that the diagnosis in a text is right",
    ),
    _checked(
        "mitigation",
        "mitigation",
        "Condition B meets its binding rule in neither of the two models.",
        "mitigation --recompute",
        "that no mitigation works: point estimates decide the rule; rates are recomputed as far as the bundle has the reports",
    ),
    _checked(
        "readers",
        "radiologist",
        "{0[passing]} of {0[pairs]} pairs pass by the majority of three radiologists; in {0[cannot_tell]:,} of "
        "{0[detectability_rows]:,} answers they cannot tell which image was edited.",
        "radiologist",
        "that the edit shows the age or sex asked for: the readers were not asked",
    ),
    _checked(
        "agreement",
        "reader_reliability",
        "Raw agreement of the readers on plausibility is {0[q1][raw_pairwise][raw_agreement]:.4f}, Fleiss' kappa "
        "{0[q1][fleiss][fleiss_kappa]:.4f}.",
        "radiologist",
        "how well other readers would agree: the three are taken as fixed",
    ),
    _checked(
        "reader-labels",
        "reader_record_erratum",
        "Reader R1 of the files by reader is {0[combined_label_of][R1]} of the combined file, and the reverse; one report "
        "states {0[stale_q2_gwet_ac1]} where the rows give another AC1.",
        "radiologist",
        "who the readers are",
    ),
    _checked(
        "toy",
        "toy_submission",
        "The toy submission of {0[pairs]} pairs scores {0[recommendation_change]:.3f} on change and "
        "{0[diagnostic_consistency]:.3f} on consistency.",
        "all",
        "anything about a model: it is an example of the format",
        needs=_TOY,
    ),
    _quoted(
        "target-validity",
        ("target_validity",),
        "The edits move an estimated age by {0[age][estimate]} of {0[age][asked]:.0f} years, and the probability of female by "
        "{0[sex][estimate]} of {0[sex][asked]:.0f}.",
        "what a radiologist or a model sees: the estimators learned from real radiographs",
    ),
    _quoted(
        "reconstruction",
        ("reconstruction_control",),
        "On {0[n_sources]} sources, one model's change under an edit less that under a reconstruction was "
        "{0[recommendation][estimate]:.3f} for recommendations; the interval holds 0.",
        "that edit and reconstruction are alike: differences below {0[recommendation][minimum_detectable_effect]:.2f} would "
        "mostly be missed",
    ),
    _quoted(
        "training-overlap",
        ("generator_training_overlap",),
        "{0[configured_splits][train][common_core_1000]} of the 1,000 core sources were in the prescribed training part of the "
        "generator.",
        "which images the generator was trained on: the split is a reconstruction",
    ),
)
"""Every published statement, in the order in which a reader of the results meets them."""


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `claims`, which reads no bundle."""
    del inputs
    left_out = tuple(f"{row.claim}: {row.not_checked_because}" for row in CLAIMS if row.command is None)
    return CheckResult(
        CLAIMS, notes=("this is a list: nothing was checked; docs/claims.md has it, too",), not_checked=left_out
    )
