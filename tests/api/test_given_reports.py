"""Everything that a program may hand over as reports, and what is said of anything else."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import spinefairbench as sfb
from tests.submissions import panel_submission


@pytest.fixture(scope="module")
def bundle(demo: Path) -> sfb.OpenBundle:
    return sfb.open_bundle(demo)


@pytest.fixture
def rows(demo: Path) -> list[dict[str, Any]]:
    return [dict(row) for row in panel_submission(demo, "mine")["results"]]


class Frame:
    """What iterates over its columns, as a data frame does."""

    def __iter__(self) -> Any:
        return iter(["pair_id", "source_report"])

    def to_dict(self, orient: str) -> None:
        """It is named in the hint."""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source_report": float("nan")}, "expected a text, found nan"),
        ({"pair_id": ["x"]}, "unknown pair ['x']"),
        ({"seconds": 4}, "unknown 'seconds'"),
        ({3: 4}, "expected a mapping of names to values"),
    ],
)
def test_a_faulty_row_is_named_by_its_place(
    change: dict[Any, Any], said: str, bundle: sfb.OpenBundle, rows: list[dict[str, Any]]
) -> None:
    rows[1].update(change)
    with pytest.raises(sfb.SubmissionError) as caught:
        sfb.score(rows, bundle)
    [problem] = caught.value.problems
    assert str(problem).startswith("reports[1]: ")
    assert said in str(problem)


def test_all_faults_are_told_at_once(bundle: sfb.OpenBundle, rows: list[dict[str, Any]]) -> None:
    rows[0]["counterfactual_report"] = None
    rows[2]["pair_id"] = "nothing"
    with pytest.raises(sfb.SubmissionError) as caught:
        sfb.score([*rows, "row"], bundle)  # type: ignore[list-item]
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("given", [5, None, {"pair_id": "x"}])
def test_what_is_no_reports_is_refused(given: Any, bundle: sfb.OpenBundle) -> None:
    with pytest.raises(sfb.UsageError, match="expected rows, the path of a submission or a result of score"):
        sfb.noise_floor(given, bundle)


def test_a_data_frame_is_told_how_to_hand_over_its_rows(bundle: sfb.OpenBundle) -> None:
    frame: Any = Frame()
    with pytest.raises(sfb.SubmissionError, match=r"to_dict\('records'\)"):
        sfb.score(frame, bundle)


def _endless() -> Iterable[Any]:
    while True:
        yield "no row"


def test_rows_without_end_are_not_read_to_it(bundle: sfb.OpenBundle) -> None:
    with pytest.raises(sfb.SubmissionError, match="not read further"):
        sfb.score(_endless(), bundle)


@pytest.mark.parametrize("name", ["gpt", "x" * 5000, "no\0name"])
def test_a_name_of_nothing_is_refused_with_the_models_there_are(name: str, bundle: sfb.OpenBundle) -> None:
    with pytest.raises(sfb.UsageError, match=r"neither a model of the panel \(gpt-5\.4, .*\) nor a file"):
        sfb.noise_floor(name, bundle)


def test_a_blank_report_is_a_fault_or_by_request_a_refusal(
    bundle: sfb.OpenBundle, rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    rows[1]["source_report"] = " "
    with pytest.raises(sfb.SubmissionError) as caught:
        sfb.score(rows, bundle)
    blank, advice = map(str, caught.value.problems)
    assert blank.startswith("reports[1]: ")
    assert "is blank" in blank
    assert "--blank-as-refusal counts it" in advice
    value = panel_submission(bundle.path, "mine")
    value["results"][1]["source_report"] = " "
    path = tmp_path / "blank.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(sfb.SubmissionError, match="blank"):
        sfb.noise_floor(path, bundle)
    for reports in (rows, path):
        score = sfb.score(reports, bundle, blank_as_refusal=True, bootstrap_iterations=20)
        assert "blank:1-as-refusal" in score.signature
        floors = [
            sfb.noise_floor(each, bundle, blank_as_refusal=True, bootstrap_iterations=20) for each in (reports, score)
        ]
        assert floors[0].rows == floors[1].rows
        assert sfb.disparity(reports, bundle, blank_as_refusal=True, bootstrap_iterations=20).entries


def test_a_model_and_a_scope_are_those_of_rows(bundle: sfb.OpenBundle, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(sfb.UsageError, match="states its own"):
        sfb.noise_floor("gpt-5.4", bundle, scope="toy")
    with pytest.raises(sfb.UsageError, match="a submission names its model"):
        sfb.score("submission.json", bundle, model="mine")
    with pytest.raises(sfb.UsageError, match="model: expected a name, found 3"):
        sfb.score(rows, bundle, model=3)  # type: ignore[arg-type]
    with pytest.raises(sfb.UsageError, match="unknown scope 'all'"):
        sfb.score(rows, bundle, scope="all")


_NAMES = st.sampled_from(
    ["pair_id", "source_report", "counterfactual_report", "role", "report", "metadata", "source_id"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=3) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAMES, inner, max_size=2) | st.tuples(inner),
    max_leaves=4,
)


@settings(max_examples=60)
@given(
    rows=st.lists(st.dictionaries(_NAMES | st.integers(), _VALUES, max_size=4) | _VALUES, max_size=3),
    first=st.booleans(),
)
def test_any_rows_are_scored_or_refused(rows: list[Any], first: bool, demo: Path) -> None:
    bundle = sfb.open_bundle(demo)
    known = bundle.pairs()[0]
    if first:
        rows = [{**row, "pair_id": known} if isinstance(row, dict) else row for row in rows]
    try:
        scored = [row["pair_id"] for row in sfb.score(rows, bundle, scope="toy", bootstrap_iterations=1).pairs]
    except sfb.SubmissionError as error:
        scored = [known] if error.problems else []
    assert scored == [known]
