"""Score files read back: the score that their rows give, and every fault of a file with its place."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.pair_ids import source_of
from spinefairbench.errors import SubmissionError
from spinefairbench.release.schema import SCHEMA_V2
from spinefairbench.release.score_file import read_score, score_from_json
from spinefairbench.release.scoring import score_submission
from spinefairbench.release.submission import submission_from_json
from spinefairbench.statistics.bootstrap import Bootstrap
from tests.submissions import submission

REFUSED = "I'm unable to help with that."
EDITED = "$: the file was changed after it was written, or not written by this project"
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def content(demo: Path, core_pairs: list[str]) -> dict[str, Any]:
    """A score of six pairs, with repeated reports on one image and reports on a control image."""
    rows: list[dict[str, Any]] = [
        {"pair_id": pair, "source_report": "Fracture. MRI.", "counterfactual_report": text}
        for pair, text in zip(
            core_pairs, ["Fracture. Surgery.", "MRI.", "Fracture. MRI.", REFUSED, "Lesion. MRI.", "MRI."], strict=False
        )
    ]
    repeated = [{"pair_id": rows[0]["pair_id"], "role": "source", "reports": ["Fracture."]}]
    arms = [
        {"arm": "reconstruction", "source_id": source, "reports": ["Fracture. MRI.", "MRI."]}
        for source in sorted({source_of(row["pair_id"]) for row in rows})
    ]
    value = submission(rows, control_reports=arms, repeated_reports=repeated) | {"schema_version": SCHEMA_V2}
    read = submission_from_json(value, open_bundle(demo), allow_partial=True)
    found: dict[str, Any] = json.loads(json.dumps(score_submission(read, Bootstrap(20)).to_json()))
    return found


def _refused(value: Any) -> list[str]:
    with pytest.raises(SubmissionError) as error:
        score_from_json(value, "score.json")
    return [str(problem) for problem in error.value.problems]


def _changed(content: dict[str, Any], change: Change) -> dict[str, Any]:
    value = copy.deepcopy(content)
    change(value)
    return value


def test_a_score_is_read_back_as_it_was_written(content: dict[str, Any]) -> None:
    file = score_from_json(copy.deepcopy(content), "score.json")
    assert (file.path, file.content) == ("score.json", content)
    score = file.score
    assert score.signature == content["signature"]
    assert (score.bootstrap.iterations, score.bootstrap.seed) == (20, 42)
    assert score.missing_pairs == content["coverage"]["missing_pairs"] > 0
    assert [len(entry.reports) for entry in score.reports.repeats] == [1]
    assert {len(entry.reports) for entry in score.reports.controls} == {2}
    assert (
        score.endpoints.recommendation.value
        == (content["primary_endpoints"]["recommendation_change_rate"]["point_estimate"])
    )


def test_a_file_is_named_where_it_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "score.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SubmissionError) as error:
        read_score(tmp_path / "score.json")
    assert [str(problem) for problem in error.value.problems] == [
        f"{tmp_path / 'score.json'}: $: expected a score file, one JSON object"
    ]


def _refuse_all(value: dict[str, Any]) -> None:
    for row in value["per_pair_results"]:
        row["counterfactual_response_class"] = "full_refusal"


FAULTS: dict[str, tuple[Change, list[str]]] = {
    "no usable pair": (_refuse_all, ["$.per_pair_results: no usable pair"]),
    "a pair that is none": (
        lambda v: v["per_pair_results"][1].update(pair_id="x__y"),
        ["$.per_pair_results[1].pair_id: expected source_id__edit_label, found x__y"],
    ),
    "a pair twice": (
        lambda v: v["per_pair_results"].insert(1, v["per_pair_results"][0]),
        ["$.per_pair_results[1]: {pair} is a duplicate or out of order; rows are sorted by pair_id"],
    ),
    "labels out of order": (
        lambda v: v["per_pair_results"][0].update(source_diagnostic_labels=["Fracture", "Fracture"]),
        ["$.per_pair_results[0].source_diagnostic_labels: expected each category once, in the frozen order"],
    ),
    "repeats of no pair": (
        lambda v: v["repeated_results"][0].update(pair_id="x__young_male"),
        ["$.repeated_results[0].pair_id: expected a pair of $.per_pair_results, found x__young_male"],
    ),
    "repeats twice": (
        lambda v: v["repeated_results"].append(v["repeated_results"][0]),
        ["$.repeated_results[1]: duplicate entry for {pair}, source"],
    ),
    "repeats with faulty recommendations": (
        lambda v: v["repeated_results"][0]["reports"][0].update(recommendations=["imaging", "surgery"]),
        ["$.repeated_results[0].reports[0].recommendations: expected each category once, in the frozen order"],
    ),
    "controls of no source": (
        lambda v: v["control_results"][0].update(source_id="a"),
        ["$.control_results[0].source_id: expected the source of a pair of $.per_pair_results, found a"],
    ),
    "controls with a report that is none": (
        lambda v: v["control_results"][0]["reports"][0].update(recommendations=["imaging", "surgery"]),
        ["$.control_results[0].reports[0].recommendations: expected each category once, in the frozen order"],
    ),
    "controls twice": (
        lambda v: v["control_results"].append(v["control_results"][-1]),
        ["is a duplicate or out of order; rows are sorted by arm and source_id"],
    ),
    "more blank reports than refusals": (
        lambda v: v["data_quality"].update(blank_reports=2),
        ["$.data_quality.blank_reports: more than there are full refusals in the rows", EDITED],
    ),
    "counts of texts that cannot be": (
        lambda v: v["report_quality"].update(unreadable=10**6),
        ["$.report_quality: its counts cannot all be true", EDITED],
    ),
    "another signature": (
        lambda v: v.update(signature=v["signature"].replace("seed:42", "seed:1")),
        ["$.signature: found ", EDITED],
    ),
    "another count of pairs": (
        lambda v: v["coverage"].update(submitted_pairs=7),
        ["$.coverage.submitted_pairs: found 7; its rows give 6", EDITED],
    ),
    "a truth value for a number": (
        lambda v: v["data_quality"].update(pair_full_refusals=True),
        ["$.data_quality.pair_full_refusals: found True; its rows give 1", EDITED],
    ),
    "a row that does not follow": (
        lambda v: v["per_pair_results"][3].update(usable=True),
        ["$.per_pair_results[3].usable: found True; its rows give False", EDITED],
    ),
    "arms without reports": (
        lambda v: v.pop("control_results") and None,
        ["$.signature: found ", "$.control_arms: found ", EDITED],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_named_with_its_place(name: str, content: dict[str, Any]) -> None:
    change, said = FAULTS[name]
    found = _refused(_changed(content, change))
    assert len(found) == len(said)
    for problem, part in zip(found, said, strict=True):
        assert part.format(pair=content["per_pair_results"][0]["pair_id"]) in problem.replace("'", "")


@pytest.mark.parametrize(("faults", "told"), [(20, 20), (21, 21), (23, 21)])
def test_no_more_than_twenty_faults_are_told_and_the_others_counted(
    faults: int, told: int, content: dict[str, Any]
) -> None:
    def change(value: dict[str, Any]) -> None:
        row = value["per_pair_results"][0]
        value["per_pair_results"] = [row | {"pair_id": f"{number:03}"} for number in range(faults)]
        del value["repeated_results"], value["control_results"]

    found = _refused(_changed(content, change))
    assert len(found) == told
    assert found[19].startswith("$.per_pair_results[19].pair_id")
    assert found[20:] == [f"$: {faults - 20} more problems of this kind"] * (faults > 20)


def test_a_file_of_an_earlier_version_lacks_what_came_later(content: dict[str, Any]) -> None:
    def change(value: dict[str, Any]) -> None:
        for key in ("noise_floor", "report_quality", "comparable_index"):
            value.pop(key, None)
        value["signature"] = value["signature"].replace("registry:", "registry:0")

    score = score_from_json(_changed(content, change), "score.json").score
    assert score.reports.stated_texts is None


@pytest.mark.parametrize("key", ["per_pair_results", "signature", "scope", "coverage", "model", "table2_row"])
def test_a_key_that_must_be_there_is_named(key: str, content: dict[str, Any]) -> None:
    [said] = _refused(_changed(content, lambda value: value.pop(key) and None))
    assert key in said
