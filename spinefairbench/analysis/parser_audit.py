"""What the frozen parsers do not see: plurals, negation, and whether a recommendation is one.

The endpoints are computed again under other readings of the same mentions: with the plural forms, with negation, with
both, and with the strict registry. This is an audit of the parser, never a score: the frozen reading is the only one
that is published. The rules are those of `metrics.mention_rules`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, NamedTuple

from spinefairbench.analysis.estimates import DIFFERENCE, Interval, Sample, Steps, adjustment_notes, together
from spinefairbench.analysis.noise_floor import FloorSubject
from spinefairbench.analysis.parallel import OrderedWorkers
from spinefairbench.analysis.result import CheckResult
from spinefairbench.analysis.table2 import FROZEN_ITERATIONS, FROZEN_SEED
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.features import label_names, recommendation_names
from spinefairbench.metrics.mention_rules import RULES_VERSION, rules_sha256
from spinefairbench.metrics.mentions import Mention, features_of_mentions, read_mentions
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.metrics.registry import registries_sha256
from spinefairbench.statistics.clusters import ClusterTotals
from spinefairbench.statistics.exact import UNITS
from spinefairbench.version import __version__

__all__ = [
    "READINGS",
    "CategoryAuditRow",
    "MentionCollector",
    "MentionRow",
    "ReadingRow",
    "audit_signature",
    "category_rows",
    "mentions_of_text",
    "parser_audit",
    "reading_rows",
    "reading_steps",
]

READINGS: Final = ("frozen", "plural_aware", "negation_aware", "both", "strict")
"""The readings, in the order of `AuditFeatures`."""
NOT_A_SCORE: Final = "an audit of the parser, not a score: only the frozen reading is published and compared"
_LABEL_BITS: Final = len(DIAGNOSTIC_CATEGORIES)
_ADVICE_BITS: Final = len(RECOMMENDATION_CATEGORIES)
_READING_BITS: Final = _LABEL_BITS + _ADVICE_BITS
_NO_FINDING: Final = 1 << DIAGNOSTIC_CATEGORIES.index("No finding")
# Reports that go to a process together.
_BATCH: Final = 200

Key = tuple[str, str, str]
"""Model, pair and role of a report."""
Masks = tuple[int, int]
"""Labels and recommendations of one report under one reading, as bits."""


@dataclass(frozen=True)
class ReadingRow:
    """The endpoints of one model under one reading, and how far they moved from the frozen one.

    A shift is the mean of the paired differences over usable pairs, its interval resamples sources; both None for the
    frozen reading itself. `pairs_recommendation_verdict_changed` counts pairs that changed under one of the two
    readings and not under the other. Ranks are among the models audited together, 1 the least change and the most
    consistency; None with one model.
    """

    model: str
    reading: str
    usable_pairs: int
    recommendation_change: float | None
    recommendation_shift: float | None
    recommendation_shift_ci95: Interval | None
    recommendation_rank: int | None
    pairs_recommendation_verdict_changed: int
    diagnostic_consistency: float | None
    diagnostic_shift: float | None
    diagnostic_shift_ci95: Interval | None
    diagnostic_rank: int | None
    pairs_diagnostic_value_changed: int
    adjusted_ci95: Mapping[str, Interval] | None
    adjustment_reason: str | None


@dataclass(frozen=True)
class CategoryAuditRow:
    """How one model's mentions of one category are meant, over all its reports.

    `mentions` counts places in texts, plural forms too, and is the sum of the readings; `missed_plurals` those that
    the frozen registry does not see. `contradictions` counts reports that say No finding beside this category under
    the frozen reading (for No finding itself: beside any finding), `contradictions_both` under the reading `both`.
    """

    model: str
    kind: str
    category: str
    mentions: int
    affirmed: int
    negated: int
    uncertain: int
    recommended: int
    descriptive: int
    missed_plurals: int
    contradictions: int
    contradictions_both: int


@dataclass(frozen=True)
class MentionRow:
    """One mention in a text, at its place in it; `cue` is the phrase that decided on its reading."""

    kind: str
    category: str
    term: str
    start: int
    end: int
    reading: str
    plural: bool
    cue: str | None


def audit_signature() -> str:
    """What the figures of a parser audit depend on, in one line."""
    parts = {
        "audit": "spinefairbench-parser",
        "rules": f"{RULES_VERSION}#{rules_sha256()[:8]}",
        "registry": registries_sha256()[:8],
        "v": __version__,
    }
    return "|".join(f"{key}:{value}" for key, value in parts.items())


# --- reading reports -------------------------------------------------------------------------------------------


class _Digest(NamedTuple):
    """What a report's mentions come to: the masks of all readings in one integer, and the mentions counted."""

    masks: int
    counts: Counter[tuple[str, str, str, bool]]


