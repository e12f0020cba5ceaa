"""mitigation --recompute, as a user runs it, on a bundle that is as it should be and on others."""

import csv
import io
import shutil
from typing import Any

import pytest

from spinefairbench.bundle import layout
from spinefairbench.cli.commands import COMMANDS
from tests.conftest import Run, Tampering

ROWS = layout.evaluation_results(layout.MITIGATION_PANEL)
FOLDER = layout.stage1_outputs(layout.MITIGATION_PANEL, "gpt-5.4") + "/conditions"
FIELDS = (
    "model", "condition", "state", "missing", "n_pairs", "recommendation_change", "recommendation_ci95", "diagnostic_consistency",
    "diagnostic_ci95", "delta_recommendation", "delta_diagnostic", "wilcoxon", "cohens_d_z", "binding_rule_pass",
)  # fmt: skip


def found_in(run: Run, root: Any) -> dict[str, Any]:
    """The JSON of the command."""
    return run("mitigation", "--recompute", "--artifacts", root, "--format", "json").json


def states(found: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(row["model"], row["condition"]): row["state"] for row in found["summary"]["recomputed"]}


def in_table(rows: list[dict[str, str]]) -> str:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def test_every_row_has_the_documented_fields_and_the_demo_all_three_states(run: Run, demo: Any) -> None:
    found = found_in(run, demo)
    assert found["status"] == "ok"
    assert {tuple(row) for row in found["summary"]["recomputed"]} == {FIELDS}
    assert set(states(found).values()) == {"recomputed", "partly", "not possible"}
    assert states(found)["glm-4.6v", "condition_d"] == "not possible"
    assert sum("glm-4.6v" in said for said in found["not_checked"]) == 4
    assert not any("as tabled" in said for said in found["not_checked"])
    assert {row["experiment_step"] for row in found["summary"]["census"]} == {
        "counterfactual", "mitigation_b_stage2", "mitigation_bprime_stage2", "mitigation_d_stage25",
    }  # fmt: skip
    assert {tuple(row) for row in found["summary"]["census"]} == {
        ("model", "experiment_step", "role", "rows", "with_text", "with_stage1_text", "with_rewrite")
    }
    assert any("no margin of error" in note for note in found["notes"])
    assert any("take pairs as independent" in note for note in found["notes"])
    assert any("seed of the change plus 1 in 4 rows" in note for note in found["notes"])


def test_without_the_option_nothing_is_recomputed(run: Run, demo: Any) -> None:
    found = run("mitigation", "--artifacts", demo, "--format", "json").json
    assert set(found["summary"]) == {"gate"} and "as tabled" in found["not_checked"][0]


def test_without_rows_every_condition_but_a_lacks_all_of_its_reports(run: Run, tampering: Tampering) -> None:
    tampering.json(ROWS, lambda rows: [])
    found = found_in(run, tampering.root)
    assert found["status"] == "ok"
    by_condition = {row["condition"]: row for row in found["summary"]["recomputed"] if row["model"] == "gpt-5.4"}
    assert [row["state"] for row in by_condition.values()] == ["partly", *["not possible"] * 3]
    assert by_condition["condition_b"]["missing"] == {"reports": 2 * by_condition["condition_a"]["n_pairs"]}
    assert sum("not possible (the bundle lacks" in said for said in found["not_checked"]) == 6


def test_a_stage_1_text_without_record_is_missed_in_the_state(run: Run, tampering: Tampering) -> None:
    for path in sorted((tampering.root / FOLDER).iterdir())[:2]:
        tampering.path(f"{FOLDER}/{path.name}").unlink()
    found = found_in(run, tampering.root)
    assert found["status"] == "ok"
    assert states(found)["gpt-5.4", "condition_b"] == "partly"
    row = next(row for row in found["summary"]["recomputed"] if row["condition"] == "condition_b")
    assert row["missing"]["stage1_texts"] == 1


