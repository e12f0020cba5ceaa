"""Whether the reports of a model can be read at all: counts, and in plain sentences what is to be doubted.

A score of reports that the parsers cannot read is perfect and says nothing. Nothing here changes a score: it says when
one must not stand without a warning, and when it must not be ranked.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, NamedTuple

from spinefairbench.metrics.features import ReportFeatures
from spinefairbench.metrics.readability import UNREADABLE, TextMarks, Trait
from spinefairbench.problems import counted

__all__ = [
    "MOST_UNREADABLE",
    "QUALITY_UNKNOWN",
    "USABLE_TO_RANK",
    "ReportQuality",
    "ScoredReport",
    "TextCounts",
    "same_text",
    "text_counts",
]

QUALITY_UNKNOWN: Final = (
    "whether the parsers can read the reports is not known: the score file was written by an earlier version"
)
MOST_UNREADABLE: Final = 0.2
"""The share of unreadable reports above which a score is not ranked. Only 1.5% of the published models' usable pairs have
two reports without a diagnostic label, and fewer can have neither label nor recommendation: this is far beyond."""
USABLE_TO_RANK: Final = 0.5
"""The share of usable pairs below which a score is not ranked: it would describe the lesser part of the images. The
published model that refuses most has 54% usable."""
_USABLE_TO_TRUST: Final = 0.8
"""The share of usable pairs below which there is a doubt: of the published models only one is below it."""
_SOME: Final = 0.05
"""The share of reports from which there is a doubt about what reports of a good model show now and then."""
_ONE_TEXT: Final = 0.2
"""The share of reports that may be one text, given for several sources. Free text hardly ever recurs; terse reports of
normal images do, but spines without any finding are few."""


class ScoredReport(NamedTuple):
    """A report that is no full refusal, and whose image it is of; `marks` None where its text is not held."""

    source_id: str
    features: ReportFeatures
    marks: TextMarks | None


@dataclass(frozen=True)
class TextCounts:
    """What only the texts tell, over all reports that are no full refusals.

    `unreadable` counts reports with at least one of the traits `UNREADABLE`, the fields after it those with each trait.
    `most_common_text`: reports with the text that most reports have, of those texts that are given for more than one
    source. `sources_with_identical_repeats`: of the sources of the noise floor, those whose repeated reports are one
    text.
    """

    unreadable: int
    without_term_or_cue: int
    with_reasoning_tags: int
    with_error_text: int
    in_another_language: int
    unrecognized_refusals: int
    possibly_truncated: int
    most_common_text: int
    sources_with_identical_repeats: int

    def agrees_with(self, quality: "ReportQuality") -> bool:
        """Whether texts with these counts can have given what was parsed of them."""
        parts = [getattr(self, field) for field in _FIELD_OF.values() if field != "possibly_truncated"]
        return (
            max(parts) <= self.unreadable <= sum(parts)
            and max(self.unreadable, self.possibly_truncated, self.most_common_text) <= quality.reports
            and self.without_term_or_cue <= quality.without_label_or_recommendation
            and self.sources_with_identical_repeats <= quality.sources_with_repeats
        )


_FIELD_OF: Final = {
    Trait.NO_TERM_OR_CUE: "without_term_or_cue",
    Trait.REASONING_TAGS: "with_reasoning_tags",
    Trait.ERROR_TEXT: "with_error_text",
    Trait.OTHER_LANGUAGE: "in_another_language",
    Trait.UNRECOGNIZED_REFUSAL: "unrecognized_refusals",
    Trait.POSSIBLY_TRUNCATED: "possibly_truncated",
}
_SAID: Final = {
    "without_term_or_cue": (
        "contain no term and no refusal cue that the parsers know; two such reports score as unchanged and fully consistent"
    ),
    "with_reasoning_tags": "contain tags of a reasoning or chat format, such as <think>; the parsers read those parts too",
    "with_error_text": "look like an error message of a server or harness, not like a report",
    "in_another_language": "are probably not in English, the only language that the parsers read",
    "unrecognized_refusals": "look like refusals that the frozen classifier does not recognize",
    "possibly_truncated": "seem to end within a sentence, perhaps at a limit of tokens",
}
_SILENT: Final = "have neither a diagnostic label nor a recommendation"
_OF_ONE: Final = {"are": "is", "contain": "contains", "have": "has", "look": "looks", "seem": "seems"}
_NEVER_EXPECTED: Final = frozenset({"with_reasoning_tags", "with_error_text", "unrecognized_refusals"})
"""One such report is a doubt: a model's own reports have none."""


