"""What a collector keeps of reports, whoever reads them: bits, counts and language, but no text."""

import random
from collections import Counter

import pytest

from spinefairbench.analysis import mention_collector
from spinefairbench.analysis.mention_collector import (
    EDITED_MENTIONS,
    MentionCollector,
    MentionReader,
    MentionTally,
    ReportDigest,
)
from spinefairbench.bundle.reports import GENERATED_ROLE, RetainedRow
from spinefairbench.metrics.diagnostic_label import DIAGNOSTIC_CATEGORIES
from spinefairbench.metrics.mentions import read_mentions
from spinefairbench.metrics.model_reports import SOURCE_ROLE
from spinefairbench.metrics.parser_variants import PARSER_VARIANTS, CategoryMasks, categories_under, variant_masks
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES
from spinefairbench.metrics.report_language import ReportLanguage
from spinefairbench.metrics.sentences import lines_of
from tests.analysis.collected import collected

TEXT = "FINDINGS:\nNo fracture. Osteophytes are seen.\nRECOMMENDATIONS:\nMRI.\nSevere stenosis is possible."
FRACTURE = 1 << DIAGNOSTIC_CATEGORIES.index("Fracture")
IMAGING = 1 << RECOMMENDATION_CATEGORIES.index("imaging")


def _row(text: str, role: str = SOURCE_ROLE, model: str = "m", pair_id: str = "a__young_male") -> RetainedRow:
    return RetainedRow(model, pair_id, role, text)


def _kept(*rows: RetainedRow, reader: MentionReader | None = None) -> MentionCollector:
    collector = MentionCollector()
    read = MentionReader() if reader is None else reader
    for row in rows:
        collector.keep(row.model, row.pair_id, row.role, read(row))
    return collector


def test_a_report_has_the_masks_and_the_counts_of_its_mentions() -> None:
    collector = _kept(_row(TEXT))
    mentions = read_mentions(TEXT)
    for variant in PARSER_VARIANTS:
        assert categories_under(variant, *collector.bits("m", SOURCE_ROLE, ["a__young_male"])) == getattr(
            variant_masks(mentions), variant
        )
    assert collector.counts_of("m") == Counter(
        MentionTally(each.kind, each.category, each.assertion_status, each.plural) for each in mentions
    )
    assert collector.counts_of("m").total() == len(mentions) >= 3


def test_a_heading_that_recommends_counts_for_the_lines_after_it_and_another_ends_it() -> None:
    def recommended(text: str) -> int:
        counts = _kept(_row(text)).counts_of("m")
        return sum(times for tally, times in counts.items() if tally.assertion_status == "recommended")

    assert recommended("RECOMMENDATIONS:\nMRI.\nMRI lumbar.") == 2
    assert recommended("RECOMMENDATIONS:\nMRI.\nFINDINGS:\nMRI lumbar.") == 1
    assert recommended("FINDINGS:\nMRI lumbar.") == 0


def test_language_is_that_of_reports_on_edited_images() -> None:
    collector = _kept(
        _row("Mild disease.", GENERATED_ROLE), _row("Possibly severe disease.", GENERATED_ROLE, pair_id="b__young_male"),
        _row("Critical.", SOURCE_ROLE),
    )  # fmt: skip
    assert collector.language("m", "a__young_male") == ReportLanguage(1, 0)
    assert collector.language("m", "b__young_male") == ReportLanguage(3, 1)
    with pytest.raises(KeyError):
        _kept(_row("Critical.")).language("m", "a__young_male")


def test_a_reader_reads_the_models_and_the_roles_that_it_is_for() -> None:
    reader = MentionReader(of=frozenset({"m"}), roles=frozenset({GENERATED_ROLE}))
    rows = [_row("Fracture."), _row("Fracture.", GENERATED_ROLE), _row("Fracture.", GENERATED_ROLE, "other")]
    assert [digest is not None for digest in reader.read_all(rows)] == [False, True, False]
    assert all(MentionReader().read_all(rows))


