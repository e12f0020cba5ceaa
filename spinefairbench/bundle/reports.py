"""The saved reports of the two main panels, read as a stream: kept as features, or the texts of chosen pairs.

For features, a report's text is parsed when its row is read and not kept: what stays in memory of each report is two
bit masks, a response class, and the marks of its text.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any, Final, NamedTuple, TypeVar

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import parts_of
from spinefairbench.bundle.panel_pairs import listed_pairs, panel_rows
from spinefairbench.bundle.panel_rows import (
    GENERATED_ROLE,
    ROLES,
    KeptRow,
    RetainedRow,
    RowReader,
    checked_row,
    duplicate,
    read_rows,
)
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files.json_input import iter_json_array
from spinefairbench.metrics.features import ReportFeatures, extract_features
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.readability import TextMarks, read_report
from spinefairbench.metrics.refusal_detector import ResponseClass
from spinefairbench.problems import Problem

__all__ = [
    "GENERATED_ROLE",
    "Observer",
    "PairTexts",
    "PanelReports",
    "RetainedRow",
    "common_core_sources",
    "find_pair",
    "panel_models",
    "read_pair_texts",
    "read_panels",
    "select_models",
]

_Made = TypeVar("_Made")
# The size of a file, in bytes, from which several processes read it faster than one; a fourth of it with an observer.
_WORTH_PROCESSES: Final = 12_000_000


class PanelReports(NamedTuple):
    """The models in the order of the panel manifests; every fault of the rows, a sentence each."""

    models: tuple[ModelReports, ...]
    problems: tuple[Problem, ...]


class PairTexts(NamedTuple):
    """Both reports of a pair, as written."""

    source: str
    counterfactual: str


class Observer(NamedTuple):
    """What else is wanted of the texts as they pass: `take` is given what `read` makes of each row, in their order.

    A row is read once, where its text is, which may be another process: `read` and what it returns must be picklable.
    """

    read: Callable[[RetainedRow], Any]
    take: Callable[[str, str, str, Any], None]
    """Called with the model, the pair, the role and what `read` returned."""


def common_core_sources(bundle: Bundle) -> frozenset[str]:
    """Read the sources of the common core. Raises BundleError."""
    return frozenset(bundle.strings(layout.COMMON_CORE_SUBSET, "source_ids"))


def panel_models(bundle: Bundle) -> dict[str, str]:
    """Read {model: panel} in the order of the two panel manifests. Raises BundleError."""
    models: dict[str, str] = {}
    for panel in layout.MAIN_PANELS:
        name = layout.panel_manifest(panel)
        for model in bundle.strings(name, "models"):
            if model in models:
                raise BundleError(Problem(name, f"the model {model} is in both panels"))
            models[model] = panel
    if not models:
        raise BundleError("the panel manifests list no models")
    return models


def select_models(models: Mapping[str, str], selected: Iterable[str] | None) -> dict[str, str]:
    """Keep the `selected` models of {model: panel}, or all where None. Raises UsageError for an unknown name."""
    if selected is None:
        return dict(models)
    wanted = list(selected)
    unknown = [name for name in wanted if name not in models]
    if unknown:
        raise UsageError([f"unknown model {name!r}; this bundle has {', '.join(models) or 'none'}" for name in unknown])
    return {name: panel for name, panel in models.items() if name in wanted}


def read_panels(
    bundle: Bundle,
    selected: Iterable[str] | None = None,
    *,
    marks: bool = True,
    observer: Observer | None = None,
    progress: Callable[[str, int], None] | None = None,
    jobs: int = 1,
) -> PanelReports:
    """Read the reports of the selected models (default: of all) in up to `jobs` processes.

    `marks`: whether those of the texts are wanted, which take a fifth of the time. The `observer` sees every row that
    is kept, so that the files need not be read a second time for the texts. `progress` is told the panel and the number
    of rows read. Faulty pairs are left out of the result and
    named in its `problems`. Raises BundleError where a file is missing or unreadable, UsageError for an unknown
    model.
    """
    core = common_core_sources(bundle)
    all_models = panel_models(bundle)
    chosen = select_models(all_models, selected)
    problems: list[Problem] = []
    unreadable: list[Problem] = []
    by_model: dict[str, ModelReports] = {}
    for panel in layout.MAIN_PANELS:
        names = [name for name, its_panel in chosen.items() if its_panel == panel]
        if not names:
            continue
        try:
            expected = _panel_pairs(bundle, panel, core, problems)
            rows = _PanelRows(panel, names, [m for m, p in all_models.items() if p == panel])
            concerned = _Concerned(frozenset(names), rows.known)
            reader = RowReader(concerned, core, _ReportReader(marks, observer.read if observer else None))
            rows.read(bundle, reader, problems, progress, observer, jobs)
            by_model |= rows.finish(expected, problems)
        except BundleError as error:
            unreadable += error.problems
    if unreadable:
        raise BundleError([*unreadable, *problems])
    return PanelReports(tuple(by_model[name] for name in chosen), tuple(problems))


def _panel_pairs(bundle: Bundle, panel: str, core: frozenset[str], problems: list[Problem]) -> frozenset[str]:
    """The pairs that every model of a panel must have."""
    rows = panel_rows(bundle, panel, problems)
    problems += [
        Problem(row.place, f"the source {row.source_id} is outside the common core")
        for row in rows
        if row.source_id not in core
    ]
    counts = Counter(listed_pairs(bundle, rows))
    name = layout.panel_pairs(panel)
    problems += [Problem(name, f"duplicate pair_id {pair_id}") for pair_id, count in counts.items() if count > 1]
    return frozenset(counts)


def _sound_rows(
    bundle: Bundle,
    panel: str,
    panel_models: Collection[str],
    reader: RowReader[_Made],
    *,
    problems: list[Problem],
    faulty: set[tuple[str, str]],
    progress: Callable[[str, int], None] | None,
    jobs: int = 1,
    least_bytes: int = 0,
) -> Iterator[KeptRow[_Made]]:
    """The rows of a panel in which nothing is wrong, each report once: where it is repeated, the first one counts.

    What is wrong with a row goes to `problems`, and the (model, pair_id) of one that is faulty in itself to `faulty`.
    `progress` is told the panel and the number of rows read.
    """
    file = layout.evaluation_results(panel)
    seen: set[tuple[str, str, str]] = set()
    for number, found in read_rows(bundle, file, reader, jobs, least_bytes):
        if progress is not None and number % 500 == 0:
            progress(panel, number)
        if found is None:
            continue
        if not isinstance(found, KeptRow):
            checked = checked_row(found, f"{file}: row {number}", reader.core)
            assert isinstance(checked, list)
            problems += checked
            faulty.add((str(found.get("model")), str(found.get("pair_id"))))
        elif found.model not in panel_models:
            said = f"the model {found.model} is not in the panel manifest"
            problems.append(Problem(f"{file}: row {number}", said))
        elif (key := found[:3]) in seen:
            problems.append(duplicate(found, f"{file}: row {number}"))
        else:
            seen.add(key)
            yield found


@dataclass(frozen=True)
class _Concerned:
    """Whether a row is of a selected model, or of none that belongs to its panel."""

    selected: frozenset[str]
    panel_models: frozenset[str]

    def __call__(self, row: Mapping[str, Any]) -> bool:
        model = row.get("model")
        return not isinstance(model, str) or model in self.selected or model not in self.panel_models


class _Read(NamedTuple):
    """What is kept of a report."""

    features: ReportFeatures
    marks: TextMarks | None


_ReadFields = tuple[tuple[ResponseClass, int, int], tuple[int, int, int, int] | None, Any]
"""The fields of the features and of the marks of a report, and what an observer made of it.

