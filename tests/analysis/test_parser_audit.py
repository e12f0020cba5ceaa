"""The parser audit, worked by hand on a few texts, and the script that validates it."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from spinefairbench.analysis import mention_collector
from spinefairbench.analysis.estimates import answer
from spinefairbench.analysis.mention_collector import MentionCollector, MentionReader
from spinefairbench.analysis.mention_counts import category_rows
from spinefairbench.analysis.model_variants import begun_variants, variant_request
from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit
from spinefairbench.analysis.variant_endpoints import ChangedPair, changed_pairs
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.reports import Observer, read_panels
from spinefairbench.metrics.model_reports import ModelReports
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS
from spinefairbench.metrics.sentences import lines_of
from spinefairbench.statistics.bootstrap import Bootstrap
from tests import ROOT
from tests.analysis.pairs import model, read_pair

REPORT = "There is no fracture. Mild osteophytes; no lesions. Lumbar radiograph. Consider MRI."


def test_the_mentions_of_a_text_and_what_each_variant_makes_of_them() -> None:
    result = mentions_of_text(REPORT)
    found = {(row.category, row.term): (row.kind, REPORT[row.start : row.end], row.reading) for row in result.rows}
    assert found["Fracture", "fracture"] == ("diagnostic", "fracture", "negated")
    assert found["Osteophytes", "osteophytes"] == ("diagnostic", "osteophytes", "affirmed")
    assert found["imaging", "radiograph"] == ("recommendation", "radiograph", "descriptive")
    assert found["imaging", "mri"] == ("recommendation", "MRI", "recommended")
    assert result.summary["frozen"]["diagnostic_labels"] == ["Osteophytes", "Fracture"]
    # Knowing plurals alone makes it worse: the lesions that are denied are found.
    assert result.summary["plural_aware"]["diagnostic_labels"] == ["Osteophytes", "Other lesions", "Fracture"]
    assert result.summary["both"]["diagnostic_labels"] == ["Osteophytes"]
    assert any("not a score" in note for note in result.notes)
    assert "rules:" in result.summary["signature"]


def test_the_places_of_a_text_are_those_in_its_file() -> None:
    row = mentions_of_text("No fracture.", 1).rows[0]
    assert ("\ufeffNo fracture."[row.start : row.end], row.cue) == ("fracture", "no")


def _collected(texts: list[tuple[str, str]], jobs: int = 1) -> tuple[ModelReports, MentionCollector]:
    pairs = []
    with MentionCollector(jobs) as collector:
        for place, (first, second) in enumerate(texts):
            pair_id = f"s{place:04}__young_male"
            collector.add("m", pair_id, "source", first)
            collector.add("m", pair_id, "generated", second)
            pairs.append(read_pair(pair_id, first, second))
    return model("m", pairs), collector


def test_shifts_are_paired_and_counted_by_hand() -> None:
    texts = [
        ("There is a fracture.", "There is no fracture."),  # frozen: alike; with negation: apart
        ("Consider surgery.", "Surgical hardware is seen."),  # frozen: surgery in both; recommended in one only
        ("A fracture is seen.", "A fracture is seen."),
        ("Nothing to report.", "Nothing to report."),
    ]
    reports, collector = _collected(texts)
    read = begun_variants([reports], collector)()
    rows = {row.variant: row for row in answer(variant_request(read), Bootstrap(100))}
    assert tuple(rows) == PARSER_VARIANTS
    frozen, both = rows["frozen"], rows["both"]
    assert frozen.shifts is None and both.shifts is not None
    assert (frozen.values.recommendation, both.values.recommendation) == (0.0, 0.25)
    assert both.shifts.recommendation.value == 0.25
    assert both.changed_pairs.recommendation == 1
    assert both.shifts.diagnostic.value == pytest.approx(
        (both.values.diagnostic or 0) - (frozen.values.diagnostic or 0)
    )
    assert changed_pairs(reports, collector) == [ChangedPair("s0001__young_male", 0, 1)]
    fracture = next(row for row in category_rows("m", collector) if row.category == "Fracture")
    assert (fracture.mentions, fracture.affirmed, fracture.negated) == (4, 3, 1)


def test_contradictions_are_counted_by_report() -> None:
    _, collector = _collected([("Normal alignment. A fracture of L1.", "Normal spine."), ("Fracture.", "Normal.")])
    rows = {row.category: row for row in category_rows("m", collector)}
    assert rows["No finding"].contradictions == 1
    assert rows["Fracture"].contradictions == 1
    assert rows["Osteophytes"].contradictions == 0


def test_several_processes_find_what_one_does() -> None:
    words = ["no fracture", "a fracture", "osteophytes", "consider MRI", "lesions"]
    draws = random.Random(3)
    texts = [(". ".join(draws.choices(words, k=4)), ". ".join(draws.choices(words, k=4))) for _ in range(450)]
    reports, alone = _collected(texts)
    _, together = _collected(texts, jobs=2)
    assert alone.counts_of("m") == together.counts_of("m")
    assert [alone.masks("m", each.pair_id, "source", at) for each in reports.pairs for at in PARSER_VARIANTS] == [
        together.masks("m", each.pair_id, "source", at) for each in reports.pairs for at in PARSER_VARIANTS
    ]


def test_a_text_is_read_once_whatever_its_role_and_few_texts_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> list[str]:
        read.append(text)
        return lines_of(text)

    # Only in this process does the count work, and with two jobs only a short collection stays in it.
    mention_collector._bits_and_numbers.cache_clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(mention_collector, "lines_of", counted)
    _, collector = _collected([("No fracture.", "Fracture.")] * 100 + [("Fracture.", "Osteophytes.")] * 50, jobs=2)
    assert sorted(read) == ["Fracture.", "No fracture.", "Osteophytes."]
    assert sum(collector.counts_of("m").values()) == 300


def test_the_frozen_variant_of_the_audit_is_the_one_that_is_scored(demo: Path) -> None:
    collector = MentionCollector()
    panels = read_panels(open_bundle(demo), observer=Observer(MentionReader(), collector.keep))
    for reports in panels.models:
        for each in reports.pairs:
            for role, features in (("source", each.source), ("generated", each.counterfactual)):
                assert collector.masks(reports.model, each.pair_id, role, "frozen") == (
                    features.labels,
                    features.recommendations,
                )
    result = parser_audit(panels.models, collector, bootstrap=Bootstrap(50))
    assert not result.problems and set(result.summary["ranking_changes"]) == set(PARSER_VARIANTS[1:])


def run_validation(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "scripts/validate_parser_audit.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_reports_that_look_like_refusals_are_counted() -> None:
    refused = "I\u2019m unable to interpret this image."
    reports, collector = _collected(
        [(refused, "No fracture."), ("MRI is advised.", refused), ("Fracture.", "Fracture.")]
    )
    assert parser_audit([reports], collector, bootstrap=Bootstrap(50)).summary["unrecognized_refusals"] == {
        reports.model: 2
    }


def test_validation_script_measures_kinds_of_sentences(tmp_path: Path) -> None:
    kinds = tmp_path / "kinds.jsonl"
    kinds.write_text(
        '{"kind":"lists","half":"tuned","text":"No fracture.","readings":[["fracture","negated"]]}\n'
        '{"kind":"lists","half":"tuned","text":"Fracture.","readings":[["fracture","negated"]]}\n',
        encoding="utf-8",
    )
    result = run_validation(str(kinds), "--errors")
    assert result.returncode == 0, result.stderr
    assert "lists                          1 of    2  0.500" in result.stdout
    assert "'Fracture.' read as [['fracture', 'affirmed']]" in result.stdout
    kinds.write_text('{"kind":"lists"}\n', encoding="utf-8")
    assert "expected lines of JSON" in run_validation(str(kinds)).stderr


def test_validation_script_measures_precision_and_recall(tmp_path: Path) -> None:
    mentions = tmp_path / "mentions.tsv"
    mentions.write_text(
        "Concept\tSentence\tNegation\n"
        "cough\tNo COUGH.\tNegated\n"
        "cough\tCOUGH.\tAffirmed\n"
        "cough\tShe is not one to COUGH.\tAffirmed\n"
        "cough\tWithout wheeze.\tNegated\n",
        encoding="utf-8",
    )
    reports = tmp_path / "reports.csv"
    reports.write_text(
        "Problems,findings,impression\nnormal,No fracture.,\nFracture,Fractures.,\nnormal,Normal.,\n",
        encoding="utf-8",
    )
    result = run_validation(str(mentions), str(reports))
    assert result.returncode == 0, result.stderr
    assert "precision 0.500  recall 1.000" in result.stdout
    assert "does not contain the concept: 1" in result.stdout
    assert "both            precision 1.000  recall 1.000  F1 1.000" in result.stdout
    assert "frozen          precision 0.000  recall 0.000  F1 0.000" in result.stdout


def test_validation_script_says_what_it_cannot_read(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    result = run_validation(str(other), str(tmp_path / "missing.csv"))
    assert result.returncode == 2
    assert "other.csv: expected a table" in result.stderr
    assert "missing.csv: cannot be read" in result.stderr
    assert "Traceback" not in result.stderr
