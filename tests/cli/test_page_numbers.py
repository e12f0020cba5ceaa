"""Numbers of a page, sentences included, are those of the commands: some are drawn at random and looked up in the JSON."""

import html
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

_Cells = dict[str, str]


@pytest.fixture(scope="module")
def page(panel_page: Path) -> str:
    return panel_page.read_text(encoding="utf-8")


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", "", markup)).split())


def _rows(page: str, caption: str) -> list[_Cells]:
    """The rows of a table by their headings; a heading that comes again has a number."""
    [table] = [each for each in re.findall("<table.*?</table>", page) if f"<caption><span>{caption}" in each]
    heads = [_text(each) for each in re.findall('<th scope="col".*?</th>', table)]
    heads = [each if heads.index(each) == at else f"{each} (2)" for at, each in enumerate(heads)]
    body = table.partition("<tbody>")[2]
    return [
        dict(zip(heads, map(_text, re.findall("<t[dh][ >].*?</t[dh]>", row)), strict=True))
        for row in re.findall("<tr>.*?</tr>", body)
    ]


def _shown(value: float, *, sign: bool = False) -> str:
    text = f"{value:+.3f}" if sign else f"{value:.3f}"
    return (
        text.replace("+0.000", "\u00b10.000")
        .replace("-0.000", "\u00b10.000" if sign else "0.000")
        .replace("-", "\u2212")
    )


def _facts(run: Run, demo: Path, page: str) -> Iterator[tuple[str, str, str]]:
    """What a number is, as the page shows it, and as the JSON has it."""

    def rows(command: str, *options: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run(command, "--artifacts", demo, "--format", "json", *options).json["results"]
        return found

    for row in rows("noise-floor"):
        [cells] = [each for each in _rows(page, "Noise floor and excess") if each["Model"] == row["model"]]
        rec, diag = row["recommendation"], row["diagnostic"]
        yield f"{row['model']} T", cells["Recommendation: changed, T"], _shown(rec["T"])
        yield f"{row['model']} F", cells["Anyway, F"], _shown(rec["F"])
        yield f"{row['model']} T of labels", cells["Diagnostic labels: changed, T"], _shown(diag["T"])
        yield f"{row['model']} excess", cells["Excess [95% interval]"].split()[0], _shown(rec["excess"], sign=True)
    for row in rows("table2"):
        [cells] = [each for each in _rows(page, "Both endpoints with") if each["Model"] == row["model"]]
        yield (
            f"{row['model']} change",
            cells["Recommendation change [95% interval]"].split()[0],
            _shown(row["recommendation_change"]),
        )
        yield f"{row['model']} usable", cells["Usable pairs"].replace(",", ""), str(row["usable_pairs"])
    values = {row["model"]: row["recommendation_change"] for row in rows("table2")}
    said = re.findall(r"Recommendations change in (\d\.\d+) \(([^)]*)\) to (\d\.\d+) \(([^)]*)\)", _text(page))
    [(low, lowest, high, highest)] = said
    yield "the least change, in a sentence", low, _shown(min(values.values()))
    yield "the most change, in a sentence", high, _shown(max(values.values()))
    yield "who changes least", _shown(values[lowest]), low
    yield "who changes most", _shown(values[highest]), high
    contrasts = rows("disparity")
    [(apart, given)] = re.findall(r"(\w+) of (?:the )?(\d+) simultaneous intervals?", _text(page).lower())
    intervals = [row["simultaneous_ci95"] for row in contrasts if row["simultaneous_ci95"] is not None]
    excluded = sum(low > 0 or high < 0 for low, high in intervals)
    yield "simultaneous intervals", given, str(len(intervals))
    yield "of which exclude zero", apart, str(excluded or "none")


def test_ten_numbers_drawn_at_random_are_those_of_the_commands(run: Run, demo: Path, page: str) -> None:
    facts = list(_facts(run, demo, page))
    assert len(facts) > 50
    sentences = facts[-6:]
    drawn = random.Random(20).sample(facts[:-6], 10)
    assert [fact for fact in (*drawn, *sentences) if fact[1] != fact[2]] == []
