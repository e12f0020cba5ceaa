"""Plain rows of reports, joined by pair; whatever does not fit is named with its place."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.errors import SubmissionError
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ROLES
from spinefairbench.metrics.refusal_detector import is_blank
from spinefairbench.problems import Problem, shortened
from spinefairbench.release.blank_reports import blank_advice
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.report_rows import Row, RowFile
from spinefairbench.release.runners.answer_joining import IMAGES
from spinefairbench.release.submission import pair_fault
from spinefairbench.release.templates import GIVEN_COLUMNS

__all__ = ["RowJoiner"]

_WIDE: Final = {f"{side}_report": side for side in ROLES}
_LONG: Final = ("role", "report")
_REPORT_COLUMNS: Final = frozenset((*_WIDE, *_LONG))
_KNOWN: Final = frozenset({"pair_id", "metadata", *GIVEN_COLUMNS}) | _REPORT_COLUMNS


class _Pair:
    """What has been read of one pair: the text and place of each side, and what is carried along."""

    def __init__(self) -> None:
        self.reports: dict[str, tuple[str, str]] = {}
        self.carried: dict[str, Any] = {}
        self.unusable: set[str] = set()


class RowJoiner:
    """The rows of one or more files, joined by pair; faults go to `problems`, which those who read the files share.

    `expected` are the pairs of the scope, None where it has no fixed pairs. `blank_as_refusal`: a blank text is a report.
    Raises BundleError.
    """

    def __init__(
        self, bundle: Bundle, scope: str, problems: list[Problem], *, ignore_extra: bool, blank_as_refusal: bool = False
    ) -> None:
        self.expected = scope_pairs(bundle, scope)
        self._known = passed_pairs(bundle)
        self._scope = scope
        self._ignore_extra = ignore_extra
        self._blank_as_refusal = blank_as_refusal
        self._blank = 0
        self._faults = FaultTally(problems)
        self._pairs: dict[str, _Pair] = {}
        self._extra: dict[str, None] = {}
        self._generated: dict[str, str] = {}
        self.problems = problems

    def take(self, file: RowFile) -> int:
        """Take every row of a file and return how many there were. Raises SubmissionError after too many problems."""
        if file.document is not None:
            raise SubmissionError(Problem(file.name, "one JSON object (a submission?); expected rows of reports"))
        if file.columns is not None:
            faults = self._field_faults(f"{file.name}: the header", file.columns)
            if faults:
                self.problems += faults
                return 0
        layout: str | None = None
        count = 0
        for row in file.rows:
            count += 1
            faults = self._field_faults(row.place, row.fields) if file.columns is None else []
            for fault in faults:
                self._faults.add(fault.message, fault, most=1)
            if faults:
                continue
            found = "long" if "role" in row.fields else "wide"
            layout = layout or found
            if found == layout:
                self._row(row)
            else:
                self._fault(row, f"a {found} row; the first row of this file is {layout}")
        return count

    def _fault(self, row: Row, message: str) -> None:
        self.problems.append(Problem(row.place, message))

    def _field_faults(self, place: str, fields: Collection[str]) -> list[Problem]:
        """Fields that are missing, unknown, or of both layouts at once."""
        faults = [] if "pair_id" in fields else ["pair_id is missing"]
        wide = [name for name in _WIDE if name in fields]
        long = [name for name in _LONG if name in fields]
        if wide and long:
            faults.append(
                f"{wide[0]} and {long[0]} in one row; expected either both reports or one report and its role"
            )
        elif len(wide) == 1 or len(long) == 1:
            given, wanted = (wide, _WIDE) if wide else (long, _LONG)
            faults += [f"{name} is missing beside {given[0]}" for name in wanted if name not in given]
        elif not wide and not long:
            faults.append(f"no reports; expected {' and '.join(_WIDE)}, or {' and '.join(_LONG)}")
        extra = sorted(name for name in fields if name not in _KNOWN)
        if extra and self._ignore_extra:
            self._extra.update(dict.fromkeys(extra))
        elif extra:
            shown = ", ".join(map(repr, extra[:10]))[:200]
            expected = ", ".join(sorted(_KNOWN))
            faults.append(f"unknown {shown}; expected {expected} (use --ignore-extra to ignore it)")
        return [Problem(place, fault) for fault in faults]

    def _row(self, row: Row) -> None:
        fields = row.fields
        pair_id = fields["pair_id"]
        faults = self._identity_faults(fields)
        sides: list[tuple[str, Any]]
        if "role" not in fields:
            sides = [(side, fields[name]) for name, side in _WIDE.items()]
        elif isinstance(fields["role"], str) and fields["role"] in IMAGES:
            role = fields["role"]
            sides = [(IMAGES[role], fields["report"])]
            if IMAGES[role] == COUNTERFACTUAL_ROLE:
                self._generated.setdefault(role, row.place)
        else:
            faults.append(f"role: expected source or counterfactual, found {shortened(fields['role'])}")
        for fault in faults:
            self._fault(row, fault)
        if faults:
            return
        pair = self._pairs.setdefault(pair_id, _Pair())
        for side, text in sides:
            if not isinstance(text, str):
                pair.unusable.add(side)
                self._fault(row, f"the {side} report of {pair_id}: expected a text, found {shortened(text)}")
            elif is_blank(text) and not self._blank_as_refusal:
                pair.unusable.add(side)
                self._blank += 1
                self._fault(row, f"the {side} report of {pair_id} is blank")
            else:
                self._add(pair, pair_id, side, text, row.place)
        self._carry(row, pair)

    def _add(self, pair: _Pair, pair_id: str, side: str, text: str, place: str) -> None:
        if side in pair.reports:
            first, where = pair.reports[side]
            again = "the same text" if first == text else "another text"
            said = f"a second {side} report of {pair_id} ({again}); the first is at {where}"
            self.problems.append(Problem(place, said))
        else:
            pair.reports[side] = (text, place)

    def _identity_faults(self, fields: Mapping[str, Any]) -> list[str]:
        pair_id = fields["pair_id"]
        fault = self.pair_fault(pair_id)
        if fault is not None:
            return [fault]
        return [
            f"{name} is {shortened(fields[name])}; the pair_id says {own!r}"
            for name, own in zip(("source_id", "edit_label"), parts_of(pair_id), strict=True)
            if fields.get(name) not in (None, "", own)
        ]

    def _carry(self, row: Row, pair: _Pair) -> None:
        """Keep what a result of a submission may hold beside its reports."""
        metadata = row.fields.get("metadata")
        if metadata in (None, ""):
            return
        if not isinstance(metadata, dict):
            self._fault(row, f"metadata: expected an object, found {shortened(metadata)}")
        elif pair.carried.setdefault("metadata", metadata) != metadata:
            self._fault(row, f"the metadata of {row.fields['pair_id']} differs from that in its other row")

    def pair_fault(self, pair_id: Any) -> str | None:
        """Why a pair cannot be submitted, None where it can."""
        return pair_fault(pair_id, self._known, self.expected, self._scope)

    def has(self, pair_id: str, side: str) -> bool:
        """Whether there is a report of this image of a pair."""
        return pair_id in self._pairs and side in self._pairs[pair_id].reports

    def add(self, pair_id: str, side: str, text: str, place: str) -> None:
        """Add a report of a pair that can be submitted, which no row holds."""
        self._add(self._pairs.setdefault(pair_id, _Pair()), pair_id, side, text, place)

    def without_report(self, pair_id: str, side: str) -> None:
        """Do not say that a report is missing: it is known why."""
        self._pairs.setdefault(pair_id, _Pair()).unusable.add(side)

    @property
    def pairs_of_one_report(self) -> list[tuple[str, str]]:
        """The pairs of which one image has no report, nor an unusable one: (pair, that image), sorted by pair."""
        return [
            (pair_id, side)
            for pair_id, pair in sorted(self._pairs.items())
            for side, other in (ROLES, ROLES[::-1])
            if other in pair.reports and side not in pair.reports and side not in pair.unusable
        ]

    @property
    def notes(self) -> list[str]:
        """What was left out, a sentence each."""
        return [f"ignored because of --ignore-extra: {', '.join(self._extra)}"] if self._extra else []

    def finish(self) -> list[dict[str, Any]]:
        """The results of the pairs that have both reports, sorted by pair; what was not told before goes to `problems`."""
        self._faults.close()
        if self._blank:
            self.problems.append(Problem("", blank_advice(self._blank)))
        if len(self._generated) > 1:
            places = ", ".join(f"{role!r} at {place}" for role, place in self._generated.items())
            said = f"the edited image's report is given two role names ({places}); use one"
            self.problems.append(Problem("mixed roles", said))
        for pair_id, side in self.pairs_of_one_report:
            [(other, (_, where))] = self._pairs[pair_id].reports.items()
            self.problems.append(Problem(pair_id, f"the {side} report is missing; the {other} report is at {where}"))
        return [
            {"pair_id": pair_id, **{name: pair.reports[side][0] for name, side in _WIDE.items()}, **pair.carried}
            for pair_id, pair in sorted(self._pairs.items())
            if len(pair.reports) == len(ROLES)
        ]
