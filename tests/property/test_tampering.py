"""Each way in which a bundle can be wrong is found by the command that must find it, which names the fault."""

import csv
import json
import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.compare_outputs import tree_digest
from spinefairbench.bundle import layout
from spinefairbench.demo.synthetic_readers import PER_REVIEWER_FILES
from spinefairbench.metrics.recommendation import classify_recommendations
from tests.conftest import Run, Tampering

FULL = layout.evaluation_results(layout.FULL_PANEL)
BASELINE = layout.evaluation_results(layout.BASELINE_PANEL)
GATE = layout.stage1_outputs(layout.MITIGATION_PANEL, "gpt-5.4")
Change = Callable[[Tampering], str]
"""Does the damage; returns what the command must name."""


def _first_row(t: Tampering, file: str = FULL) -> dict[str, Any]:
    row: dict[str, Any] = json.loads((t.root / file).read_text())[0]
    return row


def _rows(change: Callable[[list[dict[str, Any]]], Any], file: str = FULL, names: str = "pair_id") -> Change:
    def damage(t: Tampering) -> str:
        named = str(_first_row(t, file)[names])
        t.json(file, change)
        return named

    return damage


def _first_row_gets(**fields: object) -> Change:
    return _rows(lambda rows: rows[0].update(fields))


def _json(relative: str, change: Callable[[Any], Any], named: str) -> Change:
    def damage(t: Tampering) -> str:
        t.json(relative, change)
        return named

    return damage


def _text(relative: str, change: Callable[[str], str], named: str) -> Change:
    def damage(t: Tampering) -> str:
        before = (t.root / relative).read_bytes()
        t.text(relative, change)
        assert (t.root / relative).read_bytes() != before, "the change changed nothing"
        return named

    return damage


def _written(relative: str, content: str, named: str) -> Change:
    return _text(relative, lambda text: content, named)


def _csv(relative: str, change: Callable[[list[dict[str, str]]], None], named: str) -> Change:
    def damage(t: Tampering) -> str:
        t.csv(relative, change)
        return named

    return damage


def _missing(relative: str) -> Change:
    def damage(t: Tampering) -> str:
        t.path(relative).unlink()
        return relative

    return damage


def _image(t: Tampering) -> str:
    found = min((t.root / layout.COUNTERFACTUAL_IMAGES).rglob("*.png"))
    return found.relative_to(t.root).as_posix()


def _image_missing(t: Tampering) -> str:
    image = _image(t)
    t.path(image).unlink()
    return image


def _image_resized(t: Tampering) -> str:
    image = _image(t)
    with t.path(image).open("ab") as handle:
        handle.write(b"\0")
    return image


def _extra(relative: str) -> Change:
    def damage(t: Tampering) -> str:
        path = t.path(relative)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 0))
        return relative

    return damage


def _image_is_a_link(t: Tampering) -> str:
    image = _image(t)
    t.path(image).unlink()
    (t.root / image).symlink_to("/etc/hostname")
    return image


def _drop_pair_everywhere(t: Tampering) -> str:
    pair_id = str(_first_row(t)["pair_id"])
    t.json(FULL, lambda rows: [row for row in rows if row["pair_id"] != pair_id or row["model"] != "gpt-5.4"])
    return pair_id


def _source_leaves_the_core(t: Tampering) -> str:
    source = str(_first_row(t)["pair_id"]).rpartition("__")[0]
    t.json(layout.COMMON_CORE_SUBSET, lambda v: v["source_ids"].remove(source))
    return source


def _summary(change: Callable[[dict[str, Any]], None], named: str) -> Change:
    return _json(layout.SUMMARY, lambda v: change(v["panels"]["full"]["models"]["gpt-5.4"]), named)


def _bump(*keys: str) -> Callable[[dict[str, Any]], None]:
    def change(value: dict[str, Any]) -> None:
        for key in keys[:-1]:
            value = value[key]
        value[keys[-1]] += 1e-9

    return change


def _every_finding_everywhere(t: Tampering) -> str:
    """Both panels agree, so that only what is computed of the labels shows it."""
    for panel in layout.MAIN_PANELS:
        t.json(
            layout.panel_pairs(panel),
            lambda rows: [row.update(pathology_labels=list(range(13))) for row in rows] and None,
        )
    return "radfm: hallucination mean_disparity"


def _votes(question: str) -> Change:
    def damage(t: Tampering) -> str:
        relative = layout.PAIR_RESULTS
        with (t.root / relative).open(newline="") as handle:
            last = list(csv.DictReader(handle))[-1]["pair_id"]

        def change(rows: list[dict[str, str]]) -> None:
            for row in [r for r in rows if r["pair_id"] == last][:2]:
                row[question] = "No"

        _csv(relative, change, last)(t)
        return last

    return damage


def _subset_loses_one(t: Tampering) -> str:
    ids: list[str] = json.loads((t.root / layout.READER_SUBSET).read_text())["pair_ids"]
    t.json(layout.READER_SUBSET, lambda v: {**v, "pair_ids": v["pair_ids"][1:]})
    return ids[0]


def _gate_text_gone(t: Tampering) -> str:
    name = min(p.name for p in (t.root / GATE).glob("*.txt"))
    t.path(f"{GATE}/{name}").unlink()
    return name


def _gate_flag(key: str) -> Change:
    def damage(t: Tampering) -> str:
        passing = next(
            p for p in sorted((t.root / GATE).glob("*.validation.json"))
            if json.loads(p.read_text()).get("status") == "valid" and not any(v is True for v in json.loads(p.read_text()).values())
        )  # fmt: skip
        t.json(f"{GATE}/{passing.name}", lambda v: v.update({key: True}))
        return "gpt-5.4: pass_count"

    return damage


