"""Which scores and models of the panel are compared: what a name stands for, and settings that do not allow it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.errors import BundleError, SubmissionError, UsageError
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.release.comparables import (
    check_comparable,
    check_compare,
    check_power,
    named_models,
    names_score_file,
)
from spinefairbench.release.signature import panel_signature, signature_of, signature_parts
from tests.analysis.pairs import MODEL

CORE = "common-core-1000"


def _score(scope: str = CORE, bundle: str | None = "demo", name: str = "mine", **parts: str) -> Any:
    """A score file, as far as a comparison looks at it."""
    signature = signature_of(signature_parts(panel_signature(scope, ())) | parts)
    content = {"signature": signature, **({} if bundle is None else {"bundle": bundle})}
    reports = ModelReports(name, MODEL.pairs)
    return SimpleNamespace(content=content, score=SimpleNamespace(scope=scope, reports=reports))


def _refused(scores: dict[str, Any], panel: str | None) -> list[str]:
    with pytest.raises(SubmissionError) as error:
        check_comparable(scores, panel)
    return [str(problem) for problem in error.value.problems]


def test_scores_of_one_scope_and_one_bundle_are_compared_with_the_panel() -> None:
    check_comparable({"x": _score(), "y": _score()}, "demo")
    check_comparable({"x": _score(), "y": _score()}, None)
    check_comparable({}, "demo")
    # A score of an earlier version does not say what bundle it is of.
    check_comparable({"x": _score(bundle=None), "y": _score(bundle=None)}, "demo")
    check_comparable({"x": _score(bundle=None), "y": _score()}, "demo")


def test_the_panel_is_compared_in_both_of_its_scopes() -> None:
    check_comparable({"x": _score("all-model-intersection-2166")}, "demo")
    assert _refused({"x": _score("toy")}, "demo") == [
        f"not comparable: the signatures differ in scope: toy in x; {CORE} in the panel"
    ]
    [said] = _refused({"x": _score("toy"), "y": _score()}, "demo")
    assert "toy in x" in said and f"{CORE} in y, the panel" in said


def test_scores_with_other_settings_are_refused() -> None:
    [said] = _refused({"x": _score(), "y": _score(v="0.1")}, None)
    assert said.startswith("not comparable: the signatures differ in v: ") and "0.1 in y" in said


def test_scores_of_two_bundles_are_refused() -> None:
    other = "these are of different bundles and cannot be compared"
    assert _refused({"x": _score(), "y": _score(bundle="release")}, None) == [f"{other} (x: demo, y: release)"]
    assert _refused({"x": _score(bundle="release")}, "demo") == [f"{other} (x: release, the panel: demo)"]


def _inputs(root: Path, **options: object) -> Inputs:
    return Inputs(SimpleNamespace(**options), root)


def test_models_come_in_the_order_named_and_all_where_none_is(demo: Path) -> None:
    found = named_models(["radfm", "gpt-5.4"], _inputs(demo))
    assert [model.model for model in found.models] == ["radfm", "gpt-5.4"]
    assert len(named_models([], _inputs(demo)).models) == 9


def test_scores_at_hand_stand_beside_the_panel_under_their_own_names(demo: Path) -> None:
    given = {"x": _score(), "y": _score(name="radfm"), "z": _score()}
    found = named_models(["x", "radfm", "y", "z"], _inputs(demo), given)
    # A name that is another's too is told apart by where the score came from.
    assert [model.model for model in found.models] == ["x", "radfm", "y", "z"]
    assert [model.model for model in named_models(["x"], _inputs(demo), given={"x": _score()}).models] == ["mine"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["radfm", "gpt-5.4", "radfm"], "radfm: named twice"),
        (["radfm", "nobody"], "nobody: neither a model of the panel (gpt-5.4, "),
        (["radfm", "no/such.json"], "no/such.json: "),
    ],
)
def test_names_that_are_nothing_are_told(names: list[str], said: str, demo: Path) -> None:
    with pytest.raises((UsageError, SubmissionError)) as error:
        named_models(names, _inputs(demo))
    assert said in str(error.value)


def test_a_name_is_that_of_a_file_where_it_looks_like_one(demo: Path, tmp_path: Path) -> None:
    plain = tmp_path / "score"
    plain.write_text("{}")
    names = ["radfm", "radfm.json", "a/radfm", "-", str(plain), "nobody"]
    assert [names_score_file(name, _inputs(demo)) for name in names] == [False, True, True, True, True, False]
    missing = _inputs(tmp_path / "missing")
    assert names_score_file("a.json", missing)
    with pytest.raises(BundleError):
        names_score_file("radfm", missing)


@pytest.mark.parametrize(("number", "told"), [(1, "at least two models"), (61, "at most 60 are compared")])
def test_a_comparison_is_of_two_to_sixty(number: int, told: str, tmp_path: Path) -> None:
    inputs = _inputs(tmp_path, names=[f"{place}.json" for place in range(number)])
    with pytest.raises(UsageError, match=told):
        check_compare(inputs)
    if number > 60:
        with pytest.raises(UsageError, match=told):
            check_power(inputs)


def test_power_is_told_of_the_effect_asked_for(demo: Path) -> None:
    result = check_power(_inputs(demo, names=["radfm", "gpt-5.4"], effect=0.07))
    assert {row.effect for row in result.rows} == {0.07}
    assert {row.model for row in result.rows} == {"radfm", "gpt-5.4"}
