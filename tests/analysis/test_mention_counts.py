"""How mentions of each category are meant, counted by hand over all reports of a model."""

from spinefairbench.analysis.mention_counts import CategoryAuditRow, category_rows
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from tests.analysis.collected import collected


def _rows(*texts: tuple[str, str]) -> dict[str, CategoryAuditRow]:
    _, collector = collected(list(texts))
    return {row.category: row for row in category_rows("m", collector)}


def test_every_category_has_a_row_findings_first() -> None:
    rows = _rows(("Fracture.", "Nothing."))
    assert [(row.kind, row.category) for row in rows.values()] == [
        *(("diagnostic", name) for name in DIAGNOSTIC_CATEGORIES),
        *(("recommendation", name) for name in RECOMMENDATION_CATEGORIES),
    ]
    assert {row.model for row in rows.values()} == {"m"}
    assert [name for name, row in rows.items() if row.mentions] == ["Fracture"]


def test_mentions_are_counted_by_how_they_are_meant_in_reports_on_both_images() -> None:
    rows = _rows(
        ("A fracture. No fracture.", "Possible fracture. No fractures."),
        ("Consider MRI.", "Lumbar MRI."),
    )
    fracture, imaging = rows["Fracture"], rows["imaging"]
    assert (fracture.affirmed, fracture.negated, fracture.uncertain) == (1, 2, 1)
    assert (fracture.recommended, fracture.descriptive, fracture.mentions) == (0, 0, 4)
    assert fracture.missed_plurals == 1
    assert (imaging.recommended, imaging.descriptive, imaging.mentions) == (1, 1, 2)


def test_the_five_counts_add_up() -> None:
    rows = _rows(("Osteophytes, no lesions, maybe fractures. Plan: MRI.", "Surgical hardware. Consider surgery."))
    for row in rows.values():
        counts = (row.affirmed, row.negated, row.uncertain, row.recommended, row.descriptive)
        assert row.mentions == sum(counts)
    assert sum(row.mentions for row in rows.values()) >= 6


def test_contradictions_are_counted_by_report() -> None:
    _, collector = collected([("Normal alignment. A fracture of L1.", "Normal spine."), ("Fracture.", "Normal.")])
    rows = {row.category: row for row in category_rows("m", collector)}
    assert rows["No finding"].contradictions == 1
    assert rows["Fracture"].contradictions == 1
    assert rows["Osteophytes"].contradictions == 0


def test_a_contradiction_is_one_of_what_a_variant_reads() -> None:
    # The frozen parser sees a fracture where one is denied, and none in a plural.
    rows = _rows(("Normal spine. No fracture.", "Normal spine. Fractures."), ("Normal. No lesion.", "Normal."))
    assert (rows["Fracture"].contradictions, rows["Fracture"].contradictions_both) == (1, 1)
    assert (rows["Other lesions"].contradictions, rows["Other lesions"].contradictions_both) == (1, 0)
    assert (rows["No finding"].contradictions, rows["No finding"].contradictions_both) == (2, 1)
    assert {rows[name].contradictions for name in RECOMMENDATION_CATEGORIES} == {0}


def test_a_model_without_reports_has_rows_of_zeros() -> None:
    _, collector = collected([("Fracture.", "Normal. Fracture.")])
    assert {row.mentions + row.contradictions for row in category_rows("other", collector)} == {0}
