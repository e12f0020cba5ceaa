"""Predictions of VLMEvalKit: the rows of the data set with a column more, as TSV or as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import Failure, FailureKind, RunnerReport

__all__ = ["recognizes", "reports"]


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is one of such a file."""
    return "index" in sample and "prediction" in sample


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers. The report is named by the columns `pair_id` and `role`, or else by `index` (`pair_id|role`)."""
    for row in rows:
        fields = row.fields
        prediction = fields.get("prediction")
        failure = None if isinstance(prediction, str) else Failure(FailureKind.EMPTY, "no prediction")
        name = (
            {"pair_id": fields["pair_id"], "image": fields.get("role")}
            if "pair_id" in fields
            else {"custom_id": fields.get("index")}
        )
        yield RunnerReport(
            row.place,
            None if failure else prediction,
            failure,
            **name,
            repeat=fields.get("repeat", 1),
            reasoning=bool(fields.get("thinking")),
            ended=False,
        )
