"""The word lists of the parser audit."""

from types import ModuleType

import pytest

from spinefairbench.metrics import advice_lexicon, lexicon
from spinefairbench.metrics.lexicon import OTHER_NUMBER_TERMS
from spinefairbench.metrics.registry import DIAGNOSTIC_TERMS, RECOMMENDATION_TERMS


def test_terms_of_the_other_number_are_not_frozen_terms_already() -> None:
    frozen = {**DIAGNOSTIC_TERMS, **RECOMMENDATION_TERMS}
    assert set(OTHER_NUMBER_TERMS) == set(frozen)
    for category, terms in OTHER_NUMBER_TERMS.items():
        assert not set(terms) & set(frozen[category])


@pytest.mark.parametrize("module", [lexicon, advice_lexicon])
def test_every_phrase_is_written_in_lower_case_words(module: ModuleType) -> None:
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, tuple | frozenset):
            for phrase in value:
                assert phrase == " ".join(phrase.lower().split())
