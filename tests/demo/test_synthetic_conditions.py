"""The demo bundle's mitigation conditions have every kind of row, and all three states."""

import json
from collections import Counter
from pathlib import Path

from spinefairbench.bundle import layout
from spinefairbench.demo.model_profiles import PROFILES
from spinefairbench.demo.synthetic_conditions import conditions_of
from spinefairbench.demo.synthetic_sources import sources
from spinefairbench.metrics.condition_report import ReportState

PROFILE = next(profile for profile in PROFILES if profile.name == "gpt-5.4")


def test_whatever_can_befall_a_row_befalls_some_but_never_those_of_the_first_source() -> None:
    given = list(sources(24, 7))
    made = conditions_of(PROFILE, given, 7, whole=True)
    kinds = Counter(
        "failed call" if row["error"] else "failure code" if "failure_code" in row
        else "in a file" if "raw_output_path" in row else "rewrite" if "stage2_5_rewrite_path" in row
        else "own text" if row["response"].strip() else "blank"
        for row in made.rows
    )  # fmt: skip
    assert set(kinds) == {"failed call", "failure code", "in a file", "rewrite", "own text", "blank"}
    states = {report.state for pairs in made.sides.values() for both in pairs.values() for report in both}
    assert states == set(ReportState) - {ReportState.MISSING}
    first = given[0].source_id
    assert all(
        report.state is ReportState.USABLE
        for pairs in made.sides.values() for pair, both in pairs.items() if pair.startswith(first) for report in both
    )  # fmt: skip


def test_some_files_are_left_out_unless_it_is_whole() -> None:
    given = list(sources(6, 7))
    whole, part = (conditions_of(PROFILE, given, 7, whole=each) for each in (True, False))
    assert part.sides == whole.sides
    gone = whole.files.keys() - part.files.keys()
    assert any("stage2_5_rewrites" in name for name in gone) and not any(
        "stage2_5_rewrites" in name for name in part.files
    )
    assert {name for name in gone if "stage1_outputs" in name} == {
        name for name in whole.files if "stage1_outputs" in name and any(given[at].source_id in name for at in (2, 5))
    }


def test_a_larger_bundle_begins_with_the_rows_of_a_smaller_one() -> None:
    given = list(sources(4, 7))
    small, large = (conditions_of(PROFILE, given[:count], 7, whole=True) for count in (2, 4))
    assert large.rows[: len(small.rows)] == small.rows


def test_the_rows_say_that_their_files_were_on_another_machine(demo: Path) -> None:
    rows = json.loads((demo / layout.evaluation_results(layout.MITIGATION_PANEL)).read_bytes())
    assert all(row["stage1_output_path"].startswith("/another-machine/") for row in rows)
