"""Results can be read, put into a table and shown in a notebook."""

import csv
import io
from pathlib import Path
from typing import assert_type

import pytest

import spinefairbench as sfb
from spinefairbench.analysis.estimates import Estimate
from spinefairbench.bundle import layout
from tests.conftest import Run, Tampering
from tests.render.markup import parsed


@pytest.fixture(scope="module")
def bundle(demo: Path) -> sfb.OpenBundle:
    return sfb.open_bundle(demo)


@pytest.fixture(scope="module")
def score(bundle: sfb.OpenBundle) -> sfb.ScoreResult:
    return sfb.score(bundle.reports("gpt-5.4"), bundle, model="mine", bootstrap_iterations=60)


def test_rows_have_the_columns_of_the_csv_format(run: Run, bundle: sfb.OpenBundle) -> None:
    found = sfb.noise_floor("gpt-5.4", bundle, bootstrap_iterations=60)
    arguments = ("--model", "gpt-5.4", "--artifacts", bundle.path, "--bootstrap-iterations", 60, "--format", "csv")
    [expected] = csv.DictReader(io.StringIO(run("noise-floor", *arguments).out))
    [row] = found.rows
    assert list(row) == list(expected)
    assert not any(isinstance(cell, dict | list | tuple) for cell in row.values())
    assert row["recommendation.F"] == found.entries[0].endpoints.recommendation.F


def test_a_result_reads_as_the_output_of_its_command(run: Run, bundle: sfb.OpenBundle) -> None:
    found = sfb.noise_floor("gpt-5.4", bundle, bootstrap_iterations=60)
    arguments = ("--model", "gpt-5.4", "--artifacts", bundle.path, "--bootstrap-iterations", 60)
    assert repr(found) + "\n" == run("noise-floor", *arguments).out


def test_a_score_has_what_is_quoted_of_it(score: sfb.ScoreResult) -> None:
    content = score.to_dict()
    assert_type(score.endpoints.recommendation, Estimate)
    assert score.endpoints.recommendation.value == content["table2_row"]["recommendation_change"]
    assert content["noise_floor"]["diagnostic"]["F"] == score.noise_floor.endpoints.diagnostic.F
    assert score.signature == content["signature"]
    assert score.comparable_to_panel_scope
    assert score.pairs == content["per_pair_results"]
    assert [row["model"] for row in score.rows] == ["mine"]
    assert score.signature in repr(score)
    assert "DEMO" in repr(score)
    assert score.problems == ()


def test_a_score_is_not_saved_where_nothing_can_be(score: sfb.ScoreResult, tmp_path: Path) -> None:
    with pytest.raises(sfb.OutputError):
        score.save(tmp_path)


def test_faults_of_the_panel_stand_before_the_rows(demo: Path, tampering: Tampering) -> None:
    def without_one_report(rows: list[dict[str, str]]) -> None:
        rows[:] = [row for index, row in enumerate(rows) if index]

    tampering.json(layout.evaluation_results(layout.FULL_PANEL), without_one_report)
    found = sfb.noise_floor(bundle=sfb.open_bundle(demo), bootstrap_iterations=20)
    [problem] = found.problems
    assert "report is missing" in str(problem)
    assert repr(found).startswith(f"problem: {problem}\n")
    assert repr(found).endswith("noise-floor: FAILED (1 problem, above) (DEMO bundle)")
    assert str(problem) in found._repr_html_()


def test_pandas_takes_the_rows(score: sfb.ScoreResult) -> None:
    pandas = pytest.importorskip("pandas")
    assert pandas.DataFrame(score.rows)["recommendation_change"][0] == score.endpoints.recommendation.value
    assert len(pandas.DataFrame(score.pairs)) == len(score.pairs)


def test_a_notebook_shows_tables_in_which_no_text_is_markup(score: sfb.ScoreResult) -> None:
    assert "<td" in score._repr_html_()
    shown = sfb.parse("Fracture.\n<script>alert(1)</script> \ud800")._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert set(parsed(shown).tags) <= {
        "div",
        "pre",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ul",
        "li",
        "p",
    }
