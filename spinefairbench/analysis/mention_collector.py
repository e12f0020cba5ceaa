"""What the mentions of many reports come to, for the parser audit; of reports on edited images, their language too."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Final, NamedTuple, Self, get_args

from spinefairbench.bundle.reports import GENERATED_ROLE, RetainedRow
from spinefairbench.metrics.assertion import AssertionStatus
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.model_reports import SOURCE_ROLE
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, CategoryMasks, variant_masks
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.remembering import remembered
from spinefairbench.metrics.report_language import ReportLanguage, read_language
from spinefairbench.parallel import OrderedWorkers

__all__ = ["EDITED_MENTIONS", "MentionCollector", "MentionReader", "MentionTally", "ReportDigest"]


class MentionTally(NamedTuple):
    """What mentions are counted by."""

    kind: str
    category: str
    assertion_status: str
    plural: bool


class ReportDigest(NamedTuple):
    """What is kept of a report: its categories under all variants, its mentions as numbers in `_TALLIES`, its language.

    `packed_masks` is one integer. `mentions` is None where they are not counted, `language` where it is not wanted.
    """

    packed_masks: int
    mentions: bytes | None
    language: ReportLanguage | None


_CATEGORIES: Final = {"diagnostic": DIAGNOSTIC_CATEGORIES, "recommendation": RECOMMENDATION_CATEGORIES}
_TALLIES: Final = tuple(
    MentionTally(kind, category, status, plural)
    for kind, categories in _CATEGORIES.items()
    for category in categories
    for status in get_args(AssertionStatus)
    for plural in (False, True)
)
_NUMBER_OF: Final[dict[tuple[str, str, str, bool], int]] = {tally: number for number, tally in enumerate(_TALLIES)}
_LABEL_BITS: Final = len(DIAGNOSTIC_CATEGORIES)
_RECOMMENDATION_BITS: Final = len(RECOMMENDATION_CATEGORIES)
_VARIANT_BITS: Final = _LABEL_BITS + _RECOMMENDATION_BITS


# Kept as tuples, the masks of a whole panel would take a quarter of the memory of the whole command.
def _pack(variants: Sequence[CategoryMasks]) -> int:
    packed = 0
    for place, masks in enumerate(variants):
        packed |= (masks.labels | masks.recommendations << _LABEL_BITS) << place * _VARIANT_BITS
    return packed


# Tens of thousands of reports have few different masks.
@lru_cache(maxsize=1 << 14)
def _unpack(packed: int, variant: str) -> CategoryMasks:
    bits = packed >> PARSER_VARIANTS.index(variant) * _VARIANT_BITS
    return CategoryMasks(bits & (1 << _LABEL_BITS) - 1, bits >> _LABEL_BITS & (1 << _RECOMMENDATION_BITS) - 1)


@remembered(most=1024, longest=1 << 14)
def _masks_and_numbers(text: str, counted: bool) -> tuple[int, bytes | None]:
    mentions = read_mentions(text)
    numbers = [_NUMBER_OF[m.kind, m.category, m.assertion_status, m.plural] for m in mentions] if counted else None
    return _pack(variant_masks(mentions)), None if numbers is None else bytes(numbers)


@dataclass(frozen=True)
class MentionReader:
    """What the mentions and the language of a report come to.

    It reads reports of the models `of` (None: all) with one of the `roles`. Counting the mentions takes a part of the
    time; with `counted` False, there are no counts. Language is that of reports on edited images alone.
    """

    of: frozenset[str] | None = None
    roles: frozenset[str] = frozenset({SOURCE_ROLE, GENERATED_ROLE})
    counted: bool = True

    def __call__(self, row: RetainedRow) -> ReportDigest | None:
        """The digest of one report, None if it is not to be read."""
        if row.role not in self.roles or not (self.of is None or row.model in self.of):
            return None
        text = row.response
        # Language first: the words of the text that was parsed last are still known.
        language = read_language(text) if row.role == GENERATED_ROLE else None
        return ReportDigest(*_masks_and_numbers(text, self.counted), language)

    def read_all(self, rows: Sequence[RetainedRow]) -> list[ReportDigest | None]:
        """The digests of several reports."""
        return list(map(self, rows))


_Key = tuple[str, str, str]

# Reports that go to a process together. Reading fewer takes less time than starting a process.
_BATCH: Final = 400


class MentionCollector:
    """Keeps what the mentions of reports come to, but no text.

    It is given digests, or texts to read in up to `jobs` processes. A context manager: its results are complete when
    its block has ended.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._numbers: dict[str, Counter[int]] = {}
        self._masks: dict[_Key, int] = {}
        self._same_masks: dict[int, int] = {}
        self._language: dict[str, dict[str, ReportLanguage]] = {}
        self._same_language: dict[ReportLanguage, ReportLanguage] = {}
        self._sent: list[Sequence[RetainedRow]] = []
        self._batch: list[RetainedRow] = []
        self._read = MentionReader().read_all
        self._workers: OrderedWorkers[Sequence[RetainedRow], list[ReportDigest | None]] = OrderedWorkers(
            self._read, jobs, self._keep_sent
        )

    def add(self, model: str, pair_id: str, role: str, text: str) -> None:
        """Take in one report; `role` is that of `bundle.reports`, source or generated."""
        if len(self._batch) == _BATCH:
            # The texts are not needed here any more.
            self._sent.append([row._replace(response="") for row in self._batch])
            self._workers.put(self._batch)
            self._batch = []
        self._batch.append(RetainedRow(model, pair_id, role, text))

    def keep(self, model: str, pair_id: str, role: str, digest: ReportDigest | None) -> None:
        """Take in what a `MentionReader` made of one report."""
        if digest is None:
            return
        packed, numbers, language = digest
        # Equal values are kept once: tens of thousands of reports have few different ones.
        self._masks[model, pair_id, role] = self._same_masks.setdefault(packed, packed)
        if numbers is not None:
            self._numbers.setdefault(model, Counter()).update(numbers)
        if language is not None:
            self._language.setdefault(model, {})[pair_id] = self._same_language.setdefault(language, language)

    def masks(self, model: str, pair_id: str, role: str, variant: str) -> CategoryMasks:
        """The categories of a report under one of `PARSER_VARIANTS`. Raises KeyError if it was not taken in."""
        return _unpack(self._masks[model, pair_id, role], variant)

    def language(self, model: str, pair_id: str) -> ReportLanguage:
        """The language of the report on the edited image of a pair. Raises KeyError if it was not taken in."""
        return self._language[model][pair_id]

    def counts_of(self, model: str) -> Counter[MentionTally]:
        """The mentions in all reports of a model."""
        return Counter({_TALLIES[number]: count for number, count in self._numbers.get(model, Counter()).items()})

    def report_counts_of(self, model: str, variant: str) -> Counter[CategoryMasks]:
        """How many reports of a model have which categories under one of `PARSER_VARIANTS`."""
        by_packed = Counter(packed for key, packed in self._masks.items() if key[0] == model)
        result: Counter[CategoryMasks] = Counter()
        for packed, reports in by_packed.items():
            result[_unpack(packed, variant)] += reports
        return result

    def _keep_sent(self, digests: list[ReportDigest | None]) -> None:
        self._keep_all(self._sent.pop(0), digests)

    def _keep_all(self, rows: Sequence[RetainedRow], digests: Sequence[ReportDigest | None]) -> None:
        for row, digest in zip(rows, digests, strict=True):
            self.keep(*row[:3], digest)

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)
        if kind is None and self._batch:
            # The last reports are read in this process, so that few of them need no other.
            self._keep_all(self._batch, self._read(self._batch))
            self._batch = []


EDITED_MENTIONS: Final = MentionReader(roles=frozenset({GENERATED_ROLE}), counted=False)
"""Reads what `disparity` needs."""
