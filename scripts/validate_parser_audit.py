#!/usr/bin/env python3
"""Measure how well the parser audit recognizes negation, on labeled texts that you supply.

usage: python3 scripts/validate_parser_audit.py FILE ...

The columns determine the kind of file:
- `Concept, Sentence, Negation` (tab-separated; Negation is Affirmed or Negated): the precision and recall of negation
  over the mentions; --errors lists the sentences that the audit reads differently.
- `Problems, findings, impression` (comma-separated; Problems is "normal" or a list separated by semicolons): for each
  diagnostic category named by an indexed problem, the agreement of each parser variant with the index; and the
  similarity of the labels over random pairs of reports indexed as normal, which should not differ.
- lines of JSON, each with a sentence (`text`), what each of its mentions says (`readings`) and the `kind` and `half` of
  the sentence, as in `tests/data/mention_kinds.jsonl`: for each half and kind, the share of the mentions that the audit
  reads so.
The project itself needs no file of the first two kinds.
"""

import argparse
import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spinefairbench.metrics.assertion import concept_status
from spinefairbench.metrics.features import label_names
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.pair_values import jaccard_units
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, variant_masks
from spinefairbench.metrics.rules import RULES_VERSION, rules_sha256
from spinefairbench.statistics.exact import UNITS

# What an index calls the category; the other categories have no name of their own in such an index.
INDEX_NAMES = {"Fracture": "fracture", "Osteophytes": "osteophyte"}
RANDOM_PAIRS = 5000
SEED = 42

Row = dict[str, str]


def ratio(part: float, whole: float) -> float:
    """The share of `part` in `whole`; 0 where there is nothing."""
    return part / whole if whole else 0.0


def quality(outcomes: Counter[tuple[bool, bool]]) -> str:
    """Precision, recall and F1 of (expected, found) outcomes, in words."""
    hits = outcomes[True, True]
    precision = ratio(hits, hits + outcomes[False, True])
    recall = ratio(hits, hits + outcomes[True, False])
    f1 = ratio(2 * precision * recall, precision + recall)
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def find_concept(concept: str, sentence: str) -> int:
    """Where the concept is, in capitals if it occurs so anywhere; -1 if it does not occur."""
    marked = sentence.find(concept.upper())
    return marked if marked >= 0 else sentence.lower().find(concept.lower())


def validate_mentions(rows: list[Row], show_errors: bool) -> None:
    """Print precision and recall of negation over mentions labelled Affirmed or Negated."""
    outcomes: Counter[tuple[bool, bool]] = Counter()
    uncertain = absent = 0
    for row in rows:
        concept, sentence = row["Concept"].strip(), row["Sentence"]
        start = find_concept(concept, sentence)
        if not concept or start < 0:
            absent += 1
            continue
        status = concept_status(sentence, start, start + len(concept))
        uncertain += status == "uncertain"
        expected, found = row["Negation"].strip().lower() == "negated", status == "negated"
        outcomes[expected, found] += 1
        if show_errors and expected != found:
            print(f"    {row['Negation']}, read as {status}: {concept} | {' '.join(sentence.split())[-200:]}")
    negated = outcomes[True, True] + outcomes[True, False]
    print(f"  {sum(outcomes.values())} mentions, {negated} of them negated")
    print(f"  left out because the sentence does not contain the concept: {absent}")
    print(f"  negation: {quality(outcomes)}")
    print(f"  read as uncertain, counted as not negated: {uncertain}")


