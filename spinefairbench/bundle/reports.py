"""The saved reports of the two main panels, read as a stream: kept as features, or the texts of chosen pairs.

For features, a report's text is parsed when its row is read and not kept: what stays in memory of each report is two
bit masks, a response class, and the marks of its text.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from sys import intern
from typing import Any, Final, NamedTuple

from spinefairbench.bundle import layout
from spinefairbench.bundle.artifacts import Bundle
from spinefairbench.bundle.pair_ids import parts_of, split_pair_id
from spinefairbench.bundle.panel_pairs import listed_pairs, panel_rows
from spinefairbench.errors import BundleError, UsageError
from spinefairbench.files.json_input import iter_json_array
from spinefairbench.metrics.features import extract_features
from spinefairbench.metrics.model_reports import SOURCE_ROLE, ModelReports, PairReports
from spinefairbench.metrics.pair_values import pair_outcome
from spinefairbench.metrics.readability import ReadReport, read_report
from spinefairbench.problems import Problem, shortened

__all__ = [
    "GENERATED_ROLE",
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

GENERATED_ROLE: Final = "generated"
_ROLES: Final = (SOURCE_ROLE, GENERATED_ROLE)


class PanelReports(NamedTuple):
    """The models in the order of the panel manifests; every fault of the rows, a sentence each."""

    models: tuple[ModelReports, ...]
    problems: tuple[Problem, ...]


class PairTexts(NamedTuple):
    """Both reports of a pair, as written."""

    source: str
    counterfactual: str


class RetainedRow(NamedTuple):
    """A report row in which nothing is wrong."""

    model: str
    pair_id: str
    role: str
    response: str


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


def _checked_row(row: Mapping[str, Any], place: str, core: frozenset[str]) -> RetainedRow | list[Problem]:
    """The row, typed, or everything that is wrong with it."""
    problems: list[Problem] = []
    model, pair_id, role, response = (row.get(k) for k in ("model", "pair_id", "image_role", "response"))
    named = f"{place} ({model}, {pair_id}, {role})" if isinstance(pair_id, str) else place
    if not isinstance(model, str) or not model:
        problems.append(Problem(f"{named}: model", f"expected a name, found {shortened(model)}"))
    if role not in _ROLES:
        problems.append(Problem(named, f"unknown image_role {shortened(role)}; expected 'source' or 'generated'"))
    error = row.get("error")
    if error not in (None, ""):
        problems.append(Problem(named, f"unresolved error {shortened(error)}"))
    if not isinstance(response, str):
        problems.append(Problem(f"{named}: response", f"expected a text, found {shortened(response)}"))
    elif not response or response.isspace():
        problems.append(Problem(named, "the report is blank"))
    if not isinstance(pair_id, str):
        problems.append(Problem(f"{named}: pair_id", f"expected a text, found {shortened(pair_id)}"))
    else:
        parts = split_pair_id(pair_id)
        if parts is None:
            problems.append(Problem(named, "pair_id is not source_id__edit_label with one of the four edits"))
        else:
            problems += _identity_problems(row, named, *parts, core)
    if problems:
        return problems
    assert isinstance(model, str) and isinstance(pair_id, str) and isinstance(role, str) and isinstance(response, str)
    # The ids of one pair stand in the rows of every model; interned, each is held once.
    return RetainedRow(intern(model), intern(pair_id), intern(role), response)


def _identity_problems(
    row: Mapping[str, Any], named: str, source_id: str, edit_label: str, core: frozenset[str]
) -> list[Problem]:
    problems = []
    stated = [(key, row[key]) for key in ("pair_source_id", "source_id") if row.get(key) is not None]
    if not stated:
        problems.append(Problem(named, "neither pair_source_id nor source_id is given"))
    for key, value in stated:
        if value != source_id:
            problems.append(Problem(named, f"{key} is {shortened(value)}; the pair_id says {source_id!r}"))
    if row.get("edit_label", edit_label) != edit_label:
        problems.append(
            Problem(named, f"edit_label is {shortened(row['edit_label'])}; the pair_id says {edit_label!r}")
        )
    if source_id not in core:
        problems.append(Problem(named, f"the source {source_id} is outside the common core"))
    return problems


def _duplicate(row: RetainedRow, place: str) -> Problem:
    return Problem(place, f"duplicate {row.role} report of {row.model}, {row.pair_id}")


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
    progress: Callable[[str, int], None] | None = None,
    observe: Callable[[RetainedRow], None] | None = None,
) -> PanelReports:
    """Read the reports of the selected models (default: of all).

    `progress` is told the panel and the number of rows read; `observe` is given every row that is kept, with its
    text, so that the files need not be read a second time for the texts. Faulty pairs are left out of the result and
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
            rows.read(bundle, core, problems, progress, observe)
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
    core: frozenset[str],
    *,
    wanted: Callable[[Mapping[str, Any]], bool],
    problems: list[Problem],
    faulty: set[tuple[str, str]],
    progress: Callable[[str, int], None] | None,
) -> Iterator[RetainedRow]:
    """The rows of a panel in which nothing is wrong, each report once: where it is repeated, the first one counts.

    Only rows that `wanted` is true of are looked at. What is wrong with one goes to `problems`, and the (model, pair_id)
    of a row that is faulty in itself to `faulty`. `progress` is told the panel and the number of rows read.
    """
    file = layout.evaluation_results(panel)
    seen: set[tuple[str, str, str]] = set()
    for number, row in iter_json_array(bundle, file):
        if progress is not None and number % 500 == 0:
            progress(panel, number)
        if not wanted(row):
            continue
        place = f"{file}: row {number}"
        checked = _checked_row(row, place, core)
        if isinstance(checked, list):
            problems += checked
            faulty.add((str(row.get("model")), str(row.get("pair_id"))))
        elif checked.model not in panel_models:
            problems.append(Problem(place, f"the model {checked.model} is not in the panel manifest"))
        elif (key := (checked.model, checked.pair_id, checked.role)) in seen:
            problems.append(_duplicate(checked, place))
        else:
            seen.add(key)
            yield checked


