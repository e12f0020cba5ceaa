"""Everything the audits say of one model or score, as rows, and a paragraph that a reader can quote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spinefairbench.analysis.control_contrast import CONTROL_NOTE
from spinefairbench.analysis.disparity import NO_LANGUAGE
from spinefairbench.analysis.edit_evidence import evidence_notes
from spinefairbench.analysis.estimates import NO_ESTIMATE, Estimate, adjustment_notes
from spinefairbench.analysis.full_audit import AuditRequest, FullAudit, full_audit
from spinefairbench.analysis.noise_floor import UNREPEATED_NOTE, EndpointFloor, floor_notes
from spinefairbench.analysis.parser_audit import NOT_A_SCORE, audit_signature
from spinefairbench.analysis.patient_clusters import patient_notes
from spinefairbench.analysis.power import power_notes
from spinefairbench.analysis.quotation import quotable_paragraph
from spinefairbench.analysis.refusals import complete_case_note
from spinefairbench.analysis.result import CheckResult, Row, plain
from spinefairbench.metrics.endpoint import ENDPOINTS
from spinefairbench.metrics.report_quality import QUALITY_UNKNOWN
from spinefairbench.problems import ProblemLike

__all__ = ["AuditRow", "audit"]


@dataclass(frozen=True)
class AuditRow(Row):
    """One endpoint of the audited model: the value, its noise floor, what the parser makes of it, what would be seen.

    `T`, `F` and the excess are as in `noise_floor`; the parser's figures are those of the variant `both`, None where
    there are no texts to read; `minimum_detectable_excess` is found with a chance of 80%, None where that is not known.
    """

    model: str
    endpoint: str
    usable_pairs: int
    estimate: Estimate
    floor: EndpointFloor
    design_effect: float | None
    minimum_detectable_excess: float | None
    parser_estimate: float | None
    parser_shift: Estimate

    def to_json(self) -> dict[str, Any]:
        """Value, floor and parser side by side."""
        excess = self.floor.excess.fields("excess", "excess_")
        del excess["excess_adjustment_reason"]
        return {
            "model": self.model,
            "endpoint": self.endpoint,
            "usable_pairs": self.usable_pairs,
            "n_sources": self.estimate.n_sources,
            **self.estimate.fields("estimate"),
            "T": self.floor.T,
            "F": self.floor.F,
            **excess,
            **_other_pairs(self.floor),
            "design_effect": self.design_effect,
            "minimum_detectable_excess": self.minimum_detectable_excess,
            "parser_estimate": self.parser_estimate,
            "parser_shift": self.parser_shift.value,
            "parser_shift_ci95": self.parser_shift.ci95,
            "parser_shift_adjusted_ci95": self.parser_shift.adjusted_ci95,
        }


def _other_pairs(floor: EndpointFloor) -> dict[str, Any]:
    """T against the source reports of other pairs, beside the frozen T of the same pair."""
    keys = ("T_other_pairs", "excess_other_pairs", "excess_other_pairs_ci95")
    fields = floor.to_json()
    return {key: fields[key] for key in keys}


def audit(
    request: AuditRequest, *, scope: str, problems: Sequence[ProblemLike] = (), notes: Sequence[str] = ()
) -> CheckResult:
    """All audits of one model, the only one of the request.

    Where it has no usable pair, only that is said.
    """
    [model] = request.models
    if not model.usable:
        sentence = f"{model.model}: no usable pair: in each, at least one report is a full refusal"
        return CheckResult(problems=(*problems, sentence), closing=(f"{sentence}. Nothing can be said of it.",))
    found = full_audit(replace(request, additional=True))
    rows = _rows(found)
    paragraph = quotable_paragraph(found, scope)
    summary = {
        "scope": scope,
        "report_quality": model.quality.to_json(),
        **_summary(found, with_texts=request.collector is not None),
        "paragraph": paragraph,
    }
    [floor] = found.floors
    told = [
        *model.quality.doubts,
        *notes,
        *complete_case_note(found.refusals.rows[0]),
        *floor_notes(floor),
        *([] if found.symmetric else [UNREPEATED_NOTE]),
        *([QUALITY_UNKNOWN] if model.quality.texts is None else []),
    ]
    told += [CONTROL_NOTE] if found.controls else []
    shifts = [] if request.collector is None else [row.parser_shift for row in rows]
    told += adjustment_notes([*found.endpoints[0], *(each.excess for each in floor.endpoints), *shifts])
    told += patient_notes(found.patients)
    if request.collector is None:
        told.append(NO_LANGUAGE)
    told += power_notes([row for row in found.power if row.minimum_detectable_effect is None])
    told.append(
        "no parser audit: a score file holds no texts (--submission names the file that does)"
        if request.collector is None
        else NOT_A_SCORE
    )
    told += evidence_notes()
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(told), closing=(paragraph,))


def _summary(found: FullAudit, *, with_texts: bool) -> dict[str, Any]:
    against = found.against
    summary: dict[str, Any] = {
        "noise_floor": {
            **found.floors[0].to_json(),
            "energy": found.symmetric[0].to_json() if found.symmetric else None,
        },
        **({"control_arms": plain(found.controls)} if found.controls else {}),
        "transitions": plain(found.transitions.rows),
        "switches": plain(found.transitions.switches),
        "flows": plain(found.transitions.flows),
        "breakdown": plain(found.breakdown.rows),
        "contrasts": plain(found.breakdown.contrasts),
        "refusals": _refusals(found),
        "differences": [] if against is None else plain(against.differences),
        "lost": [] if against is None else plain(list(against.pairs.lost)),
        "ranks": {} if against is None else plain(against.ranks),
        "power": plain(found.power),
        "disparity": plain(found.disparity.rows),
    }
    if found.patients:
        summary["patients"] = plain(found.patients)
    if with_texts:
        summary["disparity_readings"] = plain(found.disparity.readings)
        summary["parser_audit"] = plain(found.variants)
        summary["parser_noise_floor"] = plain(found.variant_floors)
        summary["categories"] = plain(found.categories)
        summary["parser_audit_signature"] = audit_signature()
    return summary


def _refusals(found: FullAudit) -> dict[str, Any]:
    [row], contrasts, bounded = found.refusals
    return {**row.to_json(), "contrasts": plain(contrasts), "bounded_contrasts": plain(bounded)}


def _rows(found: FullAudit) -> list[AuditRow]:
    [model], [estimates], [floor] = found.models, found.endpoints, found.floors
    power = {row.quantity: row for row in found.power}
    both = found.variant("both")
    return [
        AuditRow(
            model.model,
            endpoint.name,
            model.usable_pairs,
            estimates[at],
            floor.endpoints[at],
            power[endpoint.name].design_effect,
            power[f"{endpoint.short_name}_excess"].minimum_detectable_effect,
            None if both is None else both.values[at],
            NO_ESTIMATE if both is None or both.shifts is None else both.shifts[at],
        )
        for at, endpoint in enumerate(ENDPOINTS)
    ]
