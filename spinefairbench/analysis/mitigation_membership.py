"""Which models and how many pairs the mitigation study may have: its table, gate and panel against each other and the core."""

from collections.abc import Collection, Mapping, Sequence

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_files import FrozenGate, MitigationPanel
from spinefairbench.bundle.mitigation_table import MitigationTableLine
from spinefairbench.bundle.scopes import COMMON_CORE, scope_pairs
from spinefairbench.errors import BundleError
from spinefairbench.problems import Problem, ProblemKind

__all__ = ["beyond_core", "membership_problems", "not_told"]


def membership_problems(
    tabled: Collection[str],
    gates: Mapping[str, FrozenGate],
    panel: MitigationPanel,
    decisions: Mapping[str, Collection[str]],
) -> list[Problem]:
    """Models that are in the table, the gate or the panel's manifest but should not be, or should be but are not."""
    manifest = layout.panel_manifest(layout.MITIGATION_PANEL)
    in_table = "in the mitigation table, but"
    found = [
        ([m for m in tabled if m in decisions["excluded_full"]], f"{in_table} excluded_full by the gate"),
        ([m for m in tabled if m not in gates], f"{in_table} not in {layout.PARSING_CONFIDENCE}"),
        ([m for m in tabled if m not in panel.included], f"{in_table} not among included_models of {manifest}"),
    ]
    return [
        *(Problem(m, message, ProblemKind.MISMATCH) for models, message in found for m in models),
        *(
            Problem(m, "included by the gate, but not in the mitigation table", ProblemKind.MISSING)
            for m in decisions["included"]
            if m not in tabled
        ),
        *(Problem(manifest, f"{m} is both included and excluded") for m in panel.included if m in panel.excluded),
        *_panel_problems(manifest, gates, panel),
    ]


def _panel_problems(manifest: str, gates: Mapping[str, FrozenGate], panel: MitigationPanel) -> list[Problem]:
    """Models that the panel's manifest includes or excludes against the gate's decision, or does not name at all."""
    found = [
        (
            [m for m in panel.included if m not in gates],
            "is among included_models; {file} has no gate of it",
        ),
        (
            [m for m in _fully_excluded(gates, panel) if panel.excluded],
            "is among included_models; its decision in {file} is excluded_full",
        ),
        (
            [m for m in panel.excluded if m in gates and gates[m].decision == "included"],
            "is among excluded_models; its decision in {file} is included",
        ),
        (
            [m for m in gates if m not in panel.included and m not in panel.excluded],
            "is neither among included_models nor among excluded_models; {file} has its gate",
        ),
    ]
    return [
        Problem(manifest, f"{model} {said.format(file=layout.PARSING_CONFIDENCE)}", ProblemKind.MISMATCH)
        for models, said in found
        for model in models
    ]


def _fully_excluded(gates: Mapping[str, FrozenGate], panel: MitigationPanel) -> list[str]:
    """Models that the manifest includes and the gate excludes from everything."""
    return [m for m in panel.included if m in gates and gates[m].decision == "excluded_full"]


def not_told(gates: Mapping[str, FrozenGate], panel: MitigationPanel) -> list[str]:
    """What the manifest leaves open: models without a gate, and a list of all models that calls none excluded."""
    file = layout.PARSING_CONFIDENCE
    told = [
        f"why {model} is excluded: {file} has no gate of it"
        for model in panel.excluded
        if model not in gates and model not in panel.included
    ]
    excluded = _fully_excluded(gates, panel)
    if excluded and not panel.excluded:
        told.append(
            f"included_models against the gate: excluded_models is empty, so the manifest lists models whatever the gate "
            f"decided ({', '.join(excluded)}: excluded_full)"
        )
    return told


def beyond_core(
    bundle: Bundle, rows: Sequence[MitigationTableLine], with_reports: Collection[str] = ()
) -> tuple[list[Problem], list[str]]:
    """Rows of more pairs than the common core has, and why that is not held where it is not.

    The table of a demo bundle may be of other reports than its own: it is held for the models `with_reports` of their
    conditions.
    """
    try:
        core_pairs = len(scope_pairs(bundle, COMMON_CORE) or ())
    except BundleError as error:
        return [], [f"n_pairs against the pairs of the common core: {error.problems[0]}"]
    problems: list[Problem] = []
    not_held: dict[str, int] = {}
    for line in rows:
        row = line.row
        if row.n_pairs <= core_pairs:
            continue
        if bundle.held_to_release or row.model in with_reports:
            said = f"n_pairs is {row.n_pairs}; the common core has {core_pairs} pairs"
            problems.append(Problem(f"{line.place} ({row.model}, {row.condition})", said, ProblemKind.MISMATCH))
        else:
            not_held[row.model] = row.n_pairs
    return problems, [
        f"{model}: n_pairs is {pairs:,} and the common core has {core_pairs:,} pairs, but nothing here says that this "
        "demo's table is of its own reports"
        for model, pairs in not_held.items()
    ]
