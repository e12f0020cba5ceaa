"""What the mentions of many reports come to, for the parser audit; of reports on edited images, their language too."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Final, NamedTuple, Self, get_args

from spinefairbench.bundle.reports import GENERATED_ROLE, RetainedRow
from spinefairbench.metrics.advice import Section
from spinefairbench.metrics.assertion import AssertionStatus
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.letters import with_like_digits
from spinefairbench.metrics.mentions import mentions_of
from spinefairbench.metrics.model_reports import SOURCE_ROLE
from spinefairbench.metrics.parser_variants import variant_bits
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.remembering import RememberedTexts, remembered
from spinefairbench.metrics.report_language import ReportLanguage, read_language
from spinefairbench.metrics.sentences import lines_of
from spinefairbench.metrics.term_sentences import read_line, terms_of
from spinefairbench.parallel import OrderedWorkers

__all__ = ["EDITED_MENTIONS", "MentionCollector", "MentionReader", "MentionTally", "ReportDigest"]


class MentionTally(NamedTuple):
    """What mentions are counted by."""

    kind: str
    category: str
    assertion_status: str
    plural: bool


class ReportDigest(NamedTuple):
    """What is kept of a report: its `variant_bits`, its mentions as numbers in `_TALLIES`, its language.

    `mentions` is None where they are not counted, `language` where it is not wanted.
    """

    bits: int
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


def _of_line(under_heading: bool, line: str) -> tuple[int, bytes, bool]:
    """The `variant_bits` of the mentions of a line, their numbers in `_TALLIES`, and what the next line stands under.

    `under_heading`: the line stands under a heading that says that everything is recommended.
    """
    sentences, last = read_line(line)
    bits = 0
    numbers = b""
    for text, _, _, section in sentences:
        own_bits, own_numbers = _SENTENCES[_recommends(section, under_heading)][text]
        bits |= own_bits
        numbers += own_numbers
    return bits, numbers, _recommends(last, under_heading)


def _of_sentence(under_heading: bool, sentence: str) -> tuple[int, bytes]:
    """The `variant_bits` of the mentions of a sentence, and their numbers in `_TALLIES`."""
    mentions = mentions_of(sentence, terms_of(sentence), under_heading=under_heading)
    return variant_bits(mentions), bytes(
        [_NUMBER_OF[m.kind, m.category, m.assertion_status, m.plural] for m in mentions]
    )


# Models say the same of one picture after another, and headings and whole lines are the same in most reports.
_SENTENCES: Final = tuple(
    RememberedTexts(partial(_of_sentence, under_heading), most=1 << 13, longest=400) for under_heading in (False, True)
)
_LINES: Final = tuple(
    RememberedTexts(partial(_of_line, under_heading), most=1 << 14, longest=400) for under_heading in (False, True)
)


def _recommends(section: Section | None, under_heading: bool) -> bool:
    return under_heading if section is None else section.recommending_heading is not None


@remembered(most=1024, longest=1 << 14)
def _bits_and_numbers(text: str) -> tuple[int, bytes]:
    bits = 0
    numbers = []
    under_heading = False
    for line in lines_of(with_like_digits(text)):
        own_bits, own_numbers, under_heading = _LINES[under_heading][line]
        if own_numbers:
            bits |= own_bits
            numbers.append(own_numbers)
    return bits, b"".join(numbers)


@dataclass(frozen=True)
class MentionReader:
    """What the mentions and the language of a report come to.

    It reads reports of the models `of` (None: all) with one of the `roles`. With `counted` False, its mentions are not
    counted. Language is that of reports on edited images alone.
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
        bits, numbers = _bits_and_numbers(text)
        return ReportDigest(bits, numbers if self.counted else None, language)

    def read_all(self, rows: Sequence[RetainedRow]) -> list[ReportDigest | None]:
        """The digests of several reports."""
        return list(map(self, rows))


# Reports that go to a process together. Reading fewer takes less time than starting a process.
_BATCH: Final = 400


class MentionCollector:
    """Keeps what the mentions of reports come to, but no text.

    It is given digests, or texts to read in up to `jobs` processes. A context manager: its results are complete when
    its block has ended.
    """

    def __init__(self, jobs: int = 1) -> None:
        self._numbers: dict[str, bytearray] = {}
        self._bits: dict[str, dict[str, dict[str, int]]] = {}
        self._same_bits: dict[int, int] = {}
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
        bits, numbers, language = digest
        # Equal values are kept once: tens of thousands of reports have few different ones.
        by_role = self._bits.setdefault(model, {})
        by_role.setdefault(role, {})[pair_id] = self._same_bits.setdefault(bits, bits)
        if numbers is not None:
            self._numbers.setdefault(model, bytearray()).extend(numbers)
        if language is not None:
            self._language.setdefault(model, {})[pair_id] = self._same_language.setdefault(language, language)

    def bits(self, model: str, role: str, pair_ids: Sequence[str]) -> list[int]:
        """The `variant_bits` of the report of each pair that has this role. Raises KeyError if one was not taken in."""
        if not pair_ids:
            return []
        return list(map(self._bits[model][role].__getitem__, pair_ids))

    def language(self, model: str, pair_id: str) -> ReportLanguage:
        """The language of the report on the edited image of a pair. Raises KeyError if it was not taken in."""
        return self._language[model][pair_id]

    def counts_of(self, model: str) -> Counter[MentionTally]:
        """The mentions in all reports of a model."""
        return Counter({_TALLIES[number]: count for number, count in Counter(self._numbers.get(model, b"")).items()})

    def bits_of_all(self, model: str) -> list[int]:
        """The `variant_bits` of all reports of a model."""
        return [bits for of_role in self._bits.get(model, {}).values() for bits in of_role.values()]

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
