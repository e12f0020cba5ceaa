"""Which reader's label of one file is which of another: found from the answers, never from the labels themselves."""

from collections.abc import Mapping
from dataclasses import dataclass

from spinefairbench.bundle.reader_records import Answers
from spinefairbench.problems import counted

__all__ = ["LabelMatch", "match_labels"]

_MOST_LABELS = 20


@dataclass(frozen=True)
class LabelMatch:
    """Which label of `other` each label of `file` is, by the same answers to `questions` on `cases`.

    `label_of` is None where that cannot be told, which `reason` explains; `contradicted` where no label fits.
    """

    file: str
    other: str
    questions: tuple[str, ...]
    cases: int
    label_of: dict[str, str] | None
    reason: str | None = None
    contradicted: bool = False

    def sentence(self) -> str:
        """What was found, in words."""
        if self.label_of is None:
            found = "no label fits" if self.contradicted else "cannot be told"
            return f"reader labels of {self.file} and {self.other}: {found} ({self.reason})"
        by = f"by {', '.join(self.questions) or 'the pairs shown'} on {counted(self.cases, 'case')} each"
        moved = [f"{own} is {other}" for own, other in self.label_of.items() if own != other]
        if not moved:
            return f"reader labels: all labels of {self.file} agree with those of {self.other} ({by})"
        stay = [own for own, other in self.label_of.items() if own == other]
        same = f"; {', '.join(stay)} {'is' if len(stay) == 1 else 'are'} the same in both" if stay else ""
        return f"reader labels: of {self.file} {' and '.join(moved)} of {self.other}{same} ({by})"


def match_labels(
    file: str,
    own: Mapping[str, Answers],
    other_file: str,
    other: Mapping[str, Answers],
    *,
    lacking: str | None = None,
    by_pairs: bool = False,
) -> LabelMatch:
    """Match two sets of labels. One fits another where each of its cases is there too, with the same answers.

    The answers compared are those to the questions that both have, in words that both use; with `by_pairs` the cases alone may do. `lacking` says
    why one of them could not be read.
    """
    answers_of, answers_there = _answers_by_question(own), _answers_by_question(other)
    questions = tuple(sorted(q for q, given in answers_of.items() if given & answers_there.get(q, set())))
    cases = max(map(len, own.values()), default=0)

    def told(label_of: dict[str, str] | None, reason: str | None = None, *, contradicted: bool = False) -> LabelMatch:
        return LabelMatch(file, other_file, questions, cases, label_of, reason, contradicted)

    if lacking is not None:
        return told(None, lacking)
    if not cases or not other:
        return told(None, "one of them has no cases")
    if max(len(own), len(other)) > _MOST_LABELS:
        return told(None, f"one of them has more than {_MOST_LABELS} labels")
    if not questions and not by_pairs:
        return told(None, "no question has its answers in both")
    fitting = {
        label: [name for name, there in other.items() if _fits(answers, there, questions)]
        for label, answers in own.items()
    }
    for label, names in fitting.items():
        if not names:
            return told(None, _nearest(label, own[label], other, questions), contradicted=True)
    for label, names in fitting.items():
        if len(names) > 1:
            return told(None, f"{label} fits {' and '.join(names)}, whose answers are the same")
    label_of = {label: names[0] for label, names in fitting.items()}
    if len(set(label_of.values())) < len(label_of):
        return told(None, "two labels have the same answers, and fit one")
    return told(label_of)


def _answers_by_question(by_label: Mapping[str, Answers]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for answers in by_label.values():
        for given in answers.values():
            for question, answer in given.items():
                found.setdefault(question, set()).add(answer)
    return found


def _fits(own: Answers, other: Answers, questions: tuple[str, ...]) -> bool:
    return all(
        pair_id in other and all(given.get(q) == other[pair_id].get(q) for q in questions)
        for pair_id, given in own.items()
    )


def _nearest(label: str, own: Answers, other: Mapping[str, Answers], questions: tuple[str, ...]) -> str:
    """How far the nearest label is from one that none fits."""

    def differing(there: Answers) -> int:
        return sum(
            len(questions) or 1
            if pair_id not in there
            else sum(given.get(q) != there[pair_id].get(q) for q in questions)
            for pair_id, given in own.items()
        )

    nearest = min(other, key=lambda name: differing(other[name]))
    compared = len(own) * (len(questions) or 1)
    return f"{label} is nearest to {nearest}, with {differing(other[nearest]):,} of {counted(compared, 'answer')} different"
