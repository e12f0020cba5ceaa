"""The command demographics: the composition of the common core, held to the published one on the release."""

from collections.abc import Mapping, Sequence
from typing import Final

from spinefairbench.analysis.demographics import AgeYears, DemographicsRow, demographics_of, source_records
from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.result import CheckResult
from spinefairbench.bundle.pathology import read_pathology_labels
from spinefairbench.bundle.published import Figures
from spinefairbench.bundle.reports import common_core_sources
from spinefairbench.bundle.source_ids import BUU, VINDR
from spinefairbench.bundle.source_metadata import read_stated_metadata
from spinefairbench.errors import ErrorCollector
from spinefairbench.problems import HALF_OF_SECOND_DECIMAL, Problem, counted, differs, missing

__all__ = ["check", "figure_problems"]

_SEX: Final = ("female", "male_or_unknown")
_AGE: Final = ("mean", "median", "min", "max")
_SPREADS: Final = ("sd", "sd_population")


def check(inputs: Inputs) -> CheckResult:
    """Answer the command `demographics`: a row a collection of images, over the sources of the common core.

    Raises BundleError with everything that is missing or unreadable.
    """
    collector = ErrorCollector()
    core = collector.get(common_core_sources, inputs.bundle)
    metadata = collector.get(read_stated_metadata, inputs.bundle)
    pathology = collector.get(read_pathology_labels, inputs.bundle)
    collector.raise_if_any()
    assert core is not None and metadata is not None and pathology is not None
    problems = list(pathology.problems)
    records = source_records(core, metadata, pathology.by_source, problems)
    rows = [
        demographics_of(dataset, [record for record in records if record.dataset == dataset])
        for dataset in sorted({record.dataset for record in records})
    ]
    findings = {
        "finding": sum(row.any_finding for row in rows),
        "no_finding_or_unascertained": sum(row.no_finding_label_or_unascertained for row in rows),
    }
    notes = _notes(rows)
    figures = inputs.published("demographics")
    if figures is not None:
        problems += figure_problems(figures, rows, findings)
        notes += _spread_notes(figures, rows)
    summary = {"n_sources": len(records), **findings}
    return CheckResult(tuple(rows), summary, tuple(problems), notes=tuple(notes))


def _notes(rows: Sequence[DemographicsRow]) -> list[str]:
    def sources(availability: str) -> str:
        return counted(sum(row.age_availability[availability] for row in rows), "source")

    unlabelled = sum(row.unlabelled for row in rows)
    return [
        (
            f"an age of 45.0 that no id confirms ({sources('unavailable_sentinel_45')}) and one of 0 "
            f"({sources('unavailable_zero')}) may stand for an unknown one and are taken for it; nothing is imputed"
        ),
        "a sex code other than F stands for male or unknown, so how many are men is not known",
        (
            "sex and age of BUU sources are those in their ids, which the dataset's metadata must agree with; the ids of "
            "VinDr sources say neither"
        ),
        (
            f"nobody labelled findings in {counted(unlabelled, 'source')}; no_finding_label_or_unascertained counts them "
            "beside those labelled No finding"
        ),
    ]


def figure_problems(figures: Figures, rows: Sequence[DemographicsRow], findings: Mapping[str, int]) -> list[Problem]:
    """Counts must be the published ones exactly, percentages and moments to two decimals."""
    by_dataset = figures["by_dataset"]
    own = {row.dataset: row for row in rows}
    problems: list[Problem] = figures.expect("n_sources", sum(row.n_sources for row in rows))
    problems += [missing(f"{name}, a collection of the release") for name in by_dataset if name not in own]
    for name, row in own.items():
        if name in by_dataset:
            problems += _row_problems(by_dataset[name], row)
        else:
            problems.append(Problem(name, "not a collection of the release"))
    stated = {**dict.fromkeys((BUU, VINDR), 0), **{name: row.n_sources for name, row in own.items()}, **findings}
    problems += figures["stated_core_composition"].expect_each(
        (BUU, VINDR, *findings), stated, place="core composition"
    )
    return problems


def _row_problems(figures: Figures, row: DemographicsRow) -> list[Problem]:
    place = row.dataset
    years = figures["age_measured_years"]
    ages = row.age_measured_years
    problems: list[Problem] = figures.expect_each(("n_sources", "age_measured_n"), row, place=place)
    percentages = {f"{key}_pct": row.percent(getattr(row, key)) for key in _SEX}
    problems += figures["sex"].expect_each(_SEX, row, place=place)
    problems += figures["sex"].expect_each(percentages, percentages, HALF_OF_SECOND_DECIMAL, place=place)
    measured = row.percent(row.age_measured_n)
    problems += figures.expect("age_measured_pct", measured, HALF_OF_SECOND_DECIMAL, place=place)
    availability = figures["age_availability"]
    problems += availability.expect_each(availability, row.age_availability, place=place)
    problems += years.expect_each(_AGE, ages, HALF_OF_SECOND_DECIMAL, place=f"{place}, age")
    spread = getattr(ages, _matching_spread(years, ages) or _SPREADS[0])
    problems += years.expect("sd", spread, HALF_OF_SECOND_DECIMAL, place=f"{place}, age")
    bins = {name: ages.bins.get(name, 0) for name in years["bins"]}
    problems += years["bins"].expect_each(bins, bins, place=f"{place}, age")
    strata = figures["finding_stratum"]
    problems += strata.expect_each(strata, row, place=place)
    return problems


def _matching_spread(years: Figures, ages: AgeYears) -> str | None:
    """Which of the two standard deviations the published one is: that it divides by n or by n - 1 was not published."""
    for name in _SPREADS:
        spread = getattr(ages, name)
        if spread is not None and not differs(spread, years["sd"], HALF_OF_SECOND_DECIMAL):
            return name
    return None


def _spread_notes(figures: Figures, rows: Sequence[DemographicsRow]) -> list[str]:
    words = {"sd": "n - 1 (sd)", "sd_population": "n (sd_population)"}
    notes = []
    for row in rows:
        if row.dataset in figures["by_dataset"]:
            name = _matching_spread(figures["by_dataset"][row.dataset]["age_measured_years"], row.age_measured_years)
            if name is not None:
                notes.append(f"{row.dataset}: the published standard deviation of the ages divides by {words[name]}")
    return notes
