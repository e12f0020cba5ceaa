"""The sentences that name terms, and the headings above them."""

from bisect import bisect_right

import pytest
from hypothesis import given

from spinefairbench.metrics.advice import may_open_section, section_at
from spinefairbench.metrics.mention_terms import FoundTerm, find_terms
from spinefairbench.metrics.sentence import Trigger
from spinefairbench.metrics.sentences import fold_for_reading, lines_of, sentence_starts
from spinefairbench.metrics.term_sentences import read_line, sentences_with_terms, terms_of
from tests.metrics.texts import mention_texts


def test_a_sentence_has_its_terms_at_their_places_in_it() -> None:
    (sentence,) = sentences_with_terms("All is well. Fracture, and an MRI! Nothing else.")
    assert (sentence.text, sentence.start, sentence.heading) == (" Fracture, and an MRI!", 12, None)
    assert sentence.terms == (
        FoundTerm("diagnostic", "Fracture", "fracture", 1, 9, False),
        FoundTerm("recommendation", "imaging", "mri", 18, 21, False),
    )


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Spine.\nMRI.", None),
        ("Plan:\nMRI.", Trigger("plan", 0, 4)),
        ("Spine.\nPlan\nRest.\nThen an MRI.", Trigger("plan", 7, 11)),
        ("Plan:\nFindings:\nAn MRI.", None),
        ("Findings: none. Plan: an MRI.", Trigger("plan", 16, 20)),
        ("Plan: rest. Findings: an MRI.", None),
        ("Plan:\nFracture.", None),  # it matters to no finding, and is not looked for
    ],
)
def test_the_heading_in_force(text: str, heading: Trigger | None) -> None:
    assert sentences_with_terms(text)[-1].heading == heading


def test_the_terms_of_a_sentence_are_those_that_its_line_has() -> None:
    found = read_line("There is no fracture. Consider MRI.").sentences
    assert [sentence.text for sentence in found] == ["There is no fracture.", " Consider MRI."]
    assert [sentence.terms for sentence in found] == [tuple(find_terms(each.text)) for each in found]
    assert [terms_of(sentence.text) for sentence in found] == [sentence.terms for sentence in found]


@given(text=mention_texts)
def test_every_term_is_in_one_sentence_under_the_last_heading(text: str) -> None:
    # The same from the beginning of the text on, line by line and sentence by sentence.
    headings: list[tuple[int, Trigger | None]] = [(-1, None)]
    bounds = []
    origin = 0
    for line in lines_of(text):
        starts = sentence_starts(line)
        bounds += [origin + start for start in starts]
        folded = fold_for_reading(line)
        for start, end in zip(starts, (*starts[1:], len(line)), strict=True):
            if may_open_section(folded[start:end]) and (section := section_at(folded, start)):
                heading = section.recommending_heading
                headings.append((origin + section.start, heading and heading.moved(origin)))
        origin += len(line) + 1
    found = sentences_with_terms(text)
    assert [
        term._replace(start=term.start + sentence.start, end=term.end + sentence.start)
        for sentence in found
        for term in sentence.terms
    ] == find_terms(text)
    for sentence in found:
        assert text.startswith(sentence.text, sentence.start)
        place = sentence.start + sentence.terms[0].start
        assert bounds[bisect_right(bounds, place) - 1] == sentence.start
        if any(term.kind == "recommendation" for term in sentence.terms):
            assert sentence.heading == [heading for start, heading in headings if start <= place][-1]
        else:
            assert sentence.heading is None