def validate_reports(rows: list[Row], show_errors: bool) -> None:
    """Print agreement of the labels with indexed problems, and how alike normal reports are."""
    texts = [f"{row['findings']}\n{row['impression']}".strip() for row in rows]
    problems = [row["Problems"].lower() for row in rows]
    features = [variant_masks(read_mentions(text)) for text in texts]
    for category, name in INDEX_NAMES.items():
        print(f"  {category}: {sum(name in listed for listed in problems)} of {len(rows)} reports indexed")
        for variant in PARSER_VARIANTS:
            outcomes: Counter[tuple[bool, bool]] = Counter()
            for row, listed, read in zip(rows, problems, features, strict=True):
                found = category in label_names(getattr(read, variant).labels)
                outcomes[name in listed, found] += 1
                if show_errors and variant == "both" and found != (name in listed):
                    print(f"    {category} {'found' if found else 'missed'}: {row['findings']} {row['impression']}")
            print(f"    {variant:15s} {quality(outcomes)}")
    pairs = [index for index, listed in enumerate(problems) if listed.strip() == "normal" and texts[index]]
    if len(pairs) < 2:
        return
    generator = random.Random(SEED)  # noqa: S311 - no secret depends on it
    drawn = [generator.sample(pairs, 2) for _ in range(RANDOM_PAIRS)]
    print(f"  {RANDOM_PAIRS} random pairs of the {len(pairs)} reports indexed normal:")
    for variant in PARSER_VARIANTS:
        values = [
            jaccard_units(getattr(features[one], variant).labels, getattr(features[two], variant).labels)
            for one, two in drawn
        ]
        same = ratio(values.count(UNITS), len(values))
        print(f"    {variant:15s} mean Jaccard {sum(values) / UNITS / len(values):.3f}  identical {same:.3f}")


def validate_kinds(rows: list[dict[str, Any]], show_errors: bool) -> None:
    """Print, by half and kind of sentence, the share of the mentions that are read as the rows say."""
    right: dict[str, dict[str, Counter[bool]]] = {}
    for row in rows:
        readings = [[mention.term, mention.assertion_status] for mention in read_mentions(row["text"])]
        kinds = right.setdefault(row["half"], {})
        for name in (row["kind"], "all kinds"):
            outcomes = kinds.setdefault(name, Counter())
            outcomes.update(found == expected for found, expected in zip(readings, row["readings"], strict=True))
        if show_errors and readings != row["readings"]:
            print(f"    {row['half']}, {row['kind']}: {row['text']!r} read as {readings}")
    for half, kinds in right.items():
        print(f"  {half}")
        for name, outcomes in sorted(kinds.items(), key=lambda item: (item[0] == "all kinds", item[0])):
            print(
                f"    {name:27s} {outcomes[True]:4d} of {outcomes.total():4d}  {outcomes[True] / outcomes.total():.3f}"
            )


VALIDATIONS: list[tuple[frozenset[str], Callable[[list[Row], bool], None]]] = [
    (frozenset({"Concept", "Sentence", "Negation"}), validate_mentions),
    (frozenset({"Problems", "findings", "impression"}), validate_reports),
]


def validate(path: Path, show_errors: bool) -> str | None:
    """Print the validation of one file; the problem if it cannot be read."""
    if path.suffix == ".jsonl":
        return _validate_lines(path, show_errors)
    csv.field_size_limit(1 << 24)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter="\t" if "\t" in header else ",", restval="")
            rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        return f"{path}: cannot be read as a table: {problem}"
    columns = frozenset(reader.fieldnames or ())
    for needed, validation in VALIDATIONS:
        if needed <= columns and rows:
            print(f"{path.name}")
            validation(rows, show_errors)
            return None
    expected = "; or ".join(", ".join(sorted(needed)) for needed, _ in VALIDATIONS)
    return f"{path}: expected a table with the columns {expected}"


def _validate_lines(path: Path, show_errors: bool) -> str | None:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        print(path.name)
        validate_kinds(rows, show_errors)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        return f"{path}: expected lines of JSON with text, readings, kind and half: {problem!r}"
    return None


def main() -> int:
    """0 if every file was read, else 2."""
    parser = argparse.ArgumentParser(description="Validate how the parser audit recognizes negation.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--errors", action="store_true", help="print the texts that the audit reads differently")
    arguments = parser.parse_args()
    print(f"rules version {RULES_VERSION}, sha256 {rules_sha256()}")
    problems = [problem for path in arguments.files if (problem := validate(path, arguments.errors))]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 2 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