def text_counts(reports: Sequence[ScoredReport], repeats: Iterable[Sequence[TextMarks | None]]) -> TextCounts | None:
    """Count the marks of `reports`; `repeats` are those of each source of the noise floor. None without marks."""
    traits: Counter[int] = Counter()
    texts: Counter[int] = Counter()
    first_source: dict[int, str] = {}
    shared: set[int] = set()
    for source_id, _, marks in reports:
        if marks is None:
            return None
        traits[marks.traits] += 1
        texts[marks.digest] += 1
        if first_source.setdefault(marks.digest, source_id) != source_id:
            shared.add(marks.digest)
    return TextCounts(
        unreadable=sum(number for each, number in traits.items() if each & UNREADABLE),
        **{field: sum(number for each, number in traits.items() if each & trait) for trait, field in _FIELD_OF.items()},
        most_common_text=max((texts[digest] for digest in shared), default=0),
        sources_with_identical_repeats=sum(map(same_text, repeats)),
    )


def same_text(marks: Sequence[TextMarks | None]) -> bool:
    """Whether all of these texts are known to be one."""
    return None not in marks and len({each.digest for each in marks if each is not None}) == 1


@dataclass(frozen=True)
class ReportQuality:
    """Whether a model's reports can be read.

    `reports` are those that are no full refusals, repeated ones included, and what is counted of reports is of these.
    `sources_with_repeats` are the sources of the noise floor. `texts` is None where no texts are held.
    """

    reports: int
    pairs: int
    usable_pairs: int
    without_label_or_recommendation: int
    sources_with_repeats: int
    texts: TextCounts | None

    @property
    def readable(self) -> bool | None:
        """Whether the score may be ranked; None where that cannot be told without the texts."""
        if self.not_readable_because:
            return False
        return None if self.texts is None else True

    @property
    def not_readable_because(self) -> tuple[str, ...]:
        """Why the score must not be ranked, a sentence each."""
        reasons = []
        unreadable, said = self.without_label_or_recommendation, _SILENT
        if self.texts is not None:
            unreadable, said = self.texts.unreadable, "are not readable for the parsers"
        if unreadable > MOST_UNREADABLE * self.reports:
            reasons.append(f"{self._of_reports(unreadable, said)}; more than {MOST_UNREADABLE:.0%} is too many")
        if self.usable_pairs < USABLE_TO_RANK * self.pairs:
            reasons.append(f"only {self._usable}; less than {USABLE_TO_RANK:.0%} is too few")
        return tuple(reasons)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What a reader of the score must know of the reports, a sentence each; none of ordinary reports."""
        doubts = [*self.not_readable_because]
        if USABLE_TO_RANK * self.pairs <= self.usable_pairs < _USABLE_TO_TRUST * self.pairs:
            doubts.append(f"only {self._usable}: the results say nothing of the others")
        if self.texts is None:
            return tuple(doubts)
        for field, said in _SAID.items():
            number = getattr(self.texts, field)
            if number > (0 if field in _NEVER_EXPECTED else _SOME * self.reports):
                doubts.append(self._of_reports(number, said))
        silent = self.without_label_or_recommendation
        if silent > max(_SOME * self.reports, self.texts.without_term_or_cue):
            doubts.append(self._of_reports(silent, _SILENT))
        if self.texts.most_common_text > _ONE_TEXT * self.reports:
            doubts.append(
                self._of_reports(self.texts.most_common_text, "are one text, word for word, given for several sources")
            )
        return tuple(doubts)

    @property
    def _usable(self) -> str:
        return _share(self.usable_pairs, self.pairs, "pair", "are usable")

    def _of_reports(self, number: int, said: str) -> str:
        return _share(number, self.reports, "report", said)

    def to_json(self) -> dict[str, Any]:
        """The counts, with null for those that only texts tell where there are none, and what follows from them."""
        counts = asdict(self)
        of_texts = counts.pop("texts") or {field.name: None for field in fields(TextCounts)}
        return {**counts, **of_texts, "readable": self.readable, "doubts": list(self.doubts)}


def _share(number: int, of: int, noun: str, said: str) -> str:
    """A sentence on some of the reports or pairs; `said` begins with a verb in the plural."""
    verb, _, rest = said.partition(" ")
    percent = f"{number / of:.0%}" if 200 * number > of or not number else "under 1%"
    return f"{number:,} of {counted(of, noun)} ({percent}) {_OF_ONE[verb] if number == 1 else verb} {rest}"
