"""What was asked for and is no report: listed by pair, counted by reason."""

from collections import Counter
from functools import cached_property
from typing import Final

from spinefairbench.problems import Problem, counted
from spinefairbench.release.blank_reports import blank_advice
from spinefairbench.release.request_map import Report
from spinefairbench.release.row_joining import RowJoiner
from spinefairbench.release.runners.answer_joining import AnswerJoiner, Failed, words_of
from spinefairbench.release.runners.runner_report import Failure, FailureKind

__all__ = ["FailedReports"]

_MOST_LISTED: Final = 20


class FailedReports:
    """The reports that failed, and those whose pair has the other report only, where a runner wrote it."""

    def __init__(self, answers: AnswerJoiner, rows: RowJoiner) -> None:
        self._answers = answers
        self._rows = rows

    @cached_property
    def reports(self) -> dict[Report, Failed]:
        """{report: why there is none}, sorted."""
        failed = {
            report: why
            for report, why in self._answers.failed.items()
            if report.repeat > 1 or not self._rows.has(report.pair_id, report.image)
        }
        for pair_id, image in self._rows.pairs_of_one_report:
            [other] = [each for each in ("source", "counterfactual") if each != image]
            report, answered = Report(pair_id, image, 1), self._answers.answered.get(Report(pair_id, other, 1))
            if answered is not None and report not in failed:
                why = Failure(FailureKind.UNANSWERED, f"only the {other} report is there")
                failed[report] = Failed(why, answered.place)
        return dict(sorted(failed.items()))

    @property
    def explained(self) -> list[tuple[str, str]]:
        """The (pair, image) of which it is known why there is no report."""
        return [(report.pair_id, report.image) for report in self.reports if report.repeat == 1]

    def told(self, *, allow_partial: bool, missing: str | None) -> list[Problem]:
        """The first of them, each with its place, and the counts of all by reason; nothing where there are none.

        `missing` is the file to which the requests still to be made are written.
        """
        if not self.reports:
            return []
        listed = [
            Problem(place, f"no {words_of(report)}: {failure.kind.value} ({failure.detail})")
            for report, (failure, place) in list(self.reports.items())[:_MOST_LISTED]
        ]
        counts = Counter(failed.failure.kind for failed in self.reports.values())
        by_reason = ", ".join(f"{number:,} {kind.value}" for kind, number in counts.most_common())
        more = len(self.reports) - len(listed)
        first = f"; the first {len(listed)} are listed" if more else ""
        if allow_partial:
            advice = "left out, with their pairs"
        else:
            to_ask = "--missing FILE writes the requests" if missing is None else f"{missing} has the requests"
            advice = f"{to_ask} still to be made; --allow-partial leaves their pairs out"
            if blank := self._answers.unanswered_blanks:
                advice += f"; {blank_advice(blank)}"
        said = f"{counted(len(self.reports), 'report')} missing ({by_reason}){first}; {advice}"
        return [*listed, Problem("", said)]
