"""A score as Every Eval Ever JSON: in its schema, with the figures of the score file, and nothing guessed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from spinefairbench.analysis.estimates import Estimate
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.release.evaluation_export import exported_score
from spinefairbench.release.schema import TEXT, list_of, object_of, one_of, schema_problems
from spinefairbench.release.scoring import Score, score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.conftest import Run
from tests.submissions import panel_submission

_NUMBER: Final = {"type": "number"}
_TEXTS: Final = {"type": "object"}
_INTERVAL: Final = object_of(
    {"lower": _NUMBER, "upper": _NUMBER}, {"confidence_level": _NUMBER, "method": TEXT}, closed=True
)
_UNCERTAINTY: Final = object_of(
    {},
    {
        "confidence_interval": _INTERVAL,
        "num_samples": {"type": "integer", "minimum": 1},
        "num_bootstrap_samples": {"type": "integer", "minimum": 1},
    },
    closed=True,
)
_METRIC: Final = object_of(
    {
        "lower_is_better": {"type": "boolean"},
        "score_type": one_of(["continuous"]),
        "min_score": _NUMBER,
        "max_score": _NUMBER,
    },
    dict.fromkeys(("evaluation_description", "metric_id", "metric_name", "metric_unit"), TEXT),
    closed=True,
)
_RESULT: Final = object_of(
    {
        "evaluation_name": TEXT,
        "source_data": object_of(
            {"dataset_name": TEXT, "source_type": one_of(["other"])}, {"additional_details": _TEXTS}, closed=True
        ),
        "metric_config": _METRIC,
        "score_details": object_of({"score": _NUMBER}, {"details": _TEXTS, "uncertainty": _UNCERTAINTY}, closed=True),
    },
    {"evaluation_timestamp": TEXT},
    closed=True,
)
SCHEMA: Final = object_of(
    {
        "schema_version": one_of(["0.3.0"]),
        "evaluation_id": TEXT,
        "retrieved_timestamp": {**TEXT, "pattern": "^[0-9]+$"},
        "source_metadata": object_of(
            {
                "source_type": one_of(["documentation", "evaluation_run"]),
                "source_organization_name": TEXT,
                "evaluator_relationship": one_of(["first_party", "third_party", "collaborative", "other"]),
            },
            {"source_name": TEXT, "additional_details": _TEXTS},
            closed=True,
        ),
        "eval_library": object_of({"name": TEXT, "version": TEXT}, closed=True),
        "model_info": object_of(
            {
                "name": TEXT,
                "id": TEXT,
                "additional_details": object_of(
                    {
                        "deployment_type": one_of(["self_deployed", "externally_managed", "unknown"]),
                        "model_availability": one_of(["open_weights", "closed_weights", "unknown"]),
                    }
                ),
            },
            {"developer": TEXT},
            closed=True,
        ),
        "evaluation_results": list_of(_RESULT, minItems=1),
    },
    {"evaluation_timestamp": TEXT},
    closed=True,
)
"""Every Eval Ever 0.3.0, as far as an export uses it; details are objects of texts (see `details_of`)."""


def details_of(value: Any) -> Iterator[dict[str, Any]]:
    """The objects whose values must all be texts."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("additional_details", "details"):
                yield item
            yield from details_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from details_of(item)


def assert_valid(value: dict[str, Any]) -> None:
    assert schema_problems(value, SCHEMA) == []
    assert all(isinstance(text, str) for details in details_of(value) for text in details.values())


@pytest.fixture(scope="module")
def score(demo: Path) -> Score:
    value = panel_submission(demo, "m")
    value["model"] |= {"organization": "org", "version": "2"}
    return score_submission(submission_from_json(value, open_bundle(demo)), Bootstrap(60))