def _digest(text: str) -> _Digest:
    mentions = read_mentions(text)
    packed = 0
    for place, masks in enumerate(features_of_mentions(mentions)):
        packed |= (masks.labels | masks.recommendations << _LABEL_BITS) << place * _READING_BITS
    return _Digest(packed, Counter((m.kind, m.category, m.reading, m.plural) for m in mentions))


def _digests(texts: tuple[str, ...]) -> list[_Digest]:
    # A model that decodes deterministically gives the same text again and again.
    known: dict[str, _Digest] = {}
    result = []
    for text in texts:
        found = known.get(text)
        if found is None:
            found = known[text] = _digest(text)
        result.append(found)
    return result


def _unpacked(packed: int, reading: int) -> Masks:
    bits = packed >> reading * _READING_BITS
    return bits & (1 << _LABEL_BITS) - 1, bits >> _LABEL_BITS & (1 << _ADVICE_BITS) - 1


class MentionCollector:
    """Reads texts as they pass, in `jobs` processes, and keeps what their mentions come to; no text is kept.

    A context manager: what was found may be asked for when its block has ended.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.counts: dict[str, Counter[tuple[str, str, str, bool]]] = {}
        self._masks: dict[Key, int] = {}
        self._one_of: dict[int, int] = {}
        self._keys: list[tuple[Key, ...]] = []
        self._batch: list[tuple[Key, str]] = []
        self._spread: OrderedWorkers[tuple[str, ...], list[_Digest]] = OrderedWorkers(_digests, jobs, self._keep)

    def add(self, model: str, pair_id: str, role: str, text: str) -> None:
        """Takes one report in."""
        self._batch.append(((model, pair_id, role), text))
        if len(self._batch) == _BATCH:
            self._send()

    def _send(self) -> None:
        keys, texts = zip(*self._batch, strict=True)
        self._batch = []
        self._keys.append(keys)
        self._spread.put(texts)

    def _keep(self, digests: list[_Digest]) -> None:
        for key, digest in zip(self._keys.pop(0), digests, strict=True):
            # Equal integers are kept once: tens of thousands of reports say few different things.
            self._masks[key] = self._one_of.setdefault(digest.masks, digest.masks)
            self.counts.setdefault(key[0], Counter()).update(digest.counts)

    def masks(self, model: str, pair_id: str, role: str, reading: int) -> Masks:
        """Labels and recommendations of a report under one of `READINGS`."""
        return _unpacked(self._masks[model, pair_id, role], reading)

    def reports_of(self, model: str) -> list[int]:
        """The packed masks of every report of a model."""
        return [packed for key, packed in self._masks.items() if key[0] == model]

    def __enter__(self) -> "MentionCollector":
        self._spread.__enter__()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None and self._batch:
            self._send()
        self._spread.__exit__(kind, error, trace)


# --- endpoints under each reading ------------------------------------------------------------------------------


class _Values(NamedTuple):
    """Per usable pair: whether recommendations changed, and the diagnostic Jaccard in units of 1/UNITS."""

    ids: list[str]
    changed: list[int]
    jaccard: list[int]


def _values(subject: FloorSubject, collector: MentionCollector, reading: int, roles: tuple[str, str]) -> _Values:
    ids, changed, jaccard = [], [], []
    for pair in subject.pairs:
        # Which pairs are usable is decided by the refusal classes, which no reading of mentions touches.
        if ResponseClass.FULL_REFUSAL in (pair.source.response_class, pair.counterfactual.response_class):
            continue
        first, second = (collector.masks(subject.model, pair.pair_id, role, reading) for role in roles)
        ids.append(pair.source_id)
        changed.append(int(first[1] != second[1]))
        jaccard.append(jaccard_units(first[0], second[0]))
    return _Values(ids, changed, jaccard)


def _shift(values: Sequence[int], frozen: Sequence[int], ids: Sequence[str], scale: int) -> Sample:
    if not ids:
        return Sample(None, DIFFERENCE)
    differences = [now - before for now, before in zip(values, frozen, strict=True)]
    return Sample(ClusterTotals.from_units(differences, ids, scale), DIFFERENCE)


def reading_rows(
    subjects: Sequence[FloorSubject],
    collector: MentionCollector,
    *,
    roles: tuple[str, str] = ("source", "generated"),
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> list[ReadingRow]:
    """Each subject under each of `READINGS`; `roles` names its source and edited reports in the collector."""
    steps = reading_steps(subjects, collector, roles=roles)
    [rows] = together([steps], iterations=iterations, seed=seed, progress=progress)
    return list(rows)


def reading_steps(
    subjects: Sequence[FloorSubject],
    collector: MentionCollector,
    *,
    roles: tuple[str, str] = ("source", "generated"),
) -> Steps[list[ReadingRow]]:
    """`reading_rows` as steps."""
    all_values = [[_values(subject, collector, at, roles) for at in range(len(READINGS))] for subject in subjects]
    samples = []
    for frozen, *others in all_values:
        for values in others:
            samples.append(_shift(values.changed, frozen.changed, values.ids, 1))
            samples.append(_shift(values.jaccard, frozen.jaccard, values.ids, UNITS))
    found = iter((yield samples))
    rows = []
    for subject, readings in zip(subjects, all_values, strict=True):
        frozen = readings[0]
        for name, values in zip(READINGS, readings, strict=True):
            n = len(values.ids)
            change, jaccard = (None, None) if name == "frozen" else (next(found), next(found))
            both = {"recommendation": change, "diagnostic": jaccard}
            adjusted = {key: e.adjusted_ci95 for key, e in both.items() if e is not None and e.adjusted_ci95}
            rows.append(
                ReadingRow(
                    model=subject.model,
                    reading=name,
                    usable_pairs=n,
                    recommendation_change=sum(values.changed) / n if n else None,
                    recommendation_shift=change.value if change else None,
                    recommendation_shift_ci95=change.ci95 if change else None,
                    recommendation_rank=None,
                    pairs_recommendation_verdict_changed=_differing(values.changed, frozen.changed),
                    diagnostic_consistency=sum(values.jaccard) / (n * UNITS) if n else None,
                    diagnostic_shift=jaccard.value if jaccard else None,
                    diagnostic_shift_ci95=jaccard.ci95 if jaccard else None,
                    diagnostic_rank=None,
                    pairs_diagnostic_value_changed=_differing(values.jaccard, frozen.jaccard),
                    adjusted_ci95=adjusted or None,
                    adjustment_reason=next(
                        (e.adjustment_reason for e in both.values() if e and e.adjustment_reason), None
                    ),
                )
            )
    return _ranked(rows) if len(subjects) > 1 else rows


def _differing(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(one != other for one, other in zip(first, second, strict=True))


def _ranked(rows: Sequence[ReadingRow]) -> list[ReadingRow]:
    """The rows with their ranks among those of the same reading; ties share the better rank."""

    def values(reading: str, key: str) -> list[float]:
        found = (getattr(row, key) for row in rows if row.reading == reading)
        return [value for value in found if value is not None]

    return [
        replace(
            row,
            recommendation_rank=None
            if row.recommendation_change is None
            else 1 + sum(v < row.recommendation_change for v in values(row.reading, "recommendation_change")),
            diagnostic_rank=None
            if row.diagnostic_consistency is None
            else 1 + sum(v > row.diagnostic_consistency for v in values(row.reading, "diagnostic_consistency")),
        )
        for row in rows
    ]


def changed_pairs(
    subject: FloorSubject,
    collector: MentionCollector,
    reading: str = "both",
    roles: tuple[str, str] = ("source", "generated"),
) -> list[dict[str, Any]]:
    """The pairs whose recommendation verdict is another under `reading` than under the frozen one."""
    at = READINGS.index(reading)
    rows = []
    for pair in subject.pairs:
        if ResponseClass.FULL_REFUSAL in (pair.source.response_class, pair.counterfactual.response_class):
            continue
        frozen, other = (
            [collector.masks(subject.model, pair.pair_id, role, place)[1] for role in roles] for place in (0, at)
        )
        changed = [int(one != two) for one, two in (frozen, other)]
        if changed[0] != changed[1]:
            rows.append({"pair_id": pair.pair_id, "changed_frozen": changed[0], f"changed_{reading}": changed[1]})
    return rows


# --- categories ------------------------------------------------------------------------------------------------


def category_rows(model: str, collector: MentionCollector) -> list[CategoryAuditRow]:
    """The mentions of every category in all reports of a model."""
    counts = collector.counts.get(model, Counter())
    reports = Counter(collector.reports_of(model))
    rows = []
    categories = [("diagnostic", name) for name in DIAGNOSTIC_CATEGORIES]
    categories += [("recommendation", name) for name in RECOMMENDATION_CATEGORIES]
    for kind, category in categories:
        by_reading: Counter[str] = Counter()
        plurals = 0
        for (its_kind, its_category, reading, plural), times in counts.items():
            if (its_kind, its_category) == (kind, category):
                by_reading[reading] += times
                plurals += times * plural
        frozen, both = (_contradictions(reports, kind, category, READINGS.index(name)) for name in ("frozen", "both"))
        rows.append(
            CategoryAuditRow(
                model=model,
                kind=kind,
                category=category,
                mentions=by_reading.total(),
                affirmed=by_reading["affirmed"],
                negated=by_reading["negated"],
                uncertain=by_reading["uncertain"],
                recommended=by_reading["recommended"],
                descriptive=by_reading["descriptive"],
                missed_plurals=plurals,
                contradictions=frozen,
                contradictions_both=both,
            )
        )
    return rows


def _contradictions(reports: Mapping[int, int], kind: str, category: str, reading: int) -> int:
    if kind != "diagnostic":
        return 0
    bit = 1 << DIAGNOSTIC_CATEGORIES.index(category)
    found = 0
    for packed, times in reports.items():
        labels = _unpacked(packed, reading)[0]
        beside = labels & ~_NO_FINDING if bit == _NO_FINDING else labels & bit
        found += times * bool(labels & _NO_FINDING and beside)
    return found


# --- the command -----------------------------------------------------------------------------------------------


def parser_audit(
    subjects: Sequence[FloorSubject],
    collector: MentionCollector,
    *,
    problems: Iterable[str] = (),
    iterations: int = FROZEN_ITERATIONS,
    seed: int = FROZEN_SEED,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Models under each reading as rows; `categories`, `ranking_changes` and, of one model, `changed_pairs`."""
    rows = reading_rows(subjects, collector, iterations=iterations, seed=seed, progress=progress)
    found = list(problems)
    found += [f"{row.model}: no usable pair" for row in rows if row.reading == "frozen" and not row.usable_pairs]
    summary: dict[str, Any] = {
        "signature": audit_signature(),
        "rules_version": RULES_VERSION,
        "rules_sha256": rules_sha256(),
        "categories": [asdict(row) for subject in subjects for row in category_rows(subject.model, collector)],
    }
    notes = [NOT_A_SCORE]
    if len(subjects) > 1:
        summary["ranking_changes"] = _ranking_changes(rows)
    elif subjects:
        summary["changed_pairs"] = changed_pairs(subjects[0], collector)
    notes.append("a plural-aware reading alone can be further from what was meant: it finds negated plurals too")
    notes.append("shift intervals are unadjusted: each holds at 95 % on its own")
    with_adjusted = [e for row in rows for e in _adjusted_parts(row)]
    notes += adjustment_notes(with_adjusted)
    return CheckResult(tuple(rows), summary, tuple(found), notes=tuple(notes))


