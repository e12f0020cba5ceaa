"""What the audits of one model come to, in a paragraph that a reader can quote."""

from collections.abc import Sequence
from typing import Final

from spinefairbench.analysis.control_contrast import ControlArm
from spinefairbench.analysis.disparity import DisparityRow
from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.full_audit import FullAudit
from spinefairbench.analysis.noise_floor import EndpointFloor, NoiseFloorRow, Repeats
from spinefairbench.metrics.endpoint import RECOMMENDATION_CHANGE, Endpoint
from spinefairbench.problems import counted

__all__ = ["disparity_sentences", "quotable_paragraph"]

_DIFFERED: Final = {
    "recommendation_change": ("The recommendations", "differed in", "often"),
    "diagnostic_consistency": ("The diagnostic labels", "differed by", ""),
}
"""Subject and verb of a sentence on each endpoint's distance, and what there is more or less of."""
_CONTRAST_WORDS: Final = {
    "age": "elderly less young",
    "sex": "female less male",
    "age_x_sex": "elderly less young in female less that in male",
}
_LANGUAGE_WORDS: Final = {"severity_language": "severity level", "confidence": "hedging terms"}
_MOST_NAMED: Final = 6

_NOT_SHOWN: Final = {
    Repeats.ONE_TEXT: (
        "Nor do they show whether the repeated reports are identical because the model decodes deterministically or because "
        "one report was pasted."
    ),
    Repeats.SEVERAL_TEXTS: (
        "The repeated reports differ in their texts, though not in their labels and recommendations, which alone are counted."
    ),
    Repeats.TEXTS_NOT_HELD: (
        "Nor do they show whether the repeated reports, which have the same labels and recommendations, have the same texts."
    ),
}


def quotable_paragraph(found: FullAudit, scope: str) -> str:
    """The paragraph on the only model of `found`, which has usable pairs; `scope` as a reader is told it."""
    [model], [(change, consistency)], [floor] = found.models, found.endpoints, found.floors
    assert change.value is not None and consistency.value is not None
    sentences = [
        (
            f"{model.model} was measured on {counted(len(model.usable), 'pair')} of reports on "
            f"{counted(change.n_sources, 'source radiograph')} ({scope}): one report on the radiograph, one on its edited "
            "copy."
        ),
        *(
            f"The figures that follow say little about the model: {reason}."
            for reason in model.quality.not_readable_because
        ),
        (
            f"The set of recommendations differed in {_percent(change.value)}% of the pairs ({_range(change)}), and the "
            f"diagnostic labels overlapped by {_percent(consistency.value)}% on average ({_range(consistency)})."
        ),
        *_bounds_sentence(found),
        *_floor_sentences(floor),
        *disparity_sentences(found.disparity.rows),
    ]
    for form in found.symmetric:
        energy = form.endpoints.recommendation.energy
        assert energy.value is not None
        sentences.append(
            f"Where edited radiographs were reported repeatedly too ({counted(form.n_pairs, 'pair')}), the symmetric "
            f"form of the excess is {_percent(energy.value)} points for the recommendations ({_range(energy)})."
        )
    sentences += [_control_sentence(arm) for arm in found.controls if arm.n_sources]
    both = found.variant("both")
    if both is not None and None not in both.values:
        shown = [_percent(value) for value in both.values if value is not None]
        sentences.append(
            "Read with rules for plurals, negation and recommendations instead of the published keyword "
            f"parser, the two figures would be {shown[0]}% and {shown[1]}%; that is a check of the parser, not a score."
        )
    detectable = next(
        row.minimum_detectable_effect
        for row in found.power
        if row.quantity == f"{RECOMMENDATION_CHANGE.short_name}_excess"
    )
    # It holds for a test by the standard error; where that is not trusted, another interval decides.
    if detectable is not None and floor.endpoints.recommendation.excess.adjusted_ci95 is None:
        sentences.append(
            "With this many radiographs an excess of recommendations below "
            f"{_percent(detectable)} points would be missed more than one time in five."
        )
    return " ".join([*sentences, *_limits(floor)])


def _bounds_sentence(found: FullAudit) -> list[str]:
    [row] = found.refusals.rows
    bounds = row.endpoints.recommendation.bounds
    if row.usable_pairs == row.expected_pairs or bounds is None:
        return []
    return [
        (
            f"These figures are for the pairs whose reports can be used; over all {row.expected_pairs:,} expected pairs, the "
            f"recommendations may differ in anything from {_percent(bounds[0])}% to {_percent(bounds[1])}%."
        )
    ]