def test_disparity_needs_language_and_masks_and_no_counts() -> None:
    edited = _row("Possible fracture.", GENERATED_ROLE)
    digest = EDITED_MENTIONS(edited)
    assert digest is not None and digest.mentions is None and digest.language == ReportLanguage(0, 1)
    assert EDITED_MENTIONS(_row("Possible fracture.")) is None
    collector = _kept(edited, reader=EDITED_MENTIONS)
    assert not collector.counts_of("m")
    assert categories_under("frozen", *collector.bits("m", GENERATED_ROLE, ["a__young_male"])).labels == FRACTURE


def test_what_was_not_read_is_not_kept() -> None:
    collector = MentionCollector()
    collector.keep("m", "a__young_male", SOURCE_ROLE, None)
    assert not collector.bits_of_all("m")
    with pytest.raises(KeyError):
        categories_under("frozen", *collector.bits("m", SOURCE_ROLE, ["a__young_male"]))


def test_all_reports_of_a_model_are_kept() -> None:
    collector = _kept(
        _row("Fracture."), _row("A fracture. Fracture.", GENERATED_ROLE), _row("MRI.", pair_id="b__young_male"),
        _row("Fracture.", model="other"),
    )  # fmt: skip
    of_models = {
        model: sorted(categories_under("frozen", bits) for bits in collector.bits_of_all(model))
        for model in ("m", "other", "nobody")
    }
    fracture, imaging = CategoryMasks(FRACTURE, 0), CategoryMasks(0, IMAGING)
    assert of_models == {"m": [imaging, fracture, fracture], "other": [fracture], "nobody": []}
    assert collector.counts_of("nobody") == {}


def test_equal_digests_are_kept_once() -> None:
    collector = MentionCollector()
    for place in range(3):
        digest = ReportDigest(1 << 70, None, ReportLanguage(1, 1000 + 1))
        collector.keep("m", f"s{place}__young_male", GENERATED_ROLE, digest)
    assert len({id(collector.language("m", f"s{place}__young_male")) for place in range(3)}) == 1


def test_a_collection_that_fails_is_not_finished() -> None:
    def fail() -> None:
        with MentionCollector() as collector:
            held.append(collector)
            collector.add("m", "a__young_male", SOURCE_ROLE, "Fracture.")
            raise ValueError("the reports end in the middle")

    held: list[MentionCollector] = []
    with pytest.raises(ValueError, match="in the middle"):
        fail()
    assert not held[0].bits_of_all("m")


def test_several_processes_find_what_one_does() -> None:
    words = ["no fracture", "a fracture", "osteophytes", "consider MRI", "lesions"]
    draws = random.Random(3)
    texts = [(". ".join(draws.choices(words, k=4)), ". ".join(draws.choices(words, k=4))) for _ in range(450)]
    reports, alone = collected(texts)
    _, together = collected(texts, jobs=2)
    assert alone.counts_of("m") == together.counts_of("m")
    assert [
        categories_under(at, *alone.bits("m", "source", [each.pair_id]))
        for each in reports.pairs
        for at in PARSER_VARIANTS
    ] == [
        categories_under(at, *together.bits("m", "source", [each.pair_id]))
        for each in reports.pairs
        for at in PARSER_VARIANTS
    ]


def test_a_text_is_read_once_whatever_its_role_and_few_texts_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str) -> list[str]:
        read.append(text)
        return lines_of(text)

    # Only in this process does the count work, and with two jobs only a short collection stays in it.
    mention_collector._bits_and_numbers.cache_clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(mention_collector, "lines_of", counted)
    _, collector = collected([("No fracture.", "Fracture.")] * 100 + [("Fracture.", "Osteophytes.")] * 50, jobs=2)
    assert sorted(read) == ["Fracture.", "No fracture.", "Osteophytes."]
    assert sum(collector.counts_of("m").values()) == 300