def _second_row(**cells: str) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row["condition"] == "condition_b").update(cells)

    return change


CONDITIONS = f"{GATE}/conditions"


def _condition_report_of_other_advice(step: str) -> Change:
    """One report of the first source, whose pairs are usable in every condition, agrees where it did not, or the reverse."""

    def change(rows: list[dict[str, Any]]) -> None:
        own = [row for row in rows if row["model"] == "gpt-5.4" and row["experiment_step"] == step]
        source, edited = own[:2]
        agree = classify_recommendations(source["response"]) == classify_recommendations(edited["response"])
        edited["response"] = "No advice at all." if agree else source["response"]

    return _json(layout.evaluation_results(layout.MITIGATION_PANEL), change, "rec_change is")


def _condition_stage1_gone(t: Tampering) -> str:
    name = min(path.name for path in (t.root / CONDITIONS).glob("*.txt"))
    t.path(f"{CONDITIONS}/{name}").unlink()
    return f"{name}: missing, although"


def _condition_stage1_changed(t: Tampering) -> str:
    name = min(path.name for path in (t.root / CONDITIONS).glob("*.txt"))
    t.text(f"{CONDITIONS}/{name}", lambda text: "Primary diagnosis: disc calcification, schmorl, fracture, lesion\n")
    return "diag_consistency is"


def _a_rewrite_changed(t: Tampering) -> str:
    folder = f"{layout.panel_folder(layout.MITIGATION_PANEL)}/stage2_5_rewrites/gpt-5.4"
    name = min(path.name for path in (t.root / folder).glob("*.json"))
    t.json(f"{folder}/{name}", lambda value: value.update(rewritten_output="I'm unable to help."))
    return "condition_d"


def _off_by(column: str, more: float) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        row = next(row for row in rows if row["condition"] == "condition_b")
        row[column] = repr(float(row[column]) + more)

    return change


def _seven_pairs(rows: list[dict[str, str]]) -> None:
    for row in rows:
        row["n_pairs"] = "7"


def _one_edit_twice(sources: list[dict[str, Any]]) -> None:
    edits = next(s["qc_passed_counterfactuals"] for s in sources if len(s["qc_passed_counterfactuals"]) > 1)
    edits[1] = edits[0]


def _two_faulty_counts(manifest: dict[str, Any]) -> None:
    manifest["counterfactual_images"]["included_png_count"] = 3
    del manifest["source_radiographs"]


def _odd_folder_and_missing_image(t: Tampering) -> str:
    folder = Path(os.fsdecode(os.fsencode(t.root / "dataset") + b"/odd \\ \x1b \xff"))
    folder.mkdir()
    t.at_end(folder.rmdir)
    return _image_missing(t)


def _model_dropped(t: Tampering) -> str:
    t.json(layout.panel_manifest(layout.BASELINE_PANEL), lambda v: v["models"].remove("radfm"))
    t.json(BASELINE, lambda rows: [row for row in rows if row["model"] != "radfm"])
    return "radfm: frozen in"


def _no_models(t: Tampering) -> str:
    for panel in layout.MAIN_PANELS:
        t.json(layout.panel_manifest(panel), lambda v: v.update(models=[]))
        t.json(layout.evaluation_results(panel), lambda rows: [])
    return "list no model"


def _core_pair_exchanged(t: Tampering) -> str:
    """Another edit of the same source, one that did not pass: the counts stay as they are."""
    core = json.loads((t.root / layout.COMMON_CORE_SUBSET).read_text())["source_ids"]
    passed = {json.loads(line)["pair_id"] for line in (t.root / layout.QC_PASSED).read_text().splitlines()}
    not_passed = next(p for s in core for e in layout.EDIT_LABELS if (p := f"{s}__{e}") not in passed)
    source = not_passed.rpartition("__")[0]

    def exchange(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if row["pair_id"].startswith(f"{source}__"))["pair_id"] = not_passed

    t.json(layout.panel_pairs(layout.FULL_PANEL), exchange)
    return f"{not_passed} is no QC-passed pair"


def _labels_of_one_source(labels: object) -> Change:
    """Other labels of the first source in all its rows of one panel."""

    def damage(t: Tampering) -> str:
        listed = layout.panel_pairs(layout.BASELINE_PANEL)
        source = json.loads((t.root / listed).read_text())[0]["source_id"]

        def change(rows: list[dict[str, Any]]) -> None:
            for row in rows:
                if row["source_id"] == source:
                    row["pathology_labels"] = labels

        t.json(listed, change)
        return f"pathology_labels of {source}"

    return damage


def _other_age(rows: list[dict[str, Any]]) -> None:
    _first_of_buu(rows)["source_age"] = 17.0


def _other_sex(rows: list[dict[str, Any]]) -> None:
    row = _first_of_buu(rows)
    row["source_sex"] = "M" if row["source_sex"] == "F" else "F"


def _first_of_buu(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["source_id"].startswith("buu_"))


def _other_age_of_vindr(rows: list[dict[str, Any]]) -> None:
    next(row for row in rows if row["source_id"].startswith("vindr_"))["source_age"] = 3.0


def _outside_the_core(t: Tampering) -> str:
    """The intersection gets a QC-passed pair of another source in place of its first one."""
    core = set(json.loads((t.root / layout.COMMON_CORE_SUBSET).read_text())["source_ids"])
    rows = map(json.loads, (t.root / layout.QC_PASSED).read_text().splitlines())
    other = str(next(row["pair_id"] for row in rows if row["source_id"] not in core))
    t.json(layout.INTERSECTION_MANIFEST, lambda v: v["records"][0].update(pair_id=other))
    return f"{other} is of a source outside"


