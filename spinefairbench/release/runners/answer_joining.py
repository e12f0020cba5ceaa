"""The answers of all files, joined by report; what is no report is kept apart with its reason, and nothing is lost."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from spinefairbench.bundle.reports import GENERATED_ROLE
from spinefairbench.metrics.model_reports import COUNTERFACTUAL_ROLE, ROLES
from spinefairbench.problems import Problem, counted, shortened
from spinefairbench.release.fault_tally import FaultTally
from spinefairbench.release.request_map import Report
from spinefairbench.release.runners.reasoning_blocks import without_reasoning
from spinefairbench.release.runners.runner_report import Failure, FailureKind, RunnerReport

__all__ = ["IMAGES", "AnswerJoiner", "Answered", "Failed", "judged", "words_of"]

IMAGES: Final[Mapping[str, str]] = {**{role: role for role in ROLES}, GENERATED_ROLE: COUNTERFACTUAL_ROLE}
"""What an image of a pair may be called, and its role in a submission."""
_NO_ANSWER: Final = "failed to obtain answer"
_MOST_REPEATS: Final = 1_000_000


class Answered(NamedTuple):
    """A report that was written, and where."""

    text: str
    place: str


class Failed(NamedTuple):
    """Why a report was not written, and where that is said."""

    failure: Failure
    place: str


class AnswerJoiner:
    """Joins the answers of one or more files. Faults go to `faults`; failures are no faults yet, as others may answer.

    `requests` says which report each custom_id asks for; without it, ids that name no report are faults. `pair_fault`
    says why a pair cannot be submitted.
    """

    def __init__(
        self,
        requests: Mapping[str, Report] | None,
        pair_fault: Callable[[str], str | None],
        faults: FaultTally,
    ) -> None:
        self._requests = requests
        self._pair_fault = pair_fault
        self._faults = faults
        self._counts: Counter[str] = Counter()
        self.answered: dict[Report, Answered] = {}
        self._failed: dict[Report, Failed] = {}
        self._blank: dict[Report, Answered] = {}

    def take(self, answers: Iterable[RunnerReport]) -> int:
        """Take every answer of a file and return how many there were."""
        count = 0
        for answer in answers:
            count += 1
            asked = self._report_of(answer)
            fault = asked if isinstance(asked, str) else self._pair_fault(asked.pair_id)
            if isinstance(asked, Report) and fault is None:
                found = judged(answer)
                empty = found.failure is not None and found.failure.kind is FailureKind.EMPTY
                # What failed by the runner's own word, or never ended, is no answer at all.
                self._keep(asked, found, is_blank=empty and answer.failure is None)
            elif fault is not None:
                # Messages hold an id, so what makes faults one kind is what comes before it.
                kind = fault.partition(":")[0] if isinstance(asked, str) else "pair"
                self._faults.add(kind, Problem(answer.place, fault))
        return count

    def keep_blanks(self) -> None:
        """Take the blank answers for reports, where no other answer was given."""
        for report, blank in self._blank.items():
            self.answered.setdefault(report, blank)

    @property
    def unanswered_blanks(self) -> int:
        """How many reports are blank in every answer, and are taken for failures."""
        return sum(report not in self.answered for report in self._blank)

    @property
    def failed(self) -> dict[Report, Failed]:
        """What failed and was answered nowhere."""
        return {report: failed for report, failed in self._failed.items() if report not in self.answered}

    @property
    def notes(self) -> list[str]:
        """What was left out, and what is not known of the answers, a sentence each."""
        again = sum(
            report in self.answered and self.answered[report] != self._blank.get(report) for report in self._failed
        )
        said = {
            "reasoning was left out of {}": self._counts["reasoning"],
            "{} said twice, word for word: taken once": self._counts["twice"],
            "{} failed and answered elsewhere: the answer is taken": again,
            "it is not stated how {} ended: a truncated one would not be noticed": self._counts["unstated"],
        }
        return [sentence.format(counted(number, "report")) for sentence, number in said.items() if number]

    def _keep(self, report: Report, answer: RunnerReport, *, is_blank: bool) -> None:
        if answer.text is None:
            assert answer.failure is not None
            self._failed.setdefault(report, Failed(answer.failure, answer.place))
            if is_blank:
                self._blank.setdefault(report, Answered("", answer.place))
            return
        first = self.answered.get(report)
        if first is None:
            self.answered[report] = Answered(answer.text, answer.place)
            self._counts["reasoning"] += answer.reasoning > 0
            self._counts["unstated"] += not answer.ended
        elif first.text == answer.text:
            self._counts["twice"] += 1
        else:
            said = f"a second {words_of(report)} (another text); the first is at {first.place}"
            self._faults.add("second", Problem(answer.place, said))

    def _report_of(self, answer: RunnerReport) -> Report | str:
        """The report that an answer is of, or why that cannot be told: what is wrong, a colon, and with what."""
        pair_id, image, repeat = answer.pair_id, answer.image, answer.repeat
        name = answer.custom_id
        if pair_id is None and image is None:
            if not isinstance(name, str):
                return f"the id of the request: expected a text, found {shortened(name)}"
            if self._requests is not None and name in self._requests:
                asked = self._requests[name]
                return asked if repeat == 1 else "a second answer to one request: repeats are requests of their own"
            pair_id, image, *more = name.split("|") if 1 <= name.count("|") <= 2 else (name, None)
            if image is None:
                return (
                    f"unknown request: {shortened(name)} names no report; give the folder of `submission requests` with "
                    "--requests, or use ids like pair_id|source and pair_id|counterfactual"
                    if self._requests is None
                    else f"unknown request: {shortened(name)} is not in the map of --requests"
                )
            repeat = more[0] if more else repeat
        number = (
            int(repeat)
            if isinstance(repeat, str) and repeat.isascii() and repeat.isdecimal() and len(repeat) < 8
            else repeat
        )
        if not isinstance(pair_id, str):
            return f"pair_id: expected a text, found {shortened(pair_id)}"
        if not isinstance(image, str) or image not in IMAGES:
            return f"image: expected {' or '.join(ROLES)}, found {shortened(image)}"
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _MOST_REPEATS:
            return f"repeat: expected a whole number from 1, found {shortened(repeat)}"
        return Report(pair_id, IMAGES[image], number)


def words_of(report: Report) -> str:
    """A report as a message names it."""
    again = "" if report.repeat == 1 else f", repeat {report.repeat}"
    return f"{report.image} report of {report.pair_id}{again}"


def judged(answer: RunnerReport) -> RunnerReport:
    """The answer without reasoning; a text that is no report becomes a failure."""
    if answer.failure is not None:
        return answer
    text, blocks, is_unclosed = without_reasoning(answer.text or "")
    failure = None
    if is_unclosed:
        failure = Failure(FailureKind.TRUNCATED, "its reasoning does not end")
    elif not text or text.isspace():
        failure = Failure(FailureKind.EMPTY, "nothing but reasoning" if blocks or answer.reasoning else "it is blank")
    elif text.lstrip()[: len(_NO_ANSWER)].lower() == _NO_ANSWER:
        failure = Failure(FailureKind.ERROR, shortened(text))
    return replace(answer, text=None if failure else text, failure=failure, reasoning=answer.reasoning + blocks)
