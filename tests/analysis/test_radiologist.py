"""The reader study: which pairs pass, every published term of the agreement, and whose labels are whose."""

import copy
import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.analysis.inputs import Inputs
from spinefairbench.analysis.radiologist import check, passes
from spinefairbench.analysis.reader_agreement import AgreementRow, agreement_row, term_problems
from spinefairbench.analysis.reader_record import stated_ac1
from spinefairbench.bundle import layout
from spinefairbench.bundle.published import Figures, published, published_numbers
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES
from tests.conftest import Run, Tampering
from tests.releases import pass_for_release

SECTIONS = ("radiologist", "reader_reliability", "reader_record_erratum")
SWAP = {"R1": "R2", "R2": "R1", "R3": "R3"}


@pytest.mark.parametrize(
    ("q1", "q2", "expected"),
    [("YYN", "NYY", True), ("YNN", "YYY", False), ("YYY", "NNY", False), ("YYN", "YNN", False)],
)
def test_a_pair_needs_two_yes_to_both_questions(q1: str, q2: str, expected: bool) -> None:
    def words(letters: str) -> tuple[str, ...]:
        return tuple({"Y": "Yes", "N": "No"}[letter] for letter in letters)

    assert passes(words(q1), words(q2)) is expected


@pytest.fixture
def release(tampering: Tampering, monkeypatch: pytest.MonkeyPatch) -> Tampering:
    """The demo bundle as the release: its readers' answers give the published figures."""
    pass_for_release(tampering, monkeypatch)
    return tampering


def test_every_published_number_of_the_readers_is_compared_and_holds(release: Tampering) -> None:
    inputs = Inputs(artifacts=release.root)
    result = check(inputs)
    assert (result.problems, result.errors) == ((), ())
    wanted = {path for path in published_numbers() if path[0] in SECTIONS}
    assert len(wanted) > 80
    assert wanted <= inputs.ledger.compared


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif not isinstance(value, bool):
        yield path


def _question_row(demo: Path, question: str) -> AgreementRow:
    """The row of a question, from answers that are read here anew."""
    with (demo / layout.PAIR_RESULTS).open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    column = next(name for name in rows[0] if name.startswith(f"{question}_"))
    pairs: dict[str, tuple[str, ...]] = {}
    for row in rows:
        pairs[row["pair_id"]] = (*pairs.get(row["pair_id"], ()), row[column])
    found = agreement_row(question, pairs, [])
    assert found is not None
    return found


@pytest.mark.parametrize("question", ["q1", "q2", "q4"])
def test_each_term_off_by_little_is_named(question: str, demo: Path) -> None:
    row = _question_row(demo, question)
    figures = published("reader_reliability")[question]
    assert term_problems(Figures(figures), row) == []
    for path in _leaves(figures):
        wrong = copy.deepcopy(figures)
        holder = wrong
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = ["Yes"] if isinstance(holder[path[-1]], list) else holder[path[-1]] + 1e-11
        [problem] = term_problems(Figures(wrong), row)
        assert path[-1] in str(problem)


def test_the_terms_are_shown_as_text_and_as_json(run: Run, demo: Path) -> None:
    assert (
        "q1: No 26 (0.0193), Yes 1,324 (0.9807); p_bar 0.9807, p_e 0.9622 (Fleiss) and 0.0378 (Gwet)"
        in run("radiologist", "--artifacts", demo).out
    )
    row = run("radiologist", "--artifacts", demo, "--format", "json").json["results"][2]
    figures = published("reader_reliability")["q4"]
    assert row["category_totals"] == figures["category_totals"]
    assert row["category_marginals"] == pytest.approx(figures["gwet"]["category_marginals"], abs=1e-12)
    assert row["fleiss_p_e"] == pytest.approx(figures["fleiss"]["p_e_chance_agreement"], abs=1e-12)
    assert row["gwet_p_e"] == pytest.approx(figures["gwet"]["p_e_chance_agreement"], abs=1e-12)


def _summary(run: Run, root: Path) -> dict[str, Any]:
    done = run("radiologist", "--artifacts", root, "--format", "json").json
    return {**done["summary"], "notes": " | ".join(done["notes"]), "problems": done["problems"]}


def test_the_exchange_of_two_labels_is_found_and_told(run: Run, demo: Path) -> None:
    found = _summary(run, demo)
    combined, detectability, repeats = found["reader_labels"]
    assert combined["label_of"] == detectability["label_of"] == SWAP
    assert (combined["questions"], combined["cases"]) == (["q1", "q2", "q4"], 450)
    assert repeats["label_of"] == {label: label for label in SWAP}
    assert found["hidden_repeats_per_reviewer"] == {"R1": 10, "R2": 10, "R3": 10}
    assert (
        "R1 is R2 and R2 is R1 of validation_pair_results_public_2026-04-28.csv; R3 is the same in both"
        in found["notes"]
    )


def test_an_answer_that_is_none_is_named(run: Run, tampering: Tampering) -> None:
    tampering.csv(layout.DETECTABILITY, lambda rows: rows[0].update(q4_detectability="Perhaps"))
    assert any("unknown answer 'Perhaps'" in problem for problem in _summary(run, tampering.root)["problems"])