def _percent(value: float) -> str:
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{round(100 * value, 1) + 0.0:.1f}"


def _range(found: Estimate) -> str:
    if found.judged_ci95 is None:
        return "no interval can be given"
    low, high = map(_percent, found.judged_ci95)
    # Named as in the table above the paragraph, whose `ci95` is the published method's.
    if found.adjusted_ci95 is None:
        return f"95% interval {low} to {high}"
    said = f"adjusted 95% interval {low} to {high}"
    if found.ci95 is None:
        return said
    low, high = map(_percent, found.ci95)
    return f"{said}; published method, percentile: {low} to {high}"


def _floor_sentences(floor: NoiseFloorRow) -> list[str]:
    if not floor.n_sources:
        return ["No radiograph has two usable reports on itself, so the run-to-run variation is not known."]
    return [_floor_sentence(endpoint, of_endpoint) for endpoint, of_endpoint in floor.endpoints.each()]


def _floor_sentence(endpoint: Endpoint, floor: EndpointFloor) -> str:
    excess = floor.excess
    assert floor.T is not None and floor.F is not None and excess.value is not None
    subject, verb, measure = _DIFFERED[endpoint.name]
    sentence = (
        f"{subject} of two reports on the same, unedited radiograph already {verb} {_percent(floor.F)}%, "
        f"against {_percent(floor.T)}% between original and edit: an excess of {_percent(excess.value)} points "
        f"({_range(excess)})"
    )
    if excess.side is None:
        return sentence + "."
    if excess.side == 0:
        return sentence + ", so no excess is shown; this does not show that the edit changed nothing."
    compared = " ".join(filter(None, ("more" if excess.side > 0 else "less", measure)))
    return f"{sentence}, so original and edit differ {compared} than two reports on the original."


def disparity_sentences(rows: Sequence[DisparityRow]) -> list[str]:
    """What the contrasts of one model between edited images show, in one sentence; none without a source."""
    if not any(row.n_sources for row in rows):
        return []
    compared = counted(sum(row.simultaneous_ci95 is not None for row in rows), "contrast")
    start = f"Edited copies of one radiograph were compared with each other by age, sex and both ({compared})"
    apart = [row for row in rows if row.excludes_zero]
    if not apart:
        end = "no simultaneous 95% interval excludes 0, which does not show that reports on them are alike"
        return [f"{start}: {end}."]
    named = [_disparity_words(row) for row in sorted(apart, key=lambda row: -abs(row.estimate or 0.0))]
    more = len(named) - _MOST_NAMED
    if more > 0:
        named = [*named[:_MOST_NAMED], f"and {more} more"]
    end = "it does not for the others, which does not show that they are 0"
    return [f"{start}: the simultaneous 95% interval excludes 0 for {'; '.join(named)}; {end}."]


def _disparity_words(row: DisparityRow) -> str:
    assert row.estimate is not None
    subject = _LANGUAGE_WORDS.get(row.kind, row.category.replace("_", " "))
    size = (
        f"{row.estimate:+.2f}"
        if row.kind in _LANGUAGE_WORDS
        else f"{'+' * (row.estimate > 0)}{_percent(row.estimate)} points"
    )
    return f"{subject}, {_CONTRAST_WORDS[row.contrast]} ({size})"


def _control_sentence(arm: ControlArm) -> str:
    change, labels = (endpoint.contrast for endpoint in arm.endpoints)
    assert change.value is not None and labels.value is not None
    sentence = (
        f"On {counted(arm.n_sources, 'source radiograph')} with a control image ({arm.arm.replace('_', ' ')}), the change "
        f"under the edits less that under the control is {_percent(change.value)} points for the recommendations "
        f"({_range(change)}) and {_percent(labels.value)} points for the diagnostic labels ({_range(labels)})."
    )
    if any(each.ci95 is not None and each.ci95[0] <= 0 <= each.ci95[1] for each in (change, labels)):
        sentence += (
            " An interval that holds 0 shows no change beyond that of the control; it does not show that there is none."
        )
    return sentence


def _limits(floor: NoiseFloorRow) -> list[str]:
    limits = [
        (
            "An excess is not the size of the edit's effect: it also falls where reports on the edit vary less than those on "
            "the original. These figures do not show whether reports differ because of age or sex or because of something else "
            "that the edit altered, or which of two differing reports is right."
        )
    ]
    if floor.repeats in _NOT_SHOWN:
        limits.append(_NOT_SHOWN[floor.repeats])
    return limits