class _AdjustedPart(NamedTuple):
    adjusted_ci95: Interval | None
    adjustment_reason: str | None


def _adjusted_parts(row: ReadingRow) -> list[_AdjustedPart]:
    if row.reading == "frozen":
        return []
    return [
        _AdjustedPart((row.adjusted_ci95 or {}).get(key), row.adjustment_reason)
        for key in ("recommendation", "diagnostic")
    ]


def _ranking_changes(rows: Sequence[ReadingRow]) -> dict[str, Any]:
    """For each reading but the frozen one, whether the models are ranked as under the frozen one."""
    ranks = {(row.reading, row.model): (row.recommendation_rank, row.diagnostic_rank) for row in rows}
    changes: dict[str, Any] = {}
    for reading in READINGS[1:]:
        moved = [
            [
                model
                for its_reading, model in ranks
                if its_reading == reading and ranks[reading, model][at] != ranks["frozen", model][at]
            ]
            for at in (0, 1)
        ]
        changes[reading] = {"recommendation_change": moved[0], "diagnostic_consistency": moved[1]}
    return changes


def mentions_of_text(text: str) -> CheckResult:
    """The mentions of one text as rows, and its categories under each reading."""
    mentions = read_mentions(text)
    features = features_of_mentions(mentions)
    summary: dict[str, Any] = {"signature": audit_signature()}
    for name, masks in zip(READINGS, features, strict=True):
        summary[name] = {
            "diagnostic_labels": list(label_names(masks.labels)),
            "recommendations": list(recommendation_names(masks.recommendations)),
        }
    return CheckResult(tuple(map(_mention_row, mentions)), summary, notes=(NOT_A_SCORE,))


def _mention_row(mention: Mention) -> MentionRow:
    cue = None if mention.cue is None else mention.cue.text
    return MentionRow(
        mention.kind, mention.category, mention.term, mention.start, mention.end, mention.reading, mention.plural, cue
    )
