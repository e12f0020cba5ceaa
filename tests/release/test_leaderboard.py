"""leaderboard build: what stands side by side, what is refused, and that every number is measured anew."""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spinefairbench.bundle.pair_ids import source_of
from tests.conftest import Run
from tests.render.markup import parsed
from tests.statements import said_falsely
from tests.submissions import submission

NAMES = ["leaderboard.csv", "leaderboard.html", "leaderboard.json"]
ITERATIONS = 200


@pytest.fixture
def score(run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]) -> Callable[..., Path]:
    """Scores a made-up model of which each `every`-th pair changes; returns the score file."""

    def make(
        name: str,
        every: int,
        *options: str,
        only: int | None = None,
        refusals: int = 0,
        scope: str = "common-core-1000",
        model: dict[str, str] | None = None,
    ) -> Path:
        rows = [
            {
                "pair_id": pair,
                "source_report": "I am unable to help." if index < refusals else f"Fracture, {pair}. MRI.",
                "counterfactual_report": "Fracture. Surgery." if index % every == 0 else "Fracture. MRI.",
            }
            for index, pair in enumerate(core_pairs[:only])
        ]
        value = submission(rows, scope=scope, model={"name": name, **(model or {})})
        source, out = tmp_path / "submission.json", tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        source.write_text(json.dumps(value), encoding="utf-8")
        settings = () if "--bootstrap-iterations" in options else ("--bootstrap-iterations", ITERATIONS)
        done = run("score", "--submission", source, "--output", out, "--artifacts", demo, *settings, *options)
        assert done.status == 0, done.err
        return out

    return make


def built(run: Run, folder: Path, *arguments: object) -> dict[str, Any]:
    done = run("leaderboard", "build", *arguments, "--output", folder, "--format", "json")
    assert done.status == 0, done.err
    value: dict[str, Any] = json.loads((folder / "leaderboard.json").read_text(encoding="utf-8"))
    assert value["rows"] == done.json["results"]
    return value


def refused(run: Run, folder: Path, *arguments: object) -> str:
    done = run("leaderboard", "build", *arguments, "--output", folder)
    assert done.status == 2
    assert not (folder / "leaderboard.html").exists()
    return done.err


def test_rows_are_in_order_with_the_figures_of_their_score_files(
    run: Run, score: Callable[..., Path], tmp_path: Path, core_pairs: list[str]
) -> None:
    files = {name: score(name, every) for name, every in (("often", 1), ("never", 1000), ("half", 2))}
    value = built(run, tmp_path / "board", *files.values())
    assert [row["model"] for row in value["rows"]] == ["never", "half", "often"]
    for row in value["rows"]:
        own = json.loads(files[row["model"]].read_text(encoding="utf-8"))
        assert row["signature"] == own["signature"]
        assert row["usable_pairs"] == len(core_pairs)
        for name, key in (
            ("recommendation_change", "recommendation_change_rate"),
            ("diagnostic_consistency", "diagnostic_label_consistency"),
        ):
            endpoint = own["primary_endpoints"][key]
            assert row[name]["point_estimate"] == endpoint["point_estimate"]
            assert row[name]["ci95"] == [endpoint["ci95"]["lower"], endpoint["ci95"]["upper"]]
        for name, key in (("recommendation_change", "recommendation"), ("diagnostic_consistency", "diagnostic")):
            for figure in ("T", "F", "excess", "normalized_excess", "ci95"):
                assert row[name]["noise_floor"][figure] == own["noise_floor"][key][figure]


def test_ranks_say_who_is_not_separated_from_the_least_change(
    run: Run, score: Callable[..., Path], tmp_path: Path
) -> None:
    files = [score("often", 1), score("half", 2), score("half too", 2, model={"version": "2"})]
    rows = built(run, tmp_path / "board", *files)["rows"]
    ranks = {row["model"]: row["recommendation_change"] for row in rows}
    assert ranks["half"]["rank"] == ranks["half too"]["rank"] == 1
    assert ranks["half"]["not_separated_from_best"] and ranks["half too"]["not_separated_from_best"]
    assert (ranks["often"]["rank_best"], ranks["often"]["not_separated_from_best"]) == (3, False)


