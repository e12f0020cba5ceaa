"""What the calls return: typed entries, flat rows for a data frame, and the output of the command for a reader."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.analysis.explanation import ExplainedMatch, ExplainedReport
from spinefairbench.analysis.noise_floor import NoiseFloorRow
from spinefairbench.analysis.result import CheckResult
from spinefairbench.files.writing import write_json
from spinefairbench.metrics.endpoint import ByEndpoint
from spinefairbench.problems import Problem, as_problem
from spinefairbench.release.scoring import Score
from spinefairbench.release.submission import Submission
from spinefairbench.render.document import Document, json_envelope, text
from spinefairbench.render.fragment import fragment
from spinefairbench.render.values import flattened, printable

__all__ = ["ParseResult", "Result", "ScoreResult"]

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, repr=False, eq=False)
class Result(Generic[_Entry]):
    """What a call found: the result of the command of this name, on a bundle of this kind (None: it read none).

    `variant` says which one of the release it is, None for other bundles.
    """

    command: str
    bundle: str | None
    variant: str | None
    _found: CheckResult

    @property
    def entries(self) -> tuple[_Entry, ...]:
        """The rows as typed values."""
        return self._found.rows

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as flat mappings, the columns of `--format csv`: what a data frame takes."""
        return [flattened(row) for row in self._document.rows]

    @property
    def summary(self) -> Mapping[str, Any]:
        """What is not a row."""
        return self._found.summary

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known to read the rows."""
        return self._found.notes

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Checks that did not hold: faulty rows of the panel, figures that are not the published ones."""
        return tuple(map(as_problem, self._found.problems))

    def to_dict(self) -> dict[str, Any]:
        """What the command prints with `--format json`."""
        return dict(json.loads(json_envelope(self._document)))

    @property
    def _document(self) -> Document:
        return Document(self.command, self.bundle, self._found, variant=self.variant)

    def __repr__(self) -> str:
        """The output of the command."""
        body, _, verdict = text(self._document).rstrip("\n").rpartition("\n")
        problems = [f"problem: {printable(str(problem))}" for problem in self.problems]
        return "\n".join([*problems, body, verdict.replace("on stderr", "above")])

    def _repr_html_(self) -> str:
        """The same as HTML, which a notebook shows."""
        return str(fragment(self._document))


@dataclass(frozen=True, repr=False, eq=False)
class ScoreResult(Result[dict[str, Any]]):
    """A score. `rows` has one, that of table 2; `submission` holds the texts."""

    score: Score
    submission: Submission

    @property
    def endpoints(self) -> ByEndpoint[Estimate]:
        """Both endpoints, `recommendation` and `diagnostic`: the value, its interval, and the adjusted one."""
        return self.score.endpoints

    @property
    def noise_floor(self) -> NoiseFloorRow:
        """F, T and the excess."""
        return self.score.floor

    @property
    def signature(self) -> str:
        """One line that says all that the score depends on; quote it with the numbers."""
        return self.score.signature

    @property
    def comparable_to_panel_scope(self) -> bool:
        """Whether the score is complete and of a scope with a published panel."""
        return self.score.comparable_to_panel_scope

    @property
    def pairs(self) -> Sequence[dict[str, Any]]:
        """A row for each pair: what was found in both reports, and what changed."""
        return list(self.to_dict()["per_pair_results"])

    def to_dict(self) -> dict[str, Any]:
        """The content of the score file."""
        return dict(json.loads(json.dumps(self.score.to_json())))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the score file, over one that is there. Raises OutputError."""
        write_json(Path(path), self.score.to_json())


@dataclass(frozen=True, repr=False, eq=False)
class ParseResult(Result[ExplainedMatch]):
    """How the frozen parser reads one report; `rows` are the terms and cues in it."""

    report: ExplainedReport

    @property
    def response_class(self) -> str:
        """`genuine`, `partial_refusal` or `full_refusal`."""
        return self.report.features.response_class.value

    @property
    def diagnostic_labels(self) -> tuple[str, ...]:
        """The diagnostic labels, as scored."""
        return tuple(self.report.summary["diagnostic_labels"])

    @property
    def recommendations(self) -> tuple[str, ...]:
        """The recommendation categories, as scored."""
        return tuple(self.report.summary["recommendations"])