def test_two_questions_with_the_same_figures_are_said_to_be_two(release: Tampering) -> None:
    notes = check(Inputs(artifacts=release.root)).notes
    [alike] = [note for note in notes if "agree to the last digit" in note]
    assert re.search(r"they differ in [1-9][0-9]* answers?$", alike)


def _relabelled(tampering: Tampering, relative: str, labels: Mapping[str, str]) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["reviewer"] = labels.get(row["reviewer"], row["reviewer"])

    tampering.csv(relative, change)


def test_another_exchange_than_the_published_one_is_a_problem_of_the_release_only(run: Run, release: Tampering) -> None:
    _relabelled(release, layout.PAIR_RESULTS, SWAP)
    found = _summary(run, release.root)
    assert "all labels of the per-reviewer files agree with those of validation_pair_results" in found["notes"]
    [problem] = found["problems"]
    assert "{'R1': 'R1', 'R2': 'R2', 'R3': 'R3'}; the published value is {'R1': 'R2'" in problem
    release.path(layout.DEMO_MARKER).write_text('{"synthetic": true}')
    assert _summary(run, release.root)["problems"] == []


def test_hidden_repeats_under_other_labels_are_a_problem_of_the_release(run: Run, release: Tampering) -> None:
    _relabelled(release, layout.HIDDEN_REPEATS, SWAP)
    [problem] = _summary(run, release.root)["problems"]
    assert "the hidden repeats have other labels than the per-reviewer files" in problem


def test_labels_that_cannot_be_told_are_said_to_be_not_checked(run: Run, release: Tampering) -> None:
    release.text(layout.PAIR_RESULTS, lambda text: text.replace("reviewer", "somebody", 1))
    done = run("radiologist", "--artifacts", release.root, "--format", "json").json
    reason = f"{layout.PAIR_RESULTS} has no column reviewer"
    assert done["summary"]["reader_labels"][0]["reason"] == reason
    assert f"the published exchange of two reader labels: {reason}" in done["not_checked"]


def test_per_reviewer_files_without_a_mark_take_the_second_showing_as_the_repeat(
    run: Run, tampering: Tampering
) -> None:
    for path in PER_REVIEWER_FILES:
        tampering.text(path, lambda text: text.replace("hidden_repeat", "shown", 1))
    combined, *_ = _summary(run, tampering.root)["reader_labels"]
    assert combined["label_of"] == SWAP


def test_the_stale_figure_is_named_beside_the_right_one(run: Run, demo: Path) -> None:
    found = _summary(run, demo)
    [stated] = found["stated_q2_gwet_ac1"]
    assert (stated["path"], stated["stated"]) == ("agreement.q2_pathology_preservation.gwet_ac1", 0.9804)
    assert stated["recomputed"] == pytest.approx(0.9799846263682873, abs=1e-12)
    assert "says 0.9804, which is stale: the rows give 0.97998462636828" in found["notes"]
    assert "q1 and q2 agree to the last digit" in found["notes"]
    assert "excluded_final is blank in every row" in found["notes"]


@pytest.mark.parametrize(
    ("report", "stated"),
    [
        ({"q2": {"gwet_ac1": 0.9804}}, [(0.9804, True)]),
        ({"gwet": {"AC1": {"q2_pathology_preservation": 0.9804}}}, [(0.9804, True)]),
        ([{"question": "Q2", "values": {"gwet_ac1": 0.98}}], [(0.98, False)]),
        ({"q2_ac1": "0.9804"}, [(0.9804, True)]),
        ({"q2_ac1": 0.97998463}, [(0.97998463, False)]),
        ({"q1": {"gwet_ac1": 0.9804}, "q2": {"kappa": 0.9804}}, []),
        ({"q2_ac1": [True, None, 1, "high", "0." + "9" * 99, {}]}, []),
        (7, []),
    ],
)
def test_a_stated_figure_is_found_wherever_it_stands(report: Any, stated: list[tuple[float, bool]]) -> None:
    assert [(figure.stated, figure.stale) for figure in stated_ac1(report, 0.9799846263682873)] == stated


def test_a_report_without_the_stale_figure_is_said_not_to_have_it(run: Run, release: Tampering) -> None:
    release.json(layout.VALIDATION_REPORT, lambda report: report.pop("agreement") and None)
    done = run("radiologist", "--artifacts", release.root, "--format", "json")
    assert done.status == 0
    assert any("stale AC1 of q2" in said for said in done.json["not_checked"])


def test_a_mark_in_the_column_for_exclusions_is_counted(run: Run, release: Tampering) -> None:
    release.csv(layout.PAIR_RESULTS, lambda rows: rows[0].update(excluded_final="True"))
    found = _summary(run, release.root)
    assert found["excluded_final_rows"] == 1
    contradicted, *compared = found["problems"]
    assert contradicted.endswith(f"but not in {layout.READER_EXCLUSIONS}")
    assert [problem.partition(" is ")[0] for problem in compared] == [
        "majority_rule_2_of_3: excluded_final_rows", "majority_rule_2_of_3: excluded_final_distinct_pairs",
    ]  # fmt: skip
