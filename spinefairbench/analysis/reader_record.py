"""What the reader study's record says of itself: whose labels are whose, a column left blank, and a figure gone stale."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from spinefairbench.analysis.reader_labels import LabelMatch, match_labels
from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reader_records import PER_REVIEWER, read_combined, read_per_reviewer, read_repeat_records
from spinefairbench.errors import ErrorCollector
from spinefairbench.problems import TOLERANCE, Problem, differs

__all__ = ["ReaderLabels", "StatedFigure", "erratum_problems", "find_labels", "stated_ac1"]

_OWN: Final = PER_REVIEWER
_COMBINED: Final = layout.PAIR_RESULTS.rpartition("/")[2]
_NUMBER: Final = re.compile(r"-?[01]?\.\d{1,20}")
_SUBJECT_KEYS: Final = ("question", "measure", "metric", "name", "id")
_DEEPEST: Final = 20
_LONGEST: Final = 60


@dataclass(frozen=True)
class ReaderLabels:
    """How the labels of the readers' own files relate to those of the other files.

    `combined` is about the answers of all readers to the main cases, `detectability` about q4 alone, `repeats` about
    the hidden repeats. The counts are of rows, by label.
    """

    combined: LabelMatch
    detectability: LabelMatch
    repeats: LabelMatch
    main_responses: int
    repeats_of_each: dict[str, int]

    @property
    def matches(self) -> tuple[LabelMatch, ...]:
        """All of them."""
        return self.combined, self.detectability, self.repeats

    @property
    def not_told(self) -> str | None:
        """Why it cannot be told whose labels are whose in the main cases."""
        match = self.combined
        return None if match.contradicted else match.reason

    @property
    def problems(self) -> list[Problem]:
        """Answers that contradict each other whatever the labels mean: the same people answered the same questions."""
        return [Problem("", match.sentence()) for match in (self.combined, self.repeats) if match.contradicted]

    @property
    def notes(self) -> list[str]:
        """What was found, in words."""
        return [match.sentence() for match in self.matches if not match.contradicted]


def find_labels(bundle: Bundle) -> ReaderLabels:
    """Compare the readers' own files with the files that hold all readers. Raises BundleError."""
    collector = ErrorCollector()
    own = collector.get(read_per_reviewer, bundle)
    combined = collector.get(read_combined, bundle, layout.PAIR_RESULTS)
    detectability = collector.get(read_combined, bundle, layout.DETECTABILITY)
    repeats = collector.get(read_repeat_records, bundle)
    collector.raise_if_any()
    assert own is not None and combined is not None and detectability is not None and repeats is not None
    every = layout.DETECTABILITY.rpartition("/")[2]
    shown_again = layout.HIDDEN_REPEATS.rpartition("/")[2]
    return ReaderLabels(
        match_labels(_OWN, own.main, _COMBINED, combined.main, lacking=own.lacking or combined.lacking),
        match_labels(_OWN, own.main, every, detectability.main, lacking=own.lacking or detectability.lacking),
        match_labels(
            shown_again, repeats.repeats, _OWN, own.repeats, lacking=own.lacking or repeats.lacking, by_pairs=True
        ),
        sum(map(len, combined.main.values())),
        {label: len(cases) for label, cases in sorted(repeats.repeats.items())},
    )


@dataclass(frozen=True)
class StatedFigure:
    """A figure that the validation report states, under its JSON path, and what the rows give."""

    path: str
    stated: float
    recomputed: float
    stale: bool

    @property
    def note(self) -> str:
        """What is wrong with a stale figure, in words."""
        return (
            f"{layout.VALIDATION_REPORT}: {self.path} says {self.stated:g}, which is stale: the rows give "
            f"{self.recomputed!r} (no failure: nothing was computed from it)"
        )


def stated_ac1(report: Any, recomputed: float | None) -> list[StatedFigure]:
    """Every number of the validation report under keys that name q2 and AC1; stale where it is not `recomputed`, rounded.

    The figure's place in the report is not known, so it is looked for everywhere.
    """
    if recomputed is None:
        return []
    return [
        StatedFigure(path, number, recomputed, stale=differs(number, recomputed, 0.5 * 10.0**-places + TOLERANCE))
        for path, number, places in _numbers(report)
    ]


def _numbers(report: Any) -> Iterator[tuple[str, float, int]]:
    """(path, number, decimals) under keys that name both; an object may also say which question it is about."""
    waiting: list[tuple[Any, tuple[str, ...], str]] = [(report, (), "")]
    while waiting:
        value, path, named = waiting.pop()
        if len(path) > _DEEPEST:
            continue
        if isinstance(value, dict):
            about = " ".join(str(value[key])[:_LONGEST] for key in _SUBJECT_KEYS if key in value)
            waiting += [
                (item, (*path, key[:_LONGEST]), f"{named} {about} {key[:_LONGEST]}".lower())
                for key, item in value.items()
            ]
        elif isinstance(value, list):
            waiting += [(item, (*path, str(number)), named) for number, item in enumerate(value)]
        elif "ac1" in named and ("q2" in named or "preservation" in named):
            text = repr(value) if isinstance(value, float) else value
            if isinstance(text, str) and _NUMBER.fullmatch(text):
                yield ".".join(path), float(text), len(text.partition(".")[2])


def erratum_problems(
    published: Figures, labels: ReaderLabels, stated: list[StatedFigure], events: int
) -> list[Problem]:
    """Compare what was found with the published erratum of the record."""
    problems = published.expect("combined_main_responses", labels.main_responses, place=layout.PAIR_RESULTS)
    problems += published.expect("per_reviewer_events", events)
    place = "reader labels"
    if labels.combined.label_of is not None:
        name = f"what the labels of {_OWN} are in {_COMBINED}"
        problems += published.expect("combined_label_of", labels.combined.label_of, name=name, place=place)
    of_repeats = labels.repeats.label_of
    if of_repeats is not None and any(own != other for own, other in of_repeats.items()):
        said = f"the hidden repeats have other labels than {_OWN} ({of_repeats}); they were published to have the same"
        problems.append(Problem(place, said))
    for figure in stated:
        if figure.stale:
            problems += published.expect(
                "stale_q2_gwet_ac1", figure.stated, TOLERANCE, name=figure.path, place=layout.VALIDATION_REPORT
            )
    return problems