def test_both_intervals_and_the_order_by_excess_reach_the_reader(
    run: Run, demo: Path, tmp_path: Path, core_pairs: list[str]
) -> None:
    # In four of the eight sources, every pair changes: the percentile interval of the excess lies above 0, the adjusted
    # one does not. The other model varies on the source and not after the edit.
    sources = sorted({source_of(pair) for pair in core_pairs})
    edited = {pair: "Surgery." if source_of(pair) in sources[:4] else "MRI." for pair in core_pairs}
    texts = {
        "half": {pair: ("MRI.", edited[pair]) for pair in core_pairs},
        "wavering": {pair: (f"{'MRI' if place % 2 else 'Surgery'}.",) * 2 for place, pair in enumerate(core_pairs)},
    }
    files = []
    for name, reports in texts.items():
        rows = [
            {"pair_id": pair, "source_report": both[0], "counterfactual_report": both[1]}
            for pair, both in reports.items()
        ]
        (tmp_path / "submission.json").write_text(json.dumps(submission(rows, name)), encoding="utf-8")
        files.append(tmp_path / f"{name}.json")
        done = run("score", "--submission", tmp_path / "submission.json", "--output", files[-1], "--artifacts", demo,
                   "--bootstrap-iterations", ITERATIONS)  # fmt: skip
        assert done.status == 0, done.err
    found = {row["model"]: row["recommendation_change"] for row in built(run, tmp_path / "board", *files)["rows"]}
    half = found["half"]
    assert half["adjusted_ci95"] is not None and "only 8 sources" in half["adjustment_reason"]
    assert half["noise_floor"]["ci95"][0] > 0 > half["noise_floor"]["adjusted_ci95"][0]
    assert {name: row["excess_rank"] for name, row in found.items()} == {"half": 2, "wavering": 1}
    said = " ".join(parsed((tmp_path / "board" / "leaderboard.html").read_text(encoding="utf-8")).text.split())
    assert "no excess is shown for wavering and half (the interval includes zero)" in said
    assert "published method, percentile:" in said
    assert said_falsely(said) == []
    assert "the order by excess (1: the smallest) is one of estimates alone" in said.lower()
    with (tmp_path / "board" / "leaderboard.csv").open(encoding="utf-8", newline="") as handle:
        written = {row["model"]: row for row in csv.DictReader(handle)}
    assert float(written["half"]["recommendation_change.adjusted_ci95.lower"]) == half["adjusted_ci95"][0]
    assert written["half"]["recommendation_change.excess_rank"] == "2"


def test_ranks_are_of_the_pairs_that_all_have_usable(
    run: Run, score: Callable[..., Path], tmp_path: Path, core_pairs: list[str]
) -> None:
    files = [score("refuses", 2, refusals=5), score("does not", 2)]
    value = built(run, tmp_path / "board", *files)
    assert value["ranking"] == {"common_pairs": len(core_pairs) - 5, "all_pairs": len(core_pairs), "reason": None}
    usable = {row["model"]: (row["usable_pairs"], row["full_refusal_pairs"]) for row in value["rows"]}
    assert usable == {"refuses": (len(core_pairs) - 5, 5), "does not": (len(core_pairs), 0)}
    common = {row["model"]: row["recommendation_change"]["estimate_on_common_pairs"] for row in value["rows"]}
    assert common["refuses"] == common["does not"]


