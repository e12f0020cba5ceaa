"""Reports that the parsers cannot read: warned of wherever their score is shown, never ranked, refused where asked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.submissions import panel_submission, submission

FEW = ("--bootstrap-iterations", "50")

UNREADABLE: dict[str, tuple[str, str]] = {
    "german": (
        "Aufnahme {}: Die Wirbelkörper sind regelrecht und nicht gebrochen. Eine Kontrolle ist nach Wochen sinnvoll.",
        "probably not in English",
    ),
    "chinese": (
        "\u7b2c{}\u5f20\uff1a\u8170\u690e\u690e\u4f53\u9ad8\u5ea6\u6b63\u5e38\uff0c\u672a\u89c1\u9aa8\u6298\u3002\u5efa\u8bae\u968f\u8bbf\u3002",
        "probably not in English",
    ),
    "lorem": ("Lorem {} ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod.", "probably not in English"),
    "error": ("Error 429: too many calls, request {}.", "error message of a server"),
    "think": ("<think>The user shows me picture {}. What do I see here? I would say bones.</think>", "such as <think>"),
    "curly": ("I\u2019m unable to interpret this x-ray, number {}.", "frozen classifier does not recognize"),
}


def unreadable(kind: str, pairs: list[str], of: range | None = None) -> dict[str, Any]:
    """A submission of distinct texts of one kind, or of them in the pairs numbered `of` and of ordinary ones elsewhere."""
    template, _ = UNREADABLE[kind]
    rows = []
    for index, pair in enumerate(pairs):
        good = of is not None and index not in of
        said = "Fracture of L1, film {}. An MRI is advised." if good else template
        source, edited = (said.format(2 * index + side) for side in (0, 1))
        rows.append({"pair_id": pair, "source_report": source, "counterfactual_report": edited})
    return submission(rows, kind)


@pytest.fixture
def put(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def write(value: dict[str, Any]) -> Path:
        path = tmp_path / f"{value['model']['name']}.submission.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    return write


@pytest.fixture
def score(run: Run, demo: Path, put: Callable[[dict[str, Any]], Path], tmp_path: Path) -> Callable[..., Path]:
    """Scores a submission; the score file."""

    def make(value: dict[str, Any], *options: object) -> Path:
        out = tmp_path / f"{value['model']['name']}.json"
        done = run("score", "--submission", put(value), "--output", out, "--artifacts", demo, *FEW, *options)
        assert done.status == 0, done.err
        return out

    return make


def board(run: Run, demo: Path, folder: Path, *scores: Path, panel: bool = False) -> dict[str, Any]:
    added = ("--panel", "--artifacts", demo) if panel else ()
    done = run("leaderboard", "build", *scores, *added, "--output", folder, "--format", "json")
    assert done.status == 0, done.err
    return done.json


def ordinary(demo: Path, name: str = "ordinary") -> dict[str, Any]:
    return panel_submission(demo, name)


@pytest.mark.parametrize("kind", UNREADABLE)
def test_such_reports_are_warned_of_wherever_their_score_is_shown_and_have_no_rank(
    kind: str, run: Run, demo: Path, score: Callable[..., Path], core_pairs: list[str], tmp_path: Path
) -> None:
    said = UNREADABLE[kind][1]
    page = tmp_path / "page.html"
    file = score(unreadable(kind, core_pairs), "--report", page)
    checked = run(
        "submission", "check", tmp_path / f"{kind}.submission.json", "--artifacts", demo, "--format", "json"
    ).json
    assert checked["results"][0]["readable"] is False
    value = json.loads(file.read_text(encoding="utf-8"))
    # The frozen figures are what they always were.
    assert value["primary_endpoints"]["recommendation_change_rate"]["point_estimate"] == 0
    assert value["primary_endpoints"]["diagnostic_label_consistency"]["point_estimate"] == 1
    assert value["coverage"]["comparable_to_panel_scope"] is True
    quality = value["report_quality"]
    assert quality["readable"] is False
    assert quality["unreadable"] == quality["reports"] == 2 * len(core_pairs)
    audited = run("audit", file, "--alone", "--artifacts", demo, *FEW, "--format", "json").json
    assert audited["summary"]["report_quality"] == quality
    for sentences in (checked["notes"], value["warnings"], audited["notes"]):
        assert any(said in sentence for sentence in sentences)
        assert any("are not readable for the parsers" in sentence for sentence in sentences)
    assert "are not readable for the parsers" in audited["summary"]["paragraph"]
    html = page.read_text(encoding="utf-8")
    assert html.index("are not readable for the parsers") < html.index('id="endpoints"')

    others = [score(ordinary(demo, name)) for name in ("one", "two")]
    found = board(run, demo, tmp_path / "board", file, *others)
    rows = {row["model"]: row for row in found["results"]}
    assert "are not readable for the parsers" in rows[kind]["reason"]
    shown = (tmp_path / "board" / "leaderboard.html").read_text(encoding="utf-8")
    apart = shown.partition('<section id="unreadable"')[2].partition("</section>")[0]
    assert "are not readable for the parsers" in apart
    assert "[" not in apart, "no value is given of reports that cannot be read"
    assert (rows[kind]["comparable"], rows[kind]["readable"]) == (False, False)
    for endpoint in ("recommendation_change", "diagnostic_consistency"):
        assert [rows[name][endpoint]["rank"] for name in (kind, "one", "two")] == [None, 1, 1]
    assert [each for each in found["summary"]["not_comparable"] if each.startswith(f"{kind}: ")]


def test_an_ordinary_submission_has_no_doubt(run: Run, demo: Path, score: Callable[..., Path], tmp_path: Path) -> None:
    file = score(ordinary(demo), "--require-readable")
    quality = json.loads(file.read_text(encoding="utf-8"))["report_quality"]
    assert (quality["readable"], quality["doubts"], quality["unreadable"]) == (True, [], 0)
    checked = run(
        "submission", "check", tmp_path / "ordinary.submission.json", "--artifacts", demo, "--require-readable",
        "--format", "json",
    )  # fmt: skip
    assert (checked.status, checked.json["results"][0]["readable"]) == (0, True)
    assert (
        run("audit", file, "--alone", "--artifacts", demo, *FEW, "--format", "json").json["summary"]["report_quality"]
        == quality
    )


def test_the_panel_of_the_demo_bundle_keeps_its_ranks(run: Run, demo: Path, tmp_path: Path) -> None:
    rows = board(run, demo, tmp_path / "board", panel=True)["results"]
    assert [row["reason"] for row in rows] == [None] * 9
    assert all(row["readable"] is True for row in rows)


@pytest.mark.parametrize("kind", ["german", "error"])
def test_a_gate_that_requires_readable_reports_fails(
    kind: str, run: Run, demo: Path, put: Callable[[dict[str, Any]], Path], core_pairs: list[str], tmp_path: Path
) -> None:
    path, out = put(unreadable(kind, core_pairs)), tmp_path / "score.json"
    for command in (
        ("submission", "check", path),
        ("score", "--submission", path, "--output", out, "--force", *FEW),
    ):
        assert run(*command, "--artifacts", demo).status == 0
        done = run(*command, "--artifacts", demo, "--require-readable")
        assert done.status == 1
        assert "are not readable for the parsers" in done.err


def test_rows_of_reports_are_held_to_it_too(run: Run, demo: Path, core_pairs: list[str], tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    results = unreadable("lorem", core_pairs)["results"]
    rows.write_text("".join(json.dumps(row) + "\n" for row in results), encoding="utf-8")
    done = run("submission", "check", rows, "--scope", "common-core-1000", "--artifacts", demo, "--require-readable")
    assert done.status == 1


def test_a_few_unreadable_reports_are_told_and_cost_no_rank(
    run: Run, demo: Path, score: Callable[..., Path], core_pairs: list[str], tmp_path: Path
) -> None:
    file = score(unreadable("error", core_pairs, range(2)), "--require-readable")
    quality = json.loads(file.read_text(encoding="utf-8"))["report_quality"]
    assert (quality["unreadable"], quality["with_error_text"], quality["readable"]) == (4, 4, True)
    assert any(doubt.startswith(f"4 of {2 * len(core_pairs)} reports") for doubt in quality["doubts"])
    rows = board(run, demo, tmp_path / "board", file, score(ordinary(demo)))["results"]
    assert all(row["reason"] is None for row in rows)


def refusing(demo: Path, name: str, usable: int) -> dict[str, Any]:
    """Ordinary reports of which all but the first pairs are refusals."""
    value = ordinary(demo, name)
    for row in value["results"][usable:]:
        row["source_report"] = "I am unable to help."
    return value


def test_one_entry_with_hardly_any_usable_pair_loses_its_own_rank_and_no_other(
    run: Run, demo: Path, score: Callable[..., Path], core_pairs: list[str], tmp_path: Path
) -> None:
    files = [score(ordinary(demo, "one")), score(ordinary(demo, "two")), score(refusing(demo, "few", 1))]
    found = board(run, demo, tmp_path / "board", *files)
    rows = {row["model"]: row for row in found["results"]}
    assert rows["few"]["reason"] == f"only 1 of {len(core_pairs)} pairs (3%) is usable; less than 50% is too few"
    assert rows["few"]["recommendation_change"]["rank"] is None
    assert rows["one"]["recommendation_change"]["rank"] == rows["two"]["recommendation_change"]["rank"] == 1
    assert found["summary"]["no_ranks_because"] is None
    ranking = json.loads((tmp_path / "board" / "leaderboard.json").read_text(encoding="utf-8"))["ranking"]
    assert ranking == {"common_pairs": len(core_pairs), "all_pairs": len(core_pairs), "reason": None}


# --- score files -----------------------------------------------------------------------------------------------


def edited(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    value = json.loads(file.read_text(encoding="utf-8"))
    change(value)
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_of_a_score_file_without_the_block_it_is_not_known(
    run: Run, demo: Path, score: Callable[..., Path], tmp_path: Path
) -> None:
    files = [score(ordinary(demo, "old")), score(ordinary(demo, "new"))]
    edited(files[0], lambda value: value.pop("report_quality"))
    found = board(run, demo, tmp_path / "board", *files)
    assert {row["model"]: (row["readable"], row["reason"]) for row in found["results"]} == {
        "old": (None, None),
        "new": (True, None),
    }
    assert any("not known" in note and "old" in note and "new" not in note.split(":")[-1] for note in found["notes"])
    audited = run("audit", files[0], "--alone", "--artifacts", demo, *FEW, "--format", "json").json
    assert any("not known" in note for note in audited["notes"])
    own = ("--submission", tmp_path / "old.submission.json")
    told = run("audit", files[0], *own, "--alone", "--artifacts", demo, *FEW, "--format", "json").json
    assert told["summary"]["report_quality"]["readable"] is True


def test_a_block_that_is_removed_does_not_hide_reports_without_a_term(
    run: Run, demo: Path, score: Callable[..., Path], core_pairs: list[str], tmp_path: Path
) -> None:
    file = edited(score(unreadable("german", core_pairs)), lambda value: value.pop("report_quality"))
    [row] = board(run, demo, tmp_path / "board", file)["results"]
    assert "have neither a diagnostic label nor a recommendation" in row["reason"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reports": 1}, "its rows give"),
        ({"without_label_or_recommendation": 0}, "its rows give"),
        ({"unreadable": 0}, "cannot all be true"),
        ({"unreadable": 10**9}, "cannot all be true"),
        ({"with_error_text": "many"}, "expected a whole number"),
        ({"possibly_truncated": -1}, "expected at least 0"),
    ],
)
def test_a_block_that_does_not_fit_its_rows_is_refused(
    change: dict[str, Any],
    said: str,
    run: Run,
    score: Callable[..., Path],
    core_pairs: list[str],
    tmp_path: Path,
) -> None:
    file = edited(score(unreadable("german", core_pairs)), lambda value: value["report_quality"].update(change))
    done = run("leaderboard", "build", file, "--output", tmp_path / "board")
    assert done.status == 2
    assert said in done.err


# --- the noise floor where repeated reports say the same -------------------------------------------------------


def repeated(pairs: list[str], template: str, name: str) -> dict[str, Any]:
    """Source reports of the same labels and recommendations."""
    rows = [
        {"pair_id": pair, "source_report": template.format(index), "counterfactual_report": "Fracture. Surgery."}
        for index, pair in enumerate(pairs)
    ]
    return submission(rows, name)


@pytest.mark.parametrize(
    ("template", "said", "quoted"),
    [
        ("Fracture. MRI.", "are the same text", "one report was pasted"),
        ("Fracture, take {}. MRI.", "not all of their texts are the same", "differ in their texts"),
    ],
)
def test_why_the_floor_is_zero_is_told_from_the_texts(
    template: str, said: str, quoted: str, run: Run, demo: Path, score: Callable[..., Path], core_pairs: list[str]
) -> None:
    file = score(repeated(core_pairs, template, "m"))
    assert any(said in note for note in json.loads(file.read_text(encoding="utf-8"))["noise_floor"]["notes"])
    ask = ("audit", file, "--alone", "--artifacts", demo, *FEW, "--format", "json")
    audited = run(*ask).json
    assert any(said in note for note in audited["notes"])
    assert quoted in audited["summary"]["paragraph"]
    edited(file, lambda value: value.pop("report_quality"))
    without = run(*ask).json
    assert any("without the texts" in note for note in without["notes"])
    assert "have the same texts" in without["summary"]["paragraph"]