def _every_row(**cells: str) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row.update(cells)

    return change


def _panel(**models: list[str]) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest.update({f"{name}_models": listed for name, listed in models.items()})


def _one_reader_twice(rows: list[dict[str, str]]) -> None:
    first, second, *_ = (row for row in rows if row["pair_id"] == rows[0]["pair_id"])
    second["reviewer"] = first["reviewer"]


def _last_report_gets(**fields: object) -> Change:
    def damage(t: Tampering) -> str:
        rows = json.loads((t.root / FULL).read_text())
        last = next(i for i in reversed(range(len(rows))) if rows[i]["model"] == "gpt-5.4")
        t.json(FULL, lambda v: v[last].update(fields))
        return str(rows[last]["pair_id"])

    return damage


def _qc(change: Callable[[str], str], named: str) -> Change:
    return _text(layout.QC_METADATA, change, named)


def _first_qc_row_gets(named: str, **fields: object) -> Change:
    """The same change in both lists of QC rows, so that only what the row says of itself can be wrong."""

    def damage(t: Tampering) -> str:
        for relative in (layout.QC_METADATA, layout.QC_PASSED):
            first, rest = t.path(relative).read_text().split("\n", 1)
            t.path(relative).write_text(json.dumps({**json.loads(first), **fields}) + "\n" + rest)
        return named

    return damage


def _described(change: Callable[[Any], Any], named: str) -> Change:
    return _json(layout.CROISSANT, change, f"{layout.CROISSANT}: {named}")


def _with(place: tuple[str | int, ...], value: object) -> Callable[[Any], None]:
    """Put a value there."""

    def change(document: Any) -> None:
        for key in place[:-1]:
            document = document[key]
        document[place[-1]] = value

    return change


def _one_answer(column: str, other: str) -> Callable[[list[dict[str, str]]], None]:
    def change(rows: list[dict[str, str]]) -> None:
        next(row for row in rows if row[column] not in (other, "No", ""))[column] = other

    return change


def _emptied(text: str) -> str:
    return text.partition("\n")[0] + "\n"


def _own_answer_changed(t: Tampering) -> str:
    def change(rows: list[dict[str, str]]) -> None:
        row = next(row for row in rows if row["hidden_repeat"] == "False" and row["q1"] == "Yes")
        row["q1"] = "No"

    return _csv(PER_REVIEWER_FILES[0], change, "R1 is nearest to R2, with 1 of 1,350 answers different")(t)


