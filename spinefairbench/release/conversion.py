"""Convert rows of reports into the results of a submission; whatever does not fit is named with its place."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, BinaryIO, Final, NamedTuple

from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.dataset import passed_pairs
from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.bundle.scopes import scope_pairs
from spinefairbench.errors import SubmissionError
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ROLES
from spinefairbench.problems import Problem, counted, shortened
from spinefairbench.release.report_rows import Row, RowFile, open_rows
from spinefairbench.release.submission import missing_pairs, pair_fault
from spinefairbench.release.templates import GIVEN_COLUMNS

__all__ = ["Conversion", "convert_files", "convert_rows"]

_WIDE: Final = {f"{side}_report": side for side in ROLES}
_LONG: Final = ("role", "report")
_ROLE_OF: Final = {**{role: role for role in ROLES}, GENERATED_ROLE: COUNTERFACTUAL_ROLE}
_REPORT_COLUMNS: Final = frozenset((*_WIDE, *_LONG))
_KNOWN: Final = frozenset({"pair_id", "metadata", *GIVEN_COLUMNS}) | _REPORT_COLUMNS


class Conversion(NamedTuple):
    """What the rows were converted into. `results` holds the pairs that have both reports, sorted by pair.

    `expected_pairs` are the pairs of the scope, None where it has no fixed pairs. `problems` are all the faults; where
    there are any, `results` is incomplete. `notes` say what was guessed and what was left out.
    """

    results: tuple[dict[str, Any], ...]
    expected_pairs: frozenset[str] | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    @property
    def missing_pairs(self) -> list[str]:
        """The pairs of the scope that lack a report, sorted."""
        return missing_pairs(self.expected_pairs, (result["pair_id"] for result in self.results))


class _Pair:
    """What has been read of one pair: the text and place of each side, and what is carried along."""

    def __init__(self) -> None:
        self.reports: dict[str, tuple[str, str]] = {}
        self.carried: dict[str, Any] = {}
        self.unusable: set[str] = set()


class _Joiner:
    """The rows of one or more files, joined by pair; faults go to `problems`, which those who read the files share."""

    def __init__(self, bundle: Bundle, scope: str, problems: list[Problem], *, ignore_extra: bool) -> None:
        self._known = passed_pairs(bundle)
        self._expected = scope_pairs(bundle, scope)
        self._scope = scope
        self._ignore_extra = ignore_extra
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
            if faults:
                self.problems += faults
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
        elif isinstance(fields["role"], str) and fields["role"] in _ROLE_OF:
            role = fields["role"]
            sides = [(_ROLE_OF[role], fields["report"])]
            if _ROLE_OF[role] == COUNTERFACTUAL_ROLE:
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
            elif not text or text.isspace():
                pair.unusable.add(side)
                self._fault(row, f"the {side} report of {pair_id} is blank")
            elif side in pair.reports:
                first, where = pair.reports[side]
                again = "the same text" if first == text else "another text"
                self._fault(row, f"a second {side} report of {pair_id} ({again}); the first is at {where}")
            else:
                pair.reports[side] = (text, row.place)
        self._carry(row, pair)

    def _identity_faults(self, fields: Mapping[str, Any]) -> list[str]:
        pair_id = fields["pair_id"]
        fault = pair_fault(pair_id, self._known, self._expected, self._scope)
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

    def finish(self, notes: Iterable[str] = ()) -> Conversion:
        if len(self._generated) > 1:
            places = ", ".join(f"{role!r} at {place}" for role, place in self._generated.items())
            said = f"the edited image's report is given two role names ({places}); use one"
            self.problems.append(Problem("mixed roles", said))
        results = []
        for pair_id in sorted(self._pairs):
            pair = self._pairs[pair_id]
            for side, other in (ROLES, ROLES[::-1]):
                if other in pair.reports and side not in pair.reports and side not in pair.unusable:
                    where = pair.reports[other][1]
                    said = f"the {side} report is missing; the {other} report is at {where}"
                    self.problems.append(Problem(pair_id, said))
            if len(pair.reports) == 2:
                texts = {name: pair.reports[side][0] for name, side in _WIDE.items()}
                results.append({"pair_id": pair_id, **texts, **pair.carried})
        ignored = [f"ignored because of --ignore-extra: {', '.join(self._extra)}"] if self._extra else []
        return Conversion(tuple(results), self._expected, tuple(self.problems), (*notes, *ignored))


def convert_files(
    paths: Iterable[str],
    bundle: Bundle,
    scope: str,
    *,
    ignore_extra: bool = False,
    standard_input: BinaryIO | None = None,
) -> Conversion:
    """Join the rows of all files by pair; `-` stands for `standard_input`. Raises BundleError.

    A file that cannot be read to its end is one problem among the others, so that one run tells them all.
    """
    joiner = _Joiner(bundle, scope, [], ignore_extra=ignore_extra)
    notes = []
    for path in paths:
        try:
            with open_rows(path, joiner.problems, standard_input) as file:
                count = joiner.take(file)
                notes.append(f"{file.name}: read as {file.description}, {counted(count, 'row')}")
                if not count and not joiner.problems:
                    joiner.problems.append(Problem(file.name, "no rows"))
        except SubmissionError as error:
            joiner.problems += error.problems
    return joiner.finish(notes)


def convert_rows(file: RowFile, bundle: Bundle, scope: str, problems: list[Problem]) -> Conversion:
    """Do as `convert_files` does with one open file; `problems` is the list that it was opened with. Raises BundleError."""
    joiner = _Joiner(bundle, scope, problems, ignore_extra=False)
    joiner.take(file)
    return joiner.finish()
