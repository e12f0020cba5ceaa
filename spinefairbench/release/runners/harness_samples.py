"""Samples of lmms-eval and lm-eval: the raw responses of the model, which no filter has changed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spinefairbench.problems import shortened
from spinefairbench.release.report_rows import Row
from spinefairbench.release.runners.runner_report import Failure, FailureKind, RunnerReport, within

__all__ = ["recognizes", "reports"]


def recognizes(sample: Mapping[str, Any]) -> bool:
    """Whether a row is a line of such a file."""
    return "doc_id" in sample and ("resps" in sample or "filtered_resps" in sample)


def reports(rows: Iterable[Row]) -> Iterator[RunnerReport]:
    """The answers. A line may have several, which repeat its request.

    lmms-eval leaves `resps` out where `filtered_resps` are the same. lm-eval writes a line for each filter, all with
    the same `resps`. The report is named by `target`, or by what lm-eval keeps of the row of the data set.
    """
    for row in rows:
        fields = row.fields
        texts = _texts(fields["resps"] if fields.get("resps") is not None else fields.get("filtered_resps"))
        name: dict[str, Any]
        if within(fields, "doc", "pair_id") is not None:
            image = within(fields, "doc", "image") if within(fields, "doc", "role") is None else fields["doc"]["role"]
            name = {"pair_id": fields["doc"]["pair_id"], "image": image}
        else:
            name = {"custom_id": fields.get("target")}
        if not texts:
            said = f"resps: expected a text, found {shortened(fields.get('resps', fields.get('filtered_resps')))}"
            yield RunnerReport(row.place, None, Failure(FailureKind.EMPTY, said), **name, ended=False)
        for number, text in enumerate(texts, 1):
            yield RunnerReport(row.place, text, None, **name, repeat=number, ended=False)


def _texts(value: Any) -> tuple[str, ...]:
    """The texts of `[[text, …]]`, `[text, …]` or a text; empty for anything else."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return ()
