"""The requests that are still to be made: lines of the request files where there are any, else what to ask for."""

import json
from collections.abc import Iterable
from pathlib import Path

from spinefairbench.files.writing import write_whole
from spinefairbench.release.request_map import Report, RequestMap
from spinefairbench.release.request_parts import copy_requests

__all__ = ["write_missing_requests"]


def write_missing_requests(path: Path, reports: Iterable[Report], requests: RequestMap | None) -> None:
    """Write a line for each report: its request, or `pair_id`, `image` and `repeat` without a folder of requests.

    Raises SubmissionError where a request cannot be read, OutputError.
    """
    if requests is not None:
        custom_ids = {report: custom_id for custom_id, report in requests.by_custom_id.items()}
        copy_requests(requests, [custom_ids[report] for report in reports], path)
        return
    with write_whole(path) as handle:
        handle.writelines(json.dumps(report._asdict()) + "\n" for report in reports)
