"""The parser audit, worked by hand on a few texts, and the script that validates it."""

import subprocess
import sys
from pathlib import Path

from spinefairbench.analysis.mention_collector import MentionCollector, MentionReader
from spinefairbench.analysis.parser_audit import mentions_of_text, parser_audit
from spinefairbench.bundle.artifacts import open_bundle
from spinefairbench.bundle.reports import Observer, read_panels
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, categories_under
from spinefairbench.statistics.bootstrap import Bootstrap
from tests import ROOT
from tests.analysis.collected import collected

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


def test_the_frozen_variant_of_the_audit_is_the_one_that_is_scored(demo: Path) -> None:
    collector = MentionCollector()
    panels = read_panels(open_bundle(demo), observer=Observer(MentionReader(), collector.keep))
    for reports in panels.models:
        for each in reports.pairs:
            for role, features in (("source", each.source), ("generated", each.counterfactual)):
                assert categories_under("frozen", *collector.bits(reports.model, role, [each.pair_id])) == (
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
    reports, collector = collected(
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
