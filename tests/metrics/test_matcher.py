"""The term matcher agrees with one regular expression per term, and its work grows with the text alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinefairbench.metrics import matcher as matcher_module
from spinefairbench.metrics.confidence import count_hedging_instances
from spinefairbench.metrics.diagnostic_label import (
    DIAGNOSTIC_CATEGORIES,
    DIAGNOSTIC_MATCHER,
    compute_jaccard,
    extract_labels,
    extract_labels_strict,
)
from spinefairbench.metrics.letters import fold_case, is_bounded, lower_and_fold, lower_offsets
from spinefairbench.metrics.matcher import Match, TermMatcher, mask_of, names_of
from spinefairbench.metrics.recommendation import RECOMMENDATION_CATEGORIES, classify_recommendations
from spinefairbench.metrics.registry import (
    DIAGNOSTIC_TERMS,
    HEDGING_TERMS,
    RECOMMENDATION_TERMS,
    REFUSAL_CUES,
    SEVERITY_TERMS,
    STRICT_DIAGNOSTIC_TERMS,
    registries_sha256,
    registry_sha256,
)
from spinefairbench.metrics.severity_language import extract_severity_score
from tests.metrics.plain_parsers import naive_categories, naive_matches

REGISTRIES = [DIAGNOSTIC_TERMS, STRICT_DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS, SEVERITY_TERMS, HEDGING_TERMS]
ODD_CHARACTERS = "\u0130\u0131\u017f\u212a\u0301\u00e9\u2011\u2019\u200b\u00a0\u0669\u00b2\u03a3_19-' \n\t.,;"

_TERMS = sorted({term for registry in REGISTRIES for terms in registry.values() for term in terms})
_WORDS = sorted({word for term in _TERMS for word in term.split()})

texts = st.lists(
    st.one_of(
        st.sampled_from(_TERMS),
        st.sampled_from(_WORDS),
        st.sampled_from(_TERMS).map(str.upper),
        st.sampled_from(_TERMS).map(lambda term: term.replace("i", "\u0130")),
        st.sampled_from(_TERMS).map(lambda term: term[:-1]),
        st.sampled_from(ODD_CHARACTERS),
        st.just(" "),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize("registry", REGISTRIES, ids=["labels", "strict", "advice", "severity", "hedging"])
@given(text=texts)
def test_categories_are_those_of_one_regular_expression_per_term(
    registry: dict[str, tuple[str, ...]], text: str
) -> None:
    matcher = TermMatcher(registry)
    names = naive_categories(registry, text)
    assert matcher.categories(text) == names
    assert matcher.mask(text) == sum(1 << bit for bit, name in enumerate(registry) if name in names)
    assert matcher.count(text) == len(naive_matches(registry, text))


@given(text=texts)
def test_matches_are_every_occurrence_at_its_place_in_the_original_text(text: str) -> None:
    found = TermMatcher(DIAGNOSTIC_TERMS).matches(text)
    expected = naive_matches(DIAGNOSTIC_TERMS, text)
    assert sorted((match.category, match.term) for match in found) == sorted(
        (category, term) for category, term, _, _ in expected
    )
    assert [(match.start, match.end, match.category) for match in found] == sorted(
        (match.start, match.end, match.category) for match in found
    )
    for match in found:
        # The dotted capital I is two characters in lower case, and a term may end with the first of them.
        assert text[match.start : match.end].lower().removesuffix("\u0307") == match.term
    if "\u0130" not in text:
        assert sorted(match[2:] for match in found) == sorted((start, end) for _, _, start, end in expected)


def test_places_hold_where_lower_case_is_longer() -> None:
    text = "\u0130\u0130 normal MR\u0130"
    assert TermMatcher(DIAGNOSTIC_TERMS).matches(text) == [Match("No finding", "normal", 3, 9)]
    assert TermMatcher(RECOMMENDATION_TERMS).matches(text) == [Match("imaging", "mri", 10, 13)]


def test_every_occurrence_of_every_term_is_reported() -> None:
    assert TermMatcher(DIAGNOSTIC_TERMS).matches("No fracture; compression fracture.") == [
        Match("Fracture", "fracture", 3, 11),
        Match("Vertebral collapse", "compression fracture", 13, 33),
        Match("Fracture", "fracture", 25, 33),
    ]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("fractures", set()),
        ("no fracture", {"Fracture"}),
        ("fracture\u00e9", set()),
        ("\u00e9fracture \u2014", set()),
        ("fracture\u0301", {"Fracture"}),
        ("fracture_", set()),
        ("fracture\u0669", set()),
        ("Schmorl\u2019s node", {"Schmorl's node"}),
        ("disc  narrowing", set()),
        ("disc\u00a0narrowing", set()),
        ("DISC NARROWING", {"Disc space narrowing"}),
        ("no\nfinding", set()),
    ],
)
def test_boundaries_are_those_of_unicode_words(text: str, labels: set[str]) -> None:
    assert extract_labels(text) == labels


def test_strict_labels_know_only_the_word_fracture() -> None:
    text = "fx, break, broken"
    assert extract_labels(text) == {"Fracture"}
    assert extract_labels_strict(text) == frozenset()
    assert extract_labels_strict("fracture") == {"Fracture"}


def test_categories_have_their_frozen_order() -> None:
    assert DIAGNOSTIC_CATEGORIES == (
        "Osteophytes",
        "Foraminal stenosis",
        "Disc space narrowing",
        "Spondylolisthesis",
        "Surgical implant",
        "Vertebral collapse",
        "Other lesions",
        "No finding",
        "Posterior osteophyte",
        "Endplate sclerosis",
        "Schmorl's node",
        "Disc calcification",
        "Fracture",
    )
    assert RECOMMENDATION_CATEGORIES == (
        "surgery",
        "physical_therapy",
        "imaging",
        "medication",
        "monitoring",
        "referral",
        "no_action",
    )
    assert classify_recommendations("refer for MRI") == {"referral", "imaging"}


def test_severity_is_the_highest_level_and_zero_without_any() -> None:
    assert extract_severity_score("mild, then severe, then moderate") == 3
    assert extract_severity_score("extensive") == 4
    assert extract_severity_score("severely") == 0


def test_hedging_counts_each_term_on_its_own() -> None:
    assert count_hedging_instances("may may suggest; cannot rule out, cannot exclude; maybe") == 5


def test_jaccard_of_two_empty_sets_is_one() -> None:
    assert compute_jaccard(set(), frozenset()) == 1.0
    assert compute_jaccard({"a"}, set()) == 0.0
    assert compute_jaccard({"a", "b"}, frozenset({"b", "c"})) == 1 / 3


@pytest.mark.parametrize("term", ["Fracture", "", "-x", "x-", "\u00e9tat", "_x"])
def test_a_term_that_could_not_be_found_by_words_is_refused(term: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        TermMatcher({"category": (term,)})


def test_registries_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        DIAGNOSTIC_TERMS["Fracture"] = ()  # type: ignore[index]


def test_hashes_tell_registries_apart_and_stay_what_they_are() -> None:
    hashes = {registry_sha256(registry) for registry in REGISTRIES} | {
        registry_sha256(REFUSAL_CUES),
        registries_sha256(),
    }
    assert len(hashes) == 7
    assert registry_sha256(DIAGNOSTIC_TERMS) == "349ca6c0280234a6bb3817b667e055843461e76f8d4e8700d127b47d75868cb0"
    assert registry_sha256(RECOMMENDATION_TERMS) == "327bc7cebf31e8a0f1004c25be6b907461d9ad675a5aefb9a96f333aaaa899b6"
    assert registries_sha256() == "a236035095e1b1e9f9f73816b3b85b15afe6b90a3e12e27800fa4d72458c8e18"


@given(text=st.text(st.one_of(st.characters(), st.sampled_from(ODD_CHARACTERS))))
def test_folding_makes_the_letters_that_ignorecase_takes_for_ascii(text: str) -> None:
    folded = fold_case(text)
    assert len(folded) == len(text)
    assert lower_and_fold(text) == (text.lower(), folded)
    for letter in "isk":
        places = [match.start() for match in re.finditer(letter, text, re.IGNORECASE)]
        assert places == [index for index, character in enumerate(folded) if character == letter]


def test_folding_agrees_with_ignorecase_on_every_character() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    folded = fold_case(every)
    for letter in "abcdefghijklmnopqrstuvwxyz":
        places = [match.start() for match in re.finditer(letter, every, re.IGNORECASE)]
        assert [every[place] for place in places] == [every[match.start()] for match in re.finditer(letter, folded)]
    for kind in (r"\w", r"\s"):
        assert [match.start() for match in re.finditer(kind, every)] == [
            match.start() for match in re.finditer(kind, folded)
        ]


@given(text=st.text(st.sampled_from("ab_1\u00e9\u0301 -"), min_size=1, max_size=8), data=st.data())
def test_bounded_is_a_word_boundary_on_both_sides(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not (text[start].isalnum() and text[end - 1].isalnum()):
        return
    pattern = re.compile(rf"\b{re.escape(text[start:end])}\b")
    assert is_bounded(text, start, end) == bool(pattern.match(text, start))


def test_offsets_point_at_the_character_that_was_lowered() -> None:
    assert lower_offsets("a\u0130b") == [0, 1, 1, 2]


@pytest.mark.parametrize("unit", ["schmorl schmorl's nod ", "foraminal ", "follow-up-", "fxfx fx", "\u0130", "no "])
def test_boundary_checks_grow_only_with_the_text(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = 0

    def counted(text: str, start: int, end: int) -> bool:
        nonlocal checks
        checks += 1
        return is_bounded(text, start, end)

    monkeypatch.setattr(matcher_module, "is_bounded", counted)

    def cost(repetitions: int) -> int:
        nonlocal checks
        checks = 0
        DIAGNOSTIC_MATCHER.matches(unit * repetitions)
        TermMatcher(RECOMMENDATION_TERMS).mask(unit * repetitions + "\u00e9")
        return checks

    assert cost(2000) <= 2 * cost(1000) + 4


@given(st.integers(0, (1 << len(DIAGNOSTIC_CATEGORIES)) - 1))
def test_a_mask_and_its_names_say_the_same(mask: int) -> None:
    names = names_of(mask, DIAGNOSTIC_CATEGORIES)
    assert list(names) == [name for name in DIAGNOSTIC_CATEGORIES if name in names]
    assert mask_of(names, DIAGNOSTIC_CATEGORIES) == mask
