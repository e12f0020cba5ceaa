"""What the mentions of many reports come to, for the parser audit; of reports on edited images, their language too."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from types import TracebackType
from typing import Final, NamedTuple, Self

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.parallel import OrderedWorkers
from spinefairbench.bundle.reports import GENERATED_ROLE, PanelReports, RetainedRow
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.model_reports import SOURCE_ROLE
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, CategoryMasks, variant_masks
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.report_language import ReportLanguage, read_language

__all__ = ["MentionCollector", "MentionTally", "read_panels_with_mentions"]


class MentionTally(NamedTuple):
    """What mentions are counted by."""

    kind: str
    category: str
    assertion_status: str
    plural: bool


class _Digest(NamedTuple):
    """What one report's mentions come to: its categories under all variants in one integer, and mentions counted."""

    packed_masks: int
    counts: Counter[MentionTally] | None


_LABEL_BITS: Final = len(DIAGNOSTIC_CATEGORIES)
_RECOMMENDATION_BITS: Final = len(RECOMMENDATION_CATEGORIES)
_VARIANT_BITS: Final = _LABEL_BITS + _RECOMMENDATION_BITS


# Kept as tuples, the masks of a whole panel would take a quarter of the memory of the whole command.
def _pack(variants: Sequence[CategoryMasks]) -> int:
    packed = 0
    for place, masks in enumerate(variants):
        packed |= (masks.labels | masks.recommendations << _LABEL_BITS) << place * _VARIANT_BITS
    return packed


def _unpack(packed: int, variant: str) -> CategoryMasks:
    bits = packed >> PARSER_VARIANTS.index(variant) * _VARIANT_BITS
    return CategoryMasks(bits & (1 << _LABEL_BITS) - 1, bits >> _LABEL_BITS & (1 << _RECOMMENDATION_BITS) - 1)


def _digest(text: str) -> _Digest:
    mentions = read_mentions(text)
    counts = Counter(MentionTally(m.kind, m.category, m.assertion_status, m.plural) for m in mentions)
    return _Digest(_pack(variant_masks(mentions)), counts)


def _uncounted_digest(text: str) -> _Digest:
    return _Digest(_pack(variant_masks(read_mentions(text))), None)


def _digests(texts: Sequence[str], *, counted: bool) -> list[_Digest]:
    """The digest of each text; a text that occurs several times is read once."""
    digest = _digest if counted else _uncounted_digest
    known = {text: digest(text) for text in dict.fromkeys(texts)}
    return [known[text] for text in texts]


_Key = tuple[str, str, str]

# Reports that go to a process together. Reading fewer takes less time than starting a process.
_BATCH: Final = 400


class MentionCollector:
    """Reads reports as they pass, in up to `jobs` processes, and keeps what their mentions come to, but no text.

    A context manager: its results are complete when its block has ended. Counting the mentions takes a quarter of the
    time; with `counted` False, `counts_of` has none.
    """

    def __init__(self, jobs: int = 1, *, counted: bool = True) -> None:
        self._counts: dict[str, Counter[MentionTally]] = {}
        self._masks: dict[_Key, int] = {}
        self._same_masks: dict[int, int] = {}
        self._language: dict[str, dict[str, ReportLanguage]] = {}
        self._same_language: dict[ReportLanguage, ReportLanguage] = {}
        self._sent_keys: list[tuple[_Key, ...]] = []
        self._batch: list[tuple[_Key, str]] = []
        self._read = partial(_digests, counted=counted)
        self._workers: OrderedWorkers[Sequence[str], list[_Digest]] = OrderedWorkers(self._read, jobs, self._keep_sent)

    def add(self, model: str, pair_id: str, role: str, text: str) -> None:
        """Take in one report; `role` is that of `bundle.reports`, source or generated."""
        if len(self._batch) == _BATCH:
            keys, texts = self._take_batch()
            self._sent_keys.append(keys)
            self._workers.put(texts)
        self._batch.append(((model, pair_id, role), text))
        if role == GENERATED_ROLE:
            # Read here and not with the mentions: this process would else wait for the others.
            language = read_language(text)
            self._language.setdefault(model, {})[pair_id] = self._same_language.setdefault(language, language)

    def masks(self, model: str, pair_id: str, role: str, variant: str) -> CategoryMasks:
        """The categories of a report under one of `PARSER_VARIANTS`. Raises KeyError if it was not taken in."""
        return _unpack(self._masks[model, pair_id, role], variant)

    def language(self, model: str, pair_id: str) -> ReportLanguage:
        """The language of the report on the edited image of a pair. Raises KeyError if it was not taken in."""
        return self._language[model][pair_id]

    def counts_of(self, model: str) -> Counter[MentionTally]:
        """The mentions in all reports of a model."""
        return self._counts.get(model, Counter())

    def report_counts_of(self, model: str, variant: str) -> Counter[CategoryMasks]:
        """How many reports of a model have which categories under one of `PARSER_VARIANTS`."""
        by_packed = Counter(packed for key, packed in self._masks.items() if key[0] == model)
        result: Counter[CategoryMasks] = Counter()
        for packed, reports in by_packed.items():
            result[_unpack(packed, variant)] += reports
        return result

    def _take_batch(self) -> tuple[tuple[_Key, ...], tuple[str, ...]]:
        keys, texts = zip(*self._batch, strict=True)
        self._batch = []
        return keys, texts

    def _keep_sent(self, digests: list[_Digest]) -> None:
        self._keep(self._sent_keys.pop(0), digests)

    def _keep(self, keys: Sequence[_Key], digests: Sequence[_Digest]) -> None:
        for key, digest in zip(keys, digests, strict=True):
            # Equal integers are kept once: tens of thousands of reports have few different ones.
            self._masks[key] = self._same_masks.setdefault(digest.packed_masks, digest.packed_masks)
            if digest.counts is not None:
                self._counts.setdefault(key[0], Counter()).update(digest.counts)

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)
        if kind is None and self._batch:
            # The last reports are read in this process, so that few of them need no other.
            keys, texts = self._take_batch()
            self._keep(keys, self._read(texts))


def read_panels_with_mentions(
    inputs: Inputs,
    models: Iterable[str] | None,
    of: Collection[str] | None = None,
    roles: Collection[str] = (SOURCE_ROLE, GENERATED_ROLE),
    *,
    counted: bool = True,
) -> tuple[PanelReports, MentionCollector]:
    """The reports of these models (None: all) and, from one reading, the mentions of all or of some of them.

    `roles` are those of the reports whose mentions are wanted, `counted` is as for `MentionCollector`. Raises BundleError or UsageError.
    """
    with MentionCollector(inputs.jobs, counted=counted) as collector:

        def observe(row: RetainedRow) -> None:
            if row.role in roles and (of is None or row.model in of):
                collector.add(row.model, row.pair_id, row.role, row.response)

        panels = inputs.panels_of(models, observe)
    return panels, collector