def test_an_export_has_the_figures_of_the_score_file(
    run: Run, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    given, output, export = (tmp_path / name for name in ("given.json", "score.json", "export.json"))
    given.write_text(json.dumps(panel_submission(demo, "m")), encoding="utf-8")
    arguments = (
        "score",
        "--submission",
        given,
        "--output",
        output,
        "--force",
        "--artifacts",
        demo,
        "--bootstrap-iterations",
        "60",
    )
    assert run(*arguments, "--export", export).status == 0
    first = export.read_bytes()
    value, row = json.loads(first), json.loads(output.read_bytes())["table2_row"]
    assert_valid(value)
    assert (value["retrieved_timestamp"], value["evaluation_timestamp"]) == ("1767225600", "2026-01-01T00:00:00Z")
    for result, name, short in zip(
        value["evaluation_results"],
        ("recommendation_change", "diagnostic_consistency"),
        ("recommendation", "diagnostic"),
        strict=True,
    ):
        found = result["score_details"]
        interval = found["uncertainty"]["confidence_interval"]
        assert found["score"] == row[name]
        assert found["uncertainty"]["num_samples"] == row["usable_pairs"]
        assert [interval["lower"], interval["upper"]] == row[f"{short}_adjusted_ci95"]
        assert "adjusted" in interval["method"]
        assert "only 8 sources" in found["details"]["interval_reason"]
    assert run(*arguments, "--export", export).status == 0
    assert export.read_bytes() == first


@pytest.mark.parametrize(
    ("value", "kind", "fits"),
    [
        (True, "boolean", True), (1, "boolean", False), (None, "boolean", False),
        (0.5, "number", True), (1, "number", True), (True, "number", False), ("1", "number", False),
        (1, "integer", True), (1.0, "integer", False), (True, "integer", False),
    ],
)  # fmt: skip
def test_true_is_no_number_and_a_number_is_not_true(value: object, kind: str, fits: bool) -> None:
    assert (schema_problems(value, {"type": kind}) == []) == fits


def test_the_directions_are_said_as_those_of_a_sensitivity(score: Score) -> None:
    change, consistency = (result["metric_config"] for result in exported_score(score)["evaluation_results"])
    assert (change["lower_is_better"], consistency["lower_is_better"]) == (True, False)
    assert "Lower means less sensitive" in change["evaluation_description"]
    assert "Higher means less sensitive" in consistency["evaluation_description"]


def test_a_score_on_a_demo_bundle_is_called_synthetic_and_on_the_release_it_is_not(score: Score) -> None:
    demo, release, other = (exported_score(replace(score, bundle=kind)) for kind in ("demo", "release", None))
    for value, marked in ((demo, True), (release, False), (other, False)):
        assert_valid(value)
        names = [result["evaluation_name"] for result in value["evaluation_results"]]
        assert all(name.startswith("SYNTHETIC") == marked for name in names)
        assert ("SYNTHETIC" in value["source_metadata"]["source_name"]) == marked
    assert demo["evaluation_id"].startswith("spinefairbench-demo-bundle-common-core-1000/org/m/")
    assert release["evaluation_id"].startswith("spinefairbench-common-core-1000/org/m/")
    assert "unidentified" in other["source_metadata"]["source_name"]
    comparable = [
        value["evaluation_results"][0]["score_details"]["details"]["comparable_to_published_panel"]
        for value in (demo, release, other)
    ]
    assert comparable == ["no", "yes", "no"]


def test_the_percentile_interval_is_given_where_it_holds_and_none_where_none_does(score: Score) -> None:
    estimates = (Estimate(0.5, (0.4, 0.6), n_sources=900), Estimate(0.5, (0.5, 0.5), None, "one source", 1))
    found = exported_score(replace(score, endpoints=type(score.endpoints)(*estimates)))
    assert_valid(found)
    holds, fails = (result["score_details"] for result in found["evaluation_results"])
    assert holds["uncertainty"]["confidence_interval"] == {
        "lower": 0.4,
        "upper": 0.6,
        "confidence_level": 0.95,
        "method": "percentile bootstrap over sources, seed 42",
    }
    assert holds["uncertainty"]["num_bootstrap_samples"] == 60
    assert set(fails["uncertainty"]) == {"num_samples"}
    assert fails["details"]["interval_reason"] == "one source"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ({"name": "m"}, ("unknown/m", None)),
        ({"name": "m", "organization": "org"}, ("org/m", "org")),
        ({"name": "their/m", "organization": "org"}, ("their/m", "org")),
    ],
)
def test_what_a_submission_does_not_say_of_its_model_is_unknown(
    model: dict[str, str], expected: tuple[str, str | None], score: Score
) -> None:
    value = exported_score(replace(score, model=model))
    assert_valid(value)
    assert (value["model_info"]["id"], value["model_info"].get("developer")) == expected
    assert value["source_metadata"]["evaluator_relationship"] == "other"


def test_an_export_does_not_replace_another_file_of_the_command(run: Run, demo: Path, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    given.write_text(json.dumps(panel_submission(demo, "m")), encoding="utf-8")
    before = given.read_bytes()
    for export, other in ((given, "submission"), (tmp_path / "score.json", "output")):
        done = run(
            "score", "--submission", given, "--output", tmp_path / "score.json", "--export", export, "--artifacts", demo
        )
        assert (done.status, f"--export is the file of --{other}" in done.err) == (2, True)
    assert given.read_bytes() == before
