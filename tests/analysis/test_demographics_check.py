"""The command demographics: held to plain counts over the files, and every published figure compared."""

import json
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spinefairbench.analysis.demographics import demographics_of, source_records
from spinefairbench.analysis.demographics_check import figure_problems
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import Figures, Ledger, published
from spinefairbench.bundle.source_metadata import StatedMetadata
from tests.conftest import Run, Tampering

EDGES = [0, 18, 30, 45, 60, 75, 91]


@pytest.mark.parametrize("fixture", ["demo", "other_demo"])
def test_counts_and_moments_are_those_of_the_files(fixture: str, run: Run, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(fixture)
    found = run("demographics", "--artifacts", root, "--format", "json").json
    core = set(json.loads((root / layout.COMMON_CORE_SUBSET).read_bytes())["source_ids"])
    rows = [row for row in json.loads((root / layout.SOURCE_METADATA).read_bytes()) if row["source_id"] in core]
    labels = {
        row["source_id"]: row["pathology_labels"]
        for row in json.loads((root / layout.panel_pairs(layout.BASELINE_PANEL)).read_bytes())
    }
    assert found["summary"]["n_sources"] == len(core)
    assert {row["dataset"] for row in found["results"]} == {"buu", "vindr"}
    for result in found["results"]:
        own = [row for row in rows if row["dataset"] == result["dataset"]]
        unknown = (0,) if result["dataset"] == "buu" else (0, 45)
        ages = np.array([row["source_age"] for row in own if row["source_age"] not in unknown])
        assert result["n_sources"] == len(own)
        assert result["female"] == sum(row["source_sex"] == "F" for row in own)
        assert result["female_pct"] + result["male_or_unknown_pct"] == pytest.approx(100, abs=1e-12)
        assert result["age_measured_n"] == len(ages)
        years = result["age_measured_years"]
        for key, value in {
            "mean": ages.mean(), "sd": ages.std(ddof=1) if len(ages) > 1 else None, "sd_population": ages.std(), "median": np.median(ages),
            "min": ages.min(), "max": ages.max(),
        }.items():  # fmt: skip
            assert years[key] == (None if value is None else pytest.approx(value, abs=1e-12)), key
        assert list(years["bins"].values()) == [sum(low <= age < high for age in ages) for low, high in pairwise(EDGES)]
        with_finding = sum(any(index != 7 for index in labels[row["source_id"]]) for row in own)
        assert result["finding_stratum"] == {
            "any_finding": with_finding,
            "no_finding_label_or_unascertained": len(own) - with_finding,
            "unlabelled": sum(not labels[row["source_id"]] for row in own),
        }


def test_what_cannot_be_known_is_said(run: Run, demo: Path) -> None:
    done = run("demographics", "--artifacts", demo)
    assert done.status == 0
    for said in (
        "nothing is imputed",
        "a sex code other than F stands for male or unknown",
        "nobody labelled findings",
    ):
        assert said in done.out


@pytest.mark.parametrize(
    ("field", "value", "said", "status"),
    [
        ("source_age", 1, "source_age is 1.0; the id says", 1),
        ("source_age", "old", "expected a number, found 'old'", 2),
        ("source_age", -1, "expected a number from 0", 2),
        ("source_sex", "X", "source_sex is not F; the id says F", 1),
    ],
)
def test_metadata_that_cannot_be_right_are_told(
    field: str, value: object, said: str, status: int, run: Run, tampering: Tampering
) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if "-F-" in row["source_id"])[field] = value

    tampering.json(layout.SOURCE_METADATA, change)
    done = run("demographics", "--artifacts", tampering.root)
    assert done.status == status
    assert said in done.err


# --- the published figures -------------------------------------------------------------------------------------

SOURCES = {
    **{f"buu_{n}-F-0{age}Y0": StatedMetadata(float(age), True) for n, age in enumerate((20, 45, 60))},
    **{f"vindr_{n}": StatedMetadata(age, False) for n, age in enumerate((45.0, 0.0, 33.0, 34.0))},
}
LABELS = {source_id: frozenset({3} if source_id == "vindr_1" else set[int]()) for source_id in SOURCES}
RECORDS = source_records(SOURCES, SOURCES, LABELS, [])
ROWS = [demographics_of(name, [each for each in RECORDS if each.dataset == name]) for name in ("buu", "vindr")]
FINDINGS = {"finding": 1, "no_finding_or_unascertained": 6}