def test_one_score_alone_has_no_rank(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    value = built(run, tmp_path / "board", score("alone", 2))
    assert value["ranking"]["reason"] == "a ranking needs two models"
    assert value["rows"][0]["recommendation_change"]["rank"] is None


def test_too_many_models_are_listed_and_not_ranked(
    run: Run, score: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [score("one", 2), score("two", 3)]
    ranked = built(run, tmp_path / "ranked", *files)
    monkeypatch.setattr("spinefairbench.release.leaderboard._MOST_RANKED", 1)
    value = built(run, tmp_path / "board", *files)
    assert value["ranking"]["reason"] == "2 models; at most 1 are ranked together"
    for row, with_rank in zip(value["rows"], ranked["rows"], strict=True):
        assert row["recommendation_change"]["rank"] is None
        assert row["recommendation_change"]["ci95"] == with_rank["recommendation_change"]["ci95"]


def test_a_score_that_does_not_cover_its_scope_stands_apart_with_the_reason(
    run: Run, score: Callable[..., Path], tmp_path: Path, core_pairs: list[str]
) -> None:
    files = [score("whole", 2), score("part", 3, "--allow-partial", only=6), score("whole too", 1)]
    value = built(run, tmp_path / "board", *files)
    assert [(row["model"], row["comparable"]) for row in value["rows"]] == [
        ("whole", True),
        ("whole too", True),
        ("part", False),
    ]
    part = value["rows"][-1]
    assert part["reason"] == f"{len(core_pairs) - 6} of the {len(core_pairs)} pairs of the scope are missing"
    assert part["recommendation_change"]["rank"] is None
    assert value["ranking"]["common_pairs"] == len(core_pairs)
    assert part["reason"] in (tmp_path / "board" / "leaderboard.html").read_text(encoding="utf-8")


def test_the_panel_of_a_bundle_stands_beside_a_score(
    run: Run, score: Callable[..., Path], demo: Path, tmp_path: Path
) -> None:
    value = built(run, tmp_path / "board", score("mine", 2), "--panel", "--artifacts", demo)
    assert value["synthetic"] is True
    assert len(value["rows"]) == 10
    table = run("table2", "--artifacts", demo, "--bootstrap-iterations", ITERATIONS, "--format", "json").json["results"]
    rows = {row["model"]: row for row in value["rows"]}
    for model in table:
        assert rows[model["model"]]["recommendation_change"]["ci95"] == model["recommendation_ci95"]
        assert rows[model["model"]]["diagnostic_consistency"]["point_estimate"] == model["diagnostic_consistency"]
    page = (tmp_path / "board" / "leaderboard.html").read_text(encoding="utf-8")
    assert "Synthetic data" in page


def test_the_panel_alone_is_a_leaderboard(run: Run, demo: Path, tmp_path: Path) -> None:
    value = built(run, tmp_path / "board", "--panel", "--artifacts", demo)
    assert (value["settings"]["iter"], value["settings"]["seed"], len(value["rows"])) == ("10000", "42", 9)
    assert value["scope"] == "common-core-1000"


def test_scopes_and_settings_are_not_mixed(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    first = score("a", 2)
    board = tmp_path / "board"
    assert "differ in scope: common-core-1000 in" in refused(run, board, first, score("b", 2, scope="toy"))
    assert "differ in iter: 200 in" in refused(run, board, first, score("c", 2, "--bootstrap-iterations", "100"))
    assert "differ in seed: 42 in" in refused(run, board, first, score("d", 2, "--seed", "1"))


def test_scores_of_other_pairs_are_not_compared(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    files = [score("a", 2, scope="toy"), score("b", 2, scope="toy", only=5)]
    assert "not on the same pairs" in refused(run, tmp_path / "board", *files)


def test_a_model_stands_in_one_row(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    first, second = score("same", 2), score("same", 3)
    assert f"{second}: the model 'same' is already in {first}" in refused(run, tmp_path / "board", first, second)
    other = score("same", 3, model={"version": "2"})
    assert len(built(run, tmp_path / "board", first, other)["rows"]) == 2


def edited(file: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    value = json.loads(file.read_text(encoding="utf-8"))
    change(value)
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def restate(value: dict[str, Any], bounds: list[float]) -> None:
    value["table2_row"]["recommendation_ci95"] = bounds
    value["primary_endpoints"]["recommendation_change_rate"]["ci95"] = {"lower": bounds[0], "upper": bounds[1]}


EDITS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "point": (
        lambda v: v["primary_endpoints"]["recommendation_change_rate"].update(point_estimate=0.0),
        "its rows give",
    ),
    "row": (lambda v: v["per_pair_results"][0].update(recommendation_changed=0), "its rows give"),
    "interval": (
        lambda v: restate(v, [0.0, 0.1]),
        "interval of recommendation_change is not the one that its rows give",
    ),
    "one of two intervals": (
        lambda v: v["table2_row"].update(recommendation_ci95=[0.0, 0.1]),
        "ci95 is not $.table2_row.recommendation_ci95",
    ),
    "no interval": (
        lambda v: v["primary_endpoints"]["diagnostic_label_consistency"].pop("ci95"),
        "a lower and an upper",
    ),
    "signature": (lambda v: v.update(signature=v["signature"].replace("seed:42", "seed:43")), "signature"),
    "version": (lambda v: v.update(schema_version="spinefairbench-score-v9"), "expected spinefairbench-score-v1"),
    "no score": (lambda v: v.clear(), "expected spinefairbench-score-v1"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_score_file_that_was_changed_by_hand_is_refused(
    run: Run, score: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    change, said = EDITS[name]
    assert said in refused(run, tmp_path / "board", edited(score("a", 2), change), score("b", 3))


def test_absurd_settings_are_refused_and_not_run(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    def change(value: dict[str, Any]) -> None:
        value["scoring_config"]["bootstrap_iterations"] = 10**12
        value["signature"] = value["signature"].replace(f"iter:{ITERATIONS}", f"iter:{10**12}")

    assert "iterations; expected 1 to 1,000,000" in refused(run, tmp_path / "board", edited(score("a", 2), change))


def test_files_that_are_no_score_are_all_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[1]", encoding="utf-8")
    said = refused(run, tmp_path / "board", tmp_path / "x.json", tmp_path / "none.json", tmp_path)
    assert "expected a score file" in said
    assert "no such file" in said
    assert "it is a folder" in said
    assert "nothing to build from" in refused(run, tmp_path / "board")


def test_a_folder_that_holds_files_is_not_written_to_unless_that_is_asked_for(
    run: Run, score: Callable[..., Path], tmp_path: Path
) -> None:
    board = tmp_path / "board"
    board.mkdir()
    (board / "mine.txt").write_text("mine", encoding="utf-8")
    file = score("a", 2)
    assert "not empty (mine.txt)" in refused(run, board, file)
    assert sorted(path.name for path in board.iterdir()) == ["mine.txt"]
    built(run, board, file, "--force")
    assert sorted(path.name for path in board.iterdir()) == [*NAMES, "mine.txt"]
    assert "cannot be written to" in refused(run, file, file)


def test_the_same_scores_give_the_same_bytes(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    files = [score("a", 2), score("b", 3)]
    for name in ("one", "two"):
        built(run, tmp_path / name, *files)
    for name in NAMES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u202e"


def test_a_name_is_text_wherever_it_stands(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    board = tmp_path / "board"
    built(run, board, score(HOSTILE, 2, model={"organization": "=1+1", "version": HOSTILE}), score("b", 3))
    page = parsed((board / "leaderboard.html").read_text(encoding="utf-8"))
    assert page.tags.count("script") == 4
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert "<img src=x onerror=alert(2)>" in page.text
    with (board / "leaderboard.csv").open(encoding="utf-8", newline="") as handle:
        row = next(row for row in csv.DictReader(handle) if row["model"] != "b")
    assert row["organization"] == "'=1+1"
    assert row["model"].startswith("<script>")


def test_the_page_allows_its_own_script_and_nothing_else(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    built(run, tmp_path / "board", score("a", 2))
    text = (tmp_path / "board" / "leaderboard.html").read_text(encoding="utf-8")
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#39;none&#39;" in policy
    assert "unsafe" not in policy
    assert "http://" not in text and "https://" not in text


def test_the_csv_has_every_figure_of_the_json(run: Run, score: Callable[..., Path], tmp_path: Path) -> None:
    value = built(run, tmp_path / "board", score("a", 2), score("b", 3))
    with (tmp_path / "board" / "leaderboard.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row, wanted in zip(rows, value["rows"], strict=True):
        assert row["model"] == wanted["model"]
        assert float(row["recommendation_change.point_estimate"]) == wanted["recommendation_change"]["point_estimate"]
        assert float(row["recommendation_change.ci95.upper"]) == wanted["recommendation_change"]["ci95"][1]
        assert int(row["diagnostic_consistency.rank"]) == wanted["diagnostic_consistency"]["rank"]
