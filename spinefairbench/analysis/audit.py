"""Everything the audits say of one model or score, and a paragraph that a reader can quote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from spinefairbench.analysis.breakdown import BREAKDOWNS, breakdown_steps
from spinefairbench.analysis.compare import one_against_others_steps
from spinefairbench.analysis.estimates import Estimate, Interval, Sample, Steps, adjustment_notes, together
from spinefairbench.analysis.mention_collector import MentionCollector
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.noise_floor import (
    UNREPEATED_NOTE,
    EnergyForm,
    FloorEndpoint,
    FloorSubject,
    NoiseFloorRow,
    energy_forms,
    floor_notes,
    floor_steps,
)
from spinefairbench.analysis.outcomes import ModelOutcomes, pair_outcomes
from spinefairbench.analysis.parser_audit import NOT_A_SCORE, audit_signature
from spinefairbench.analysis.power import PowerRow, power_rows
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.analysis.transitions import flow_steps, switch_rows, transition_rows
from spinefairbench.analysis.variant_endpoints import ParserVariantRow, variant_steps
from spinefairbench.bundle.source_metadata import SourceMetadata
from spinefairbench.problems import ProblemLike

__all__ = ["AuditRow", "audit"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class AuditRow:
    """One endpoint of the audited model: the value, its noise floor, what the parser makes of it, what would be seen.

    `T`, `F` and the excess are as in `noise_floor`; the parser's figures are those of the reading `both`, None where
    there are no texts to read; `minimum_detectable_excess` is found with a chance of 80 %.
    """

    model: str
    endpoint: str
    usable_pairs: int
    n_sources: int
    estimate: float | None
    ci95: Interval | None
    adjusted_ci95: Interval | None
    adjustment_reason: str | None
    T: float | None
    F: float | None
    excess: float | None
    excess_ci95: Interval | None
    excess_adjusted_ci95: Interval | None
    design_effect: float | None
    minimum_detectable_excess: float | None
    parser_estimate: float | None
    parser_shift: float | None
    parser_shift_ci95: Interval | None


def audit(
    subject: FloorSubject,
    *,
    scope: str,
    others: Sequence[FloorSubject] = (),
    metadata: Mapping[str, SourceMetadata] | None = None,
    collector: MentionCollector | None = None,
    problems: Sequence[ProblemLike] = (),
    notes: Sequence[str] = (),
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Progress | None = None,
    jobs: int = 1,
) -> CheckResult:
    """All audits of one model. `others` are what it is compared with, `collector` holds the readings of its texts.

    Where the model has no usable pair, only that is said.
    """
    outcomes = pair_outcomes(subject.pairs)
    if not outcomes.usable:
        sentence = f"{subject.model}: no usable pair: in each, at least one report is a full refusal"
        return CheckResult(problems=(*problems, sentence), closing=(f"{sentence}. Nothing can be said of it.",))
    known = [by for by in BREAKDOWNS if metadata is not None or by in ("edit", "dataset")]
    settings: dict[str, Any] = {"iterations": iterations, "seed": seed}
    steps: list[Steps[Any]] = [
        _endpoint_steps(outcomes),
        floor_steps([subject]),
        flow_steps([(subject.model, subject.pairs)]),
        breakdown_steps([subject], known, metadata or {}, **settings, jobs=jobs),
        one_against_others_steps(subject, others, **settings),
        *([variant_steps([subject], collector)] if collector is not None else []),
    ]
    results = together(steps, **settings, progress=progress, jobs=jobs)
    (change, consistency), [floor], flows, (strata, contrasts), (differences, lost, ranks), *[variants] = (
        results if collector is not None else [*results, []]
    )
    energies = energy_forms([subject], **settings)
    powers = power_rows([subject])
    rows = _rows(subject.model, outcomes, (change, consistency), floor, powers, variants)
    summary: dict[str, Any] = {
        "scope": scope,
        "noise_floor": {**asdict(floor), "energy": asdict(energies[0]) if energies else None},
        "transitions": _dicts(transition_rows(subject.model, subject.pairs)),
        "switches": _dicts(switch_rows(subject.model, subject.pairs)),
        "flows": _dicts(flows),
        "breakdown": _dicts(strata),
        "contrasts": _dicts(contrasts),
        "differences": _dicts(differences),
        "lost": _dicts(lost),
        "ranks": {endpoint: rank._asdict() for endpoint, rank in ranks.items()},
        "power": _dicts(powers),
    }
    if collector is not None:
        summary["parser_audit"] = _dicts(variants)
        summary["categories"] = _dicts(category_rows(subject.model, collector))
        summary["parser_audit_signature"] = audit_signature()
    told = [*notes, *floor_notes(floor), *([] if energies else [UNREPEATED_NOTE])]
    told += adjustment_notes([change, consistency, floor.recommendation, floor.diagnostic])
    told.append(
        NOT_A_SCORE
        if collector is not None
        else "no parser audit: a score file holds no texts (--submission names the file that does)"
    )
    paragraph = _paragraph(subject.model, scope, rows, floor, energies)
    summary["paragraph"] = paragraph
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(told), closing=(paragraph,))


def _dicts(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def _endpoint_steps(outcomes: ModelOutcomes) -> Steps[tuple[Estimate, Estimate]]:
    change, consistency = yield [Sample(totals) for totals in outcomes.endpoint_clusters()]
    return change, consistency


def _rows(
    model: str,
    outcomes: ModelOutcomes,
    found: tuple[Estimate, Estimate],
    floor: NoiseFloorRow,
    powers: Sequence[PowerRow],
    variants: Sequence[ParserVariantRow],
) -> list[AuditRow]:
    power = {row.quantity: row for row in powers}
    both = next((row for row in variants if row.reading == "both"), None)
    endpoints = (
        ("recommendation_change", "recommendation_excess", floor.recommendation),
        ("diagnostic_consistency", "diagnostic_excess", floor.diagnostic),
    )
    parsed = (
        (
            (both.recommendation_change, both.recommendation_shift, both.recommendation_shift_ci95),
            (both.diagnostic_consistency, both.diagnostic_shift, both.diagnostic_shift_ci95),
        )
        if both is not None
        else ((None, None, None),) * 2
    )
    return [
        AuditRow(
            model,
            name,
            len(outcomes.usable),
            estimate.n_sources,
            estimate.value,
            estimate.ci95,
            estimate.adjusted_ci95,
            estimate.adjustment_reason,
            endpoint.T,
            endpoint.F,
            endpoint.excess,
            endpoint.ci95,
            endpoint.adjusted_ci95,
            power[name].design_effect,
            power[excess].minimum_detectable_effect,
            *its_parsed,
        )
        for (name, excess, endpoint), estimate, its_parsed in zip(endpoints, found, parsed, strict=True)
    ]


# --- in plain words --------------------------------------------------------------------------------------------

_SIDES: Final = ("The recommendations", "The diagnostic labels")


def _percent(value: float) -> str:
    # Adding zero turns a rounded -0.0 into 0.0.
    return f"{round(100 * value, 1) + 0.0:.1f}"


def _range(interval: Interval | None) -> str:
    if interval is None:
        return "no interval can be given"
    return f"95 % interval {_percent(interval[0])} to {_percent(interval[1])}"


def _paragraph(
    model: str, scope: str, rows: Sequence[AuditRow], floor: NoiseFloorRow, energies: Sequence[EnergyForm]
) -> str:
    change, consistency = rows
    assert change.estimate is not None and consistency.estimate is not None
    sentences = [
        f"{model} was measured on {_counted(change.usable_pairs, 'pair')} of reports on "
        f"{_counted(change.n_sources, 'source radiograph')} ({scope}): one report on the radiograph, one on its edited "
        "copy.",
        f"The set of recommendations differed in {_percent(change.estimate)} % of the pairs "
        f"({_range(change.adjusted_ci95 or change.ci95)}), and the diagnostic labels overlapped by "
        f"{_percent(consistency.estimate)} % on average ({_range(consistency.adjusted_ci95 or consistency.ci95)}).",
        *_floor_sentences(floor),
    ]
    for form in energies:
        sentences.append(
            f"Where edited radiographs were reported repeatedly too ({_counted(form.n_pairs, 'pair')}), the symmetric "
            f"form is {_percent(form.recommendation.energy)} points for the recommendations "
            f"({_range(form.recommendation.adjusted_ci95 or form.recommendation.ci95)})."
        )
    if change.parser_estimate is not None and consistency.parser_estimate is not None:
        sentences.append(
            "Read by rules that know plurals, negation and what is recommended, instead of by the published keyword "
            f"parser, the two figures would be {_percent(change.parser_estimate)} % and "
            f"{_percent(consistency.parser_estimate)} %; that is a check of the parser, not a score."
        )
    if change.minimum_detectable_excess is not None:
        sentences.append(
            "With this many radiographs an excess of recommendations below "
            f"{_percent(change.minimum_detectable_excess)} points would be missed more than one time in five."
        )
    return " ".join([*sentences, *_limits(floor)])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _floor_sentences(floor: NoiseFloorRow) -> list[str]:
    if not floor.n_sources:
        return ["No radiograph has two usable reports on itself, so how much calls differ by themselves is not known."]
    return [
        _floor_sentence(words, endpoint)
        for words, endpoint in zip(_SIDES, (floor.recommendation, floor.diagnostic), strict=True)
    ]


def _floor_sentence(words: str, endpoint: FloorEndpoint) -> str:
    assert endpoint.T is not None and endpoint.F is not None and endpoint.excess is not None
    interval = endpoint.adjusted_ci95 or endpoint.ci95
    verb = "differed in" if words == _SIDES[0] else "differed by"
    sentence = (
        f"{words} of two reports on the same, unedited radiograph already {verb} {_percent(endpoint.F)} %, "
        f"against {_percent(endpoint.T)} % between original and edit: {_percent(endpoint.excess)} points remain "
        f"({_range(interval)})"
    )
    if interval is None:
        return sentence + "."
    if interval[0] > 0:
        return sentence + ", more than calls alone explain."
    if interval[1] < 0:
        return sentence + ", less than calls alone would give."
    return sentence + ", so no change beyond that of repeated calls is shown, which is not the same as none."


def _limits(floor: NoiseFloorRow) -> list[str]:
    limits = [
        "What cannot be said: that what remains is due to age or sex and not to something else that the edit altered, "
        "or which of two differing reports is right."
    ]
    if floor.n_sources and floor.recommendation.F == 0 and floor.diagnostic.F == 0:
        limits.append(
            "Nor can it be told whether the repeated reports are alike because the model decodes deterministically or "
            "because one report was pasted."
        )
    return limits