def _as_published() -> dict[str, Any]:
    """Figures that these sources give, to two decimals and in the form of the published ones."""
    by_dataset = {}
    for row in ROWS:
        shown = row.to_json()
        years = shown["age_measured_years"]
        by_dataset[row.dataset] = {
            "n_sources": row.n_sources,
            "sex": {key: round(shown[key], 2) for key in shown if key.startswith(("female", "male"))},
            "age_availability": {key: value for key, value in shown["age_availability"].items() if value},
            "age_measured_n": row.age_measured_n,
            "age_measured_pct": round(shown["age_measured_pct"], 2),
            "age_measured_years": {
                **{key: round(years[key], 2) for key in ("mean", "sd", "median", "min", "max")},
                "bins": years["bins"],
            },
            "finding_stratum": {
                key: shown["finding_stratum"][key] for key in ("any_finding", "no_finding_label_or_unascertained")
            },
        }
    return {
        "n_sources": 7, "by_dataset": by_dataset,
        "stated_core_composition": {"buu": 3, "vindr": 4, **FINDINGS},
    }  # fmt: skip


CHANGES = [
    (("n_sources",), 1, "n_sources is 7; the published value is 8"),
    (("by_dataset", "buu", "n_sources"), 1, "buu: n_sources is 3; the published value is 4"),
    (("by_dataset", "buu", "sex", "female"), 1, "buu: female is 3; the published value is 4"),
    (("by_dataset", "vindr", "sex", "male_or_unknown_pct"), -0.01, "vindr: male_or_unknown_pct is 100.0"),
    (("by_dataset", "vindr", "age_availability", "unavailable_sentinel_45"), 1, "vindr: unavailable_sentinel_45 is 1"),
    (("by_dataset", "vindr", "age_measured_n"), 1, "vindr: age_measured_n is 2"),
    (("by_dataset", "buu", "age_measured_pct"), -1, "buu: age_measured_pct is 100.0"),
    (("by_dataset", "buu", "age_measured_years", "mean"), 0.01, "buu, age: mean is 41.66"),
    (("by_dataset", "buu", "age_measured_years", "sd"), 0.02, "buu, age: sd is 20.2"),
    (("by_dataset", "vindr", "age_measured_years", "median"), 0.01, "vindr, age: median is 33.5"),
    (("by_dataset", "vindr", "age_measured_years", "max"), 1, "vindr, age: max is 34.0"),
    (("by_dataset", "vindr", "age_measured_years", "bins", "[30,45)"), 1, "vindr, age: [30,45) is 2"),
    (("by_dataset", "vindr", "finding_stratum", "any_finding"), 1, "vindr: any_finding is 1"),
    (("stated_core_composition", "buu"), 1, "core composition: buu is 3"),
    (("stated_core_composition", "finding"), 1, "core composition: finding is 1"),
]


def test_figures_that_come_out_are_all_noted_as_held() -> None:
    ledger = Ledger()
    assert figure_problems(Figures(_as_published(), ledger), ROWS, FINDINGS) == []
    numbers = [str(value) for value in _numbers(_as_published())]
    assert len(ledger.compared) == len(numbers)


def _numbers(value: Any) -> list[float]:
    return [each for inner in value.values() for each in _numbers(inner)] if isinstance(value, dict) else [value]


@pytest.mark.parametrize(("path", "by", "said"), CHANGES, ids=lambda value: str(value)[:60])
def test_a_figure_that_does_not_come_out_is_named(path: tuple[str, ...], by: float, said: str) -> None:
    figures = deepcopy(_as_published())
    holder = figures
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] += by
    [problem] = figure_problems(Figures(figures), ROWS, FINDINGS)
    assert said in str(problem)


def test_the_published_standard_deviation_may_divide_by_n() -> None:
    figures = _as_published()
    spread = ROWS[0].age_measured_years.sd_population
    assert spread is not None
    figures["by_dataset"]["buu"]["age_measured_years"]["sd"] = round(spread, 2)
    assert figure_problems(Figures(figures), ROWS, FINDINGS) == []


def test_a_collection_on_one_side_only_is_named() -> None:
    said = list(map(str, figure_problems(Figures(_as_published()), ROWS[:1], FINDINGS)))
    assert "vindr, a collection of the release: missing" in said
    figures = _as_published()
    del figures["by_dataset"]["vindr"]
    assert list(map(str, figure_problems(Figures(figures), ROWS, FINDINGS))) == [
        "vindr: not a collection of the release"
    ]


def test_a_bundle_that_is_no_demo_is_held_to_all_published_numbers(run: Run, tampering: Tampering) -> None:
    tampering.path(layout.DEMO_MARKER).unlink()
    done = run("demographics", "--artifacts", tampering.root)
    assert done.status == 1
    assert "vindr: n_sources is 2; the published value is 181" in done.err


def test_the_sums_of_the_published_figures_agree() -> None:
    figures = published("demographics")
    for own in figures["by_dataset"].values():
        assert own["sex"]["female"] + own["sex"]["male_or_unknown"] == own["n_sources"]
        assert sum(own["age_availability"].values()) == own["n_sources"]
        assert sum(own["age_measured_years"]["bins"].values()) == own["age_measured_n"]
        assert sum(own["finding_stratum"].values()) == own["n_sources"]