CASES: list[tuple[str, str, Change]] = [
    ("dataset", "a source radiograph", _extra("dataset/counterfactual_images/source.png")),
    ("dataset", "an extra PNG beside", _extra("dataset/extra.PNG")),
    ("dataset", "an image missing", _image_missing),
    ("dataset", "an image of another size", _image_resized),
    ("dataset", "an image that is a link", _image_is_a_link),
    ("dataset", "a duplicate QC row", _qc(lambda t: t + t.splitlines()[0] + "\n", "duplicate pair_id")),
    ("dataset", "a cut line", _qc(lambda t: t[:-20], "qc_metadata.jsonl: line")),
    ("dataset", "a flag that is a text", _qc(lambda t: t.replace('"passed_qc": true', '"passed_qc": "true"', 1), "passed_qc")),
    ("dataset", "a flag that is a number", _qc(lambda t: t.replace('"passed_qc": true', '"passed_qc": 1', 1), "passed_qc")),
    ("dataset", "an unknown edit", _qc(lambda t: t.replace("elderly_male", "elderly_man"), "elderly_man")),
    ("dataset", "a pair id of another source", _qc(lambda t: t.replace('"source_id": "', '"source_id": "x', 1), "source_id__edit_label")),
    ("dataset", "a source id that climbs", _qc(lambda t: t.replace('"source_id": "', '"source_id": "../', 1), "folder's name")),
    ("dataset", "a line that is a list", _qc(lambda t: "[]\n" + t, "line 1: expected a JSON object")),
    ("dataset", "a path that climbs", _text(layout.QC_PASSED, lambda t: t.replace("dataset/counter", "../counter", 1), "qc_passed_pair_manifest")),
    ("dataset", "a measurement changed in one list", _text(layout.QC_PASSED, lambda t: t.replace('"ssim": 0.', '"ssim": 1.', 1), "ssim")),
    ("dataset", "a passed row missing", _text(layout.QC_PASSED, lambda t: t.split("\n", 1)[1], "missing here")),
    ("dataset", "another source id", _json(layout.SOURCE_METADATA, lambda v: v[0].update(source_id="other"), "other")),
    ("dataset", "a source twice", _json(layout.PAIRS, lambda v: [*v, v[0]], "duplicate source_id")),
    ("dataset", "a source missing", _json(layout.PAIRS, lambda v: v[1:], "pairs.json: the source")),
    ("dataset", "an edit not passed", _json(layout.PAIRS, lambda v: v[0]["qc_passed_counterfactuals"].append("young_male"), "qc_passed_counterfactuals")),
    ("dataset", "a mapping to another image", _json(layout.PAIRS, lambda v: v[0]["counterfactual_images"].update(young_male="x"), "counterfactual_images of")),
    ("dataset", "a count of attempts", _json(layout.RELEASE_MANIFEST, lambda v: v["pair_manifests"].update(attempted_qc_rows=1), "attempted_qc_rows")),
    ("dataset", "a count of images", _json(layout.RELEASE_MANIFEST, lambda v: v["counterfactual_images"].update(included_png_count=True), "included_png_count")),
    ("dataset", "a manifest without counts", _json(layout.RELEASE_MANIFEST, lambda v: v.pop("pair_manifests") and None, "pair_manifests: missing")),
    ("dataset", "an edit twice", _json(layout.PAIRS, _one_edit_twice, "qc_passed_counterfactuals")),
    ("dataset", "one of two faulty counts", _json(layout.RELEASE_MANIFEST, _two_faulty_counts, "included_png_count is 3")),
    ("dataset", "the other of two faulty counts", _json(layout.RELEASE_MANIFEST, _two_faulty_counts, "source_radiographs: missing")),
    ("dataset", "an image missing beside a folder of an odd name", _odd_folder_and_missing_image),
    ("dataset", "a measure over its threshold", _first_qc_row_gets("passed_qc is true, but lpips is 0.41; the threshold is at most 0.4", lpips=0.41)),
    ("dataset", "a measure under its threshold", _first_qc_row_gets("passed_qc is true, but ssim is 0.69; the threshold is at least 0.7", ssim=0.69)),
    ("dataset", "a measure that is impossible", _first_qc_row_gets("edge_preservation: 1.5; expected 0 to 1", edge_preservation=1.5)),
    ("dataset", "a distance below 0", _first_qc_row_gets("lpips: -0.1; expected no less than 0", lpips=-0.1)),
    ("dataset", "a measure that is a text", _first_qc_row_gets("ssim: expected a number", ssim="0.9")),
    ("inspect", "a digest of the description", _described(_with(("distribution", 0, "sha256"), "0" * 64), "distribution[0].sha256")),
    ("inspect", "a digest that is none", _described(_with(("distribution", 1, "sha256"), "main"), "distribution[1].sha256: expected 64")),
    ("inspect", "a described file that is not there", _described(_with(("distribution", 0, "contentUrl"), "dataset/no.json"), "distribution[0].contentUrl")),
    ("inspect", "a described file that climbs", _described(_with(("distribution", 0, "contentUrl"), "../x"), "distribution[0].contentUrl")),
    ("inspect", "a file set without files", _described(_with(("distribution", 4, "includes"), "dataset/*/*.tif"), "distribution[4].includes")),
    ("inspect", "no context", _described(lambda v: v.pop("@context") and None, "@context: missing")),
    ("inspect", "another vocabulary", _described(_with(("@context",), "https://schema.org/"), "@context: does not name")),
    ("inspect", "no distribution", _described(lambda v: v.pop("distribution") and None, "distribution: missing")),
    ("inspect", "a record set from nowhere", _described(_with(("recordSet", 0, "field", 0, "source", "fileObject"), {"@id": "no"}), "recordSet[0].field[0].source.fileObject")),
    ("inspect", "a column that the file lacks", _described(_with(("recordSet", 1, "field", 1, "source", "extract", "column"), "no"), "recordSet[1].field[1].source.extract.column")),
    ("inspect", "a key that is no field", _described(_with(("recordSet", 0, "key"), {"@id": "no"}), "recordSet[0].key")),
    ("inspect", "a structure that nobody knows", _described(_with(("recordSet", 0, "field", 0, "source"), "#{file.column}"), "recordSet[0].field[0].source: unknown structure")),
    ("radiologist", "an answer of a reader's own file", _own_answer_changed),
    ("secondary", "a mean off by 1e-9", _summary(_bump("primary_secondary_stats", "severity_language", "mean_abs_difference"), "gpt-5.4: severity_language mean_abs_difference")),
    ("secondary", "a bound off by 1e-9", _summary(_bump("primary_secondary_stats", "confidence", "bootstrap_ci", "lower"), "gpt-5.4: confidence bootstrap_ci.lower")),
    ("secondary", "a p value off by 1e-9", _summary(_bump("primary_secondary_stats", "confidence", "wilcoxon", "p_value"), "gpt-5.4: confidence wilcoxon.p_value")),
    ("secondary", "an effect size that is a text", _summary(lambda v: v["primary_secondary_stats"]["confidence"].update(cohens_d_z="large"), "confidence.cohens_d_z: expected a number")),
    ("secondary", "a label of one row", _json(layout.panel_pairs(layout.BASELINE_PANEL), lambda v: v[0].update(pathology_labels=[0, 7]), "pathology_labels of")),
    ("secondary", "a label beyond the categories", _json(layout.panel_pairs(layout.FULL_PANEL), lambda v: v[0].update(pathology_labels=[13]), "expected indexes from 0 to 12, found 13")),
    ("secondary", "other labels in both panels", _every_finding_everywhere),
    ("secondary", "a pair without reports", _drop_pair_everywhere),
    ("table2", "a model of the summary in no panel", _model_dropped),
    ("table2", "no models", _no_models),
    ("gap-sensitivity", "no models", _no_models),
    ("both-empty-diagnostic", "no models", _no_models),
    ("parse-sample", "an error in another pair", _last_report_gets(error="timeout")),
    ("parse-sample", "a second report of the pair shown", _rows(lambda rows: [*rows, rows[0]])),
    ("table2", "an unpaired report", _rows(lambda rows: rows[1:])),
    ("table2", "a pair without reports", _drop_pair_everywhere),
    ("table2", "a duplicate report", _rows(lambda rows: [*rows, rows[0]])),
    ("table2", "a blank report", _first_row_gets(response=" \n\u00a0")),
    ("table2", "a report that is no text", _first_row_gets(response=None)),
    ("table2", "an unresolved error", _first_row_gets(error="timeout")),
    ("table2", "two source ids", _first_row_gets(pair_source_id="other")),
    ("table2", "another source id", _first_row_gets(source_id="other")),
    ("table2", "another edit", _first_row_gets(edit_label="other")),
    ("table2", "an unknown role", _first_row_gets(image_role="sideways")),
    ("table2", "the mitigation's role", _first_row_gets(image_role="counterfactual")),
    ("table2", "an unknown model", _first_row_gets(model="new-model")),
    ("table2", "a model that is no name", _first_row_gets(model=7)),
    ("table2", "a pair id without an edit", _json(FULL, lambda rows: rows[0].update(pair_id="buu_x__young"), "buu_x__young")),
    ("table2", "a source outside the core", _source_leaves_the_core),
    ("gap-sensitivity", "a blank report", _first_row_gets(response="")),
    ("both-empty-diagnostic", "an unresolved error", _first_row_gets(error={"code": 500})),
    ("parse-sample", "a blank report", _first_row_gets(response=" ")),
    ("table2", "a rate off by 1e-9", _summary(_bump("primary_secondary_stats", "recommendation", "agreement_rate"), "gpt-5.4: recommendation_change")),
    ("table2", "a mean off by 1e-9", _summary(_bump("primary_secondary_stats", "diagnostic_label", "mean"), "gpt-5.4: diagnostic_consistency")),
    ("table2", "refusals off by one", _summary(lambda v: v["data_quality"].update(pair_full_refusals=9999), "gpt-5.4: full_refusal_pairs")),
    ("table2 --recompute-ci", "a bound off by 1e-9", _summary(_bump("primary_secondary_stats", "recommendation", "bootstrap_ci", "upper"), "gpt-5.4: recomputed recommendation_ci95")),
    ("table2", "bounds that are no interval", _summary(lambda v: v["primary_secondary_stats"]["diagnostic_label"]["bootstrap_ci"].update(lower=0.9, upper=0.1), "gpt-5.4: frozen diagnostic_ci95")),
    ("table2", "a frozen model missing", _json(layout.SUMMARY, lambda v: v["panels"]["baseline"]["models"].pop("radfm") and None, "radfm: missing")),
    ("table2", "other frozen iterations", _json(layout.SUMMARY, lambda v: v["source_clustered_bootstrap"].update(iterations=9), "iterations is 9")),
    ("table2", "a cut file", _text(FULL, lambda t: t[: len(t) // 2], "evaluation_results.json")),
    ("table2", "no list", _text(FULL, lambda t: "{}", "evaluation_results.json")),
    ("table2", "not UTF-8", lambda t: (t.path(BASELINE).write_bytes(b'[{"model": "\xff"}]'), BASELINE)[1]),
    ("table2", "a model in both panels", _json(layout.panel_manifest(layout.BASELINE_PANEL), lambda v: v["models"].append("gpt-5.4"), "gpt-5.4")),
    ("table2", "a pair list without ids", _json(layout.panel_pairs(layout.FULL_PANEL), lambda v: [*v, {"pair": 1}], "pairs.json")),
    ("demographics", "a label changed in one panel", _labels_of_one_source([2])),
    ("breakdown --by finding", "a label changed in one panel", _labels_of_one_source([2])),
    ("breakdown --by finding", "a label that is no category", _labels_of_one_source([13])),
    ("breakdown --by finding", "labels that are no list", _labels_of_one_source("Fracture")),
    ("breakdown --by finding", "a pair of the list without reports", _drop_pair_everywhere),
    ("demographics", "an age that is not the id's", _json(layout.SOURCE_METADATA, _other_age, "source_age is 17.0; the id says")),
    ("demographics", "a sex that is not the id's", _json(layout.SOURCE_METADATA, _other_sex, "source_sex is")),
    ("demographics", "a source of the core without metadata", _json(layout.SOURCE_METADATA, lambda v: v[1:], "of the common core is missing")),
    ("mitigation", "an infinite cell", _csv(layout.MITIGATION_TABLE, _second_row(rec_change="inf"), "mitigation_table.csv")),
    ("mitigation", "a number with an underscore", _csv(layout.MITIGATION_TABLE, _second_row(rec_change="0_1"), "rec_change")),
    ("mitigation", "a rate over one", _csv(layout.MITIGATION_TABLE, _second_row(rec_change="1.5"), "rec_change")),
    ("mitigation", "a delta off", _csv(layout.MITIGATION_TABLE, _second_row(delta_rec="0.5"), "delta_rec")),
    ("mitigation", "a blank delta", _csv(layout.MITIGATION_TABLE, _second_row(delta_diag=""), "delta_diag")),
    ("mitigation", "other pairs", _csv(layout.MITIGATION_TABLE, _second_row(n_pairs="1"), "n_pairs")),
    ("mitigation", "the rule flipped", _csv(layout.MITIGATION_TABLE, _second_row(b_rule_pass="True"), "gpt-5.4")),
    ("mitigation", "the rule left out", _csv(layout.MITIGATION_TABLE, _second_row(b_rule_pass=""), "b_rule_pass")),
    ("mitigation", "an unknown condition", _csv(layout.MITIGATION_TABLE, _second_row(condition="condition_x"), "condition_x")),
    ("mitigation", "a column missing", _text(layout.MITIGATION_TABLE, lambda t: t.replace("delta_diag", "delta", 1), "delta_diag")),
    ("mitigation", "a row too long", _text(layout.MITIGATION_TABLE, lambda t: t.replace("condition_a,", "condition_a,,", 1), "line 2")),
    ("mitigation", "a decision that does not follow", _json(layout.PARSING_CONFIDENCE, lambda v: v["gpt-5.4"].update(decision="excluded_full"), "gpt-5.4")),
    ("mitigation --recompute", "another report of condition B", _condition_report_of_other_advice("mitigation_b_stage2")),
    ("mitigation --recompute", "another report of condition B'", _condition_report_of_other_advice("mitigation_bprime_stage2")),
    ("mitigation --recompute", "a report of condition A", _last_report_gets(response="")),
    ("mitigation --recompute", "a stage-1 text gone", _condition_stage1_gone),
    ("mitigation --recompute", "another stage-1 text", _condition_stage1_changed),
    ("mitigation --recompute", "another rewrite", _a_rewrite_changed),
    ("mitigation --recompute", "a report without its pair", _json(layout.evaluation_results(layout.MITIGATION_PANEL), lambda rows: rows[1:], "one report only")),
    *(
        ("mitigation --recompute", f"{column} off by {more}", _csv(layout.MITIGATION_TABLE, _off_by(column, more), column))
        for column, more in (
            ("rec_change", 1e-11), ("diag_consistency", 1e-11), ("delta_rec", 1e-11), ("delta_diag", 1e-11), ("full_refusals", 1),
            ("partial_refusals", 1), ("wilcoxon_p_rec", 1e-11), ("wilcoxon_p_diag", 1e-11), ("cohens_dz_rec", 1e-11),
            ("cohens_dz_diag", 1e-11),
        )
    ),
    ("mitigation --recompute", "a bound of the change off", _csv(layout.MITIGATION_TABLE, _off_by("rec_change_ci_low", 1e-9), "rec_change_ci_low")),
    ("mitigation --recompute", "a bound of the consistency off", _csv(layout.MITIGATION_TABLE, _off_by("diag_consistency_ci_high", 1e-9), "with the next seed")),
    ("mitigation --recompute", "another number of pairs", _csv(layout.MITIGATION_TABLE, _seven_pairs, "n_pairs is")),
    ("mitigation --recompute", "a guardrail that is none", _csv(layout.MITIGATION_TABLE, lambda rows: rows[2].update(diag_preserved_within_guardrail="maybe"), "diag_preserved_within_guardrail")),
    ("stage1-confidence", "a frozen count off", _json(layout.PARSING_CONFIDENCE, lambda v: v["gpt-5.4"].update(stage1_diag_pass_count=200), "gpt-5.4")),
    ("stage1-confidence", "a frozen rate off", _json(layout.PARSING_CONFIDENCE, lambda v: v["gpt-5.4"].update(stage1_diag_pass_rate=0.5), "gpt-5.4")),
    ("stage1-confidence", "a decision changed", _json(layout.PARSING_CONFIDENCE, lambda v: v["kimi-k2.5"].update(decision="included"), "kimi-k2.5")),
    ("stage1-confidence", "a model not sampled", _json(layout.PARSING_CONFIDENCE, lambda v: v.update(other=v["gpt-5.4"]), "other")),
    ("stage1-confidence", "a listed text missing", _gate_text_gone),
    ("stage1-confidence", "an echo detected", _gate_flag("prompt_echo_detected")),
    ("stage1-confidence", "garbage under its older key", _gate_flag("html_garbage")),
    ("radiologist", "clinical plausibility lost", _votes("q1_clinical_plausibility")),
    ("radiologist", "pathology preservation lost", _votes("q2_pathology_preservation")),
    ("radiologist", "the subset short of one", _subset_loses_one),
    ("radiologist", "an exclusion dropped", _json(layout.READER_EXCLUSIONS, lambda v: v.update(excluded_pairs=v["excluded_pairs"][1:]), "radiologist_exclusion_list.json")),
    ("radiologist", "an answer that is none", _csv(layout.PAIR_RESULTS, lambda rows: rows[3].update(q1_clinical_plausibility="Maybe"), "Maybe")),
    ("radiologist", "a reader's answer dropped", _text(layout.PAIR_RESULTS, lambda t: t.rsplit("\n", 2)[0] + "\n", "has 2 answers")),
    ("radiologist", "an unknown detectability", _csv(layout.DETECTABILITY, lambda rows: rows[0].update(q4_detectability="Both"), "Both")),
    ("radiologist", "a reviewer file that climbs", _json(layout.READER_MANIFEST, lambda v: v["files"].update(per_reviewer_files=["../x.csv"]), "../x.csv")),
    ("mitigation", "models without a gate", _json(layout.PARSING_CONFIDENCE, lambda v: v.clear(), "gpt-5.4: in the mitigation table, but not in")),
    ("mitigation", "a tabled model that is not included", _json(layout.panel_manifest(layout.MITIGATION_PANEL), lambda v: v["included_models"].remove("gpt-5.4"), "gpt-5.4")),
    ("mitigation", "a model included and excluded", _json(layout.panel_manifest(layout.MITIGATION_PANEL), lambda v: v["excluded_models"].append("gpt-5.4"), "both included and excluded")),
    ("radiologist", "a reader twice on a pair", _csv(layout.PAIR_RESULTS, _one_reader_twice, "duplicate answer")),
    ("radiologist", "a reader twice on a display", _csv(layout.DETECTABILITY, _one_reader_twice, "duplicate answer")),
    ("radiologist", "an answer that the readers' own files contradict", _csv(layout.PAIR_RESULTS, _one_answer("q1_clinical_plausibility", "No"), "is no, yes, yes; the per-reviewer files: yes, yes, yes")),
    ("radiologist", "a detectability that the combined file contradicts", _csv(layout.DETECTABILITY, _one_answer("q4_detectability", "Image A edited"), f"image a edited; {layout.PAIR_RESULTS}: cannot tell")),
    ("radiologist", "a repeated answer that a reader's file contradicts", _csv(layout.HIDDEN_REPEATS, _one_answer("q2_repeat", "No"), "(repeated answers): q2 of")),
    ("radiologist", "a reader's file emptied", _text(PER_REVIEWER_FILES[2], _emptied, "the per-reviewer files: 920 rows; ")),
    ("radiologist", "the detectability emptied", _text(layout.DETECTABILITY, _emptied, f"{layout.DETECTABILITY}: 0 rows; ")),
    ("radiologist", "the hidden repeats emptied", _text(layout.HIDDEN_REPEATS, _emptied, "counts.hidden_repeats is 30; the rows are 0")),
    ("radiologist", "a count that is none", _json(layout.READER_MANIFEST, lambda v: v["counts"].update(pairs="450"), "counts.pairs: expected a whole number")),
    ("radiologist", "no hidden repeats", _text(layout.HIDDEN_REPEATS, lambda t: "", f"{layout.HIDDEN_REPEATS}: empty")),
    ("inspect", "a panel with another pair of a core source", _core_pair_exchanged),
    ("inspect", "an attempted row that is none", _qc(lambda t: t + "\0\0\0\n", "qc_metadata.jsonl: line")),
    ("inspect", "a count that disagrees", _json(layout.INTERSECTION_MANIFEST, lambda v: v.update(pair_count=1), "pair_count")),
    ("inspect", "the summary's count", _json(layout.SUMMARY, lambda v: v["common_pairs"].update(intersection_9_all_models=1), "intersection")),
    ("inspect", "a pair that did not pass", _json(layout.INTERSECTION_MANIFEST, lambda v: v["records"][0].update(pair_id="buu_x__young_male"), "buu_x__young_male")),
    ("inspect", "a prompt gone", _json(layout.CANONICAL_DEFINITIONS, lambda v: v["prompt_registry"].pop("system") and None, "system")),
    ("dataset", "an age of one list only", _json(layout.SOURCE_METADATA, _other_age_of_vindr, "(vindr_")),
    ("dataset", "an age that the id contradicts", _json(layout.PAIRS, _other_age, "source_age is 17.0; the id says")),
    ("dataset", "a sex that the id contradicts", _json(layout.PAIRS, _other_sex, "source_sex is")),
    ("dataset", "an age that is a text", _json(layout.PAIRS, lambda v: v[0].update(source_age="old"), "source_age: expected a number")),
    ("breakdown --by age", "an age of one list only", _json(layout.SOURCE_METADATA, _other_age_of_vindr, "has 3.0")),
    ("breakdown --by sex", "a sex that the id contradicts", _json(layout.SOURCE_METADATA, _other_sex, "source_sex is")),
    ("audit gpt-5.4", "an age that the id contradicts", _json(layout.SOURCE_METADATA, _other_age, "source_age is 17.0; the id says")),
    ("inspect", "a pair of the intersection outside the core", _outside_the_core),
    ("inspect", "a panel row of another edit", _json(layout.panel_pairs(layout.FULL_PANEL), lambda v: v[0].update(edit_label="other"), "edit_label of")),
    ("inspect", "a panel row that did not pass", _json(layout.panel_pairs(layout.BASELINE_PANEL), lambda v: v[0].update(passed_qc=False), "passed_qc of")),
    ("inspect", "a panel row of another measure", _json(layout.panel_pairs(layout.BASELINE_PANEL), lambda v: v[0].update(ssim=0.1), "ssim of")),
    ("inspect", "a panel row of another age", _json(layout.panel_pairs(layout.BASELINE_PANEL), lambda v: v[0].update(source_age=1), "source_age is 1")),
    *(
        ("inspect", f"{words}: {name}", _written(name, said, f"{name}: {found}"))
        for name, found_in_text in (
            (layout.CROISSANT, "not JSON"), (layout.GENERATOR_OVERLAP, "not JSON"), (layout.MITIGATION_SUMMARY, "not JSON"), (FULL, "no JSON list of rows"),
            (layout.evaluation_results(layout.MITIGATION_PANEL), "no JSON list of rows"), (layout.QC_METADATA, "no JSON Lines"), (layout.HIDDEN_REPEATS, "a header and no row"),
            (layout.BINDING_RULE, ""),
        )
        for words, said, found in (("no bytes", "", "empty"), ("no such content", "nothing", found_in_text))
        if found
    ),
    ("mitigation --recompute", "more pairs than the core has", _csv(layout.MITIGATION_TABLE, _every_row(n_pairs="99999"), "line 6 (glm-4.6v, condition_a): n_pairs is 99999; the common core has")),
    ("mitigation", "nothing excluded", _json(layout.panel_manifest(layout.MITIGATION_PANEL), _panel(excluded=[]), "claude-opus-4-6 is neither among included_models nor among excluded_models")),
    ("mitigation", "an excluded model included", _json(layout.panel_manifest(layout.MITIGATION_PANEL), _panel(included=["gpt-5.4", "glm-4.6v", "claude-opus-4-6"], excluded=["kimi-k2.5", "claude-sonnet-4-6"]), "claude-opus-4-6 is among included_models; its decision in")),
    ("mitigation", "an included model excluded", _json(layout.panel_manifest(layout.MITIGATION_PANEL), lambda v: v["excluded_models"].append("glm-4.6v"), "glm-4.6v is among excluded_models; its decision in")),
    ("mitigation", "a model that no gate decided on", _json(layout.panel_manifest(layout.MITIGATION_PANEL), lambda v: v["included_models"].append("gemma-4"), "gemma-4 is among included_models")),
    ("inspect", "an empty freeze time", _json(layout.FREEZE_MANIFEST, lambda v: v.update(prepared_at_utc=" "), "prepared_at_utc: empty")),
    ("inspect", "an empty prompt", _json(layout.CANONICAL_DEFINITIONS, lambda v: v["prompt_registry"].update(primary=""), "prompt_registry.primary: empty")),
    ("radiologist", "a mark on a pair that passes", _csv(layout.PAIR_RESULTS, lambda rows: rows[0].update(excluded_final="True"), "marked in excluded_final")),
    ("inspect", "no freeze time", _json(layout.FREEZE_MANIFEST, lambda v: {}, "prepared_at_utc")),
    *(
        ("inspect", f"no {name}", _missing(name))
        for name in (
            layout.README, layout.DATA_LICENSE, layout.BENCHMARK_CARD, layout.CROISSANT, layout.DATASET_README, layout.SHA256SUMS,
            layout.READER_SUMS, layout.QC_METADATA, layout.CANONICAL_DEFINITIONS, layout.EVALUATION_SUBSET, layout.BINDING_RULE,
            *layout.EXCLUSION_EVIDENCE, layout.FREEZE_MANIFEST, layout.MITIGATION_SUMMARY, layout.MITIGATION_CONDITIONS,
            layout.GENERATOR_OVERLAP, layout.GENERATOR_CONTROLS, layout.VALIDATION_REPORT, layout.READER_EXCLUSIONS,
            layout.panel_manifest(layout.MITIGATION_PANEL), layout.evaluation_results(layout.MITIGATION_PANEL), FULL,
        )
    ),
    ("checksums", "a file changed", _text(layout.BENCHMARK_CARD, lambda t: t + "x", "changed: benchmark_card.md")),
    ("checksums", "a file missing", _missing(layout.BENCHMARK_CARD)),
    ("checksums", "a duplicate line", _text(layout.SHA256SUMS, lambda t: t + t.splitlines()[0] + "\n", "duplicate")),
]  # fmt: skip


@pytest.mark.parametrize(("command", "name", "change"), CASES, ids=[f"{c}: {n}" for c, n, _ in CASES])
def test_damage_is_found_and_named(command: str, name: str, change: Change, tampering: Tampering, run: Run) -> None:
    named = change(tampering)
    done = run(*command.split(), "--artifacts", tampering.root)
    assert done.status in (1, 2)
    assert named in done.err, done.err[-500:]
    assert not done.out.rstrip().endswith("OK (DEMO bundle)")


def test_all_damage_of_a_file_is_listed_at_once(tampering: Tampering, run: Run) -> None:
    def damage(rows: list[dict[str, Any]]) -> None:
        for row in rows[:40]:
            row["response"] = ""

    tampering.json(FULL, damage)
    assert len(run("table2", "--artifacts", tampering.root).err.splitlines()) >= 40


def test_the_other_forms_of_released_files_are_read(tampering: Tampering, run: Run) -> None:
    """The stage-1 list as paths, and the intersection count under its other key."""
    names = [name for name in layout.STAGE1_SAMPLE_MANIFESTS if (tampering.root / name).exists()]
    tampering.json(
        names[0],
        lambda v: {
            "models": {
                m: {"sample_files_first_200": [f"somewhere/{m}/{n}" for n in files]} for m, files in v["models"].items()
            }
        },
    )
    tampering.json(
        layout.SUMMARY,
        lambda v: v.update(common_pairs={"all9": {"count": v["common_pairs"]["intersection_9_all_models"]}}),
    )
    assert run("stage1-confidence", "--artifacts", tampering.root).status == 0
    assert run("inspect", "--artifacts", tampering.root).status == 0


def test_all_damage_is_repaired(tmp_path: Path) -> None:
    files = ("changed", "read.json", "gone", "linked", "elsewhere", "folder/file")
    (tmp_path / "folder").mkdir()
    for name in files:
        (tmp_path / name).write_text(f'"{name}"', encoding="utf-8")
    before = tree_digest(tmp_path)
    damage = Tampering(tmp_path)
    damage.text("changed", str.upper)
    damage.text("changed", lambda text: text * 2)
    damage.json("read.json", lambda value: [value])
    damage.path("gone").unlink()
    linked = damage.path("linked")
    linked.unlink()
    linked.symlink_to("elsewhere")
    damage.path("folder/file").unlink()
    (tmp_path / "folder").rmdir()
    damage.path("added").write_text("", encoding="utf-8")
    (tmp_path / "more").mkdir()
    damage.at_end((tmp_path / "more").rmdir)
    assert sorted(tree_digest(tmp_path).items() & before.items()) == [("elsewhere", before["elsewhere"])]
    damage.restore()
    assert tree_digest(tmp_path) == before
    assert not linked.is_symlink() and not (tmp_path / "more").exists()


def test_no_case_changes_a_file_behind_the_back_of_what_repairs_it(demo: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(demo, tmp_path / "artifacts")
    before = tree_digest(copy)
    for _, _, change in CASES:
        damage = Tampering(copy)
        change(damage)
        damage.restore()
    assert tree_digest(copy) == before