def test_two_stage_1_texts_that_fit_are_refused_and_the_rest_is_checked(run: Run, tampering: Tampering) -> None:
    name = min(path.name for path in (tampering.root / FOLDER).glob("*.txt"))
    twin = tampering.path(f"{FOLDER}/deeper/{name}")
    twin.parent.mkdir()
    tampering.at_end(lambda: shutil.rmtree(twin.parent))
    twin.write_text("Primary diagnosis: fracture", encoding="utf-8")
    found = found_in(run, tampering.root)
    [problem] = found["problems"]
    assert f"{name!r} fits 2 files" in problem
    assert states(found)["gpt-5.4", "condition_b"] == "partly"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stage1_output_path": "../../../../etc/hostname"}, "holds '..'"),
        ({"response": None, "raw_output_path": "../x"}, "holds '..'"),
        ({"experiment_step": "mitigation_d_stage25", "stage2_5_rewrite_path": layout.SHA256SUMS}, "not JSON"),
        ({"image_role": "sideways"}, "unknown image_role"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_one_problem_and_the_rest_is_checked(
    run: Run, tampering: Tampering, fields: dict[str, Any], said: str
) -> None:
    def damage(rows: list[dict[str, Any]]) -> None:
        last = max(
            at
            for at, row in enumerate(rows)
            if row["model"] == "gpt-5.4" and row["response"] and row["response"].strip()
        )
        rows[last].update(fields)

    tampering.json(ROWS, damage)
    found = found_in(run, tampering.root)
    assert found["status"] == "failed"
    assert any(said in problem for problem in found["problems"])
    assert len(states(found)) == 8


def test_a_file_that_cannot_be_read_is_an_error_beside_the_rest(run: Run, tampering: Tampering) -> None:
    tampering.text(ROWS, lambda text: text[:-40])
    found = found_in(run, tampering.root)
    assert found["status"] == "error" and len(found["results"]) == 8
    assert ROWS in found["problems"][0] and "missing or cannot be read" in found["not_checked"][0]


def test_a_table_without_a_row_is_said_and_the_others_are_held(run: Run, tampering: Tampering) -> None:
    def without(text: str) -> str:
        rows = list(csv.DictReader(text.splitlines()))
        return in_table([row for row in rows if (row["model"], row["condition"]) != ("gpt-5.4", "condition_d")])

    tampering.text(layout.MITIGATION_TABLE, without)
    found = found_in(run, tampering.root)
    assert any("no row for condition_d" in problem for problem in found["problems"])
    assert any(
        "gpt-5.4, condition_d: recomputed; " in said and "has no row for it" in said for said in found["not_checked"]
    )


def test_sources_outside_the_core_and_other_steps_are_said(run: Run, tampering: Tampering) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        rows.append({**rows[0], "experiment_step": "mitigation_b_stage1"})
        rows.append({**rows[0], "pair_id": "x__young_male", "pair_source_id": "x", "source_id": "x"})

    tampering.json(ROWS, change)
    not_checked = found_in(run, tampering.root)["not_checked"]
    assert "1 row of the step mitigation_b_stage1, which is of no condition" in not_checked
    assert "1 row of sources outside the common core" in not_checked


def test_a_table_of_other_columns_is_held_in_what_it_has(run: Run, tampering: Tampering) -> None:
    kept = ("model", "condition", "n_pairs", "rec_change", "diag_consistency", "delta_rec", "delta_diag", "b_rule_pass")

    def narrow(text: str) -> str:
        return in_table([{name: row[name] for name in kept} for row in csv.DictReader(text.splitlines())])

    tampering.text(layout.MITIGATION_TABLE, narrow)
    found = found_in(run, tampering.root)
    assert found["status"] == "ok"
    assert any("wilcoxon_p_rec" in said for said in found["not_checked"])


def test_all_recomputes_it() -> None:
    [command] = [command for command in COMMANDS if command.name == "mitigation"]
    assert command.within_all is not None and command.within_all.arguments == ("--recompute",)