They often come from another process, and plain tuples take a fifth of the time that named ones take on the way.
"""


@dataclass(frozen=True)
class _ReportReader:
    """Reads the text of a report, with its marks if `marks`, for an observer too if there is one."""

    marks: bool
    observe: Callable[[RetainedRow], Any] | None

    def __call__(self, row: RetainedRow) -> _ReadFields:
        features, marks = read_report(row.response) if self.marks else (extract_features(row.response), None)
        observed = None if self.observe is None else self.observe(row)
        return features[:], None if marks is None else marks[:], observed


class _PanelRows:
    """The rows of one panel file, grouped by model and pair."""

    def __init__(self, panel: str, selected: list[str], panel_models: list[str]) -> None:
        self.panel = panel
        self.file = layout.evaluation_results(panel)
        self.known = frozenset(panel_models)
        self.sides: dict[str, dict[str, list[_Read | None]]] = {name: {} for name in selected}
        self.faulty: set[tuple[str, str]] = set()
        # Equal features are held once, whichever process has found them.
        self._features = lru_cache(maxsize=None)(ReportFeatures)

    def read(
        self,
        bundle: Bundle,
        reader: RowReader[_ReadFields],
        problems: list[Problem],
        progress: Callable[[str, int], None] | None,
        observer: Observer | None,
        jobs: int,
    ) -> None:
        for model, pair_id, role, (features, marks, observed) in _sound_rows(
            bundle,
            self.panel,
            self.known,
            reader,
            problems=problems,
            faulty=self.faulty,
            progress=progress,
            jobs=jobs,
            least_bytes=_WORTH_PROCESSES if observer is None else _WORTH_PROCESSES // 4,
        ):
            both = self.sides[model].setdefault(intern(pair_id), [None, None])
            both[ROLES.index(role)] = _Read(self._features(*features), None if marks is None else TextMarks(*marks))
            if observer is not None:
                observer.take(model, pair_id, role, observed)

    def finish(self, expected: frozenset[str], problems: list[Problem]) -> dict[str, ModelReports]:
        """The complete pairs of each model; what is missing or unexpected goes to `problems`."""
        result: dict[str, ModelReports] = {}
        for model, pairs in self.sides.items():
            complete = []
            for pair_id in sorted(pairs):
                source, counterfactual = pairs[pair_id]
                if source is not None and counterfactual is not None:
                    complete.append(_pair_of(pair_id, source, counterfactual))
                elif (model, pair_id) not in self.faulty:
                    missing = SOURCE_ROLE if source is None else GENERATED_ROLE
                    problems.append(Problem(f"{self.file}: {model}, {pair_id}", f"the {missing} report is missing"))
            for pair_id in sorted(expected - pairs.keys()):
                if (model, pair_id) not in self.faulty:
                    problems.append(Problem(f"{self.file}: {model}, {pair_id}", "both reports are missing"))
            for pair_id in sorted(pairs.keys() - expected):
                problems.append(
                    Problem(f"{self.file}: {model}, {pair_id}", f"not a pair of {layout.panel_pairs(self.panel)}")
                )
            result[model] = ModelReports(model, tuple(complete), panel=self.panel)
        return result


def _pair_of(pair_id: str, source: _Read, counterfactual: _Read) -> PairReports:
    features = source.features, counterfactual.features
    return PairReports(pair_id, *parts_of(pair_id), *features, source.marks, counterfactual.marks)


def find_pair(bundle: Bundle, model: str | None, pair_id: str | None) -> tuple[RetainedRow, RetainedRow]:
    """The two report rows of one pair, as (source, generated).

    The default model is the first of the panels, the default pair the model's first usable one in the order of the
    file. Raises BundleError where the file or the pair's rows are faulty, UsageError for an unknown name.
    """
    models = panel_models(bundle)
    name = next(iter(models)) if model is None else model
    panel = select_models(models, [name])[name]
    core = common_core_sources(bundle)
    file = layout.evaluation_results(panel)
    waiting: dict[str, RetainedRow] = {}
    for number, row in iter_json_array(bundle, file):
        if row.get("model") != name or (pair_id is not None and row.get("pair_id") != pair_id):
            continue
        place = f"{file}: row {number}"
        checked = checked_row(row, place, core)
        if isinstance(checked, list):
            raise BundleError(checked)
        other = waiting.pop(checked.pair_id, None)
        if other is None:
            waiting[checked.pair_id] = checked
            continue
        if other.role == checked.role:
            raise BundleError(duplicate(checked, place))
        source, generated = (other, checked) if other.role == SOURCE_ROLE else (checked, other)
        usable = pair_outcome(extract_features(source.response), extract_features(generated.response)).usable
        if usable or pair_id is not None:
            return source, generated
    if pair_id is not None and pair_id in waiting:
        raise BundleError(Problem(f"{file}: {name}, {pair_id}", f"only the {waiting[pair_id].role} report was found"))
    if pair_id is not None:
        raise UsageError(f"unknown pair {pair_id!r} of {name}; expected a pair of the common core")
    raise BundleError(Problem(file, f"{name} has no usable pair"))


def _response(row: RetainedRow) -> str:
    return row.response


def _as_written(name: str) -> bytes:
    # A name with half of a surrogate pair can only stand in the file with an escape, so these bytes are not in it.
    return name.encode("utf-8", "surrogatepass")


def read_pair_texts(
    bundle: Bundle, wanted: Iterable[tuple[str, str]], *, progress: Callable[[str, int], None] | None = None
) -> dict[tuple[str, str], PairTexts]:
    """Read {(model, pair_id): its texts} for the `wanted` pairs, of which `read_panels` has found both reports.

    `progress` is told the panel and the number of rows read. Raises BundleError.
    """
    found: dict[tuple[str, str], dict[str, str]] = {key: {} for key in wanted}

    def is_wanted(row: Mapping[str, Any]) -> bool:
        model, pair_id = row.get("model"), row.get("pair_id")
        return isinstance(model, str) and isinstance(pair_id, str) and (model, pair_id) in found

    pairs, names = (frozenset(_as_written(key[which]) for key in found) for which in (1, 0))
    only = {"pair_id": pairs, "model": names}
    core = common_core_sources(bundle)
    models = panel_models(bundle)
    for panel in layout.MAIN_PANELS:
        own = [model for model, its_panel in models.items() if its_panel == panel]
        # `read_panels` has named what is wrong with the rows.
        reader = RowReader(is_wanted, core, _response, only)
        for row in _sound_rows(bundle, panel, own, reader, problems=[], faulty=set(), progress=progress):
            found[row.model, row.pair_id][row.role] = row.made
    return {
        key: PairTexts(texts[SOURCE_ROLE], texts[GENERATED_ROLE])
        for key, texts in found.items()
        if len(texts) == len(ROLES)
    }
