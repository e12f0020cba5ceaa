"""The reports of the mitigation conditions, read as a stream: each parsed when its row is read, and not kept."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from sys import intern
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.mitigation_texts import MitigationTexts
from spinefairbench.bundle.pair_ids import parts_of, split_pair_id
from spinefairbench.errors import BundleError
from spinefairbench.files.json_input import iter_json_array
from spinefairbench.metrics.condition_report import (
    STAGE1_MISSING,
    ConditionReport,
    Diagnosis,
    condition_report,
    read_diagnosis,
)
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, SOURCE_ROLE
from spinefairbench.problems import Problem, shortened

__all__ = ["STEPS", "CensusRow", "MitigationReports", "Sides", "read_mitigation_reports"]

STEPS: Final = {
    "condition_b": "mitigation_b_stage2",
    "condition_bprime": "mitigation_bprime_stage2",
    "condition_d": "mitigation_d_stage25",
}
"""The step of the rows of each condition but A, whose reports are those of the main panel."""

_CONDITION_OF: Final = {step: condition for condition, step in STEPS.items()}
_ROLES: Final = {SOURCE_ROLE: 0, "generated": 1, COUNTERFACTUAL_ROLE: 1}
_FILE: Final = layout.evaluation_results(layout.MITIGATION_PANEL)

Sides = dict[str, tuple[ConditionReport, ConditionReport]]
"""{pair_id: (report on the source image, report on the edited image)} of one condition."""


@dataclass(frozen=True)
class CensusRow:
    """Rows of one model, step and role, and the shares of them (0 to 1) whose texts are in the bundle."""

    model: str
    experiment_step: str | None
    role: str
    rows: int
    with_text: float
    with_stage1_text: float
    with_rewrite: float


class MitigationReports(NamedTuple):
    """{model: {condition: its complete pairs}} without condition A, the census, and every fault, a sentence each.

    `outside_core` counts the rows of the conditions that are left out because their source is not of the common core.
    """

    conditions: dict[str, dict[str, Sides]]
    census: tuple[CensusRow, ...]
    problems: tuple[Problem, ...]
    outside_core: int


def read_mitigation_reports(
    bundle: Bundle,
    models: Collection[str],
    core: Collection[str],
    *,
    progress: Callable[[str, int], None] = lambda panel, rows: None,
) -> MitigationReports:
    """Read every row of the mitigation panel; the last row of a model, pair, role and step counts.

    `models` are those that are known, the names by which a row is recognized. Raises BundleError where the file cannot
    be read to its end.
    """
    reader = _Reader(bundle, models, core)
    for number, row in iter_json_array(bundle, _FILE):
        if number % 500 == 0:
            progress(layout.MITIGATION_PANEL, number)
        reader.take(f"{_FILE}: row {number}", row)
    return reader.finish()


class _Count(NamedTuple):
    rows: int = 0
    with_text: int = 0
    with_stage1_text: int = 0
    with_rewrite: int = 0


class _Identity(NamedTuple):
    model: str
    pair_id: str
    role: str


@dataclass
class _Reader:
    bundle: Bundle
    models: Collection[str]
    core: Collection[str]
    problems: list[Problem] = field(default_factory=list)
    outside_core: int = 0

    def __post_init__(self) -> None:
        self._texts = MitigationTexts(self.bundle)
        self._counts: dict[tuple[str, str | None, str], _Count] = {}
        self._found: dict[tuple[str, str, str], str | None] = {}
        self._diagnoses: dict[str, Diagnosis] = {}
        self._sides: dict[str, dict[str, dict[str, list[ConditionReport | None]]]] = {}

    def take(self, place: str, row: Mapping[str, Any]) -> None:
        """Count a row, and keep what its report comes to where it is of a condition."""
        who = self._identity(place, row)
        if who is None:
            return
        named = f"{place} ({', '.join(who)})"
        step = row.get("experiment_step")
        response = row.get("response")
        if response is not None and not isinstance(response, str):
            self.problems.append(Problem(f"{named}: response", f"expected a text, found {shortened(response)}"))
            response = None
        written = isinstance(response, str) and bool(response) and not response.isspace()
        raw = None if written else self._path(who.model, "raw_output_path", row, named)
        stage1 = self._path(who.model, "stage1_output_path", row, named)
        rewrite = self._path(who.model, "stage2_5_rewrite_path", row, named)
        self._count(who, step, text=written or raw is not None, stage1=stage1 is not None, rewrite=rewrite is not None)
        condition = _CONDITION_OF.get(step) if isinstance(step, str) else None
        if condition is None:
            return
        if parts_of(who.pair_id)[0] not in self.core:
            self.outside_core += 1
            return
        text, lacks = (response, "texts") if written else self._read_raw(row, raw, response, named)
        if condition == "condition_d":
            text, lacks = self._rewritten(row, rewrite, text, lacks, named)
        failed = any(row.get(key) not in (None, "") for key in ("error", "failure_code"))
        report = condition_report(text, self._diagnosis(stage1), failed=failed, lacks=lacks)
        sides = self._sides.setdefault(who.model, {}).setdefault(condition, {})
        sides.setdefault(intern(who.pair_id), [None, None])[_ROLES[who.role]] = report

    def finish(self) -> MitigationReports:
        """What was read; pairs of which one report is missing are left out, and counted in a sentence a condition."""
        conditions: dict[str, dict[str, Sides]] = {}
        for model, by_condition in self._sides.items():
            for condition, pairs in by_condition.items():
                complete = {pair: (a, b) for pair, (a, b) in pairs.items() if a is not None and b is not None}
                conditions.setdefault(model, {})[condition] = complete
                alone = [pair for pair in pairs if pair not in complete]
                if alone:
                    said = f"{len(alone)} of {len(pairs)} pairs have one report only, {min(alone)} for one"
                    self.problems.append(Problem(f"{_FILE}: {model}, {STEPS[condition]}", said))
        census = [
            CensusRow(*key, count.rows, *(each / count.rows for each in count[1:]))
            for key, count in sorted(self._counts.items(), key=lambda item: tuple(map(str, item[0])))
        ]
        return MitigationReports(conditions, tuple(census), tuple(self.problems), self.outside_core)

    def _identity(self, place: str, row: Mapping[str, Any]) -> _Identity | None:
        names = [row[key] for key in ("model", "requested_model") if isinstance(row.get(key), str) and row[key]]
        pair_id, role = row.get("pair_id"), row.get("image_role")
        found: list[Problem] = []
        if not names:
            found.append(Problem(place, "neither model nor requested_model is given"))
        if not isinstance(role, str) or role not in _ROLES:
            expected = ", ".join(map(repr, _ROLES))
            found.append(Problem(place, f"unknown image_role {shortened(role)}; expected one of {expected}"))
        parts = split_pair_id(pair_id) if isinstance(pair_id, str) else None
        if parts is None:
            found.append(Problem(place, f"pair_id {shortened(pair_id)} is not source_id__edit_label"))
        else:
            found += [
                Problem(place, f"{key} is {shortened(row[key])}; the pair_id says {parts[0]!r}")
                for key in ("pair_source_id", "source_id")
                if row.get(key) not in (None, parts[0])
            ]
        if found:
            self.problems += found
            return None
        # A service may answer under a longer name than the one that was asked for.
        model = next((name for name in names if name in self.models), names[0])
        return _Identity(intern(model), str(pair_id), str(role))

    def _path(self, model: str, key: str, row: Mapping[str, Any], named: str) -> str | None:
        """The file in the bundle that a row names under `key`; None where it names none, or it is not there."""
        path = row.get(key)
        if path in (None, ""):
            return None
        which = (model, key, str(path))
        if which not in self._found:
            find = self._texts.find_stage1 if key == "stage1_output_path" else self._texts.find
            self._found[which] = None
            with self._reported(f"{named}: {key}"):
                self._found[which] = find(model, path)
        return self._found[which]

    def _count(self, who: _Identity, step: Any, *, text: bool, stage1: bool, rewrite: bool) -> None:
        key = (who.model, None if step is None else str(step), who.role)
        before = self._counts.get(key, _Count())
        self._counts[key] = _Count(*(n + one for n, one in zip(before, (1, text, stage1, rewrite), strict=True)))

    def _read_raw(
        self, row: Mapping[str, Any], raw: str | None, response: str | None, named: str
    ) -> tuple[str | None, str]:
        """The text of a row without a response, and what is missing where it is None."""
        text = None if row.get("raw_output_path") else response or ""
        if raw is not None:
            with self._reported(f"{named}: raw_output_path"):
                text = self._texts.read(raw)
        return text, "texts"

    def _rewritten(
        self, row: Mapping[str, Any], rewrite: str | None, text: str | None, lacks: str, named: str
    ) -> tuple[str | None, str]:
        """The rewrite of a row of condition D, else its own text, and what is missing where it is None."""
        if rewrite is None:
            bare = text is None or not text.strip()
            return (None, "rewrites") if bare and row.get("stage2_5_rewrite_path") else (text, lacks)
        with self._reported(f"{named}: stage2_5_rewrite_path"):
            output = self._texts.read_rewrite(rewrite)
            return (text, lacks) if output is None else (output, "rewrites")
        return None, "rewrites"

    def _diagnosis(self, stage1: str | None) -> Diagnosis:
        """What the stage-1 text says, each read once."""
        if stage1 is None:
            return STAGE1_MISSING
        if stage1 not in self._diagnoses:
            self._diagnoses[stage1] = STAGE1_MISSING
            with self._reported(""):
                self._diagnoses[stage1] = read_diagnosis(self._texts.read(stage1))
        return self._diagnoses[stage1]

    @contextmanager
    def _reported(self, place: str) -> Iterator[None]:
        """What cannot be read in this block is a problem, and reading goes on after it."""
        try:
            yield
        except BundleError as error:
            self.problems += error.within(place).problems if place else error.problems