class _PanelRows:
    """The rows of one panel file, grouped by model and pair."""

    def __init__(self, panel: str, selected: list[str], panel_models: list[str]) -> None:
        self.panel = panel
        self.file = layout.evaluation_results(panel)
        self.known = frozenset(panel_models)
        self.sides: dict[str, dict[str, list[ReadReport | None]]] = {name: {} for name in selected}
        self.faulty: set[tuple[str, str]] = set()

    def _concerns(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is of a selected model, or of none that belongs here."""
        model = row.get("model")
        return not isinstance(model, str) or model in self.sides or model not in self.known

    def read(
        self,
        bundle: Bundle,
        core: frozenset[str],
        problems: list[Problem],
        progress: Callable[[str, int], None] | None,
        observe: Callable[[RetainedRow], None] | None,
    ) -> None:
        for row in _sound_rows(
            bundle,
            self.panel,
            self.known,
            core,
            wanted=self._concerns,
            problems=problems,
            faulty=self.faulty,
            progress=progress,
        ):
            both = self.sides[row.model].setdefault(row.pair_id, [None, None])
            both[_ROLES.index(row.role)] = read_report(row.response)
            if observe is not None:
                observe(row)

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


def _pair_of(pair_id: str, source: ReadReport, counterfactual: ReadReport) -> PairReports:
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
        checked = _checked_row(row, place, core)
        if isinstance(checked, list):
            raise BundleError(checked)
        other = waiting.pop(checked.pair_id, None)
        if other is None:
            waiting[checked.pair_id] = checked
            continue
        if other.role == checked.role:
            raise BundleError(_duplicate(checked, place))
        source, generated = (other, checked) if other.role == SOURCE_ROLE else (checked, other)
        usable = pair_outcome(extract_features(source.response), extract_features(generated.response)).usable
        if usable or pair_id is not None:
            return source, generated
    if pair_id is not None and pair_id in waiting:
        raise BundleError(Problem(f"{file}: {name}, {pair_id}", f"only the {waiting[pair_id].role} report was found"))
    if pair_id is not None:
        raise UsageError(f"unknown pair {pair_id!r} of {name}; expected a pair of the common core")
    raise BundleError(Problem(file, f"{name} has no usable pair"))


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

    core = common_core_sources(bundle)
    models = panel_models(bundle)
    for panel in layout.MAIN_PANELS:
        own = [model for model, its_panel in models.items() if its_panel == panel]
        # `read_panels` has named what is wrong with the rows.
        for row in _sound_rows(
            bundle, panel, own, core, wanted=is_wanted, problems=[], faulty=set(), progress=progress
        ):
            found[row.model, row.pair_id][row.role] = row.response
    return {
        key: PairTexts(texts[SOURCE_ROLE], texts[GENERATED_ROLE])
        for key, texts in found.items()
        if len(texts) == len(_ROLES)
    }
